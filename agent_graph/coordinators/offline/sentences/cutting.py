"""Where one clause ends and the next begins: a sentence cut into clauses, in the order of what is done."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .....motion_models.english.inflections import lemma
from .....motion_models.english.quantities import NUMBERS, take_seconds, take_times
from .going_on import CHANGEOVER, goes_on_about_it
from .grammar import Form, Verb, Verbs, looks_gerund, looks_third
from .subjects import SMALL_WORDS, is_adverb, take_subject
from .text import strip_politeness
from .verb_phrases import ADJECTIVES, first_word, read_noun_action, without_auxiliaries
from .wordlists import DETERMINERS, MANNER, PEOPLE, THINGS

_PEOPLE = "|".join(sorted(PEOPLE, key=len, reverse=True))
_CAUSATIVE = re.compile(
    rf"(?:make|have|let|get|ask|tell) (?=(?:(?:the|an?|this|that|my|our|some) )?(?:\w+ )?(?:{_PEOPLE}|him|her"
    rf"|them|it|he|she|they)\b)"
)
_JOINT = r"(?:at the same time|simultaneously|at once|meanwhile|in parallel)"
_TOGETHER = re.compile(rf"\b{_JOINT}\b")
_SUBORDINATE = re.compile(r"(?:while|whilst|as|with|without|like|so|until|because|if)\b")
_SEQUENCE_WORDS = (
    r"(?:then|after that|after this|afterwards?|after which|next(?! to\b)|finally|lastly|at last|in the end"
    r"|subsequently|thereafter|to finish|to end|followed by|before finally|before)"
)
_HARD_BREAK = re.compile(
    rf"\s*,?\s*(?:\b(?:and|but|which is|who)\s+)?\b{_SEQUENCE_WORDS}\b(?:\s+by\b)?\s*,?\s*"
    r"|\s*,?\s*\band at the (?:very )?end\b(?! of\b),?\s*(?=(?:he|she|they|an? \w+) )"
    r"|\s*,?\s*\band after,?\s+(?!\w+ing\b|that\b|this\b|which\b|the\b|an?\b|\d|his\b|her\b|each\b|every\b)"
)
_SOFT_BREAK = re.compile(r"\s*,\s*(?:and|but)\s+|\s*,\s*|\s+(?:and|but)\s+|\s*[&+]\s*")
_OPENING = re.compile(
    r"^(?:(?:first(?: of all)?|firstly|secondly|thirdly|initially|at first|to start(?: with)?|to begin(?:"
    r" with)?|also|and|but"
    r"|(?:starts?|starting|begins?|beginning|ends?|ending|finish(?:es)?) (?:by|with)|it|second"
    r"|third)\b,?\s+(?!kick|person|man)"
    r"|in the (?:beginning|end),?\s+)+"
)
_AFTER_FIRST = re.compile(r"^after (?!(?:that|this|which)\b)(?P<a>[^,]+), ?(?P<b>.+)$")
#: "Waves, after a short run": what stands last and is a noun comes first, where that noun is an action.
_AFTER_NOUN = re.compile(
    rf"^(?P<b>.+?),? (?:right |just |straight )?after (?P<a>(?:an?|one|some|the|\d+|{'|'.join(NUMBERS)}) .+)$"
)
_AFTER_LAST = re.compile(
    rf"^(?P<b>.+?)(?<! and) after (?P<a>(?:(?:{_PEOPLE}|he|she|they) )?\w+(?:ing|s|ed)\b.*)$"
)
_BEFORE_FIRST = re.compile(
    r"^before (?!(?:that|this|which)\b)(?P<b>[^,]+), ?"
    r"(?:(?:have|let) (?:him|her|them|the \w+) )?(?P<a>.+)$"
)
#: "Before he throws the ball he should take two steps".
_BEFORE_ORDER = re.compile(
    r"^before (?:he|she|they|(?:the|an?) \w+) (?P<b>\w+s\b[^,]*?) (?:he|she|they|(?:the|an?) \w+)"
    r" (?:should|must|has to|needs to|is to|shall|can) (?P<a>[^,]+)(?=$|,)"
)
#: "Before he sits down he looks around".
_BEFORE_SAME = re.compile(
    r"^before (?P<who>he|she|they|the \w+) (?P<b>\w+s\b[^,]*?) (?P=who)"
    r" (?P<a>\w+s\b.*)$"
)
_SOMEBODY = rf"(?:he|she|they|(?:the|an?) (?:[a-z]+ )?(?:{_PEOPLE})|(?:the|an?) [a-z]+(?= [a-z]+s\b))"
#: Without a comma: "before sitting down the woman waves", "after jumping he bows", "while walking he claps".
_BEFORE_DOING = re.compile(rf"^before (?P<b>[a-z]+ing\b[^,]*?) (?P<a>{_SOMEBODY} .+)$")
_AFTER_DOING = re.compile(rf"^after (?P<a>[a-z]+ing\b[^,]*?) (?P<b>{_SOMEBODY} .+)$")
_WHILE_DOING = re.compile(rf"^(?P<a>(?:while|whilst) [a-z]+ing\b[^,]*?) (?P<b>{_SOMEBODY} .+)$")
_BUT_BEFORE = re.compile(r"^(?P<b>.+?),? but (?:before that|first),? (?P<a>.+)$")
_WHILE_FIRST = re.compile(r"^(?P<a>while [^,]+), ?(?P<b>.+)$")
_STEPS = re.compile(rf"(?:\d+|{'|'.join(NUMBERS)}) (?:(?:big|small|quick|slow|more) )?steps?\b")
#: What is counted or timed, and no action: "after two steps", "after three seconds".
_UNITS = re.compile(r"\b(?:seconds?|steps?|met(?:er|re)s?|m|paces|beats?|moments?|while|bit|pauses?|rest)\b")
#: "A cartwheel into a backflip": one action after another, where neither is only a way into the other.
_INTO = re.compile(r"\s+(?:straight |directly |right )?into (?=an? )")
_WAYS_INTO = frozenset(
    """
    break burst go drop get fall sink move come settle transition flow melt change turn step bend slip lean
    curl put throw slide ease
    """.split()  # noqa: SIM905
)
NEGATED = re.compile(
    r"(?:(?:(?:do|does|did|should|must|can|is|are|will)(?:n't| not)|dont|cannot|never|no(?: more)?|not"
    r"|without)\s+)+(?:be\s+)?(?=\S)"
)
#: Words after which a verb is no new clause, and those before which one in -s is a noun.
_KEEPS_TOGETHER = frozenset(
    ["while", "whilst", "as", "with", "without", "like", "who", "that", "which", "and", "or", "until"]
)
_WHO = ("who", "that", "which")
_SOME = frozenset(["few", "several", "some", "couple"])
_BEFORE_NOUNS = SMALL_WORDS | DETERMINERS | frozenset(NUMBERS) | frozenset(MANNER)
#: "Hands up", said alone.
UP_OR_DOWN = re.compile(r"^(?:both )?(?P<limbs>hands|arms) (?P<way>up|down)(?: overhead| over the head)?$")

#: What an order can begin with right after another one.
_ORDERED = frozenset(
    """
    walk run jog jump turn sit stand kick punch wave squat crouch kneel lie crawl spin clap hop throw stop bow
    sprint stretch go pick
    """.split()  # noqa: SIM905
)
_TO_A_SIDE = frozenset(["turn", "step", "look", "go", "face", "lean"])
#: How the body is held meanwhile: "hands on hips", "head down", "back straight".
_BODY_HELD = re.compile(
    r"^(?:(?:both|his|her|their|the) )?(?:(?:hands|arms|elbows|palms|fists) (?:on|in|behind|out|at|above"
    r"|over|by|to"
    r"|crossed|folded|stretched|straight|together|wide|raised|clasped)"
    r"|(?:head|chin|eyes|gaze|shoulders|back|knees|legs|feet|chest|torso|spine) (?:down|up|low|high|bent"
    r"|straight"
    r"|hunched|slumped|hanging|bowed|together|apart|forward|arched|relaxed|wide|on the \w+)(?=$|[,.;]|"
    r" and\b| while\b))"
    r"(?! and down)"
)


def split_clauses(text: str, verbs: Verbs) -> list[str]:
    """'a man walks, turns and then waves' -> ['a man walks', 'turns', 'waves']."""
    text = _WHILE_DOING.sub(r"\g<b> \g<a>", _WHILE_FIRST.sub(r"\g<b> \g<a>", text))
    text = _AFTER_DOING.sub(r"\g<a> then \g<b>", _BEFORE_DOING.sub(r"\g<a> then \g<b>", text))
    text = _AFTER_FIRST.sub(r"\g<a> then \g<b>", text)
    text = _BEFORE_ORDER.sub(r"\g<a> then \g<b>", text)
    text = _BEFORE_SAME.sub(r"\g<who> \g<a> then \g<b>", text)
    text = _BEFORE_FIRST.sub(r"\g<a> then \g<b>", text)
    text = _BUT_BEFORE.sub(r"\g<a> then \g<b>", text)
    text = _AFTER_LAST.sub(r"\g<a> then \g<b>", text)
    text = _after_noun(text, verbs)
    hard = (piece.strip(" ,.:") for piece in _HARD_BREAK.split(text))
    soft = (clause for piece in hard if piece for clause in _soft_split(piece, verbs))
    apart = (clause for piece in soft for clause in _into_split(piece, verbs))
    return [part for clause in apart for part in _run_on_split(clause, verbs)]


def _into_split(clause: str, verbs: Verbs) -> Iterator[str]:
    """Cut where one action goes over into another that is a noun: 'cartwheels into a backflip'."""
    left, *rest = _INTO.split(clause, maxsplit=1)
    goes = lemma(first_word(take_subject(opened(left), verbs)[1].split(), verbs)) if rest else ""
    if rest and goes not in _WAYS_INTO and read_noun_action(rest[0], verbs):
        yield left
        yield from _into_split(rest[0], verbs)
    else:
        yield clause


def _after_noun(text: str, verbs: Verbs) -> str:
    match = _AFTER_NOUN.match(text)
    if not match or _UNITS.search(match["a"]) or read_noun_action(match["a"], verbs) is None:
        return text
    return f"{match['a']} then {match['b']}"


def _run_on_split(clause: str, verbs: Verbs) -> Iterator[str]:
    """Cut where verbs follow each other without a word between: 'sits down crosses the legs waits'."""
    words, start = clause.split(), 0
    bare = [verbs.verb(word) for word in words]
    commands = all(verb and verb.form == "base" for verb in bare) and words[0] not in ADJECTIVES
    if len(words) > 1 and commands:
        yield from words  # "kick kick punch"
        return
    begun = False
    ordered = bare[0] is not None and bare[0].form == "base" and not bare[min(1, len(bare) - 1)]
    for at, (word, verb) in enumerate(zip(words, bare, strict=True)):
        if word in _KEEPS_TOGETHER and (begun or word not in _WHO):
            break
        if ordered and verb and _ordered_next(words, at, verb):
            yield " ".join(words[start:at])
            start = at
        third = verb is not None and verb.form == "third" and word not in THINGS
        if third and begun and words[at - 1] not in _BEFORE_NOUNS and not bare[at - 1]:
            yield " ".join(words[start:at])
            start = at
        begun = begun or third
    yield " ".join(words[start:])


def _ordered_next(words: Sequence[str], at: int, verb: Verb) -> bool:
    """Whether an order begins at a word of orders without commas: 'walk 4m turn left walk 2m'."""
    if (
        at < 2
        or verb.form != "base"
        or words[at] not in _ORDERED
        or words[0] in ("do", "make", "take", "give")
    ):
        return False
    if words[at - 2] in ("a", "an", "one", "another"):  # "a soccer kick"
        return False
    before = words[at - 1]
    aside = before in ("left", "right") and not _TO_A_SIDE.isdisjoint(words[max(0, at - 4) : at - 1])
    return before not in _BEFORE_NOUNS | ADJECTIVES or aside or before in ("forward", "forwards", "around")


def _soft_split(piece: str, verbs: Verbs) -> Iterator[str]:
    """Cut at commas and "and" where a new verb phrase starts."""
    start = 0
    for match in _SOFT_BREAK.finditer(piece):
        left, right = piece[start : match.start()], piece[match.end() :]
        if left and _starts_clause(left, right, verbs, after_comma="," in match[0]):
            yield left
            start = match.end()
    yield piece[start:]


def _starts_clause(left: str, right: str, verbs: Verbs, *, after_comma: bool) -> bool:
    """Whether `right` goes on with a new action rather than with the clause on its left.

    A comma parts verbs of unlike forms, too: "goes straight, turn right".
    """
    fragment = _SOFT_BREAK.split(right, maxsplit=1)[0]
    if _BODY_HELD.match(fragment) and " " in left.strip():
        return False
    if not fragment or _TOGETHER.search(fragment) or _SUBORDINATE.match(fragment):
        return False
    if CHANGEOVER.fullmatch(left.strip()):
        return True
    about_it = goes_on_about_it(left.strip()) or goes_on_about_it(right.partition(",")[0].strip())
    if after_comma and (about_it or UP_OR_DOWN.match(fragment)):
        return True
    left_form = "noun" if verbs.named_motion(opened(left)) else _main_form(left, verbs)
    if left_form is None:
        return False
    subject, rest = take_subject(fragment, verbs)
    if subject and rest:
        return True
    if NEGATED.match(fragment) or _STEPS.match(fragment) or CHANGEOVER.fullmatch(fragment):
        return True
    if verbs.named_motion(fragment):
        return True
    word = first_word(fragment.split(), verbs)
    verb = verbs.verb(word)
    if verb and verb.form == "third":
        return after_comma or word == "does" or not _ends_in_plural(left, verbs)
    if verb and (verb.form == left_form or (after_comma and verb.form == "base" and word not in THINGS)):
        return True
    if _opens_noun_action(fragment, verbs):
        return after_comma or left_form == "noun" or _holds_noun_action(left, verbs)
    if after_comma and verbs.is_named_action(" ".join(take_seconds(take_times(fragment)[1])[1].split())):
        return True
    return (left_form == "third" and verb is None and looks_third(word)) or (
        left_form == "noun" and bool(verb)
    )


def _main_form(clause: str, verbs: Verbs) -> Form | str | None:
    """The form of a clause's main verb; 'noun' for a named action ('a jump'); None without either."""
    _, rest = take_subject(opened(clause), verbs)
    words = without_auxiliaries(rest.split(), verbs)
    if read_noun_action(" ".join(words), verbs):
        return "noun"
    for word in words[:4]:
        verb = verbs.verb(word)
        if verb:
            return verb.form
        if not is_adverb(word):
            break
    word = words[0] if words else ""
    return "third" if looks_third(word) else "gerund" if looks_gerund(word) else None


