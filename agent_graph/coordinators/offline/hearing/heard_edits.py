"""Heard changes of the current motion: how each intent becomes an edit."""

from __future__ import annotations

import re
from dataclasses import replace

from .....motion_models.english.quantities import canonical
from ...reader.reading import Command
from ..overlays.limbs import limb_edit, limb_from, limb_in
from ..overlays.shapes import degrees_in, shape_in
from ..rules.edit_phrases import PLAINLY
from ..sentences.grammar import Verbs
from ..sentences.phrases import part_words
from ..sentences.requests import Edit, EditKind, Unable
from .slots import Build, Read, degree_of, length_in, new_actions, part_of, seconds_of, times_in, times_of


def _insert(place: str) -> Build:
    def build(command: Command, verbs: Verbs) -> Read:
        command = _with_anchor(command)
        actions, anchors = new_actions(command, verbs), command.all("ANCHOR")
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


#: What stands right before a part that something comes in beside.
_BEFORE_ANCHOR = re.compile(r"\b(?:before|after|until)(?: (?:he|she|they|the \w+))? *$", re.IGNORECASE)


def _with_anchor(command: Command) -> Command:
    """The request, what stands after "before" or "after" being the part it comes in beside."""
    slots = tuple(
        replace(slot, tag="ANCHOR") if slot.tag == "ACT" and _BEFORE_ANCHOR.search(slot.before) else slot
        for slot in command.slots
    )
    new = any(slot.tag == "ACT" for slot in slots)
    return replace(command, slots=slots) if new else command


def _pause(command: Command, verbs: Verbs) -> Read:
    words, anchors = command.said.lower(), command.all("ANCHOR")
    place = next((word for word in ("between", "before", "after") if re.search(rf"\b{word}\b", words)), "end")
    if len(anchors) > 1 or re.search(r"\bbetween\b|\bin the middle\b|\bseparate\b", words):
        place = "between"
    if place in ("before", "after") and not anchors:
        place = "end" if place == "after" else "start"
    if place == "end" and re.search(r"\b(?:start|beginning|first|front)\b", words):
        place = "start"
    return Edit("pause", amount=seconds_of(command) or 1.0, place=place, anchor=" and ".join(anchors))


def _replace(command: Command, verbs: Verbs) -> Read:
    actions, part = new_actions(command, verbs), part_of(command)
    return Edit("replace", part, actions) if actions and part else None


def _correct(command: Command, verbs: Verbs) -> Read:
    actions = new_actions(command, verbs)
    return Edit("correct", actions=actions, said=command.said) if actions else None


def _with_part(kind: EditKind) -> Build:
    """An edit that needs a part; "don't let him wave" names it by what happens."""

    def build(command: Command, verbs: Verbs) -> Read:
        tags = [tag for tag in ("PART", "ANCHOR") if command.first(tag)]
        named = " and ".join(part_of(command, tag) for tag in tags) or " ".join(command.all("ACT"))
        part = part_words({"part": named}) or part_of(command)
        return Edit(kind, part) if part else None

    return build


def _of_part(kind: EditKind) -> Build:
    """An edit of a part or of the whole."""
    return lambda command, verbs: Edit(kind, part_of(command))


_MEASURED = re.compile(r"\d+ (?:more )?(?:m|met\w+|steps?|paces|degrees)\b")


def _repeat(command: Command, verbs: Verbs) -> Read:
    times = times_of(command) or times_in(command.said)
    if _MEASURED.search(command.said.lower()):
        return None
    more = re.search(r"\bmore\b|\badditional\b", command.said.lower()) is not None
    total = (times + 1 if more else times) if times else 2
    part = part_of(command) or (command.first("ACT") and command.first("ACT").strip())
    return Edit("repeat", part or "", amount=float(total)) if total > 1 else None


_PLACE = r"(first|second|third|fourth|fifth|last|final|middle)"
_TWO_PLACES = re.compile(rf"\b{_PLACE}(?: \w+)? (?:and|with|for) (?:the )?{_PLACE}\b")


def _swap(command: Command, verbs: Verbs) -> Read:
    parts, words = command.all("PART"), command.said.lower()
    if len(parts) == 2:
        return Edit("swap", f"{parts[0].lower()} and {parts[1].lower()}")
    if ordinals := _TWO_PLACES.search(words):
        return Edit("swap", f"the {ordinals[1]} and the {ordinals[2]}")
    if parts:
        return None
    return Edit(
        "swap",
        "last two" if re.search(r"\blast two\b", words) else "first two" if "first" in words else "two",
    )


def _move(place: str) -> Build:
    def build(command: Command, verbs: Verbs) -> Read:
        part, anchors = part_of(command), command.all("ANCHOR")
        parts = command.all("PART")
        if not anchors and len(parts) > 1:
            anchors = parts[1:]
        if not part or (place in ("before", "after") and not anchors):
            return None
        return Edit("move", part, place=place, anchor=anchors[0].lower() if anchors else "")

    return build


