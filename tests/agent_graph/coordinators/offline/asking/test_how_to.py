"""Questions of how something is asked for get the sentence to say, and change nothing."""

from __future__ import annotations

import pytest
from motion_agent.agent_graph.coordinators.offline.asking.how_to import how_to
from motion_agent.agent_graph.coordinators.offline.deciding import decide
from motion_agent.agent_graph.coordinators.offline.dialogue import KnownMotion, Thread
from motion_agent.agent_graph.coordinators.offline.sentences.grammar import Verbs
from motion_agent.tools.toolbox import TOOLS

PARTS = (("a person walks forward", 3.0), ("a person jumps", 1.5))
CLIP = KnownMotion("m1", "", "walks, jumps", 4.5, PARTS)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("If I wanted it quicker, what would I have to say?", 'Say "make it quicker".'),
        ("how do I ask for a slower one?", 'Say "make it slower".'),
        ("what should I type to mirror it", 'Say "mirror it".'),
        ("what would I need to say to get rid of the jump?", 'Say "get rid of the jump".'),
        ("what's the command for undo?", 'Say "undo".'),
        ("how can I delete the last part?", 'Say "delete the last part".'),
        (
            "would I have to start over if I wanted it to last 20 seconds?",
            'No, you need not start over: say "make it',
        ),
        (
            "if I wanted it to last 20 seconds would I have to start over?",
            'last 20 seconds". Nothing is changed',
        ),
        (
            "what would happen if I made it faster?",
            'I cannot tell that beforehand: to see it, say "make it faster".',
        ),
        ("would it be a problem to add a bow at the end?", 'Say "add a bow at the end".'),
        ("can he wave with the left hand while walking?", 'Say "wave with the left hand while walking".'),
    ],
)
def test_the_sentence_is_told_and_nothing_is_changed(message: str, told: str) -> None:
    plan = decide(Thread(message, {"m1": CLIP}, "m1"), Verbs(), set(TOOLS))
    assert told in plan.text and not plan.calls


@pytest.mark.parametrize(
    "message",
    [
        "make it faster",
        "can you make it faster?",
        "how long is it?",
        "how do I install it?",
        "what if he jumps?",
        "can he jump?",
        "can he stand still for a while at the end",
        "can he walk as if he was drunk",
    ],
)
def test_other_messages_ask_for_no_words(message: str) -> None:
    assert how_to(message) is None
