"""What is left out of a scene is named, and a count of what goes back and forth is a count of both."""

from __future__ import annotations

import pytest
from motion_agent.agent_graph.coordinators.offline.deciding import decide
from motion_agent.agent_graph.coordinators.offline.dialogue import Thread
from motion_agent.agent_graph.coordinators.offline.sentences.clauses import read_actions
from motion_agent.agent_graph.coordinators.offline.sentences.grammar import Verbs
from motion_agent.tools.toolbox import TOOLS

VERBS = Verbs()


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("two boxers circling each other, one throws a jab and the other ducks", "circling each other"),
        ("three friends dancing holding hands", "holding hands"),
        ("two people walk hand in hand", "hand in hand"),
    ],
)
def test_what_people_of_a_scene_do_not_do_is_named(message: str, told: str) -> None:
    plan = decide(Thread(message), VERBS, set(TOOLS), learned=False)
    assert plan.calls and f'"{told}"' in plan.text


def test_nothing_is_named_where_a_scene_does_all() -> None:
    message = "two people facing each other, one waves and the other bows"
    assert decide(Thread(message), VERBS, set(TOOLS), learned=False).text == ""


@pytest.mark.parametrize(
    ("said", "done"),
    [
        ("a man sits down and stands up 3 times", ["sits down", "stands up"] * 3),
        ("a man kneels and gets up 2 times", ["kneels", "gets up"] * 2),
        ("a man steps left and steps right 2 times", ["steps left", "steps right"] * 2),
    ],
)
def test_a_count_of_what_undoes_the_action_before_is_of_both(said: str, done: list[str]) -> None:
    actions = read_actions(said, VERBS).actions
    assert [action.description.removeprefix("a person ") for action in actions] == done
    assert all(action.times == 1 for action in actions)


def test_a_count_of_another_action_stays_its_own() -> None:
    walk, jump = read_actions("a man walks and jumps 3 times", VERBS).actions
    assert (walk.times, jump.times) == (1, 3)
