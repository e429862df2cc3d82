"""What the built-in coordinator plans or says, for every request of the lab notes and of the measurements."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from motion_agent.agent_graph.coordinators.offline import OfflineCoordinator
from motion_agent.tools.toolbox import TOOLS
from records.recording import assert_recorded

ROOT = Path(__file__).parents[2]
#: Requests beside them: several changes in one, numbers, and parts that are named by their words.
FURTHER = {
    "make the duck shorter and the jump 2 seconds": ["ducks", "jumps"],
    "make the jump shorter, half a second": ["walks", "jumps"],
    "make the walk faster and the jump slower": ["walks", "jumps"],
    "make part 1 longer and part 2 3 seconds long": ["walks", "jumps"],
    "cut off the first 30 frames and make it 1.25 times as fast": ["walks"],
    "turn the second part 45 degrees to the right and mirror the first": ["walks", "jumps"],
}
REPERTOIRE = [
    "bow", "cartwheel", "clap", "crawl", "crouch", "dance", "jog", "jump", "jumping jacks", "kick", "kneel",
    "limp", "march", "punch", "run", "sit down", "sneak", "squat", "stand still", "stand up", "stretch",
    "throw", "turn", "walk", "wave",
]  # fmt: skip
SECONDS = 2.0


def requests() -> Iterator[tuple[list[str], str]]:
    """Parts of the motion that is there, and what is said of it; not where it stands for a conversation."""
    page = (ROOT / "docs" / "lab" / "requests.md").read_text("utf-8")
    for row in re.findall(r"^\| (.+?) \| (?:right|asked|told|silent)\b", page, re.MULTILINE):
        before, message = re.fullmatch(r"(?:\[(.+?)\] )?(.+)", row).groups()  # type: ignore[union-attr]
        parts = [part.removeprefix("then ") for part in before.split(", ")] if before else []
        if all(re.match(r"(an?|\w+s) ", f"{part} ") and ";" not in part for part in parts):
            yield parts, message
    for line in (ROOT / "evals" / "conversations" / "requests.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        yield case["parts"], case["say"]
    for message, parts in FURTHER.items():
        yield parts, message


def thread(parts: list[str]) -> list[BaseMessage]:
    """A conversation in which a motion of these parts, two seconds each, was made."""
    if not parts:
        return []
    told = [part if re.match("an? ", part) else f"a person {part}" for part in parts]
    segments = [
        {"description": text, "start": SECONDS * number, "end": SECONDS * (number + 1)}
        for number, text in enumerate(told)
    ]
    whole = ", then ".join(told)
    content = {"motion_id": "m1", "name": whole, "description": whole, "seconds": SECONDS * len(parts)}
    return [
        HumanMessage(whole),
        AIMessage("", tool_calls=[{"name": "compose_sequence", "args": {}, "id": "call"}]),
        ToolMessage(json.dumps({**content, "segments": segments, "notes": []}), tool_call_id="call"),
        AIMessage("Done."),
    ]


def reply_to(coordinator: Any, parts: list[str], message: str) -> str:
    reply = coordinator.invoke([*thread(parts), HumanMessage(message)])
    calls = [f"{call['name']} {json.dumps(call['args'], ensure_ascii=False)}" for call in reply.tool_calls]
    return " + ".join([*calls, *([reply.text] if reply.text else [])])


def test_plans_of_requests() -> None:
    coordinator = OfflineCoordinator(repertoire=REPERTOIRE).bind_tools(
        [
            {"type": "function", "function": {"name": name, "description": name, "parameters": {}}}
            for name in TOOLS
        ]
    )
    plans = {
        f"[{', '.join(parts)}] {message}" if parts else message: reply_to(coordinator, parts, message)
        for parts, message in requests()
    }
    assert len(plans) > 400
    assert_recorded("reading", plans)
