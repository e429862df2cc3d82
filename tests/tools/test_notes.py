"""Notes belong to segments: what a part's words could not give stays with the part, wherever it goes."""

from __future__ import annotations

from typing import Any

import pytest
from fakes import FakeBackend
from hand import Hand
from motion_agent.tools import MotionMemory
from motion_agent.tools.services import Services

WALK, JUMP, FAST = "a person walks", "a person kicks zzhigh", "a person runs zzfast"
HIGH = "I do not know 'zzhigh'; used 'kick'"
QUICK = "I do not know 'zzfast'; used 'run'"


@pytest.fixture
def clip(hand):
    return hand.sequence(WALK, JUMP, FAST)


def by_segment(clip):
    return [segment.notes for segment in clip.timeline]


def edited(hand, clip, *operations):
    return hand.make("edit_motion", motion_id=clip.id, operations=list(operations))


def test_each_segment_has_the_notes_of_its_words_and_the_motion_has_all(clip):
    assert by_segment(clip) == [(), (HIGH,), (QUICK,)]
    assert clip.notes == (HIGH, QUICK)
    ref = clip.ref()
    assert [segment.notes for segment in ref.segments] == [[], [HIGH], [QUICK]]
    assert ref.notes == [HIGH, QUICK]


@pytest.mark.parametrize(
    ("operation", "left"),
    [
        ({"op": "delete", "segment": 1}, [(HIGH,), (QUICK,)]),
        ({"op": "delete", "segment": 2}, [(), (QUICK,)]),
        ({"op": "replace", "segment": 3, "description": "a person bows"}, [(), (HIGH,), ()]),
        ({"op": "repeat", "segment": 2, "times": 3}, [(), (HIGH,), (HIGH,), (HIGH,), (QUICK,)]),
        ({"op": "reorder", "order": [3, 1, 2]}, [(QUICK,), (), (HIGH,)]),
        ({"op": "trim", "start": 1, "end": 5}, [(), (HIGH,), (QUICK,)]),
        ({"op": "trim", "start": 0, "end": 3}, [(), (HIGH,)]),
        ({"op": "mirror"}, [(), (HIGH,), (QUICK,)]),
        ({"op": "speed", "factor": 2, "segment": 2}, [(), (HIGH,), (QUICK,)]),
        ({"op": "duration", "seconds": 3, "segment": 2}, [(), (HIGH,), (QUICK,)]),
        ({"op": "regenerate", "segment": 3}, [(), (HIGH,), (QUICK,)]),
        ({"op": "extend", "seconds": 1, "segment": 2}, [(), (HIGH,), (QUICK,)]),
        ({"op": "insert", "description": "bow zzdown", "position": 1}, None),
        ({"op": "inbetween", "segment": 2}, [(), (HIGH,), (), (QUICK,)]),
    ],
)
def test_edits_leave_notes_with_their_parts(hand, clip, operation, left):
    child = edited(hand, clip, operation)
    expected = left or [("I do not know 'zzdown'; used 'bow'",), (), (HIGH,), (QUICK,)]
    assert by_segment(child) == expected
    assert child.notes == tuple(dict.fromkeys(note for notes in expected for note in notes))


def test_notes_survive_one_edit_after_another(hand, clip):
    child = edited(hand, edited(hand, clip, {"op": "delete", "segment": 1}), {"op": "mirror"})
    assert child.notes == (HIGH, QUICK)


def test_motions_from_memory_bring_their_notes(hand, clip):
    composed = hand.make("compose_sequence", segments=[{"motion_id": clip.id}, {"description": WALK}])
    assert by_segment(composed) == [(), (HIGH,), (QUICK,), ()]
    inserted = edited(hand, hand.sequence(WALK), {"op": "insert", "motion_id": clip.id, "position": 1})
    assert by_segment(inserted) == [(), (HIGH,), (QUICK,), ()]


def test_people_of_a_scene_keep_their_notes(hand, clip):
    people = [{"description": "a person waves"}, {"motion_id": clip.id}, {"description": JUMP}]
    scene = hand.make("arrange_scene", people=people)
    assert by_segment(scene) == [(), (HIGH, QUICK), (HIGH,)]
    assert scene.notes == (HIGH, QUICK)
    assert [piece.notes for piece in scene.members[1].timeline] == [(), (HIGH,), (QUICK,)]


def test_the_calling_model_reads_each_note_once(hand):
    content = hand.use("compose_sequence", segments=[{"description": WALK}, {"description": JUMP}]).content
    assert str(content).count("zzhigh';") == 1
    assert content["notes"] == [HIGH]
    assert set(content["segments"][1]) == {"description", "start", "end"}


class Doubtful(FakeBackend):
    """Finds the second motion it is asked about a weak match, with the caption it has for all."""

    weak_below = 0.0

    def __init__(self) -> None:
        super().__init__()
        self.judged = 0

    def judge(self, captions: Any, motions: Any) -> list[float]:
        self.judged += 1
        return [1.0 if self.judged == 1 else -1.0 for _ in captions]

    def caption(self, motions: Any) -> list[str]:
        return ["a person sits"] * len(motions)


def test_an_extension_adds_its_own_notes_to_those_of_its_segment():
    hand = Hand(Services(Doubtful(), MotionMemory()))
    clip = hand.sequence(JUMP)
    child = edited(hand, clip, {"op": "extend", "seconds": 2})
    weak = "weak match: 'a person kicks zzhigh' came out more like 'a person sits'"
    assert by_segment(clip) == [(HIGH,)]
    assert by_segment(child) == [(HIGH, weak)]


def kept_before(memory: MotionMemory, clip: Any) -> None:
    """Rewrite a clip the way it was kept when segments had no notes."""
    namespace = ("motion_agent", "local", "clips")
    record = memory.store.get(namespace, clip.id).value  # type: ignore[union-attr]
    bare = [{k: v for k, v in segment.items() if k != "notes"} for segment in record["timeline"]]
    memory.store.put(namespace, clip.id, record | {"timeline": bare})


def test_a_clip_kept_when_segments_had_no_notes_keeps_them_through_edits(hand, clip, services):
    kept_before(services.memory, clip)
    old = services.memory.get("local", clip.id)
    assert (by_segment(old), old.notes) == ([(), (), ()], (HIGH, QUICK))
    assert old.ref().notes == [HIGH, QUICK]
    child = edited(hand, old, {"op": "delete", "segment": 1})
    assert child.notes == (HIGH, QUICK)


def test_notes_of_the_whole_come_after_those_of_segments(clip):
    spoken = type(clip).model_validate(clip.model_dump() | {"notes": ("of the whole", QUICK)})
    assert spoken.notes == (HIGH, QUICK, "of the whole")
    assert spoken.notes_of_the_whole == ("of the whole",)
    assert type(clip).model_validate(spoken.model_dump()) == spoken
