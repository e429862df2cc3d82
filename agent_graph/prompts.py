"""What the graph says to a coordinator, and the answers it gives when the coordinator cannot.

What tools do and take, and why a call failed, is told by the tools and by the errors of plans themselves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..tools.schemas import MotionRef

#: How many motions of the conversation, and how many actions of the repertoire, a prompt names.
SHOWN_MOTIONS, SHOWN_ACTIONS = 20, 60
#: What the notes on motions begin with: on the current one, and on others.
AT_HAND, OTHERS = "The motion at hand:", "Motions made before, the newest last:"
#: The id of the motion at hand in example turns, and its length in seconds.
EXAMPLE_MOTION, EXAMPLE_SECONDS = "m2h7c", 5.2

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
- Never invent what a motion shows: caption_motion describes and measures it (m, m/s, degrees, counts).
- If a call fails, repair the call from its error message. If that is impossible, tell the user why.
- In your answer say what was made and how long it lasts, and pass on the notes of the results, above all \
unknown words.
- A request that has nothing to do with human motion is answered in a sentence, without tools.
"""

GUIDE = """\
You can make, change, describe and save motion of a human body with these tools:
{tools}
Write each description as a plain English sentence about one person and one action, such as "a person walks \
forward". Several actions one after another are one compose_sequence; a change of a motion is edit_motion. \
Never invent what a motion shows: caption_motion tells and measures. Pass on the notes of results, above all \
unknown words.
"""

WRITTEN = """\
You plan human body motion. Reply with ONE JSON object and nothing else:
{{"steps": [{{"tool": NAME, "arguments": {{...}}}}]}} to run tools, {{"answer": "..."}} to speak to the user.
Tools ("?" marks what may be left out):
{tools}
"$1" is the motion that the first step makes. {actions}
Each description is a plain English sentence about one person: "a person walks forward".
"""

#: What each tool is for, in as few words as a small model can follow.
USES: Mapping[str, str] = {
    "generate_motion": "one action",
    "compose_sequence": "several actions, one after another",
    "arrange_scene": "two or more people at once; face to face, the second has theta 180, z 1",
    "edit_motion": "change a motion made before",
    "caption_motion": "what a motion shows, in words and numbers",
    "export_motion": "save files: bvh, glb, mp4, npz",
    "name_motion": "give a motion a name",
    "list_motions": "all motions of the user",
    "history": "action is undo, redo or restore",
}


