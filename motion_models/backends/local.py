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
from ..english.stages import action_of, stages_of
from ..errors import BackendError, CheckpointError
from ..fitting.candidates import Worth, worth
from ..fitting.telling import best_caption
from ..gestures.reading import interpret, interpret_behind
from ..gestures.table import posed_actions
from ..language.selection import Further, generate_best
from ..motion.continuity import local_steps
from ..motion.editing.stretch import stretches
from ..motion.features import FRAMES_PER_TOKEN, recover_joints
from ..storage.checkpoint_io import first_line
from ..storage.layout import LEXICON_FILE, LLM_FOLDER, TOKENIZER_FOLDER
from ..tokenizer.tokenizer import MotionTokenizer

if TYPE_CHECKING:
    from torch import LongTensor

    from ..language.motion_llm import MotionLLM
    from ..language.network import AdapterPolicy


#: Where no candidate keeps what its caption asks for, so many times their number are made once more.
FURTHER = 2
#: Metres that joints move in a frame at a seam, which cost as much as an action that does not show; and how
#: many tokens on either side of it are decoded.
SEAM, SEEN_BESIDE = 0.06, 8
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
        seen = self.lexicon.repertoire
        posed = {} if self.lexicon.reading == "language" else posed_actions()
        return [*seen, *(name for name, action in posed.items() if not action.style and name not in seen)]

    def interpret(self, description: str) -> Interpretation:
        return self.lexicon.interpret(description)

    def interpret_posed(self, description: str) -> Interpretation:
        """The same with actions that key poses make where the model was never shown them; see `gestures`."""
        return interpret(self.lexicon, description)

    def interpret_behind(self, description: str) -> Interpretation | None:
        """The same as if the model had never been shown an action that key poses stand behind; else None."""
        return interpret_behind(self.lexicon, description)

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
            judge=self._worth,
            further=Further(FURTHER * count, stages_of, self._seams),
            **options,
        )

    def _worth(
        self, captions: Sequence[str], motions: Sequence[LongTensor], scores: Sequence[float]
    ) -> list[Worth]:
        """What each motion is worth that is made of a caption, by its joints and by log p of the caption."""
        means = self._per_token(captions, scores)
        shown = [stretches(features, [0, len(features)])[0] for features in self.decode_batch(motions)]
        return [
            worth(read_demands(caption), action_of(caption), stretch, mean, corrected=False)
            for caption, stretch, mean in zip(captions, shown, means, strict=True)
        ]

    def _seams(self, pairs: Sequence[tuple[LongTensor, LongTensor]]) -> list[float]:
        """How far the body leaps where the second motion of each pair follows the first, in `SEAM`s."""
        import torch

        near = [(before[-SEEN_BESIDE:], after[:SEEN_BESIDE]) for before, after in pairs]
        whole: list[LongTensor] = [torch.cat(pair) for pair in near]  # type: ignore[misc]
        steps = [local_steps(features) for features in self.decode_batch(whole)]
        at = [FRAMES_PER_TOKEN * len(before) for before, _ in near]
        leaps = [own[max(0, frame - FRAMES_PER_TOKEN) : frame + FRAMES_PER_TOKEN].max()
                 for own, frame in zip(steps, at, strict=True)]  # fmt: skip
        return [float(leap) / SEAM for leap in leaps]

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

    def encode_closely(self, features: npt.NDArray[np.float32]) -> LongTensor:
        """Tokens that decode closest to (T, 263); captions are learnt from those of `encode`."""
        with fitting_threads(self.tokenizer.device, WORTH_SHARING):
            return self.tokenizer.encode_closely(features)

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
