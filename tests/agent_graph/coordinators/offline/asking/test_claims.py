"""Whether what a question says of a turn is so: held against signs worked out here."""

from __future__ import annotations

import pytest
from motion_agent.agent_graph.coordinators.offline.asking.claims import NEAR, SEEN, verdict
from motion_agent.tools.facts.records import Facts

STILL = Facts(
    seconds=2.0, path_m=0.1, straight_m=0.1, ahead_m=0.1, left_m=0.0, mean_speed_m_s=0.05, top_speed_m_s=0.2,
    turned_deg=0, steps=0, jumps=0, lowest_hips_m=0.9, smallest_knee_deg=160, left_hand_top_m=0.9,
    right_hand_top_m=0.9, greatest_lean_deg=6, slide_cm=0, begins="standing", ends="standing",
)  # fmt: skip


@pytest.mark.parametrize("turned", [-120, -90, -60, -20, 0, 20, 60, 90, 120])
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_turn_to_one_side_is_none_to_the_other(turned: int, side: str) -> None:
    facts = STILL.model_copy(update={"turned_deg": turned})
    to_this_side = turned if side == "left" else -turned
    assert verdict("turned", f"does he turn {side}?", facts) == (to_this_side >= SEEN)
    exactly = verdict("turned", f"did he turn 90 degrees to the {side}?", facts)
    assert exactly == (90 - NEAR <= to_this_side <= 90 + NEAR)
    assert verdict("turned", f"did he turn more than 50 degrees to the {side}?", facts) == (
        to_this_side >= 50
    )
    assert verdict("turned", f"did he turn less than 50 degrees to the {side}?", facts) == (
        to_this_side <= 50
    )


@pytest.mark.parametrize("turned", [-120, -90, -20, 0, 20, 90, 120])
def test_a_turn_of_no_side_may_be_to_either(turned: int) -> None:
    facts = STILL.model_copy(update={"turned_deg": turned})
    assert verdict("turned", "does he turn?", facts) == (abs(turned) >= SEEN)
    assert verdict("turned", "did he turn 90 degrees?", facts) == (abs(turned) == 90)


@pytest.mark.parametrize(
    ("busier", "left", "right"), [("left", True, False), ("right", False, True), ("both", True, True)]
)
def test_a_hand_that_moves_most_is_the_one_that_is_asked_for(busier: str, left: bool, right: bool) -> None:
    facts = STILL.model_copy(update={"busier_hand": busier, "busier_leg": busier})
    for quantity in ("hand", "leg"):
        assert verdict(quantity, f"does he use the left {quantity}?", facts) is left
        assert verdict(quantity, f"does he use the right {quantity}?", facts) is right


@pytest.mark.parametrize(("lowest", "so"), [(0.3, True), (0.5, True), (0.53, True), (0.6, False)])
def test_hips_that_nearly_come_so_low_do(lowest: float, so: bool) -> None:
    facts = STILL.model_copy(update={"lowest_hips_m": lowest})
    assert verdict("hips", "do the hips get down to 0.5 m?", facts) is so
