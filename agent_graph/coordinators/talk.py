"""What a coordinator is asked, and how the thread is told to it.

Models that call tools see the thread as it is. Those that write their plans see plain talk: example turns
first, their own plans as the JSON they wrote, results as what the user says next, speakers in turn. What
changes from one reply to the next stands at the end, so that servers find the rest in their caches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage

from ...tools.results import motion_entry
from ...tools.schemas import MotionRef
from ..errors import CoordinatorError
from ..messages import calls_tools
from ..prompts import at_hand, examples, instructions, meant, result_of, written, written_plan
from .example_turns import nearest
from .parts_named import parts_named

#: How many example turns are chosen by nearness, and how many earlier turns are told as plans alone.
NEAR, RECALLED = 6, 2


@dataclass(frozen=True)
class Question:
    """What a coordinator is asked: the thread, and what the agent knows besides.

    repertoire: the actions the motion model knows. motions, current: those of the conversation, without the
    ones made since the newest request, which the thread tells. left_out: turns no longer in the thread.
    brief: leave out the example turns that are near. plans_only: what tools
    did is told without the coordinator, so that it reads of earlier turns what was planned and nothing else.
    """

    messages: Sequence[AnyMessage]
    repertoire: Sequence[str] = ()
    motions: Mapping[str, MotionRef] = field(default_factory=dict)
    current: str | None = None
    left_out: int = 0
    brief: bool = False
    plans_only: bool = False

    @property
    def asked(self) -> str:
        """What the user said last; "" once a tool has done some of it: then a reply may say it again."""
        for message in reversed(self.messages):
            if isinstance(message, HumanMessage):
                return message.text
            if isinstance(message, ToolMessage) and message.status == "success":
                break
        return ""

    @property
    def said(self) -> str:
        """The newest request."""
        return next((m.text for m in reversed(self.messages) if isinstance(m, HumanMessage)), "")

    @property
    def known_motions(self) -> list[dict[str, Any]]:
        """What the state knows that the messages may not tell: motions from outside, or from longer ago."""
        return [motion_entry(ref) for ref in self.motions.values()]

    def shorter(self) -> Question | None:
        """The same without its oldest turn; None where only the newest is left."""
        starts = [n for n, message in enumerate(self.messages) if isinstance(message, HumanMessage)]
        if len(starts) < 2:
            return None
        return replace(self, messages=self.messages[starts[1] :], left_out=self.left_out + 1)

    def system(self, own: str) -> SystemMessage:
        """Our instructions, then a parent's system messages, which services refuse any further on."""
        others = [message.text for message in self.messages if isinstance(message, SystemMessage)]
        return SystemMessage("\n\n".join([own, *others]))

    def thread(self) -> list[AnyMessage]:
        """The messages with what is at hand added to the newest request."""
        earlier, turn = self.turns()
        return [*earlier, *turn]

    def turns(self) -> tuple[list[AnyMessage], list[AnyMessage]]:
        """The thread in two: before the newest request, and from it on."""
        note = at_hand(self.motions, self.current, self.left_out)
        thread: list[AnyMessage] = [m for m in self.messages if not isinstance(m, SystemMessage)]
        newest = max((n for n, m in enumerate(thread) if isinstance(m, HumanMessage)), default=None)
        if newest is None:
            return thread, []
        if note:
            thread[newest] = _with_note(thread[newest], note)
        return thread[:newest], thread[newest:]


def as_calls(question: Question) -> list[AnyMessage]:
    """The question for a model that calls tools."""
    return [question.system(instructions(question.repertoire)), *question.thread()]


def as_talk(question: Question, system: str) -> list[AnyMessage]:
    """The question for a model that writes its plans. system: its instructions.

    The example turns that are nearest to the newest request stand right before it, because small models copy
    what they read last; so what prompts begin with stays.
    """
    shown: list[AnyMessage] = []
    for said, reply in examples(answered=not question.plans_only):
        shown += [HumanMessage(said), AIMessage(reply)]
    earlier, turn = question.turns()
    if question.plans_only:
        earlier = planned(earlier, RECALLED)
    near = [] if question.brief or not turn else _near(question)
    if turn and (note := _meant(question)):
        turn[0] = _with_note(turn[0], note, "\n")
    return [question.system(system), *shown, *plain([*earlier, *near, *turn])]


