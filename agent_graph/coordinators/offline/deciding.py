"""The next message of the offline coordinator: a plan for what was said, or the answer to its results."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from ....motion_models.english.quantities import canonical
from ....tools.schemas import Trail
from ..reader.reading import Heard, shipped_reader
from . import answers
from .asking.first_words import is_question
from .asking.how_to import how_to, sentences_for
from .asking.several import asked_one_by_one, beside_others, is_wish
from .coverage import unused_words
from .dialogue import KnownMotion, Thread, ToolReply
from .hearing.intents import requests_of
from .joining import Readings, joined, plainly_meant
from .layers import in_layers
from .plan import PlannedReply, make_plan
from .questions import answered_by_measuring, is_measured
from .rules import unmet
from .rules.beyond import bodily
from .rules.changes import is_praise, read_changes, read_done_so
from .rules.directives import read_directive
from .rules.files import take_files
from .rules.reading import MAX_CHARACTERS, read_message
from .rules.restaging import read_restagings
from .rules.turns_of_phrase import said_plainly
from .sentences.actions import Action
from .sentences.framing import (
    framed,
    in_seconds,
    taken_back,
    unbracketed,
    without_brackets,
    without_chatter,
    without_greeting,
)
from .sentences.grammar import Verbs
from .sentences.languages import foreign_language
from .sentences.parts import find_parts
from .sentences.requests import (
    Doubt,
    Edit,
    Foreign,
    Intent,
    Make,
    Question,
    Scene,
    Social,
    Travel,
    Unclear,
)
from .sentences.text import clean
from .spelling import corrected

#: Where a message that goes back to a version may end and say what is to be changed of it.
_GONE_BACK = re.compile(
    r"[.,;!]+ *(?:and |then |but )?(?:then )?|,? (?:and|then|but) (?:then )?(?:instead,? )?"
)
#: So many letters name a version at most.
_LONGEST_WAY_BACK = 80
#: What goes on from what was undone last, where something was.
_REDONE = re.compile(
    r"(?:(?:ok|okay|actually|no|nah|hmm|wait|sorry|please|hm)[,.! ]+)*"
    r"(?:redo (?:it|that|this)|put (?:it|that) back(?: (?:again|in))?|undo (?:the|that|my) undo)[,.!"
    r" ]*(?:please|again)?[.! ]*",
    re.IGNORECASE,
)
#: What drops all there is, before something new is asked for.
_DROPPED = re.compile(
    r"^(?:(?:no|nah|nope|ok|okay|hmm+|oh|wait|actually|well)[,. ]+)*"
    r"(?:(?:scrap|forget|scratch|bin|drop|ditch|delete|leave|toss|throw away|never mind|nevermind)(?: about)?"
    r" (?:it|that|this|everything|all (?:of )?(?:it|that|this))(?: one| motion| clip| idea)?(?: away)?"
    r"|never ?mind|start (?:over|again|afresh|fresh|anew|from (?:scratch|zero|the beginning))"
    r"|(?:now )?(?:an? )?(?:whole |completely )?(?:new|fresh) (?:one|motion|clip|animation))"
    r"(?:[.,;:!-]+ *|,? and )(?:(?:and |so |let's |lets )?(?:start (?:over|again|afresh|fresh)(?:"
    r" with)?|new(?: (?:one|motion|clip|idea|start))?"
    r"|a new one|instead|how about|do|i (?:want|need|'d like|would like))[:,.!]* *)?(?=\w+ \w)",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(r"no known action in '([^']+)'")
#: A step that was to change what could not be made.
_SKIPPED = re.compile(r"not run, because step \d+ failed")
_FIRST = re.compile(
    r"(?:yes|yeah|yep|sure|ok|okay|exactly|right|1|the first)(?:[ ,]+(?:please|one|that one|the first))*"
)
_SECOND = re.compile(r"(?:no[ ,]+)?(?:2|the second|the last|the other)(?: one)?(?:[ ,]+please)?")
#: One thing wanted in two places.
_BOTH_ENDS = re.compile(
    r"(?P<what>\b(?:add|put|insert) .+?) at the (?:start|beginning)"
    r" and (?:also )?(?:at )?the (?:end|finish)\b",
    re.IGNORECASE,
)
#: Parts that one turn tries to do without, one after another.
_MAX_MISSING = 4


def decide(thread: Thread, verbs: Verbs, tools: set[str], *, learned: bool = True) -> PlannedReply:
    """A plan for the user's request, or the answer once its calls have results.

    Where the motion model knows no such action as a part of the request, the other parts are planned anew.
    """
    if thread.outcomes:
        unknown = _unknown(thread)
        if unknown:
            again = _without(unknown, thread, verbs, tools, learned)
            if again is not None:
                return again
        lost = answers.missing(unknown, verbs) if thread.attempts == 1 and not _all_failed(thread) else ""
        return PlannedReply(remarks=[told(thread, verbs, tools, learned=learned), lost])
    if thread.attempts:
        return PlannedReply(remarks=["I have no results of my last calls, so I cannot say more."])
    return _planned(thread, verbs, tools, learned)


def told(thread: Thread, verbs: Verbs, tools: Collection[str], *, learned: bool = True) -> str:
    """What the calls of a turn gave: answers to what was asked, where that was measured; else each result."""
    return _measured(thread, verbs, tools, learned) or answers.results(_told_apart(thread))


def _planned(thread: Thread, verbs: Verbs, tools: Collection[str], learned: bool) -> PlannedReply:
    known = verbs.with_motions(thread.names)
    requests, remarks = understood(*_chosen(thread), known, tools, learned=learned)
    plan = make_plan(requests, thread, known, tools)
    plan.remarks.extend(remarks if plan.calls else [])
    if plan.calls and thread.current is not None and requests and all(map(_makes_anew, requests)):
        plan.remarks.append(answers.instead_of_it(thread.request))
    return plan


def _measured(thread: Thread, verbs: Verbs, tools: Collection[str], learned: bool) -> str:
    """The answer to a question that a motion was measured for; '' where nothing was."""
    measured = [
        outcome.content
        for outcome in thread.outcomes
        if outcome.tool == "caption_motion" and not outcome.failed
    ]
    if not measured:
        return ""
    known = verbs.with_motions(thread.names)
    requests, _ = understood(*_chosen(thread), known, tools, learned=learned)
    questions = [r for r in requests if isinstance(r, Question) and is_measured(r)]
    made = [outcome for outcome in thread.outcomes if outcome.tool != "caption_motion"]
    clip = thread.clips.get(str(measured[0].get("motion_id"))) or thread.current_clip
    if clip is None or not questions:
        return ""
    said = [answered_by_measuring(question, measured[0], clip, thread, known) for question in questions]
    done = [answers.results(replace(thread, outcomes=made))] if made else [thread.remark]
    return " ".join([*done, *said]).strip()


def _chosen(thread: Thread) -> tuple[Thread, int]:
    """What an answer to a question back is about, and which reading was chosen; else the thread, and 0."""
    if thread.doubted:
        for number, words in enumerate((_FIRST, _SECOND), 1):
            if words.fullmatch(thread.request.lower().strip(" .!")):
                return replace(thread, request=thread.doubted), number
    return thread, 0


Understood = tuple[list[Intent], list[str]]


def understood(
    thread: Thread, chosen: int, verbs: Verbs, tools: Collection[str], *, learned: bool
) -> Understood:
    """The requests of a message and what to tell of how it was read. chosen: as in `Readings`."""
    message = thread.request
    if len(message) <= MAX_CHARACTERS and (language := foreign_language(message)):
        return [Foreign(language)], []
    if is_praise(message):
        return [Social("thanks" if re.search(r"thank|thx|cheers", message.lower()) else "fine")], []
    if thread.trail.undone and _REDONE.fullmatch(message.strip()):
        return [Travel("redo")], []
    if elsewhere := _afresh(thread, verbs, tools, learned) or _after_going_back(
        thread, verbs, tools, learned
    ):
        return elsewhere
    if len(message) > MAX_CHARACTERS:
        return _understood(thread, message, chosen, verbs, tools, learned=learned)
    message, slips = corrected(message, verbs, thread.names)
    plain = in_seconds(said_plainly(message))
    pieces = [plain] if take_files(plain)[0] else asked_one_by_one(plain)
    requests: list[Intent] = []
    remarks = [answers.read_as(slips)]
    for piece in pieces:
        of_piece = thread if len(pieces) == 1 else replace(thread, request=piece)
        found, told = _understood(of_piece, piece, chosen, verbs, tools, learned=learned)
        requests += found if len(pieces) == 1 else beside_others(found, piece)
        remarks += told
    return requests, list(dict.fromkeys(filter(None, remarks)))


def _understood(
    thread: Thread, message: str, chosen: int, verbs: Verbs, tools: Collection[str], *, learned: bool
) -> Understood:
    """The same of one question, or of what is wanted. message: how its request is read."""

    def works(requests: Sequence[Intent]) -> bool:
        return not make_plan(list(requests), thread, verbs, tools).problems

    if (wanted := how_to(message)) and not _changes(message, thread, verbs):
        sentence = _sentence_for(wanted.wish, thread, verbs, tools, learned=learned)
        if sentence:
            return [Question("wording", sentence, wanted.asked)], []
    if thread.current is None and not is_question(message) and (rest := bodily(message)) != message:
        found, told = _understood(thread, rest, chosen, verbs, tools, learned=learned)
        if unmet.is_moving(found):
            return found, [*told, *unmet.without(found, message)]
    asked = _asked(message, thread, verbs)
    taken = ""
    requests: list[Intent] = _changes(asked.said, thread, verbs)
    read_whole = bool(requests) and works(requests)
    if not read_whole:
        rules = read_message(asked.said, verbs)
        heard = _heard(asked.said, thread) if learned else None
        theirs = requests_of(heard, verbs) if heard is not None else None
        readings = Readings(asked.said, rules, heard, theirs, thread, verbs, works, chosen)
        requests = joined(readings)
        if any(isinstance(request, Doubt) for request in requests) and (meant := plainly_meant(readings)):
            requests, taken = meant, answers.taken_as(meant)
    requests = unmet.possible(requests, asked.said)
    if thread.current is not None and any(map(_gives_them, requests)):
        requests = [Unclear(thread.request)]
    if len(requests) == 1 and isinstance(requests[0], Unclear):
        requests = [replace(requests[0], text=thread.request)]
    requests = [in_layers(request, asked.said, thread, verbs) for request in requests]
    unused = [] if read_whole else unmet.nameable(unused_words(asked.accounted_for, requests), asked.said)
    remarks = [
        taken,
        answers.not_used(unused),
        *unmet.limits(requests, asked.ruled_out),
        *unmet.untouched(requests, asked.said),
        *unmet.looped(requests),
        *unmet.uncut(requests, thread.current_clip.seconds if thread.current_clip else 0.0),
        *unmet.one_alone(requests, asked.said),
        *unmet.extents(requests, asked.said),
        *unmet.without(requests, asked.said),
        answers.alone(asked.said, requests),
    ]
    return requests, [remark for remark in remarks if remark]


def _makes_anew(request: Intent) -> bool:
    return isinstance(request, Make | Scene) and not getattr(request, "continues", False)


#: Something that the person who is there is to have, and gives nobody: "give him a limp".
_GIVEN = re.compile(r"a person gives (?:him|her|them|it) ")


def _gives_them(request: Intent) -> bool:
    return isinstance(request, Make) and any(_GIVEN.match(action.description) for action in request.actions)


def _sentence_for(wish: str, thread: Thread, verbs: Verbs, tools: Collection[str], *, learned: bool) -> str:
    """A sentence that is read as a wish, rather one of which nothing is lost; "" for none."""
    possible: list[str] = []
    for sentence in dict.fromkeys(sentences_for(wish, verbs)):
        requests, told = understood(replace(thread, request=sentence), 0, verbs, tools, learned=learned)
        if is_wish(requests) and not make_plan(requests, thread, verbs, tools).problems:
            if not told:
                return sentence
            possible.append(sentence)
    return next(iter(possible), "")


def _afresh(
    thread: Thread, verbs: Verbs, tools: Collection[str], learned: bool
) -> tuple[list[Intent], list[str]] | None:
    """A first message after all there is was dropped: "scrap that. a person waves"; else None."""
    found = _DROPPED.match(thread.request)
    if not found or thread.current is None:
        return None
    wanted = re.sub(r",? (?:instead|now)[.! ]*$", "", thread.request[found.end() :])
    rest = replace(thread, request=wanted, current=None, clips={}, trail=Trail())
    requests, remarks = understood(rest, 0, verbs, tools, learned=learned)
    new = all(isinstance(request, Make | Scene) for request in requests)
    return (requests, remarks) if new else None


def _after_going_back(
    thread: Thread, verbs: Verbs, tools: Collection[str], learned: bool
) -> tuple[list[Intent], list[str]] | None:
    """An undo or a version gone back to, and its changes; None where a message is anything else."""
    if thread.current is None or len(thread.request) > MAX_CHARACTERS:
        return None
    for joint in _GONE_BACK.finditer(thread.request[:_LONGEST_WAY_BACK]):
        first, rest = thread.request[: joint.start()], thread.request[joint.end() :]
        travel = read_directive(canonical(clean(first)), verbs) if re.search(r"\w \w|\w{4}", rest) else None
        if not isinstance(travel, Travel) or travel.action == "redo":
            continue
        gone_to = thread.gone_back(1) if travel.action == "undo" else thread.version(travel, verbs)
        if gone_to is None:
            continue
        past = thread.trail.past[:-1] if travel.action == "undo" else (*thread.trail.past, gone_to.id)
        before = replace(thread, request=rest, current=gone_to.id, trail=Trail(past=past))
        requests, remarks = understood(before, 0, verbs, tools, learned=learned)
        edits = [_of_the_part(request, gone_to, verbs) for request in requests]
        if all(isinstance(request, Edit) for request in edits):
            return [travel, *edits], remarks
    return None


def _of_the_part(request: Intent, clip: KnownMotion, verbs: Verbs) -> Intent:
    """A new motion of what a part does already, as that part done so: "kick twice", where somebody kicks."""
    match request:
        case Make(actions=(action,), variants=1) if action.known and not action.motion:
            found = find_parts(
                action.description.split()[2], [text for text, _ in clip.segments or ()], verbs
            )
            if len(found) == 1:
                return Edit("replace", f"part {found[0]}", (action,))
    return request


class _Asked(NamedTuple):
    """said: what is read of a message; accounted_for: what is used, or named as unused."""

    said: str
    accounted_for: str
    ruled_out: tuple[str, ...] = ()


def _asked(message: str, thread: Thread, verbs: Verbs) -> _Asked:
    """A message without what stands around its request; of a first one, without what it rules out, too."""
    if thread.current is not None:
        plain = without_chatter(_BOTH_ENDS.sub(r"\g<what> at the start and \g<what> at the end", message))
        return _Asked(without_brackets(plain), plain)
    said, ruled_out = framed(without_chatter(without_greeting(taken_back(unbracketed(message)))), verbs)
    return _Asked(without_brackets(said), said, ruled_out)


def _changes(message: str, thread: Thread, verbs: Verbs) -> list[Intent]:
    """The changes of the current motion's parts that a message is as a whole."""
    clip = thread.current_clip
    if clip and clip.people and not is_question(message):
        return [*read_restagings(message, verbs)]
    if not (clip and clip.segments) or is_question(message):
        return []
    parts = [text for text, _ in clip.segments]
    changes = read_changes(message, parts, verbs)
    if changes is None and (done_so := read_done_so(message, parts, verbs)):
        changes = [done_so]
    return [Social("fine")] if changes == [] else [*(changes or ())]


