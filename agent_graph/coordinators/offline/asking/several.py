"""Messages that ask several things, or ask one and want another: what is answered, or done, one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..sentences.requests import Describe, Doubt, Intent, ListMotions, Question, Social, Unclear
from ..sentences.wordlists import REASONS
from .first_words import is_question

_SENTENCE = re.compile(r"(?<=[?!;\n])\s*|(?<=\.)\s+(?!\d)|\n+")
_SUBJECT = (
    r"(?:i|it|he|she|they|we|you|this|that|there|these|those|any(?:one|body|thing)?|both|the|his|her|its"
    r"|their|my|an?)"
)
_ASKS = (
    r"(?:(?:by |for |from |to |at |in |on |with )?(?:how|what|which|who|where|when|why|what's"
    r"|where's|who's|how's)\b"
    rf"|(?:is|are|was|were|does|do|did|can|could|will|would|should|has|have|must)(?:n't)? {_SUBJECT}\b)"
)
_FURTHER = re.compile(
    rf"(?:\s*,|\s+-|\s+(?=and|but|or|also|plus|so|then))\s*(?:(?:and|but|or|also|plus|so|then"
    rf"|oh)\b,?\s+)*(?={_ASKS})",
    re.IGNORECASE,
)
#: What a question that follows is about, and no question of its own: "if I wanted it quicker, what ...".
_CONDITION = re.compile(
    r"(?:(?:and|so|but|ok|okay|hey|hmm|well),? )*(?:if|when|while|suppose|supposing|say|let's say"
    r"|in case|once|before"
    r"|after|because|since)\b",
    re.IGNORECASE,
)
#: The question of a sentence before, in a few words: "and by how much?", "which way?".
_ELLIPTIC = re.compile(
    r"(?:by |for |at |to |in |from |with )?(?:how (?:much|far|fast|long|high|low|deep|often"
    r"|many(?: times)?|quickly|hard)"
    r"|how|where|when|why|which (?:way|side|one|hand|leg|foot|arm|direction|part)|what (?:speed|height"
    r"|angle)|who)",
    re.IGNORECASE,
)
_INTERROGATIVE = re.compile(
    r"^(?:(?:and|so|but|ok|okay|hey|hmm|well|also),? )*(?:by |for )?(?:how (?:\w+)|where|when|why"
    r"|which \w+|what) ",
    re.IGNORECASE,
)
_POLITE = re.compile(r"(?:can|could|will|would) (?:i|you|we|he|she|they|the \w+)\b \w+", re.IGNORECASE)
_IF_SO = re.compile(
    r"^(?:and |but )?if (?:not|so|yes|no|possible|it (?:is|does|can|isn't|doesn't|can't)"
    r"|that's (?:not )?possible),? ",
    re.IGNORECASE,
)
#: Asks for nothing but agreement.
_TAG = re.compile(
    r"(?:and |,)*(?:(?:is|would|will) (?:that|this|it) (?:be )?(?:possible|ok(?:ay)?|fine|alright"
    r"|all right|doable|good)"
    r"|(?:can|could|would|will) you(?: (?:please )?(?:do|manage|make) (?:that|it|this))?|(?:ok|okay"
    r"|right|please|huh|yes)"
    r"|(?:is|would) (?:that|it) (?:be )?(?:too (?:hard|much|difficult)|asking too much)"
    r"|what do you think|how about (?:it|that)|how(?:'s| is) that|you know|is that clear|does that make sense"
    r"|(?:do you )?(?:understand|get it|see))[ ?!.]*",
    re.IGNORECASE,
)
#: Praise, blame, thanks and greetings: nothing is asked for by them.
_REMARK = re.compile(
    r"(?:(?:wow|nice|great|cool|perfect|awesome|amazing|lovely|brilliant|super|good|ok|okay|hmm+"
    r"|well|hi|hey|hello|yo"
    r"|yes|yeah|no|thanks|thank you|sorry|cheers|damn|ugh|meh|oh|ah|so|but|and|haha|lol|excellent"
    r"|fantastic|sweet|neat"
    r"|(?:good |well )(?:job|work|done|morning|evening)|(?:hi|hey|hello) (?:there|again|all))[,.! ]*)*"
    r"(?:(?:that|this|it|he|she|the \w+)(?:'s| is| was| looks?| seems?| feels?| turned out| came out)"
    r"(?: (?:not|really|very|so|too|way|much|far|quite|pretty|kind of|a bit|a little|absolutely|just"
    r"|like|totally|even"
    r"|rather|super))*"
    r" (?:an? )?\w+(?: \w+)?|i (?:really |kind of |do |don't |dont |absolutely )*(?:like|love|hate"
    r"|dislike|enjoy)\b.*"
    r"|love (?:it|this|that)|(?:much |way |a lot )?better|not bad|well done|(?:good|nice"
    r"|great) (?:job|work|one))?[,.! ]*",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(
    rf"(?:{'|'.join(REASONS)}|(?:i|we)(?:'m| am|'re| are|'ve| have| had| think| guess| know| wonder"
    rf"| just| only|'d| was| work| use| make| study| teach| run| own| build| animate| live)\b"
    r"|(?:can|could|will|would) you (?:please )?help(?: me| us)?\b|(?:my|our) \w+|(?:just )?(?:one"
    r"|two|another|a|some|quick|last) (?:\w+ )?questions?"
    r"|just (?:curious|wondering)"
    r"|(?:no|not) (?:changes?|hurry|rush)|(?:don't|do not|dont) (?:change|touch))\b.*",
    re.IGNORECASE | re.DOTALL,
)


def asked_one_by_one(message: str) -> list[str]:
    """The questions of a message, and the requests beside them, in order; [message] where it is one thing.

    Remarks beside a question, its reasons and what merely asks for agreement are left out.
    """
    pieces = [piece for sentence in _sentences(message) for piece in _pieces(sentence)]
    wished = bool(pieces) and _REMARK.fullmatch(pieces[0]) and _is_polite(pieces[-1])
    if not wished and not any(map(_asks, pieces)):
        return [message]
    said: list[str] = []
    for piece in (_IF_SO.sub("", piece) for piece in pieces):
        if _TAG.fullmatch(piece):
            continue
        if _asks(piece):
            said.append(_whole(piece, said))
        elif not _REMARK.fullmatch(piece) and not _BACKGROUND.fullmatch(piece):
            follows = bool(said) and not _asks(said[-1]) and not _is_polite(piece)
            said[-1:] = [f"{said[-1]} {piece}"] if follows else [*said[-1:], piece]
    return said or [message]


def _asks(piece: str) -> bool:
    return is_question(piece) or bool(_ELLIPTIC.fullmatch(piece.strip(" ?!.,")))


def _sentences(message: str) -> Iterator[str]:
    yield from (found.strip() for found in _SENTENCE.split(message) if re.search(r"\w", found))


def _pieces(sentence: str) -> Iterator[str]:
    """A sentence, cut before every further question in it."""
    start = 0
    for match in _FURTHER.finditer(sentence):
        left, right = sentence[start : match.start()].strip(" ,"), sentence[match.end() :]
        choice = re.search(r"\bor\b", match[0]) is not None and _is_polite(right)
        if left and not choice and not _CONDITION.match(left) and _parts(left, right):
            yield left
            start = match.end()
    yield sentence[start:]


def _parts(left: str, right: str) -> bool:
    """Whether a question begins after something else that is whole."""
    if _is_polite(right):
        return is_question(left) or bool(_REMARK.fullmatch(left))
    if not _asks(right) and not _TAG.fullmatch(right):
        return False
    return is_question(left) or bool(_REMARK.fullmatch(left)) or right.endswith("?") or _inverted(right)


def _is_polite(right: str) -> bool:
    """Whether a wish has the form of a question: "can you make it faster?"."""
    return _POLITE.match(right) is not None and not is_question(right)


def _inverted(right: str) -> bool:
    return (
        re.match(rf"\S+(?: \S+)? (?:is|are|was|does|do|did|will|would|can|could) {_SUBJECT}\b", right)
        is not None
    )


def _whole(piece: str, before: list[str]) -> str:
    """A question of few words with what it is about, from the question before."""
    asked = piece.strip(" ?!.,")
    if not before or not _ELLIPTIC.fullmatch(asked) or not is_question(before[-1]):
        return piece
    return f"{asked} {_INTERROGATIVE.sub('', before[-1]).strip(' ?!.,')}?"


def beside_others(requests: Sequence[Intent], piece: str) -> list[Intent]:
    """What a piece of a message asks for beside others: its words where they are not understood."""
    if any(
        isinstance(request, Unclear | Doubt) and not getattr(request, "beside", False) for request in requests
    ):
        return [Unclear(piece.strip(" ,.!;"), beside=True)]
    return [request for request in requests if not isinstance(request, Social)]


def is_wish(requests: Sequence[Intent]) -> bool:
    """Whether something is wanted, and no answer or small talk is all there is."""
    return bool(requests) and not any(
        isinstance(request, Unclear | Doubt | Question | Social | Describe | ListMotions)
        for request in requests
    )
