"""From a learned reading to typed requests: a builder for every intent."""

from __future__ import annotations

import re
from dataclasses import replace

from .....motion_models.english.quantities import NUMBERS, canonical, number, take_seed
from ...reader.reading import Command, Heard
from ..rules.directives import formats_in
from ..rules.restaging import read_restaging
from ..rules.scene import read_scene
from ..sentences.grammar import Verbs
from ..sentences.requests import (
    About,
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
from .heard_edits import EDIT_BUILDERS
from .slots import Build, Read, actions_in, count_of, new_actions, number_of, part_of


def requests_of(heard: Heard, verbs: Verbs) -> list[Intent] | None:
    """The requests of a reading; None when one of them lacks what it needs."""
    found: list[Intent] = []
    for command in heard.commands:
        request = BUILDERS[command.intent](command, verbs)
        if request is None:
            return None
        if not (found and _says_again(request, found[-1])):
            found.append(request)
    real: list[Intent] = [request for request in found if not isinstance(request, Social)]
    return real or found or None


def _says_again(request: Intent, before: Intent) -> bool:
    """Whether a change is the one before once more, without its part: "too long, half of it is enough"."""
    plain = isinstance(request, Edit) and isinstance(before, Edit) and not request.part
    return plain and replace(before, part="", said="") == replace(request, said="")


def _make(command: Command, verbs: Verbs) -> Read:
    said = re.sub(r"\b(?:cycle|animation|anim|clip|please)\b", "", command.said.lower())
    named = command.all("ACT")
    actions = (
        new_actions(command, verbs) if named else actions_in(said, verbs) or actions_in(f"a {said}", verbs)
    )
    return Make(actions) if actions else None


def _scene(command: Command, verbs: Verbs) -> Read:
    scene = read_scene(canonical(command.said), verbs)
    return scene[0] if scene and isinstance(scene[0], Scene) and len(scene) == 1 else None


def _restore(command: Command, verbs: Verbs) -> Read:
    target = command.first("MOTION").strip("\"' ")
    return Travel("restore", target.lower()) if target else None


def _pick(command: Command, verbs: Verbs) -> Read:
    pick = command.first("PICK").lower()
    return Travel("restore", f"version {number_of(pick)}") if pick else None


_STEPS_BACK = re.compile(
    rf"\b(\d+) times|\b(?:last )?(\d+|{'|'.join(NUMBERS)}) (?:steps|changes|edits|versions)"
)


def _undo(command: Command, verbs: Verbs) -> Read:
    words = canonical(command.said.lower())
    repeated = len(re.findall(r"\bundo\b", words))
    several = _STEPS_BACK.search(words)
    said = round(number(next(filter(None, several.groups())))) if several else 1
    return Travel("undo", count=max(count_of(command), repeated, said, 1))


def _again(command: Command, verbs: Verbs) -> Read:
    seed, _ = take_seed(command.said.lower())
    part = part_of(command)
    if part:
        return Edit("regenerate", part, amount=seed)
    return Again(1, None if seed is None else int(seed))


def _export(command: Command, verbs: Verbs) -> Read:
    formats = tuple(dict.fromkeys(name for words in command.all("FORMAT") for name in formats_in(words)))
    target = command.first("MOTION").strip("\"' ").lower()
    if command.all("FORMAT") and not formats:
        return Export(tuple(re.findall(r"\w+", words.lower())[-1] for words in command.all("FORMAT")), target)
    return Export(formats, target)


def _name(command: Command, verbs: Verbs) -> Read:
    name = _whole_name(command)
    return NameIt(name) if name else None


#: What may follow a name and is none of it.
_AFTER_NAME = r"(?:please|pls|now|then|from now on|instead|ok(?:ay)?|thanks?|and|so|because|for|but|as|in|to)"
_REST_OF_NAME = re.compile(rf"(?: (?!{_AFTER_NAME}\b)[\w-]+)*")


def _whole_name(command: Command) -> str:
    """A name with the words that go on right after what was heard of it: 'stunt fall'."""
    slot = next((slot for slot in command.slots if slot.tag == "NAME"), None)
    if slot is None:
        return ""
    after = command.said.partition(slot.before + slot.text)[2]
    more = "" if re.search(r"[\"'.]$", slot.text) else (_REST_OF_NAME.match(after) or [""])[0]
    return f"{slot.text}{more}".strip("\"' .")[:60]


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
    return Question("length", part_of(command))


def _ask(about: About) -> Build:
    return lambda command, verbs: Question(about, command.said.lower())


def _always(request: Intent) -> Build:
    return lambda command, verbs: request


def _other(command: Command, verbs: Verbs) -> Read:
    return Unable(f'"{command.said}"', "I make and change motions of people, and nothing else")


def _restage(command: Command, verbs: Verbs) -> Read:
    return read_restaging(command.said, verbs)


#: A builder for every intent of the wordings.
BUILDERS: dict[str, Build] = {
    **EDIT_BUILDERS, "make": _make, "scene": _scene, "scene_edit": _restage, "undo": _undo,
    "undo_n": _undo, "redo": _always(Travel("redo")), "restore_first": _always(Travel("restore", "original")),
    "restore_named": _restore, "pick": _pick, "new_start": _always(Social("fresh")), "regenerate": _again,
    "variants": lambda command, verbs: Again(max(2, count_of(command))), "ask_length": _length_question,
    "ask_contents": _always(Question("parts")), "ask_yesno": _ask("truth"), "ask_side": _ask("measure"),
    "ask_measure": _ask("measure"), "ask_change": _ask("change"), "ask_why": _ask("why"),
    "ask_list": _always(ListMotions()), "ask_help": _always(Question("abilities")), "ask_who": _ask("who"),
    "ask_formats": _ask("formats"), "ask_where": _ask("files"), "export": _export,
    "export_all": lambda command, verbs: Export(tuple(formats_in(command.first("FORMAT"))), "all motions"),
    "name": _name, "rename": _rename, "join": _join, "append_name": _append_name,
    "delete_named": _always(Unable("forgetting a motion", "motions stay; make or go back to another one")),
    "greet": _always(Social("hello")), "thanks": _always(Social("thanks")), "fine": _always(Social("fine")),
    "bye": _always(Social("bye")), "yes": _always(Social("yes")), "no": _always(Social("no")),
    "complain": _always(Social("complain")), "other": _other,
}  # fmt: skip
