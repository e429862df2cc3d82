"""What arms and legs are to do while the rest of the body does something else."""

from __future__ import annotations

import re
from dataclasses import replace

from .....motion_models.english.quantities import canonical
from ..sentences.actions import Action
from ..sentences.clauses import read_actions
from ..sentences.grammar import Verbs
from ..sentences.requests import Edit
from ..sentences.subjects import PERSON

_LIMB = re.compile(
    r"\b(?:(?P<side>left|right) (?P<what>arm|hand|fist|elbow|leg|foot|knee)"
    r"|(?:both )?(?P<many>arms|hands|fists|legs|feet|knees)|(?P<half>upper body))\b"
)
_LEGS = ("leg", "foot", "knee", "legs", "feet", "knees")
#: Verbs of actions that arms do, whatever the legs do.
_GESTURE = re.compile(
    r"\b(?:wav|clap|applaud|punch|point|salut|beckon|conduct|flap|drink|box(?:e?s|ing)?\b|rub|scratch"
    r"|(?:rais|lift|stretch|hold|put|keep|cross|fold|swing|flex|shak)\w*(?: \w+){0,3} (?:arm|hand|fist))"
)
#: How a limb is held -> what a person does who holds it so.
_POSTURES = (
    (
        r"up(?: high)?|raised|lifted|in the air|up in the air|overhead|(?:over|above) (?:the|his|her) head",
        "raises {}",
    ),
    (
        r"(?:(?:stretched|straight) )?(?:out )?(?:forwards?|straight ahead|(?:in|to the) front"
        r"(?: of (?:him|her|them))?)",
        "stretches {} forward",
    ),
    (
        r"stretched(?: out)?|straight out|out|out to the sides?|to the sides?|spread",
        "stretches {} to the side",
    ),
    (
        r"still|motionless|relaxed|limp|hanging(?: down| loose| there)?|down|not moving"
        r"|(?:down )?(?:at|by) (?:the|his|her|their) sides?",
        "stands still",
    ),
    (r"crossed|folded", "crosses the arms"),
    (r"on (?:the|his|her) hips?", "puts the hands on the hips"),
    (r"behind (?:the|his|her) back", "puts the hands behind the back"),
    (r"behind (?:the|his|her) head", "puts the hands behind the head"),
)
_HELD = re.compile(
    rf"{_LIMB.pattern}(?: (?:is|are|be|should be|stays?|held|kept|goes?|go|pointing))* "
    rf"(?P<how>{'|'.join(how for how, _ in _POSTURES)})(?=$|[ ,.!?])"
)
_WHILE = re.compile(
    r"(?P<a>.+?),? (?:while|whilst) (?:also )?(?:(?:he|she|it|they|the person) (?:is |are )?)?(?P<b>.+)"
)
_AT_ONCE = re.compile(
    r"(?P<a>.+?) and (?P<b>.+?),? (?:at the same time|simultaneously|at once|meanwhile|in parallel)"
)
_WITH = re.compile(
    r"(?P<a>.+?)(?:,? (?:with|holding|keeping|having)"
    r"|,(?= (?:(?:the|his|her|their|both|left|right) )*(?:arms?|hands?)\b))"
    r" (?:(?:the|his|her|their) )?(?P<b>.+)"
)


def limb_in(words: str) -> str | None:
    """The limb that words name, or that does the gesture they name, as `edit_motion` calls it."""
    if found := _LIMB.search(words):
        if found["half"]:
            return "upper body"
        legs = (found["what"] or found["many"]) in _LEGS
        if found["side"]:
            return f"{found['side']} {'leg' if legs else 'arm'}"
        return "legs" if legs else "arms"
    return "arms" if _GESTURE.search(words) else None


def held(words: str) -> tuple[str, str] | None:
    """(limb, what a person does who holds it so) of 'with the left arm up'; None where that is not said."""
    found = _HELD.search(words)
    limb = limb_in(found[0]) if found else None
    if not found or not limb:
        return None
    said = f"the {found['side']} {found['what']}" if found["side"] else f"both {found['many']}"
    doing = next(doing for how, doing in _POSTURES if re.fullmatch(how, found["how"]))
    return limb, f"{PERSON} {doing.format(said)}"


def limb_edit(said: str, acts: str, part: str, verbs: Verbs) -> Edit | None:
    """The change of a limb that a request says: what it does, or how it is held. None: it names no limb."""
    words = said.lower()
    if not acts:
        found = held(words)
        return found and Edit("limb", part, (Action(found[1]),), place=found[0], said=said)
    read = read_actions(canonical(acts), verbs)
    limb = limb_in(acts.lower()) or limb_in(words)
    if read.unclear or len(read.actions) != 1 or limb is None:
        return None
    return Edit("limb", part, read.actions, place=limb, said=said)


def limb_from(said: str, source: str) -> Edit | None:
    """The change that takes a limb over from a motion in memory."""
    limb = limb_in(said.lower())
    return Edit("limb", actions=(Action(source, motion=source),), place=limb, said=said) if limb else None


def at_once(action: Action, verbs: Verbs) -> Action:
    """An action of two things at once, as one of the body and one of a limb, where arms do one of them."""
    if action.motion or action.limb:
        return action
    match = _WITH.fullmatch(action.description)
    if match and _HELD.fullmatch(match["b"]) and (found := held(match["b"])):
        return replace(action, description=match["a"], limb=found[0], gesture=found[1])
    match = _WHILE.fullmatch(action.description) or _AT_ONCE.fullmatch(action.description)
    if not match:
        return action
    first, second = _said_plainly(match["a"], verbs), _said_plainly(match["b"], verbs)
    if not first or not second:
        return action
    for body, gesture in ((first, second), (second, first)):
        limb = limb_in(gesture)
        if limb and not limb_in(body) and _GESTURE.search(gesture):
            return replace(action, description=body, limb=limb, gesture=gesture)
    return action


def gesture_first(description: str) -> bool:
    """Whether words put a gesture before what the body does: "raises the left arm while walking"."""
    match = _WHILE.fullmatch(description)
    return bool(match and limb_in(match["a"]) and not limb_in(match["b"]))


def _said_plainly(words: str, verbs: Verbs) -> str:
    """'waving the right hand' -> 'a person waves the right hand'; '' for what is no one action."""
    if re.search(r"\b(?:while|at the same time|talking|looking)\b", words):
        return ""
    read = read_actions(words, verbs)
    return read.actions[0].description if len(read.actions) == 1 and not read.unclear else ""
