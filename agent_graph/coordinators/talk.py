"""What a coordinator is asked, and how the thread is told to it.

Models that call tools see the thread as it is. Those that write their plans see plain talk: example turns
first, their own plans as the JSON they wrote, results as what the user says next, speakers in turn. What
changes from one reply to the next stands at the end, so that servers find the rest in their caches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage

from ...tools.schemas import MotionRef
from ..errors import CoordinatorError
from ..prompts import at_hand, examples, instructions, result_of, written, written_plan


@dataclass(frozen=True)
class Question:
    """What a coordinator is asked: the thread, and what the agent knows besides.

    repertoire: the actions the motion model knows. motions, current: those of the conversation, without the
    ones made since the newest request, which the thread tells. left_out: turns no longer in the thread.
    brief: leave out the example turns that change a motion.
    """

    messages: Sequence[AnyMessage]
    repertoire: Sequence[str] = ()
    motions: Mapping[str, MotionRef] = field(default_factory=dict)
    current: str | None = None
    left_out: int = 0
    brief: bool = False

    @property
    def asked(self) -> str:
        """What the user said last; "" once a tool has done some of it: then a reply may say it again."""
        for message in reversed(self.messages):
            if isinstance(message, HumanMessage):
                return message.text
            if isinstance(message, ToolMessage) and message.status == "success":
                break
        return ""

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
        note = at_hand(self.motions, self.current, self.left_out)
        thread: list[AnyMessage] = [m for m in self.messages if not isinstance(m, SystemMessage)]
        newest = max((n for n, m in enumerate(thread) if isinstance(m, HumanMessage)), default=None)
        if note and newest is not None:
            thread[newest] = _with_note(thread[newest], note)
        return thread


def as_calls(question: Question) -> list[AnyMessage]:
    """The question for a model that calls tools."""
    return [question.system(instructions(question.repertoire)), *question.thread()]


def as_talk(question: Question, system: str) -> list[AnyMessage]:
    """The question for a model that writes its plans. system: its instructions.

    The example turns that change a motion stand behind the others, and only where there is one: so what all
    prompts begin with stays, and a model that copies what it read last makes one where there is none.
    """
    shown: list[AnyMessage] = []
    for said, reply in examples(changes=bool(question.motions) and not question.brief):
        shown += [HumanMessage(said), AIMessage(reply)]
    return [question.system(system), *shown, *plain(question.thread())]


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

    Before a turn is left out, the example turns that change a motion are.
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


def _with_note(message: AnyMessage, note: str) -> AnyMessage:
    if isinstance(message.content, str):
        return message.model_copy(update={"content": f"{message.content}\n\n{note}"})
    return message.model_copy(update={"content": [*message.content, {"type": "text", "text": note}]})