def planned(messages: Sequence[AnyMessage], most: int) -> list[AnyMessage]:
    """The last turns as what was asked, and the last plan of each; its answer where there was none.

    most: how many turns. Of those before, the motions tell that are at hand.
    """
    told: list[AnyMessage] = []
    for message in messages:
        if isinstance(message, AIMessage):
            if told and isinstance(told[-1], AIMessage):
                if not calls_tools(message):
                    continue
                told.pop()
            told.append(message)
        elif not isinstance(message, ToolMessage):
            told.append(message)
    asked = [n for n, message in enumerate(told) if isinstance(message, HumanMessage)]
    return told[asked[-most] :] if len(asked) > most else told


def _near(question: Question) -> list[AnyMessage]:
    """The example turns that are nearest to what the user said last."""
    turns = nearest(question.said, NEAR, at_hand=bool(question.motions))
    return [message for turn in turns for message in turn.messages()]


def _meant(question: Question) -> str:
    """The parts of the current motion that the newest request names; "" for none."""
    current = question.motions.get(question.current or "")
    parts = [segment.description for segment in current.segments] if current else []
    numbers = parts_named(question.said, parts, question.repertoire)
    return meant(numbers, parts) if numbers else ""


def plain(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """A thread without tool calls, its speakers in turn, as many chat templates insist on."""
    talk: list[AnyMessage] = []
    names: dict[str, str] = {}
    for message in messages:
        if isinstance(message, AIMessage):
            names |= {call["id"] or "": call["name"] or "" for call in message.tool_calls}
        said = _plain(message, names)
        if talk and type(talk[-1]) is type(said):
            talk[-1] = said.model_copy(update={"content": f"{talk[-1].text}\n\n{said.text}"})
        else:
            talk.append(said)
    return talk


def fitted(
    question: Question,
    told: Callable[[Question], list[AnyMessage]],
    count: Callable[[list[AnyMessage]], int],
    room: int | None,
) -> tuple[list[AnyMessage], int]:
    """A question as messages that fit into `room` tokens, and how many of its oldest turns were left out.

    Before a turn is left out, the example turns that are near are.
    Raises CoordinatorError where the instructions and the newest turn alone do not fit.
    """
    shorter: Question | None = question
    needed = 0
    while shorter is not None:
        messages = told(shorter)
        needed = 0 if room is None else count(messages)
        if room is None or needed <= room:
            return messages, shorter.left_out
        shorter = shorter.shorter() if shorter.brief else replace(shorter, brief=True)
    raise CoordinatorError(
        f"the coordinator reads {room} tokens at once, beside its reply, and this turn takes {needed}: "
        "use a model with a larger context, or fewer words"
    )


def _plain(message: AnyMessage, names: dict[str, str]) -> AnyMessage:
    if isinstance(message, ToolMessage):
        name = message.name or names.get(message.tool_call_id, "")
        return HumanMessage(result_of(name, message.text, message.status == "error"))
    if isinstance(message, AIMessage):
        return AIMessage(_written(message))
    return HumanMessage(message.text)


def _written(message: AIMessage) -> str:
    """A reply as the model wrote it, or should have."""
    if message.tool_calls:
        return written_plan([(call["name"], call["args"]) for call in message.tool_calls])
    return "(unreadable)" if message.invalid_tool_calls else written(message.text)


def _with_note(message: AnyMessage, note: str, gap: str = "\n\n") -> AnyMessage:
    if isinstance(message.content, str):
        return message.model_copy(update={"content": f"{message.content}{gap}{note}"})
    return message.model_copy(update={"content": [*message.content, {"type": "text", "text": note}]})