def _ends_in_plural(left: str, verbs: Verbs) -> bool:
    """'throws punches' ends in a thing that looks like a verb, so 'and kicks' goes with it."""
    words = left.split()
    last = verbs.verb(words[-1])
    if not last or last.form != "third" or len(words) < 2:
        return False
    counted = words[-3:-1] if words[-2] in ADJECTIVES else words[-2:-1]
    if any(
        word in NUMBERS or word in _SOME or word.isdigit() for word in counted
    ):  # "eight small steps and salutes"
        return False
    earlier = (verbs.verb(word) for word in words[:-1])
    return any(verb and verb.form in ("third", "gerund", "base") for verb in earlier)


def _opens_noun_action(fragment: str, verbs: Verbs) -> bool:
    first = fragment.split(maxsplit=1)[0]
    opens = first in ("a", "an", "another", "one", "some") or first in NUMBERS or first.isdigit()
    opens = opens or first in ADJECTIVES
    return opens and read_noun_action(fragment, verbs) is not None


def _holds_noun_action(left: str, verbs: Verbs) -> bool:
    """Whether a clause ends in a named action: 'does a jump'."""
    match = re.search(
        r"\b(?:do|does|doing|perform|performs|performing) ((?:an?|another|one|two|three|\d+) .+)$", left
    )
    return bool(match and read_noun_action(match[1], verbs))


def opened(clause: str) -> str:
    """The clause without the words in front of it: 'first make him jump' -> 'him jump'."""
    clause = strip_politeness(_OPENING.sub("", clause.strip(), count=1))
    return _CAUSATIVE.sub("", clause, count=1)
