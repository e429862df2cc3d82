"""Typed errors of the motion layer. Each message names the cause and the remedy."""

from __future__ import annotations

from .secrets import redacted


class MotionAgentError(Exception):
    """Base of every error this package raises on purpose.

    The message is one line meant for people (and for a coordinator LLM that can repair its call). It may
    quote settings, a server or a plug-in, and is kept with conversations, so secrets in it are hidden.
    """

    def __init__(self, message: str) -> None:
        super().__init__(redacted(message))


class InvalidMotionError(MotionAgentError, ValueError):
    """An array or file that is not a usable human motion (shape, NaN, joint count, frame rate)."""


class FormatError(MotionAgentError, ValueError):
    """A file that cannot be read or written in the format its name promises."""


class CheckpointError(MotionAgentError, RuntimeError):
    """Weights that are missing, truncated, or do not fit the model they are loaded into."""


class UnknownActionError(MotionAgentError, ValueError):
    """A description in which no known action could be found."""


class InvalidRequestError(MotionAgentError, ValueError):
    """Arguments outside what a model accepts: empty text, absurd durations, bad token ids."""


class BackendError(MotionAgentError, RuntimeError):
    """A motion backend that failed or cannot be reached."""


class MissingExtraError(MotionAgentError, ImportError):
    """Something that needs a package which is installed by choice, and is not."""


class HubError(MotionAgentError, RuntimeError):
    """A model hub that refuses a request, lacks what is asked for, or cannot be reached."""


class TrainingStoppedError(MotionAgentError):
    """A training that was interrupted and left a checkpoint; the same call goes on from it."""

    def __init__(self, step: int, steps: int, folder: str) -> None:
        super().__init__(
            f"stopped after step {step} of {steps}, kept in {folder}: start the same training again to go on"
        )
