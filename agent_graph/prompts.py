"""What the graph says to a coordinator, and the answers it gives when the coordinator cannot.

What tools do and take, and why a call failed, is told by the tools and by the errors of plans themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..tools.schemas import MotionRef

#: How many motions of the conversation, and how many actions of the repertoire, a prompt names.
SHOWN_MOTIONS, SHOWN_ACTIONS = 20, 120

COORDINATOR = """\
You direct a human motion generator. Users ask you, in any language, to make, change, describe and save \
motions of a human body. Do it by calling tools, then answer briefly and truthfully in the user's language.

How to work:
- Break what the user wants into simple physical actions. Write each description as a plain English sentence \
in the third person, such as "a person walks forward" or "a person waves with the left hand".
- One action: generate_motion. Several one after another: ONE compose_sequence with one segment per action, \
in order. A change of something made before: edit_motion on that motion, never a new motion.
- Several people at once: arrange_scene, with a description or a motion and a place for each of them.
- Translate what cannot be shown literally ("proposes marriage") into body movements, and say that you did.
- The calls of one message are one plan and run together. In it, "$1" means the motion made by its first call.
- Never invent what a motion shows: use caption_motion to find out.
- If a call fails, repair the call from its error message. If that is impossible, tell the user why.
- In your answer say what was made and how long it lasts, and pass on the notes of the results, above all \
unknown words.
- A request that has nothing to do with human motion is answered in a sentence, without tools.
"""


#: What became of a call in a turn that was cut short.
INTERRUPTED = "this call was interrupted"


def open_file(file: str) -> str:
    """What the user is made to say when the program opens a motion file."""
    return f"Open {file}."


def opened_file(file: str, caption: str) -> str:
    """What the coordinator is made to answer to that."""
    return f"{file}: {caption}"


def plan_format(schema: str, tools: Mapping[str, str]) -> str:
    """How a model without tool calls writes a plan; schema: the JSON schema of one."""
    listed = "\n".join(f"- {name}: {summary}" for name, summary in tools.items())
    return (
        "You call tools by writing JSON, and nothing else. To run a plan, reply with one object "
        '{"steps": [{"tool": "...", "arguments": {...}}]}; its results come with the next message. To answer '
        f'the user, reply with {{"answer": "..."}}.\nTools:\n{listed}\nJSON schema of a plan:\n{schema}'
    )


def result_of(tool: str, content: str, failed: bool) -> str:
    """What a model without tool calls is told of a step."""
    return f"{'Error' if failed else 'Result'} of {tool or 'your reply'}: {content}"


def system_prompt(repertoire: Sequence[str], motions: Mapping[str, MotionRef], current: str | None) -> str:
    """The coordinator's instructions with the backend's repertoire and the motions of the conversation."""
    return "\n".join([COORDINATOR, _actions(repertoire), _motions(motions, current)])


def gave_up(problem: str, motions: Mapping[str, MotionRef], current: str | None) -> str:
    """The honest last word of a turn whose plans kept failing, or never ended."""
    reason = f" The last problem was: {problem.rstrip('.')}." if problem else ""
    ref = motions.get(current) if current is not None else None
    kept = f" The current motion is still {_line(ref)}." if ref is not None else ""
    return f"I could not carry out this request.{reason}{kept} Please say it differently or in smaller steps."


def exhausted(max_plans: int) -> str:
    """Why a further plan of a turn was not run."""
    return f"not run, because one turn may run {max_plans} plan{'s' if max_plans > 1 else ''} at most"


def declined(reason: str) -> str:
    """Why a plan that a person was shown did not run."""
    return f"not run, because the user declined this plan{f': {reason}' if reason else ''}"


def rejected(own: str, others: str) -> str:
    """Why a call of a refused plan was not run: its own faults, or those of other steps."""
    return f"{own}; nothing was run" if own else f"not run, because the plan has a fault elsewhere: {others}"


def _actions(repertoire: Sequence[str]) -> str:
    if not repertoire:
        return "The motion generator understands free descriptions."
    more = f" and {len(repertoire) - SHOWN_ACTIONS} more" if len(repertoire) > SHOWN_ACTIONS else ""
    return f"Actions the motion generator knows well: {', '.join(repertoire[:SHOWN_ACTIONS])}{more}."


def _motions(motions: Mapping[str, MotionRef], current: str | None) -> str:
    if not motions:
        return "No motion has been made in this conversation yet."
    shown = list(motions.values())[-SHOWN_MOTIONS:]
    lines = [f"- {_line(ref)}{' (current)' if ref.id == current else ''}" for ref in shown]
    return "\n".join(["Motions of this conversation, the newest last:", *lines])


def _line(ref: MotionRef) -> str:
    name = f' "{ref.name}"' if ref.name != ref.description else ""
    parts = " | ".join(f"{n}: {part.description}" for n, part in enumerate(ref.segments, 1))
    return f"{ref.id}{name}, {ref.seconds:g} s: {parts}"
