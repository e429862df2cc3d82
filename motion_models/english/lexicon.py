"""What a model can be asked for: its words, its actions, and a plain answer where a request leaves them.

A small model trained on few captions turns unknown words into nonsense without a sign. The lexicon reads a
description first: it corrects slips of the pen, replaces or leaves out words the model never saw and says
so, and refuses what names no action it knows. How strict it is depends on what was trained (`Reading`).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from math import log, sqrt
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from ..errors import CheckpointError, UnknownActionError
from .captions import CaptionedSegment, load_captions
from .clauses import finite_verbs, wording
from .families import actions_named, families, family_of, main_action, means_another, repertoire
from .inflections import (
    WORD,
    gerund,
    lemma,
    lemmas,
    lemmas_by_kind,
    past_forms,
    plural,
    third_person,
    verb_bases,
)
from .interpretation import Interpretation
from .request_text import (
    ANY_WORD,
    TOKEN,
    after_article,
    head_verb,
    inflected_like,
    is_slip,
    is_subject,
    join,
    named_in,
    normalised,
    person,
    plainly_worded,
    present,
    quoted,
    stands,
)

#: Cosine similarity to a family's captions from which a request without trigger words is taken for it.
MIN_SIMILARITY = 0.3
#: Above this share of words that are no known English the request is not read at all.
MAX_UNKNOWN_SHARE = 0.5
#: At most this many words of a request are looked up for spelling.
_MAX_CORRECTIONS = 8
_FORMAT = 2
#: How the notes begin that name unknown words, and things that belong to no body.
UNKNOWN, UNSEEN = "I do not know", "only the body is shown, no"

#: actions: a request must rest on a known action. words: anything said in words the model saw. language: the
#: backbone knew language before, so that a request stays as it is and new words are only named.
Reading = Literal["actions", "words", "language"]


@dataclass
class _Reading:
    """What became of each word of a request."""

    words: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    #: Whether an unknown word may be the action itself: it stands after no article ("he caught it").
    lost_action: bool = False


@cache
def _tables() -> dict[str, Any]:
    tables = yaml.safe_load(Path(__file__).with_name("lexicon.yaml").read_text("utf-8"))
    return {
        "common": frozenset(tables["common"].split()),
        "manner": frozenset(tables["manner"].split()),
        "replacements": {lemma(word): phrase for word, phrase in tables["replacements"].items()},
    }


def common_words() -> frozenset[str]:
    """Words that say nothing about an action, and are no slip of the pen of any other."""
    return _tables()["common"]


class Lexicon:
    """The words and actions of one trained model.

    words: every word form of its training text. actions: family names, most common first. profiles: per
    family the counts of its captions' lemmas, for requests that name no trigger word. reading: see `Reading`.
    """

    def __init__(
        self,
        words: Iterable[str],
        actions: Sequence[str],
        profiles: Mapping[str, Mapping[str, int]],
        reading: Reading = "actions",
    ) -> None:
        self.reading: Reading = reading
        self.words = frozenset(words)
        self.actions = list(actions)
        self.profiles = {name: dict(counts) for name, counts in profiles.items()}
        seen = {name for name, family in families().items() if not family.posed}
        self._families = frozenset(seen | set(self.profiles))
        self._known = self.words | _tables()["common"] | _inflections(self.words)
        self._spelling = sorted(word for word in self.words if len(word) >= 4)
        spread = Counter(word for counts in self.profiles.values() for word in counts)
        self._idf = {word: log(len(self.profiles) / count) for word, count in spread.items()}

    @classmethod
    def build(
        cls,
        segments: Sequence[CaptionedSegment] | None = None,
        texts: Iterable[str] = (),
        reading: Reading = "actions",
    ) -> Lexicon:
        """From captioned segments (by default those that ship) and further texts the model is trained on."""
        segments = load_captions() if segments is None else segments
        captions = [caption for segment in segments for caption in segment.captions]
        words = {word for text in (*captions, *texts, *_table_texts()) for word in WORD.findall(text.lower())}
        profiles: dict[str, Counter[str]] = {}
        for segment in segments:
            profile = profiles.setdefault(family_of(segment.action), Counter())
            profile.update(word for caption in segment.captions for word in lemmas(caption))
        return cls(words, [name for name, _ in repertoire(segments)], profiles, reading)

    @classmethod
    def from_captions(cls, captions: Iterable[str], reading: Reading = "words") -> Lexicon:
        """From captions without labels: their actions are the families their words name."""
        counts, profiles = Counter[str](), dict[str, Counter[str]]()
        words: set[str] = set()
        for caption, times in Counter(captions).items():
            words.update(WORD.findall(caption.lower()))
            for name in actions_named(caption):
                counts[name] += times
                for word in lemmas(caption):
                    profiles.setdefault(name, Counter())[word] += times
        return cls(words, [name for name, _ in counts.most_common()], profiles, reading)

    @property
    def repertoire(self) -> list[str]:
        """Family names, most common first."""
        return list(self.actions)

    def save(self, path: str | Path) -> None:
        """Write one JSON file."""
        content = {
            "format": _FORMAT,
            "reading": self.reading,
            "actions": self.actions,
            "words": sorted(self.words),
            "profiles": {name: dict(sorted(counts.items())) for name, counts in self.profiles.items()},
        }
        Path(path).write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Lexicon:
        """Read what `save` wrote. Raises CheckpointError for a missing or unreadable file."""
        try:
            content = json.loads(Path(path).read_text("utf-8"))
            if content["format"] != _FORMAT:
                raise CheckpointError(
                    f"{path} has lexicon format {content['format']}, this version reads {_FORMAT}: build it "
                    "anew from the captions the model was trained on"
                )
            if strange := set(content["actions"]) - set(families()):
                raise CheckpointError(
                    f"{path} names actions this version does not know: {quoted(sorted(strange))}"
                )
            if not isinstance(content["words"], list):
                raise TypeError("its words are no list")
            reading = content.get("reading", "actions")
            if reading not in get_args(Reading):
                raise CheckpointError(f"{path} is read in a way this version does not know: {reading!r}")
            return cls(content["words"], content["actions"], content["profiles"], reading)
        except OSError as error:
            raise CheckpointError(f"no lexicon at {path}: it belongs beside the weights") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CheckpointError(f"{path} is no lexicon ({error!r}): restore it or build it anew") from error

    # -------------------------------------------------------------- reading requests

    def interpret(self, description: str) -> Interpretation:
        """Read a description: the text to prompt the model with, the action it rests on, what was unknown.

        Raises InvalidRequestError for empty or overlong text, UnknownActionError when no action is found
        where one must be.
        """
        if self.reading == "language":
            return self._interpret_freely(normalised(description))
        said = plainly_worded(normalised(description))
        tokens = TOKEN.findall(said)
        if strange := self._never_shown(said):
            raise UnknownActionError(self._refusal(description, said, [strange]))
        reading = self._read(tokens, named_in(description))
        words = sum(token[0].isalpha() for token in tokens)
        share = (len(reading.unknown) + 0.5 * len(reading.corrected)) / max(words, 1)
        text = join(reading.words)
        elsewhere = means_another(said)
        guess = not (reading.lost_action or elsewhere or (reading.unknown and not _says_enough(text)))
        action = self._action(text, guess=guess) if share <= MAX_UNKNOWN_SHARE else ""
        if elsewhere and action not in actions_named(said):  # "rolls a barrel", of which "rolls" is left
            action = ""
        if not action and (self.reading == "actions" or share > MAX_UNKNOWN_SHARE or not text):
            raise UnknownActionError(self._refusal(description, text, reading.unknown))
        if action and (reading.unknown or reading.notes) and not stands(text):
            text = families()[action].description
        unknown = [*reading.unknown, *reading.replaced]
        notes = [*notes_on(unknown, self.things(tokens), f"; used '{text}'"), *reading.notes]
        return Interpretation(text, action, tuple(unknown), tuple(notes))

    def _interpret_freely(self, text: str) -> Interpretation:
        """A request as it is, with the words that stood in no caption named."""
        named = actions_named(text)
        # Without words nothing is known of the training, so none counts as unknown.
        found = ANY_WORD.findall(text) if self.words else ()
        unknown = tuple(dict.fromkeys(word for word in found if not self.knows(word)))
        notes = (f"no caption it was trained on has {quoted(unknown)}",) if unknown else ()
        return Interpretation(text, main_action(named) if named else "", unknown, notes)

    def knows(self, word: str) -> bool:
        """Whether the model saw a word, or it is one that carries no meaning of its own."""
        return all(
            part in self._known or not part.isalpha() for part in re.split(r"[-']", word.lower()) if part
        )

    def unread(self, words: Sequence[str]) -> tuple[list[str], list[str]]:
        """Of words that nothing is made of: those the model never saw, and notes on those of no effect."""
        reading = self._read(words, frozenset())
        return [*reading.unknown, *reading.replaced], reading.notes

    def _read(self, tokens: Sequence[str], names: frozenset[str]) -> _Reading:
        reading = _Reading()
        for i, word in enumerate(tokens):
            if word in _tables()["manner"] and word not in self.words:
                reading.words += person(tokens, i) if is_subject(tokens, i, names) else []
                reading.notes.append(f"'{word}' has no effect: the model knows no such manner or looks")
            elif word not in self.words and (phrase := _tables()["replacements"].get(lemma(word))):
                said = reading.words and lemma(reading.words[-1]) == lemma(phrase)
                reading.words += [] if said else inflected_like(phrase, word).split()
                reading.replaced.append(word)
            elif self.knows(word):
                reading.words.append(present(word, self.words))
            else:
                self._read_unknown(reading, tokens, i, names)
        return reading

    def _read_unknown(self, reading: _Reading, tokens: Sequence[str], i: int, names: frozenset[str]) -> None:
        """A word in no table: a name, an adverb, a slip of the pen, or truly unknown."""
        word = tokens[i]
        if is_subject(tokens, i, names):
            reading.words += person(tokens, i)
            if after_article(tokens, i):
                reading.notes.append(f"'{word}' is shown as a person")
        elif word.endswith("ly"):
            reading.notes.append(f"'{word}' has no effect: the model knows no such manner or looks")
        elif close := self._correction(word, len(reading.corrected)):
            reading.corrected.append(word)
            reading.words.append(close)
            reading.notes.append(f"read '{word}' as '{close}'")
        else:
            reading.words.append("")
            if word not in names:
                reading.unknown.append(word)
                reading.lost_action |= not after_article(tokens, i)

    def things(self, tokens: Sequence[str]) -> list[str]:
        """The unknown words of a text that name what is held, reached or passed."""
        return [word for i, word in enumerate(tokens) if not self.knows(word) and _is_thing(tokens, i)]

    def _correction(self, word: str, corrected: int) -> str | None:
        """The known word that a slip of the pen turned into this one, which is no other word of English."""
        if len(word) < 4 or corrected >= _MAX_CORRECTIONS or not word.isascii() or lemmas_by_kind(word):
            return None
        candidates = [
            known for known in self._spelling if known[0] == word[0] and abs(len(known) - len(word)) <= 1
        ]
        close = get_close_matches(word, candidates, n=5, cutoff=0.75)
        return next((known for known in close if is_slip(word, known)), None)

    def _never_shown(self, text: str) -> str:
        """The action that a text is about where it has words of a known one ("bench press"), and is none."""
        named = actions_named(text, self._families)
        main = main_action(named) if named else ""
        return "" if not main or main in self.profiles or families()[main].labels else main

    def _action(self, text: str, *, guess: bool) -> str:
        """The family a known text rests on: by trigger words, else by likeness to captions, else "".

        guess: whether likeness counts. What an unknown action leaves behind ("a ball", of "caught a ball") is
        like captions of another one, and so is a bare verb.
        """
        named = [name for name in actions_named(text, self._families) if name in self.profiles]
        if named:
            return main_action(named)
        if not guess:
            return ""
        scores = {name: self._similarity(lemmas(text), counts) for name, counts in self.profiles.items()}
        best = max(scores, key=lambda name: scores[name], default="")
        return best if best and scores[best] >= MIN_SIMILARITY else ""

    def _similarity(self, words: Sequence[str], profile: Mapping[str, int]) -> float:
        """Cosine of the TF-IDF vectors of a text and of a family's captions."""
        text = {word: self._idf[word] for word in set(words) if word in self._idf}
        vector = {word: (1 + log(count)) * self._idf[word] for word, count in profile.items()}
        length = sqrt(sum(v * v for v in vector.values())) * sqrt(sum(v * v for v in text.values()))
        return sum(value * vector.get(word, 0.0) for word, value in text.items()) / length if length else 0.0

    def _refusal(self, description: str, text: str, unknown: Sequence[str]) -> str:
        shown = " ".join(description.split())[:60]
        verb = head_verb(text)
        why = f" ('{verb}' alone is no known action)" if verb else ""
        why = f" ({quoted(unknown[:5])} not known)" if unknown else why
        return f"no known action in {shown!r}{why}; try for example: {', '.join(self.actions[:12])}"


