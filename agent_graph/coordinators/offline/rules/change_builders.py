"""What each phrase of `change_table.py` becomes: an `Edit`, its parts still marks.

A builder takes what the named places of a phrase hold; it gives None where the phrase does not fit.
"""

from __future__ import annotations

import re

from ..sentences.clauses import read_actions
from ..sentences.grammar import Verbs
from ..sentences.requests import Edit, Relation
from .edit_phrases import PLAINLY, STRONGLY

Said = dict[str, str]


def _part(said: Said) -> str:
    return said.get("part") or said.get("after") or ""


def counted(said: Said, verbs: Verbs) -> Edit | None:
    how = said.get("how", "")
    relation: Relation = "to"
    amount = float(said["n"]) if "n" in said else 1.0
    if how in ("more", "another", "extra", "additional") or how in ("extend", "lengthen"):
        relation = "more"
    elif how in ("less", "fewer", "shorten", "reduce") or re.match(
        r"cut|drop|remove|del|skip|lose|take|knock", how
    ):
        relation, amount = ("less", amount) if "n" in said else ("factor", 0.5)
    elif how.startswith(("half", "halve")):
        relation, amount = "factor", 0.5
    elif how.startswith(("double", "2 times", "twice")):
        relation, amount = "factor", 2.0
    part = "every part" if "each" in said else _part(said)
    unit = "" if relation == "to" and "times" not in said else "times"
    if "unit" in said:
        unit = {"m": "metres", "d": "degrees"}.get(said["unit"][0], "steps")
    return Edit("quantity", part, amount=amount, said=unit, relation=relation)


def one_more_after(said: Said, verbs: Verbs) -> Edit:
    """One more of the part it is to follow; the whole once more, where that is what is named."""
    return Edit(
        "copy",
        said.get("anchor", ""),
        place="after" if "anchor" in said else "end",
        anchor=said.get("anchor", ""),
    )


def on_sides(said: Said, verbs: Verbs) -> Edit | None:
    sides = re.findall(r"left|right", said["sides"])
    if "n" in said and float(said["n"]) != len(sides):
        return None
    return Edit("sides", said.get("anchor") or _part(said), said=" ".join(sides))


def smoothed(said: Said, verbs: Verbs) -> Edit:
    return Edit("inbetween", _part(said), anchor=said.get("anchor", ""))


def turned(said: Said, verbs: Verbs) -> Edit:
    degrees = {"quarter": 90.0, "half": 180.0, "full": 360.0, "whole": 360.0}[said["share"]]
    return Edit("quantity", _part(said), amount=degrees, said="degrees")


def paced(said: Said, verbs: Verbs) -> Edit:
    slower = said["how"].startswith(("slow", "more slow", "less fast", "half", "less quick"))
    slower = slower != (said.get("pace") == "slow")
    if said["how"].startswith(("half", "double", "2 times")):
        return Edit("speed", _part(said), amount=0.5 if slower else 2.0)
    return Edit("speed", _part(said), amount=0.5 if slower else 2.0, said="?")


def scaled(said: Said, verbs: Verbs) -> Edit | None:
    factor = float(said.get("factor") or said["bare"])
    if not factor:
        return None
    slower = said.get("how", "").startswith("slow")
    return Edit("speed", _part(said), amount=round(1 / factor, 3) if slower else factor)


def lengthened(said: Said, verbs: Verbs) -> Edit:
    if "s" in said and "how" not in said:
        part = _part(said) or ("every part" if "each" in said else "")
        return Edit("duration", part, amount=float(said["s"]))
    shorter = said["how"].startswith(("short", "half", "less"))
    if "s" in said:
        return Edit("shorter" if shorter else "longer", _part(said), amount=float(said["s"]))
    if said["how"].startswith(("half", "2 times", "double")):
        return Edit("shorter" if shorter else "longer", _part(said), amount=-STRONGLY)
    return Edit("shorter" if shorter else "longer", _part(said), amount=-1.0, said="?")


def sided(said: Said, verbs: Verbs) -> Edit:
    side = said["side"].replace("opposite", "other")
    return Edit("side", _part(said), place=side, said=f"{side} {said.get('limb', '')}".strip())


def headed(said: Said, verbs: Verbs) -> Edit:
    way = said.get("way", "other").replace("opposite", "other")
    return Edit("heading", _part(said), said=way)


def enlarged(said: Said, verbs: Verbs) -> Edit:
    """How large a movement is, as the manner of a part."""
    how = said["how"]
    last = how.split()[-1]
    less = how.startswith(("less", "not so", "not as")) or last in _SMALL
    manner = "slightly" if less else _OF_SIZE[said["size"]] if "size" in said else ""
    return Edit("extent", _part(said), said=_LARGE.get(last, manner))


