"""MotionMemory over the stores LangGraph has."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from types import SimpleNamespace

import pytest
from langgraph.store.base import BaseStore
from motion_agent.agent_graph.conversations.persistence import open_memory
from motion_agent.motion_models.errors import InvalidRequestError
from motion_agent.tools import UnknownMotionError
from motion_agent.tools.errors import StorageError
from motion_agent.tools.memory import ClipDraft, ClipSegment, MotionMemory
from places import EVERYWHERE

pytestmark = pytest.mark.parametrize("place", EVERYWHERE, indirect=True)


@pytest.fixture
def store(place: str) -> Iterator[BaseStore]:
    with open_memory(place) as opened:
        yield opened.store


@pytest.fixture
def memory(store: BaseStore) -> MotionMemory:
    return MotionMemory(store)


def a_draft(*tokens: int, **fields: object) -> ClipDraft:
    segment = ClipSegment(description="a person walks", start=0, end=len(tokens))
    values = {"description": "a person walks", "tokens": tokens, "timeline": (segment,), "source": "test"}
    return ClipDraft.model_validate(values | fields)


def test_what_is_remembered_comes_back_whole(memory):
    kept = memory.remember("ann", a_draft(1, 2, 3, parent="mzzz", seed=5, notes=("n",)), "t/c/0")
    assert memory.get("ann", kept.id) == kept
    assert (kept.tokens, kept.parent, kept.seed, kept.notes) == ((1, 2, 3), "mzzz", 5, ("n",))


def test_a_replayed_turn_writes_nothing_twice(memory):
    first = memory.remember("ann", a_draft(1, 2), "t/c/0")
    assert memory.remember("ann", a_draft(1, 2), "t/c/0") == first
    assert len(memory.recent("ann")) == 1


def test_another_motion_of_the_same_origin_gets_an_id_of_its_own(memory):
    first = memory.remember("ann", a_draft(1, 2), "t/c/0")
    second = memory.remember("ann", a_draft(3), "t/c/0")
    assert second.id != first.id
    assert memory.get("ann", first.id).tokens == (1, 2)


def test_colliding_ids_are_told_apart(memory, monkeypatch):
    monkeypatch.setattr("motion_agent.tools.memory.hashlib.sha256", _SameHash)
    first = memory.remember("ann", a_draft(1), "t/a/0")
    second = memory.remember("ann", a_draft(1), "t/b/0")
    assert first.id != second.id
    assert second.id.startswith(first.id)


class _SameHash:
    def __init__(self, data: bytes) -> None:
        pass

    def digest(self) -> bytes:
        return bytes(range(32))


@pytest.mark.parametrize("other", ["anna", "ann.b", "a", "Ann", "ann/b", "an n", ""])
def test_users_do_not_see_each_other(memory, other):
    kept = memory.remember("ann", a_draft(1, name="hello"), "t/c/0")
    assert memory.find(other or "local", kept.id) is None
    assert memory.find(other or "local", "hello") is None
    assert memory.recent(other or "local") == []


@pytest.mark.parametrize("user", ["a@b.example", "x.y.z", "名前", "100%", "a/b"])
def test_any_user_name_has_a_namespace(memory, user):
    kept = memory.remember(user, a_draft(1), "t/c/0")
    assert memory.recent(user) == [kept]


def test_all_that_is_kept_of_a_user_lies_under_one_prefix(memory, store):
    kept = memory.remember("ann", a_draft(1, name="hello"), "t/c/0")
    memory.remember("anna", a_draft(2, name="hello"), "t/c/0")
    found = store.search(("motion_agent", "ann"), limit=100)
    assert {item.key for item in found} == {kept.id, "hello"}
    assert {item.namespace[2] for item in found} == {"clips", "names", "titles"}


def test_a_name_finds_the_motion_that_got_it_last(memory):
    first = memory.remember("ann", a_draft(1, name="Greeting"), "t/c/0")
    second = memory.remember("ann", a_draft(2), "t/c/1")
    assert memory.get("ann", "greeting").id == first.id
    renamed = memory.rename("ann", second.id, "greeting")
    assert renamed.name == "greeting"
    assert memory.get("ann", "GREETING").id == second.id
    assert [clip.name for clip in memory.recent("ann")] == ["Greeting", "greeting"]


def test_the_id_of_a_motion_is_no_name_for_another(memory):
    first = memory.remember("ann", a_draft(1), "t/c/0")
    second = memory.remember("ann", a_draft(2), "t/c/1")
    with pytest.raises(InvalidRequestError, match="another name"):
        memory.rename("ann", second.id, first.id)


def test_an_unknown_motion_is_an_error_that_lists_the_known(memory):
    with pytest.raises(UnknownMotionError, match="motion m7 does not exist; known: none yet"):
        memory.get("ann", "m7")
    kept = memory.remember("ann", a_draft(1), "t/c/0")
    with pytest.raises(UnknownMotionError, match=f"known: {kept.id}"):
        memory.get("ann", "m7")


def test_clips_cannot_be_changed(memory):
    kept = memory.remember("ann", a_draft(1), "t/c/0")
    with pytest.raises(ValueError, match="frozen"):
        kept.tokens = (9,)


def test_the_newest_are_listed_last_however_many_a_store_gives_at_once(memory, monkeypatch):
    monkeypatch.setattr("motion_agent.tools.memory.PAGE", 2)
    kept = [memory.remember("ann", a_draft(n + 1), f"t/c/{n}") for n in range(5)]
    assert memory.recent("ann") == kept
    assert memory.recent("ann", limit=3) == kept[2:]
    assert memory.recent("ann", limit=0) == []


def test_what_two_threads_write_at_once_is_kept_twice(memory, monkeypatch):
    """Both have found that their id is free before either has written, unless one waits for the other."""
    both = Barrier(2)

    def meeting() -> float:
        with suppress(BrokenBarrierError):
            both.wait(timeout=0.5)
        return 0.0

    monkeypatch.setattr("motion_agent.tools.memory.time", SimpleNamespace(time=meeting))
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(lambda n: memory.remember("ann", a_draft(n), "t/c/0"), (1, 2))
    assert one.id != two.id
    assert {memory.get("ann", clip.id).tokens for clip in (one, two)} == {(1,), (2,)}


def test_threads_that_remember_the_same_turn_keep_one_motion(memory):
    with ThreadPoolExecutor(8) as pool:
        clips = list(
            pool.map(lambda n: memory.remember("ann", a_draft(n % 4 + 1), f"t/{n % 4}/0"), range(32))
        )
    assert len({clip.id for clip in clips}) == len(memory.recent("ann")) == 4
    assert all(clip.tokens == (n % 4 + 1,) for n, clip in enumerate(clips))


def test_motions_kept_before_edits_were_recorded_are_read(memory):
    clip = memory.remember("ann", a_draft(1, 2, 3), "t/1/0")
    record = clip.model_dump(mode="json")
    for name in ("format", "tokenizer"):
        del record[name]
    for segment in record["timeline"]:
        for name in ("edits", "before", "after"):
            del segment[name]
    memory.store.put(("motion_agent", "ann", "clips"), clip.id, record)
    assert memory.get("ann", clip.id) == clip
    assert memory.get("ann", clip.id).is_as_decoded


def test_a_motion_of_a_later_version_is_refused_in_one_sentence(memory):
    clip = memory.remember("ann", a_draft(1, 2, 3), "t/1/0")
    record = clip.model_dump(mode="json") | {"format": 3, "something": "new"}
    memory.store.put(("motion_agent", "ann", "clips"), clip.id, record)
    with pytest.raises(StorageError, match=f"motion {clip.id} was kept by a later version .format 3"):
        memory.get("ann", clip.id)
