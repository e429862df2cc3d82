"""What stands around a request: asides in brackets, chatter, headings, and what is ruled out."""

from __future__ import annotations

import re
from typing import NamedTuple

from .....motion_models.english.quantities import NUMBERS
from .....motion_models.motion.features import FPS
from .grammar import Verbs
from .wordlists import CHATTER, PURPOSE, REASONS

#: A remark in brackets; "take (1)" and "jog(v2)" are names.
_BRACKETS = re.compile(r"\s+\((?:[^()]*\s[^()]*|\w+[!?.]+)\)|\s*\(\W*\)")
#: How much or how long, in brackets: "(say 6 m)".
_QUANTITY = re.compile(
    r"\s*\((?:say|about|around|maybe|like|roughly|approx\.?|approximately|ca\.?|~|for|[ ,])*"
    r"(?P<what>\d+(?:[.,]\d+)? ?(?:(?P<s>s|secs?|seconds?)|m|met(?:er|re)s?|steps|times|degrees))\)",
    re.IGNORECASE,
)
_ONWARDS = r"(?= *(?:$|[,.;!?\n]|(?:and|then|at|after|before|in|here|there|again)\b))"
#: Everyday turns of phrase, and the words that are read for them.
_PLAINLY = tuple(
    (re.compile(said, re.IGNORECASE), plain)
    for said, plain in (
        (
            rf"\b(?:hang|take|make|bang)(s?) an? (?:(sharp|quick|slow) )?(left|right)(?: turn)?{_ONWARDS}",
            r"turn\1 \3 \2",
        ),
        (rf"\b(?:hang|tak|mak|bang)ing an? (left|right)(?: turn)?{_ONWARDS}", r"turning \1"),
        (r"\b(left|right) (?:hook|cross|straight)\b", r"punch with the \1 hand"),
        (r"\b(left|right) (jab|uppercut)\b", r"\2 with the \1 hand"),
        (
            r"^for (?:an?|my|our|the|this) (?:[\w-]+ ){0,3}(?:game|film|movie|video|project|class|animation"
            r"|story|lesson),? (?=(?:i|we|can|could|please|show|make|an?)\b)",
            "",
        ),
        (
            r"\bfor (?:my|our|the|an?) (?:[\w-]+ ){0,3}(?:game|film|movie|video|project|class|animation|story"
            r"|comic)(?= (?:that|who|which)\b)",
            "",
        ),
        (r"^(zombie|robot|ninja|ghost|monster)s?[!.]+(?= \w+ing\b)", r"a \1"),
        (
            r"\b(?:an? )?(?:one|single)[- ]leg(?:ged)? (?:stand|stance|balance)"
            r"(?:,? (?:on )?(?:the )?(left|right)(?: (?:leg|side|foot|one))?)\b",
            r"stand on the \1 leg",
        ),
        (r"\b(?:an? )?(?:one|single)[- ]leg(?:ged)? (?:stand|stance|balance)\b", "stand on one leg"),
        (r"\bsit[- ]to[- ]stands?\b", "sit down and stand up"),
        (
            r",? (?:but|and) (?:leave|keep) (?:the )?(?:[\w-]+ ){1,3}?(?:as (?:it|they|is|are)\b[^,.;]*|alone"
            r"|the same|untouched|unchanged|at (?:the )?(?:normal|same|usual|old|its) (?:speed|pace))"
            r"(?=$|[,.;!])",
            "",
        ),
        (r"\bbow and arrow (?:shot|shoot(?:ing)?)\b", "shoot a bow"),
        (
            r",? (?:after|during|before|for) (?:his|her|their|the) (?:performance|show|work(?:out)?)"
            r"(?=$|[,.!?])",
            "",
        ),
        (
            r"^(?:no,? )?(?:an? )?(zig-?zag|square|triangle|circle|rectangle|figure (?:of )?(?:eight|8))"
            r"(?: path)?(?=,? (?:instead|rather|please)\b)",
            r"in a \1",
        ),
        (r"(?<=\w )(?<!\ban )(?<!\bthe )inbetween(?=$|[.,!?]| the\b| them\b)", "in between"),
        (r"\b(hold (?:the|that|this) (?:\w+ )?(?:pose|position))(?= (?:\d+|\w+) more s)", r"\1 for"),
        (r"(?<=, )have(?= (?:him|her|them)\b)", "let"),
        (r"\bcarr(?:y|ies) on(?: going)?\b(?! with\b)", "keep going"),
    )
)
_CHATTER = re.compile(rf"(?<![\w-])(?:{'|'.join(CHATTER)})(?![\w-])[,!.]*", re.IGNORECASE)
_WHY = rf"(?:{'|'.join(REASONS)})\b"
#: What is asked for, after the reason in the same sentence.
_WISH = r",? (?:and|so|but) (?:i|we)(?:'d| would)? (?:(?:really|just) )?(?:love|like|want|need)\b"
#: A reason at the start ends with its clause, one further on with its sentence.
_REASON = re.compile(
    rf"^\s*{_WHY}(?:(?!{_WISH})[^,.:!?;\n])*(?:[,.:!?;\n]+|{_WISH})"
    rf"|(?:(?<=[.!?;\n])|,)\s*{_WHY}(?:(?!{_WISH})[^.!?;\n])*(?:{_WISH}|[.!?;]*)"
    rf"|\s{PURPOSE}(?=\s*(?:[.!?;\n]|$))",
    re.IGNORECASE,
)
#: A greeting and nothing else: what stands beside it is what is asked for.
_GREETING = re.compile(
    r"\W*(?:(?:hi|hello|hey|hiya|yo|heya|ok|okay|so|well|good (?:morning|afternoon|evening)|please|there|all"
    r"|everyone|team|again)\b\W*)+",
    re.IGNORECASE,
)
_GREETS = re.compile(
    r"^(?:(?:hi|hello|hey|hiya|yo|heya|good (?:morning|afternoon|evening|day))"
    r"(?: (?:there|all|everyone|team|again))?\b(?!['-])[,.! ]+)+(?=\w+\W+\w)",
    re.IGNORECASE,
)
#: "Warm-up for beginners: jog, then squat": a title, and what it stands for.
_HEADING = re.compile(r"^(?P<title>[^:.;!?\n,\d][^:.;!?\n]{0,100}):\s+(?P<rest>\S.*)", re.DOTALL)
#: What a list of exercises is called: "warm up:", "workout for my class, ...".
_SESSION = re.compile(
    r"(?:(?:an?|the|my|our|quick|short|morning) )*(?:warm[- ]?up|cool[- ]?down|work[- ]?out|routine|circuit"
    r"|drill|training|combo|exercises?)(?: for [^,:;.!?\n]+?(?=[,:])|(?=:))[,:]\s+(?=\S)",
    re.IGNORECASE,
)
#: A title that tells who asks, or for whom: "I am a teacher and want to show my class a warm up: ...".
_TELLS = re.compile(r"(?:i|i'm|i am|we|we're|my|our|this is|here is|here's|for)\b", re.IGNORECASE)
#: A title that says how many move.
_PEOPLE = re.compile(rf"\b(?:{'|'.join(NUMBERS)}|\d+|both|couple|pair)\b", re.IGNORECASE)
#: What is not to happen, said beside what is: ", no running", "but not too deep", ". Don't bend the knees".
_RULED_OUT = re.compile(
    r"(?:(?P<joint>[,.;:!?\n(-])\s*|\b(?:and|but) )(?:and |but )?"
    r"(?P<what>(?:no|not|never|without|don't|do not|doesn't|does not|shouldn't|must not|mustn't|avoid)"
    r" (?!(?:moving|move|one|more|anything|nothing|longer than)\b)[^,.;:!?\n()]+)",
    re.IGNORECASE,
)
#: "Not the left, the right": what is ruled out is put right by what follows, and no condition.
_PUT_RIGHT = re.compile(
    r"not (?:the |with |on |to |from )*(?:left|right|first|second|last|that|this|it|him|her)\b", re.I
)


