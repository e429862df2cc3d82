"""MotionMemory: every motion a user ever made, as token ids with their timeline and lineage.

Invariants: clips are immutable and never removed; an edit makes a child that names its parent. A clip's id
is derived from where it was made (thread, tool call, position), so a turn that is replayed after a crash
finds the clip it wrote before and writes nothing twice. Every user has a namespace of their own. One memory
may be used by many threads at once: what it does to its store, it does one thing after another.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, count, pairwise
from threading import RLock
from typing import Annotated, Any, Self

from langgraph.store.base import BaseStore, SearchItem
from langgraph.store.memory import InMemoryStore
from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator

from ..motion_models.errors import InvalidRequestError
from ..motion_models.fitting.checks import Check
from ..motion_models.motion.editing.timing import Span
from ..motion_models.motion.features import FPS
from .batching import Tokens
from .clips.checks import told
from .clips.frame_edits import FrameEdit, placed_in_time, span_of
from .clips.records import FORMAT, age, counter, namespace, store_of_run, up_to_date
from .errors import SceneError, StorageError, UnknownMotionError, one_line
from .schemas import Frozen, MotionRef, SegmentRef, Trail

#: Without vowels and look-alikes, so that ids never spell words and are easy to read out.
ID_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
ID_LENGTH = 4
#: How many clips are listed at once, and how many records a store is asked for at once.
LISTED, PAGE = 20, 1000


def unique(notes: Iterable[str]) -> tuple[str, ...]:
    """Notes in their order, each once."""
    return tuple(dict.fromkeys(notes))


class ClipSegment(Frozen):
    """Tokens [start, end) of a clip, the words they were made from, and how they are shown.

    description: what the user asked for. prompt: what the model was prompted with, "" for recorded motion.
    notes: what these words could not give. checks: what was reached of every quantity they name. edits: what
    is done to the frames, in order. before, after: the tokens it is decoded beside, which are not shown; None
    where that is what stands beside it in the clip.
    """

    description: str
    start: int
    end: int
    prompt: str = ""
    seed: int | None = None
    notes: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    edits: tuple[FrameEdit, ...] = ()
    before: Tokens | None = None
    after: Tokens | None = None

    @property
    def span(self) -> Span:
        """How long it is shown."""
        return span_of(self.end - self.start, self.edits)

    @property
    def seconds(self) -> float:
        return self.span.length / FPS

    @property
    def look(self) -> tuple[object, ...]:
        """All that its frames depend on, beside its tokens."""
        return self.edits, self.before, self.after

    @property
    def is_as_decoded(self) -> bool:
        """Whether it is shown as its tokens are decoded among those of the clip."""
        return not self.edits and self.before is None and self.after is None


Timeline = Annotated[tuple[ClipSegment, ...], Field(min_length=1)]


def shown_frames(timeline: Sequence[ClipSegment]) -> list[tuple[int, float]]:
    """How many frames each segment of one person's timeline shows, and from when on; see `placed_in_time`."""
    return placed_in_time([piece.span for piece in timeline], [piece.edits for piece in timeline])


def frames_in_all(timeline: Sequence[ClipSegment]) -> int:
    """How many frames one person's timeline shows."""
    return sum(frames for frames, _ in shown_frames(timeline))


class Member(Frozen):
    """One person of a scene: their own motion, turned by theta degrees about +Y and moved by x, z metres."""

    motion_id: str
    description: str
    tokens: Tokens = Field(min_length=1)
    timeline: Timeline
    theta: float = 0.0
    x: float = 0.0
    z: float = 0.0


