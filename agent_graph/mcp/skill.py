"""SKILL.md, which tells an agent how to use the command line and the tools."""

from __future__ import annotations

from importlib.resources import files


def skill_text() -> str:
    """The text of SKILL.md."""
    return (files(__name__.rpartition(".")[0]) / "SKILL.md").read_text("utf-8")
