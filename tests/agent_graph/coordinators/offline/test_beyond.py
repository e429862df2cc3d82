"""What no motion has is named, and what is left of a request is made."""

from __future__ import annotations

import pytest
from motion_agent.agent_graph.coordinators.offline.deciding import decide
from motion_agent.agent_graph.coordinators.offline.dialogue import KnownMotion, Thread
from motion_agent.agent_graph.coordinators.offline.rules.beyond import bodily, lacking
from motion_agent.agent_graph.coordinators.offline.sentences.grammar import Verbs
from motion_agent.tools.toolbox import TOOLS

WALK = KnownMotion("m1", "", "a person walks", 2.0, (("a person walks", 2.0),))


@pytest.mark.parametrize(
    ("message", "made", "named"),
    [
        ("a person dances to techno music", ["dances"], "music"),
        ("someone sings and smiles", ["sings"], "faces"),
        ("a person smiles and waves", ["waves"], "faces"),
        ("a cowboy in a black hat walks forward", ["walks forward"], "clothes"),
        ("a girl walks in the rain and waves", ["walks", "waves"], "weather"),
        ("film a man from above who crawls", ["crawls"], "camera"),
    ],
)
def test_the_rest_is_made_and_the_lack_is_named(message: str, made: list[str], named: str) -> None:
    plan = decide(Thread(message), Verbs(), set(TOOLS), learned=False)
    ((_, arguments),) = plan.calls
    segments = arguments.get("segments") or [arguments]
    assert [segment["description"].split(" ", 2)[2] for segment in segments] == made
    assert named in plan.text


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("make him smile", "no face"),
        ("add some music", "no sound"),
        ("can the camera zoom in?", "no camera"),
        ("put him on a beach", "no scenery"),
        ("make him wear a hat", "no clothes"),
    ],
)
@pytest.mark.parametrize("clip", [WALK, None])
def test_a_wish_for_nothing_else_is_answered(message: str, told: str, clip: KnownMotion | None) -> None:
    thread = Thread(message, {"m1": clip}, "m1") if clip else Thread(message)
    plan = decide(thread, Verbs(), set(TOOLS), learned=False)
    assert told in plan.text and not plan.calls


@pytest.mark.parametrize(
    "message",
    [
        "a person puts on a hat",
        "he waves at the camera",
        "he looks at the camera",
        "walk without music",
        "take a picture",
    ],
)
def test_what_bodies_do_is_left_as_it_is(message: str) -> None:
    assert lacking(message) == ""


def test_a_request_without_such_words_is_unchanged() -> None:
    assert bodily("a person  walks,  then waves") == "a person  walks,  then waves"


@pytest.mark.parametrize(
    "greeting", ["hey! my kid wants ", "hi there, my boss would love ", "good morning, could you make "]
)
def test_a_greeting_hides_no_request(greeting: str) -> None:
    plan = decide(
        Thread(f"{greeting}a guy that jumps and then runs away"), Verbs(), set(TOOLS), learned=False
    )
    ((_, arguments),) = plan.calls
    assert [one["description"] for one in arguments["segments"]] == ["a person jumps", "a person runs away"]
    assert plan.text == ""
