"""Everyday ways to say a change, in the words that the phrases of `change_table.py` are made of."""

from __future__ import annotations

import re
from collections.abc import Callable

from .....motion_models.english.quantities import NUMBERS, canonical, plain_numbers
from ..sentences.text import clean

_LIMBS = r"(?:arms|hands|legs|feet|fists|knees)"
_ONE_LIMB = r"(?:arm|hand|leg|foot|fist|knee|one)"
_NUMBER = r"\d+(?:\.\d+)?"

_SPELLED = "|".join(NUMBERS)
_ABOUT = r"(?:(?:for|about|only|exactly|around|roughly) )*"
#: What opens a correction: "oops, sorry".
_WIDER = r"(?:bigger|larger|wider|smaller|tighter|narrower)"
_LOOKS = (
    r"(?:sad|happy|angry|tired|exhausted|drunk|scared|nervous|proud|confident|excited|bored|old|sleepy|shy"
    r"|depressed|cheerful"
    r"|relaxed|sneaky|injured|hurt)"
)
_SLIP = r"(?:(?:oops|whoops|sorry|sry|no|nope|wait|ah|oh|hmm+|ehm|my (?:bad|mistake)|actually)[,.! ]+)*"
_TAKE_OUT = r"(?:scrap|ditch|drop|remove|delete|skip|lose|cut|forget|get rid of|take out)"
_TAKEN_OUT = r"(?:scrapped|ditched|removed|deleted|dropped|cut(?: out)?|gone)"
_SHOULD = r"(?:should|can|could|must|has to|needs to)"
#: What joins what is to come in place of a part to the order to leave that out.
_NEW = (
    r" (?:and|then|so)(?: then)? (?:instead )?(?:(?:have|let|make) (?:him|her|them)"
    r"|(?:he|she|they|the person)(?:'ll| will| should| can| could)?) (?:just |simply )?"
)

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
            rf"^(?:i think |maybe |perhaps )?(?P<old>the (?:\w+ ){{1,3}}?){_SHOULD} be {_TAKEN_OUT},?"
            rf"{_NEW}(?P<new>.+?)(?: instead)?$",
            r"instead change \g<old>to \g<new>",
        ),
        (
            rf"^(?:i think |maybe |perhaps )?(the (?:\w+ ){{1,3}}?){_SHOULD} be {_TAKEN_OUT}\b",
            r"delete \1",
        ),
        (
            r"^(?:please )?(?:do )?(the [\w-]+)(?: part)? first,? (?:and )?then (?:do )?(the [\w-]+)"
            r"(?: part)?$",
            r"move \1 before \2",
        ),
        (
            r"^(?:and |do )*(?:the )?(same (?:with|on|to) (?:the|his|her) \w+(?: \w+)?),?"
            r" (?:after (?:that|this)|next|afterwards)$",
            r"then the \1",
        ),
        (
            rf"^{_SLIP}i (?:meant|mean|said|wanted|want) (?!\d|(?:{_SPELLED})\b|{_LIMBS}|(?:the|his|her"
            rf"|both) {_LIMBS})"
            r"(?:him to |her to |them to |to )?(?P<new>.+?),? (?:and )?"
            rf"(?:not|instead of|rather than) (?:to |a |an |the )?(?P<old>.+)$",
            r"instead change \g<old> to \g<new>",
        ),
        (
            rf"^{_SLIP}not (?:to |a |an |the )?(?P<old>[\w ]+?),? (?:but )?i (?:meant|mean|said|wanted|want)"
            r" (?:him to |her to |them to |to )?(?P<new>.+)$",
            r"instead change \g<old> to \g<new>",
        ),
        (
            rf"^(?:(?:i think|maybe|perhaps|ok|okay|now|please|can you|could you)[, ]+)*{_TAKE_OUT}"
            r" (?P<old>the (?:\w+ ){0,2}?\w+),? (?:and|then|so) (?P<new>\w+(?: \w+){0,3}?) (?:there|in its"
            r" place)"
            r"(?: instead)?$",
            r"instead change \g<old> to \g<new>",
        ),
        (
            rf"^(?:(?:i think|maybe|perhaps|ok|okay|now|please|can you|could you)[, ]+)*{_TAKE_OUT}"
            rf" (?P<old>the (?:\w+ ){{0,2}}?\w+),?{_NEW}(?P<new>.+?)(?: instead)?$",
            r"instead change \g<old> to \g<new>",
        ),
        (
            r"^.*?\b(the [\w-]+(?: part)?) should(?: not|n't|nt| n't) (?:be|have been) (?:there|in (?:it"
            r"|there)|here)$",
            r"delete \1",
        ),
        (
            rf"\b(it|that|this|them|should|must|to|can) last (?={_ABOUT}(?:{_NUMBER}|{_SPELLED})\b)",
            r"\1 for ",
        ),
        (
            r"\bthe (?:resting|rest|waiting|wait|idle|idling|pausing|pause)(?: part| bit| time)\b",
            "the standing still",
        ),
        (r"\bmake (?:it|that|this) (?=[\w-]+ of (?:them|those|these)\b)", ""),
        (r"\bone (?=of (?:them|those|these|the)\b)", "1 "),
        (
            r"^(?:(?:hmm+|no|nah|ugh)[, ]+)*i (?:don't|do not|dont) (?:really )?like (?:this|that|the) [\w-]+"
            r"(?:[,.;]| so| and)* (?:please )?(?:give me|show me|make|try|do) (?:me )?"
            r"(?:a different|another|a new)(?: one| version)?$",
            "redo it differently",
        ),
        (
            r"^same (?!with\b|on\b|to\b|for\b)([a-z]+),? (?:but |only |just )?(?:this time |now"
            r" )?(?=(?:with |on )?(?:the |a"
            r" )?(?:left|right|other))",
            r"the \1 ",
        ),
        (
            r"\b(?:(?:he|she|they)(?:'s|s|'re| is| are)? )?(?:an? )?(?:left(?:y|ie)|south ?paw)\b",
            "left handed",
        ),
        (r"\b(?:(?:he|she|they)(?:'s|s|'re| is| are)? )?(?:an? )?right(?:y|ie)\b", "right handed"),
        (
            rf"^{_SLIP}i(?:'d| would) (?:rather|prefer(?: it)?(?: if)?) (?:have )?(?:he|she|they|him|her"
            r"|them) (?:to )?"
            r"(?:went|go|goes|walked|ran)\b",
            "he should go",
        ),
        (r"\bshould be go(?:ing)?\b", "should go"),
        (
            r"^(?:(?:he|she|they|it) (?:should|must|has to|needs to|could|can) |(?:make|let|have) (?:him"
            r"|her|them|it) )looks?"
            rf" (?:more |very |really )?({_LOOKS}),? (?:while|when|during|as) (?:(?:he|she|they)(?:'s| is|"
            r" are)? |the )?(\w+)$",
            r"make the \2 \1",
        ),
        (
            r"^(?:(?:he|she|they|it) (?:should|must|has to|needs to|could|can) |(?:make|let|have) (?:him"
            r"|her|them|it) )looks?"
            rf" (?:more |very |really )?({_LOOKS})$",
            r"make it \1",
        ),
        (r"^(?:the )?whole (?:thing|motion|clip)\b", "it"),
        (r"^one (?=\w+ is (?:enough|plenty)\b)", "only 1 "),
        (rf"\b(?:in )?(?:an? |the |his |her )?({_WIDER}) circle\b", r"\1 round-path"),
        (rf"\b(?:make )?(?:the |his |her )?circle (?:much |a bit |a little )?({_WIDER})\b", r"\1 round-path"),
        (
            r"^hold the (?:last|final|end) (?:pose|position) (?:for )?(?=\S+ (?:more |further )?sec)",
            "hold it there for ",
        ),
        (r"^(.*\btoo (?:fast|quick)\b.*), tone (?:it|that) down by\b", "slow it down by"),
        (r",? (?:at |in )?(?:the |its )?same (?:pace|speed)$", ""),
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
