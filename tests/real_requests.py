"""Requests for real language models, and what the first plan of a turn must come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage, ToolMessage


@dataclass(frozen=True)
class Request:
    """words: what the parts of the motion must say, in this order. tool: one that must be called.

    talk: the request wants no motion.
    """

    text: str
    words: tuple[str, ...] = ()
    tool: str | None = None
    talk: bool = False


#: Requests that the prompt was written with.
KNOWN = (
    Request("a person walks forward", ("walk",)),
    Request("wave with the right hand", ("wav", "right")),
    Request("jump twice", ("jump",)),
    Request("walk forward, then sit down", ("walk", "sit")),
    Request("make someone kick with the left leg", ("kick", "left")),
    Request("a person runs in a circle", ("run", "circle")),
    Request("someone claps for 3 seconds", ("clap",)),
    Request("dance happily", ("danc",)),
    Request("turn left, walk, and then wave", ("turn", "walk", "wav")),
    Request("two people face each other and wave", ("wav",), "arrange_scene"),
    Request("squat three times", ("squat",)),
    Request("raise both arms", ("arm",)),
    Request("What is the capital of France?", talk=True),
    Request("una persona camina hacia atrás", ("walk", "back")),
    Request("throw a ball with the right arm", ("throw", "right")),
)
#: Requests that were written before the prompt was tried on any model.
FRESH = (
    Request("march in place", ("march",)),
    Request("bow, then wave with the left hand", ("bow", "wav", "left")),
    Request("a person hops on one foot", ("hop",)),
    Request("kick with the right foot and then run away", ("kick", "run")),
    Request("someone sits down for 4 seconds", ("sit",)),
    Request("please show a man stretching his arms", ("stretch", "arm")),
    Request("walk backwards slowly", ("walk", "back")),
    Request("two boxers punch each other", ("punch",), "arrange_scene"),
    Request("jump, turn around, then bow", ("jump", "turn", "bow")),
    Request("who won the world cup in 1998?", talk=True),
    Request("I want to see someone climbing a ladder", ("climb",)),
    Request("lift a heavy box with both hands", ("lift", "box")),
    Request("un hombre salta tres veces", ("jump",)),
    Request("crouch then stand up", ("crouch", "stand")),
    Request("box for five seconds", ("box",)),
)


@dataclass
class Outcome:
    """What became of the first plan. valid: it ran as it was. fits: the motion made is what was asked for."""

    request: Request
    valid: bool = False
    fits: bool = False
    calls: tuple[Any, ...] = ()
    said: str = ""
    input_tokens: int = 0


def try_all(agent: Any, requests: tuple[Request, ...]) -> Iterator[Outcome]:
    """Each request in a thread of its own, up to its first plan that runs."""
    for number, request in enumerate(requests):
        yield first_plan(agent, request, {"configurable": {"thread_id": f"request {number}"}})


def first_plan(agent: Any, request: Request, settings: Any) -> Outcome:
    outcome = Outcome(request)
    asked = {"messages": [("user", request.text)]}
    refused = False
    for update in agent.stream(asked, settings, stream_mode="updates"):
        [(node, change)] = update.items()
        if node == "coordinate":
            reply: AIMessage = change["messages"][-1]
            outcome.calls = tuple((call["name"], call["args"]) for call in reply.tool_calls)
            outcome.said = reply.text
            outcome.input_tokens = (reply.usage_metadata or {}).get("input_tokens", 0)
        refused |= node == "validate" and change.get("plan") is None
        if node == "execute":
            break
    state = agent.get_state(settings).values
    ran = any(isinstance(m, ToolMessage) for m in state["messages"]) and not refused
    outcome.valid = ran and bool(outcome.calls)
    told = " ".join(
        part.description.lower() for ref in state.get("motions", {}).values() for part in ref.segments
    )
    outcome.fits = not outcome.calls and not refused if request.talk else _fits(told, request, outcome.calls)
    return outcome


def _fits(told: str, request: Request, calls: tuple[Any, ...]) -> bool:
    place = -1
    for word in request.words:
        place = told.find(word, place + 1)
        if place < 0:
            return False
    return bool(told) and (request.tool is None or request.tool in [name for name, _ in calls])
