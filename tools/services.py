"""What every tool closes over: the motion backend, the memory, the folders and the limits."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from ..motion_models.backends.protocol import MotionBackend, decode_all, encode_closely
from ..motion_models.english.interpretation import Interpretation
from ..motion_models.errors import BackendError, MotionAgentError
from ..motion_models.motion.features import DIM, FRAMES_PER_TOKEN
from ..motion_models.secrets import as_cause, line_of
from .batching import Job, Result, Tokens
from .errors import BudgetError, TokenizerError
from .memory import ClipDraft, MotionClip, MotionMemory
from .schemas import BodyName, BoneNames, Trail, reference_number

if TYPE_CHECKING:
    from ..motion_models.formats import WriteOptions


@dataclass(frozen=True)
class Call:
    """Where a tool call comes from.

    origin: thread and tool call, the root of the ids of what it makes. results: what earlier steps of the
    same plan made, by step number from 1. seed: the base of seeds not asked for, None to derive them from
    the origin (so that a replayed turn makes the same motion again). trail: the motions the conversation was
    about.
    """

    user: str
    origin: str
    results: dict[int, Result] = field(default_factory=dict)
    seed: int | None = None
    trail: Trail = field(default_factory=Trail)

    def seed_for(self, position: int) -> int:
        """The seed of the call's motion number `position` when the request names none."""
        if self.seed is not None:
            return self.seed + position
        return int.from_bytes(hashlib.sha256(f"{self.origin}/{position}".encode()).digest()[:4])