#: What was said before is taken back: "a dive, no wait, a jump".
_TAKEN_BACK = re.compile(
    r"^.*?\b(?:scratch that"
    r"|(?:no|nah|wait|sorry|actually|hmm)[,. ]+(?:(?:no|wait|sorry|actually|rather|i mean)\b[,. ]*)+)"
    r"[,. ]*(?=\w+ \w)",
    re.IGNORECASE | re.DOTALL,
)


class Framed(NamedTuple):
    """said: what is left to be read; ruled_out: the clauses that say what should not happen."""

    said: str
    ruled_out: tuple[str, ...] = ()


def taken_back(message: str) -> str:
    """What is left of a first request after its writer has changed his mind in the middle."""
    return _TAKEN_BACK.sub("", message, count=1)


def without_greeting(message: str) -> str:
    """The message without the greeting that opens it, where anything else is said in it."""
    return _GREETS.sub("", message, count=1)


def without_chatter(message: str) -> str:
    """The message without interjections and reasons, where anything else is said in it."""
    for pattern in (_CHATTER, _REASON):
        message = _shortened(message, pattern)
    return message


def without_brackets(message: str) -> str:
    """The message without remarks in brackets, where anything else is said in it."""
    return _shortened(message, _BRACKETS)


def unbracketed(message: str) -> str:
    """The message with quantities in brackets said as they are: "jog (say 6 m)" is "jog 6 m"."""
    return _QUANTITY.sub(lambda found: f" {'for ' if found['s'] else ''}{found['what']}", message)


