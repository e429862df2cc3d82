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
#: A number in figures or in words.
COUNT = rf"\b(?:\d+(?:\.\d+)?|{'|'.join(NUMBERS)})"
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
_TELLS = re.compile(
    r"(?:i|i'm|i am|we|we're|my|our|this is|here is|here's|for|need(?:ed)?|want(?:ed)?"
    r"|looking for)\b",
    re.IGNORECASE,
)
#: A title that names a kind of clip, or for whom it is.
_OF_A_CLIP = re.compile(
    r"\b(?:idle|cycle|animation|clip|loop|sequence|routine|combo|demo|exercise|drill|rehab|therapy|session"
    r"|tutorial"
    r"|warm-?up|workout|practice|start)$|^for (?:my|our|the|an?) .*\b(?:class"
    r"|group|course"
    r"|lesson|handout|video|film|game|project|app|book|patients?|students?|kids|clients?)$",
    re.IGNORECASE,
)
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
    r"^.*?(?:\.\.+|[.;!?] |- )\s*actually,? (?:just |rather |let's |only )*(?=(?:have|let|make|do) )"
    r"|^.*?\b(?:scratch that"
    r"|(?:no|nah|wait|sorry|actually|hmm)[,. ]+(?:(?:no|wait|sorry|actually|rather|i mean)\b[,. ]*)+)"
    r"[,. ]*(?=\w+ \w)",
    re.IGNORECASE | re.DOTALL,
)


#: A wish said of somebody who was only told of: "it is about a sailor; could he stagger?".
_ASKED_OF = re.compile(
    r"(?P<before>^|[.;!?,:] )(?:and )?(?:can|could|would|will|may|should) (?P<who>he|she|they|somebody"
    r"|someone|one of (?:them|the \w+))"
    r" (?:please |maybe |perhaps )?(?=\w)",
    re.IGNORECASE,
)
#: What kind of clip is wanted, before what is to be seen in it: "I need an idle for my hero, 8 s, standing".
_WANTED = re.compile(
    r"(?:i|we)(?:'d| would)? (?:need|want|like|love|am looking for) (?:an? |some )?(?:[\w-]+ ){0,3}?"
    r"(?:idle|animation|clip|loop|anim|mocap)s?(?: for (?:my|our|the|an?) (?:[\w-]+ ){0,3}?[\w-]+)?\s*,"
    rf"\s*(?:(?:like|about|around|maybe|roughly|for|say|~) ?)*(?:(?P<s>{COUNT}) ?(?:s|secs?"
    r"|seconds?)\b(?: long)?\s*,"
    r"\s*(?:just |of |with )?)?(?P<rest>.*\b(?!during|anything|something|nothing)\w+ing\b.*)",
    re.IGNORECASE | re.DOTALL,
)


#: A row whose last is the first with the other limb: "lunge with the right leg, then the same with the left".
_ON_THE_OTHER_SIDE = re.compile(
    r"^(?P<does>[^,.;]*?\b)(?P<side>left|right)\b(?P<limb>(?: (?:leg|arm|hand|foot|knee"
    r"|side))?)(?P<between>[^.;]*?),?"
    r"(?: and)? then (?:do )?(?:the )?same (?:thing |again )?(?:with|on|to|for) (?:the |his |her |your )?"
    r"(?P<other>left|right|other)(?: (?:one|leg|arm|hand|foot|knee|side))?(?=$|[.;!])",
    re.IGNORECASE,
)


def _on_the_other_side(found: re.Match[str]) -> str:
    other = "left" if found["side"].lower() == "right" else "right"
    if found["other"].lower() not in (other, "other"):
        return found[0]
    first = f"{found['does']}{found['side']}{found['limb']}{found['between']}"
    return f"{first}, then {found['does'].lower()}{other}{found['limb']}{found['between']}"


def _let(found: re.Match[str]) -> str:
    return f"{found['before']}let {'her' if found['who'].lower() == 'she' else 'him'} "


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
    if (wished := _ASKED_OF.sub(_let, message)) != message:
        message = wished.replace("?", "")
    message = _ON_THE_OTHER_SIDE.sub(_on_the_other_side, message)
    if wanted := _WANTED.match(message):
        message = f"{wanted['rest']} for {wanted['s']} seconds" if wanted["s"] else wanted["rest"]
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
    if _OF_A_CLIP.search(words):
        return True
    return not _PEOPLE.search(words) and (_TELLS.match(words) is not None or not _commands(words, verbs))


def _commands(title: str, verbs: Verbs) -> bool:
    """Whether a heading says itself what is to be done: "walk like this: ..."."""
    found = (verbs.verb(word) for word in re.findall(r"[a-z-]+", title.lower()))
    return any(verb is not None and verb.form in ("base", "third") for verb in found)