def _heard(message: str, thread: Thread) -> Heard | None:
    reader = shipped_reader()
    if reader is None or not re.search(r"\w", message) or len(message) > MAX_CHARACTERS:
        return None
    clip = thread.current_clip
    parts = [text for text, _ in (clip.segments or ((clip.description, 0.0),))] if clip else []
    given = [clip.name for clip in thread.clips.values() if clip.name and clip.name != clip.description]
    return reader.read(message, parts, given)


def _unknown(thread: Thread) -> list[str]:
    """The descriptions that this turn's tools know no action for."""
    failed = [
        str(outcome.content.get("text") or outcome.content.get("error"))
        for outcome in thread.outcomes
        if outcome.failed
    ]
    return [found for text in failed for found in _UNKNOWN.findall(text)]


def _all_failed(thread: Thread) -> bool:
    return all(outcome.failed for outcome in thread.outcomes)


def _told_apart(thread: Thread) -> Thread:
    """The thread without failures that its remark names already, where other parts were made instead."""
    if _all_failed(thread):
        return thread

    def told(outcome: ToolReply) -> bool:
        said = str(outcome.content)
        return outcome.failed and bool(_UNKNOWN.search(said) or _SKIPPED.search(said))

    return replace(thread, outcomes=[outcome for outcome in thread.outcomes if not told(outcome)])


