"""First steps of reading: clean a message, cut it into sentences, drop the politeness around a request."""

from __future__ import annotations

import re
import unicodedata

from .....motion_models.english.quantities import canonical

_QUOTES = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "–": "-",
        "−": "-",
        "—": ", ",
        "…": ".",
        "→": "\n",
        "⇒": "\n",
        "➡": "\n",
        "°": " degrees",
        "º": " degrees",
        "×": "x",
    }
)
_SENTENCE_END = re.compile(r"(?:[.!?]+(?=\s|$|\"))|;|\n|\s*(?:->|=>|→|⇒|➡)\s*")
_LIST_MARK = re.compile(r"(?:^|(?<=[\s,;]))(?:step )?\(?\d{1,2}[.):]\s+")
_BULLET = re.compile(r"^\s*[-*•·]\s+", re.MULTILINE)

_MOTION_WORD = (
    r"(?:motion|animation|sequence|clip|video|movement|scene|recording|simulation|example|performance"
    r"|mocap)s?"
)
_OPENERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:hi|hello|hey|ok|okay|well|so|now|please|alright|cool|great|nice|perfect|good|yes|yeah|sure"
        r"|thanks|thank you"
        r"|actually|just|instead|maybe|oh|um|hmm|and now|but)\b[,!:.]*\s+",
        r"no[,!:.]+\s+",
        r"(?:(?:scrap|forget|drop|bin|leave) (?:about )?(?:it|that|this|everything|all (?:of )?(?:it|that))"
        r"(?:,? (?:and )?(?:start|starting) (?:over|again|anew|fresh))?|(?:start|starting) over)"
        r"\s*[:,.;-]\s*",
        r"(?:(?:let's (?:do|try) )?something (?:(?:completely|totally) )?(?:else|new|different)|new topic)"
        r"\s*[:,-]\s*",
        r"(?:can|could|would|will) (?:you|we|i)(?: please| kindly| maybe| also| now)*(?: be able to)? ",
        r"(?:i'd|i would|we'd|we would|i|we) (?:really )?(?:like|love|prefer|want|need|wish)(?: for)?"
        r"(?: you)?(?: to (?:see|have|get|watch|make|generate|create|show me))? ",
        r"(?:to (?:see|have|get|watch)) ",
        r"(?:my|our|the) (?:kid|son|daughter|boss|client|teacher|coach|director|grandson|granddaughter)s?"
        r" (?:wants?|needs?|would (?:like|love)|asked for|likes?|loves?)(?: to (?:see|have))? (?=\S)",
        r"(?:me )?want(?: to)? (?:see|have) ",
        r"(?:let's|let us|let me|lets) (?:see|have|make|do|try|get|watch) ",
        r"(?:how|what) about |what if |imagine |picture |suppose |i need |i want |try (?=to |an? |the )",
        r"there(?:'s| is| are) ",
        r"(?:give|get|play) (?:me|us) (?:please )?(?=\S)",
        r"(?:show|teach) (?:me |us |(?:my|our|the) [\w-]+ )?how (?:to|you|one can) ",
        r"(?:show|generate|create|produce|animate|simulate|render|synthesi[sz]e|build|visuali[sz]e"
        r"|display)"
        r"(?: to)?(?: me| us)?(?: please)? (?=\S)",
        r"(?:yo[,!]? )?gimme ",
        r"do (?:for )?(?:me|us) (?=an? |some )",
        r"do one (?:of|where|with|in which) (?=\w+ \w)",
        r"do (?=(?:someone|somebody|an? (?:\w+ )?(?:person|man|woman"
        r"|guy|girl|boy))"
        r" (?:who|that|\w+ing)\b)",
        r"make (?:me |us )(?=an? |some )",
        rf"make (?=(?:an?|the|some|me) (?:[\w-]+ )?{_MOTION_WORD}\b)",
        r"make (?=an? )",
        rf"(?:an?|the|some|one|another|new) (?:(?!person|man|woman)[\w-]+ )?{_MOTION_WORD}"
        r"(?: of| where| in which| that shows| which shows| showing| with| for| that|:|,|$)\s*",
        rf"{_MOTION_WORD}(?: of| where| in which| showing|:)\s+",
        r"(?:me|us) (?=an? |the |some|one )",
    )
)
_CLOSERS = re.compile(
    r"[\s,]*(?:\b(?:please|pls|thanks|thank you|for me|if you can|if possible|would you|will you|ok|okay"
    r"|now)\b)?[\s,.!?:]*$",
    re.IGNORECASE,
)


def clean(text: str) -> str:
    """Plain characters, straight quotes, no emoji or control characters; line breaks stay."""
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    kept = (
        char if char == "\n" or unicodedata.category(char)[0] not in "CS" or char in "+=~<>$^|" else " "
        for char in text
    )
    lines = ("".join(kept)).replace("->", "\n").replace("=>", "\n").split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def sentences(text: str) -> list[str]:
    """Sentences, list items and lines of a cleaned message, durations and counts in canonical form."""
    text = _BULLET.sub("", text)
    if len(_LIST_MARK.findall(text)) > 1:
        text = _LIST_MARK.sub("\n", text)
    pieces = (piece.strip(" ,") for piece in _SENTENCE_END.split(text))
    return [canonical(piece) for piece in pieces if re.search(r"\w", piece)]


def strip_politeness(sentence: str) -> str:
    """The request itself: 'can you please show me a man jumping?' -> 'a man jumping'."""
    previous = None
    while previous != sentence:
        previous = sentence
        for opener in _OPENERS:
            match = opener.match(sentence)
            if match:
                sentence = sentence[match.end() :].lstrip()
                break
        sentence = _CLOSERS.sub("", sentence)
    return sentence
