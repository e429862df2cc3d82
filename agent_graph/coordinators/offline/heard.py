"""From what the learned reader heard to typed requests, the same that the rules give."""

from __future__ import annotations

import re
from collections.abc import Callable

from ....motion_models.english.quantities import canonical, number, take_seed
from ..reader.reading import Command, Heard
from .rules.clauses import Action, read_actions
from .rules.directives import formats_in
from .rules.edits import PLAINLY, SLIGHTLY, STRONGLY
from .rules.grammar import Verbs
from .rules.phrases import part_words
from .rules.requests import (
    Again,
    Edit,
    Export,
    Intent,
    Join,
    ListMotions,
    Make,
    NameIt,
    Question,
    Scene,
    Social,
    Travel,
    Unable,
)
from .rules.scene import read_scene

#: What a learned reading gives where it cannot be said as a request: a slot is missing or says nothing known.
Read = Intent | None
_Build = Callable[[Command, Verbs], Read]


#: What stands right before an action that is not wanted.
_NEGATED = re.compile(
    r"(?:\b(?:not|dont|doesnt|no|never|without|stops?|quits?)|n't)(?: to)?\s*$", re.IGNORECASE
)


def requests_of(heard: Heard, verbs: Verbs) -> list[Intent] | None:
    """The requests of a reading; None when one of them lacks what it needs."""
    found: list[Intent] = []
    for command in heard.commands:
        request = _BUILDERS[command.intent](command, verbs)
        if request is None:
            return None
        found.append(request)
    real = [request for request in found if not isinstance(request, Social)]
    return real or found or None


def _actions(words: str, verbs: Verbs) -> tuple[Action, ...]:
    read = read_actions(canonical(words), verbs)
    return () if read.unclear else tuple(action for action in read.actions if not action.negated)


def _new(command: Command, verbs: Verbs) -> tuple[Action, ...]:
    """The actions that come in, with the length or count said of them."""
    seconds, times = _seconds(command), _times(command)
    said = [slot.text for slot in command.slots if slot.tag == "ACT" and not _NEGATED.search(slot.before)]
    actions = tuple(action for words in said for action in _actions(words, verbs))
    if not actions or any(not _actions(words, verbs) for words in said):
        return ()
    if len(actions) == 1 and (seconds or times):
        only = actions[0]
        return (
            Action(
                only.description, seconds or only.seconds, times or only.times, only.known, False, only.motion
            ),
        )
    return actions


def _seconds(command: Command) -> float | None:
    return _length_in(command.first("LENGTH"))


def _length_in(words: str) -> float | None:
    """Seconds said: "2 s", "second 2", "half a second", "20 frames" (at 20 a second)."""
    text = canonical(words.lower().strip())
    if found := re.search(r"(\d+(?:\.\d+)?) seconds", text):
        return float(found[1])
    if found := re.search(r"(\d+(?:\.\d+)?) ?frames", text):
        return float(found[1]) / 20
    if found := re.search(r"(?:second|mark)? ?(\d+(?:\.\d+)?)", text):
        return float(found[1])
    return {"second": 1.0, "a moment": 1.0, "moment": 1.0, "the second": 1.0}.get(text)


def _times(command: Command) -> int | None:
    text = canonical(
        " ".join(command.all("TIMES")).lower()
        or (f"{command.first('COUNT')} times" if command.first("COUNT") else "")
    )
    found = re.search(r"(\d+)(?: more)? times", text)
    return int(found[1]) if found else None


def _count(command: Command) -> int:
    said = command.first("COUNT").lower().strip()
    try:
        return max(1, round(number(said))) if said else _times(command) or 1
    except ValueError:
        return 1


def _part(command: Command, tag: str = "PART") -> str:
    return part_words({"part": command.first(tag).strip(" \"'")})


def _degree(command: Command) -> float:
    """How strongly a speed or a length is to change, as a factor above 1."""
    said, whole = command.first("FACTOR").lower(), command.said.lower()
    if found := re.search(r"(\d+(?:\.\d+)?) ?(?:%|percent)", said):
        value = float(found[1]) / 100
        return value if value > 1 else 1 + value
    if found := re.search(r"(\d+(?:\.\d+)?)", canonical(said)):
        value = float(found[1])
        return value if value >= 1 else 1 / max(value, 0.1)
    if re.search(r"twice|double|half|halve", said) or re.search(
        r"\b(?:double|twice|half|halve|triple)\b", whole
    ):
        return 3.0 if "triple" in whole else STRONGLY
    if re.search(r"\b(?:an? (?:bit|little|tad|touch)|slightly|somewhat)\b", whole):
        return SLIGHTLY
    return STRONGLY if re.search(r"\b(?:much|a lot|way|far)\b", whole) else PLAINLY


