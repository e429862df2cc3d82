"""In which words people ask for what can be measured: tables, and the look-up in them.

A phrase is a set of words, which may stand anywhere and in any order in a question. `a|b` is either of two
words, `turn*` every word that begins so, `^when` one of the first three words. Of all phrases that fit, the
one of most words tells what is asked; of equally long ones, the first in the table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Literal

from .....motion_models.english.demand_words import DEGREES, METRES, SPEED

Quantity = Literal[
    "starts", "ends", "knee", "hips", "top_speed", "mean_speed", "who_faster", "apart_start", "apart_end",
    "apart_least", "slide", "first_foot", "hand", "leg", "hand_height", "jump_height", "lean", "turned",
    "direction", "back", "place", "distance", "posture_start", "posture_end", "count", "fastest_part", "side",
    "unmeasured",
]  # fmt: skip

#: How many words of a question are its first ones.
FIRST = 3
_SPEED = "speed|velocity|pace|fast|quick|quickly|slow|slowly"
_TOP = "top|max|maximum|maximal|highest|peak|most"
_GO = "go|goes|going|walk*|run|runs|running|move*|moving|travel*|cover*|get|gets|make|makes|made|come|comes"
_START = "start*|begin*|began|beginning|first|initially|originally"
_END = "end|ends|ended|ending|finish*|last|final*|over|stop*|afterwards"
_HAND = "hand|hands|arm|arms|wrist|wrists|fist|fists"
_HOW, _HIGH = "how|what|whats", "high|tall|height"
_JUMP = "jump*|leap*|hop*"
_POSTURE = "sitting|standing|lying|kneeling|seated"
_LEG = "leg|legs"
_FOOT = "foot|feet|heel*|toe|toes|shoe*|sole*"
_WHICH = "which|what|whichever"
_PART = "part|parts|bit|section|segment|piece|move|action|step|stretch|moment"
_LEAN = "lean*|bend|bends|bending|bent|tilt*|stoop*|hunch*"

PHRASES: Mapping[Quantity, tuple[str, ...]] = {
    "starts": (
        f"^when {_START}",
        f"{_WHICH} time|second|moment|point|frame {_START}|from",
        "^when",
        "at|from|after what|which time|second|moment|frame",
        "how soon",
        "how many|long into|before|until|till",
    ),
    "ends": (f"^when {_END}", f"{_WHICH} time|second|moment|point|frame {_END}|until", "until when"),
    "knee": (
        "knee|knees angle|angles|bend|bends|bent|bending|degrees|flex*",
        "how deep|far|low|much knee|knees bend|bends|bent",
        "knee|knees smallest|least|tightest|straight|straightened",
    ),
    "hips": (
        "how deep|low",
        "how far down",
        "how far|deep|low down|hips|pelvis|butt|bottom",
        "depth",
        "lowest point|position|hips|pelvis|height",
        "how low|high hips|pelvis|butt|bottom",
    ),
    "top_speed": (
        f"{_TOP} speed|velocity|pace",
        f"how fast|quick|quickly {_TOP}",
        "fastest speed|moment|point",
        "how fast fastest",
    ),
    "mean_speed": (
        "how fast|quick|quickly|slow|slowly",
        "speed|velocity|pace",
        f"average|mean|typical {_SPEED}",
        "km/h|mph|m/s",
    ),
    "fastest_part": (
        f"{_WHICH} {_PART} fastest|quickest|slowest|faster|slower",
        f"{_WHICH} {_PART} most|highest|top|least|lowest speed|velocity",
        "where|when fastest|quickest|slowest he|she|it|they",
    ),
    "who_faster": ("which|who faster|fastest|quicker|quickest|slower|slowest",),
    "apart_start": (
        f"how far|close|much apart|together|other {_START}",
        f"distance|gap|space between {_START}",
        "how far apart",
        "distance|gap|space between",
    ),
    "apart_end": (
        f"how far|close|much|near apart|they {_END}",
        f"how far apart {_END}",
        f"distance|gap|space between {_END}",
    ),
    "apart_least": (
        "closest|nearest|minimum|least|smallest they|people|two|distance|gap|between",
        "how close|near they",
        "how close|near each other",
        "closest|nearest they get|come|are",
        "closest|nearest each other get|come",
    ),
    "slide": (
        f"{_FOOT} slid*|slip*|skat*|drift*|glide*|stay*|planted",
        "sliding|skating|slippage|slipping",
        "slide|slides|skate|skates",
    ),
    "first_foot": (
        f"{_FOOT}|leg|left|right first|start*|begin*|leads|lead|leading {_WHICH}|does|is|did",
        f"{_FOOT}|leg|left|right first step*",
    ),
    "hand": (
        f"{_WHICH} {_HAND}",
        f"left right|or {_HAND}",
        f"left|right|both {_HAND}",
        f"{_WHICH} {_HAND} most|more|busier|wave*|use*",
        "which side wave*|punch*|throw*|hit*|raise*",
    ),
    "leg": (
        f"{_WHICH} {_LEG}|foot|knee",
        f"left right|or {_LEG}|foot",
        f"left|right|both {_LEG}|foot|feet kick*|lift*|raise*|move*",
        "which side kick*",
    ),
    "hand_height": (
        f"{_HOW} {_HIGH}|far {_HAND} {_GO}|reach*|up|raise*|lift*|is|are|do|does",
        f"{_HOW} {_HIGH} {_HAND}",
        f"{_HIGH} {_HAND}",
        f"highest|top|greatest {_HAND}",
        f"{_HOW} {_HIGH} reach*|wave*",
    ),
    "jump_height": (
        f"{_HOW} high|height",
        f"{_HIGH} {_JUMP}",
        f"{_HOW} {_HIGH} {_JUMP}",
        "how far|much|high off ground|floor",
        "metre|meter|metres|meters|cm|centimetres|m off ground|floor",
        f"how far|much|high {_FOOT} off|leave*|from|over|above ground|floor",
        "how far|much|high leave* ground|floor",
        "how much|big air",
        f"{_HOW}|highest {_HIGH}|highest feet {_GO}|reach*|up|off",
        "max|highest|greatest height|point feet reach*|get",
        f"{_HOW} {_HIGH} off ground|floor",
    ),
    "lean": (
        f"back|trunk|spine|torso|body straight|upright|vertical|round*|arch*|{_LEAN}",
        f"how far|much {_LEAN}",
        f"how far|much {_LEAN} over|forward|forwards|back|down",
        "upright|leaning|hunched",
        f"angle|degrees back|trunk|spine|torso|{_LEAN}",
    ),
    "turned": (
        "how many|much degrees",
        "how far|much|many turn|turns|turned|turning|rotat*|spin*|pivot*",
        f"{_WHICH} way|direction|side turn|turns|turned|turning|rotat*|spin*|pivot*|face|faces|facing",
        "turn|turns|turned|turning|rotat*|spin* left right",
        "does|did turn|rotate|spin left|right",
        f"face|faces|facing|look|looks|looking same way|direction {_END} {_START}",
        "face|faces|facing|look|looks|looking same way|direction again|still|after",
        "does|did|is turn|rotate|turning",
        "turn|turning|rotation angle|degrees",
    ),
    "direction": (
        f"{_WHICH} way|direction {_GO}|head*|step*",
        "drift*|veer*|stray* left|right|sideways|forward|back",
        f"{_GO}|step* left|forward|forwards right|back|backward|backwards or",
    ),
    "back": (
        f"{_END} where {_START}",
        f"back at|to|where {_START}",
        f"return*|back {_START}",
        f"{_END} same spot|place|position",
        f"{_END} {_START} same",
    ),
    "place": (
        f"where {_END}|stand|stands",
        f"how far from|away {_START} ",
        f"how far from|away {_START} {_END}|get|gets|is|he|she|it",
        "where up end|ends|ended",
    ),
    "distance": (
        "how far",
        f"how far {_GO}",
        "how far all|total|altogether|overall",
        "distance",
        f"distance {_GO}",
        "how many|much metres|meters|m|ground",
    ),
    "posture_start": (
        f"{_WHICH}|how pose|posture|position|stance|stand {_START}",
        f"is|was|are {_POSTURE} {_START}",
    ),
    "posture_end": (
        f"{_WHICH}|how pose|posture|position|stance|stand {_END}",
        f"is|was|are {_POSTURE} {_END}",
    ),
    "side": (
        "left right or",
        "left|right handed|sided|footed",
        f"{_WHICH} side|one use*|using|with",
        "left righty|lefty",
    ),
    "unmeasured": (
        "how long air|airborne",
        f"{_HOW} {_HIGH} kick*|{_LEG}|foot|knee|knees",
        "how hard|strong*|heavy|loud|old|tall",
        "step|steps|stride|strides longest|shortest|long|length|size|wide|width",
        "look|looks|looking good|nice|natural|real|realistic|right|believable|great|bad|weird|odd|human",
        "realistic|believable|plausible|natural|pretty|beautiful|convincing",
    ),
}
#: What introduces a number of times.
COUNTING = ("how many", "how often", "count", "number of", "times")
#: Units that tell what a question of truth is about, where no phrase does.
UNITS: tuple[tuple[Quantity, re.Pattern[str]], ...] = (
    ("mean_speed", SPEED),
    ("turned", DEGREES),
    ("distance", METRES),
)
#: What can be counted, by the words that name it; the exact before the vague.
EVENT_WORDS: Mapping[str, tuple[str, ...]] = {
    "jumping jack": ("jumping jack|jacks", "star jump|jumps", "jack|jacks"),
    "arm raise": ("raise|raises|raised|raising|lift|lifts arm|arms|hand|hands",),
    "step": ("step|steps|stepped|stride|strides|pace|paces|footstep*",),
    "jump": (
        "jump|jumps|jumped|jumping|leap|leaps|leaping",
        "leave|leaves|leaving|left ground|floor",
        "off ground|floor",
        "airborne",
    ),
    "hop": ("hop|hops|hopped|hopping|bounce|bounces",),
    "squat": ("squat|squats|squatted|squatting",),
    "push-up": ("push-up|push-ups|pushup|pushups|press-up|press-ups", "push|press up|ups"),
    "kick": ("kick|kicks|kicked|kicking",),
    "punch": ("punch|punches|punched|punching|jab|jabs",),
    "bow": ("bow|bows|bowed|bowing",),
    "cartwheel": ("cartwheel|cartwheels",),
    "wave": ("wave|waves|waved|waving",),
    "clap": ("clap|claps|clapped|clapping",),
    "nod": ("nod|nods|nodded|nodding",),
}
#: Words for what happens in a part that is told by another: "when landing" is of the jump.
OF_PARTS: Mapping[str, str] = {"land": "jump", "landing": "jump", "takeoff": "jump", "stroll": "walk"}
_OPENS_TRUTH = re.compile(
    r"(?:is|are|was|were|does|did|do|has|have|isn't|aren't|wasn't|doesn't|didn't|don't|will)\b"
)


#: When it is that a quantity is asked of: "how far does he get before turning".
_WHEN_CLAUSE = re.compile(
    r"(?<=\w) (?:before|after|until|till|while|when) (?=(?:(?:he|she|they|the \w+) )?\w+(?:ing|s)\b).*$", re.I
)


def quantity_in(question: str) -> Quantity | None:
    """What a question asks to be measured; None where nothing that can be."""
    words = _words(_WHEN_CLAUSE.sub("", question))
    best: tuple[int, Quantity] | None = None
    for quantity, phrases in PHRASES.items():
        longest = max((_fits(phrase, words) for phrase in phrases), default=0)
        if longest > (best[0] if best else 0):
            best = longest, quantity
    if event_in(question) and (best is None or best[0] < 2) and _counts(question, words):
        return "count"
    if best is None and is_of_truth(question):
        return next((quantity for quantity, unit in UNITS if unit.search(question.lower())), None)
    return best[1] if best else None


def event_in(question: str) -> str | None:
    """The event that a question names, where it is one that can be counted."""
    words = _words(question)
    for event, phrases in EVENT_WORDS.items():
        if any(_fits(phrase, words) for phrase in phrases):
            return event
    return None


def is_of_truth(question: str) -> bool:
    """Whether a question is answered by yes or no."""
    return _OPENS_TRUTH.match(question.strip().lower()) is not None


def _counts(question: str, words: frozenset[str]) -> bool:
    return is_of_truth(question) or any(_fits(phrase, words) for phrase in COUNTING)


def _words(question: str) -> frozenset[str]:
    """The words of a question, and the first of them once more with their mark."""
    words = re.findall(r"[a-z/]+(?=n't|'s|\b)", question.lower())
    return frozenset([*words, *(f"^{word}" for word in words[:FIRST])])


@cache
def _patterns(phrase: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(word.replace("^", r"\^").replace("*", r"[\w-]*")) for word in phrase.split())


def _fits(phrase: str, words: frozenset[str]) -> int:
    """How many words a phrase has, where all of them are among those of a question; else 0."""
    patterns = _patterns(phrase)
    fit = all(any(pattern.fullmatch(word) for word in words) for pattern in patterns)
    return len(patterns) if fit else 0
