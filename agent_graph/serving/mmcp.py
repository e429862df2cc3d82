"""The Motion Model Context Protocol (MMCP), by which animation programs such as Blender ask for motion.

A request's segments become parts of one motion; several samples, and the requests of a batch, are generated
together. What is asked of single frames (constraints.py) is done to the motion then. Nothing is kept: the
motion is the answer.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import replace
from functools import wraps
from itertools import pairwise
from typing import Any
from uuid import uuid4

import numpy as np
from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute
from motionmcp import (
    Backbone,
    GenerateRequest,
    Joint,
    ModelSpec,
    MotionReferenceSegment,
    MotionResult,
    ProtocolError,
    Skeleton,
    TextSegment,
    build_app,
)
from motionmcp.backbone import Limits
from motionmcp.errors import retargeting_unsupported
from motionmcp.schemas import Options
from starlette.responses import JSONResponse, Response

from ...motion_models.arrays import FloatArray
from ...motion_models.errors import BackendError, MotionAgentError
from ...motion_models.motion.editing.cycles import SHORTEST, one_round
from ...motion_models.motion.editing.keyframes import led_through
from ...motion_models.motion.features import FPS, SECONDS_PER_TOKEN
from ...motion_models.motion.motion import Motion
from ...motion_models.motion.rig import RIG_NAMES, RIG_PARENTS, RigMotion, fit_rig, typical_offsets
from ...tools.arguments.fields import MAX_SEGMENTS
from ...tools.batching import Result, StepRun, Work, perform
from ...tools.memory import MotionClip, MotionMemory, unique
from ...tools.montage.flow import flowing
from ...tools.montage.parts import NewPart, Part, draft
from ...tools.montage.ways import TOLD_STRIDE, looped
from ...tools.rendering import render_people, render_takes, takes_of
from ...tools.results import motion_result
from ...tools.services import Call, Services
from .constraints import FARTHEST, MOST, Asked, asked_of
from .conversations import while_connected
from .errors import TooBusyError, TooLongError, told
from .guards import Caller, caller
from .house import House, Person

#: The longest motion of one request, in seconds, and the fastest clock it may be sampled with.
LONGEST, FASTEST = 60.0, 240.0
SAMPLES = 8
#: A motion that is given as a prompt: frames at most.
REFERENCE_FRAMES = 2400
#: The shortest loop, in seconds, and the change of its pace that is told of.
SHORTEST_CYCLE, TOLD_SPEED = SHORTEST / FPS, 0.25
#: How far a joint of the skeleton that is sent may stand from ours, in metres.
TOLERANCE = 0.002
#: The joints whose contact with the floor is told, in the order of the features.
CONTACTS = ("left_ankle", "left_foot", "right_ankle", "right_foot")

#: What the protocol calls our errors; the first that fits counts.
CODES: tuple[tuple[type[Exception], str], ...] = (
    (TooBusyError, "rate_limited"),
    (TooLongError, "timeout"),
    (BackendError, "model_unavailable"),
    (MotionAgentError, "invalid_request"),
)

_log = logging.getLogger(__name__)
_asking: ContextVar[tuple[Person, Request]] = ContextVar("asking")


def add_mmcp(app: FastAPI) -> None:
    """Offer the protocol on the app, at the two addresses it prescribes."""
    backbone = MotionBackbone(app)
    protocol = build_app({backbone.model_id: backbone})
    app.add_exception_handler(ProtocolError, _refused)
    for route in protocol.routes:
        if isinstance(route, APIRoute):
            app.add_api_route(
                route.path,
                _robust(route.endpoint),
                methods=sorted(route.methods or ()),
                tags=["MMCP"],
                dependencies=[Depends(caller), Depends(_noted)],
                response_class=JSONResponse,
            )


class MotionBackbone(Backbone):
    """The motion model of a house, as the protocol sees it."""

    model_id = "motion-agent"

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    @property
    def house(self) -> House:
        return self.app.state.house

    def capabilities(self) -> ModelSpec:
        return ModelSpec(
            id=self.model_id,
            fps=FPS,
            canonical_skeleton=canonical_skeleton(),
            supports_segment_seed=True,
            supports_loop=True,
            supported_constraints=["root_path", "pose_keyframe", "ground_height"],
            supported_segments=["text", "unconditioned", "motion_reference"],
            supported_guidance_types=[],
            predicted_contact_joints=list(CONTACTS),
            chunking="stitched",
            limits=Limits.model_validate(
                {
                    "max_duration_seconds": self.longest,
                    "max_num_samples": SAMPLES,
                    "max_constraints_per_request": MOST,
                    "max_reference_frames": REFERENCE_FRAMES,
                    "max_request_bytes": self.house.config.serve.max_body,
                }
            ),
        )

    @property
    def longest(self) -> float:
        return min(LONGEST, self.house.config.max_seconds)

    async def generate(self, request: GenerateRequest) -> MotionResult:
        _check(request)
        person, asked = _asking.get()
        work = self.app.state.workers.result(person.name, lambda: made(self.house.services, request))
        try:
            return await while_connected(asked, work)
        except ProtocolError:
            raise
        except Exception as error:
            raise _as_protocol_error(error) from error

    async def generate_batch(self, requests: list[GenerateRequest]) -> list[MotionResult | BaseException]:
        return await asyncio.gather(*map(self.generate, requests), return_exceptions=True)


def canonical_skeleton() -> Skeleton:
    """The rig that motion comes on: at rest in a T-pose that faces +Z, metres, Y up."""
    offsets = typical_offsets()
    return Skeleton(
        joints=[
            Joint(
                name=name,
                parent=RIG_NAMES[parent] if parent >= 0 else None,
                rest_translation=tuple(offset.round(6).tolist()),
                rest_rotation=(0.0, 0.0, 0.0, 1.0),
            )
            for name, parent, offset in zip(RIG_NAMES, RIG_PARENTS, offsets, strict=True)
        ]
    )


def made(services: Services, request: GenerateRequest) -> MotionResult:
    """The samples of a request, generated together. Raises MotionAgentError and ProtocolError."""
    options = request.options or Options.model_validate({})
    fps, asked = request.fps(FPS), asked_of(request)
    cycle = (request.total_frames - 1) / fps if asked.loop else None
    if cycle is not None and cycle < SHORTEST_CYCLE:
        raise ProtocolError("invalid_options", f"a loop lasts {SHORTEST_CYCLE:g} s at least")
    apart = replace(services, memory=MotionMemory())
    base = _seed(options.seed)
    prompts = [_prompt(apart, segment, base) for segment in request.segments]
    lengths = token_lengths([segment.duration_frames / fps for segment in request.segments])
    tasks = []
    for sample in range(options.num_samples):
        pieces = [
            NewPart(prompt, length * SECONDS_PER_TOKEN, _of_segment(segment, number, base, sample))
            for number, (prompt, length, segment) in enumerate(
                zip(prompts, lengths, request.segments, strict=True)
            )
        ]
        tasks.append(StepRun(lambda _, pieces=pieces: _flow(apart, pieces, cycle)))
    motions, notes = [], []
    for outcome in perform(tasks, apart.generate):
        if isinstance(outcome, MotionAgentError):
            raise outcome
        clip = apart.memory.get(_CALL.user, outcome.made[0].id)
        motion, more = _shown(apart, clip, asked, cycle, fps)
        motions.append(motion)
        notes += [*outcome.made[0].notes, *more]
    return as_result(motions, request.total_frames, fps, notes + _ignored(options), asked)


def _shown(
    services: Services, clip: MotionClip, asked: Asked, cycle: float | None, fps: float
) -> tuple[Motion, list[str]]:
    """A clip as its request has it, at `FPS`, and what had to be changed much for that.

    cycle: how long a loop lasts, in seconds.
    """
    if cycle is None and asked.way is None:
        [motion] = render_people(services, clip)
        return motion, []
    whole, notes = render_takes(services, takes_of(clip)), []
    if cycle is not None:
        whole = one_round(whole, cycle * FPS)
    elif asked.way is not None:
        whole, stride = led_through(whole, asked.way.at_rate(FPS / fps))
        if abs(stride - 1) > TOLD_STRIDE:
            notes.append(f"strides are {stride:.1f} times as long, so that it is where the path has it")
    return Motion(whole.shown.astype(np.float32)), notes


def as_result(
    motions: Sequence[Motion], frames: int, fps: float, notes: Sequence[str], asked: Asked | None = None
) -> MotionResult:
    """Motions on the canonical rig, sampled with a clock; one that ends before keeps its last pose.

    asked: what is done to the frames then, measured, and told in the notes.
    """
    asked = asked or Asked()
    rigs = [_on_clock(fit_rig(motion.joints, typical_offsets()), frames, fps) for motion in motions]
    rigs = [asked.done_to(rig, fps) for rig in rigs]
    contacts = [motion.features[:, -len(CONTACTS) :] > 0.5 for motion in motions]
    feet = {
        joint: np.stack([_nearest(contact[:, number], frames, fps) for contact in contacts])
        for number, joint in enumerate(CONTACTS)
    }
    return MotionResult(
        rotations=np.stack([rig.rotations for rig in rigs]).astype(np.float32),
        root_translations=np.stack([rig.root for rig in rigs]).astype(np.float32),
        foot_contacts=feet,
        notes=[
            *({"code": "motion_agent", "severity": "info", "message": note} for note in dict.fromkeys(notes)),
            *(note for rig in rigs for note in asked.measured(rig)),
        ],
    )


def token_lengths(seconds: Sequence[float]) -> list[int]:
    """How many tokens each segment gets: boundaries are as near as they can be to where they were asked for.

    The last segment is not shorter than asked for; what is too much is cut off. Raises ProtocolError for a
    segment shorter than one token.
    """
    if min(seconds) < SECONDS_PER_TOKEN - 1e-9:
        raise ProtocolError("invalid_options", f"a segment lasts {SECONDS_PER_TOKEN:g} s at least")
    ends = np.cumsum(seconds) / SECONDS_PER_TOKEN
    edges = [0, *np.round(ends[:-1]).astype(int).tolist(), int(np.ceil(ends[-1] - 1e-6))]
    return [max(1, end - start) for start, end in pairwise(edges)]


def reference_motion(segment: MotionReferenceSegment) -> Motion:
    """A clip that was sent, as joints. Raises ProtocolError for rotations that are none."""
    rotations = np.zeros((segment.reference_frames, len(RIG_NAMES), 4))
    rotations[..., 3] = 1.0
    places = [RIG_NAMES.index(name) for name in segment.joint_names]
    rotations[:, places] = np.asarray(segment.rotations)
    if not (np.linalg.norm(rotations, axis=-1) > 1e-6).all() or np.abs(rotations).max() > 1e6:
        raise ProtocolError("invalid_request", "motion_reference: a rotation is no quaternion")
    root = np.asarray(segment.root_positions)
    if np.abs(root).max() > FARTHEST:
        raise ProtocolError("invalid_request", f"motion_reference: a position lies beyond {FARTHEST:g} m")
    rig = RigMotion(typical_offsets(), _unit(rotations), root)
    return Motion(joints=rig.joints().astype(np.float32), fps=segment.fps)


_CALL = Call(user="mmcp", origin="mmcp")


def _flow(services: Services, pieces: list[NewPart], cycle: float | None) -> Work:
    parts = yield from flowing(services, pieces)
    if cycle is not None:
        parts = _coming_round(services, parts, cycle)
    call = replace(_CALL, origin=uuid4().hex)
    result: Result = motion_result([services.keep(call, draft(parts, "mmcp"))])
    return result


def _coming_round(services: Services, parts: list[Part], seconds: float) -> list[Part]:
    """One part as a cycle, as often as it fits best into so many seconds, with notes of what that changes."""
    once = looped(services, parts, [0], 1)
    own = sum(part.seconds for part in once)
    times = max(1, round(seconds / own))
    notes = ["it does not come back to how it begins, and is led there"] if len(once) > len(parts) else []
    if abs(own * times / seconds - 1) > TOLD_SPEED:
        notes.append(f"it is {own * times / seconds:.1f} times as fast, so that the loop lasts as asked")
    first, *others = looped(services, parts, [0], times)
    return [replace(first, notes=unique([*first.notes, *notes])), *others]


def _prompt(services: Services, segment: Any, seed: int) -> str:
    """What a segment asks for, in words."""
    if isinstance(segment, TextSegment):
        text = " ".join(segment.prompt.split())
        if not text:
            raise ProtocolError("invalid_options", "a prompt is empty")
        return text
    if isinstance(segment, MotionReferenceSegment):
        motion = reference_motion(segment)
        return services.caption([services.encode(motion.features)])[0]
    chosen = seed if segment.seed is None else _seed(segment.seed)
    return random.Random(chosen).choice(services.backend.repertoire)


def _check(request: GenerateRequest) -> None:
    """What the protocol's own checks leave to the model."""
    sent = np.array([joint.rest_translation for joint in request.skeleton.joints], dtype=float)
    turned = [joint.rest_rotation for joint in request.skeleton.joints]
    if np.abs(sent - typical_offsets()).max() > TOLERANCE or np.abs(np.array(turned)[:, :3]).max() > 1e-3:
        raise retargeting_unsupported()
    if not request.segments:
        raise ProtocolError("invalid_request", "this model needs segments: constraints alone say no action")
    if len(request.segments) > MAX_SEGMENTS:
        raise ProtocolError("invalid_options", f"a request has {MAX_SEGMENTS} segments at most")
    if request.timing is not None and not request.timing.fps <= FASTEST:
        raise ProtocolError("invalid_options", f"timing.fps is {FASTEST:g} at most")
    if request.options is not None and request.options.guidance is not None:
        raise ProtocolError("invalid_options", "this model's guidance is its own: leave options.guidance out")


