"""News that reach a real browser late: what they are of is no longer shown there."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
import uvicorn
from browser import in_a_browser
from driving import Tab, browser
from fakes import FakeBackend
from gradio.queueing import Queue
from motion_agent.agent_graph import AgentConfig
from motion_agent.agent_graph.ui.app import create_ui
from motion_agent.agent_graph.ui.news import News

SAID = "a person bows"
SHOWN = "(document.querySelector('#chat')?.innerText ?? '')"
TITLE = "document.querySelector('#threads input')?.value"
TELLING = ("process_generating", "process_completed")
AT = "location.hash.slice(1)"
BOX = "document.querySelector('#message textarea').value"


class Held:
    """What some events of a page tell after their first view stays on the server until it is let go.

    first: whether the first view is told at once.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: set[str] = set()
        self.held: list[Any] = []
        self.first = True
        self._begun: set[str] = set()
        self._send = Queue.send_message

        def send(queue: Queue, event: Any, message: Any) -> None:
            self._sent(queue, event, message)

        monkeypatch.setattr(Queue, "send_message", send)

    def _sent(self, queue: Queue, event: Any, message: Any) -> None:
        first = self.first and message.msg == "process_generating" and event._id not in self._begun
        if first:
            self._begun.add(event._id)
        if not first and event.fn.name in self.names and message.msg in TELLING:
            self.held.append((asyncio.get_running_loop(), (queue, event, message)))
        else:
            self._send(queue, event, message)

    def let_go(self, *names: str) -> None:
        """What events of these names tell, or all of it."""
        for loop, sent in self.held:
            if not names or sent[1].fn.name in names:
                loop.call_soon_threadsafe(self._send, *sent)


@contextmanager
def page(folder: Path) -> Iterator[str]:
    """The address of the page, served by this process, with a model that is at once done."""
    config = AgentConfig(output_folder=folder, memory="memory")
    begun, servers = threading.Event(), list[uvicorn.Server]()

    async def served() -> None:  # all of it in one loop, as gradio wants one
        app = create_ui(config, FakeBackend())
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        servers.append(server)
        serving = asyncio.ensure_future(server.serve([listening]))
        while not (server.started or serving.done()):
            await asyncio.sleep(0.01)
        begun.set()
        while not server.should_exit:
            await asyncio.sleep(0.05)
        app.state.leaving()
        await serving

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=lambda: asyncio.run(served()))
        thread.start()
        assert begun.wait(60)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            servers[0].should_exit = True
            thread.join(30)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    return Held(monkeypatch)


@pytest.fixture
def tab(held: Held, tmp_path: Path) -> Iterator[Tab]:
    """A new conversation on the page."""
    with page(tmp_path / "out") as address, browser(tmp_path) as opened:
        opened.open(address)
        opened.until(f"{AT}.length > 1 && {TITLE} === 'New conversation'")
        yield opened
        assert not opened.errors, opened.errors


def say(tab: Tab, text: str) -> None:
    tab.click("#message textarea")
    tab.type(text)
    tab.press("Enter")


def waited(held: Held, ended: int) -> None:
    """Until the ends of so many events are held, without a look at the page."""
    deadline = time.monotonic() + 60
    while sum(message.msg == "process_completed" for _, (_, _, message) in held.held) < ended:
        assert time.monotonic() < deadline, held.held
        time.sleep(0.05)


@in_a_browser
@pytest.mark.slow
def test_the_end_of_a_turn_that_comes_late_shows_nothing_in_a_new_conversation(tab: Tab, held: Held) -> None:
    held.names = {"say", "show"}
    first = tab.value(AT)
    say(tab, SAID)
    waited(held, 1)
    tab.until("!!document.querySelector('#chat .bot')")
    tab.click("#new")
    waited(held, 2)
    held.let_go("say")
    time.sleep(1)  # enough for it to be shown, which it must not be
    assert "The plan" not in tab.value(SHOWN)
    held.let_go()
    tab.until(f"{AT} !== {json.dumps(first)} && {TITLE} === 'New conversation'")
    second = tab.value(AT)
    held.names = set()
    say(tab, "what can you do?")
    tab.until(f"{TITLE} === 'what can you do?'")
    assert SAID not in tab.value(SHOWN) and tab.value(AT) == second
    tab.value(f"location.hash = {json.dumps(first)}")  # as somebody does who goes back to it
    tab.until(f"{TITLE} === {json.dumps(SAID)} && {SHOWN}.includes('The plan')")


@in_a_browser
@pytest.mark.slow
def test_a_conversation_that_comes_late_is_not_shown_over_another(tab: Tab, held: Held) -> None:
    first = tab.value(AT)
    say(tab, SAID)
    tab.until(f"{TITLE} === {json.dumps(SAID)}")
    held.names = {"show"}
    tab.click("#new")
    waited(held, 1)
    tab.click("#new")
    waited(held, 2)
    second = tab.value(AT)
    assert second != first
    held.held.reverse()
    held.let_go()
    tab.until(f"{TITLE} === 'New conversation' && !{SHOWN}.includes({json.dumps(SAID)})")
    assert tab.value(AT) == second
    held.names = set()
    say(tab, "a person waves")  # which goes where the page is
    tab.until(f"{TITLE} === 'a person waves'")
    assert tab.value(AT) == second