class ClipDraft(Frozen):
    """A motion that has been made but has no id yet: one person's tokens, or the members of a scene.

    notes: all there is to say of it, each once: its segments' notes, then those of the whole. Clips that
    were kept when segments had no notes have theirs on the whole. tokenizer: the fingerprint of the one whose
    tokens these are, None where it is not known. format: see `clips.records.FORMAT`.
    """

    description: str
    tokens: Tokens = ()
    members: tuple[Member, ...] = ()
    timeline: Timeline
    source: str
    parent: str | None = None
    seed: int | None = None
    notes: tuple[str, ...] = Field(default=(), validate_default=True)
    name: str | None = None
    tokenizer: str | None = None
    format: int = FORMAT

    @model_validator(mode="after")
    def _one_or_several(self) -> Self:
        if bool(self.tokens) == bool(self.members):
            raise ValueError("a motion has either tokens or members")
        return self

    @field_validator("notes")
    @classmethod
    def _with_those_of_segments(cls, notes: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        timeline: tuple[ClipSegment, ...] = info.data.get("timeline", ())
        return unique([note for segment in timeline for note in segment.notes] + list(notes))

    @property
    def notes_of_the_whole(self) -> tuple[str, ...]:
        """Notes that belong to no single segment."""
        known = {note for segment in self.timeline for note in segment.notes}
        return tuple(note for note in self.notes if note not in known)

    @property
    def length(self) -> int:
        """How many tokens it has; a scene has those of its longest member."""
        return max(segment.end for segment in self.timeline)

    @property
    def frames(self) -> int:
        """How many frames it shows; a scene shows those of its longest member."""
        timelines = [member.timeline for member in self.members] or [self.timeline]
        return max(frames_in_all(timeline) for timeline in timelines)

    @property
    def seconds(self) -> float:
        return round(self.frames / FPS, 3)

    @property
    def is_as_decoded(self) -> bool:
        """Whether it is shown just as its tokens are decoded, with nothing done to the frames."""
        return all(piece.is_as_decoded for piece in self.timeline)

    @property
    def look(self) -> tuple[object, ...]:
        """All that its frames depend on."""
        return self.tokens, self.members, tuple(piece.look for piece in self.timeline)

    def times(self) -> list[tuple[float, float]]:
        """When each segment is shown, from and to, in seconds; the people of a scene all start at 0."""
        if self.members:
            return [(0.0, round(frames_in_all(member.timeline) / FPS, 3)) for member in self.members]
        ends = list(accumulate((frames for frames, _ in shown_frames(self.timeline)), initial=0))
        return [(round(start / FPS, 3), round(end / FPS, 3)) for start, end in pairwise(ends)]


class MotionClip(ClipDraft):
    """One motion in memory. origin: thread, tool call and position it came from.

    order: greater than that of every motion its user had made before, whatever the clock said.
    """

    id: str
    name: str  # type: ignore[assignment]  # a kept clip always has a name
    origin: str
    created: float
    order: int = 0

    def of_one_person(self) -> Self:
        """This clip, for whatever works on one person. Raises SceneError for a scene, naming its members."""
        if self.members:
            raise SceneError(self.id, ((member.motion_id, member.description) for member in self.members))
        return self

    def ref(self) -> MotionRef:
        """What the conversation may know of this clip: everything but the tokens."""
        return MotionRef(
            id=self.id,
            name=self.name,
            description=self.description,
            seconds=self.seconds,
            frames=self.frames,
            segments=[
                SegmentRef(description=segment.description, start=start, end=end, notes=list(segment.notes))
                for segment, (start, end) in zip(self.timeline, self.times(), strict=True)
            ],
            parent=self.parent,
            notes=list(self.notes),
            checks=told((segment.description, segment.checks) for segment in self.timeline),
        )


class MotionMemory:
    """An append-only map from id to `MotionClip` over any LangGraph store."""

    def __init__(self, store: BaseStore | None = None) -> None:
        """store: where motions are kept when the run that is under way has no store of its own."""
        self._own: BaseStore = InMemoryStore() if store is None else store
        self._lock = RLock()

    @property
    def store(self) -> BaseStore:
        """The store of the run that is under way, such as a parent graph's or a server's, else our own."""
        of_run = store_of_run()
        return self._own if of_run is None else of_run

    def trail(self, user: str, thread: str) -> Trail:
        """The motions a thread of tool calls was about, for agents that keep no state of ours."""
        kept = self._get(user, "trails", thread)
        return Trail() if kept is None else Trail.model_validate(kept)

    def follow(self, user: str, thread: str, after: Callable[[Trail], Trail]) -> None:
        """Move a thread's trail on, one call after another."""
        with self._lock:
            self._put(user, "trails", thread, after(self.trail(user, thread)).model_dump(mode="json"))

    def remember(self, user: str, draft: ClipDraft, origin: str) -> MotionClip:
        """Keep a motion under an id derived from `origin`; the same motion again returns the kept clip."""
        with self._lock:  # from finding that an id is free to writing under it
            for clip_id in _candidate_ids(origin):
                kept = self._read(user, clip_id)
                if kept is None:
                    return self._write(user, draft, origin, clip_id)
                if kept.origin == origin and kept.look == draft.look:
                    return kept
        raise RuntimeError("candidate ids never run out")  # pragma: no cover

    def get(self, user: str, motion_id: str) -> MotionClip:
        """The clip with this id or name. Raises UnknownMotionError that lists what is known."""
        clip = self.find(user, motion_id)
        if clip is None:
            raise UnknownMotionError(motion_id, self.known(user))
        return clip

    def find(self, user: str, motion_id: str) -> MotionClip | None:
        """The clip with this id or name, None when there is none."""
        clip = self._read(user, motion_id)
        if clip is not None:
            return clip
        named = self._get(user, "names", motion_id.casefold())
        return self._read(user, named["id"]) if named else None

    def known(self, user: str) -> list[str]:
        """The ids that errors mention: those of the user's newest motions."""
        return [clip.id for clip in self.recent(user)]

    def recent(self, user: str, limit: int = LISTED) -> list[MotionClip]:
        """The user's newest clips, `limit` of them at most, the newest last."""
        clips, titles = self._all(user, "clips"), self._all(user, "titles")
        newest = sorted(clips, key=lambda key: age(clips[key]))
        newest = newest[max(0, len(newest) - limit) :]
        return [_clip(clips[key], titles.get(key)) for key in newest]

    def rename(self, user: str, motion_id: str, name: str) -> MotionClip:
        """Give a clip a name it is found by from now on; a name belongs to the clip that got it last."""
        clip = self.get(user, motion_id)
        clashing = self._read(user, name)
        if clashing is not None and clashing.id != clip.id:
            raise InvalidRequestError(f"{name} is the id of another motion; choose another name")
        self._put(user, "names", name.casefold(), {"id": clip.id})
        self._put(user, "titles", clip.id, {"name": name})
        return clip.model_copy(update={"name": name})

    def _write(self, user: str, draft: ClipDraft, origin: str, clip_id: str) -> MotionClip:
        fields = draft.model_dump() | {
            "id": clip_id,
            "name": draft.name or draft.description,
            "origin": origin,
            "created": time.time(),
            "order": self._made(user) + 1,
        }
        clip = MotionClip.model_validate(fields)
        self._put(user, "clips", clip_id, clip.model_dump(mode="json"))
        self.store.put(counter(user), "count", {"count": clip.order})
        return self.rename(user, clip_id, draft.name) if draft.name else clip

    def _made(self, user: str) -> int:
        """How many motions a user has made; kept beside the motions, not among them."""
        known = self.store.get(counter(user), "count")
        return known.value["count"] if known else 0

    def _read(self, user: str, clip_id: str) -> MotionClip | None:
        clip = self._get(user, "clips", clip_id)
        if clip is None:
            return None
        return _clip(clip, self._get(user, "titles", clip_id))

    def _get(self, user: str, kind: str, key: str) -> dict[str, Any] | None:
        with self._lock:
            item = self.store.get(namespace(user, kind), key)
        return None if item is None else item.value

    def _put(self, user: str, kind: str, key: str, value: dict[str, Any]) -> None:
        with self._lock:
            self.store.put(namespace(user, kind), key, value)

    def _all(self, user: str, kind: str) -> dict[str, dict[str, Any]]:
        """Every record of a kind, by key, however many there are."""
        with self._lock:
            return {item.key: item.value for page in self._pages(user, kind) for item in page}

    def _pages(self, user: str, kind: str) -> Iterator[list[SearchItem]]:
        for number in count():
            page = self.store.search(namespace(user, kind), limit=PAGE, offset=PAGE * number)
            yield page
            if len(page) < PAGE:
                return


def _clip(record: dict[str, Any], title: dict[str, Any] | None) -> MotionClip:
    try:
        return MotionClip.model_validate(up_to_date(record) | (title or {}))
    except ValidationError as error:
        raise StorageError(f"a motion in memory is damaged: {one_line(error)}") from error


def _candidate_ids(origin: str) -> Iterable[str]:
    """Ids for one origin: the shortest first, one letter longer for each clip already in the way."""
    number = int.from_bytes(hashlib.sha256(origin.encode()).digest())
    letters = ""
    while True:
        number, digit = divmod(number, len(ID_ALPHABET))
        letters += ID_ALPHABET[digit]
        if len(letters) >= ID_LENGTH:
            yield f"m{letters}"