def _make(command: Command, verbs: Verbs) -> Read:
    actions = _new(command, verbs)
    return Make(actions) if actions else None


def _scene(command: Command, verbs: Verbs) -> Read:
    scene = read_scene(canonical(command.said), verbs)
    return scene[0] if scene and isinstance(scene[0], Scene) and len(scene) == 1 else None


def _insert(place: str) -> _Build:
    def build(command: Command, verbs: Verbs) -> Read:
        actions, anchors = _new(command, verbs), command.all("ANCHOR")
        if place == "between":
            anchor = " and ".join(anchors) if len(anchors) > 1 else ""
            return Edit("insert", actions=actions, place="between", anchor=anchor) if actions else None
        if place in ("before", "after"):
            return (
                Edit("insert", actions=actions, place=place, anchor=anchors[0])
                if actions and anchors
                else None
            )
        return Edit("insert", actions=actions, place=place) if actions else None

    return build


def _pause(command: Command, verbs: Verbs) -> Read:
    words, anchors = command.said.lower(), command.all("ANCHOR")
    place = next((word for word in ("between", "before", "after") if re.search(rf"\b{word}\b", words)), "end")
    if len(anchors) > 1 or re.search(r"\bbetween\b|\bin the middle\b|\bseparate\b", words):
        place = "between"
    if place in ("before", "after") and not anchors:
        place = "end" if place == "after" else "start"
    if place == "end" and re.search(r"\b(?:start|beginning|first|front)\b", words):
        place = "start"
    return Edit("pause", amount=_seconds(command) or 1.0, place=place, anchor=" and ".join(anchors))


def _replace(command: Command, verbs: Verbs) -> Read:
    actions, part = _new(command, verbs), _part(command)
    return Edit("replace", part, actions) if actions and part else None


def _correct(command: Command, verbs: Verbs) -> Read:
    actions = _new(command, verbs)
    return Edit("correct", actions=actions, said=command.said) if actions else None


def _with_part(kind: str) -> _Build:
    """An edit that needs a part."""

    def build(command: Command, verbs: Verbs) -> Read:
        parts = [words for words in command.all("PART") if words.strip()]
        return Edit(kind, " and ".join(parts)) if parts and part_words({"part": parts[0]}) else None  # type: ignore[arg-type]

    return build


def _of_part(kind: str) -> _Build:
    """An edit of a part or of the whole."""
    return lambda command, verbs: Edit(kind, _part(command))  # type: ignore[arg-type]


def _repeat(command: Command, verbs: Verbs) -> Read:
    times = _times(command)
    more = re.search(r"\bmore\b|\badditional\b", command.said.lower()) is not None
    total = (times + 1 if more else times) if times else 2
    part = _part(command) or (command.first("ACT") and command.first("ACT").strip())
    return Edit("repeat", part or "", amount=float(total)) if total > 1 else None


def _swap(command: Command, verbs: Verbs) -> Read:
    parts, words = command.all("PART"), command.said.lower()
    if len(parts) == 2:
        return Edit("swap", f"{parts[0].lower()} and {parts[1].lower()}")
    if parts:
        return None
    return Edit(
        "swap",
        "last two" if re.search(r"\blast two\b", words) else "first two" if "first" in words else "two",
    )


def _move(place: str) -> _Build:
    def build(command: Command, verbs: Verbs) -> Read:
        part, anchors = _part(command), command.all("ANCHOR")
        parts = command.all("PART")
        if not anchors and len(parts) > 1:
            anchors = parts[1:]
        if not part or (place in ("before", "after") and not anchors):
            return None
        return Edit("move", part, place=place, anchor=anchors[0].lower() if anchors else "")

    return build


def _trim(place: str) -> _Build:
    def build(command: Command, verbs: Verbs) -> Read:
        seconds = _seconds(command)
        return Edit("trim", amount=seconds, place=place) if seconds else None

    return build


def _keep(command: Command, verbs: Verbs) -> Read:
    seconds = _seconds(command)
    return Edit("keep", amount=seconds, place="start") if seconds else None


def _range(command: Command, verbs: Verbs) -> Read:
    ends = [_length_in(words) for words in command.all("LENGTH")]
    if len(ends) != 2 or None in ends:
        return None
    return Edit("keep", amount=ends[1], anchor=f"{ends[0]:g}")


