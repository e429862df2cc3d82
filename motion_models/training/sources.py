"""Where the trainings' motion comes from: a folder in the published layout, or CMU trials that augment.

Both answer the same two questions: which recordings train a motion tokenizer, and which captioned tokens
train MotionLLM once there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

from ..arrays import Float32Array
from ..data.cmu import Trial, load_trials
from ..data.corpus_items import Mixture
from ..data.dataset import MotionTextDataset
from ..data.humanml3d import MotionTextFolder, open_motion_text
from ..data.naming import counted
from ..data.recordings.archives import holds_archives, load_recordings
from ..data.recordings.gaits import from_rest_to_rest
from ..data.recordings.gestures import drawn_gestures
from ..data.recordings.limbs import Variety, varied_clips
from ..data.recordings.simultaneous import simultaneous
from ..data.recordings.words import human_captions
from ..english.captions import CaptionedSegment, load_captions
from ..english.lexicon import Lexicon, Reading
from ..language.templates import Codes
from ..motion.features import from_joints
from ..motion.representation import HUMANML3D, Representation
from ..storage.stamps import fingerprint, fingerprint_of_arrays
from ..tokenizer.tokenizer import MotionTokenizer
from .corpus import CaptionedTokens, motions, require_clips
from .processes import is_main, main_first
from .sequences import CaptionedMotions

Pairs = Sequence[tuple[str, Codes]]


class CaptionedCorpus(CaptionedMotions, Protocol):
    """Captioned motions that can also be looked through as a whole."""

    def pairs(self) -> Pairs:
        """Captions with their tokens, as they are shown."""
        ...

    def texts(self) -> list[str]:
        """Every caption as written."""
        ...


@dataclass(frozen=True)
class Recordings:
    """What a tokenizer is trained and validated on: features (T, D), unnormalised; name: of their bits."""

    train: Sequence[Float32Array]
    held_out: Sequence[Float32Array]
    name: str


@dataclass(frozen=True)
class Corpora:
    """What MotionLLM is trained and validated on, and the lexicon of its words.

    summary: one line for the terminal. name: of the captions and motions, whatever the machine. seconds:
    lengths of the shortest and longest clip, where a model may choose any between; None leaves the preset's.
    """

    train: CaptionedCorpus
    val: Pairs
    lexicon: Lexicon
    summary: str
    name: str
    seconds: tuple[float, float] | None = None


class Source(Protocol):
    """Captioned motion to train on."""

    @property
    def representation(self) -> Representation: ...

    def recordings(self) -> Recordings:
        """The recordings that a motion tokenizer is trained on."""
        ...

    def corpora(self, tokenizer: MotionTokenizer, cache: Path, reading: Reading) -> Corpora:
        """Captions and tokens; those that a run before wrote into the `cache` folder are read back."""
        ...


@dataclass(frozen=True)
class FolderSource:
    """A folder in the published layout; its validation split is validated on.

    skip_missing, frames: of `open_motion_text`, which raises FormatError for what is no such folder.
    """

    data: str | Path
    skip_missing: bool = False
    frames: tuple[int, int] | None = None

    @cached_property
    def _folder(self) -> MotionTextFolder:
        # Statistics of its own are made of the clips it is trained on: no file's can be confused.
        return open_motion_text(
            self.data, statistics="any", skip_missing=self.skip_missing, frames=self.frames
        )

    @property
    def representation(self) -> Representation:
        return self._folder.representation

    def recordings(self) -> Recordings:
        train = list(motions(self._folder, "train"))
        held_out = list(motions(self._folder, "val")) if self._folder.has("val") else []
        return Recordings(train, held_out, fingerprint_of_arrays([*train, *held_out]))

    def corpora(self, tokenizer: MotionTokenizer, cache: Path, reading: Reading) -> Corpora:
        """Raises InvalidMotionError where no clip of the training split can be used."""
        clips = self._folder.load("train")
        require_clips(clips, self._folder, "train")
        held_out = self._folder.load("val") if self._folder.has("val") else []
        train, val = (CaptionedTokens.build(part, tokenizer, cache) for part in (clips, held_out))
        layout = self.representation
        least, most = self.frames or (layout.min_frames, layout.max_frames)
        return Corpora(
            train,
            val.pairs(),
            Lexicon.from_captions(train.texts(), reading),
            f"{counted(len(train), 'clip')} with {counted(len(train.texts()), 'caption')}; "
            f"{counted(len(val), 'clip')} to validate on",
            fingerprint(train.name, val.name),
            (least / layout.fps, most / layout.fps),
        )


@dataclass(frozen=True)
class CMUSource:
    """CMU trials with the captions that ship, cut and worded anew each epoch: what the default is made of.

    speeds: at which whole recordings are shown to the tokenizer, mirrored and not. variety: the clips made of
    several that it is shown too. simultaneous: captioned clips of two actions at once, made of recordings of
    one each. rested: walks and runs from standing to standing, made of recorded ones. drawn: gestures drawn
    onto people who stand. Where the folder holds archives all of them are learnt from, and what people wrote
    of them. Held-out trials stay unseen, so that evals can ask for them: nothing is validated on.
    """

    data: str | Path
    mixture: Mixture = field(default_factory=Mixture)
    speeds: tuple[float, ...] = (0.85, 1.0, 1.15)
    variety: Variety | None = None
    simultaneous: int = 240
    rested: int = 240
    drawn: int = 132
    representation: Representation = HUMANML3D

    @cached_property
    def _trials(self) -> list[Trial]:
        """The training trials: of every archive in the folder, or those that are listed."""
        if holds_archives(self.data):
            return [trial for trial in load_recordings(self.data) if trial.split == "train"]
        return load_trials(self.data, "train")

    @cached_property
    def _name(self) -> str:
        return fingerprint_of_arrays(trial.joints for trial in self._trials)

    def recordings(self) -> Recordings:
        """Raises InvalidMotionError when the folder holds no usable recordings."""
        clips = training_clips(self._trials, self.speeds, self.variety)
        return Recordings(clips, (), fingerprint(self._name, self.speeds, self.variety))

    def corpora(self, tokenizer: MotionTokenizer, cache: Path, reading: Reading) -> Corpora:
        trained = {trial.id for trial in self._trials}
        shown = [segment for segment in load_captions() if segment.trial in trained]
        made, told = self._made(shown)
        human = human_captions(self.data) if holds_archives(self.data) else []
        with main_first():
            train = MotionTextDataset.build(
                [*self._trials, *made],
                tokenizer,
                segments=shown,
                further={"human": human, **told},
                mixture=self.mixture,
                cache=cache,
                progress=is_main(),
            )
        texts = [*train.texts(), *(caption for caption, _ in train.pairs())]
        lexicon = Lexicon.build([*shown, *told["drawn"]], texts, reading)
        summary = (
            f"{counted(len(trained), 'trial')} and {len(made)} made of them; "
            f"{len(train):,} stretches an epoch"
        )
        name = fingerprint(
            self._name, self.mixture, self.simultaneous, self.rested, self.drawn, sorted(train.texts())
        )
        return Corpora(train, (), lexicon, summary, name)

    def _made(
        self, segments: Sequence[CaptionedSegment]
    ) -> tuple[list[Trial], dict[str, list[CaptionedSegment]]]:
        """Trials made of several recordings, and what is told of them by kind."""
        drawn, shown = drawn_gestures(self._trials, segments, self.drawn)
        together, both = simultaneous([*self._trials, *drawn], [*segments, *shown], self.simultaneous)
        whole, rested = from_rest_to_rest(self._trials, segments, self.rested)
        return [*drawn, *together, *whole], {"drawn": shown, "together": both, "rested": rested}


def tokenizer_source(data: str | Path, skip_missing: bool) -> Source:
    """Where the recordings of a folder come from: its archives if it has some, else the published layout."""
    return CMUSource(data, variety=Variety()) if holds_archives(data) else FolderSource(data, skip_missing)


def training_clips(
    trials: Sequence[Trial], speeds: Sequence[float], variety: Variety | None = None
) -> list[Float32Array]:
    """Features (T, D) of every trial, mirrored and not, at each speed; then of clips made of several."""
    variants = [variant for trial in trials for variant in (trial, trial.mirrored())]
    clips = [variant.at_speed(speed).features for variant in variants for speed in speeds]
    made = varied_clips(trials, variety) if variety else []
    return clips + [from_joints(joints, floor=False) for joints in made]
