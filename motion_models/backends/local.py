"""The backend that runs here: tokenizer, MotionLLM and lexicon loaded from one folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..decoding.cpu_threads import WORTH_SHARING, fitting_threads
from ..english.clauses import SUBJECT
from ..english.demands import read_demands
from ..english.interpretation import Interpretation
from ..english.lexicon import Lexicon
from ..errors import BackendError, CheckpointError
from ..fitting.actions import action_in
from ..fitting.candidates import worth
from ..fitting.telling import best_caption
from ..language.selection import Verdict, generate_best
from ..motion.editing.stretch import stretches
from ..motion.features import recover_joints
from ..storage.checkpoint_io import first_line
from ..storage.layout import LEXICON_FILE, LLM_FOLDER, TOKENIZER_FOLDER
from ..tokenizer.tokenizer import MotionTokenizer

if TYPE_CHECKING:
    from torch import LongTensor

    from ..language.motion_llm import MotionLLM
    from ..language.network import AdapterPolicy


#: How often candidates are made at most, where none keeps what its caption asks for.
ROUNDS = 3
#: Captions drawn of a motion beside the likeliest one, and how freely.
SAMPLED_CAPTIONS, CAPTION_TEMPERATURE = 4, 0.7
#: A motion of which so many codes are those of the step before shows a pose that is held.
HELD_SHARE = 0.6


class LocalBackend:
    """A `MotionBackend` on torch in this process."""

    def __init__(self, tokenizer: MotionTokenizer, llm: MotionLLM, lexicon: Lexicon, name: str) -> None:
        if tokenizer.codebook_size != llm.vocabulary.codebook_size:
            raise CheckpointError(
                f"the tokenizer has {tokenizer.codebook_size} codes but the MotionLLM "
                f"{llm.vocabulary.codebook_size}: they were not trained together"
            )
        if tokenizer.levels != llm.vocabulary.levels:
            raise CheckpointError(
                f"the tokenizer gives {tokenizer.levels} codes a step, the MotionLLM writes "
                f"{llm.vocabulary.levels}: they were not trained together"
            )
        self.tokenizer, self.llm, self.lexicon, self._name = tokenizer, llm, lexicon, name

    @classmethod
    def from_folder(
        cls,
        folder: str | Path,
        *,
        device: str | None = None,
        name: str | None = None,
        shared: bool = False,
        adapters: AdapterPolicy | None = None,
        graphs: bool | None = None,
        compiled: bool = False,
    ) -> LocalBackend:
        """Load `tokenizer/`, `motion_llm/` and `lexicon.json` from `folder`, which names the backend unless
        `name` does. Raises CheckpointError, and BackendError for a device that is not there.

        shared: calls of several threads share running batches; a single caller is served best without. The
        other settings: see `load_backend`.
        """
        from ..decoding.decoding import Decoding
        from ..language.engine import Engine
        from ..language.motion_llm import MotionLLM
        from .plugins import plugin_names

        folder = Path(folder)
        if not folder.is_dir():
            raise CheckpointError(
                f"no motion model at {folder}: give a folder of trained weights, hf:USER/NAME of a model hub "
                f"or an installed plug-in ({', '.join(plugin_names())})"
            )
        target = _device(device)
        llm = MotionLLM.from_pretrained(folder / LLM_FOLDER, device=target, policy=adapters)
        llm.network.decoding = Decoding(compiled=compiled, fixed=graphs)
        llm.engine = Engine(llm.network) if shared else None
        return cls(
            MotionTokenizer.from_pretrained(folder / TOKENIZER_FOLDER, device=target),
            llm,
            Lexicon.load(folder / LEXICON_FILE),
            name=name or folder.name,
        )

    @property
    def codebook_size(self) -> int:
        """How many motion tokens there are."""
        return self.tokenizer.codebook_size

    @property
    def tokenizer_fingerprint(self) -> str:
        """What tells this backend's tokens from those of others; see `MotionTokenizer.fingerprint`."""
        return self.tokenizer.fingerprint

    @property
    def name(self) -> str:
        return self._name

    @property
    def repertoire(self) -> list[str]:
        return self.lexicon.repertoire

    def interpret(self, description: str) -> Interpretation:
        return self.lexicon.interpret(description)

    def generate(
        self,
        captions: Sequence[str],
        *,
        seconds: float | Sequence[float | None] | None = None,
        seed: int | Sequence[int | None] | None = None,
        prefixes: Sequence[LongTensor | None] | None = None,
        candidates: int | None = None,
        **options: Any,
    ) -> list[LongTensor]:
        """As the protocol says. candidates: how many motions are made to keep the best of (None: what the
        checkpoint says); options: see `MotionLLM.generate`."""
        count = self.llm.defaults.candidates if candidates is None else candidates
        return generate_best(
            self.llm,
            captions,
            count,
            seconds=seconds,
            seed=seed,
            prefixes=prefixes,
            judge=self._verdicts,
            rounds=ROUNDS,
            **options,
        )

    def _verdicts(
        self, captions: Sequence[str], motions: Sequence[LongTensor], scores: Sequence[float]
    ) -> list[Verdict]:
        """What each motion is worth that is made of a caption, by its joints and by log p of the caption."""
        means = self._per_token(captions, scores)
        shown = [stretches(features, [0, len(features)])[0] for features in self.decode_batch(motions)]
        found = [
            worth(read_demands(caption), action_in(caption), stretch, mean, corrected=False)
            for caption, stretch, mean in zip(captions, shown, means, strict=True)
        ]
        return [Verdict(one.cost, one.kept) for one in found]

    def _per_token(self, captions: Sequence[str], scores: Sequence[float]) -> list[float]:
        """Log p of captions as means over their tokens, and their end."""
        counts = [len(self.llm.renderer.caption_ids(caption)) + 1 for caption in captions]
        return [score / count for score, count in zip(scores, counts, strict=True)]

    def caption(self, motions: Sequence[LongTensor]) -> list[str]:
        """One caption per token sequence: of several, the likeliest that its joints do not contradict."""
        likeliest = self.llm.caption(motions)
        others = self.llm.caption(
            [motion for motion in motions for _ in range(SAMPLED_CAPTIONS)],
            greedy=False,
            temperature=CAPTION_TEMPERATURE,
            seed=list(range(SAMPLED_CAPTIONS)) * len(motions),
        )
        told = []
        for number, features in enumerate(self.decode_batch(motions)):
            sampled = others[number * SAMPLED_CAPTIONS : (number + 1) * SAMPLED_CAPTIONS]
            plain = [text for text in sampled if SUBJECT.match(text)]
            held = _unchanging(motions[number])
            told.append(best_caption([likeliest[number], *plain], recover_joints(features), held=held))
        return told

    @property
    def candidates(self) -> int:
        """How many motions of one caption are worth making, to keep the best of."""
        return self.llm.defaults.candidates

    @property
    def weak_below(self) -> float | None:
        """Scores of `judge` below this are of motions that hardly show their caption; None: unknown."""
        return self.llm.defaults.weak_below

    def judge(self, captions: Sequence[str], motions: Sequence[LongTensor]) -> list[float]:
        """How well each motion shows its caption: mean log p of the caption's tokens given the motion."""
        scores = self.llm.log_likelihood(captions, motions, task="captioning").tolist()
        return self._per_token(captions, scores)

    def encode(self, features: npt.NDArray[np.float32]) -> LongTensor:
        with fitting_threads(self.tokenizer.device, WORTH_SHARING):
            return self.tokenizer.encode(features)

    def decode(self, tokens: LongTensor) -> npt.NDArray[np.float32]:
        with fitting_threads(self.tokenizer.device, WORTH_SHARING):
            return self.tokenizer.decode(tokens)

    def decode_batch(self, motions: Sequence[LongTensor]) -> list[npt.NDArray[np.float32]]:
        """`decode` of several, in one pass for each length."""
        with fitting_threads(self.tokenizer.device, WORTH_SHARING):
            return self.tokenizer.decode_batch(motions)


def _unchanging(motion: LongTensor) -> bool:
    """Whether the same codes come again and again, as those of a pose that is held do."""
    same = motion[1:] == motion[:-1]
    return len(same) > 0 and float(same.float().mean()) >= HELD_SHARE


def _device(wanted: str | None) -> str:
    """The device asked for, or a GPU where there is one. Raises BackendError."""
    import torch

    from ..language.backbones import default_device

    if wanted is None:
        return default_device()
    try:
        torch.zeros(1, device=wanted)
    except (RuntimeError, AssertionError) as error:  # torch without CUDA asserts
        raise BackendError(f"no device {wanted!r} on this machine: {first_line(error)}") from error
    return wanted