#: Words around a thing: those that may stand before and after it, what leads to it, and verbs whose object is
#: what is done.
_BEFORE_THINGS = frozenset(
    ["a", "an", "the", "his", "her", "their", "some", "two", "up", "down", "out", "off"]
)
_AFTER_THINGS = frozenset(
    [",", "and", "then", "with", "in", "on", "at", "from", "to", "off", "into", "onto", "while", "for", "up",
     "down"]
)  # fmt: skip
_TOWARDS_THINGS = frozenset(
    ["to", "at", "towards", "toward", "from", "with", "on", "onto", "into", "near", "of"]
)
_DOING = frozenset(["do", "make", "perform", "take", "give", "play", "have", "get", "practice", "be"])


def _is_thing(tokens: Sequence[str], i: int) -> bool:
    """Whether a word names what is held, reached or passed, and not how or along what somebody moves."""
    following = tokens[i + 1] if i + 1 < len(tokens) else ","
    if set(lemmas_by_kind(tokens[i])) != {"NOUN"} or (following not in _AFTER_THINGS and following.isalpha()):
        return False
    before = i - 1
    while (
        before > 0
        and tokens[before] != "like"
        and (tokens[before] in _BEFORE_THINGS or "ADJ" in lemmas_by_kind(tokens[before]))
    ):
        before -= 1
    bases = verb_bases(tokens[before]) if before > 0 and tokens[before] != "like" else ()
    return tokens[before] in _TOWARDS_THINGS or bool(bases and bases[0] not in _DOING)