def _one(description: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "generate_motion", {"description": description, **more}


def _several(*segments: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "compose_sequence", {"segments": list(segments)}


def _told(description: str, **more: Any) -> dict[str, Any]:
    return {"description": description, **more}


def result_of(tool: str, content: str, failed: bool) -> str:
    """What a model without tool calls is told of a step; of long lists the beginning."""
    return f"{'Error' if failed else 'Result'} of {tool or 'your reply'}: {_in_short(content)}"


#: So many letters of a result are told as they are, and so many entries of each list of a longer one.
_LETTERS, _ENTRIES = 2000, 8


def _in_short(content: str) -> str:
    """A result with the beginnings of its lists, where it is long: small models read no 64 parts."""
    if len(content) <= _LETTERS:
        return content
    try:
        result = json.loads(content)
    except ValueError:
        return content
    if not isinstance(result, dict):
        return content
    cut = {name: value[:_ENTRIES] if isinstance(value, list) else value for name, value in result.items()}
    left = {name: len(value) - _ENTRIES for name, value in result.items() if isinstance(value, list)}
    more = {name: count for name, count in left.items() if count > 0}
    return json.dumps({**cut, "more": more}) if more else content


def _made(tool: str, motion: str, description: str, seconds: float) -> str:
    """A result in short."""
    content = {"motion_id": motion, "description": description, "seconds": seconds, "notes": []}
    return result_of(tool, json.dumps(content), failed=False)


#: A turn that is said, and the reply to it: an answer, or a plan of one step.
Example = tuple[str, str | tuple[str, dict[str, Any]]]

#: Turns that show how plans are written, and how their results are answered, to models that write them.
#: Small models copy: of the tools, those nearest the end the most, so that what is asked for most comes last.
EXAMPLES: tuple[Example, ...] = (
    (
        "two people shake hands",
        (
            "arrange_scene",
            {"people": [_told("a person shakes hands"), _told("a person shakes hands", theta=180, z=1)]},
        ),
    ),
    ("who wrote Hamlet?", "I only make human motion."),
    ("what happens in stretch.bvh?", ("caption_motion", {"path": "stretch.bvh"})),
    (
        "crawl, then stand up for 2 seconds",
        _several(_told("a person crawls forward"), _told("a person stands up", seconds=2)),
    ),
    (
        _made("compose_sequence", "m2h7c", "a person crawls forward, then a person stands up", 5.2),
        "Made: a person crawls forward, then stands up.",
    ),
    ("go back", ("history", {"action": "undo"})),
    ("wave with the left hand", _one("a person waves with the left hand")),
    (
        _made("generate_motion", "m9k4d", "a person waves with the left hand", 2.6),
        "Made: a person waves with the left hand.",
    ),
    (
        "march, bow and then turn right",
        _several(_told("a person marches"), _told("a person bows"), _told("a person turns right")),
    ),
    ("a man crawls slowly", _one("a person crawls slowly")),
    ("stretch for 4 seconds", _one("a person stretches", seconds=4)),
    ("what are you for?", "I make, change and describe human motion."),
    ("hop, then point to the left", _several(_told("a person hops"), _told("a person points to the left"))),
    ("show me someone who hops three times", _one("a person hops three times")),
    ("la persona gira", _one("a person turns around")),
    ("do a cartwheel", _one("a person does a cartwheel")),
)


#: What became of a call in a turn that was cut short.
INTERRUPTED = "this call was interrupted"


def tool_guide() -> str:
    """What an agent that is not ours is told of the motion tools."""
    return GUIDE.format(tools="\n".join(f"- {name}: {use}" for name, use in USES.items()))


def open_file(file: str) -> str:
    """What the user is made to say when the program opens a motion file."""
    return f"Open {file}."


def opened_file(file: str, caption: str) -> str:
    """What the coordinator is made to answer to that."""
    return f"{file}: {caption}"


def move(action: str) -> str:
    """What the user is made to say when a version is gone to by a button."""
    return {"undo": "Undo.", "redo": "Redo.", "restore": "Go back to this version."}[action]


def moved(ref: MotionRef) -> str:
    """What the coordinator is made to answer to that."""
    return f"The current motion is now {ref.id} ({ref.seconds:g} s): {ref.description}."


def instructions(repertoire: Sequence[str]) -> str:
    """What a coordinator that calls tools is told first; it stays the same for a whole conversation."""
    return f"{COORDINATOR}\n{_actions(repertoire)}"


def written_instructions(signatures: str, repertoire: Sequence[str]) -> str:
    """The same for a coordinator that writes its plans. signatures: the tools and what they take."""
    return WRITTEN.format(tools=signatures, actions=_actions(repertoire))


def examples(answered: bool = True) -> list[tuple[str, str]]:
    """The example turns, as they would have been said. answered: those too that answer a result in words."""
    shown = [(said, reply) for said, reply in EXAMPLES if answered or not _tells(said, reply)]
    return [(said, written(reply)) for said, reply in shown]


def _tells(said: str, reply: str | tuple[str, dict[str, Any]]) -> bool:
    """Whether an example turn answers the result of a tool in words."""
    return isinstance(reply, str) and said.startswith(("Result of", "Error of"))


def written(reply: str | tuple[str, dict[str, Any]]) -> str:
    """An answer, or a plan of one step, as models write them."""
    if isinstance(reply, str):
        return json.dumps({"answer": reply}, ensure_ascii=False)
    return written_plan([reply])


def written_plan(steps: Sequence[tuple[str, dict[str, Any]]]) -> str:
    """A plan as models write it, from the tool and the arguments of every step."""
    plan = {"steps": [{"tool": tool, "arguments": arguments} for tool, arguments in steps]}
    return json.dumps(plan, ensure_ascii=False)


def at_hand(motions: Mapping[str, MotionRef], current: str | None, left_out: int = 0) -> str:
    """What stands after the newest request, because it changes: the motions, and what was forgotten.

    The current motion comes last, so that a small model takes no other.
    """
    notes = [f"(The {left_out} oldest turns of this conversation are left out.)"] if left_out else []
    shown = [ref for ref in list(motions.values())[-SHOWN_MOTIONS:] if ref.id != current]
    notes += _listed(OTHERS, [_line(ref) for ref in shown])
    if current is not None and current in motions:
        notes += _listed(AT_HAND, [_line(motions[current])])
    return "\n".join(notes)


def example_at_hand(parts: Sequence[str], others: Mapping[str, Sequence[str]] | None = None) -> str:
    """The motions of an example, as they would have been told. parts: descriptions of the current one.

    others: those of motions made before, by id and name.
    """
    told = [f"{name}, {EXAMPLE_SECONDS:g} s: {_numbered(texts)}" for name, texts in (others or {}).items()]
    current = f"{EXAMPLE_MOTION}, {EXAMPLE_SECONDS:g} s: {_numbered(parts)}"
    return "\n".join([*_listed(OTHERS, told), *_listed(AT_HAND, [current])])


def meant(numbers: Sequence[int], parts: Sequence[str]) -> str:
    """The parts that a message names. numbers: from 1. parts: all descriptions."""
    return f"(Meant: {' | '.join(f'part {number}: {parts[number - 1]}' for number in numbers)})"


def _listed(heading: str, lines: Sequence[str]) -> list[str]:
    """One note with so many lines; none where there are no lines."""
    return ["(" + "\n- ".join([heading, *lines]) + ")"] if lines else []


def gave_up(problem: str, motions: Mapping[str, MotionRef], current: str | None) -> str:
    """The honest last word of a turn whose plans kept failing, or never ended."""
    reason = f" The last problem was: {problem.rstrip('.')}." if problem else ""
    ref = motions.get(current) if current is not None else None
    kept = f" The current motion is still {_line(ref)}." if ref is not None else ""
    return f"I could not carry out this request.{reason}{kept} Please say it differently or in smaller steps."


def exhausted(max_plans: int) -> str:
    """Why a further plan of a turn was not run."""
    return f"not run, because one turn may run {max_plans} plan{'s' if max_plans > 1 else ''} at most"


#: What the reason begins with why a plan that a person was shown did not run.
DECLINED = "not run, because the user declined this plan"


def declined(reason: str) -> str:
    """Why a plan that a person was shown did not run."""
    return f"{DECLINED}: {reason}" if reason else DECLINED


def rejected(own: str, others: str) -> str:
    """Why a call of a refused plan was not run: its own faults, or those of other steps."""
    return f"{own}; nothing was run" if own else f"not run, because the plan has a fault elsewhere: {others}"


def repeated(problem: str) -> str:
    """Why a plan that failed before is not run again. problem: what was wrong with it."""
    return (
        f"{problem}; the same plan again, so it was not run: change what was wrong, or tell the user why it "
        "cannot be done"
    )


def _actions(repertoire: Sequence[str]) -> str:
    if not repertoire:
        return "The motion generator understands free descriptions."
    more = f" and {len(repertoire) - SHOWN_ACTIONS} more" if len(repertoire) > SHOWN_ACTIONS else ""
    return f"Actions the motion generator knows well: {', '.join(repertoire[:SHOWN_ACTIONS])}{more}."


def _line(ref: MotionRef) -> str:
    name = f' "{ref.name}"' if ref.name != ref.description else ""
    return f"{ref.id}{name}, {ref.seconds:g} s: {_numbered([part.description for part in ref.segments])}"


def _numbered(parts: Sequence[str]) -> str:
    return " | ".join(f"{number}: {part}" for number, part in enumerate(parts, 1))
