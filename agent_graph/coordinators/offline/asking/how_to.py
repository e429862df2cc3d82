"""Questions of how something is asked for: what is wanted, as sentences that may ask for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..sentences.grammar import Verbs
from .first_words import asked, bare, is_question
from .program import of_the_program

_WHO = r"(?:i|we|you|one)"
_WANT = (
    rf"{_WHO}(?:'d| would| ever| should| do)? (?:wanted|want|wish(?:ed)? for|like|liked|needed|need"
    rf"|prefer(?:red)?)"
    r"(?: to (?:have|see|get|make)(?= (?:it|him|her|them|the|this|that|an?)\b)|(?<=ed) for|(?<=need) for)?"
)
_IF = r"(?:if|when|suppose|supposing|(?:let's )?say|in case|for when)"
#: Where the question after a condition begins.
_THEN = (
    r",? (?:then |and |so )?(?=(?:what|how|which|where)\b|(?:do|does|would|will|could|can|should|must|is|are)"
    r" (?:i|we|you|it|that|this|there|he|she|they|one)\b)"
)
_SAY = (
    r"(?:say|type|write|enter|input|put(?: in)?|ask(?: you| it)?|tell (?:you|it|the (?:program|thing|agent))"
    r"|phrase|word|request|prompt|use)"
)
_HAVE_TO = r"(?:have to |need to |got to |gotta |best |even |actually )*"
_ANEW = (
    r"(?:start(?:ing)? (?:all )?(?:over|again|afresh|anew|fresh|from (?:scratch|zero|the beginning))"
    r"|begin again"
    r"|redo (?:it|everything|the whole thing|this)|do (?:it|everything) (?:all )?(?:over|again)"
    r"|make (?:a (?:whole |completely )?new|another) (?:one|motion|clip|animation))"
)
_QUESTION = r"(?:what|how|which|where|would|will|do|does|must|should|could|can|is|are)\b"
#: What is hoped or feared of a change: "would it be a problem to ...".
_HARD = (
    r"(?:also |even |still |very |too |really )*(?:be |also )*(?:a (?:big )?(?:problem|hassle"
    r"|lot of work)|hard|difficult"
    r"|easy|complicated|much work|too (?:much|late|hard)|tricky)"
)
#: Questions in which words something is asked for.
_WORDED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_IF} {_WANT} (?P<wish>.+?){_THEN}.+",
        rf"{_QUESTION}.*?,? {_IF} {_WANT} (?P<wish>.+)",
        rf"(?:do|does|would|will|must|should) {_WHO} {_HAVE_TO}{_ANEW}.*? (?:to (?:get|have)|for"
        rf"|to) (?P<wish>.+)",
        rf"(?:how )?(?:is|would) (?:it|there) (?:be |also |still )*(?:possible|an? (?:easy )?way"
        rf"|any way|allowed)"
        rf" (?:to|if {_WHO}) (?P<wish>(?!see\b|have\b|make\b|get\b).+)",
        rf"(?:would|will|is) it {_HARD} (?:for you )?(?:to|if {_WHO}) (?P<wish>.+)",
        rf"(?:what|which (?:words?|command|sentence)|how) (?:do|would|should|must|can|could|might|to)"
        rf"(?: {_WHO})? {_HAVE_TO}{_SAY}(?: (?:you|it|this|that|here|exactly|something like|in))*"
        r" (?:in order to|so that|so|to (?:get|have)(?! rid)|to|for|if i want(?:ed)?|about) (?P<wish>.+)",
        r"what(?:'s| is| are| would be) the (?:\w+ )?(?:commands?|words?|phrase|sentence|prompt"
        r"|wording) (?:for|to)"
        r" (?:(?:get(?! rid)|have) )?(?P<wish>.+)",
        rf"(?:how|what) (?:do|can|could|would|should|might|to)(?: {_WHO})? {_HAVE_TO}{_SAY} (?:you |it )?"
        r"(?P<wish>(?!do\b|can\b|is\b).+)",
        rf"how (?:do|can|could|would|should|might) {_WHO} {_HAVE_TO}(?:go about |get to )?(?P<wish>.+)",
        r"how to (?P<wish>.+)",
    )
)
#: Questions whether somebody can do something beside what is done.
_AT_ONCE = re.compile(
    r"(?:can|could|would) (?:he|she|they|the (?:person|man|woman|figure|guy|character)) (?:also |please "
    r"|maybe |perhaps"
    r" |just )*(?P<wish>(?!be\b|have been\b)\w+\b.*(?:(?<!a )\bwhile|\bat the same time|\bmeanwhile)\b.*)"
)
#: Questions of what comes of a change.
_OF_OUTCOMES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_IF} {_WHO} (?P<wish>\w+ .+?){_THEN}.+",
        rf"if (?P<wish>(?:he|she|it|they|the \w+) .+?){_THEN}.+",
        rf"what (?:would|will|does|do)?(?: it| that)? ?(?:happens?|look like|be like|change)s? (?:if"
        rf"|when) {_WHO}"
        r" (?P<wish>.+)",
        r"what if (?:i|we) (?P<wish>.+)",
        r"(?:would|will|does) (?:it|that|this|he|she|they|the \w+)\b.* if (?:i |we )?(?P<wish>.+)",
        r"(?:what|how) (?:would|will) (?:it|that|this|he|she|they|happen)\b.* if (?:i |we )?(?P<wish>.+)",
    )
)
_STARTS_OVER = re.compile(rf"\b{_ANEW}\b")
_CLOSING = re.compile(r"(?:,? (?:please|then|instead|exactly|here|again|now|though|in words))+$")
_THEM = (
    r"(?:it|him|her|them|he|she|they|this|that|the (?:\w+ ){0,2}?(?:person|man|woman|figure|part|one|motion))"
)


class HowTo(NamedTuple):
    """wish: what is wanted, in the user's words.

    asked: "anew" where the question is if all must be made again, "outcome" where it is what would come of
    it, "" where it is for the words.
    """

    wish: str
    asked: str


def how_to(question: str) -> HowTo | None:
    """What a question wants to know the words for; None for any other message."""
    asks = is_question(question)
    question = bare(question)
    about = asked(question)
    if of_the_program(question) or (about and about.about == "undoing"):
        return None
    for pattern in (*_WORDED, *_OF_OUTCOMES):
        if found := pattern.fullmatch(question):
            wish = _CLOSING.sub("", found["wish"].strip(" ,"))
            how = "anew" if _STARTS_OVER.search(question) else "outcome" if pattern in _OF_OUTCOMES else ""
            return HowTo(wish, how)
    found = _AT_ONCE.fullmatch(question) if asks else None
    return HowTo(_CLOSING.sub("", found["wish"].strip(" ,")), "") if found else None


def sentences_for(wish: str, verbs: Verbs) -> Iterator[str]:
    """Sentences that may ask for a wish, the likeliest first: "it to last" -> "make it last"."""
    wish = _present(
        re.sub(r"^(?:(?:to|have|let's) (?=\w)|get (?=(?:it|him|her|them|the)\b))", "", wish), verbs
    )
    if found := re.fullmatch(
        rf"(?P<whom>{_THEM}|(?:\w+ ){{0,2}}?\w+(?= to \w)) (?:to (?:be )?)?(?P<what>.+)", wish
    ):
        whom = {"he": "him", "she": "her", "they": "them"}.get(found["whom"], found["whom"])
        yield f"make {whom} {_present(re.sub(r'^(?:is|are|was|were|be) ', '', found['what']), verbs)}"
    if found := re.fullmatch(
        r"(?:an?|the|some|something) (?P<how>\w+er|(?:more|less) \w+)(?: (?:one|version|motion|clip"
        r"|animation))?",
        wish,
    ):
        yield f"make it {found['how']}"
    yield wish
    yield re.sub(r"^(?:make|show) ", "", wish)
    if re.match(r"(?:an?|some|another|one|two|three|more) ", wish):
        yield f"add {wish}"
    elif not (verb := verbs.verb(wish.partition(" ")[0])) or verb.form != "base":
        yield f"make it {wish}"


def _present(words: str, verbs: Verbs) -> str:
    """Words that begin with a verb in the past as they are said to somebody: "made it" -> "make it"."""
    first, _, rest = words.partition(" ")
    said = {"made": "make", "had": "let"}.get(first)
    verb = verbs.verb(first)
    if said is None and verb and verb.form == "past":
        said = verb.base
    return f"{said} {rest}".strip() if said else words
