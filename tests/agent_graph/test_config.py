"""AgentConfig: where settings come from, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from motion_agent.agent_graph import AgentConfig, ConfigError, create_motion_agent
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
