"""Requests with what a limb does meanwhile, and the shape of a path, told apart from their actions."""

from __future__ import annotations

import re
from dataclasses import replace

from .dialogue import Thread
from .overlays.limbs import at_once, gesture_first, limb_in
from .overlays.shapes import along
from .sentences.actions import Action
from .sentences.grammar import Verbs
from .sentences.parts import find_parts
from .sentences.requests import Edit, Intent, Make, Restage, Scene

_MEANWHILE = re.compile(
    r"(?P<doing>.+?),? (?:at the same time|meanwhile|simultaneously|while doing (?:it|that|so)"
    r"|(?:during|throughout) (?P<part>.+))"
)


def in_layers(request: Intent, message: str, thread: Thread, verbs: Verbs) -> Intent:
    """The request as it is planned: motion of the body, with a limb or a path laid over it."""
    if isinstance(request, Scene):
        people = tuple(tuple(_layered(action, verbs) for action in actions) for actions in request.people)
        return replace(request, people=people)
    if not isinstance(request, Make | Edit | Restage) or (
        isinstance(request, Edit) and request.kind == "limb"
    ):
        return request
    if thread.current_clip and len(request.actions) == 1 and not isinstance(request, Restage):
        over = _over_what_is_there(request.actions[0], request, message, thread, verbs)
        if over is not None:
            return over
    return replace(request, actions=tuple(_layered(action, verbs) for action in request.actions))


def _layered(action: Action, verbs: Verbs) -> Action:
    return along(at_once(action, verbs))


def _over_what_is_there(
    action: Action, request: Make | Edit, message: str, thread: Thread, verbs: Verbs
) -> Edit | None:
    """ "Raise the left arm while walking", where somebody walks; "and wave at the same time"."""
    clip = thread.current_clip
    goes_on = request.continues if isinstance(request, Make) else request.kind == "insert"
    goes_on = goes_on or message.lower().startswith("and ")
    match = _MEANWHILE.fullmatch(action.description)
    if match and goes_on and (limb := limb_in(match["doing"])) and " and " not in match["doing"]:
        doing = (replace(action, description=match["doing"]),)
        return Edit("limb", match["part"] or "", doing, place=limb, said=message)
    first = verbs.verb((message.lower().split() or [""])[0])
    if not (first and first.form == "base" and gesture_first(action.description)):
        return None
    layered = at_once(action, verbs)
    words = layered.description.split()
    parts = [text for text, _ in (clip.segments if clip else None) or ()]
    if not layered.limb or len(words) < 3 or not find_parts(words[2], parts, verbs):
        return None
    return Edit("limb", words[2], (Action(layered.gesture),), place=layered.limb, said=message)
