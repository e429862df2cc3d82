"""Reads a message with the trained network: requests with their slots, and how sure each reading is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from tokenizers import Encoding, Tokenizer

from .examples import state_text
from .network import Logits, ReaderNetwork, batches, load
from .training import encoded, message_tokens
from .vocabulary import TOKENIZER

#: What joins one command to the next.
_JOINS = re.compile(r"(?:[\s,.;]+(?:and|then|but|also))+[\s,.;]*$", re.IGNORECASE)
#: Where the weights that ship lie.
WEIGHTS = Path(__file__).with_name("weights")


@dataclass(frozen=True)
class Slot:
    """Words of a message that fill a place of a request: tag as in `examples.TAGS`; before: what stands
    there.
    """

    tag: str
    text: str
    before: str = ""


@dataclass(frozen=True)
class Command:
    """One request: its intent, what it names, its own words, and how sure its intent is (0 to 1)."""

    intent: str
    slots: tuple[Slot, ...] = ()
    said: str = ""
    sure: float = 1.0

    def all(self, tag: str) -> list[str]:
        return [slot.text for slot in self.slots if slot.tag == tag]

    def first(self, tag: str) -> str:
        return next(iter(self.all(tag)), "")


@dataclass(frozen=True)
class Heard:
    """What a message was taken for. sure: the least sure of all decisions in it, 0 to 1; intent: of intents
    only.
    """

    commands: tuple[Command, ...]
    sure: float
    intent: float


class LearnedReader:
    """A network with its tokenizer."""

    def __init__(self, network: ReaderNetwork, tokenizer: Tokenizer) -> None:
        self.network, self.tokenizer = network, tokenizer

    @classmethod
    def from_folder(cls, folder: Path = WEIGHTS) -> LearnedReader:
        """Raises OSError or ValueError where the folder is not whole."""
        return cls(load(folder), Tokenizer.from_file(str(folder / TOKENIZER)))

    def read(self, text: str, parts: Sequence[str] = (), names: Sequence[str] = ()) -> Heard:
        """The requests of a message. parts: descriptions of the current motion; names: of motions in
        memory.
        """
        [encoding] = encoded(self.tokenizer, [(text, state_text(parts, names))])
        places = message_tokens(encoding)
        if not places:
            return Heard((), 0.0, 0.0)
        with torch.inference_mode():
            logits = self.network(*batches([encoding]))
        return _heard(text, encoding, places, logits, self.network)


@cache
def shipped_reader() -> LearnedReader | None:
    """The reader that ships, loaded once; None where its weights were left out."""
    return LearnedReader.from_folder() if (WEIGHTS / TOKENIZER).is_file() else None


def _heard(text: str, encoding: Encoding, places: list[int], logits: Logits, network: ReaderNetwork) -> Heard:
    begins = torch.sigmoid(logits.starts[0])
    starts = [places[0], *(i for i in places[1:] if begins[i] > 0.5 and not _inside_word(text, encoding, i))]
    intents = torch.softmax(logits.intents[0], -1)
    labels = torch.softmax(logits.labels[0], -1)
    certain = [float(torch.maximum(begins[i], 1 - begins[i])) for i in places[1:]]
    slots = _slots(
        text,
        encoding,
        places,
        [network.config.labels[int(labels[i].argmax())] for i in range(len(encoding.ids))],
    )
    commands = []
    for number, start in enumerate(starts):
        begin = encoding.offsets[start][0]
        end = encoding.offsets[starts[number + 1]][0] if number + 1 < len(starts) else len(text)
        sure, chosen = intents[start].max(-1)
        mine = tuple(Slot(tag, text[a:b], text[begin:a]) for tag, a, b in slots if begin <= a < end)
        commands.append(
            Command(network.config.intents[int(chosen)], mine, _alone(text[begin:end]), float(sure))
        )
    intent = min([*certain, *(command.sure for command in commands)])
    spans = min((float(labels[i].max()) for i in places), default=1.0)
    return Heard(tuple(commands), min(intent, spans), intent)


def _alone(said: str) -> str:
    """What one command says, without what joins it to the next one."""
    return _JOINS.sub("", said).strip(" ,.;")


def _inside_word(text: str, encoding: Encoding, place: int) -> bool:
    """Whether a token goes on with the word before it: a letter, or a sign with one behind it ("2.5")."""
    begin = encoding.offsets[place][0]
    return begin > 0 and text[begin - 1].isalnum() and bool(re.match(r"\w|[^\w\s]\w", text[begin:]))


def _slots(text: str, encoding: Encoding, places: list[int], labels: list[str]) -> list[tuple[str, int, int]]:
    """(tag, start, end) of every run of labels, whole words taken in."""
    found: list[tuple[str, int, int]] = []
    for place in places:
        label, (begin, end) = labels[place], encoding.offsets[place]
        if found and found[-1][2] == begin and _inside_word(text, encoding, place):
            tag, first, _ = found[-1]
            found[-1] = (tag, first, end)  # a word belongs to one slot
        elif label == "O":
            continue
        elif (
            label.startswith("I-")
            and found
            and found[-1][0] == label[2:]
            and not text[found[-1][2] : begin].strip(" -'\"")
        ):
            found[-1] = (label[2:], found[-1][1], end)
        else:
            first = re.search(r"[^\W_]*$", text[:begin]) if _inside_word(text, encoding, place) else None
            found.append((label[2:], first.start() if first else begin, end))
    return [(tag, begin, end) for tag, begin, end in found if re.search(r"\w", text[begin:end])]