_LARGE = {
    "higher": "high", "bigger": "big", "larger": "big", "deeper": "deeply", "wider": "wide",
    "further": "far", "farther": "far", "harder": "hard", "stronger": "hard",
    "lower": "low",
}  # fmt: skip
_OF_SIZE = {
    "height": "high", "size": "big", "depth": "deeply", "width": "wide", "strength": "hard",
    "force": "hard", "power": "hard",
}  # fmt: skip
_SMALL = ("smaller", "shallower", "gentler", "softer", "reduce", "decrease")


def deleted(said: Said, verbs: Verbs) -> Edit | None:
    return Edit("delete", said["part"])


def kept(said: Said, verbs: Verbs) -> Edit:
    return Edit("only", said["part"])


def played_backwards(said: Said, verbs: Verbs) -> Edit:
    return Edit("reverse", said["part"])


def made_anew(said: Said, verbs: Verbs) -> Edit:
    return Edit("regenerate", said["part"])


def mirrored(said: Said, verbs: Verbs) -> Edit:
    return Edit("mirror", _part(said))


def moved(said: Said, verbs: Verbs) -> Edit:
    if "anchor" in said:
        return Edit("move", said["part"], place=said["side"], anchor=said["anchor"])
    place = "start" if said["extreme"] in ("first", "start", "beginning", "front") else "end"
    return Edit("move", said["part"], place=place)


def copied(said: Said, verbs: Verbs) -> Edit:
    if "anchor" in said:
        return Edit("copy", said["part"], place=said["side"], anchor=said["anchor"])
    return Edit(
        "copy", said["part"], place="start" if said.get("extreme") in ("start", "beginning") else "end"
    )


def copied_to_other(said: Said, verbs: Verbs) -> Edit:
    return Edit("copy", _part(said), place="end", said=said["side"].replace("opposite", "other"))


def copied_so(said: Said, verbs: Verbs) -> Edit:
    """Once more at the end, at another pace or backwards."""
    how = said["how"]
    if how.startswith(("back", "in ")):
        return Edit("copy", _part(said), said="backwards")
    return Edit(
        "copy", _part(said), said="pace", amount=round(1 / PLAINLY, 3) if how == "slower" else PLAINLY
    )


def swapped(said: Said, verbs: Verbs) -> Edit:
    return Edit("swap", said["part"])


def brought_back(said: Said, verbs: Verbs) -> Edit:
    extreme = said.get("extreme", "")
    place = {"": "before", "start": "start", "beginning": "start"}.get(extreme, "end")
    return Edit("back", said["gone"], place=place)


def together(said: Said, verbs: Verbs) -> Edit:
    return Edit("together", _part(said), anchor=said.get("anchor", ""))


def held(said: Said, verbs: Verbs) -> Edit:
    """A pose kept: where the part that is named ends, or as long as what follows leaves it."""
    held_limb = f"the {said['held']}" if "held" in said else ""
    return Edit("hold", held_limb or _part(said), amount=float(said.get("s", 1)), said="pose")


def paused(said: Said, verbs: Verbs) -> Edit:
    extreme = said.get("extreme", "")
    place = said.get("side") or ("start" if extreme in ("start", "beginning") else "end")
    return Edit("pause", amount=float(said.get("s", 1)), place=place, anchor=said.get("anchor", ""))


def curved(said: Said, verbs: Verbs) -> Edit:
    return Edit("path", _part(said), said=f"{said['side']} curve")


def circled(said: Said, verbs: Verbs) -> Edit:
    """A way in a circle that is wider or narrower, or goes round the other way."""
    wider = said.get("how", "") in ("bigger", "larger", "wider")
    factor = 1.0 if "how" not in said else 2.0 if wider else 0.5
    return Edit("path", _part(said), amount=factor, said=f"circle {said.get('round', '')}".strip())


def returned(said: Said, verbs: Verbs) -> Edit:
    return Edit("return")


def halfway(said: Said, verbs: Verbs) -> Edit:
    return Edit("halfway")


def split(said: Said, verbs: Verbs) -> Edit:
    return Edit("split", said["part"], anchor=said["anchor"])


def styled(said: Said, verbs: Verbs) -> Edit | None:
    return Edit("style", _part(said), said={"energy": "energetic"}.get(said["style"], said["style"]))


def becomes(said: Said, verbs: Verbs) -> Edit | None:
    read = read_actions(said["new"], verbs)
    if read.unclear or len(read.actions) != 1 or not read.actions[0].known:
        return None
    if re.search(r"@| and ", said["new"]):
        return None
    return Edit("replace", said["part"], read.actions)