async def test_news_say_of_which_conversation_they_are_and_follow_each_other() -> None:
    with gr.Blocks():  # in a loop, as gradio wants one
        box, shown, other = gr.Textbox(), gr.Chatbot(), gr.Button()
        news = News([box, shown, other])
    hidden = gr.update(visible=False)
    first = news.of("a", {other: hidden, shown: [{"role": "user", "content": "walk"}]})
    assert first["thread"] == "a" and first["updates"][0] == gr.skip() and first["updates"][2] == hidden
    assert first["updates"][1][0]["content"] == [{"text": "walk", "type": "text"}]
    assert json.loads(json.dumps(first)) == first
    assert news.of("b", {box: "x"})["number"] > first["number"]


@in_a_browser
@pytest.mark.slow
def test_what_is_said_before_new_is_answered_is_said_in_the_new_conversation(tab: Tab, held: Held) -> None:
    first = tab.value(AT)
    say(tab, SAID)
    tab.until(f"{TITLE} === {json.dumps(SAID)}")
    held.names = {"show"}
    tab.click("#new")
    say(tab, "a person waves")
    waited(held, 1)
    second = tab.value(AT)
    tab.until(f"{TITLE} === 'a person waves' && {SHOWN}.includes('a person waves')")
    held.let_go()
    time.sleep(1)  # enough for the empty conversation to be shown, which it must not be
    assert first != second == tab.value(AT) and tab.value(BOX) == ""
    assert tab.value(TITLE) == "a person waves" and SAID not in tab.value(SHOWN)


@in_a_browser
@pytest.mark.slow
def test_what_is_said_before_new_does_not_stay_in_the_box(tab: Tab, held: Held) -> None:
    held.names, held.first = {"say"}, False
    first = tab.value(AT)
    say(tab, SAID)
    tab.click("#new")
    tab.until(f"{AT} !== {json.dumps(first)} && {TITLE} === 'New conversation'")
    waited(held, 1)
    held.let_go()
    time.sleep(1)  # enough for what is told of the turn to be shown, which it must not be
    assert tab.value(BOX) == "" and SAID not in tab.value(SHOWN)
    tab.value(f"location.hash = {json.dumps(first)}")
    tab.until(f"{TITLE} === {json.dumps(SAID)} && {SHOWN}.includes('The plan')")


@in_a_browser
@pytest.mark.slow
def test_somebody_can_write_in_a_new_conversation_while_a_turn_runs_in_the_last(tab: Tab, held: Held) -> None:
    held.names = {"say", "show"}
    say(tab, SAID)
    tab.until("!!document.querySelector('#message textarea').disabled")
    waited(held, 1)
    tab.click("#new")
    tab.until("!document.querySelector('#message textarea').disabled")
    tab.click("#message textarea")
    tab.type("a person waves")
    waited(held, 2)
    held.let_go()
    tab.until(f"{TITLE} === 'New conversation' && !{SHOWN}.includes({json.dumps(SAID)})")
    assert tab.value(BOX) == "a person waves"
    second, held.names = tab.value(AT), set()
    tab.press("Enter")
    tab.until(f"{TITLE} === 'a person waves' && {SHOWN}.includes('The plan') && {BOX} === ''")
    assert tab.value(AT) == second and SAID not in tab.value(SHOWN)


@in_a_browser
@pytest.mark.slow
def test_something_is_said_in_a_new_conversation_while_a_turn_runs_in_the_last(tab: Tab, held: Held) -> None:
    held.names = {"say"}
    say(tab, SAID)
    waited(held, 1)
    tab.click("#new")
    held.names = set()
    say(tab, "a person waves")
    tab.until(f"{TITLE} === 'a person waves' && {SHOWN}.includes('The plan')")
    second = tab.value(AT)
    held.let_go()
    time.sleep(1)  # enough for the end of the first turn to be shown, which it must not be
    assert tab.value(AT) == second and tab.value(BOX) == "" and SAID not in tab.value(SHOWN)


#: A click on the first part of the timeline, as the viewer tells the page of it.
CHOOSE = """dispatchEvent(new MessageEvent('message', {
  source: document.querySelector('#viewer iframe').contentWindow,
  data: {motionAgent: {person: 1, part: 1, parts: [['a person bows']]}},
}))"""


@in_a_browser
@pytest.mark.slow
def test_a_part_is_chosen_in_the_conversation_it_belongs_to_alone(tab: Tab, held: Held) -> None:
    say(tab, SAID)
    tab.until("!!document.querySelector('#viewer iframe[data-ready]')")
    held.names = {"choose", "show"}
    tab.value(CHOOSE)  # before New is clicked; its answer comes after
    waited(held, 1)
    tab.click("#new")
    tab.value(CHOOSE)  # on the motion that is still there
    waited(held, 2)
    held.let_go("choose")
    time.sleep(1)  # enough for an edit of another conversation to be written, which it must not be
    assert tab.value(BOX).strip() == ""
    assert sum(sent[1].fn.name == "choose" for _, sent in held.held) == 1
    held.let_go("show")
    tab.until(f"{TITLE} === 'New conversation' && !document.querySelector('#viewer iframe').src")
    assert tab.value(BOX).strip() == ""
