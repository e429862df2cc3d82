"""Turns of the page without a browser: bounds, what is given up, what comes back after a failure."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeBackend
from motion_agent.agent_graph import AgentConfig
from motion_agent.agent_graph.conversations.persistence import open_memory
from motion_agent.agent_graph.errors import ConfigError, CoordinatorError
from motion_agent.agent_graph.run_settings import RunSettings
from motion_agent.agent_graph.serve_options import ServeOptions
from motion_agent.agent_graph.serving.errors import TooBusyError
from motion_agent.agent_graph.serving.house import House
from motion_agent.agent_graph.serving.workers import Workers
from motion_agent.agent_graph.ui.talk import Talk, problem
from motion_agent.agent_graph.ui.view import View
from motion_agent.motion_models.decoding.given_up import given_up
from motion_agent.motion_models.errors import BackendError, FormatError, InvalidRequestError


class WaitingBackend(FakeBackend):
    """Generates never; tells when it has begun and when it was let go."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.left = threading.Event(), threading.Event()

    def generate(self, captions: Any, **options: Any) -> Any:
        self.begun.set()
        while not given_up():
            self.left.wait(0.01)
        self.left.set()
        raise BackendError("withdrawn")


def talk_with(folder: Path, backend: FakeBackend, thread: str = "demo", **settings: Any) -> Talk:
    options = settings.pop("serve", {})
    run = settings.pop("run", None)
    config = AgentConfig(output_folder=folder, serve=ServeOptions(**options), **settings)
    with open_memory("memory") as kept:
        house = House(config, kept, "memory", backend)
    return Talk(house.person(), Workers(config.serve), thread, run)


async def last(views: Any) -> View:
    return [view async for view in views][-1]


async def test_a_turn_is_shown_as_it_goes_and_ends_with_its_motion(tmp_path: Path) -> None:
    talk = talk_with(tmp_path, FakeBackend())
    views = [view async for view in talk.say("a person walks", None)]
    titles = [view.messages[-1].get("metadata", {}).get("title") for view in views]
    assert titles[0] == "Reading the request ..." and "Making 1 motion ..." in titles
    assert views[-1].current is not None and views[-1].messages[-2]["metadata"]["title"] == "The plan"


async def test_a_page_that_goes_away_leaves_nothing_running(tmp_path: Path) -> None:
    backend = WaitingBackend()
    talk = talk_with(tmp_path, backend)
    views = talk.say("a person walks", None)
    following = asyncio.ensure_future(last(views))
    assert await asyncio.to_thread(backend.begun.wait, 30)
    following.cancel()
    assert await asyncio.to_thread(backend.left.wait, 30)
    for _ in range(300):
        if not talk.workers.open:
            break
        await asyncio.sleep(0.1)
    assert talk.workers.open == 0


async def test_bounds_are_those_of_the_server(tmp_path: Path) -> None:
    backend = WaitingBackend()
    talk = talk_with(tmp_path, backend, serve={"per_person": 2})
    following = asyncio.ensure_future(last(talk.say("a person walks", None)))
    assert await asyncio.to_thread(backend.begun.wait, 30)
    with talk.workers.place(talk.person.name), pytest.raises(TooBusyError, match="you have 2"):
        await talk.view()
    following.cancel()
    assert await asyncio.to_thread(backend.left.wait, 30)


async def test_only_what_is_listed_may_be_asked_for(tmp_path: Path) -> None:
    listed = {"run_coordinators": ("openai:x@http://127.0.0.1:9/v1",), "max_retries": 0}
    unknown = talk_with(tmp_path, FakeBackend(), run=RunSettings(coordinator="openai:y"), **listed)
    with pytest.raises(ConfigError, match="may not ask for coordinator openai:y"):
        await last(unknown.say("a person walks", None))
    unreached = talk_with(tmp_path, FakeBackend(), run=RunSettings(coordinator="openai:x"), **listed)
    with pytest.raises(CoordinatorError, match="openai:x at http"):
        await last(unreached.say("a person walks", None))


async def test_a_waiting_plan_is_run_changed_or_left(tmp_path: Path) -> None:
    talk = talk_with(tmp_path, FakeBackend(), approve_above=0.0)
    waiting = (await last(talk.say("a person walks for 4 seconds", None))).waiting
    assert waiting is not None
    with pytest.raises(InvalidRequestError, match="not JSON"):
        await last(talk.decide(True, "", "[{"))
    with pytest.raises(InvalidRequestError, match="list of steps"):
        await last(talk.decide(True, "", "{}"))
    steps = '[{"tool": "generate_motion", "arguments": {"description": "a person jumps", "seconds": 2}}]'
    done = await last(talk.decide(True, "", steps))
    assert done.waiting is None and done.current is not None and "jump" in done.current.description
    again = await last(talk.say("a person waves", None))
    assert again.waiting is not None
    left = await last(talk.decide(False, "not now", ""))
    assert left.waiting is None and left.current == done.current
    with pytest.raises(InvalidRequestError, match="no plan waits"):
        await last(talk.decide(True, "", steps))


async def test_going_to_the_version_at_hand_is_not_noted(tmp_path: Path) -> None:
    """As where the list of versions is opened and closed again."""
    talk = talk_with(tmp_path, FakeBackend())
    walks = await last(talk.say("a person walks", None))
    slower = await last(talk.say("make it slower", None))
    assert walks.current is not None and slower.current is not None
    assert await talk.go(action="restore", motion_id=slower.current.id) == slower
    back = await talk.go(action="restore", motion_id=walks.current.id)
    assert back.current == walks.current and len(back.messages) == len(slower.messages) + 2


@pytest.mark.parametrize("undrawn", [None, "", " "])
async def test_a_plan_is_run_as_it_is_where_its_steps_were_not_drawn(
    tmp_path: Path, undrawn: str | None
) -> None:
    talk = talk_with(tmp_path, FakeBackend(), approve_above=0.0)
    await last(talk.say("a person walks", None))
    done = await last(talk.decide(True, "", undrawn))
    assert done.current is not None and "walk" in done.current.description


async def test_uploads_are_moved_under_a_plain_name_or_refused(tmp_path: Path) -> None:
    talk = talk_with(tmp_path / "out", FakeBackend())
    upload = tmp_path / "../pa$s.exe".rpartition("/")[2]
    upload.write_bytes(b"x")
    with pytest.raises(FormatError, match="cannot be read as a motion"):
        await last(talk.say("what is this?", upload))
    assert not upload.exists()  # and nothing is left of it
    with pytest.raises(InvalidRequestError, match="no name for a conversation"):
        talk_with(tmp_path, FakeBackend(), thread="../other")


def test_an_unforeseen_error_tells_nothing_of_itself(caplog: pytest.LogCaptureFixture) -> None:
    assert "something unforeseen" in problem(KeyError("/secret/path"))
    assert "/secret/path" in caplog.text
