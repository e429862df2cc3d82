"""Errors of the tools: one line each, precise enough for a coordinator to repair its call."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError

from ..motion_models.errors import MotionAgentError


class UnknownMotionError(MotionAgentError, LookupError):
    """A motion id or name that memory does not hold."""

    def __init__(self, motion_id: str, known: Iterable[str] = ()) -> None:
        names = ", ".join(known) or "none yet"
        super().__init__(f"motion {motion_id} does not exist; known: {names}")


class EditError(MotionAgentError, ValueError):
    """An edit that does not fit the motion it is applied to."""


class SceneError(MotionAgentError, ValueError):
    """A scene of several people where one person's motion is needed."""

    def __init__(self, scene_id: str, members: Iterable[tuple[str, str]]) -> None:
        people = "; ".join(f"{motion_id}: {description}" for motion_id, description in members)
        super().__init__(f"{scene_id} is a scene of several people; choose the motion of one: {people}")


class TokenizerError(MotionAgentError, ValueError):
    """A motion made of the tokens of another tokenizer than the one at hand."""

    def __init__(self, motion_id: str, theirs: str, backend: str, ours: str) -> None:
        super().__init__(
            f"motion {motion_id} was made with another tokenizer ({theirs}) than that of {backend} ({ours}): "
            "load the weights it was made with, or make it again"
        )


class BudgetError(MotionAgentError, ValueError):
    """A request longer or larger than the configured limits allow."""


class ForbiddenPathError(MotionAgentError, PermissionError):
    """A file outside the folders the tools may read or write."""


class SkippedStepError(MotionAgentError):
    """A step that was not run because a step it builds on failed."""


class StorageError(MotionAgentError, RuntimeError):
    """Conversations and motions cannot be read or written where they are kept."""


#: How many faults one error names, and how many characters it may take for each.
TOLD_FAULTS, TOLD_LENGTH = 8, 200


def one_line(error: ValidationError) -> str:
    """A Pydantic error as one line: every field that is wrong, and why; of very many, the first.

    What is told goes back to a coordinator and into the thread, so its length does not follow the input's.
    """
    problems = []
    for problem in error.errors(include_url=False, include_context=False, include_input=False)[:TOLD_FAULTS]:
        place = ".".join(str(part) for part in problem["loc"])
        reason = problem["msg"].removeprefix("Value error, ")
        problems.append(shortened(f"{place}: {reason}" if place else reason))
    if (left := error.error_count() - len(problems)) > 0:
        problems.append(f"and {left} more")
    return "; ".join(problems)


def shortened(text: str, length: int = TOLD_LENGTH) -> str:
    """A text that fits: the beginning of one that is too long."""
    return text if len(text) <= length else f"{text[: length - 3]}..."
