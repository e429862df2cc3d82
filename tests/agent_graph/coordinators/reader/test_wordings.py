"""The wordings the reader learns from, and the examples drawn from them."""

from __future__ import annotations

import pytest
from motion_agent.agent_graph.coordinators.offline.hearing.intents import BUILDERS
from motion_agent.agent_graph.coordinators.reader.examples import TAGS, Examples, state_text
from motion_agent.agent_graph.coordinators.reader.wordings import chosen, count, split, spoken, wordings


def test_every_intent_has_wordings_and_a_request_it_becomes() -> None:
    assert set(wordings()) == set(BUILDERS)
    assert sum(map(len, wordings().values())) > 2000


def test_held_out_wordings_are_not_learned_from() -> None:
    learned, held = split()
    assert all(not set(lines) & set(learned[intent]) for intent, lines in held.items())
    assert {intent: len(learned[intent]) + len(held.get(intent, ())) for intent in learned} == {
        intent: len(lines) for intent, lines in wordings().items()
    }


def test_a_wording_of_two_requests_tells_where_the_second_begins() -> None:
    source = Examples({"slow_down": ("make <S> slower and @delete drop <S>",)}, 3)
    text, spans = source._filled("make <S> slower and @delete drop <S>", [], [])
    [begin] = [start for start, _, tag in spans if tag == "@delete"]
    assert text[begin:].startswith("drop ") and "@" not in text
    assert "slower" in " ".join(spoken()["slow_down"]) and len(spans) == 3


def test_a_wording_stands_for_all_its_choices() -> None:
    assert count("{a|b} {c|d|e} f") == 6
    assert count("plain") == 1

    class First:
        def choice(self, options: list[str]) -> str:
            return options[0]

    assert chosen("{make|let} {it|} go , please", First()) == "make it go, please"  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(3))
def test_spans_of_examples_are_the_words_they_are_about(seed: int) -> None:
    source = Examples(wordings(), seed)
    for _ in range(150):
        example = source.draw()
        starts = [start for start, _, tag in example.spans if tag.startswith("@")]
        assert starts and starts == sorted(starts) and starts[0] <= 1
        for start, end, tag in example.spans:
            assert 0 <= start < end <= len(example.text)
            assert tag.startswith("@") or (tag in TAGS.values() and example.text[start:end].strip())


def test_the_state_is_told_in_short() -> None:
    told = state_text(["a person walks forward slowly to the door", "a person waves"], ["hello"])
    assert told == "now: walks forward slowly to the | waves; saved: hello"
    assert state_text([], []) == "now: nothing"
