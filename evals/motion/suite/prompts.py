"""The open suite's prompts, read from prompts.yaml and checked against the table of predicates."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator

from ....motion_models.english.captions import load_captions
from ....motion_models.motion.measures.predicates import PREDICATES


class Prompt(BaseModel):
    """One request and what its motion must show; `then` is checked on a later part of the motion."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1)
    group: str
    expect: tuple[str, ...] = Field(min_length=1)
    then: tuple[str, ...] = ()
    seconds: float | None = None
    paraphrase: bool = False

    @field_validator("expect", "then")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [name for name in names if name not in PREDICATES]:
            raise ValueError(f"unknown predicates: {', '.join(unknown)}")
        return names

    @property
    def stages(self) -> tuple[tuple[str, ...], ...]:
        return (self.expect, self.then) if self.then else (self.expect,)

    @property
    def verbatim(self) -> bool:
        """Whether exactly these words caption a segment (of training or held-out data)."""
        return normalized(self.text) in _caption_texts()


@cache
def load_prompts() -> tuple[Prompt, ...]:
    """All prompts in the order of the file."""
    groups = yaml.safe_load(Path(__file__).with_name("prompts.yaml").read_text("utf-8"))
    return tuple(Prompt(group=group["group"], **entry) for group in groups for entry in group["prompts"])


def normalized(text: str) -> str:
    """Lower-case words only, single spaces."""
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


@cache
def _caption_texts() -> frozenset[str]:
    return frozenset(normalized(caption) for segment in load_captions() for caption in segment.captions)