def _ignored(options: Options) -> list[str]:
    """Options of other kinds of models that were set and mean nothing here."""
    defaults = Options.model_validate({})
    names = ("diffusion_steps", "transition_frames")
    return [
        f"options.{name} means nothing to this model and was ignored"
        for name in names
        if getattr(options, name) != getattr(defaults, name)
    ]


def _seed(wanted: int | None) -> int:
    """A seed the model takes, for any whole number; a random one for none."""
    return random.SystemRandom().randrange(2**31) if wanted is None else wanted % 2**31


def _of_segment(segment: Any, number: int, base: int, sample: int) -> int:
    """The first sample has the seed that was asked for; the others' are far from it and from each other."""
    seed = base + number if segment.seed is None else _seed(segment.seed)
    return seed if sample == 0 else random.Random(f"{seed}/{sample}").randrange(2**31)


def _on_clock(rig: RigMotion, frames: int, fps: float) -> RigMotion:
    """A rig at `FPS`, sampled at `frames` moments of another clock."""
    turns = _unit(_sampled(rig.rotations, frames, fps))
    return RigMotion(rig.offsets, turns, _sampled(rig.root, frames, fps))


def _sampled(track: FloatArray, frames: int, fps: float) -> FloatArray:
    """A track (T, ...) at `FPS` read at `frames` moments of another clock, linearly."""
    moments = np.minimum(np.arange(frames) / fps * FPS, len(track) - 1)
    low = np.minimum(moments.astype(int), max(len(track) - 2, 0))
    weight = (moments - low).reshape(-1, *[1] * (track.ndim - 1))
    return track[low] * (1 - weight) + track[np.minimum(low + 1, len(track) - 1)] * weight


