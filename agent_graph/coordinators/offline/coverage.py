"""Which content words of a message no request took up: they are named, so that nothing is lost unseen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from ....motion_models.english.inflections import lemma
from ....motion_models.english.quantities import NUMBERS, canonical, plain_numbers
from ..reader.reading import Heard
from ..reader.slots import listed
from ..reader.wordings import spoken
from .sentences.actions import Action
from .sentences.clauses import unmoved_said
from .sentences.requests import Edit, Intent, Make, Scene, Travel
from .sentences.resting import REST_WORDS
from .sentences.wordlists import ANYONE, CROWDS, MANNER, PEOPLE

#: Intents of the wordings whose words a request of a kind may be said with.
_SAID_WITH = {
    "insert": "append prepend insert_before insert_after insert_between", "pause": "pause hold",
    "replace": "replace", "correct": "replace_it", "delete": "delete", "only": "keep_only",
    "repeat": "repeat", "swap": "swap reverse_order",
    "move": "move_before move_after move_start move_end", "trim": "trim_start trim_end",
    "keep": "trim_keep trim_range", "cut": "cut_after cut_before", "longer": "lengthen further",
    "shorter": "shorten", "duration": "duration", "speed": "speed_up slow_down",
    "mirror": "mirror side", "side": "side", "style": "style", "regenerate": "regenerate",
    "limb": "limb", "path": "path",
    "inbetween": "inbetween", "reverse": "reverse", "loop": "loop", "turn": "turn", "shift": "shift",
    "hold": "hold", "quantity": "quantity",
}  # fmt: skip
_EMPTY = frozenset(
    """
    a an the this that these those it its he she they him her them his their i me my we us our you your
    who which is are was were be been being am do does did doing done have has had can could would will
    shall should may might must let lets make makes made making get gets give show create generate
    animate want wants need like likes please pls plz thanks thank thx ok okay yes no not and or but so
    then than as at in on of to for from with by into onto up out off too also just really very quite
    kind kinda sort maybe perhaps hey hi hello well now there here some any one someone somebody person
    man woman guy figure character human people motion animation clip scene sequence movement thing
    stuff basically actually umm um uh hmm good great nice cool sorry oh if possible while when where
    after before first next last finally second third part once twice times time second seconds s sec
    secs minute total altogether overall whole each every both all another again more bit little what
    how about see us exactly approximately around roughly about don dont t m d re ve ll
    version versions variation variations take takes variant variants option options different seed length
    long animate produce simulate render imagine picture suppose new fresh start starts begin begins finish
    finishes end ends goes order idea kid son daughter boss client coach
    grandson granddaughter niece nephew love game film project possible other together facing apart
    patient subject child kid boy girl lady lad baby perform performs performed switch does done held kept
    swap side row opposite afterwards followed initially step steps
    same meanwhile simultaneously along overhead air something else different half metre metres meter meters
    tempo pace manner fashion rhythm yo gimme repeat repeated rep reps
    """.split()  # noqa: SIM905
)


#: Verbs of descriptions, and what they are said for.
_SAID_AS = {
    "turn": {"rotate"},
    "walk": {"go", "come", "leave", "leaf", "exit"},
    "stand": set(REST_WORDS),
    "lower": {"down"},
    "energetic": {"energy"},
}
#: So many wordings make a word usual for what they say; what one writer chats beside it is not.
USUAL = 3
#: Words of places, which turns, shifts and changes of sides take up as numbers and sides.
_PLACES = frozenset(["left", "right", "other", "degree", "metre", "meter", "forward", "back", "ahead"])


def unused_words(message: str, requests: Sequence[Intent]) -> list[str]:
    """Content words of a message that stand neither in its requests nor in any way of saying them."""
    undone = [request for request in requests if isinstance(request, Travel) and request.action == "undo"]
    made = [request for request in requests if isinstance(request, Make | Edit | Scene)]
    if not made or len(made) + len(undone) < len(requests):
        return []
    message = unmoved_said(plain_numbers(message.lower()))
    taken = {lemma(word) for word in _words(" ".join(_texts(requests)))}
    figures = {*_figures(requests), *(len(r.people) for r in requests if isinstance(r, Scene))}
    actions = [action for request in requests for action in _actions(request)]
    figures |= {action.path[1] / 2 for action in actions if action.path}
    figures |= {len(actions), *Counter(action.description for action in actions).values()}
    taken |= {word for word, value in NUMBERS.items() if value in figures}
    taken |= {word for word, manner in MANNER.items() if lemma(manner) in taken}
    taken = taken.union(*(words for verb, words in _SAID_AS.items() if verb in taken))
    said = (PEOPLE | ANYONE | CROWDS).union(*(_vocabulary(_names(request), USUAL) for request in requests))
    said |= frozenset(["instead", "undo", "oops", "step"] if undone else [])
    remarks = (request.remark for request in requests if isinstance(request, Make))
    said = said.union(*({word, lemma(word)} for remark in remarks for word in _words(remark)))
    if any(isinstance(request, Make) and request.limit is not None for request in requests):
        said |= {"under", "below", "less", "than", "most", "max", "maximum", "tops", "keep", "within"}
    sides = {side for action in actions for side in re.findall(r"\b(?:left|right)\b", action.description)}
    said |= {f"{side}-handed" for side in sides} | ({"handed"} if sides else set())
    if len(sides) > 1:
        said |= {"alternate", "alternating", "alternately", "leg", "arm", "hand", "switch", "change"}
    if any(isinstance(request, Scene) for request in requests):
        said |= {"stand", "line", "circle", "distance", "gap", "front", "toward", "towards"}
        said |= {"left", "middle", "right", "centre", "center", "row"}
    if any(action.seconds for request in requests for action in _actions(request)):
        said |= {"short", "brief", "lengthy", "keep", "going", "continue"}
    if any(action.held for request in requests for action in _actions(request)):
        said |= {"hold", "keep", "stay", "still", "pose", "position", *REST_WORDS}
    if any(action.path for request in requests for action in _actions(request)):
        said |= {"circle", "clockwise", "anticlockwise", "counterclockwise", "counter", "radius", "diameter"}
        said |= {"left", "right"}
    if any(action.limb for request in requests for action in _actions(request)):
        said = said.union(*(_words(how) for how in listed("postures")))
    if any(isinstance(request, Edit) and request.kind == "path" for request in requests):
        said = said.union(*(_words(shape) for shape in listed("shapes")))
    if any(isinstance(request, Edit) and request.kind in ("turn", "shift", "side") for request in requests):
        said |= _PLACES
    left = [
        word for word in _words(message)
        if not {word, lemma(word)} & (_EMPTY | said) and lemma(word) not in taken
    ]  # fmt: skip
    return list(dict.fromkeys([*left, *_unused_figures(message, requests, figures)]))


#: A figure with its unit or the word after it; no mark of a list, no time of day.
_FIGURE = re.compile(r"(?<![\w.:])(?P<n>\d+(?:[.,]\d+)?)(?![\d:]|[.):]\s)(?P<unit> ?[a-z%]+)?")


def _unused_figures(message: str, requests: Sequence[Intent], figures: Iterable[float]) -> list[str]:
    """Figures said of new motion that stand nowhere in it: a length or a distance that was lost."""
    if not all(isinstance(request, Make | Scene) for request in requests):
        return []
    told = " ".join(_texts(requests)).replace(",", ".")
    known = {*figures, *(float(figure) for figure in re.findall(r"\d+(?:\.\d+)?", told))}
    known |= {value for word, value in NUMBERS.items() if re.search(rf"\b{word}\b", told)}
    return [
        found[0].strip()
        for found in _FIGURE.finditer(canonical(message))
        if float(found["n"].replace(",", ".")) not in known
    ]


def _actions(request: Intent) -> Iterable[Action]:
    if isinstance(request, Scene):
        return [action for person in request.people for action in person]
    return request.actions if isinstance(request, Make | Edit) else ()


def unheard_words(message: str, heard: Heard) -> list[str]:
    """Content words that stand in no slot of a learned reading, nor in any wording of its intents."""
    taken = {
        lemma(word) for command in heard.commands for slot in command.slots for word in _words(slot.text)
    }
    known = _EMPTY.union(*(_vocabulary(command.intent) for command in heard.commands)) | taken
    return [word for word in _words(message) if not {word, lemma(word)} & known]


def content_words(message: str) -> list[str]:
    """The words of a message that say what it is about."""
    return [word for word in _words(message) if not {word, lemma(word)} & _EMPTY]


def _words(text: str) -> list[str]:
    return [
        word
        for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.lower().replace("'", " "))
        if len(word) > 1
    ]


def _texts(value: Any) -> Iterable[str]:
    """Every text in a request, but not the user's own words as a whole."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _texts(item)
    elif is_dataclass(value):
        style = isinstance(value, Edit) and value.kind in ("style", "side")
        for field in fields(value):
            if field.name not in ("said", "remark") or style:
                yield from _texts(getattr(value, field.name))


def _figures(value: Any) -> Iterable[float]:
    """Every number in a request."""
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _figures(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _figures(getattr(value, field.name))


def _names(request: Intent) -> str:
    """Of new motion every content word must be in its description."""
    if isinstance(request, Travel):
        return "undo undo_n"
    return _SAID_WITH.get(request.kind, "") if isinstance(request, Edit) else ""


@cache
def _vocabulary(intents: str, least: int = 1) -> frozenset[str]:
    """The words that at least so many wordings of some intents have, slots aside."""
    lines = (set(_words(text)) for intent in intents.split() for text in spoken()[intent])
    counted = Counter(word for line in lines for word in line)
    return frozenset(word for word, count in counted.items() if count >= least)
