"""What people wrote about the recordings of a data folder, as captioned segments.

Beside its archives a folder may hold `human_captions.json` (by trial: text, start and end in seconds and the
source), and the description of a clip may have `captions` of the same form. Only sources with a licence to
train on are taken; the others are for measuring.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ...english.captions import CaptionedSegment
from ...english.families import actions_named, families, main_action
from ...errors import FormatError
from .archives import archives

HUMAN_CAPTIONS = "human_captions.json"
#: HumanML3D is published under the MIT licence; KIT-ML carries none.
LICENSED = frozenset(["HumanML3D"])
#: The family that a text without a known action counts to.
UNNAMED = "gesture"


def human_captions(folder: str | Path) -> list[CaptionedSegment]:
    """Captions of the same stretch together; the action is the family that most of them name first.

    Empty where nobody wrote any. Raises FormatError for a file that is no such table.
    """
    found: dict[tuple[str, float, float], list[str]] = {}
    for trial, caption in _all_captions(Path(folder)):
        if caption["source"] in LICENSED and (text := _sentence(str(caption["text"]))):
            found.setdefault((trial, float(caption["start"]), float(caption["end"])), []).append(text)
    return [
        CaptionedSegment(trial, start, end, action_of(texts), tuple(dict.fromkeys(texts)))
        for (trial, start, end), texts in found.items()
        if end > start
    ]


def _all_captions(folder: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in sorted(folder.rglob(HUMAN_CAPTIONS)):
        try:
            written = json.loads(path.read_text(encoding="utf-8"))
            yield from ((trial, caption) for trial, captions in written.items() for caption in captions)
        except (ValueError, AttributeError, TypeError) as error:
            raise FormatError(f"{path}: no table of captions by trial ({error}): copy it again") from error
    for archive in archives(folder):
        if not archive.for_measuring:
            for name, about in archive.clips.items():
                yield from ((name, caption) for caption in about.get("captions", ()))


def _sentence(text: str) -> str:
    """As captions are written here: small letters, single spaces, no full stop at the end."""
    return " ".join(text.lower().split()).rstrip(". ")


def action_of(texts: Iterable[str]) -> str:
    """A label of the action that most texts are about."""
    labelled = frozenset(name for name, family in families().items() if family.labels)
    named = Counter(main_action(names) for text in texts if (names := actions_named(text, labelled)))
    family = named.most_common(1)[0][0] if named else UNNAMED
    return families()[family].labels[0]