def notes_on(unknown: Sequence[str], things: Sequence[str], used: str = "") -> list[str]:
    """What to tell of unknown words, things apart. used: what was read in place of the others."""
    seen = [word for word in dict.fromkeys(unknown) if word not in things]
    gone = [word for word in dict.fromkeys(things) if word in unknown]
    return [
        *([f"{UNKNOWN} {quoted(seen)}{used}"] if seen else []),
        *([f"{UNSEEN} {' or '.join(gone)}"] if gone else []),
    ]


def _says_enough(text: str) -> bool:
    """Whether what unknown words left is more than a verb, as of "does a burpee" it is not."""
    words = text.split()
    return bool(words) and head_verb(text) not in common_words() and not verb_bases(words[-1])


def _table_texts() -> list[str]:
    """Every word form that augmentation can put into a caption."""
    phrases = [phrase for group in wording()["phrases"] for phrase in group]
    verbs = [phrase for group in wording()["verbs"] for phrase in group]
    forms = [re.sub(r"\\\d", "", form) for entry in wording()["patterns"] for form in entry["forms"]]
    subjects = [subject for group in wording()["subjects"].values() for subject in group]
    shown = [family for family in families().values() if not family.posed]
    described = [text for family in shown for text in (family.description, *family.nouns)]
    frames = [re.sub(r"\{\w+\}", "", frame) for group in wording()["frames"].values() for frame in group]
    return [*phrases, *verbs, *forms, *subjects, *described, *frames]


def _inflections(words: Iterable[str]) -> frozenset[str]:
    """Other forms of known words: those of verbs, and plurals."""
    known = frozenset(words)
    verbs = [verb for form, verb in finite_verbs().items() if form in known or verb in known]
    forms = {form for verb in verbs for form in (verb, third_person(verb), gerund(verb), *past_forms(verb))}
    return frozenset(forms | {plural(word) for word in known if len(word) > 2})
