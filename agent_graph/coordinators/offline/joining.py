"""Two readers of one message: what the rules read, and what the learned reader heard.

Where both take a message for the same kind of request, it is done as the rules read it, for they know numbers
and names exactly. Where they differ, the learned reading is done if it is sure and can be carried out;
otherwise nothing is changed and the user is asked. A message in question form is answered, never carried out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ....motion_models.english.inflections import lemma
from ..reader.reading import Heard
from .answers import in_short
from .asking.first_words import EXACT, asked, is_question
from .coverage import content_words, unheard_words, unused_words
from .dialogue import Thread
from .rules import change_words as wording
from .sentences.clauses import unmoved_said
from .sentences.grammar import Verbs
from .sentences.parts import NAMED, find_parts
from .sentences.requests import (
    Describe,
    Doubt,
    Edit,
    Export,
    Forbid,
    Foreign,
    Impossible,
    Intent,
    ListMotions,
    Make,
    NameIt,
    Question,
    Scene,
    Social,
    Travel,
    Unable,
    Unclear,
)
from .sentences.text import strip_politeness

#: How sure all decisions of a learned reading must be where the rules read something else, or nothing.
SURE, SURE_ALONE = 0.7, 0.6
#: Where the wish is as sure as the first, the second is enough for the rest: the plan shows that it fits.
SURE_OF_WISH = (0.95, 0.4)
#: How sure it must be of a change where up to so many words are left over, not the first, which the user is
#: told of.
SURE_BESIDE, MOST_BESIDE = (0.75, (0.95, 0.6)), 2
#: Words that turn the meaning of what stands beside them.
_TURNING = frozenset(["minus", "negative", "except", "unless", "hardly", "neither", "nothing", "never"])
#: Words that ask for a change: where one is left over, the change that was read is another.
_ASKING_FOR = frozenset(["change", "delete", "remove", "replace", "swap", "stay", "keep", "same", "drop"])
#: How sure it must be of a question, which changes nothing.
SURE_OF_QUESTION = 0.4

#: How sure a wish must be where no other reading uses as much of what was said, and how many words of the
#: message, half of them at most, may be left over then.
SURE_OF_PLAIN, MOST_LOST = 0.5, 4

Plans = Callable[[Sequence[Intent]], bool]
_TALK = (Question, Describe, ListMotions, Social, Unable, Doubt, Foreign, Unclear, Forbid, Impossible)


@dataclass(frozen=True)
class Readings:
    """One message and what both readers made of it.

    learned: the requests of `heard`, None where it lacks something. works: whether requests can be planned.
    chosen: which reading the user chose when asked, from 1; 0: not asked yet.
    """

    message: str
    rules: list[Intent]
    heard: Heard | None
    learned: list[Intent] | None
    thread: Thread
    verbs: Verbs
    works: Plans
    chosen: int = 0


def joined(readings: Readings) -> list[Intent]:
    """The requests to plan."""
    rules, heard, learned = readings.rules, readings.heard, readings.learned
    if any(isinstance(request, Impossible | Foreign | Unable) or _names_a_file(request) for request in rules):
        return rules
    if is_question(readings.message):
        return _question(readings)
    if (
        wording.CAUSED.fullmatch(readings.message.lower())
        and _known(rules)
        and not unused_words(readings.message, rules)
    ):
        return rules
    correction = _correction(readings)
    if correction:
        rules = list[Intent]([correction])
        learned = None if _makes(learned or ()) else learned
    elif _speaks_of_it(readings) or (
        readings.thread.current and wording.ONLY_CHANGING.match(readings.message.lower())
    ):
        unclear: list[Intent] = [Unclear(readings.message)]
        rules = unclear if _makes(rules) else rules
        learned = None if _makes(learned or ()) else learned
    if heard is None or _begins(rules, readings):
        return rules
    if learned is not None and _kinds(rules) == _kinds(learned):
        return learned if _fits_better(learned, rules, readings) else rules
    return _differing(replace(readings, rules=rules, learned=learned), heard)


def _fits_better(learned: Sequence[Intent], rules: Sequence[Intent], readings: Readings) -> bool:
    """Whether of two readings of one kind only the learned can be done, or it uses more of what was said."""
    lost, missed = (len(unused_words(readings.message, list(read))) for read in (rules, learned))
    return readings.works(learned) and (lost > missed or not readings.works(rules))


def _names_a_file(request: Intent) -> bool:
    return isinstance(request, Describe) and bool(request.path)


def _question(readings: Readings) -> list[Intent]:
    """Answers only: what its first words ask for, what the rules know exactly, or what was surely heard."""
    about = asked(readings.message)
    if about and about.about in EXACT and not any(_names_a_file(request) for request in readings.rules):
        return [about]
    ours: list[Intent] = []
    ours += [r for r in readings.rules if isinstance(r, _TALK) and not isinstance(r, Unclear | Forbid)][:1]
    theirs: list[Intent] = [
        r
        for r in (readings.learned or ())[:1]
        if isinstance(r, _TALK) and not (ours and isinstance(r, Social))
    ]
    if ours and not _vague(ours[0]):
        return ours
    if (
        theirs
        and readings.heard
        and (readings.heard.intent >= SURE or (not about and readings.heard.intent >= SURE_OF_QUESTION))
    ):
        return ours if ours and _vague(theirs[0]) else theirs
    if about:
        return [about]
    return ours or [Question("open", readings.message)]


def _vague(request: Intent) -> bool:
    """Whether a more particular question may take its place."""
    return isinstance(request, Describe | Unable) or (
        isinstance(request, Question) and request.about in ("abilities", "parts")
    )


def _differing(readings: Readings, heard: Heard) -> list[Intent]:
    """The learned reading where it is sure, the rules' where it is exact or plainly new, else a question."""
    rules, learned = readings.rules, readings.learned
    refused = _refused(rules) or not readings.works(rules)
    possible = learned is not None and readings.works(learned)
    unsaid = {id(found): unused_words(readings.message, found) for found in (rules, learned or [])}
    whole = learned is not None and not unsaid[id(learned)]
    needed = _needed(refused or (whole and bool(unsaid[id(rules)])), learned or ())
    talk_alone = all(isinstance(request, Social) for request in learned or ())
    unheard = [] if _harmless(learned or ()) and not talk_alone else unheard_words(readings.message, heard)
    if _can_be_undone(learned):  # what no slot holds may stand in the request: the shape of a path
        unheard = [word for word in unheard if word in unsaid[id(learned)]]
    sure = _sure(heard, needed, SURE_OF_WISH) and not unheard
    beside = len(unheard) <= MOST_BESIDE and unheard[:1] != content_words(readings.message)[:1]
    beside = beside and not _TURNING & _outside_slots(readings.message, heard)
    sure = sure or (beside and _can_be_undone(learned) and _sure(heard, *SURE_BESIDE))
    if (refused and not possible) or _begins_anew(readings):
        return rules
    if possible and learned is not None and sure:
        return learned
    goes_back = possible and any(isinstance(r, Travel) and r.action == "undo" for r in learned or ())
    if not refused and (_harmless(rules) or _exact(rules) or (_plainly_new(readings) and not goes_back)):
        return rules
    if refused and heard.intent < SURE_OF_QUESTION and readings.thread.current:
        return rules
    open_ones = [found for found in (learned if possible else None, None if refused else rules) if found]
    if readings.thread.current is None and (starts := [found for found in open_ones if _starts(found)]):
        return min(reversed(starts), key=lambda found: len(unsaid[id(found)]))
    if 0 < readings.chosen <= len(open_ones):
        return open_ones[readings.chosen - 1]
    return [Doubt(tuple(dict.fromkeys(told for found in open_ones if (told := _asked(found, readings)))))]


