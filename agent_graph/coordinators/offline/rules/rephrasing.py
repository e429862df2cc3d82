"""Everyday ways to say a change, in the words that the phrases of `change_table.py` are made of."""

from __future__ import annotations

import re
from collections.abc import Callable

from .....motion_models.english.quantities import NUMBERS, canonical, plain_numbers
from ..sentences.text import clean

_LIMBS = r"(?:arms|hands|legs|feet|fists|knees)"
_ONE_LIMB = r"(?:arm|hand|leg|foot|fist|knee|one)"
_NUMBER = r"\d+(?:\.\d+)?"

_Plain = str | Callable[[re.Match[str]], str]

#: What something that is not enough is to be.
_MORE = {
    "high": "higher", "big": "bigger", "deep": "deeper", "wide": "wider", "hard": "harder",
    "strong": "stronger", "far": "further", "fast": "faster", "quick": "faster", "slow": "slower",
    "long": "longer", "low": "lower",
}  # fmt: skip


def _fraction(found: re.Match[str]) -> str:
    return f"{float(found[1]) / 100:g} times "


_PLAINLY: tuple[tuple[re.Pattern[str], _Plain], ...] = tuple(
    (re.compile(said), plain)
    for said, plain in (
        (
            r"^(?:(?:do|make|keep|have) (?:it )?)?(?:exactly |just )?(?:the )?same"
            r"(?: (?:thing|motion|one|move|again|clip|animation))*,? (?:but|only|just|except)(?: that|"
            r" now)? ",
            "",
        ),
        (
            r"^(?:i think |maybe |perhaps )?(the (?:\w+ ){1,3}?)(?:should|can|could|must|has to|needs to) be"
            r" (?:scrapped|removed|deleted|dropped|cut(?: out)?|gone)\b",
            r"delete \1",
        ),
        (
            r"^(?:please )?(?:do )?(the [\w-]+)(?: part)? first,? (?:and )?then (?:do )?(the [\w-]+)"
            r"(?: part)?$",
            r"move \1 before \2",
        ),
        (r"\b(same (?:with|on|to) (?:the|his|her) \w+(?: \w+)?),? (?:after that|next)$", r"\1 too"),
        (
            r"^(?:(?:hmm+|no|nah|ugh)[, ]+)*i (?:don't|do not|dont) (?:really )?like (?:this|that|the) [\w-]+"
            r"(?:[,.;]| so| and)* (?:please )?(?:give me|show me|make|try|do) (?:me )?"
            r"(?:a different|another|a new)(?: one| version)?$",
            "redo it differently",
        ),
        (r"\b(?:an? )?(?:left(?:y|ie)|south ?paw)\b", "left handed"),
        (r"\b(?:an? )?right(?:y|ie)\b", "right handed"),
        (
            rf"^(?:i (?:said|meant|wanted) )?(?:(?:the|his|her|their) )?({_LIMBS})"
            rf"(?:[,.!:]* ?(?:plural|not (?:(?:just |only )?(?:one|an?|the) )?{_ONE_LIMB}"
            r"|both(?: of (?:them|em))?))+",
            r"both \1",
        ),
        (rf"\btwo (?={_LIMBS}\b)", "both "),
        (rf"\bx ?({_NUMBER})\b", r"\1 times"),
        (rf"\b({_NUMBER}) ?x\b", r"\1 times"),
        (
            rf"\b({_NUMBER}) ?(?:%|percent) (?=(?:of )?(?:(?:the|its|his|her) )?(?:\w+ )?(?:speed|pace"
            rf"|tempo)\b)",
            _fraction,
        ),
        (
            r"\b(?:it|that|this|which) (?:was|were) (?:supposed|meant) to(?: be)?\b|\bshould(?:'ve|"
            r" have) been\b",
            "should be",
        ),
        (
            r"\b(?:go |to )?(?:(?:somewhere|something)(?: half(?: |-)?way)? (?:in the middle|in"
            r" ?between|between)"
            r"|half(?: |-)?way between|midway(?: between)?|the middle (?:of|between)|meet (?:me )?in"
            r" the middle"
            r"|split the difference)(?: (?:of )?(?:the|these|those) (?:two|2|both)(?: of them)?"
            r"| (?:this|that|it) and (?:the )?(?:last|previous|first|old|other)(?: one)?)?"
            r"(?: (?:speeds|ones|versions|one|version|speed))?(?= *(?:$|[,.;!]))",
            "halfway",
        ),
        (r"(?<=left|ight)-(?=handed\b)", " "),
        (r"(?<=\w)'s (?=(?:way |much |far )?too )", " is "),
        (
            rf"\b(?:is ?n[o']t|was ?n[o']t|not) (?:really |quite )?({'|'.join(_MORE)}) enough\b",
            lambda found: _MORE[found[1]],
        ),
    )
)


def rephrased(message: str) -> str:
    """A message in small letters and plain words, its quantities in canonical form and in figures.

    'six steps' -> '6 steps'; "one" of "the first one" stays.
    """
    text = clean(message).lower()
    for said, plain in _PLAINLY:
        text = said.sub(plain, text)
    text = canonical(plain_numbers(text))
    spelled = "|".join(word for word in NUMBERS if word not in ("a", "an", "one", "half"))
    text = re.sub(rf"\b(?:{spelled})\b", lambda word: f"{NUMBERS[word[0]]:g}", text)
    text = re.sub(r"\bone(?= (?:more|less|fewer|time)\b)", "1", text)
    text = re.sub(r"(\d) (?:more|extra|additional|further) (seconds)\b", r"\1 \2 more", text)
    return re.sub(r"(\d)(m|metres?|meters?)\b", r"\1 \2", text)
