"""Changes of parts that are there, said by naming them: "two more squats", "only the kick slower".

The names of parts are found first and stand as "@0", "@1", ... in what is left, so that a short table of
phrases reads every change the same way, however the part is called. A message is read only as a whole: where
a word is left over it is no change of this kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..sentences.clauses import read_actions
from ..sentences.grammar import Verbs
from ..sentences.parts import FILLER, NAMED, find_parts
from ..sentences.phrases import first_match
from ..sentences.requests import Edit
from ..sentences.wordlists import DETERMINERS, ORDINALS
from .change_table import CHANGES
from .edit_phrases import PLAINLY, SLIGHTLY, STRONGLY
from .rephrasing import rephrased

_WHOLE = re.compile(
    r"(?:it|that|this|those|these|them|everything|all of (?:it|this)|(?:the|this) (?:whole|entire)?"
    r" ?(?:thing|motion|clip|animation|sequence)|the distance)"
)
#: Words that are no name of a part, though its description may hold them.
_NO_NAME = frozenset(
    """
    left right other both hand hands arm arms leg legs foot feet fist knee knees head with without to and or
    in on for of at a an than then as but by not no more less only just from forward forwards
    backward backwards sideways instead one it again once slow fast times over while after before end
    middle degree degrees m metre metres meter meters step steps second seconds
    """.split()  # noqa: SIM905
)
_ALL = frozenset(["all", "every", "each", "any"])
_PARTICLES = frozenset(["back", "up", "down", "off", "away", "out", "around", "in"])
#: What stands right before a new action, or a share of one, and not before a part that is there.
_BEFORE_NEW = re.compile(
    r"\b(?:an?|quarter|half|full|whole|degrees?|with|(?<!goes )(?<!moves )(?<!leads )into)$"
)
_ORDER = "|".join(ORDINALS)
_DEFINITE = re.compile(rf"(?:the|that|this|his|her|their|all|every|each|both|(?:{_ORDER}))\b")
_PLACED = re.compile(
    rf"the (?:very )?(?:{_ORDER})(?: (?:\d|few))?|(?:the )?(?:{_ORDER}) (?:parts?|ones?|bits?|pieces?)"
)
#: A verb with what it is done to: "move the jump".
_ORDERED = re.compile(
    rf"(?!(?:{'|'.join(sorted(DETERMINERS | _ALL))}|both|(?:{_ORDER}))\b)\w+ (?:the|that|this|his|her)\b"
)
_LONGEST_NAME = 6

#: What frames a change and says nothing of it.
_FRAME = re.compile(
    r"\b(?:please|pls|plz|actually|hm+|ok|okay|now|maybe|perhaps|really|say|lol|haha|lovely|hey|though"
    r"|(?:like|about|around)(?= (?:\d|half\b))|kind of|kinda|sort of|i think|i me(?:ant?|nt)|rather"
    r"|sorry|sry|thx|tho|ty|my (?:bad|mistake|fault)|oops|whoops|is (?:enough|plenty)|wait(?=[,.!]|"
    r" (?:no|actually|make|i)\b)|at least|roughly"
    r"|a bit|a little(?: bit)?|slightly|somewhat|much|a lot|(?:or so|(?<=\d )ish)(?= |$)"
    r"|(?:would|might|may|could) (?:be|look) (?:better|nicer|nice|good|great|cool)|after all(?= |$)"
    r"|(?:on|touching|to) the (?:floor|ground)"
    r"|(?:way|far)(?= \w+er\b)|even|that's enough|for equally long|very|instead(?! of)|any ?more"
    r"|(?:can|could|would|will)(?: (?:you|we|i|he|she|they)|(?= @))"
    r"|(?:i|we)(?:'d| would)? (?:want(?:ed)?|need(?:ed)?|like|prefer|said|asked for|expected"
    r"|was (?:after|hoping for|thinking of))(?: to (?:see|have))?|let's|give (?:me|him|her)"
    r"|show me|gimme"
    r"|(?:make|have|let|get|do|perform|play|use)"
    r"(?= (?:@(?!\d+ (?:an?(?! (?:bit|little|lot|tad)\b)|in|into|to|be) )|him\b|her\b|them\b|\d"
    r"|only\b|both\b|the (?:other|opposite|left|right)\b|left\b|right\b|your\b))"
    r"|(?:he|she|they|it)(?:'s|'re)(?= @)|he|she|they|him|her|them|your|the (?:person|guy|man|woman)"
    r"|(?:is|are|was|were) (?:supposed|meant) to(?: (?:be|go|last|take|come))?|(?:should|must|needs? to"
    r"|ought to|(?:has|have|is) to|to(?="
    r" be\b))(?: (?:be|last|take|go|come))?"
    r"|be|is|are|was)\b"
)
#: So many letters of praise at most.
_LONGEST_PRAISE = 80
#: Praise and thanks, which change nothing.
_PRAISE = re.compile(
    r"(?:(?:ok|okay|great|perfect|nice|cool|good|awesome|wow|super|fine|lovely|amazing|yes|yeah|thanks"
    r"|thank you|thx"
    r"|cheers|brilliant|excellent|fantastic|sweet|neat|haha+|so much|very much|a lot|lol)\b[ ,.!]*)+"
)
_OPENING_NO = re.compile(r"^(?:(?:no|nope|nah|yes|yeah|and|but|so|alright|great|good)\b[ ,.]*)+")
_OTHERS = r"(?:@\d+(?: else)?|(?:all )?the (?:rest|others?(?: parts?)?)|(?:all|everything) else)"
_AS_NOW = (
    r"(?:alone|untouched|unchanged|be|in peace|the same|the way (?:it|they) (?:is|are)"
    r"|(?:exactly |just )?(?:as|like) (?:(?:it|they|@\d+) )?(?:is|are|was|were|that|before|now|@\d+))"
)
#: What is to stay as it is.
_KEPT = re.compile(
    r"(?:\band )?(?<!\w)(?:(?:don't|do not|dont|not) (?:change|touch|do anything to) @\d+(?: but)?"
    rf"|(?:leave|keep) {_OTHERS} {_AS_NOW}"
    rf"|{_OTHERS}(?: (?:can|should|may|must))? stays?(?: {_AS_NOW})?"
    rf"|{_OTHERS}(?: is| are|'s)? (?:good|fine|ok|okay|perfect|great)(?: {_AS_NOW})?"
    rf"|{_OTHERS}(?: is| are)? as (?:it |they |@\d+ )?(?:is|are))\b"
)
_NOT_THAT = re.compile(r"(?<=\w),? (?:and )?not (?:only )?(?:the |with |to the |by )?[\w-]+(?: [\w-]+)?$")
#: A figure that is taken back at once ("five, no, six"), why a change is wanted, and when.
_ASIDE = re.compile(
    r"\b\d+(?: \w+)?[.,]? (?:no|wait|sorry|i mean)\b,? (?=\d)"
    r"|^(?:hm+,? )?(?:(?:it|that|this)(?:'s| is| was)? )?(?:(?:way|much|far|still|a bit|a little|just) )*"
    r"(?:too \w+(?: now)?|not(?: \w+)? enough)[,;.] (?!but\b)"
    r"|,? this time\b"
)
#: Why another figure is wanted for a part: "the walk is too short, ...".
_TOO = re.compile(
    r"(?<=@\d) (?:is|was) (?:way |much |far )?too \w+[,;.](?: make @\d+)?(?=.*(?:\d|\b\w+er\b))"
)
#: What a part is compared with.
_THAN = re.compile(
    r" than (?:@\d+|before|now|that|@\d+ (?:is|was))$"
    r"|,? (?:(?:rather )?than|instead of|and not|not) after(?:wards| @\d+)?$"
)
_CLAUSES = re.compile(r"\s*(?:[.!?;]+(?!\d)|\n)\s*")
_JOINTS = re.compile(r"\s*,?\s+and\s+|\s*,\s*(?:but )?|\s+but\s+")
#: What says of a bare verb that a part is meant which is there, and no new motion.
_MARKS = re.compile(
    r"\b(?:only|just|instead|meant?|no|nope|not|more|less|fewer|make|have|let|should|must|needs?|[a-z]+er"
    r"|again|once|as|before|after|first|last|can|could|don't|dont|supposed|while|during)\b"
)


def is_praise(message: str) -> bool:
    """Whether a short message is nothing but praise and thanks."""
    said = message.lower().strip()
    return len(message) <= _LONGEST_PRAISE and _PRAISE.fullmatch(said) is not None


def read_changes(message: str, parts: Sequence[str], verbs: Verbs) -> list[Edit] | None:
    """The changes of a motion with these parts; [] where all that is said is that some stay as they are, and
    None where a message says anything else.
    """
    if "@" in message or is_praise(message):  # the mark of a name
        return None
    marked, names = _marked(_ASIDE.sub("", rephrased(message)), parts, verbs)
    found: list[Edit] = []
    for sentence in _CLAUSES.split(_KEPT.sub("", _TOO.sub("", marked))):
        if not re.search(r"\w", sentence):
            continue
        read = _sentence(sentence.strip(" ,"), names, verbs)
        if read is None:
            return None
        found += read
    more = any(edit.kind == "quantity" and edit.relation == "more" for edit in found)
    if more and any(edit.kind in ("speed", "style") and not edit.part for edit in found):
        return None  # "and five more, but slower": only the further ones
    # The other way round is said of the circle that there will be.
    found.sort(key=lambda edit: not (edit.kind == "path" and edit.said.startswith("circle")))
    return _carried(found) or ([] if _KEPT.search(marked) else None)


#: How something that is there is to be done, in an order: "knock harder, like the police".
_HARDER = re.compile(r"(?P<does>[a-z]+)(?P<on>(?: [a-z]+){0,3}?) (?P<how>[a-z]+er|more [a-z]+)\b(?P<rest>.*)")
_HOW = {
    "harder": "hard", "faster": "fast", "quicker": "quickly", "slower": "slowly", "higher": "high",
    "lower": "low", "louder": "loudly", "softer": "softly", "deeper": "deeply", "wider": "wide",
    "longer": "long", "bigger": "big", "further": "far", "farther": "far",
}  # fmt: skip


def read_done_so(message: str, parts: Sequence[str], verbs: Verbs) -> Edit | None:
    """A part done in another manner, by an order that says its verb and how; None for anything else."""
    found = _HARDER.fullmatch(rephrased(message).rstrip(" .!"))
    verb = verbs.verb(found["does"]) if found else None
    if not found or not verb or verb.form != "base" or "round-path" in found["rest"]:
        return None
    meant = find_parts(found["does"], list(parts), verbs)
    how = _HOW.get(found["how"], found["how"].removeprefix("more "))
    if len(meant) != 1 or how.endswith("er"):
        return None
    read = read_actions(f"{parts[meant[0] - 1]} {how}{found['rest']}", verbs)
    return Edit("replace", f"part {meant[0]}", read.actions) if len(read.actions) == 1 else None


def _marked(text: str, parts: Sequence[str], verbs: Verbs) -> tuple[str, list[str]]:
    """The text with a mark for every name of a part, and the names; the whole motion is named ""."""
    words, marked, names, at = text.split(), [], [], 0
    while at < len(words):
        for size in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
            window = " ".join(words[at : at + size])
            bare = re.sub(r"[,.!?;:]+$", "", window)
            name = _name(bare, " ".join(words[:at]), parts, verbs)
            if name is not None:
                marked.append(f"@{len(names)}{window[len(bare) :].replace(':', ',')}")
                names.append(name)
                at += size
                break
        else:
            marked.append(words[at])
            at += 1
    joined = re.compile(r"@(\d+)(?:,? and| &) @(\d+)")
    told = " ".join(marked)
    while pair := joined.search(told):
        a, b = int(pair[1]), int(pair[2])
        if not names[a] or not names[b]:
            break
        names.append(f"{names[a]} and {names[b]}")
        told = f"{told[: pair.start()]}@{len(names) - 1}{told[pair.end() :]}"
    return told, names


def _name(words: str, before: str, parts: Sequence[str], verbs: Verbs) -> str | None:
    """The words of a part, "" for the whole motion; None where they name neither."""
    if _WHOLE.fullmatch(words):
        return ""
    placed = _PLACED.fullmatch(words) or NAMED.fullmatch(words)
    if placed and not parts:
        return words
    if re.search(r"[,.;:!?]", words) or not find_parts(words.replace("-", " "), parts, verbs):
        return None
    if placed:
        return words.replace("very ", "")
    said = [word for word in words.replace("-", " ").split() if word not in ORDINALS]
    content = [word for word in said if word not in FILLER | DETERMINERS | _ALL and not word.isdigit()]
    if not content or set(said) & _NO_NAME or re.match(r"\d", words):
        return None
    if words.rsplit(maxsplit=1)[-1] in DETERMINERS or words.rsplit(maxsplit=1)[-1] in ORDINALS:
        return None
    if _ORDERED.match(words) or content[0] in _PARTICLES or _BEFORE_NEW.search(before):
        return None
    if _DEFINITE.match(words) or _MARKS.search(before) or re.search(r"(?:ing|s)$", content[-1]):
        return words.replace("-", " ")
    return f"{words}?"  # a bare verb: only where the rest says that a part is meant


def _sentence(text: str, names: Sequence[str], verbs: Verbs) -> list[Edit] | None:
    """The changes of one sentence, cut where that lets all of it be read."""
    whole = _clause(text, names, verbs)
    if whole is not None:
        return whole
    for joint in _JOINTS.finditer(text):
        first = _clause(text[: joint.start()], names, verbs)
        rest = _sentence(text[joint.end() :], names, verbs) if first is not None else None
        if first is not None and rest is not None:
            return [*first, *rest]
    return None


def _carried(edits: list[Edit]) -> list[Edit]:
    """'the duck shorter, half a second': what names no part goes on about the one before; the same, once."""
    carried: list[Edit] = []
    for said in edits:
        last = carried[-1] if carried else None
        goes_on = last and not said.part and last.part and said.kind in _GOING_ON
        edit = replace(said, part=last.part) if last and goes_on else said
        if last and not said.part and replace(said, part=last.part, anchor=last.anchor) == last:
            continue
        if last and last.part == edit.part and (last.kind, edit.kind) in _MORE_EXACT:
            carried.pop()
        carried.append(edit)
    return carried


_PERCENT = r"(?:%|percent\b)"
#: Changes that may be said of a part that was named before them.
_GOING_ON = ("duration", "quantity", "speed", "style", "hold")
#: What is said once more, and exactly: "shorter, half a second".
_MORE_EXACT = {("longer", "duration"), ("shorter", "duration"), ("extent", "quantity"), ("extent", "style")}


def _clause(text: str, names: Sequence[str], verbs: Verbs) -> list[Edit] | None:
    doubtful = [int(n) for n in re.findall(r"@(\d+)", text) if names[int(n)].endswith("?")]
    if doubtful and not _MARKS.search(text):
        return None
    plain = _NOT_THAT.sub("", _OPENING_NO.sub("", _THAN.sub("", text.strip(" ,"))))
    plain, shares = re.subn(rf"\b(?:by )?\d+ ?{_PERCENT}", "", plain)
    exact = re.sub(r",(?: \w+){0,2}? (?=\d[\d.]* seconds)", " exactly ", plain)
    telegraphic = re.sub(r"\bjust\b", "only", re.sub(r",| but\b", " ", _FRAME.sub(" ", exact)))
    if not telegraphic.strip():
        return []
    request = first_match(CHANGES, telegraphic, verbs)
    if not isinstance(request, Edit) or (shares and request.kind not in ("speed", "longer", "shorter")):
        return None
    reduces = request.kind == "shorter" or (request.kind == "speed" and (request.amount or 1) < 1)
    degree = _degree(text, reduces=reduces)
    if request.kind in ("speed", "longer", "shorter") and request.amount is not None and request.said == "?":
        request = replace(request, amount=_factor(request, degree), said="")
    return [replace(request, part=_named(request.part, names), anchor=_named(request.anchor, names))]


def _named(mark: str, names: Sequence[str]) -> str:
    return names[int(mark[1:])].rstrip("?") if re.fullmatch(r"@\d+", mark) else mark


def _degree(text: str, *, reduces: bool) -> float:
    """By what factor something changes. reduces: whether it is divided by it: half of it is left at 50 %."""
    if percent := re.search(rf"(\d+) ?{_PERCENT}", text):
        share = float(percent[1]) / 100
        return 1 / (1 - share) if reduces and share < 1 else 1 + share
    if re.search(r"\b(?:a (?:bit|little|touch|tad)|slightly|somewhat)\b", text):
        return SLIGHTLY
    return STRONGLY if re.search(r"\b(?:much|way|a lot|far)\b", text) else PLAINLY


def _factor(edit: Edit, degree: float) -> float:
    if edit.kind != "speed":
        return -degree
    return round(1 / degree if (edit.amount or 1) < 1 else degree, 3)
