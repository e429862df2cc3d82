"""How edits of the current motion are said: one table, each row a phrase and the edit it stands for."""

from __future__ import annotations

import re

from .....motion_models.english.quantities import number
from .....tools.schemas import MAX_REPEATS
from ..sentences.actions import Action
from ..sentences.clauses import read_actions
from ..sentences.grammar import Verbs
from ..sentences.phrases import Build, Row, part_words, rows
from ..sentences.requests import Again, Edit, EditKind, Intent

Said = dict[str, str]

SLIGHTLY, PLAINLY, STRONGLY = 1.2, 1.5, 2.0


def _factor(said: Said) -> float:
    """How strongly something is changed: 'a bit', nothing said, 'much', '3 times', '20%'."""
    degree = said.get("degree", "").lower()
    if "%" in degree:
        return 1 + float(degree.rstrip("% ")) / 100
    if "times" in degree:
        return max(1.1, float(degree.split()[0]))
    if re.match(r"an? (?:bit|little)|slightly|somewhat", degree):
        return SLIGHTLY
    return STRONGLY if degree in ("much", "a lot", "way", "far") else PLAINLY


def _new(said: Said, verbs: Verbs) -> tuple[Action, ...]:
    """The actions that come in; none where a part of the words is no action: half a wish is not granted."""
    read = read_actions(said["new"], verbs)
    return () if read.unclear else read.actions


def _replace(said: Said, verbs: Verbs) -> Intent | None:
    if re.match(r"(?:motion|clip|animation|version)\b", said["new"]):
        return None  # of "make the first motion faster"
    actions = _new(said, verbs)
    return Edit("replace", part_words(said), actions) if actions else None


def _side(said: Said) -> str:
    """Where something goes: 'start', 'end', 'before' or 'after' an anchor."""
    side, anchor = said.get("side", "").lower(), said.get("anchor", "")
    if side and not re.fullmatch(r"it|that|this|everything", anchor):
        return "after" if side in ("after", "behind") else "before"
    if side:
        return "end" if side in ("after", "behind") else "start"
    return "end" if said.get("extreme", "end").lower() == "end" else "start"


def _anchor(said: Said) -> str:
    """The part a place is named by; between two parts is before the second."""
    anchor = said.get("anchor", "").lower()
    return re.split(r" and ", anchor)[-1] if said.get("side", "").lower() == "between" else anchor


def _insert(said: Said, verbs: Verbs) -> Intent | None:
    actions, anchor = _new(said, verbs), said.get("anchor", "").lower()
    if actions and said.get("side", "").lower() == "between":
        anchor = (
            ""
            if re.fullmatch(r"them|both(?: of them)?|(?:the|those|these) two(?: parts)?", anchor)
            else anchor
        )
        return Edit("insert", actions=actions, place="between", anchor=anchor)
    return Edit("insert", actions=actions, place=_side(said), anchor=_anchor(said)) if actions else None


def _move(said: Said, verbs: Verbs) -> Intent | None:
    return Edit("move", part_words(said), place=_side(said), anchor=_anchor(said))


def _repeat(said: Said, verbs: Verbs) -> Intent | None:
    """'three times' is three in all, 'three more times' four."""
    count = int(said["n"]) if "n" in said else 1
    times = count + 1 if "n" not in said or "more" in said else count
    return Edit("repeat", part_words(said), amount=float(min(times, MAX_REPEATS))) if times > 1 else None


def _delete(said: Said, verbs: Verbs) -> Intent | None:
    part = part_words(said)
    return Edit("delete", part) if part else None


def _length(said: Said, verbs: Verbs) -> Intent | None:
    """Longer or shorter, by seconds (a positive amount) or by a factor (a negative one)."""
    words = said["how"].lower()
    kind: EditKind = "shorter" if words.startswith(("short", "hal", "reduce")) else "longer"
    if "s" in said:
        return Edit(kind, part_words(said), amount=float(said["s"]))
    return Edit(kind, part_words(said), amount=-(STRONGLY if words in ("half", "double") else _factor(said)))


def _trim(said: Said, verbs: Verbs) -> Intent | None:
    at_end = said["which"].lower() in ("last", "final", "end")
    return Edit("trim", amount=float(said.get("s", 1)), place="end" if at_end else "start")


