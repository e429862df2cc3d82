"""AgentConfig: where settings come from, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import FakeBackend
from motion_agent.agent_graph import AgentConfig, ConfigError, CoordinatorError, create_motion_agent
from motion_agent.agent_graph.graph import services_of
from motion_agent.motion_models.backends.local import LocalBackend
from motion_agent.motion_models.storage.layout import DEFAULT_WEIGHTS
from pydantic import SecretStr


def test_defaults_need_nothing():
    config = AgentConfig()
    assert (config.coordinator, config.backend, config.seed) == ("offline", None, None)


def test_arguments_go_before_environment_before_file(monkeypatch, tmp_path):
    (tmp_path / "motion-agent.toml").write_text('coordinator = "openai:a"\ntimeout = 5\nmax_repairs = 4\n')
    monkeypatch.setenv("MOTION_AGENT_COORDINATOR", "openai:b")
    monkeypatch.setenv("MOTION_AGENT_TIMEOUT", "6")
    config = AgentConfig.load(coordinator="openai:c", base_url=None)
    assert (config.coordinator, config.timeout, config.max_repairs) == ("openai:c", 6, 4)


def test_the_file_can_be_named(monkeypatch, tmp_path):
    path = tmp_path / "other.toml"
    path.write_text('output_folder = "made"\n')
    monkeypatch.setenv("MOTION_AGENT_CONFIG", str(path))
    assert AgentConfig.load().output_folder == Path("made")


def test_settings_of_the_backend_reach_it_from_file_and_environment(monkeypatch, tmp_path):
    (tmp_path / "motion-agent.toml").write_text('[backend_options]\nadapters = "switched"\ndevice = "cpu"\n')
    monkeypatch.setenv("MOTION_AGENT_BACKEND_OPTIONS__SHARED", "true")
    for source in (None, DEFAULT_WEIGHTS):
        backend = services_of(AgentConfig.load(), source, None).backend
        assert isinstance(backend, LocalBackend)
        assert backend.llm.engine is not None
        assert backend.llm.network.policy == "switched"


def test_settings_are_frozen():
    with pytest.raises(ValueError, match="frozen"):
        AgentConfig().seed = 3


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"base_url": "http://localhost:1"}, "the offline coordinator reaches no server"),
        ({"api_key": "secret-key"}, "the offline coordinator reaches no server"),
        ({"coordinator": "openai:x", "base_url": "localhost"}, "base_url"),
        ({"timeout": 0}, "timeout"),
        ({"max_plans": 0}, "max_plans"),
        ({"unknown_setting": 1}, "unknown_setting"),
        ({"backend_options": {"adapters": "glued"}}, "adapters"),
        ({"backend_options": {"gpu": True}}, "gpu"),
    ],
)
def test_contradictions_are_one_line(settings, reason):
    with pytest.raises(ConfigError, match=reason) as caught:
        AgentConfig.load(**settings)
    assert "secret-key" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("build", [AgentConfig.load, create_motion_agent])
@pytest.mark.parametrize("text", ["coordinator = ", "no_such_setting = 3"])
def test_a_wrong_file_is_one_line(tmp_path, text, build):
    (tmp_path / "motion-agent.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        build()
    assert "\n" not in str(caught.value)


def test_keys_are_never_shown():
    config = AgentConfig(coordinator="openai:x", api_key=SecretStr("secret-key"))
    assert "secret-key" not in repr(config) + str(config) + config.model_dump_json()


def broken(**settings: object) -> str:
    """The one line a configuration is refused with."""
    with pytest.raises(ConfigError) as caught:
        AgentConfig.load(**settings)
    text = str(caught.value)
    assert "\n" not in text and len(text) < 500
    return text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'coordinator = "caf\xe9"', "is not written in UTF-8"),
        ('coordinator = "offline"'.encode("utf-16"), "is not written in UTF-8"),
        (b"seed = " + b"9" * 5000, "is not valid TOML: Exceeds the limit"),
        (b"seed = " + b"9" * 400, "seed"),
        (b"x = " + b"[" * 5000 + b"]" * 5000, "is nested too deep"),
        (b"max_seconds = inf", "max_seconds: Input should be a finite number"),
        (b"timeout = nan", "timeout: Input should be a finite number"),
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong(tmp_path, content, reason):
    (tmp_path / "motion-agent.toml").write_bytes(content)
    assert reason in broken()


def test_a_byte_order_mark_does_no_harm(tmp_path):
    (tmp_path / "motion-agent.toml").write_bytes(b'\xef\xbb\xbfcoordinator = "openai:a"')
    assert AgentConfig.load().coordinator == "openai:a"


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        (
            "CONFIG",
            "/nowhere/settings.toml",
            "MOTION_AGENT_CONFIG names /nowhere/settings.toml, which does not",
        ),
        ("CONFIG", "~nouser/settings.toml", "MOTION_AGENT_CONFIG names '~nouser/settings.toml': "),
        ("CONFIG", "x" * 300, "MOTION_AGENT_CONFIG names 'xxx"),
        ("CONFIG", ".", "which is no file"),
        ("FALLBACKS", "openai:x", "MOTION_AGENT_FALLBACKS must be a list in JSON"),
        ("FALLBACKS", "{}", "fallbacks"),
        ("SEED", "9" * 5000, "seed"),
        ("MAX_SECONDS", "inf", "max_seconds"),
        (
            "COORDINATR",
            "openai:x",
            "MOTION_AGENT_COORDINATR means nothing here; MOTION_AGENT_COORDINATOR was",
        ),
        ("MAXSTEPS", "3", "MOTION_AGENT_MAX_STEPS was meant"),
    ],
)
def test_a_wrong_variable_is_named_with_what_is_wrong(monkeypatch, variable, value, reason):
    monkeypatch.setenv(f"MOTION_AGENT_{variable}", value)
    assert reason in broken()


def test_a_folder_in_place_of_the_file_is_told(tmp_path):
    (tmp_path / "motion-agent.toml").mkdir()
    assert "motion-agent.toml, which is no file" in broken()


def test_a_coordinator_may_be_named_in_place_of_a_model():
    with pytest.raises(CoordinatorError, match="write provider:model"):
        create_motion_agent(AgentConfig(), model="no-provider", backend=FakeBackend())
    assert create_motion_agent(AgentConfig(), model="offline", backend=FakeBackend()).invoke(
        {"messages": [("user", "a person walks")]}
    )["motions"]