def _trim(place: str) -> Build:
    def build(command: Command, verbs: Verbs) -> Read:
        seconds = seconds_of(command)
        return Edit("trim", amount=seconds, place=place) if seconds else None

    return build


def _keep(command: Command, verbs: Verbs) -> Read:
    seconds = seconds_of(command)
    return Edit("keep", amount=seconds, place="start") if seconds else None


def _range(command: Command, verbs: Verbs) -> Read:
    ends = [length_in(words) for words in command.all("LENGTH")]
    if len(ends) != 2 or None in ends:
        return None
    return Edit("keep", amount=ends[1], anchor=f"{ends[0]:g}")


def _cut(place: str) -> Build:
    def build(command: Command, verbs: Verbs) -> Read:
        anchor = command.first("ANCHOR") or command.first("PART")
        return Edit("cut", place=place, anchor=anchor.lower()) if anchor else None

    return build


#: What makes of a number of seconds the length that is wanted, and not how much longer or shorter.
_TOTAL = re.compile(
    r"\b(?:in total|overall|altogether|in all|to(?: be)?|(?:make|keep) (?:it|this|that))(?: \w+)?$"
)


#: What makes a length of a number that follows a longing for a longer one: "a bit longer, like 5 s".
_ABOUT = re.compile(r"(?:longer|shorter|on|long|,) *,? *(?:like|say|about|around|maybe|or so)$")


def _is_total(command: Command) -> bool:
    """Whether the seconds said are the length that is wanted."""
    slot = next(slot for slot in command.slots if slot.tag == "LENGTH")
    after = command.said.partition(slot.text)[2].lower().strip()
    before = slot.before.lower().strip()
    said = _TOTAL.search(before) or _TOTAL.search(after) or _ABOUT.search(before)
    return said is not None and not re.match(r"(?:longer|shorter|more|less)\b", after)


def _length(kind: EditKind) -> Build:
    """Longer or shorter; "too long, make it 6 seconds" says the length itself."""

    def build(command: Command, verbs: Verbs) -> Read:
        seconds = seconds_of(command)
        part = part_of(command) or command.first("ACT")
        if seconds and _is_total(command):
            return Edit("duration", part, amount=seconds)
        return Edit(kind, part, amount=seconds if seconds else -degree_of(command))

    return build


def _duration(command: Command, verbs: Verbs) -> Read:
    seconds = seconds_of(command)
    part = part_of(command)
    if not part and re.search(r"\b(?:each|apiece|per part)\b", command.said.lower()):
        part = "every part"
    return Edit("duration", part, amount=seconds) if seconds else None


def _speed(slower: bool) -> Build:
    def build(command: Command, verbs: Verbs) -> Read:
        factor = degree_of(command)
        down = slower or re.search(r"\b(?:slower|as slow|slow down)\b", command.said.lower()) is not None
        return Edit("speed", part_of(command), amount=round(1 / factor if down else factor, 3))

    return build


_SIDE = re.compile(r"\b(left|right|other|opposite|both)\b")


def _side(command: Command, verbs: Verbs) -> Read:
    words = command.said.lower()
    slots = " ".join(command.all("SIDE")).lower()
    sides = _SIDE.findall(slots) or _SIDE.findall(words)
    if not sides:
        return (
            Edit("side", part_of(command), place="other", said=words)
            if re.search(r"wrong|switch|change", words)
            else None
        )
    rejected = re.search(r"\b(?:not|instead of|rather than) (?:the |with the |to the )?(left|right)\b", words)
    wanted = [side for side in sides if not rejected or side != rejected[1]] or sides
    return Edit("side", part_of(command), place=wanted[0].replace("opposite", "other"), said=words)


def _quantity(command: Command, verbs: Verbs) -> Read:
    """How often, how far or by how much a part is to be done, by the first figure not ruled out."""
    tags = ("DEGREES", "DISTANCE", "TIMES", "COUNT")
    slots = [slot for slot in command.slots if slot.tag in tags]
    wanted = [
        slot
        for slot in slots
        if not re.search(r"\b(?:not|only|just|instead of|rather than) (?:by |a )?$", slot.before.lower())
    ]
    if not slots:
        return None
    [slot] = (wanted or slots)[:1]
    after = command.said.partition(slot.text)[2].lower()
    figure = re.search(
        r"\d+(?:\.\d+)?", canonical(f"{slot.text} times" if slot.tag == "COUNT" else slot.text)
    )
    unit = {"DEGREES": "degrees", "TIMES": "times", "DISTANCE": "metres"}.get(slot.tag, "times")
    unit = "steps" if re.match(r" ?steps?\b", after) or "step" in slot.text else unit
    unit = "degrees" if re.match(r" ?(?:degrees?|°)", after) else unit
    if figure is None or "feet" in slot.text:
        return None
    return Edit("quantity", part_of(command) or command.first("ACT"), amount=float(figure[0]), said=unit)