def _keep(said: Said, verbs: Verbs) -> Intent | None:
    """Keep a stretch: the first or last seconds, or from `anchor` to `amount`."""
    if "a" in said:
        return Edit("keep", amount=float(said["b"]), anchor=said["a"])
    return Edit(
        "keep", amount=float(said["s"]), place="end" if said.get("which", "").lower() == "last" else "start"
    )


def _again(said: Said, verbs: Verbs) -> Intent | None:
    count = max(1, round(number(said["n"].lower()))) if "n" in said else 1
    return Again(count, int(said["seed"]) if "seed" in said else None)


def _change(kind: EditKind) -> Build:
    return lambda said, verbs: Edit(kind, part_words(said))


EDITS: tuple[Row, ...] = (
    *rows(
        _trim,
        "(trim|cut|remove|drop|delete|crop|chop|take|clip) [off|out|away] the <which:first|last|final"
        "|opening>"
        " (<seconds>|second) [off|away] [of <it>]",
        "(trim|cut|remove|drop|delete|crop|chop|take|clip) [off|out|away] <seconds> (from|off|at|of) the"
        " <which:start|beginning|front|end> [of <it>]",
    ),
    *rows(
        _keep,
        "keep [only] the <which:first|last> <seconds> [only]",
        "(trim|cut|crop|shorten) [<it>] [down] to [the] <which:first|last> <seconds>",
        r"(trim|cut|crop|shorten) [<it>] [down] to [the] <which:first|last> <s:\d+(?:\.\d+)?>",
        "(trim|cut|crop|clip) <it> [down] to <seconds>",
        "(keep|trim|cut|crop|use) [only] [<it>] [from|between] [second|seconds] <from> (to|-|and|until)"
        " [second] <until>",
    ),
    *rows(
        _replace,
        "(replace|exchange|substitute|swap out) <part> (with|by|for) <new>",
        "(swap|switch) <part> for <new>",
        "(change|turn|make) <segment> (into|to) <new>",
        "(change|turn) <ref> into <new>",
        "make <segment> [be] <new>",
        "<new> instead of <part>",
        "instead of <part> , [do|have|use|put|make] <new>",
        "instead of <part> (do|have|use|put|make) <new>",
    ),
    *rows(
        _move,
        "(move|bring|shift|put|place) <ref> (<extreme>|<beside>)",
    ),
    *rows(
        _insert,
        "(add|append|insert|put|include|attach|place) [in] <new> [,] (<extreme> [of <it>]|<beside>)",
        "(<extreme>|<beside>) [,] (add|append|insert|put|include|have) [in] <new>",
        "(add|append|insert|attach|include) [also] <new> [to it|too|as well]",
    ),
    *rows(
        _repeat,
        "(repeat|loop|do|perform|play|show) <ref> <times>",
        "(repeat|duplicate|double) <ref>",
        "repeat",
        "(repeat|loop) <times>",
        "(do|perform|play) <ref> once <more:more>",
    ),
    *rows(_change("mirror"), "mirror [<part>] [horizontally|left to right]"),
    *rows(_length, "<how:extend|lengthen|prolong|stretch> <ref> [out] [by] [<seconds>|<degree>]"),
    *rows(_change("loop"), "loop [<ref>]"),
    *rows(
        _again,
        "[do|try|make|give me|show me|generate] [it|that|this|the same] (again|once again|once more|one more"
        " time)"
        " [, ] [but|and] [make it|do it] [different|differently|another way] [(with|using) <seed>]",
        "[yet] (another|one more|a different|a new|a second|new) [one|variation|version|variant|take|try"
        "|attempt|sample]"
        " [of <it>] [(with|using) <seed>]",
        "<count> [more] [different|other|new] (variation|variations|version|versions|variant|variants|take"
        "|takes"
        "|alternatives|samples|more) [of <it>]",
        "<count> more",
        "[try|do it|make it|use|again] [it] [again] [with] [another|a different|a new] seed",
        "[try|do it|make it|use|again] [it] [again] [with] [the] <seed>",
    ),
    *rows(
        _delete,
        "(remove|delete|cut out|take out|get rid of|leave out|erase|omit|take away) <part> [from it|from the"
        " motion|again]",
        "(drop|cut|skip) <segment>",
        "<ref> (should|must) (go|be removed|be deleted)",
    ),
)