def _outside_slots(message: str, heard: Heard) -> set[str]:
    said = " ".join(slot.text for command in heard.commands for slot in command.slots)
    return set(content_words(message)) - set(content_words(said))


def plainly_meant(readings: Readings) -> list[Intent] | None:
    """Of two readings that differ, the one that a person would take: one that changes or adds something, and
    leaves the fewest words over.

    None where the user is to be asked.
    """
    rules, heard, learned = readings.rules, readings.heard, readings.learned
    if heard is None or _TURNING & set(content_words(readings.message)):
        return None
    left_out = [request for request in rules if isinstance(request, Unclear)]
    lost = bool(left_out) or bool(unused_words(readings.message, rules)) or not readings.works(rules)
    if (
        learned is not None
        and lost
        and _can_be_undone(learned)
        and heard.intent >= SURE_OF_PLAIN
        and not unused_words(readings.message, learned)
        and readings.works(learned)
    ):
        return learned
    if _follows(rules) and not lost and _known(rules) and heard.sure < SURE_OF_PLAIN:
        return rules
    open_ones = [
        (unused_words(readings.message, found), found)
        for found in (learned if heard.intent >= SURE_OF_PLAIN else None, rules)
        if found and (_can_be_undone(found) or (_follows(found) and _known(found))) and readings.works(found)
    ]
    left, meant = min(open_ones, key=lambda found: len(found[0]), default=([], None))
    most = min(MOST_LOST, len(content_words(readings.message)) // 2)
    return None if len(left) > most or _ASKING_FOR & {lemma(word) for word in left} else meant


def _follows(requests: Sequence[Intent]) -> bool:
    """Whether requests only add to what is there."""
    return bool(requests) and all(isinstance(request, Make) and request.continues for request in requests)


def _sure(heard: Heard, needed: float, wish: tuple[float, float]) -> bool:
    return heard.sure >= needed or (heard.intent >= wish[0] and heard.sure >= wish[1])


def _can_be_undone(requests: Sequence[Intent] | None) -> bool:
    """Whether requests change the current motion or undo such changes, and nothing else."""
    return bool(requests) and all(
        isinstance(request, Edit) or (isinstance(request, Travel) and request.action == "undo")
        for request in requests or ()
    )


def _known(requests: Sequence[Intent]) -> bool:
    """Whether all that is asked for is new motion of known actions."""
    made = [request for request in requests if isinstance(request, Make)]
    actions = [action for request in made for action in request.actions]
    return bool(actions) and len(made) == len(requests) and all(action.known for action in actions)


def _asked(requests: Sequence[Intent], readings: Readings) -> str:
    """A reading as the user is asked about it, with the words it would not use."""
    said, unused = in_short(requests), unused_words(readings.message, requests)
    return f'{said} (without "{", ".join(unused)}")' if said and unused else said


def _refused(rules: Sequence[Intent]) -> bool:
    return all(isinstance(request, Unclear | Forbid) for request in rules)


def _begins_anew(readings: Readings) -> bool:
    """Whether only the rules read the motion that a new start is made with: "new one: a person jumps"."""
    made = [request for request in readings.rules if not isinstance(request, Unclear)]
    afresh = all(request == Social("fresh") for request in readings.learned or (Unclear(""),))
    plain = replace(readings, rules=made, message=strip_politeness(readings.message))
    return afresh and bool(made) and _plainly_new(plain)


def _needed(refused: bool, learned: Sequence[Intent]) -> float:
    """How sure a learned reading must be to be carried out."""
    if _harmless(learned) or all(isinstance(request, Export | NameIt) for request in learned):
        return SURE_OF_QUESTION if refused else SURE_ALONE
    return SURE_ALONE if refused else SURE


def _harmless(requests: Sequence[Intent]) -> bool:
    return all(isinstance(request, _TALK) for request in requests)


def _makes(requests: Sequence[Intent]) -> bool:
    return any(
        isinstance(request, Make | Scene) and not getattr(request, "continues", False) for request in requests
    )


def _starts(requests: Sequence[Intent]) -> bool:
    """Whether a first message can be done as this: people move in it, and it speaks of nobody else."""
    made = [action for request in requests if isinstance(request, Make | Edit) for action in request.actions]
    return (bool(made) or _makes(requests)) and not any(
        wording.OF_THE_USER.search(action.description) for action in made
    )


def _speaks_of_it(readings: Readings) -> bool:
    """Whether a message changes, by its words, what is there already; no new motion is made from such
    words.
    """
    words, verbs, clip = readings.message.lower(), readings.verbs, readings.thread.current_clip
    if clip is None:
        return False
    pointed = wording.OF_THE_MOTION.search(words) or _names_a_motion(readings.rules)
    if pointed and wording.CHANGING.match(words):
        return True
    told = [text for text, _ in clip.segments or ()]
    if any(find_parts(found[0], told, verbs) for found in NAMED.finditer(words)):
        return True
    named = (noun for noun in wording.DEFINITE.findall(words) if verbs.noun_action(noun) or verbs.verb(noun))
    return any(find_parts(f"the {noun}", told, verbs) for noun in named)


def _names_a_motion(requests: Sequence[Intent]) -> bool:
    return any(
        action.motion for request in requests if isinstance(request, Make) for action in request.actions
    )


def _correction(readings: Readings) -> Edit | None:
    """What is to be done in place of what is there: "no, turn right", "turn right instead"."""
    match readings.rules:
        case [Make(actions=(action,), variants=1)] if readings.thread.current_clip and wording.INSTEAD.search(
            readings.message.lower()
        ):
            plain = replace(action, description=wording.INSTEAD.sub("", action.description))
            return Edit("correct", actions=(plain,), said=readings.message)
    return None


def _begins(rules: Sequence[Intent], readings: Readings) -> bool:
    """Whether a first message asks for known actions: nothing is there yet that could be changed.

    What else it says may be left out then, for that is told.
    """
    made = [request for request in rules if not (isinstance(request, Unclear) and request.beside)]
    plain = replace(
        readings, rules=made, message=re.sub(r"\bwithout\b", "", unmoved_said(readings.message.lower()))
    )
    if readings.thread.clips or not made or not _plainly_new(plain):
        return False
    actions = [action for request in made if isinstance(request, Make) for action in request.actions]
    return bool(actions) and all(action.known for action in actions) and readings.works(rules)


def _exact(rules: Sequence[Intent]) -> bool:
    """Whether every request was said in a form the rules know as a whole; only new motion is read freely."""
    return not any(isinstance(request, Make | Scene | Unclear) for request in rules)


def _plainly_new(readings: Readings) -> bool:
    """Whether a message describes people moving, and points at nothing that is there.

    With a motion at hand, which would no longer be the current one, its verbs must be known ones, too, and
    none of those that change one.
    """
    words, rules, thread = readings.message.lower(), readings.rules, readings.thread
    actions = [action for request in rules if isinstance(request, Make) for action in request.actions]
    return (
        all(isinstance(request, Make | Scene) for request in rules)
        and (thread.current is None or all(action.known for action in actions))
        and not (thread.current is not None and wording.OF_THE_MOTION.search(words))
        and not (
            wording.CHANGING.match(words)
            and (thread.current is not None or not wording.ORDERING.match(words))
        )
        and not any(wording.OF_THE_USER.search(action.description) for action in actions)
        and not wording.NEGATION.search(words)
        and not wording.FOR_THE_USER.match(words)
    )


def _kinds(requests: Sequence[Intent]) -> list[str]:
    """The kinds of requests, neighbours of one kind once."""
    kinds = [_kind(request) for request in requests if not (isinstance(request, Unclear) and request.beside)]
    if "Export" in kinds:
        kinds = [kind for kind in kinds if kind != "NameIt"]  # a file's name is both
    return [kind for number, kind in enumerate(kinds) if not number or kinds[number - 1] != kind]


def _kind(request: Intent) -> str:
    match request:
        case Make(continues=True):
            return "insert"
        case Make(actions=actions) if actions and all(action.motion for action in actions):
            return "Join"
        case Make(variants=variants) if variants > 1 and not request.actions:
            return "Again"
        case Edit(kind=kind):
            return {"regenerate": "Again", "pause": "insert"}.get(kind, kind)
        case Travel(action=action):
            return action
        case Question(about=about):
            return "Describe" if about == "parts" else about
        case Social(kind=kind):
            return "talk" if kind in ("fine", "yes", "thanks") else kind
    return type(request).__name__