def said_plainly(message: str) -> str:
    """The message with everyday turns of phrase in plain words: "hang a left" is "turn left"."""
    for pattern, plain in _PLAINLY:
        message = pattern.sub(lambda found, plain=plain: " ".join(found.expand(plain).split()), message)
    return message


#: Frames of a motion, and no rate of them.
_FRAMES = re.compile(r"\b(\d+) ?frames?\b(?! ?(?:per|a|each|every|/))", re.IGNORECASE)


def in_seconds(message: str) -> str:
    """The message with frames said in seconds: "the first 30 frames" is "the first 1.5 seconds"."""
    return _FRAMES.sub(lambda found: f"{int(found[1]) / FPS:g} seconds", message)


def _shortened(message: str, pattern: re.Pattern[str]) -> str:
    shorter = pattern.sub(" ", message)
    if shorter == message or not re.search(r"[^\W\d_]{2}", shorter) or _GREETING.fullmatch(shorter):
        return message
    return re.sub(r" +([,.;!?])", r"\1", re.sub(r"[^\S\n]+", " ", shorter)).strip(" ,")


def framed(message: str, verbs: Verbs) -> Framed:
    """A request for new motion without its title and without what it rules out."""
    message = _SESSION.sub("", message, count=1) if _SESSION.match(message) else message
    heading = _HEADING.match(message)
    if heading and _is_title(heading["title"], verbs):
        message = heading["rest"]
    ruled_out = [
        found for found in _RULED_OUT.finditer(message)
        if found.start() and not _PUT_RIGHT.match(found["what"])
    ]  # fmt: skip
    for found in reversed(ruled_out):
        ended = re.match(r"\s*[.;!?\n]", message[found.end() :]) is not None
        joint = "" if ended else found["joint"] if found["joint"] in (".", ";", "\n") else ","
        message = message[: found.start()] + joint + message[found.end() :]
    said = re.sub(r"\s*,(?:\s*,)+|,\s*(?=[.;!?\n])", ",", message).strip(" ,")
    return Framed(said, tuple(found["what"].strip() for found in ruled_out))


def _is_title(words: str, verbs: Verbs) -> bool:
    """Whether words before a colon say nothing of what is done, or by how many."""
    return not _PEOPLE.search(words) and (_TELLS.match(words) is not None or not _commands(words, verbs))


def _commands(title: str, verbs: Verbs) -> bool:
    """Whether a heading says itself what is to be done: "walk like this: ..."."""
    found = (verbs.verb(word) for word in re.findall(r"[a-z-]+", title.lower()))
    return any(verb is not None and verb.form in ("base", "third") for verb in found)
