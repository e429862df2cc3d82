"""A small skeleton of CMU's bones as ASF and AMC files, whose poses are known by construction."""

from __future__ import annotations

UNIT = 0.0254 / 0.45
#: name: (parent, direction, length in file units, degrees of freedom)
BONES = {
    "lowerback": ("root", (0, 1, 0), 2.0, "rx ry rz"),
    "upperback": ("lowerback", (0, 1, 0), 2.0, "rx ry rz"),
    "thorax": ("upperback", (0, 1, 0), 2.0, "rx ry rz"),
    "lowerneck": ("thorax", (0, 1, 0), 1.5, "rx ry rz"),
    "upperneck": ("lowerneck", (0, 1, 0), 1.5, "rx ry rz"),
    "head": ("upperneck", (0, 1, 0), 1.5, "rx ry rz"),
}
for letter, sign in (("l", 1), ("r", -1)):
    BONES |= {
        f"{letter}hipjoint": ("root", (sign * 0.6, -0.8, 0), 2.4, ""),
        f"{letter}femur": (f"{letter}hipjoint", (0, -1, 0), 7.5, "rx ry rz"),
        f"{letter}tibia": (f"{letter}femur", (0, -1, 0), 7.5, "rx"),
        f"{letter}foot": (f"{letter}tibia", (0, 0, 1), 2.0, "rx rz"),
        f"{letter}clavicle": ("thorax", (sign, 0, 0), 3.0, "ry rz"),
        f"{letter}humerus": (f"{letter}clavicle", (sign, 0, 0), 5.0, "rx ry rz"),
        f"{letter}radius": (f"{letter}humerus", (sign, 0, 0), 3.5, "rx"),
    }
#: A local axis that is turned: the knee's x axis points down the shin's own z.
AXES = {"ltibia": "0 90 0"}


def asf_text() -> str:
    lines = [
        "# made for a test", ":version 1.10", ":name VICON", ":units", "mass 1.0", "length 0.45", "angle deg",
        ":documentation", "  made by hand", ":root", "order TX TY TZ RX RY RZ", "axis XYZ",
        "position 0 0 0", "orientation 0 0 0", ":bonedata",
    ]  # fmt: skip
    for number, (name, (_, direction, length, dof)) in enumerate(BONES.items(), start=1):
        lines += ["begin", f"id {number}", f"name {name}", f"direction {' '.join(map(str, direction))}"]
        lines += [f"length {length}", f"axis {AXES.get(name, '0 0 0')} XYZ"]
        lines += [f"dof {dof}", "limits (-160.0 20.0)", "(-70.0 70.0)"] if dof else []
        lines.append("end")
    lines += [":hierarchy", "begin"]
    for parent in dict.fromkeys(parent for parent, *_ in BONES.values()):
        lines.append(" ".join([parent, *(name for name, (p, *_) in BONES.items() if p == parent)]))
    return "\n".join([*lines, "end", ""])


def amc_text(frames: int = 60, **poses: str) -> str:
    lines = ["#!OML:ASF made", ":FULLY-SPECIFIED", ":DEGREES"]
    for frame in range(1, frames + 1):
        lines += [str(frame), f"root 0 17 {frame * 0.1:.3f} {poses.get('root', '0 0 0')}"]
        for name, (_, _, _, dof) in BONES.items():
            if dof:
                lines.append(f"{name} {poses.get(name, ' '.join('0' for _ in dof.split()))}")
    return "\n".join([*lines, ""])