#: A manner that is no style by itself: "like a cat", "with more energy", "sadder".
_LIKENESS = re.compile(
    r"\b(?:like an? [\w ]+|with (?:more|less) \w+"
    r"|(?!(?:h|oth|aft|ov|und|ev|nev|togeth|rath)er\b)\w{3,}er)\b"
)


_MORE_OF = re.compile(r"\bmore (energy|[a-z-]{4,})\b(?! (?:like|to|of|than|slowly|quickly))")


def _style(command: Command, verbs: Verbs) -> Read:
    more = _MORE_OF.search(command.said.lower())
    said = {"energy": "energetic"}.get(more[1], more[1]) if more else command.first("STYLE").lower()
    if not said:
        like = _LIKENESS.search(command.said.lower())
        said = like[0] if like else ""
    if not more and re.search(r"\bless\b|\btoo\b", command.said.lower()):
        return Unable(
            f'less of a style ("{command.said}")', 'say how it should be instead, such as "make it sad"'
        )
    return Edit("style", part_of(command), said=said) if said else None


def _turn(command: Command, verbs: Verbs) -> Read:
    words = command.said.lower()
    said = command.first("DEGREES").lower()
    degrees = degrees_in(said if re.search(r"\d", said) else words)
    if degrees is None:
        degrees = 180.0 if re.search(r"\baround\b|other (?:way|direction)|backwards", words) else 90.0
    right = re.search(
        r"\bright\b|\bcw\b|(?<!counter)(?<!counter-)(?<!counter )(?<!anti)(?<!anti-)(?<!anti )clockwise"
        rf"|-\s*{degrees:g}\b",
        words,
    )
    return Edit("turn", part_of(command), amount=-degrees if right else degrees)


def _shift(command: Command, verbs: Verbs) -> Read:
    found = re.search(r"\d+(?:\.\d+)?", command.first("DISTANCE"))
    metres = float(found[0]) if found else 0.5 if "half" in command.first("DISTANCE") else 1.0
    place = re.search(r"\b(left|right|forward|ahead|back)", command.said.lower())
    return Edit("shift", amount=metres, place=place[1] if place else "forward")


def _further(command: Command, verbs: Verbs) -> Read:
    if re.search(
        r"\b(?:fur|far)ther\b|\blonger way\b|\bmore (?:ground|distance)\b|\bmore far\b", command.said.lower()
    ):
        return Edit("longer", part_of(command), amount=-PLAINLY)
    return Unable(
        f'"{command.said}": how high, wide or strong a movement is cannot be set afterwards',
        'say it anew in other words, such as "a person jumps high"',
    )


def _limb(command: Command, verbs: Verbs) -> Read:
    if source := command.first("MOTION").strip("\"' ").lower():
        return limb_from(command.said, source)
    acts = " and ".join(slot for slot in command.all("ACT") if limb_in(slot))
    return limb_edit(command.said, acts or command.first("ACT"), part_of(command), verbs)


def _path(command: Command, verbs: Verbs) -> Read:
    shape = shape_in(command.said.lower())
    return Edit("path", part_of(command), said=shape.name, amount=shape.metres) if shape else None


#: What each intent that changes the current motion becomes.
EDIT_BUILDERS: dict[str, Build] = {
    "append": _insert("end"), "prepend": _insert("start"), "insert_before": _insert("before"),
    "insert_after": _insert("after"), "insert_between": _insert("between"), "pause": _pause,
    "hold": lambda command, verbs: Edit("hold", part_of(command), amount=seconds_of(command) or 1.0),
    "replace": _replace, "replace_it": _correct, "delete": _with_part("delete"),
    "keep_only": _with_part("only"), "repeat": _repeat, "swap": _swap,
    "reverse_order": lambda command, verbs: Edit("swap", "order"), "move_before": _move("before"),
    "move_after": _move("after"), "move_start": _move("start"), "move_end": _move("end"),
    "inbetween": _with_part("inbetween"), "trim_start": _trim("start"), "trim_end": _trim("end"),
    "trim_keep": _keep, "trim_range": _range, "cut_after": _cut("after"), "cut_before": _cut("before"),
    "lengthen": _length("longer"), "shorten": _length("shorter"), "duration": _duration,
    "speed_up": _speed(False), "slow_down": _speed(True), "reverse": _of_part("reverse"),
    "loop": _of_part("loop"), "turn": _turn, "shift": _shift, "further": _further,
    "mirror": _of_part("mirror"), "quantity": _quantity, "side": _side, "style": _style, "limb": _limb,
    "path": _path,
}  # fmt: skip