def _cut(place: str) -> _Build:
    def build(command: Command, verbs: Verbs) -> Read:
        anchor = command.first("ANCHOR") or command.first("PART")
        return Edit("cut", place=place, anchor=anchor.lower()) if anchor else None

    return build


def _length(kind: str) -> _Build:
    def build(command: Command, verbs: Verbs) -> Read:
        seconds = _seconds(command)
        part = _part(command) or command.first("ACT")
        return Edit(kind, part, amount=seconds if seconds else -_degree(command))  # type: ignore[arg-type]

    return build


def _duration(command: Command, verbs: Verbs) -> Read:
    seconds = _seconds(command)
    return Edit("duration", _part(command), amount=seconds) if seconds else None


def _speed(slower: bool) -> _Build:
    def build(command: Command, verbs: Verbs) -> Read:
        factor = _degree(command)
        return Edit("speed", _part(command), amount=round(1 / factor if slower else factor, 3))

    return build


def _side(command: Command, verbs: Verbs) -> Read:
    words = command.said.lower()
    sides = [side.lower() for side in command.all("SIDE")] or re.findall(r"\b(left|right|other)\b", words)
    if not sides:
        return (
            Edit("side", _part(command), place="other", said=words)
            if re.search(r"wrong|switch|change", words)
            else None
        )
    rejected = re.search(r"\b(?:not|instead of|rather than) (?:the |with the |to the )?(left|right)\b", words)
    wanted = [side for side in sides if not rejected or side != rejected[1]] or sides
    return Edit("side", _part(command), place=wanted[0].split("-")[0], said=words)


def _style(command: Command, verbs: Verbs) -> Read:
    said = command.first("STYLE").lower()
    if not said:
        like = re.search(
            r"\b(?:like an? [\w ]+|with (?:more|less) \w+|\w+(?:er|ier))\b", command.said.lower()
        )
        said = like[0] if like else ""
    if re.search(r"\bless\b|\btoo\b", command.said.lower()):
        return Unable(
            f'less of a style ("{command.said}")', 'say how it should be instead, such as "make it sad"'
        )
    return Edit("style", _part(command), said=said) if said else None


def _turn(command: Command, verbs: Verbs) -> Read:
    words = command.said.lower()
    degrees = float(command.first("DEGREES")) if re.fullmatch(r"\d+", command.first("DEGREES")) else None
    if degrees is None:
        degrees = 180.0 if re.search(r"\baround\b|other (?:way|direction)|backwards", words) else 90.0
    right = command.first("SIDE").lower() == "right" or re.search(r"(?<!counter)(?<!anti)clockwise", words)
    return Edit("turn", _part(command), amount=-degrees if right else degrees)


def _shift(command: Command, verbs: Verbs) -> Read:
    found = re.search(r"\d+(?:\.\d+)?", command.first("DISTANCE"))
    metres = float(found[0]) if found else 0.5 if "half" in command.first("DISTANCE") else 1.0
    place = re.search(r"\b(left|right|forward|ahead|back)", command.said.lower())
    return Edit("shift", amount=metres, place=place[1] if place else "forward")


def _further(command: Command, verbs: Verbs) -> Read:
    if re.search(
        r"\b(?:fur|far)ther\b|\blonger way\b|\bmore (?:ground|distance)\b|\bmore far\b", command.said.lower()
    ):
        return Edit("longer", _part(command), amount=-PLAINLY)
    return Unable(
        f'"{command.said}": how high, wide or strong a movement is cannot be set afterwards',
        'say it anew in other words, such as "a person jumps high"',
    )


def _restore(command: Command, verbs: Verbs) -> Read:
    target = command.first("MOTION").strip("\"' ")
    return Travel("restore", target.lower()) if target else None


def _pick(command: Command, verbs: Verbs) -> Read:
    pick = command.first("PICK").lower()
    return Travel("restore", f"version {number_of(pick)}") if pick else None


def number_of(word: str) -> str:
    """'one' -> '1'; ordinals and figures stay."""
    try:
        return str(round(number(word)))
    except ValueError:
        return word


def _undo(command: Command, verbs: Verbs) -> Read:
    repeated = len(re.findall(r"\bundo\b", command.said.lower()))
    return Travel("undo", count=max(_count(command), repeated if repeated > 1 else 1, 1))


def _again(command: Command, verbs: Verbs) -> Read:
    seed, _ = take_seed(command.said.lower())
    part = _part(command)
    if part:
        return Edit("regenerate", part, amount=seed)
    return Again(1, None if seed is None else int(seed))


