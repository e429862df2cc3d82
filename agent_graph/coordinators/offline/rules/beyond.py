"""What no motion has, such as faces, clothes and music: how it is asked for, and what is said to that."""

from __future__ import annotations

import re
from typing import NamedTuple


class Beyond(NamedTuple):
    """asked: searched in questions, which `answer` is said to. wished: searched in requests for motion;
    lacking: how it is named there. said: as wished, with the words that lead to it: "with red gloves"."""

    asked: re.Pattern[str]
    answer: str
    wished: re.Pattern[str]
    lacking: str
    said: re.Pattern[str]


def _beyond(asked: str, answer: str, wished: str, lacking: str) -> Beyond:
    flags = re.IGNORECASE
    return Beyond(
        re.compile(rf"\b(?:{asked}|{wished})\b", flags),
        answer,
        re.compile(rf"(?<!without )(?<!without any )(?<!\bno )\b(?:{wished})\b", flags),
        lacking,
        re.compile(
            rf"(?:,? ?\b(?:and|with|to|in|under|on|against)\s+)?(?:\b(?:an?|the|some|his"
            rf"|her)\s+)?\b(?:{wished})\b",
            flags,
        ),
    )


_GARMENT = (
    r"(?:clothes|clothing|dress|shirt|t-shirt|suit|uniform|costume|outfit|jacket|coat|hoodie|hats?"
    r"|caps?|helmet"
    r"|armou?r|cape|robe|kimono|shoes?|boots?|heels|jeans|trousers|pants|skirt|glasses|sunglasses"
    r"|mask|gloves)"
)
_COLOUR = r"(?:red|blue|green|yellow|orange|purple|pink|black|white|brown|gr[ae]y|gold(?:en)?|silver)"
#: Who does it, and a joint with nothing before it: "a person and waves".
_LEFT_OPEN = re.compile(
    r"(?:^|(?<=[.;\n]))(?P<who>\s*(?:(?:an?|the|some|one|two|three) )?(?:\w+ )?(?!\w+s\b)\w+)"
    r"(?: ?,| and| then)+ (?=\w+s\b)",
    re.IGNORECASE,
)
#: In the order in which they are named.
BEYOND = (
    _beyond(
        r"fingers?|(?:a|the|his|her|any|its|no) face|faces|facial|eyes?|mouth|lips|toes move"
        r"|expressions?|emotions? (?:on|in)",
        "A motion has no fingers and no face: its skeleton ends at the wrists, the feet and the head.",
        r"(?:smil|grin|frown|blink|wink|smirk|pout)(?:e[sd]?|s|ing|ed|king|ning)?"
        r"|facial expressions?|(?:happy|sad|angry|scared|surprised) face|(?:raise|lift"
        r"|wiggle)s? (?:an?|his|her|the)"
        r" eyebrows?|eyebrows?|rolls? (?:his|her|the|their) eyes|lip[- ]?sync\w*|sticks? (?:his|her"
        r"|the) tongue out"
        r"|tongue|(?:move|wiggle|cross|snap|spread)s? (?:his|her|the|their) fingers",
        "faces or fingers",
    ),
    _beyond(
        r"hair\w*|clothes|clothing|skin colou?r|(?:look|looks) like (?:a )?(?:real )?(?:person|human"
        r"|man|woman)"
        rf"|what (?:is|does) (?:he|she|it) wear\w*|{_COLOUR} {_GARMENT}",
        "Files and pictures show one plain human body in a suit, or a mannequin: no hair, no clothes, no"
        " other looks.",
        rf"(?:wear(?:s|ing)?|dressed|put (?:him|her|them) in) (?:\w+ ){{0,3}}?{_GARMENT}"
        rf"|(?:in|with) (?:an? |the |his |her )?(?:[\w-]+ ){{0,2}}?(?:{_COLOUR}|long|short|nice"
        rf"|fancy|elegant)"
        rf" {_GARMENT}|(?:wear(?:s|ing)?|dressed) (?:like|as|up|in)|(?:long|short|blonde?|red|black"
        rf"|brown|curly|grey)"
        r" hair(?:ed)?|hair(?:cut|style)?s? (?:blow|mov|fly)\w*|beard(?:ed)?|tattoos?|clothes|outfit|costume"
        rf"|(?:make|colou?r|paint) (?:him|her|it|them|the \w+) (?:look )?(?:{_COLOUR}|taller|fatter|thinner"
        r"|slimmer|muscular|bald|naked)|add (?:some )?(?:hair|clothes|clothing)|(?:long|flowing) hair",
        "hair, clothes or other looks",
    ),
    _beyond(
        r"sounds?|music|audio|voices?|(?:hear|talk|speak) (?:him|her|it|them|anything)",
        "A motion has no sound: no music, no voices, no footsteps.",
        r"(?<!to the )(?:music(?:al)?(?! video)|soundtrack|songs?|sound effects?|sounds?|audio|voice-?overs?"
        r"|narration|dialogue|lyrics|beatbox\w*)(?! (?:player|stand)\b)"
        r"|to (?:\w+ ){0,2}(?:music|songs?|beat)|(?:\w+ )?(?:meow|bark\w*|engine|animal) sounds?",
        "music or other sound",
    ),
    _beyond(
        r"camera(?:s)?|point of view|perspective|viewpoint|view(?:ing)? angle|zoom",
        "A motion has no camera of its own: in the HTML viewer you turn and zoom yourself, and other programs"
        " have cameras.",
        r"zoom(?:s|ing|ed)?(?: in| out| on)?|close[- ]?ups?|camera (?:angles?|moves?|movements?|pans?|shots?"
        r"|zooms?|follow\w*|circl\w*|orbit\w*|rotat\w*|spin\w*|turn\w*|on|from|work)"
        r"|(?:the|a|move|pan|rotate|turn|put|set|have|let) (?:the )?camera (?:to )?(?:mov|pan|follow"
        r"|zoom|circl|orbit"
        r"|rotat|spin|above|behind|closer|further|around)\w*|tracking shot|(?:wide|drone|low[- ]angle) shot"
        r"|first[- ]person(?: view)?|pov|bird'?s[- ]eye(?: view)?|cinematic(?:ally)?"
        r"|^film\b|from (?:above|below)(?= (?:who|that)\b|$|[,.!])|film(?:ed)? (?:him|her|it|from)"
        r"|(?:seen|viewed|shown|shot) from (?:above|behind|below"
        r"|the (?:side|front|top))",
        "camera moves or views",
    ),
    _beyond(
        r"background|scenery|lights|lighting|shadows|surroundings|environment|floor (?:colou?r|texture)",
        "A motion has no scenery: no background, no light, no weather.",
        r"backgrounds?|backdrops?|scenery|landscape|(?:dramatic|neon|soft|red|blue|moody"
        r"|stage) (?:lights?|lighting)"
        r"|lighting|spotlights?|(?:with|under) (?:the )?(?:\w+ )?lights|fog|confetti|fireworks"
        r"|explosions?|special effects|vfx"
        r"|visual effects|green ?screen"
        r"|(?:in|through) the (?:rain|snow|storm|dark|desert|jungle|forest|woods|fog)"
        r"|(?:at|in the) (?:night|sunset|sunrise|dawn|dusk)|on (?:a|the) (?:beach|moon|stage|street at night)"
        r"|in (?:a|an|the) (?:\w+ )?(?:city|kitchen|bar|club|classroom|office|spaceship)|in space"
        r"|it(?:'s| is) raining"
        r"|with (?:\w+ )?(?:rain|snow|smoke|sunshine|trees|clouds|fire)(?: falling| in)?",
        "background, light or weather",
    ),
    _beyond(
        r"where(?:'s| is| are| did) the (?:ball|chair|table|box|sword|door|stairs|prop|object)s?(?: go)?"
        r"|(?:is|are) there (?:\w+ ){0,2}(?:ball|chair|table|box|sword|prop|object|wall|door|stair|thing)s?"
        r"|(?:see|show|shows|have|has|include|includes|with) (?:\w+ ){0,2}(?:props|objects|furniture"
        r"|the (?:ball|chair|table|box|sword|door|stairs))",
        "A motion holds a person alone: no balls, chairs, tools or other things, only how one moves"
        " with them.",
        r"props|furniture|(?:a )?real (?:ball|chair|sword|box)",
        "things beside the person",
    ),
)


def lacking(message: str) -> str:
    """Names what a request for motion asks for and no motion has; "" where it is nothing of that kind."""
    return ", ".join(f"no {topic.lacking}" for topic in BEYOND if topic.wished.search(message))


def answered(words: str) -> str:
    """What is said of all that some words name and no motion has; "" where they name nothing of that kind."""
    return " ".join(topic.answer for topic in BEYOND if topic.asked.search(words))


def words_of(message: str) -> frozenset[str]:
    """The words with which a request asks for what no motion has."""
    found = (match[0] for topic in BEYOND for match in topic.wished.finditer(message))
    return frozenset(word for text in found for word in re.findall(r"[a-z-]+", text.lower()))


def bodily(message: str) -> str:
    """The message without what no motion has: "a cowboy in a black hat walks" -> "a cowboy walks"."""
    shorter = message
    for topic in BEYOND:
        shorter = topic.said.sub("", shorter)
    return message if shorter == message else _LEFT_OPEN.sub(r"\g<who> ", " ".join(shorter.split()))
