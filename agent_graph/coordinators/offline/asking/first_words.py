"""Which messages are questions, and what they ask for by their first words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..sentences.requests import About, Question
from ..sentences.wordlists import CROWDS, PEOPLE, PRONOUNS
from .telling import is_of_measure, measurable

_OPENERS = (
    r"(?:(?:and|so|but|ok|okay|hey|hmm|well|um|wait|sorry|(?:hi|hello|hey)(?: there)?|please|now|just|only"
    r"|(?:don't|do not|dont) (?:change|touch|do) (?:anything|it)|no changes)[, !.]+)*"
    r"(?:(?:i )?(?:forgot|have forgotten|(?:can't|cannot|don't|do not|dont|cant) (?:remember|recall)|wonder)"
    r" (?=what|how|which|who|where|when|why)|remind me (?:of )?(?=what|how|which|who))?"
)
_OF_PART = (
    r"(?: (?:is|was|does|will|are|do|has|of))*(?P<part>(?: (?!in total|altogether|overall|all in all|in all"
    r"|in (?:secs?|seconds|minutes|frames)|now|last\b|take\b|run\b|be\b|long\b)[\w-]+)*)"
)
_ASKING = re.compile(
    rf"^{_OPENERS}(?:which|what|what's|whats|how|why|who|who's|whose|when|where|where's|is|are|was"
    rf"|were|does|did|isn't"
    r"|aren't|doesn't|didn't|wasn't|has|have you|have i|had|do (?:they|you|i|we)|am i"
    rf"|(?:would|should|do|did) (?:(?:real|most|normal|many) )?(?:{'|'.join(sorted(CROWDS))}|anyone|anybody)"
    r"|tell me (?:what"
    r"|which|how|why|when|where|if|whether)"
    r"|do (?:his|her|their|the) (?:feet|hands|arms|legs|knees|people|parts|fingers)|with which|in which|at"
    r" what|at which|from which|for how long|can it|can i (?:undo|redo|go back) (?:more|several|two|three)"
    r"|read (?:it|them|me|back|out)|(?:can|could) you tell me|must i|(?:can|may) i (?:use|sell)"
    r"|(?:if|suppose|supposing|say|would it be possible)\b.*\b(?:(?:would|will|do|did|must|should|can) i"
    r" (?:have|need|start|lose|say|ask)|(?:what|how) (?:would|do|should|could) i))\b",
    re.IGNORECASE,
)
#: Orders to measure: "tell me his top speed", "count the steps".
_MEASURING = re.compile(
    rf"^{_OPENERS}(?:can you |could you )?(?:tell me|give me|measure|count)"
    r" (?:the|his|her|its|their|all)\b",
    re.IGNORECASE,
)
#: Questions in form that ask for a motion: "how about a wave?", "what if he jumps?", "why not let him sit?"
_WISHES = re.compile(
    rf"^{_OPENERS}(?:how about|what about|what if|why not|why don't (?:you|we)|what would|how would"
    r"|(?:can|could|would|will) (?:you|u|we|i) (?:please |maybe |also |just )*(?:show|make|do|have|let|create"
    r"|generate|animate|give|add|put|change|turn|remove|replace|get|see|swap|move)"
    r"\b(?! (?:me |us )?(?:how|what|which|when|where|if)\b)"
    r"|is it possible to (?:see|have|make|get)|is there a way to (?:make|have))\b",
    re.IGNORECASE,
)
#: What is asked, and of which part, by its first words; the exact before the vague. What is measured stands
#: in `asking/wordings.py`, and comes between these and `_BY_WORDS`.
_ABOUT: tuple[tuple[About, str], ...] = (
    (
        "limits",
        r"how long (?:can|could|may) (?:an?|the|one|it|this|that|my|motions?|clips?|animations?|sequences?)\b"
        r"|(?:is|are) there (?:an? |any )?(?:[a-z]+ )?limits?\b"
        r"|what(?:'?s| is| are) the (?:longest|max(?:imum)?|limits?)\b"
        r"(?!.*\b(?:part|speed|height|pace|angle)\b)(?=.*\b(?:motion|clip|animation|length|duration|long|limits?)\b)",
    ),
    (
        "name",
        r"(?:what|what'?s|which|how) (?!(?:do|can|should|to)\b).*"
        r"\b(?:names?|named|call(?:ed)?)\b(?! (?:the|an?|my)\b)",
    ),
    (
        "able",
        r"(?:(?:do|does) (?:you|it) (?:know(?: how to)?|support|have)|(?:are you|is it) able to)"
        r" (?P<part>.+)",
    ),
    (
        "length",
        r"what (?:does|did|do|will) \w+ do (?P<part>(?:very )?first|last)$",
    ),
    (
        "length",
        r"(?:how (?:long|many seconds)(?! (?:in|into|before|until|till)\b)|what(?:'s| is) the length)\b"
        rf"{_OF_PART}",
    ),
    (
        "rates",
        r".*\b(?:frames? (?:per|a) second|fps|frame rate|joint count|how many (?:joints|bones))",
    ),
    (
        "body",
        r".*\b(?:fingers?|(?:a|the|his|her|any) face|eyes|mouth|toes move|(?:smil|grin|frown|blink)\w*)\b",
    ),
    (
        "people",
        r"can it do (?:two|several|more|many|2) people|how many people can"
        r"|(?:does|do|can|could|will|is) (?:it|you|this|i|we) (?:\w+ ){0,4}"
        rf"(?:more than one|(?:only|just) (?:\w+ )?one|several|multiple) (?:{'|'.join(sorted(PEOPLE))})\b",
    ),
    ("undoing", r"can i (?:undo|redo|go back)"),
    (
        "price",
        r"(?:is|are) (?:it|this|that|you|they|motion-agent|the (?:program|tool|app|software|agent|motions?))"
        r"(?: \w+){0,2} (?:free|gratis|paid|for free|free to use)\b"
        r"|.*\b(?:costs?|price[sd]?|pricing|licen[cs](?:e[sd]?|ing)|royalt(?:y|ies)|royalty-free"
        r"|copyright(?:s|ed)?|subscriptions?|commercial(?:ly)?|open[- ]source)\b"
        r"|(?:do|must|can|may) i (?:have to |need to )?(?:pay|sell)\b"
        r"|how much (?:is (?:it|this|that)$|money\b|.*\bpay\b)",
    ),
    (
        "change",
        r"(?:what|which)\b(?: \w+){0,2} (?:have|has|did|was|were|is) (?:you |it |i |we )?"
        r"(?:just |exactly |actually )*(?:changed?|edit(?:ed)?|different|altered|modif(?:y|ied)|new)\b"
        r"|what(?:'s| has| is)? (?:just |exactly )*(?:changed|different)\b"
        r"|(?:tell|show) me what (?:you|has|have|was|is)? ?(?:just )?(?:changed?|did)\b",
    ),
    (
        "parts",
        r"read\b|how many (?:different )?(?:parts|segments|actions|things|moves)\b"
        r"|what(?: are|'s) the (?:steps|parts|order)",
    ),
    ("why", r"why\b|how come\b"),
)
_BY_WORDS: tuple[tuple[About, str], ...] = (
    ("count", r"how (?:many|often)(?: times)?\b(?! (?:metres|meters|degrees|people))(?P<part>.*)"),
    ("next", r"what(?:'?s| is| comes| happens| does \w+ do) (?P<side>between)(?P<part> .+ and .+)"),
    (
        "next",
        r"what (?:comes|happens|is|follows|does \w+ do)(?: right| next)* (?P<side>after|before)"
        r"(?P<part> (?!(?:it|that|this|the )?(?:second|\d)).+)",
    ),
    ("measure", r"how (?:far|fast|high|deep|low|quick|many (?:metres|meters|degrees))\b"),
    ("who", r"who\b"),
    ("files", r"where\b.*\b(?:file|files|save|saved|export|path|it|that)\b"),
    ("formats", r"(?:which|what) (?:file )?(?:formats?|files?)\b"),
    ("truth", r"(?:is|are|was|were|does|did|do|isn't|doesn't|didn't)\b"),
)
#: Questions whose first words tell all: no reader knows them better.
EXACT = frozenset((*(about for about, _ in _ABOUT if about != "why"), "count", "next", "measure"))


def is_question(text: str) -> bool:
    """Whether a message asks for an answer, not for a motion or a change."""
    text = text.strip()
    if _WISHES.match(text):
        return False
    wants = _MEASURING.match(text) is not None or text.endswith("?")
    return _ASKING.match(text) is not None or (wants and measurable(text))


def asked(text: str) -> Question | None:
    """What a question is about by its words, and the part it names; None where they do not tell."""
    return _matched(_ABOUT, text) or _of_measure(text) or _matched(_BY_WORDS, text)


def by_words(text: str) -> Question | None:
    """What a question is about by its first words, where nothing is measured for it."""
    return _matched(_BY_WORDS, text)


def _of_measure(text: str) -> Question | None:
    text = _WHERE_IN_TIME.sub("when", text)
    return Question("measure", text.strip()) if is_of_measure(text) else None


def _matched(kinds: Sequence[tuple[About, str]], text: str) -> Question | None:
    words = re.sub(rf"^{_OPENERS}", "", text.strip().lower()).strip(" ?!.")
    for about, pattern in kinds:
        if match := re.match(pattern, words):
            said = match.groupdict()
            part = _DOER.sub("", (said.get("part") or "").strip()) if about in EXACT else words
            return Question(about, "" if _WHOLE.fullmatch(part) else part, said.get("side") or "")
    return None


_PEOPLE = "|".join(sorted(PEOPLE | PRONOUNS))
_DOER = re.compile(rf"^(?:the )?(?:{_PEOPLE}) (?=\w)")
#: Where something that is done starts is asked of its time.
_WHERE_IN_TIME = re.compile(
    rf"^where(?= (?:does|do|did) (?:the|his|her|that) (?!(?:{_PEOPLE})\b)(?:[\w-]+ ){{1,3}}"
    r"(?:start|begin|end|stop|finish))",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"(?:it|(?:this|that|the)(?: whole)?)? ?(?:thing|motion|clip|animation|one)?")