def _export(command: Command, verbs: Verbs) -> Read:
    formats = tuple(dict.fromkeys(name for words in command.all("FORMAT") for name in formats_in(words)))
    target = command.first("MOTION").strip("\"' ").lower()
    if command.all("FORMAT") and not formats:
        return Export(
            tuple(words.lower().split(".")[-1].split()[-1] for words in command.all("FORMAT")), target
        )
    return Export(formats, target)


def _name(command: Command, verbs: Verbs) -> Read:
    name = command.first("NAME").strip("\"' .")
    return NameIt(name[:60]) if name else None


def _rename(command: Command, verbs: Verbs) -> Read:
    name, target = command.first("NAME").strip("\"' ."), command.first("MOTION").strip("\"' ")
    return NameIt(name[:60], target.lower()) if name and target else None


def _join(command: Command, verbs: Verbs) -> Read:
    targets = [words.strip("\"' ").lower() for words in command.all("MOTION")]
    if not targets and re.search(r"\b(?:both|them|all|everything)\b", command.said.lower()):
        return Join(("both",))
    named = any(verbs.named_motion(words) for words in targets)
    return Join(tuple(targets)) if len(targets) > 1 and named else None


def _append_name(command: Command, verbs: Verbs) -> Read:
    target = command.first("MOTION").strip("\"' ").lower()
    return Join(("it", target)) if target else None


def _length_question(command: Command, verbs: Verbs) -> Read:
    return Question("length", _part(command))


def _ask(about: str) -> _Build:
    return lambda command, verbs: Question(about, command.said.lower())  # type: ignore[arg-type]


def _always(request: Intent) -> _Build:
    return lambda command, verbs: request


def _other(command: Command, verbs: Verbs) -> Read:
    return Unable(f'"{command.said}"', "I make and change motions of people, and nothing else")


_SCENE_EDIT = Unable(
    "a change of one person of a scene",
    'say the scene anew, such as "two people: one waves, the other sits down"',
)

_BUILDERS: dict[str, _Build] = {
    "make": _make, "scene": _scene, "append": _insert("end"), "prepend": _insert("start"),
    "insert_before": _insert("before"), "insert_after": _insert("after"),
    "insert_between": _insert("between"),
    "pause": _pause,
    "hold": lambda command, verbs: Edit("hold", _part(command), amount=_seconds(command) or 1.0),
    "replace": _replace, "replace_it": _correct, "delete": _with_part("delete"),
    "keep_only": _with_part("only"),
    "repeat": _repeat, "swap": _swap, "reverse_order": _always(Edit("swap", "order")),
    "move_before": _move("before"), "move_after": _move("after"), "move_start": _move("start"),
    "move_end": _move("end"), "inbetween": _with_part("inbetween"), "trim_start": _trim("start"),
    "trim_end": _trim("end"), "trim_keep": _keep, "trim_range": _range, "cut_after": _cut("after"),
    "cut_before": _cut("before"), "lengthen": _length("longer"), "shorten": _length("shorter"),
    "duration": _duration, "speed_up": _speed(False), "slow_down": _speed(True),
    "reverse": _of_part("reverse"),
    "loop": _of_part("loop"), "turn": _turn, "shift": _shift, "further": _further,
    "mirror": _of_part("mirror"),
    "side": _side, "style": _style, "undo": _always(Travel("undo")), "undo_n": _undo,
    "redo": _always(Travel("redo")), "restore_first": _always(Travel("restore", "original")),
    "restore_named": _restore, "pick": _pick, "new_start": _always(Social("fresh")), "regenerate": _again,
    "variants": lambda command, verbs: Again(max(2, _count(command))), "ask_length": _length_question,
    "ask_contents": _always(Question("parts")), "ask_yesno": _ask("truth"), "ask_side": _ask("side"),
    "ask_measure": _ask("measure"), "ask_change": _ask("change"), "ask_why": _ask("why"),
    "ask_list": _always(ListMotions()), "ask_help": _always(Question("abilities")), "ask_who": _ask("who"),
    "ask_formats": _ask("formats"), "ask_where": _ask("files"), "export": _export,
    "export_all": lambda command, verbs: Export(tuple(formats_in(command.first("FORMAT"))), "all motions"),
    "name": _name, "rename": _rename, "join": _join, "append_name": _append_name,
    "delete_named": _always(Unable("forgetting a motion", "motions stay; make or go back to another one")),
    "greet": _always(Social("hello")), "thanks": _always(Social("thanks")), "fine": _always(Social("fine")),
    "bye": _always(Social("bye")), "yes": _always(Social("yes")), "no": _always(Social("no")),
    "complain": _always(Social("complain")), "other": _other, "scene_edit": _always(_SCENE_EDIT),
}  # fmt: skip
