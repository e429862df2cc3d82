"""The page: what stands where, and what a click does."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI

from ...motion_models.errors import MotionAgentError
from ...motion_models.formats import READABLE
from ..run_settings import RunSettings
from ..serving.guards import name_of
from ..serving.house import House, Person
from .news import CHOSEN, FREED, KEPT, NEW_ONE, SENT, SHOWN, News, Updates
from .parts import EDITS, edit_of, is_an_edit
from .talk import Talk, new_thread, problem
from .view import View, downloads, plain, step_line, version_name
from .viewer import asset
from .watching import Watch, Watches

#: What the page says to somebody who has said nothing yet.
WELCOME = """\
### Say what somebody should do
- *a person walks forward, then waves*
- *two people: one walks forward, the other waves*
- *make it slower*
- *replace part 2 with a jump*

Drop a motion file (BVH, GLB, NPZ ...) below to ask about it or to change it."""
EMPTY = {"text": "", "files": []}
#: Events answer this page alone: they are no interface for programs, which have /v1.
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
NEW = "New conversation"
#: Gradio shows a file that is to be sent as a sign without its name.
FILE_NAME = """(message) => document.querySelector('#message').style.setProperty(
  '--file', JSON.stringify(message?.files?.[0]?.orig_name ?? ''))"""
FOCUS = "() => document.querySelector('#message textarea').focus()"


class Page:
    """The page's parts by name, over an app that holds house and workers once it runs.

    The entries of its lists come and go: what is sent may have just gone, and is checked where it is used.
    """

    def __init__(self, app: FastAPI, coordinators: list[str]) -> None:
        """coordinators: those that may be chosen, the configured one first."""
        self.app, self.coordinators, self._watches = app, coordinators, Watches()
        with gr.Blocks(
            title="motion-agent", analytics_enabled=False, fill_width=True, delete_cache=(600, 3600)
        ) as self.blocks:
            with gr.Row(elem_id="top"):
                gr.HTML("<h1>motion-agent</h1>", elem_id="title")
                self.threads = gr.Dropdown(
                    allow_custom_value=True,
                    label="Conversation",
                    choices=[],
                    elem_id="threads",
                    scale=4,
                    min_width=150,
                )
                self.new = gr.Button("New", elem_id="new", size="md", min_width=70)
                self.coordinator = gr.Dropdown(
                    label="Coordinator",
                    choices=self.coordinators,
                    value=self.coordinators[0],
                    visible=len(self.coordinators) > 1,
                    elem_id="coordinator",
                    scale=2,
                    min_width=150,
                )
            with gr.Row(elem_id="work"):
                with gr.Column(scale=5, min_width=320):
                    self._chat()
                with gr.Column(scale=6, min_width=320):
                    self._motion()
            self._connect()

    def _chat(self) -> None:
        self.chat = gr.Chatbot(
            label="What was said",
            show_label=False,
            placeholder=WELCOME,
            elem_id="chat",
            height="56vh",
            buttons=[],
            feedback_options=None,
        )
        with gr.Group(visible=False, elem_id="approval") as self.approval:
            self.plan = gr.Markdown(elem_id="plan")
            with gr.Accordion("Change the plan", open=False):
                self.steps = gr.Textbox(
                    label="Steps of the plan, as JSON", lines=6, max_lines=16, elem_id="steps"
                )
            self.reason = gr.Textbox(label="Why not, if you do not want it", elem_id="reason")
            with gr.Row():
                self.run = gr.Button("Run this plan", variant="primary", elem_id="run")
                self.leave = gr.Button("Do not run it", elem_id="leave")
        self.message = gr.MultimodalTextbox(
            label="Message",
            show_label=True,
            placeholder="Say what somebody should do",
            file_types=[f".{name}" for name in READABLE],
            file_count="single",
            max_plain_text_length=20_000,
            elem_id="message",
            autofocus=True,
        )
        self.said = gr.MultimodalTextbox(visible="hidden", file_types=[f".{name}" for name in READABLE])
        self.stop = gr.Button("Stop", visible=False, elem_id="stop")

    def _motion(self) -> None:
        frame = '<iframe title="3-D viewer" sandbox="allow-scripts"></iframe>'
        self.viewer = gr.HTML(
            value="",
            html_template=f'{frame}<p class="note" role="status"></p>',
            js_on_load=asset("page.js"),
            elem_id="viewer",
        )
        with gr.Row(elem_id="part", visible=False) as self.part_bar:
            self.part, self.chosen = gr.Markdown(), gr.State(1)
            self.edits = {edit: gr.Button(edit, size="sm", min_width=60) for edit in EDITS}
        with gr.Row(elem_id="history"):
            self.undo = gr.Button("Undo", interactive=False, elem_id="undo", size="md", min_width=70)
            self.redo = gr.Button("Redo", interactive=False, elem_id="redo", size="md", min_width=70)
            self.versions = gr.Dropdown(
                allow_custom_value=True,
                label="Versions",
                choices=[],
                elem_id="versions",
                scale=4,
                min_width=200,
            )
        self.links = gr.HTML(elem_id="downloads")

    def _connect(self) -> None:
        parts: list[Any] = [
            self.chat, self.approval, self.plan, self.steps, self.reason, self.message, self.stop,
            self.viewer, self.part_bar, self.undo, self.redo, self.versions, self.links, self.threads,
        ]  # fmt: skip
        # Two ways, as a browser may see only the last of what came at once by one of them.
        self._turns, self._answers = News(parts), News(parts)
        with_coordinator = [self.threads, self.coordinator]
        turn: dict[str, Any] = {**PRIVATE, "outputs": self._turns.output, "js": SHOWN}
        sent = self.message.submit(
            None, self.message, [self.said, self.message], js=SENT, trigger_mode="multiple", **PRIVATE
        )
        self.message.change(None, self.message, js=FILE_NAME, **PRIVATE)
        turns = [
            # Who has gone to another conversation may say something there before the last turn has ended.
            sent.then(self.say, [*with_coordinator, self.said], **turn, trigger_mode="multiple"),
            self.run.click(self.approve, [*with_coordinator, self.steps], **turn),
            self.leave.click(self.decline, [*with_coordinator, self.reason], **turn),
        ]
        here: dict[str, Any] = {**PRIVATE, "fn": None, "outputs": self.message}
        self.threads.input(js=FREED, **here)
        self.new.click(js=FREED, **here)
        # Who changes their mind before the first choice is shown means the last one.
        another: dict[str, Any] = {
            **PRIVATE, "outputs": self._answers.output, "trigger_mode": "multiple", "cancels": turns
        }  # fmt: skip
        self.threads.input(self.show, self.threads, js=CHOSEN, **another)
        self.new.click(self.show, self.threads, js=NEW_ONE, **another)
        answer: dict[str, Any] = {**PRIVATE, "outputs": self._answers.output, "js": SHOWN}
        self.stop.click(self.halt, self.threads, **answer)
        self.undo.click(self.back, self.threads, **answer)
        self.redo.click(self.forth, self.threads, **answer)
        self.versions.input(self.restore, [self.threads, self.versions], **answer)
        arriving: dict[str, Any] = {**answer, "js": KEPT}
        self.blocks.load(self.arrive, self.threads, **arriving)
        self._choices = News([self.message, self.part_bar, self.part], "choice")
        written: dict[str, Any] = {**PRIVATE, "js": SHOWN}
        choosing = [self._choices.output, self.chosen]
        self.viewer.select(self.choose, [self.threads, self.message], choosing, **written).then(
            None, js=FOCUS
        )
        for edit, button in self.edits.items():
            putting, given = partial(self.put, edit), [self.threads, self.message, self.chosen]
            button.click(putting, given, self._choices.output, **written).then(None, js=FOCUS)
        self.blocks.queue(default_concurrency_limit=None, api_open=False)

    async def arrive(self, thread: str, request: gr.Request) -> Any:
        """The page is opened: with the conversation its address names, or with the one that was used last."""
        if not thread:
            records = await self._known(self._person(request))
            thread = records[-1][1] if records else new_thread()
        return await self.show(thread, request)

    async def show(self, thread: str, request: gr.Request) -> Any:
        """Another conversation, or one that was just begun."""
        talk = self._talk(request, thread)
        watch = self._watches.look(str(request.session_hash), talk.thread)
        return await self._answered(talk, watch, lambda talk: talk.view())

    async def halt(self, thread: str, request: gr.Request) -> Any:
        """The conversation without the turn that runs in it."""
        return await self._asked(request, thread, lambda talk: talk.view())

    async def back(self, thread: str, request: gr.Request) -> Any:
        return await self._asked(request, thread, lambda talk: talk.go(action="undo"))

    async def forth(self, thread: str, request: gr.Request) -> Any:
        return await self._asked(request, thread, lambda talk: talk.go(action="redo"))

    async def restore(self, thread: str, motion_id: str, request: gr.Request) -> Any:
        restoring = lambda talk: talk.go(action="restore", motion_id=motion_id)  # noqa: E731
        return await self._asked(request, thread, restoring)

    def choose(self, thread: str, message: dict[str, Any], chosen: gr.EventData) -> tuple[Any, int]:
        """A click on a part of the timeline begins an edit of it, unless something else is being written."""
        part, parts = int(chosen.part), chosen.parts
        described = f"Part {part}: {plain(str(parts[int(chosen.person) - 1][part - 1]))}"
        bar = {self.part_bar: gr.update(visible=len(parts) == 1), self.part: described}
        return self._choices.of(thread, bar | self._with_edit(message, edit_of(part, parts))), part

    def put(self, edit: str, thread: str, message: dict[str, Any], part: int) -> Any:
        """Another edit of the part that is chosen."""
        return self._choices.of(thread, self._with_edit(message, edit_of(part, [[]], edit)))

    def _with_edit(self, message: dict[str, Any] | None, edit: str) -> Updates:
        message = message or EMPTY
        if not is_an_edit(message.get("text") or ""):
            return {}
        return {self.message: {"text": edit, "files": message.get("files") or []}}

    async def say(
        self, thread: str, coordinator: str, message: dict[str, Any], request: gr.Request
    ) -> AsyncGenerator[Any]:
        talk, files = self._talk(request, thread, coordinator), message.get("files") or []
        text = message.get("text") or ""
        if not (text.strip() or files):
            yield gr.skip()
            return
        views = talk.say(text, Path(files[0]) if files else None)
        async for news in self._followed(request, talk, views, said=text):
            yield news

    async def approve(
        self, thread: str, coordinator: str, steps: str | None, request: gr.Request
    ) -> AsyncGenerator[Any]:
        """steps: None from a browser that has not drawn them yet."""
        talk = self._talk(request, thread, coordinator)
        async for news in self._followed(request, talk, talk.decide(True, "", steps)):
            yield news

    async def decline(
        self, thread: str, coordinator: str, reason: str, request: gr.Request
    ) -> AsyncGenerator[Any]:
        talk = self._talk(request, thread, coordinator)
        async for news in self._followed(request, talk, talk.decide(False, reason, "")):
            yield news

    async def _followed(
        self, request: gr.Request, talk: Talk, views: AsyncGenerator[View], said: str | None = None
    ) -> AsyncGenerator[Any]:
        """The page while a turn runs. said: what was in the message box, and is again if the turn fails."""
        watch, failed = self._watches.begin(str(request.session_hash), talk.thread), ""
        box: Updates = {}
        try:
            async for view in watch.follow(views):
                yield self._turns.of(talk.thread, self._while_at_it(view))
        except Exception as error:
            failed, box = problem(error), {} if said is None else {"value": {"text": said, "files": []}}
        if watch.left:
            return
        shown = await self._shown(talk, await talk.view(), failed)
        if not watch.left:
            yield self._turns.of(talk.thread, shown | {self.message: gr.update(interactive=True, **box)})

    def _while_at_it(self, view: View) -> Updates:
        """The message box takes nothing as long as a turn runs."""
        return {
            self.chat: view.messages,
            self.message: gr.update(interactive=False),
            self.stop: gr.update(visible=True),
            self.approval: gr.update(visible=False),
            self.steps: "",
            self.undo: gr.update(interactive=False),
            self.redo: gr.update(interactive=False),
            self.versions: gr.update(interactive=False),
        }

    async def _asked(self, request: gr.Request, thread: str, asking: Callable[[Talk], Any]) -> Any:
        talk = self._talk(request, thread)
        return await self._answered(talk, self._watches.begin(str(request.session_hash)), asking)

    async def _answered(self, talk: Talk, watch: Watch, asking: Callable[[Talk], Any]) -> Any:
        try:
            shown = await self._shown(talk, await asking(talk))
        except Exception as error:
            shown = await self._shown(talk, await talk.view(), problem(error))
        return gr.skip() if watch.left else self._answers.of(talk.thread, shown)

    async def _shown(self, talk: Talk, view: View, failed: str = "") -> Updates:
        """Everything of a conversation. failed: why the last thing that was asked was not done."""
        told = [{"role": "assistant", "content": f"That did not work: {failed}"}] if failed else []
        current = view.current
        known = await self._known(talk.person)
        if view.thread not in (name for _, name in known):
            known.append((NEW, view.thread))
        versions = [(version_name(ref, n), ref.id) for n, ref in enumerate(view.versions, 1)]
        return self._waiting(view) | {
            self.chat: [*view.messages, *told],
            self.message: gr.update(interactive=True),
            self.stop: gr.update(visible=False),
            self.viewer: f"{view.thread} {current.id}" if current else "",
            self.part_bar: gr.update(visible=False),
            self.undo: gr.update(interactive=view.can_undo),
            self.redo: gr.update(interactive=view.can_redo),
            self.versions: gr.update(
                choices=versions[::-1], value=current.id if current else None, interactive=True
            ),
            self.links: downloads(current, view.people),
            self.threads: gr.update(choices=known[::-1], value=view.thread),
        }

    def _waiting(self, view: View) -> Updates:
        """The plan that waits for a word, where one does."""
        if view.waiting is None:
            return {self.approval: gr.update(visible=False)}
        steps, seconds = view.waiting["plan"]["steps"], view.waiting["seconds"]
        lines = "\n".join(f"{n}. {step_line(s['tool'], s['arguments'], '')}" for n, s in enumerate(steps, 1))
        fault = f"\n\n**{plain(view.waiting['problem'])}**" if "problem" in view.waiting else ""
        return {
            self.approval: gr.update(visible=True),
            self.plan: f"**Run this plan?** It makes {seconds:g} s of motion.\n\n{lines}{fault}",
            self.steps: json.dumps(steps, indent=1, ensure_ascii=False),
            self.reason: "",
        }

    async def _known(self, person: Person) -> list[tuple[str, str]]:
        """The person's conversations, title and name, the one used last at the end."""
        prefix = person.key("")
        records = await self.app.state.workers.result(person.name, person.threads.all)
        return [(record.title or record.name, record.name.removeprefix(prefix)) for record in records]

    def _person(self, request: gr.Request) -> Person:
        house: House = self.app.state.house
        name = name_of(request.headers.get("authorization"), house.config.serve.keys)
        if name is None:
            raise gr.Error("give your name and your key", print_exception=False)
        return house.person(name)

    def _talk(self, request: gr.Request, thread: str | None, coordinator: str | None = None) -> Talk:
        chosen = coordinator in self.coordinators[1:]
        run = RunSettings(coordinator=str(coordinator)) if chosen else None
        try:
            return Talk(self._person(request), self.app.state.workers, thread or new_thread(), run)
        except MotionAgentError as error:
            raise gr.Error(problem(error), print_exception=False) from error