def _nearest(track: Any, frames: int, fps: float) -> Any:
    """The same of flags (T,), which are not blended."""
    return track[np.minimum(np.round(np.arange(frames) / fps * FPS).astype(int), len(track) - 1)]


def _unit(quaternions: FloatArray) -> FloatArray:
    return quaternions / np.linalg.norm(quaternions, axis=-1, keepdims=True)


def _as_protocol_error(error: Exception) -> ProtocolError:
    """What the protocol calls an error; of one that was not foreseen, the log has more."""
    code = next((code for kind, code in CODES if isinstance(error, kind)), "internal_error")
    if code == "internal_error":
        _log.error("a motion could not be made", exc_info=error)
    return ProtocolError(code, told(error)["message"])


def _robust(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """An endpoint of the protocol's package, which some malformed requests get past the checks of."""

    @wraps(endpoint)
    async def robust(*args: Any, **options: Any) -> Any:
        try:
            return await endpoint(*args, **options)
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            raise ProtocolError("schema_validation", "the request is malformed") from error

    return robust


async def _noted(request: Request, person: Caller) -> None:
    """Remember who asks: the protocol's endpoints do not pass it on."""
    _asking.set((person, request))


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, ProtocolError)
    return JSONResponse(error.to_envelope(), error.status_code)