@dataclass(frozen=True)
class Services:
    """The backend and the memory, with the checks and conversions all tools share."""

    backend: MotionBackend
    memory: MotionMemory
    output_folder: Path = Path("motions")
    input_folder: Path = Path()
    max_seconds: float = 600.0
    max_people: int = 8
    max_file_megabytes: int = 512
    #: How many files the output folder may hold; None: as many as are written.
    max_files: int | None = None
    raise_errors: bool = False
    #: What files show, and how the bones in them are called.
    body: BodyName = "human"
    bone_names: BoneNames = "ours"
    #: Marks the calls that come without a thread as those of one set of tools.
    session: str = field(default_factory=lambda: uuid4().hex)

    @property
    def look(self) -> WriteOptions:
        """How files, pictures and viewers show motions. Raises FormatError for a body or names unknown."""
        from ..motion_models.formats import WriteOptions

        return WriteOptions(self.body, self.bone_names)

    def clip(self, call: Call, motion_id: str) -> MotionClip:
        """The motion of one person a call means, to make another of. See `any_clip` and `check_tokenizer`.

        Raises SceneError for a scene.
        """
        clip = self.any_clip(call, motion_id).of_one_person()
        self.check_tokenizer(clip)
        return clip

    def any_clip(self, call: Call, motion_id: str) -> MotionClip:
        """The clip a call means by an id, a name, or '$n' for the motion step n of its plan made."""
        number = reference_number(motion_id)
        step = None if number is None else call.results.get(number)
        if step is not None and step.made:
            motion_id = step.made[0].id
        return self.memory.get(call.user, motion_id)

    def keep(self, call: Call, draft: ClipDraft, position: int = 0) -> MotionClip:
        """Write a new motion to memory. Raises BudgetError when it is longer than allowed."""
        self.check_seconds(draft.seconds)
        marked = draft.model_copy(update={"tokenizer": tokenizer_of(self.backend)})
        return self.memory.remember(call.user, marked, f"{call.origin}/{position}")

    def check_tokenizer(self, clip: MotionClip) -> None:
        """Raise TokenizerError for a motion whose tokens this backend's tokenizer would read as another one.

        Nothing can be said where either does not know its tokenizer: of a clip of an earlier version, or of
        a backend without a `tokenizer_fingerprint`.
        """
        ours = tokenizer_of(self.backend)
        if None not in (ours, clip.tokenizer) and ours != clip.tokenizer:
            raise TokenizerError(clip.id, str(clip.tokenizer), self.backend.name, str(ours))

    def check_seconds(self, seconds: float) -> None:
        """Raise BudgetError for more motion than is allowed, before or after it is made."""
        if seconds > self.max_seconds + 1e-6:
            raise BudgetError(
                f"this would be {seconds:g} s of motion; at most {self.max_seconds:g} s are allowed"
            )

    def interpret(self, description: str) -> Interpretation:
        """The backend's reading of a description; one that reads nothing is prompted with it as it is."""
        reader = getattr(self.backend, "interpret_posed", None) or getattr(self.backend, "interpret", None)
        return Interpretation(description) if reader is None else self._ask(reader, description)

    def interpret_behind(self, description: str) -> Interpretation | None:
        """What stands behind the backend's own motion of a description as key poses; None where nothing."""
        reader = getattr(self.backend, "interpret_behind", None)
        return None if reader is None else self._ask(reader, description)

    def generate(self, jobs: Sequence[Job]) -> list[Tokens]:
        """One batch through the backend; each result is a non-empty tuple of token ids."""
        options: dict[str, Any] = {
            "seconds": [job.seconds for job in jobs],
            "seed": [job.seed for job in jobs],
        }
        if self.candidates > 1 and _takes(
            self.backend, "candidates"
        ):  # the tools choose among them, by more than the backend could
            options["candidates"] = 1
        if any(job.prefix for job in jobs) and _takes(self.backend, "prefixes"):
            options["prefixes"] = [_tensor(job.prefix) if job.prefix else None for job in jobs]
        batch = self._ask(self.backend.generate, [job.prompt for job in jobs], **options)
        return [self._tokens(motion) for motion in self._listed(batch, len(jobs), "motions")]

    @property
    def candidates(self) -> int:
        """How many motions of one request the backend thinks worth making; 1 where it does not say."""
        count = getattr(self.backend, "candidates", 1)
        return count if isinstance(count, int) and count > 1 else 1

    def judge(self, prompts: Sequence[str], motions: Sequence[Tokens]) -> list[float]:
        """How likely each prompt is as a caption of its motion, mean log p; 0 where nobody can say."""
        judge = getattr(self.backend, "judge", None)
        if judge is None or len(motions) < 2:
            return [0.0] * len(motions)
        return list(self._ask(judge, list(prompts), [_tensor(m) for m in motions]))

    def unlikely(self, readings: Sequence[Interpretation], motions: Sequence[Tokens]) -> list[bool]:
        """Whether the backend finds each request an unlikely caption of its motion; no, if it cannot say."""
        judge, bound = getattr(self.backend, "judge", None), getattr(self.backend, "weak_below", None)
        if judge is None or bound is None or not motions:
            return [False] * len(motions)
        scores = self._ask(judge, [reading.text for reading in readings], [_tensor(m) for m in motions])
        return [score < bound for score in scores]

    def caption(self, motions: Sequence[Tokens]) -> list[str]:
        """One caption per token sequence, as one batch."""
        captions = self._ask(self.backend.caption, [_tensor(tokens) for tokens in motions])
        listed = self._listed(captions, len(motions), "captions")
        if not all(isinstance(caption, str) for caption in listed):
            raise BackendError(f"{self.backend.name} gave captions that are no text")
        return listed

    def encode(self, features: npt.NDArray[np.float32]) -> Tokens:
        """Features (T, 263) -> token ids, as captions are learnt from them."""
        return self._tokens(self._ask(self.backend.encode, features))

    def encode_closely(self, features: npt.NDArray[np.float32]) -> Tokens:
        """Features (T, 263) -> the token ids of motion that is kept and shown again."""
        return self._tokens(self._ask(partial(encode_closely, self.backend), features))

    def decode(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """Token ids (N) -> features (4N, 263). Raises BackendError for features that are no motion."""
        return self._features(self._ask(self.backend.decode, _tensor(tokens)), tokens)

    def _features(self, decoded: Any, tokens: Tokens) -> npt.NDArray[np.float32]:
        """What tokens (N,) were decoded to, (4N, 263). Raises BackendError for what is no motion."""
        features = np.asarray(decoded)
        shape = (len(tokens) * FRAMES_PER_TOKEN, DIM)
        if features.shape != shape or not np.isfinite(features).all():
            found = "not finite" if features.shape == shape else f"of shape {features.shape}, not {shape}"
            raise BackendError(f"{self.backend.name} decoded {len(tokens)} tokens to features {found}")
        return features

    def decode_all(self, motions: Sequence[Tokens], /) -> list[npt.NDArray[np.float32]]:
        """Features of several motions: those of one length in one pass, where the backend can."""
        decoded = self._ask(decode_all, self.backend, [_tensor(tokens) for tokens in motions])
        listed = self._listed(decoded, len(motions), "decoded motions")
        return [self._features(*pair) for pair in zip(listed, motions, strict=True)]

    def _listed(self, values: Any, count: int, what: str) -> list[Any]:
        """As many results as were asked for. Raises BackendError."""
        try:
            listed = list(values)
        except TypeError as error:
            raise BackendError(f"{self.backend.name} gave no list of {what}") from error
        if len(listed) != count:
            raise BackendError(f"{self.backend.name} gave {len(listed)} {what} for {count}")
        return listed

    def _tokens(self, motion: Any) -> Tokens:
        """The codes (N,) or (N, levels) of one motion. Raises BackendError for what are none, or no step."""
        ids = self._ask(np.asarray, motion.cpu() if hasattr(motion, "cpu") else motion)
        if ids.ndim in (1, 2) and not ids.size:
            raise BackendError(f"{self.backend.name} gave an empty motion")
        if ids.ndim not in (1, 2) or not np.issubdtype(ids.dtype, np.integer):
            raise BackendError(
                f"{self.backend.name} gave no motion tokens, but {ids.dtype} of shape {ids.shape}"
            )
        size = codebook_size(self.backend)
        if ids.min() < 0 or (size is not None and ids.max() >= size):
            wrong = ids.min() if ids.min() < 0 else ids.max()
            last = "" if size is None else str(size - 1)
            raise BackendError(f"{self.backend.name} gave motion token {wrong}, which is not in 0..{last}")
        return tuple(tuple(step) if isinstance(step, list) else step for step in ids.tolist())

    def _ask(self, method: Any, *args: Any, **kwargs: Any) -> Any:
        """Call the backend; whatever it raises leaves here as one typed error."""
        try:
            return method(*args, **kwargs)
        except MotionAgentError:
            raise
        except Exception as error:
            reason = f"{self.backend.name} failed: {type(error).__name__}: {line_of(error)}"
            raise BackendError(reason) from as_cause(error)


def codebook_size(backend: MotionBackend) -> int | None:
    """How many motion tokens a backend has, where it says so."""
    size = getattr(backend, "codebook_size", None)
    return size if isinstance(size, int) else None


def tokenizer_of(backend: MotionBackend) -> str | None:
    """The fingerprint of a backend's tokenizer, where it says so."""
    mark = getattr(backend, "tokenizer_fingerprint", None)
    return mark if isinstance(mark, str) else None


def _takes(backend: MotionBackend, option: str) -> bool:
    return option in inspect.signature(backend.generate).parameters


def _tensor(tokens: Tokens) -> Any:
    import torch

    return torch.tensor(tokens, dtype=torch.long)