def _without(
    unknown: list[str], thread: Thread, verbs: Verbs, tools: set[str], learned: bool
) -> PlannedReply | None:
    """The plan anew without the parts that are unknown; an answer where no part is left. None: nothing to
    do.
    """
    if len(thread.outcomes) > len([outcome for outcome in thread.outcomes if outcome.failed]):
        return None
    known = verbs.with_motions(thread.names)
    requests, remarks = understood(*_chosen(thread), known, tools, learned=learned)
    failed = list(dict.fromkeys([*unknown]))
    kept = [_lacking(request, failed) for request in requests]
    left = [request for request in kept if request is not None]
    told = answers.missing(failed, known)
    if left == requests or not left or thread.attempts > _MAX_MISSING or not _still_does(left):
        return PlannedReply(remarks=[told])
    plan = make_plan(left, thread, known, tools)
    plan.remarks[:0] = [told]
    plan.remarks.extend(remarks)
    return plan


def _still_does(requests: Sequence[Intent]) -> bool:
    return any(isinstance(request, Make) and request.actions for request in requests) or any(
        isinstance(request, Edit | Scene) for request in requests
    )


def _lacking(request: Intent, failed: Sequence[str]) -> Intent | None:
    """The request without actions whose description failed; None where no action is left."""

    def kept(actions: Sequence[Action]) -> tuple[Action, ...]:
        return tuple(
            action
            for action in actions
            if not any(action.description[:60].startswith(text) for text in failed)
        )

    if isinstance(request, Scene):
        people = tuple(map(kept, request.people))
        return replace(request, people=people) if all(people) else None
    if not isinstance(request, Make | Edit) or not request.actions:
        return request
    actions = kept(request.actions)
    return replace(request, actions=actions) if actions else None
