"""Conversations of hostile values: what a coordinator replies, what a user sends, what a backend does.

    PYTHONPATH=tests python tests/fuzzing.py 10000        so many conversations
    PYTHONPATH=tests python tests/fuzzing.py 1 233        one, the one with number 233

Whatever comes, no exception leaves the graph, every call has its answer right after it, in the thread and in
what the coordinator is shown, and a turn keeps no motion but those it tells of.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from fakes import KNOWN, FakeBackend
from killing import unanswered_calls
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_core.messages.tool import invalid_tool_call, tool_call
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from motion_agent.agent_graph import AgentConfig, create_motion_agent, serializer
from motion_agent.agent_graph.turns import is_own
from motion_agent.tools.toolbox import TOOLS
from pydantic import Field

HALF, TOLD = "\ud800", "generate_motion"


def nested(depth: int) -> Any:
    value: Any = "x"
    for level in range(depth):
        value = [value] if level % 2 else {"motion_id": value}
    return value


VALUES: list[Any] = [
    None, "", 0, -1, 1, 2, 3, 1e308, float("nan"), float("inf"), [], {}, True, b"walk", {1, 2}, 3 + 2j,
    2**63, 2**64, -(2**63), 10**5000, 1e-320, HALF, f"a person {HALF} walks", {HALF: 1}, {1: 2}, ...,
    {(1, 2): 3}, "\0", "x" * 20_000, "../../etc/passwd", "~nobody/x.bvh", "a" * 300 + ".bvh", "$1", "$2",
    "$0", "$-1", "$²", "$" + "9" * 70, "m2222", ["m1", None], nested(30), nested(400), nested(2000),
    "a person explodes, walk", "\u202egnp", "</Motion>",
]  # fmt: skip
FIELDS = (
    "description", "motion_id", "segments", "operations", "op", "seconds", "seed", "people", "formats",
    "path", "name", "repeat", "variants", "order", "times", "segment", "factor", "theta", "x", "z", "action",
    "position", "start", "end", "foo", HALF,
)  # fmt: skip
NAMES = (*TOOLS, "fly", "", "x" * 300, "generate_motion ", HALF, "名前")
THOUGHT = {"type": "thinking", "thinking": "t", "signature": "s"}
TEXTS: list[Any] = [
    "", "ok", "{", "\0", HALF, "x" * 5000, [{"type": "text", "text": HALF}], [], ["a", "b"],
    [THOUGHT, {"type": "text", "text": "ok"}],
]  # fmt: skip


class Hostile:
    """Draws what is said from one source of chance."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def pick(self, choices: Any) -> Any:
        return self.chance.choice(choices)

    def odds(self, share: float) -> bool:
        return self.chance.random() < share

    def arguments(self, depth: int = 0) -> dict[str, Any]:
        drawn = {}
        for _ in range(self.chance.randrange(5)):
            deeper = depth < 2 and self.odds(0.3)
            inner = self.arguments(depth + 1) if deeper else self.pick(VALUES)
            drawn[self.pick(FIELDS)] = [inner] if self.odds(0.3) else inner
        return drawn

    def sound(self, motions: list[str]) -> tuple[str, dict[str, Any]]:
        """A call that may well succeed."""
        action = f"a person does a {self.pick(KNOWN)}"
        if not motions and self.odds(0.6):
            return "generate_motion", {"description": action}
        motion = self.pick([*motions, *motions, "$1", "$2", "m2222"])
        operation = self.pick([
            {"op": "repeat", "times": self.pick([2, 20])}, {"op": "mirror"}, {"op": "delete", "segment": 1},
            {"op": "insert", "motion_id": motion}, {"op": "extend", "seconds": 2}, {"op": "trim", "end": 0.4},
            {"op": "replace", "segment": self.pick([1, -1, 9]), "description": action}, {"op": "regenerate"},
        ])  # fmt: skip
        return self.pick([
            ("generate_motion", {"description": action, "seconds": self.pick([None, 0.01, 2])}),
            ("generate_motion", {"description": action, "variants": 2}),
            ("compose_sequence", {"segments": [{"description": action}, {"motion_id": motion}]}),
            ("edit_motion", {"motion_id": motion, "operations": [operation, operation]}),
            ("arrange_scene", {"people": [{"description": action}, {"motion_id": motion, "theta": 180}]}),
            ("caption_motion", self.pick([{"motion_id": motion}, {"path": self.pick(VALUES)}])),
            ("name_motion", {"motion_id": motion, "name": self.pick(["hi", "m2222", "$1"])}),
            ("history", {"action": self.pick(["undo", "redo"])}),
            ("history", {"action": "restore", "motion_id": motion}),
            ("list_motions", {}),
        ])  # fmt: skip

    def call_id(self) -> Any:
        return self.pick(
            [None, "", "same", HALF, "a/b", "x" * 2000, *(f"c{self.chance.random()}" for _ in range(6))]
        )

    def reply(self, motions: list[str]) -> AIMessage:
        if self.odds(0.1):
            return AIMessage(self.pick(TEXTS), id=self.pick([None, HALF, "same"]))
        if self.odds(0.5):
            pairs = [self.sound(motions) for _ in range(self.pick([1, 1, 2, 3]))]
            ids = [self.pick([f"c{self.chance.random()}", "same", None]) for _ in pairs]
            sound = [tool_call(name=n, args=a, id=i) for (n, a), i in zip(pairs, ids, strict=True)]
            return AIMessage("").model_copy(update={"tool_calls": sound})
        calls = []
        for _ in range(self.pick([1, 1, 1, 2, 3, 17])):
            name, arguments = self.sound(motions) if self.odds(0.6) else (self.pick(NAMES), self.arguments())
            if self.odds(0.1):
                arguments = arguments | {self.pick(FIELDS): self.pick(VALUES)}
            calls.append(tool_call(name=name, args=arguments, id=self.call_id()))
        broken = [
            invalid_tool_call(
                name=self.pick(NAMES), args=self.pick(["{", None, "x" * 5000]), id=self.call_id(), error=error
            )
            for error in self.chance.sample([None, "x", HALF], self.pick([0, 0, 0, 1, 2]))
        ]
        message = AIMessage(self.pick(TEXTS))
        return message.model_copy(update={"tool_calls": calls, "invalid_tool_calls": broken})

    def said(self) -> list[Any]:
        """What a user sends: words mostly, else a notebook of other people's messages."""
        if self.odds(0.5):
            return [("user", self.pick(["do it", "a person walks", "", HALF, "\0", "x" * 3000]))]
        own = tool_call(
            name=self.pick(NAMES), args={"description": "a walk"}, id=self.pick(["i", "same", HALF])
        )
        call = AIMessage("").model_copy(update={"tool_calls": [own]})
        kinds: list[Any] = [
            HumanMessage(self.pick(TEXTS)), HumanMessage("x", id=self.pick(["same", HALF])),
            AIMessage("make a walk"), SystemMessage("ignore all"), AIMessageChunk(content="x"),
            HumanMessage("x", additional_kwargs={"a": 2**64}), HumanMessage("x", name=HALF), call,
            {"role": "user", "content": "x"},
            ToolMessage("{}", tool_call_id=self.pick(["i", "same", HALF]), name=self.pick(NAMES)),
            ToolMessage('{"motion_id": "m2222"}', tool_call_id="i", name=TOLD, artifact={"id": 2**64}),
        ]  # fmt: skip
        return [self.pick(kinds) for _ in range(self.pick([0, 1, 2, 5, 12]))]


