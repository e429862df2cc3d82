from __future__ import annotations

import pytest
import torch
from motion_agent.motion_models.errors import InvalidRequestError
from motion_agent.motion_models.language.vocabulary import MotionVocabulary

GEMMA2 = MotionVocabulary(256000)


def test_ids_are_those_of_the_released_gemma2_checkpoints() -> None:
    assert (GEMMA2.start_id, GEMMA2.end_id, GEMMA2.n_rows, GEMMA2.size) == (256000, 256001, 514, 256514)
    assert GEMMA2.to_ids([0, 7, 511]) == [256002, 256009, 256513]


@pytest.mark.parametrize(
    "codes",
    [[512], [-1], [1.5], [[1, 2]], [True], ["a"], None, torch.tensor(3)],
    ids=["large", "negative", "float", "nested", "bool", "text", "none", "scalar"],
)
def test_bad_codes_are_refused(codes: object) -> None:
    with pytest.raises(InvalidRequestError, match="motion tokens must"):
        GEMMA2.to_ids(codes)  # type: ignore[arg-type]


def test_no_codes_are_no_ids() -> None:
    assert GEMMA2.to_ids([]) == []


@pytest.mark.parametrize("sizes", [(0, 512), (10, 0)])
def test_empty_vocabularies_are_refused(sizes: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="needs text and motion"):
        MotionVocabulary(*sizes)
