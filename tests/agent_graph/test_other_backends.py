"""Another translator in MotionLLM's place, by one line of settings: whole conversations on real clips."""

from __future__ import annotations

import json
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeBackend
from folders import features_like, write_folder
from helpers import walking
from langgraph.checkpoint.memory import InMemorySaver
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.cli import app
from motion_agent.evals.motion.recordings.retrieval import RetrievalBackend
from motion_agent.motion_models import load_backend
from motion_agent.motion_models.backends import plugins
from motion_agent.motion_models.errors import BackendError, InvalidRequestError
from motion_agent.motion_models.formats import load_motion
from motion_agent.motion_models.motion.features import from_joints, recover_joints
from motion_agent.motion_models.motion.representation import KIT
from motions import bump, shifted, standing, with_joint
from typer.testing import CliRunner


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """Three trials that captions ship for: somebody walks, jumps, waves with the right arm."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    frames = 110
    wave = with_joint(standing(frames), "right_wrist", y=0.9, x=0.2 * np.sin(np.arange(frames) / 2))
    trials = {
        "02_01": walking(frames),
        "16_01": shifted(standing(frames), y=bump(frames, 20, 30, 0.4)),
        "14_26": wave,
    }
    np.savez(
        folder / "joints22_20fps.npz", **{name: joints.astype(np.float32) for name, joints in trials.items()}
    )
    return folder


def test_a_whole_conversation_by_one_line_of_toml(tmp_path: Path, recordings: Path) -> None:
    Path("motion-agent.toml").write_text(f'backend = "retrieval:{recordings}"\noutput_folder = "made"\n')
    agent = create_motion_agent(AgentConfig.load(), checkpointer=InMemorySaver())
    backend = load_backend(f"retrieval:{recordings}")
    assert isinstance(backend, RetrievalBackend)

    def say(text: str) -> dict:
        return agent.invoke({"messages": [("user", text)]}, {"configurable": {"thread_id": "t"}})

    state = say("a person walks forward for 2 seconds, then jumps once")
    first = state["motions"][state["current"]]
    assert [part.description.split()[2] for part in first.segments] == ["walks", "jumps"]
    assert first.segments[0].end == pytest.approx(2.0, abs=0.3)

    state = say("what is the person doing in this motion?")
    assert "walks forward" in state["messages"][-1].text

    state = say("replace the second part with waving the right arm")
    edited = state["motions"][state["current"]]
    assert edited.parent == first.id
    assert "wav" in edited.segments[1].description

    state = say("export it as npz and bvh")
    files = sorted(file.suffix for file in Path("made").iterdir())
    assert files == [".bvh", ".npz"]
    [file] = Path("made").glob("*.npz")
    made = load_motion(file)
    # What came out is the recordings: the walk goes ahead as recorded, the hand is raised at the end.
    assert made.joints[30, 0, 2] - made.joints[0, 0, 2] == pytest.approx(1.2 * 1.5, abs=0.3)
    assert (made.joints[-15:, 21, 1] > made.joints[-15:, 19, 1]).all()


def test_the_command_line_takes_it_too(tmp_path: Path, recordings: Path) -> None:
    done = CliRunner().invoke(
        app,
        [
            "run",
            "a person jumps once",
            "--backend",
            f"retrieval:{recordings}",
            "--format",
            "npz",
            "--out",
            "made",
        ],
    )
    assert done.exit_code == 0, done.output
    [file] = Path("made").iterdir()
    joints = load_motion(file).joints
    assert np.ptp(joints[:, 0, 1]) == pytest.approx(0.4, abs=0.05)
    told = CliRunner().invoke(app, ["caption", str(file), "--backend", f"retrieval:{recordings}", "--json"])
    assert json.loads(told.stdout)["caption"] == "a person jumps once"


def test_retrieval_reads_motion_it_does_not_hold(recordings: Path) -> None:
    backend = load_backend(f"retrieval:{recordings}")
    rows = from_joints(walking(60, speed=1.1))
    tokens = backend.encode(rows)
    assert len(tokens) == len(rows) // 4
    assert backend.caption([tokens]) == ["a person walks forward"]
    ahead = recover_joints(backend.decode(tokens))[:, 0, 2]
    assert ahead[-1] - ahead[0] == pytest.approx(1.2 * 2.8, abs=0.2)


def test_retrieval_answers_with_prepared_recordings_too(tmp_path: Path) -> None:
    clips = {"slow": from_joints(walking(60, speed=0.5)), "fast": from_joints(walking(61, speed=1.5))}
    texts = {"slow": "someone strolls#stroll/VERB#0#0", "fast": "someone hurries along#hurry/VERB#0#0"}
    folder = write_folder(tmp_path / "mine", clips, texts=texts)
    backend = load_backend(f"retrieval:{folder}")
    [tokens] = backend.generate(["a person hurries"])
    np.testing.assert_array_equal(backend.decode(tokens), clips["fast"])
    assert backend.caption([backend.encode(clips["slow"])]) == ["someone strolls"]
    kit = write_folder(tmp_path / "kit", {"a": features_like(KIT, 40)})
    with pytest.raises(InvalidRequestError, match="not HumanML3D's skeleton"):
        load_backend(f"retrieval:{kit}")
    with pytest.raises(BackendError, match="there is no folder nowhere"):
        load_backend("retrieval:nowhere")


def test_a_plug_in_of_another_package_is_a_config_line(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str | None, str | None]] = []

    def load(argument: str | None, *, device: str | None = None) -> FakeBackend:
        made.append((argument, device))
        return FakeBackend()

    entry = EntryPoint("other", "other_package:load", plugins.GROUP)
    monkeypatch.setattr(plugins, "entry_points", lambda group: [entry])
    monkeypatch.setattr(EntryPoint, "load", lambda entry: load)
    agent = create_motion_agent(AgentConfig(backend="other:weights/of/it"))
    state = agent.invoke({"messages": [("user", "a person walks for 2 seconds")]})
    assert made == [("weights/of/it", None)]
    assert [ref.seconds for ref in state["motions"].values()] == [2.0]