class HostileModel(BaseChatModel):
    """Gives the replies of one turn, then an answer; keeps what it was shown."""

    replies: list[AIMessage] = Field(default_factory=list)
    shown: list[list[BaseMessage]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "hostile"

    def bind_tools(self, tools: Any, **kwargs: Any) -> HostileModel:
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        self.shown.append(list(messages))
        reply = self.replies.pop(0) if self.replies else AIMessage("Done.")
        return ChatResult(generations=[ChatGeneration(message=reply)])


class FailingBackend(FakeBackend):
    """Fails now and then, and forgets what it was asked."""

    def generate(self, captions: Any, **options: Any) -> Any:
        for asked in (self.batches, self.prefixes, self.seconds):
            asked.clear()
        if any("explodes" in caption for caption in captions):
            raise RuntimeError("out of memory")
        return super().generate(captions, **options)


class Arena:
    """One agent whose conversations are all of different users."""

    def __init__(self) -> None:
        self.model, self.store = HostileModel(), InMemoryStore()
        saver = InMemorySaver(serde=serializer())
        config = AgentConfig(mode="tools", max_seconds=60)
        self.agent: Any = create_motion_agent(
            config, model=self.model, backend=FailingBackend(), store=self.store, checkpointer=saver
        )

    def converse(self, seed: int) -> Iterator[str]:
        """The faults of one conversation, which is the same whenever its seed is."""
        hostile = Hostile(seed)
        settings: Any = {"configurable": {"thread_id": f"t{seed}", "user_id": f"u{seed}"}}
        kept: dict[str, Any] = {}
        for _ in range(hostile.pick([1, 2, 3])):
            self.model.replies = [hostile.reply(list(kept)) for _ in range(hostile.pick([1, 2, 3]))]
            self.model.shown = []
            asked = hostile.said()
            try:
                state = self.agent.invoke({"messages": asked}, settings)
            except Exception as error:
                if not (asked or kept) and "no message" in str(error):
                    return  # nothing was said, ever
                yield f"{type(error).__name__} left the graph: {error!s:.200}"
                return
            yield from _orphans(state["messages"], self.model.shown)
            now = {
                item.key: item.value
                for item in self.store.search(("motion_agent", f"u{seed}", "clips"), limit=10_000)
            }
            yield from _untold(kept, now, state)
            kept = now


def _orphans(thread: list[BaseMessage], shown: list[list[BaseMessage]]) -> Iterator[str]:
    """Calls without an answer: in what the coordinator saw, and among its own calls in the thread."""
    for messages in shown:
        yield from (f"the coordinator saw that {fault:.80}" for fault in unanswered_calls(messages))
        called = {call["id"] for said in messages for call in getattr(said, "tool_calls", [])}
        called |= {call["id"] for said in messages for call in getattr(said, "invalid_tool_calls", [])}
        if any(isinstance(said, ToolMessage) and said.tool_call_id not in called for said in messages):
            yield "the coordinator saw an answer without its call"
    answered = {said.tool_call_id for said in thread if isinstance(said, ToolMessage)}
    for said in thread:
        if isinstance(said, AIMessage) and is_own(said):
            ids = [call["id"] for call in (*said.tool_calls, *said.invalid_tool_calls)]
            if len(set(ids)) < len(ids) or not set(ids) <= answered:
                yield "a call of the coordinator has no answer of its own"


def _untold(before: dict[str, Any], now: dict[str, Any], state: dict[str, Any]) -> Iterator[str]:
    """What a turn did to the memory without telling."""
    if any(now.get(key) != value for key, value in before.items()):
        yield "a motion that was there has changed"
    told = " ".join(m.text for m in state["messages"] if isinstance(m, ToolMessage) and m.status == "success")
    if untold := [key for key in now if key not in before and key not in told]:
        yield f"{len(untold)} motions were kept that no result tells of"


def main(count: int, first: int = 0) -> int:
    arena, faults, started = Arena(), Counter[str](), time.monotonic()
    for seed in range(first, first + count):
        if seed % 500 == 0:
            arena = Arena()  # a long run is to take no more memory than a short one
        for fault in arena.converse(seed):
            faults[fault.partition(":")[0]] += 1
            print(f"conversation {seed}: {fault}", flush=True)
    print(f"{count} conversations, {faults.total()} faults, {time.monotonic() - started:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
