"""What the name of a joint says: its word and its side, without what all joints of a file bear.

Names are hints. Which joint plays a role is settled with the tree and the shape of the rest pose (`roles`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

#: What a joint is called, without side, spaces or prefix -> its role.
WORDS = {
    "hip": ("upleg", "upperleg", "legupper", "thigh", "femur", "thighbend", "hipjoint", "legbend", "uleg"),
    "knee": (
        "lowleg", "lowerleg", "leglower", "shin", "calf", "tibia", "knee", "shank", "foreleg", "lleg",
        "shinbend",
        "ひざ", "膝",
    ),
    "ankle": ("ankle", "足首", "footbone"),
    "toe": (
        "toe", "toes", "toebase", "toe0", "ball", "toe1", "toeend", "forefoot", "toetip",
        "つま先", "足先ex",
    ),
    "shoulder": (
        "arm", "uparm", "upperarm", "armupper", "humerus", "shldr", "shldrbend", "uarm", "upperarmbend", "腕",
    ),
    "collar": ("clavicle", "collar", "collarbone", "shoulderblade", "scapula", "肩"),
    "elbow": (
        "forearm", "lowarm", "lowerarm", "armlower", "elbow", "radius", "forearmbend", "farm", "larm",
        "ひじ", "肘",
    ),
    "wrist": ("hand", "wrist", "手首"),
    "?hip": ("hip", "足"),
    "?leg": ("leg",),
    "?foot": ("foot",),
    "?shoulder": ("shoulder",),
    "pelvis": ("hips", "pelvis", "hip", "下半身", "センター"),
    "neck": ("neck", "neck0", "neck1", "neck01", "lowerneck", "necklower", "首"),
    "head": ("head", "skull", "頭"),
}  # fmt: skip
ROLE_OF = {word: role for role, words in reversed(WORDS.items()) for word in words}
LEFT_RIGHT = {"left": ("left", "l", "lf", "lt", "左"), "right": ("right", "r", "rt", "rg", "右")}
_CENTRE = ("m", "mid", "middle", "c", "centre", "center")

_PREFIX = re.compile(
    r"^((mixamorig\d*|valvebiped|bip\d*|b|armature|character\d*|def|org|jnt|bone|skel|rig|j|c)[ _.:|\-]+)+",
    re.I,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: Share of a file's joints that bear what counts as a prefix or suffix of that file.
_MOST = 0.7
_FEWEST = 8


def is_end(name: str) -> bool:
    """Whether a name says that the joint is but the end of a bone."""
    return bool(re.search(r"(?i)\bend\b|_end|end$|endsite|nub|\btip|_tip|tip$", name))


def plain_names(names: Sequence[str]) -> list[str]:
    """Names without namespaces, and without what nearly all joints of the file begin or end with."""
    plain = [name.strip().rsplit("|", 1)[-1].rsplit(":", 1)[-1] for name in names]
    plain = _without_shared(plain, _beginnings, str.removeprefix)
    plain = _without_shared(plain, _endings, _without_ending)
    return [_PREFIX.sub("", name) or name for name in plain]


def _without_shared(
    names: list[str], parts: Callable[[str], Iterable[str]], without: Callable[[str, str], str]
) -> list[str]:
    """Names without the longest part that nearly all of them bear."""
    counts = Counter(part for name in names for part in set(parts(name)))
    shared = [part for part, count in counts.items() if count >= max(_FEWEST, _MOST * len(names))]
    for part in sorted(shared, key=len, reverse=True)[:1]:
        return [without(name, part) or name for name in names]
    return names


def _beginnings(name: str) -> Iterable[str]:
    """'Skeleton_001_LeftArm' -> 'Skeleton_', 'Skeleton_001_', 'Skeleton_001_Left'."""
    return [name[: cut.end()] for cut in re.finditer(r"[ _.\-]+|(?<=[a-z0-9])(?=[A-Z])", name)]


def _endings(name: str) -> Iterable[str]:
    """'LeftArm_JNT' -> '_JNT'. Ends of bones bear the ending of their joint before their own."""
    stem = re.sub(r" end$", "", name)
    return [stem[cut.start() :] for cut in re.finditer(r"[ _.\-]+", stem) if cut.start()]


def _without_ending(name: str, ending: str) -> str:
    stem = re.sub(r" end$", "", name)
    return stem.removesuffix(ending) + name[len(stem) :]


def word_on_side(name: str, side: str) -> str | None:
    """The word of `name` without its side ('LeftUpLeg', 'thigh.L', 'L Calf', 'lfemur', '左腕'), else None."""
    tokens = _tokens(name)
    for mark in LEFT_RIGHT[side]:
        if mark in tokens:
            tokens.remove(mark)
            return "".join(tokens)
    joined = "".join(tokens)
    for mark in (side, LEFT_RIGHT[side][-1]):
        if joined.startswith(mark) or joined.endswith(mark):
            return joined.removeprefix(mark).removesuffix(mark)
    letter = side[0]
    return joined[1:] if joined.startswith(letter) and role_of(joined[1:]) else None


def centre_word(name: str) -> str:
    """The word of a joint of the trunk, without a mark of the centre ('Neck_M', 'Bip_C_Head')."""
    tokens = _tokens(name)
    return "".join(token for token in tokens if token not in _CENTRE) or "".join(tokens)


def role_of(word: str) -> str | None:
    """The role of a word, also of one that is numbered ('upperleg01')."""
    return ROLE_OF.get(word) or ROLE_OF.get(re.sub(r"\d+$", "", word))


def _tokens(name: str) -> list[str]:
    return [token.lower() for token in re.split(r"[\W_]+", _CAMEL.sub(" ", name)) if token]
