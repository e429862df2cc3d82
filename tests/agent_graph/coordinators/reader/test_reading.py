"""The network, its file of int8 weights, and what reading a message with it gives."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from motion_agent.agent_graph.coordinators.reader import network as networks
from motion_agent.agent_graph.coordinators.reader.examples import TAGS, Examples
from motion_agent.agent_graph.coordinators.reader.network import ReaderConfig, ReaderNetwork, batches
from motion_agent.agent_graph.coordinators.reader.reading import WEIGHTS, LearnedReader, shipped_reader
from motion_agent.agent_graph.coordinators.reader.training import (
    Recipe,
    _Batch,
    _loss,
    encoded,
    message_tokens,
    widened,
)
from motion_agent.agent_graph.coordinators.reader.vocabulary import SPECIAL, chosen_pieces, tokenizer
from motion_agent.agent_graph.coordinators.reader.wordings import wordings

LETTERS = [
    f"{mark}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz0123456789.,!?'-|:;" for mark in ("", "##")
]


def small() -> LearnedReader:
    torch.manual_seed(0)
    pieces = [*SPECIAL, *LETTERS]
    config = ReaderConfig(tuple(wordings()), tuple(dict.fromkeys(TAGS.values())), len(pieces), 16, 2, 2, 32)
    return LearnedReader(ReaderNetwork(config).eval(), tokenizer(pieces))


def test_weights_come_back_from_int8_nearly_as_they_were(tmp_path: Path) -> None:
    before = small().network
    networks.save(before, tmp_path)
    after = networks.load(tmp_path)
    for name, value in before.state_dict().items():
        if value.is_floating_point():
            assert torch.allclose(after.state_dict()[name], value, atol=0.02), name
    assert after.config == before.config


def test_weights_that_are_not_whole_are_refused(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    networks.save(small().network, tmp_path)
    kept = load_file(tmp_path / networks.WEIGHTS)
    del kept["starts.weight"]
    save_file(kept, tmp_path / networks.WEIGHTS)
    with pytest.raises(ValueError, match=r"lack starts\.weight"):
        networks.load(tmp_path)


def test_lower_and_upper_layers_together_are_the_whole_network() -> None:
    reader = small()
    encodings = encoded(reader.tokenizer, [("walk", "now: nothing"), ("make it faster", "now: walks")])
    inputs = batches(encodings)
    with torch.no_grad():
        whole = reader.network(*inputs)
        parts = reader.network.upper(reader.network.lower(*inputs, layers=1), inputs[1], layers=1)
    real = inputs[1].bool()
    assert torch.allclose(whole.intents[real], parts.intents[real], atol=1e-5)


def test_a_step_learns_from_examples() -> None:
    reader, source = small(), Examples(wordings(), 1)
    batch = _Batch.of(reader.network, reader.tokenizer, [source.draw() for _ in range(8)])
    optimizer = torch.optim.AdamW(reader.network.parameters(), lr=3e-3)
    losses = []
    for _ in range(25):
        loss = _loss(reader.network, batch, Recipe())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]


def test_a_reader_that_lacks_intents_can_learn_on() -> None:
    network = small().network
    wider = widened(network, ("fresh", *reversed(network.config.intents)))
    old, new = (one.state_dict()["intents.2.weight"] for one in (network, wider))
    for row, intent in enumerate(network.config.intents):
        assert torch.equal(new[wider.config.intents.index(intent)], old[row])
    assert torch.equal(wider.labels.weight, network.labels.weight)
    assert len(new) == len(old) + 1


def test_a_reading_quotes_the_message() -> None:
    text = "walk to the door, then wave twice"
    heard = small().read(text, ["a person jogs"], ["hello"])
    assert heard.commands and 0 <= heard.sure <= heard.intent <= 1
    for command in heard.commands:
        assert command.said in text
        assert all(slot.text in text for slot in command.slots)


def test_nothing_is_heard_where_nothing_is_said() -> None:
    assert small().read("   ").commands == ()


def test_only_tokens_of_the_message_are_labelled() -> None:
    [encoding] = encoded(small().tokenizer, [("walk", "now: jogs")])
    assert [encoding.tokens[i] for i in message_tokens(encoding)] == ["w", "##a", "##l", "##k"]


def test_the_kept_word_pieces_hold_letters_and_the_words_of_the_texts() -> None:
    pieces = [*SPECIAL, *LETTERS, "walk", "the", "of", "##ing", "zebra"]
    kept = chosen_pieces(pieces, ["walking"], len(SPECIAL) + len(LETTERS) + 2)
    assert "walk" in kept and "##ing" in kept and "zebra" not in kept
    assert kept == [piece for piece in pieces if piece in kept]


@pytest.mark.skipif(shipped_reader() is None, reason="the reader's weights were left out")
def test_the_reader_that_ships_is_small_and_knows_the_intents() -> None:
    reader = shipped_reader()
    assert reader is not None
    assert set(reader.network.config.intents) == set(wordings())
    assert sum(file.stat().st_size for file in WEIGHTS.iterdir()) <= 16 * 2**20
    heard = reader.read("remove the jump", ["a person walks", "a person jumps"])
    assert [command.intent for command in heard.commands] == ["delete"]
    assert heard.commands[0].first("PART") == "the jump"
