"""What a model with a language model's whole vocabulary can be asked for: anything.

The lexicon of the compact default leaves out words that its training never showed. Checkpoints over a large
backbone, such as the published ones, read every word: their requests go through as they are, and words that
no training caption held are only named.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from .backend import Interpretation
from .checkpoint_io import read_json
from .data.families import actions_named, families
from .data.words import WORD
from .errors import CheckpointError
from .lexicon import Lexicon, main_action, normalised

_FORMAT = 1


class RequestReader(Protocol):
    """What a backend reads requests with."""

    @property
    def repertoire(self) -> list[str]: ...

    def interpret(self, description: str) -> Interpretation: ...

    def save(self, path: str | Path) -> None: ...


class OpenLexicon:
    """Takes every request. words: those of the training captions, empty where they are not known.

    actions: names of the families that the captions show, most common first.
    """

    def __init__(self, words: Iterable[str] = (), actions: Sequence[str] = ()) -> None:
        self.words, self._actions = frozenset(words), list(actions)
        self._trained = Lexicon(self.words, self._actions, {}) if self.words else None

    @classmethod
    def from_captions(cls, captions: Iterable[str]) -> OpenLexicon:
        """From the captions a model was trained on."""
        words: set[str] = set()
        shown: Counter[str] = Counter()
        for caption in captions:
            words.update(WORD.findall(caption.lower()))
            shown.update(actions_named(caption))
        return cls(words, [name for name, _ in shown.most_common()])

    @property
    def repertoire(self) -> list[str]:
        return list(self._actions)

    def interpret(self, description: str) -> Interpretation:
        """The request without its frame ("please make an animation of"), every word kept.

        Raises InvalidRequestError for empty or overlong text.
        """
        text = normalised(description)
        named = actions_named(text)
        unknown = self._unknown(text)
        notes = (f"no training caption has {', '.join(map(repr, unknown))}",) if unknown else ()
        return Interpretation(text, main_action(named) if named else "", unknown, notes)

    def _unknown(self, text: str) -> tuple[str, ...]:
        if self._trained is None:
            return ()
        return tuple(w for w in dict.fromkeys(WORD.findall(text)) if not self._trained.knows(w))

    def save(self, path: str | Path) -> None:
        """Write one JSON file, which `load_lexicon` reads."""
        content = {"format": _FORMAT, "open": True, "actions": self._actions, "words": sorted(self.words)}
        Path(path).write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")


def load_lexicon(path: str | Path) -> Lexicon | OpenLexicon:
    """Read the lexicon beside a model's weights, of either kind. Raises CheckpointError."""
    path = Path(path)
    if not path.is_file() or not read_json(path).get("open"):
        return Lexicon.load(path)
    content = read_json(path)
    words, actions = content.get("words"), content.get("actions")
    if content.get("format") != _FORMAT or not _texts(words) or not _texts(actions):
        raise CheckpointError(f"{path} is no lexicon of this version: restore it or convert again")
    if strange := sorted(set(actions) - set(families())):  # type: ignore[arg-type]
        raise CheckpointError(f"{path} names actions this version does not know: {', '.join(strange)}")
    return OpenLexicon(words, actions)  # type: ignore[arg-type]


def read_captions(path: str | Path) -> list[str]:
    """Captions of a text file, one a line, or of a folder of them. Raises CheckpointError.

    HumanML3D's lines ("caption#words with their kinds#from#to") lose all but the caption.
    """
    path = Path(path)
    files = sorted(path.glob("*.txt")) if path.is_dir() else [path]
    try:
        lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointError(f"captions cannot be read from {path}: {error}") from error
    captions = [text for line in lines if (text := line.split("#", 1)[0].strip())]
    if not captions:
        raise CheckpointError(f"{path} holds no captions: give a text file, one caption a line")
    return captions


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
