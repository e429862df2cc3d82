"""Answers that come too late for what a page shows by then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI
from motion_agent.agent_graph.ui.page import Page
from motion_agent.agent_graph.ui.watching import Watch, Watches

#: One page in a browser, as gradio tells of it.
REQUEST: Any = SimpleNamespace(session_hash="page", headers={})


@dataclass
class SlowTalk:
    """A conversation that is shown once it is let."""

    thread: str
    let: asyncio.Event

    async def view(self) -> Any:
        await self.let.wait()
        return SimpleNamespace(thread=self.thread)


@pytest.fixture
async def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    """A page, in a loop as gradio wants one, whose updates say of which conversation they are, no more."""
    page = Page(FastAPI(), ["offline"])

    async def shown(talk: Any, view: Any, failed: str = "") -> Any:
        return {page.threads: view.thread}

    monkeypatch.setattr(page, "_shown", shown)
    monkeypatch.setattr(page, "_while_at_it", lambda view: {page.threads: view})
    monkeypatch.setattr(page, "_talk", lambda request, thread, *chosen: SlowTalk(thread, asyncio.Event()))
    return page


def talks(page: Page, monkeypatch: pytest.MonkeyPatch, *names: str) -> dict[str, SlowTalk]:
    made = {name: SlowTalk(name, asyncio.Event()) for name in names}
    monkeypatch.setattr(page, "_talk", lambda request, thread, *chosen: made[thread])
    return made


async def test_what_was_asked_last_is_shown_whatever_is_answered_last(page, monkeypatch):
    async def switched() -> tuple[Any, Any]:
        made = talks(page, monkeypatch, "first", "second")
        first = asyncio.ensure_future(page.show("first", REQUEST))
        await asyncio.sleep(0)
        second = asyncio.ensure_future(page.show("second", REQUEST))
        await asyncio.sleep(0)
        made["second"].let.set()
        await second
        made["first"].let.set()
        return await first, await second

    first, second = await switched()
    assert first == gr.skip()
    assert second["thread"] == "second"


@pytest.mark.parametrize("at", ["a view", "the last update"])
async def test_a_turn_shows_nothing_after_the_page_has_gone_to_another_conversation(page, monkeypatch, at):
    async def left() -> tuple[list[Any], list[str]]:
        made, closed = talks(page, monkeypatch, "first", "second"), []
        made["second"].let.set()

        async def views() -> AsyncGenerator[Any]:
            try:
                yield "first"
                if at == "a view":
                    await asyncio.Event().wait()
            finally:
                closed.append("closed")

        turn = page._followed(REQUEST, made["first"], views())
        assert (await anext(turn))["thread"] == "first"
        following = asyncio.ensure_future(anext(turn, None))
        await asyncio.sleep(0.05)
        await page.show("second", REQUEST)
        made["first"].let.set()
        rest = [await following] + [update async for update in turn]
        return rest, closed

    rest, closed = await left()
    assert closed == ["closed"]
    assert rest == [None]


async def test_a_watch_gives_all_that_comes_and_what_goes_wrong():
    async def source() -> AsyncGenerator[int]:
        yield 1
        yield 2
        raise KeyError("gone")

    async def followed() -> None:
        async for value in Watch().follow(source()):
            given.append(value)  # noqa: PERF401 - what came before it went wrong

    given: list[int] = []
    with pytest.raises(KeyError):
        await followed()
    assert given == [1, 2]


def test_pages_do_not_leave_what_others_watch():
    watches = Watches()
    first, other = watches.begin("a"), watches.begin("b")
    again = watches.begin("a")
    assert first.left and not other.left and not again.left


def test_a_look_at_a_conversation_leaves_no_turn_in_it_that_reached_the_server_before():
    watches = Watches()
    turn = watches.begin("a", "here")
    assert watches.look("a", "here").left and not turn.left
    other = watches.look("a", "there")
    assert turn.left and not other.left
    watches.begin("a")
    assert other.left
