"""The text of a request: what is asked for without the frame around it, who does it, slips and gaps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from ..errors import InvalidRequestError
from .clauses import SUBJECT, clause, finite_verbs
from .inflections import gerund, past_forms, third_person, verb_bases

MAX_CHARACTERS = 1000

ANY_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
#: What is kept of a request: words, numbers ("90", "1.5", "180-degree"), commas.
TOKEN = re.compile(rf"\d+(?:\.\d+)?(?:-[a-z]+)*|{ANY_WORD.pattern}|,")
_PICTURE = r"(?:a|an|the) (?:\w+ )?(?:motion|animation|clip|video|movement|scene|sequence)"
#: "please could you generate an animation of", and the like.
_REQUEST_FRAME = re.compile(
    r"^(?:(?:please|kindly|hey|ok|okay|so|now)[, ]+)*"
    r"(?:(?:can|could|would|will) you (?:please )?|i(?: want| need|'d like| would like)(?: you| to see)? )?"
    r"(?:(?:generate|create|animate|render|produce|simulate|show|give)(?: me| us)? "
    rf"|make (?:me )?(?={_PICTURE}))?"
    rf"(?:{_PICTURE}(?: of| where| in which| that shows| showing)? )?"
)
#: Words that must not be left hanging before a gap.
_DANGLING = frozenset(
    ["a", "an", "the", "his", "her", "their", "my", "to", "of", "with", "in", "on", "at", "like", "as",
     "into", "onto", "over", "from", "for", "and", "or", "by", "under", "very", "along", ","]
)  # fmt: skip


@cache
def _present_by_past() -> dict[str, str]:
    return {said: form for form, verb in finite_verbs().items() for said in past_forms(verb)}


def present(word: str, seen: frozenset[str]) -> str:
    """A past form the model never saw, in the present tense; other words as they are."""
    return word if word in seen else _present_by_past().get(word, word)


def quoted(words: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


#: Wordings that are spelled like another action, by how they are read.
_READ_AS = (
    (re.compile(r"\bsit[- ]ups\b|\bsit-up\b|(?<=\ba )sit up\b|(?<=\bone )sit up\b"), "situps"),
    (re.compile(r"\bstand(?:s|ing)? on (?:(?:his|her|their|the|both|two) )?hands\b"), "does a handstand"),
    (re.compile(r"\bstand(?:s|ing)? on (?:(?:his|her|their|the|your) )?head\b"), "does a headstand"),
    (re.compile(r"\bg[eo]t(?:s|ting)? (?:hit|shot|punched|kicked|slapped|struck|stabbed)\b"), "recoils"),
)


def normalised(description: str) -> str:
    """Lower case, without the frame of a request ("please make an animation of")."""
    if not description.strip():
        raise InvalidRequestError("the description is empty: say what the person does")
    if len(description) > MAX_CHARACTERS:
        raise InvalidRequestError(
            f"the description has {len(description)} characters, at most {MAX_CHARACTERS} are read"
        )
    text = " ".join(description.lower().replace("’", "'").split())
    stripped = _REQUEST_FRAME.sub("", text, count=1)
    return stripped if ANY_WORD.search(stripped) else text


def plainly_worded(text: str) -> str:
    """A normalised text with wordings that are spelled like another action put in words of their own."""
    for worded, plainly in _READ_AS:
        text = worded.sub(plainly, text)
    return text


def named_in(description: str) -> frozenset[str]:
    """Words written with a capital inside a sentence: names, in lower case."""
    return frozenset(word.lower() for word in re.findall(r"(?<=[a-z,] )[A-Z][a-z]+", description))


def is_subject(tokens: Sequence[str], i: int, names: frozenset[str]) -> bool:
    """Whether a word stands where the one who does it stands: a name, or a noun right before a verb."""
    following = tokens[i + 1] if i + 1 < len(tokens) else ""
    starts = i == 0 or tokens[i - 1] in ("and", "then") or (i == 1 and after_article(tokens, i))
    if i == 0 and (tokens[i] in names or following == "and"):
        return not tokens[i].endswith("ing")
    return starts and (following in finite_verbs() or following == "is")


def after_article(words: Sequence[str], i: int) -> bool:
    return i > 0 and words[i - 1] in ("a", "an", "the", "this", "my")


def person(tokens: Sequence[str], i: int) -> list[str]:
    """What a name or an unknown noun in the place of the subject is shown as."""
    return ["person"] if after_article(tokens, i) else ["a", "person"]


def head_verb(text: str) -> str:
    """The verb of "a person slowly catches a ball"; "" where none follows the subject."""
    match = SUBJECT.match(text)
    words = text[match.end() :].split() if match else []
    head = next((word for word in words if not word.endswith("ly")), "")
    return head if verb_bases(head) else ""


def inflected_like(phrase: str, word: str) -> str:
    """Give a base-form phrase the ending of a word: "walk backward" for "moonwalks" -> "walks backward"."""
    verb, _, rest = phrase.partition(" ")
    if verb not in finite_verbs().values():
        return phrase
    form = gerund(verb) if word.endswith("ing") else third_person(verb) if word.endswith("s") else verb
    return f"{form} {rest}".strip()


def is_slip(wrong: str, right: str) -> bool:
    """Whether two words differ by one swap of neighbours or by one letter more or less."""
    if len(wrong) == len(right):
        differing = [i for i in range(len(wrong)) if wrong[i] != right[i]]
        return len(differing) == 2 and differing[1] == differing[0] + 1 and sorted(wrong) == sorted(right)
    longer, shorter = sorted((wrong, right), key=len, reverse=True)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))


def join(words: Sequence[str]) -> str:
    """Words to text; a gap ("") takes the small words right before it along."""
    kept: list[str] = []
    for word in words:
        if word:
            kept.append(word)
        else:
            left_out = ""
            while kept and kept[-1] in _DANGLING:
                left_out = kept.pop()
            if left_out == "to" and kept[-1:] == ["up"]:  # of "walks up to the door" no climbing is left
                kept.pop()
    while kept and kept[-1] in _DANGLING and kept[-1] not in ("over", "in", "on", "along"):
        kept.pop()
    while kept and kept[0] in ("and", "or", "then", ","):
        kept.pop(0)
    text = " ".join(kept).replace(" ,", ",")
    return re.sub(r"\ban (?=[^aeiou])", "a ", text)


def stands(text: str) -> bool:
    """Whether a text, after words were left out, is still a sentence, an order or a gerund."""
    first = text.split(" ", maxsplit=1)[0]
    verbs = finite_verbs()
    return clause(text) is not None or first in verbs or first in verbs.values() or first.endswith("ing")
