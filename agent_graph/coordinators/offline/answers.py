"""What the offline coordinator says: answers built from results, and honest words where it cannot help."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from ....motion_models.english.inflections import lemmas_by_kind
from ....motion_models.english.quantities import spoken
from ....tools.arguments.fields import MAX_SECONDS
from ...prompts import DECLINED
from .dialogue import MAKERS, KnownMotion, Thread, ToolReply, number_in, objects
from .sentences.actions import Action
from .sentences.grammar import Verbs
from .sentences.nearest import nearest
from .sentences.parts import FILLER
from .sentences.requests import (
    Again,
    Edit,
    Export,
    Intent,
    Make,
    NameIt,
    Restage,
    Scene,
    Travel,
)
from .sentences.wordlists import ANIMALS, ANYONE, CROWDS, DOUBT

SHOWN_ACTIONS = 30

HELLO = 'Hello! Tell me what the person should do, for example "a person walks forward, then waves".'
SOCIAL = {
    "hello": HELLO,
    "thanks": "You are welcome.",
    "bye": "Goodbye! Your motions stay in this conversation.",
    "fine": "Good. Tell me what to make or change next.",
    "yes": "Tell me what to make or change, in a sentence.",
    "no": "Then I leave it as it is.",
    "complain": 'I am sorry. Say what to change, "do it again" for another version, or "undo".',
    "fresh": "Good: what should the new motion show? The motions made so far stay.",
}
NOTHING_YET = 'There is no motion yet. Say what the person should do, for example "a person walks forward".'
UNMEASURED = (
    "I cannot measure that here: I measure distances, speeds, turns, heights of hands and jumps, angles of"
    " knees and trunk, sliding feet, sides and counts."
)
WHY = (
    "I can tell what a motion looks like, not why someone does it: it could belong to many scenes. "
    "A coordinator with a language model can say more about that."
)


def abilities(verbs: Verbs, tools: Collection[str]) -> str:
    """What can be asked for, by the tools that are there."""
    can = [sentence for tool, sentence in _ABILITIES.items() if tool in tools]
    if not can:
        return "I turn everyday requests into calls of motion tools, but no such tool is connected here."
    return f"I can {'; '.join(can)}. {known_actions(verbs)}".strip()


_ABILITIES = {
    "generate_motion": 'make a human motion from a description ("a person waves for 3 seconds")',
    "compose_sequence": 'join several actions into one motion ("walk forward, then turn and jump twice")',
    "edit_motion": 'change it ("replace the second part with a jump", "make it slower", "mirror it")',
    "caption_motion": 'say what a motion or a file shows ("what is the person doing?")',
    "arrange_scene": 'place several people ("two people: one waves, the other bows, facing each other")',
    "export_motion": 'write files ("save it as bvh and glb")',
    "name_motion": 'name motions ("call this my greeting")',
    "list_motions": "list them",
    "history": 'undo, redo and go back ("undo", "go back to the version before the jump")',
}


def known_actions(verbs: Verbs) -> str:
    """The repertoire in a sentence; '' when the backend declares none."""
    actions = verbs.repertoire
    if not actions:
        return ""
    more = f" and {len(actions) - SHOWN_ACTIONS} more" if len(actions) > SHOWN_ACTIONS else ""
    return f"The actions I know best: {', '.join(actions[:SHOWN_ACTIONS])}{more}."


def known_or_near(words: str, verbs: Verbs) -> str:
    """Of each action that words name, whether the repertoire holds it, or what it holds that is like it."""
    named = re.split(r",? or |, | and (?=an?\b)", words)
    return " ".join(dict.fromkeys(_known_or_near(one, verbs) for one in named))


def _known_or_near(words: str, verbs: Verbs) -> str:
    if animal := next((word for word in words.split() if word.rstrip("s") in ANIMALS), ""):
        return f"I move human bodies only, no {animal}."
    wanted = _stems(words, verbs) - FILLER - _OF_NO_ACTION
    stems = {action: _stems(action, verbs) for action in verbs.repertoire}
    known = [action for action, own in stems.items() if own <= wanted or (wanted and wanted <= own)]
    best = max(known, key=lambda action: (len(stems[action] & wanted), -len(stems[action])), default="")
    if best or not verbs.repertoire:
        return f'Yes, I know "{best}".' if best else known_actions(verbs)
    near = nearest(words, verbs.repertoire)
    offer = f"The nearest I know: {', '.join(near)}." if near else known_actions(verbs)
    bare = re.sub(r"^(?:any|some|the|how to) ", "", words)
    return f'No, I do not know "{bare}". {offer}'


def _stems(words: str, verbs: Verbs) -> set[str]:
    return verbs.stems(words.replace("-", " "))


#: Words beside an action that do not tell which it is.
_OF_NO_ACTION = frozenset(
    """
    left right his her their its hand arm leg foot how like people stuff things something moves move really
    properly well too also very for me us on in with
    """.split()  # noqa: SIM905
)


def unclear(text: str, verbs: Verbs) -> str:
    """Says what was not understood, with a guess at a slip of the pen, and one example."""
    if not any(char.isalnum() for char in text):
        return f"I see no words to work with. {HELLO.removeprefix('Hello! ')}"
    guesses = list(_close_words(text, verbs))
    guess = f" Did you mean {' or '.join(repr(word) for word in guesses)}?" if guesses else ""
    return (
        f'I did not understand "{_shortened(text)}", so nothing is changed.{guess} Say a motion, such as '
        f'"a person walks forward, then waves", or a change, such as "make it slower"; "help" lists more.'
    )


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77].rstrip()}..."


def doubt(readings: Sequence[str]) -> str:
    """Asks which of two readings was meant, each said as it would be understood."""
    if not readings:
        return "I am not sure what you mean, so nothing is changed. Please say it in other words."
    first = "yes" if len(readings) == 1 else "the first"
    return (
        f'{DOUBT} {", or ".join(readings)}? Nothing is changed yet; say "{first}", or say it in other words.'
    )


#: What says itself that something new is wanted.
_SAID_ANEW = re.compile(
    r"\b(?:new|another (?:motion|one|clip)|different|start|fresh|scratch|scrap|forget|instead|rather)\b"
    r"|^\W*(?:an?|one|two|three|some|somebody|someone|people)\b",
    re.IGNORECASE,
)


def instead_of_it(message: str) -> str:
    """Says that a new motion takes the place of the one at hand, where the message does not say so itself."""
    return "" if _SAID_ANEW.search(message) else 'This is a new motion; say "undo" for the one before.'


def taken_as(requests: Sequence[Intent]) -> str:
    """Says which reading was followed where there was another."""
    return f'I take it for {in_short(requests)}; say "undo" if you meant something else.'


def wording(sentence: str, asked: str) -> str:
    """Says in which words something is asked for.

    asked: "anew" where the question was if all must be made again, "outcome" where it was what comes of it.
    """
    opening = {
        "anew": "No, you need not start over: say",
        "outcome": "I cannot tell that beforehand: to see it, say",
    }
    return f'{opening.get(asked, "Say")} "{sentence}". Nothing is changed yet.'


def open_question(question: str) -> str:
    """Names a question that there is no answer to."""
    return (
        f'I cannot answer "{_shortened(question)}". I can tell what a motion is made of, how long it is, what'
        " I measure of it, and what this program does and needs."
    )


def unable(what: str, instead: str) -> str:
    return f"I cannot do {what}" + (f"; {instead}." if instead else ".")


#: Words of somebody beside the one who moves.
_SOMEBODY_ELSE = re.compile(
    rf"\b(?:(?:another|second|third|other) (?:{'|'.join(sorted(ANYONE))}|one)(?!'s)"
    r"|each other|one another"
    rf"|(?:two|three|four|five|\d) (?:\w+ )?(?:{'|'.join(sorted(CROWDS))}))\b"
)


def alone(message: str, requests: Sequence[Intent]) -> str:
    """Says that one person moves where a message speaks of more; "" where none or several do."""
    made = [request for request in requests if isinstance(request, Make | Edit) and request.actions]
    several = any(isinstance(request, Scene | Restage) for request in requests)
    if not made or several or not _SOMEBODY_ELSE.search(message.lower()):
        return ""
    return 'This is one person only; for more say "two people: one walks, the other waves".'


def missing(failed: Sequence[str], verbs: Verbs) -> str:
    """Names the actions that the motion model does not know, with what is nearest to each."""
    return " ".join(_missing(text, verbs) for text in failed)


def _missing(description: str, verbs: Verbs) -> str:
    near = nearest(description, verbs.repertoire)
    offer = f" The nearest I know: {', '.join(near)}." if near else ""
    return f'I cannot make "{_without_person(description)}": the motion model does not know it.{offer}'


def _without_person(description: str) -> str:
    return description.removeprefix("a person ")


def in_short(requests: Sequence[Intent] | None) -> str:
    """What requests would do, in the words of somebody who asks for it."""
    return " and ".join(filter(None, map(_short, requests or ())))


def _short(request: Intent) -> str:
    match request:
        case Make(actions=actions):
            what = ", then ".join(map(_told, actions))
            return f'"{"then " if request.continues else "a new motion: "}a person {what}"'
        case Edit(kind=kind, part=part, actions=actions):
            what = f" ({', then '.join(map(_told, actions))})" if actions else ""
            return f"{_EDITS.get(kind, kind)} {part or 'the motion'}{_particulars(request)}{what}"
        case Travel(action=action):
            return action
        case Export():
            return "saving it"
        case NameIt(name=name):
            return f'calling it "{name}"'
        case Again():
            return "another version"
        case Restage():
            return "a change of the scene"
    return ""


def _told(action: Action) -> str:
    """'walks for 3 s', 'jumps twice'."""
    often = {1: "", 2: " twice"}.get(action.times, f" {action.times} times")
    length = "" if action.seconds is None else f" for {spoken(action.seconds)} s"
    return f"{_without_person(action.description)}{often}{length}"


def _particulars(edit: Edit) -> str:
    """How much, how long, where and how, as far as an edit says that."""
    amount = edit.amount
    match edit.kind:
        case "duration" | "pause" | "hold" | "trim" if amount:
            how = f"{'to' if edit.kind == 'duration' else 'of'} {spoken(amount)} s"
        case "longer" | "shorter" if amount and amount > 0:
            how = f"by {spoken(amount)} s"
        case "speed" if amount:
            how = f"to {amount:g} of what it is"
        case "repeat" if amount:
            how = f"{amount:g} times"
        case "turn" if amount:
            how = f"by {abs(amount):g} degrees to the {'left' if amount > 0 else 'right'}"
        case "quantity" if amount:
            how = f"to {amount:g} {edit.said}"
        case "side":
            how = f"to the {edit.place}" if edit.place != "both" else "to both"
        case "style":
            how = f'to "{edit.said}"'
        case _:
            how = ""
    where = (
        f"{edit.place} {edit.anchor}"
        if edit.anchor
        else f"at the {edit.place}"
        if edit.place == "start"
        else ""
    )
    return "".join(f" {words}" for words in (how, where) if words)


_EDITS = {
    "replace": "replacing", "insert": "adding to", "delete": "removing", "repeat": "repeating",
    "swap": "swapping", "move": "moving", "trim": "cutting", "keep": "keeping a stretch of",
    "longer": "lengthening", "shorter": "shortening", "duration": "setting the length of",
    "mirror": "mirroring", "speed": "changing the speed of", "regenerate": "making another version of",
    "correct": "correcting", "side": "changing the side of", "style": "changing the manner of",
    "pause": "a pause in", "hold": "holding a pose of", "only": "keeping only", "cut": "cutting",
    "reverse": "playing backwards", "loop": "looping", "turn": "turning", "shift": "moving",
    "inbetween": "a transition in", "limb": "another limb for", "path": "another path for",
    "quantity": "changing",
}  # fmt: skip


def left_out(text: str, verbs: Verbs) -> str:
    """Says which part of a request is not made while the rest is."""
    guesses = list(_close_words(text, verbs))
    guess = f" Did you mean {' or '.join(repr(word) for word in guesses)}?" if guesses else ""
    return f'I did not understand "{text}" and left it out.{guess}'


def not_used(words: Sequence[str]) -> str:
    return f"I did not use: {', '.join(words)}." if words else ""


def read_as(slips: Sequence[tuple[str, str]]) -> str:
    """Says how slips of the pen were read."""
    told = ", ".join(f"'{wrong}' as '{right}'" for wrong, right in dict.fromkeys(slips))
    return f"I read {told}." if told else ""


def _close_words(text: str, verbs: Verbs) -> Iterator[str]:
    """Known words that a word which is none was probably meant to be."""
    words = [word for word in text.lower().split() if len(word) > 3]
    for word in words if len(words) <= 4 else []:
        if not lemmas_by_kind(word) and word.isascii():
            candidates = [known for known in verbs.known_words if known[0] == word[0] and len(known) > 3]
            yield from difflib.get_close_matches(word, candidates, n=1, cutoff=0.8)


def too_long(length: int, limit: int) -> str:
    return f"That message has {length} characters; I read at most {limit}. Please say it in smaller steps."


def impossible_length(seconds: float) -> str:
    return f"A motion of {seconds:g} seconds is not possible: between 0.2 and {MAX_SECONDS:g} seconds are."


def timeline(segments: Sequence[tuple[str, float]], first: int = 1) -> str:
    """'1 a person walks (2 s), 2 a person waves (1.6 s)'; first: the number of the first of them."""
    return ", ".join(
        f"{number} {text}" + (f" ({spoken(seconds)} s)" if seconds else "")
        for number, (text, seconds) in enumerate(segments, first)
    )


def in_time(segments: Sequence[tuple[str, float]]) -> str:
    """'1 a person walks (0 to 2 s), 2 a person waves (2 to 3.6 s)'."""
    ends = list(accumulate(seconds for _, seconds in segments))
    told = zip(segments, [0.0, *ends[:-1]], ends, strict=True)
    return ", ".join(
        f"{number} {text} ({spoken(start)} to {spoken(end)} s)"
        for number, ((text, _), start, end) in enumerate(told, 1)
    )


def length_of(clip: KnownMotion) -> str:
    parts = f" Its parts: {timeline(clip.segments)}." if clip.segments and len(clip.segments) > 1 else ""
    return f"It is {spoken(clip.seconds)} seconds long.{parts}"


def parts_of(clip: KnownMotion) -> str:
    if not clip.segments:
        return f'I do not know the parts of {clip.id}; ask "describe it" to find out what it shows.'
    count = len(clip.segments)
    known = all(seconds for _, seconds in clip.segments)
    told = in_time(clip.segments) if known else timeline(clip.segments)
    return f"It has {count} part{'s' if count > 1 else ''}: {told}."


def at_moment(clip: KnownMotion, moment: float) -> str:
    """What a motion shows so many seconds after its start."""
    if not clip.segments:
        return parts_of(clip)
    start = 0.0
    for number, (text, seconds) in enumerate(clip.segments, 1):
        if start <= moment < start + seconds:
            stretch = f"{spoken(start)} to {spoken(start + seconds)} s"
            return f"At {spoken(moment)} s: part {number}, {text} ({stretch})."
        start += seconds
    return f"At {spoken(moment)} s nothing happens any more: it lasts {spoken(start)} s."


def results(thread: Thread) -> str:
    """The last word of a turn: what each call gave, what was noted, what failed."""
    said = [_result(outcome) for outcome in thread.outcomes if not outcome.failed]
    failures = dict.fromkeys(_problem(outcome) for outcome in thread.outcomes if outcome.failed)
    notes = dict.fromkeys(note for outcome in thread.outcomes for note in _notes(outcome.content))
    said += [f"You declined this plan{reason}." for reason in map(_declined, failures) if reason is not None]
    if faults := [failure for failure in failures if _declined(failure) is None]:
        said.append(f"That did not work: {'; '.join(faults)}.")
    said.extend(f"Note: {note.rstrip('.')}." for note in notes)
    return " ".join(filter(None, [thread.remark, *said])) or "Done."


def _declined(failure: str) -> str | None:
    """What the user gave as the reason, behind a colon, where a failure is a plan that was declined."""
    return failure.removeprefix(DECLINED).rstrip(".") if failure.startswith(DECLINED) else None


def _result(outcome: ToolReply) -> str:
    content = outcome.content
    if "text" in content:
        return str(content["text"])
    if outcome.tool in MAKERS:
        return _made(content)
    if outcome.tool == "caption_motion":
        return f"The motion shows: {str(content.get('caption', '')).rstrip('.') or 'nothing I can name'}."
    if outcome.tool == "export_motion":
        written = content.get("files")
        files = [str(file) for file in written] if isinstance(written, list) else []
        return f"Saved {', '.join(files)}." if files else "Saved."
    if outcome.tool == "list_motions":
        return _listed(objects(content, "motions"))
    if outcome.tool == "name_motion":
        return f'{content.get("motion_id")} is now called "{content.get("name")}".'
    if outcome.tool == "history":
        return f"The current motion is now {_title(content)}."
    return "Done."


def _made(content: Mapping[str, Any]) -> str:
    segments = objects(content, "segments")
    parts = [str(segment.get("description")) for segment in segments]
    if people := objects(content, "people"):
        return f"Made {_title(content)} with {len(people)} people: {'; '.join(parts)}."
    shown = f" in {len(parts)} parts: {', then '.join(parts)}" if len(parts) > 1 else ""
    variants = objects(content, "variants")
    others = (
        f" Further variants: {', '.join(str(item.get('motion_id')) for item in variants)}."
        if variants
        else ""
    )
    return f"Made {_title(content)}{shown}.{others}"


def _title(content: Mapping[str, Any]) -> str:
    """'m3 "greeting" (a person waves, 2.4 s)'."""
    name, description = content.get("name"), content.get("description")
    called = f' "{name}"' if name and name != description else ""
    length = f"{spoken(number_in(content, 'seconds'))} s" if "seconds" in content else ""
    one_part = len(objects(content, "segments")) <= 1
    about = [str(description)] if description and one_part else []
    inside = ", ".join(filter(None, [*about, length]))
    return f"{content.get('motion_id')}{called}" + (f" ({inside})" if inside else "")


def _listed(motions: list[dict[str, Any]]) -> str:
    listed = [_title({**motion, "segments": []}) for motion in motions]
    return f"Your motions: {'; '.join(listed)}." if listed else "There are no motions yet."


def _problem(outcome: ToolReply) -> str:
    return (
        str(outcome.content.get("text") or outcome.content.get("error") or "the tool failed")
        .strip()
        .rstrip(".")
    )


def _notes(content: Mapping[str, Any]) -> list[str]:
    notes = content.get("notes")
    return [str(note) for note in notes if str(note).strip()] if isinstance(notes, list) else []
