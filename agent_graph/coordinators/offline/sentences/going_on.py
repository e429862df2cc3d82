"""What goes on about the action before it: another side, a count, a pose that is held, how it is done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .....motion_models.english.inflections import lemma, plural
from .....motion_models.english.quantities import NUMBERS, number, take_seconds, take_times
from .actions import MOST, Action
from .resting import PAUSE_SECONDS, STILL
from .sides import OTHER_SIDE
from .subjects import PERSON
from .wordlists import MANNER

_OTHER_SIDE = re.compile(
    r"(?:(?:do )?(?:the )?same |again )?(?:(?:with|on|to|using) )?(?:the|his|her|their) (?P<side>left"
    r"|right|other)"
    r"(?: \w+)?(?: (?:do )?the same| again)?"
    r"|(?:(?:the )?same (?:again )?)?(?:(?:with|on|to|using) )?(?:the )?other (?:side|leg|arm|hand|foot|one)"
    r"(?: too| as well| again)?"
    r"|(?:switch|change|swap)(?:es|s)? (?:the )?(?:sides?|legs?|arms?|hands?|feet|foot)"
)
_WHICH_LIMB = (
    r"(?:(?:(?:with|on|using) )?(?:the |his |her |their )?(?:left|right|both)"
    r" (?:ones?|leg|foot|arm|hand|knee|fist|legs|feet|arms|hands|knees|fists)"
    r"|(?:with|on|using) (?:the |his |her |their )?(?:left|right|both)|left|right)(?: only| again)?"
)
#: Which limb the action before is done with: "the left one", "right foot", "with both hands".
_ONE_SIDE = re.compile(rf"(?=.*?\b(?P<side>left|right|both)\b(?: (?P<limb>\w+))?){_WHICH_LIMB}")
_SLOWNESS = "|".join(word for word in MANNER if not word.startswith(("back", "for", "side")))
#: How the action before is done: "slow ones", "quick and happy".
_SUCH_ONES = re.compile(
    rf"(?:all |both )?(?:very |really )?(?P<how>(?:{_SLOWNESS})(?: (?:and )?(?:{_SLOWNESS}))*)(?: ones?)?"
    rf"|(?:very |really )?(?P<adverb>{'|'.join(sorted({m for m in MANNER.values() if m.endswith('ly')}))})"
)
_COUNT = rf"(?P<count>\d+|{'|'.join(NUMBERS)})"
#: How often, without a word for it: "leg swings, 10".
_FIGURE = re.compile(r"\d{1,2}")
_COUNTED_NOUN = re.compile(rf"{_COUNT} (?P<noun>[a-z]+)")
_AHEAD = re.compile(r"(?:straight )?(?:ahead|forward|up|down)")
_TO_A_SIDE = re.compile(r"(?<=points )to the (?:left|right)\b|(?<=looks )(?:to the )?(?:left|right)\b")
#: "Then ten more": of what was counted before.
_SO_MANY_MORE = re.compile(rf"(?:(?:do|does) )?{_COUNT} more(?: (?:of (?:them|those|these)|times|reps))?")
_COUNT_SAID = re.compile(
    rf"\b(?:\d+|{'|'.join(sorted(set(NUMBERS) - {'a', 'an', 'one', 'half'}))})\b(?! (?:m|met|sec|deg))"
)
_OF_THEM = re.compile(rf"{_COUNT} of (?:them|those|these)")
#: How far, or how much, the action before goes: "3 steps", "two metres", "90 degrees".
_MEASURE = re.compile(
    rf"(?:about |around |just |only )?{_COUNT}(?:\.\d+)?"
    r" ?(?:m|met(?:er|re)s?|steps?|paces|degrees|rounds|laps)"
)
#: Which hand the action before is done with: "left-handed", "right handed throw".
_HANDED = re.compile(r"(?:an? )?(?P<side>left|right)[- ]?handed(?: \w+)?")
#: A sentence that only goes on about the action before it.
GOES_ON = re.compile(
    rf"(?:(?:and|then) )*(?:the same (?:again )?(?:with|on|to)\b.*|{_WHICH_LIMB}|(?:only |just )?\d+"
    r" times(?:, \w+ly)?"
    r"|(?:an? )?(?:left|right)[- ]?handed(?: \w+)?)",
    re.IGNORECASE,
)
#: "Left leg four times, swap, right leg four times": what is said next says to which.
CHANGEOVER = re.compile(r"(?:swap|switch|change)(?:s|es)?(?: over)?")
#: How something is done all the while, and no action of its own: "keep facing front", "stay low".
_CONDITION = re.compile(
    r"(?:keep|keeps|keeping|stay|stays|staying|remain|remains)"
    r" (?:facing|looking|low|high|upright|still|straight|close|balanced|(?:the|your|his|her|their|both) )"
)
_MORE_STEPS = re.compile(
    rf"{_COUNT} (?:more )?(?P<way>(?:to the )?(?:left|right|side)|back(?:wards?)?|forwards?)\b.*"
)
#: The pose an action ended in is kept.
_HOLDING = re.compile(
    r"(?:hold|keep|stay)(?:s|ing)?"
    r"(?P<what> (?:it|that|this|still|there|in position|the (?:pose|position)|that pose))?"
)
#: All of it once more: "repeat 4 times", "do that three times".
_AGAIN = re.compile(
    r"(?:(?:repeat|redo)(?:s|ed)?|do(?:es)?(?= \w))"
    r"(?: (?:it|that|this|them|these|all|everything|of"
    r"|(?:the|this) (?:whole )?(?:thing|sequence|set|routine|series)))*"
)
_CARRYING_ON = re.compile(r"(?:carry|carries|keeps?|go|goes) (?:on(?: going)?|going)|continues?")


def goes_on_about_it(clause: str) -> bool:
    """Whether a clause only says how, or how many, of the action before it."""
    return any(
        said.fullmatch(clause) for said in (_SUCH_ONES, _OF_THEM, _ONE_SIDE, _HANDED, _MEASURE, _FIGURE)
    )


def gone_on(clause: str, actions: Sequence[Action]) -> list[Action] | None:
    """The actions so far with what an opened clause says of them; None where it is an action of its own.

    'with the right hand', 'three times', 'switch legs', 'slow ones', 'hold it for 3 seconds'. "The same with
    the right" does again what was done with the left.
    """
    words = clause.strip()
    if not actions:
        return None
    *before, last = actions
    if further := next(filter(None, (read(words, actions) for read in _CLAUSE_READERS)), None):
        return further
    times, rest = take_times(f"{words} times" if _FIGURE.fullmatch(words) else words)
    if times and _AGAIN.fullmatch(rest.strip(" ,.")):
        return [*actions] * min(max(1, round(times)), MOST)
    likened = re.fullmatch(r"(?:like|as if) .+", rest.strip(" ,."))
    if times and (likened or not rest.strip(" ,.")):
        told = " ".join(filter(None, [last.description, likened and likened[0]]))
        return [*before, replace(last, description=told, times=max(1, round(times)))]
    if match := _OF_THEM.fullmatch(words):
        return [*before, replace(last, times=max(1, round(number(match["count"]))))]
    if match := _SUCH_ONES.fullmatch(words):
        said = match["how"] or ""
        manner = match["adverb"] or " ".join(MANNER[word] for word in said.split() if word in MANNER)
        return [*before, replace(last, description=f"{last.description} {manner}")]
    if told := _detailed(last, words):
        return [*before, told]
    if match := _OTHER_SIDE.fullmatch(rest.strip(" ,.") if times else words):
        side = match["side"] or "other"
        first = next((n for n, a in enumerate(actions) if _on_side(a.description, side)), None)
        if first is not None:
            again = [_other_side(action, side) for action in actions[first:]]
            counted = [replace(action, times=max(1, round(times))) for action in again] if times else again
            return [*actions, *counted]
    if match := _ONE_SIDE.fullmatch(words):
        if other := _with_another(last, match["side"], bare=words == match["side"]):
            return [*actions, other]
        said = re.sub(r"\b(?:one|1) (?=leg|foot|arm|hand|knee)", f"the {match['side']} ", last.description)
        named = match["limb"] not in (None, "one", "ones", "only")
        said = f"{said} with {match['side']} {match['limb']}" if said == last.description and named else said
        return [*before, replace(last, description=said)] if said != last.description else None
    match = _MORE_STEPS.fullmatch(words)
    if match and re.search(r"\bsteps?\b", last.description):
        steps = f"{PERSON} steps {match['way']}"
        return [*actions, replace(last, description=steps, times=round(number(match["count"])))]
    return None


def _counted(words: str, actions: Sequence[Action]) -> list[Action] | None:
    """The last action so often as a count of it says: "hops on one leg", then "6 hops"."""
    match, last = _COUNTED_NOUN.fullmatch(words), actions[-1]
    if match is None or last.times > 1 or lemma(match["noun"]) not in map(lemma, last.description.split()):
        return None
    return [*actions[:-1], replace(last, times=max(1, round(number(match["count"]))))]


def _another_way(words: str, actions: Sequence[Action]) -> list[Action] | None:
    """What was pointed or looked at to one side done ahead as well: "to the left", then "straight ahead"."""
    match = _AHEAD.fullmatch(words)
    said, changed = _TO_A_SIDE.subn(match[0] if match else "", actions[-1].description)
    return [*actions, replace(actions[-1], description=said)] if match and changed else None


def _so_many_more(words: str, actions: Sequence[Action]) -> list[Action] | None:
    """The last action that somebody did, so many times more; None where it was said without a number."""
    more = _SO_MANY_MORE.fullmatch(words)
    done = next((action for action in reversed(actions) if action.description != STILL), None)
    if more is None or done is None:
        return None
    count = max(1, round(number(more["count"])))
    counted, found = _COUNT_SAID.subn(str(count), done.description, count=1)
    if not found and done.times < 2:
        return None
    again = replace(done, description=counted, held=None)
    return [*actions, again if found else replace(again, times=count)]


def _detailed(action: Action, words: str) -> Action | None:
    """The action with how far it goes, with which hand, or under which condition."""
    if _MEASURE.fullmatch(words) and not re.search(r"\d", action.description):
        return replace(action, description=f"{action.description} {words}")
    if match := _HANDED.fullmatch(words):
        said = re.sub(r" with (?:the |his |her )?(?:left|right) hand\b", "", action.description)
        return replace(action, description=f"{said} with the {match['side']} hand")
    return _under(action, words) if _CONDITION.match(words) else None


def _timed(words: str, actions: Sequence[Action]) -> list[Action] | None:
    """The last pose kept, or what was done gone on with, for as long as is said, or for a moment."""
    seconds, rest = take_seconds(words)
    held = _HOLDING.fullmatch(rest.strip())
    if held:
        return [*actions[:-1], replace(actions[-1], held=seconds or PAUSE_SECONDS)]
    if seconds is None or not _CARRYING_ON.fullmatch(rest.strip(" ,.")):
        return None
    gone = [action for action in actions if not re.search(r"\bturns?\b", action.description)]
    return [*actions, replace((gone or actions)[-1], seconds=seconds, held=None)]


#: What reads a clause that says how long, how often or which way.
_CLAUSE_READERS = (_timed, _so_many_more, _counted, _another_way)
_ONE_LIMB = re.compile(r"\b(?:(?:the|his|her|their) )?(?:left|right) (\w+?)s?\b")


def _with_another(action: Action, side: str, *, bare: bool) -> Action | None:
    """What was done with one hand or foot done with the other, or with both; None where no side was said.

    bare: nothing but a side was said: "left, right, right".
    """
    now = re.search(r"\b(?:left|right)\b", action.description)
    if not now or (now[0] == side and not bare):
        return None
    if side != "both":
        return _other_side(action, side)
    both = _ONE_LIMB.sub(_plural, action.description, count=1)
    return replace(action, description=both) if both != action.description else None


def _plural(limb: re.Match[str]) -> str:
    return f"both {plural(limb[1])}"


def _other_side(action: Action, side: str) -> Action:
    return replace(action, description=_on_side(action.description, side) or action.description)


def _on_side(description: str, side: str) -> str:
    """'stands on the left leg', 'other' -> 'stands on the right leg'; '' where no side is said."""
    now = re.search(r"\b(?:left|right)\b", description)
    if not now:
        one = re.sub(r"\b(?:one|1) (?=leg|foot|arm|hand|knee)", "the other ", description)
        return one if side == "other" and one != description else ""
    other = {"left": "right", "right": "left"}[now[0]] if side == "other" else side
    return re.sub(r"\b(?:left|right)\b", other, description)


def with_conditions(actions: Sequence[Action]) -> tuple[Action, ...]:
    """The actions, with what is kept all the while said of the one it follows."""
    told: list[Action] = []
    for action in actions:
        said = action.description.removeprefix(f"{PERSON} ")
        if told and _CONDITION.match(said):
            told[-1] = _under(told[-1], said)
        else:
            told.append(action)
    return tuple(told)


_LIFTS = re.compile(r"^(?:raises|lifts|puts up) ")
_DOWN = re.compile(r"^(?:sits|lies|lays|kneels|squats|crouches|bends)\b")
_UP = re.compile(r"^(?:stands|gets|rises|straightens|comes)\b(?: back)?(?: up)?")
_WAYS = {"left": "right", "right": "left", "forward": "back", "back": "forward", "up": "down", "down": "up"}
_WAYS |= {"forwards": "backwards", "backwards": "forwards", "raises": "lowers", "lowers": "raises"}


_OF_A_LIMB = re.compile(
    r"\b(?:(?:the|his|her|their)(?: (?:left|right))?|left|right|both)"
    r" (?:hand|arm|leg|foot|feet|knee|heel|elbow|head)s?\b"
)
_MOVED_AGAIN = re.compile(
    r"\b(?P<verb>raises|lowers|lifts|drops|bends|straightens|moves|swings|shakes) (?:it|them)\b"
)


def named_limb(action: Action, actions: Sequence[Action]) -> Action:
    """'lowers it' -> 'lowers the right hand', of the limb that the action before names."""
    limb = _OF_A_LIMB.search(actions[-1].description) if actions else None
    if limb is None:
        return action
    if action.description == f"{PERSON} lowers":
        action = replace(action, description=f"{action.description} it")
    said = limb[0] if limb[0].startswith(("the", "his", "her", "their", "both")) else f"the {limb[0]}"
    return replace(action, description=_MOVED_AGAIN.sub(rf"\g<verb> {said}", action.description))


def there_and_back(actions: Sequence[Action]) -> list[Action]:
    """The actions, a count said of one that undoes the one before it said of both, in turn.

    "Sits down and stands up five times" sits five times: nobody stands up twice without sitting in between.
    """
    told: list[Action] = []
    for action in actions:
        if told and action.times > 1 == told[-1].times and _undoes(action, told[-1]):
            again = min(action.times, MOST) - 1
            told += [replace(action, times=1), *[told[-1], replace(action, times=1)] * again]
        else:
            told.append(action)
    return told


#: Two things and how often, after a comma: "jumps and claps, three times".
_BOTH_COUNTED = re.compile(
    rf"(?:(?!\bthen\b)[^,.;:])+ and (?:(?!\b(?:and|then)\b)[^,.;:])+,"
    rf" (?:(?:for )?(?:{'|'.join(NUMBERS)}|\d+) times|twice|thrice)(?=[ .!]*$|,? (?:and )?then\b)"
)


def both_counted(actions: Sequence[Action], text: str) -> list[Action]:
    """The actions, a count said of the first two after a comma said of both in turn."""
    both, rest = actions[:2], actions[2:]
    counts = [action.times for action in both]
    if len(both) < 2 or counts[0] != 1 or counts[1] < 2 or not _BOTH_COUNTED.match(text.strip()):
        return [*actions]
    return [*[replace(action, times=1) for action in both] * min(counts[1], MOST), *rest]


def _undoes(action: Action, before: Action) -> bool:
    one, other = (doing.description.removeprefix(f"{PERSON} ") for doing in (before, action))
    if STILL in (action.description, before.description):
        return False
    if _LIFTS.match(one) and re.match(r"(?:lowers|drops) ", other):
        limbs = [_OF_A_LIMB.search(_LIFTS.sub("raises the ", doing)) for doing in (one, other)]
        raised, lowered = (limb and re.sub(r"\b(?:the|his|her|their) ", "", limb[0]) for limb in limbs)
        if raised and raised == lowered:
            return True
    if (_DOWN.match(one) and _UP.match(other)) or (_UP.match(one) and _DOWN.match(other)):
        return True
    before_it, after_it = _plain(one), _plain(other)
    turned = [_WAYS.get(word, word) for word in before_it]
    same_side = [word if word in OTHER_SIDE else _WAYS.get(word, word) for word in before_it]
    return after_it in (turned, same_side) and after_it != before_it


def _plain(doing: str) -> list[str]:
    return [word for word in doing.split() if word not in ("the", "again", "his", "her", "their")]


_BARE_FIGURE = re.compile(rf"^(?P<doing>an? \w+ \w+) {_COUNT}(?: more)?$")
_UNIT = re.compile(rf"\b(?:\d[\d.]*|{'|'.join(NUMBERS)}) ?(m|metres?|meters?|steps?|paces)\b")


def with_units(actions: Sequence[Action]) -> tuple[Action, ...]:
    """The actions, a bare figure with the unit said before it: 'walks 5 steps', then 'walks 3 more'."""
    return tuple(_with_unit(action, actions[:number]) for number, action in enumerate(actions))


def _with_unit(action: Action, earlier: Sequence[Action]) -> Action:
    bare = _BARE_FIGURE.match(action.description)
    alike = [one.description for one in earlier if bare and one.description.startswith(f"{bare['doing']} ")]
    units = [found for text in alike for found in _UNIT.findall(text)]
    if not bare or not units:
        return action
    return replace(action, description=f"{bare['doing']} {bare['count']} {units[-1]}")


def _under(action: Action, condition: str) -> Action:
    return replace(action, description=f"{action.description}, {condition}")
