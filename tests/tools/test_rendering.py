"""render_motion: what a program sees of a motion is what export writes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from motion_agent.motion_models.errors import BackendError
from motion_agent.motion_models.formats import load_motion
from motion_agent.motion_models.motion.features import recover_joints
from motion_agent.motion_models.motion.motion import Segment
from motion_agent.tools import SceneError, UnknownMotionError, render_motion
from motion_agent.tools.services import Services


def test_a_rendered_motion_is_what_export_writes(hand, services, backend):
    clip = hand.sequence("a person walks", "a person jumps", seconds=1.2)
    motion = render_motion(services.memory, backend, clip.id)
    [file] = hand.use("export_motion", motion_id=clip.id, formats=["npz"]).content["files"]
    written = load_motion(Path(file))
    assert np.array_equal(motion.joints, written.joints)
    assert motion.joints.shape == (48, 22, 3)
    assert (motion.name, motion.caption, motion.segments) == (
        written.name,
        written.caption,
        written.segments,
    )
    assert motion.segments == (Segment("a person walks", 0.0, 1.2), Segment("a person jumps", 1.2, 2.4))
    assert motion.tokens is not None and tuple(motion.tokens) == clip.tokens
    assert np.array_equal(motion.joints, recover_joints(services.decode(clip.tokens)))


def test_a_motion_is_rendered_by_name_and_only_for_its_user(hand, services, backend):
    clip = hand.make("generate_motion", description="a person walks", seconds=1, name="stroll")
    by_name, by_id = (render_motion(services.memory, backend, it, user="local") for it in ("stroll", clip.id))
    assert by_name.name == "stroll"
    assert np.array_equal(by_name.joints, by_id.joints)
    with pytest.raises(UnknownMotionError):
        render_motion(services.memory, backend, clip.id, user="ann")


def test_a_scene_is_no_motion_of_one_person(hand, services, backend):
    people = [{"description": "a person waves"}, {"description": "a person bows"}]
    scene = hand.make("arrange_scene", people=people)
    with pytest.raises(SceneError, match=scene.members[0].motion_id):
        render_motion(services.memory, backend, scene.id)


def test_what_the_backend_cannot_decode_is_a_typed_error(hand, services: Services, backend):
    clip = hand.make("generate_motion", description="a person walks", seconds=1)
    backend.decode = lambda tokens: 1 / 0
    with pytest.raises(BackendError, match="ZeroDivisionError"):
        render_motion(services.memory, backend, clip.id)
