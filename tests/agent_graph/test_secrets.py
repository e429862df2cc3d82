"""A marker that stands for every key and password must appear in nothing that leaves the program."""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path
from traceback import format_exception
from typing import Any

import pytest
from chat_server import Reply, answers, calls, chat_server
from fakes import FakeBackend, ScriptedModel
from langchain_core.messages import AIMessage
from motion_agent.agent_graph import AgentConfig, ConfigError, CoordinatorError, create_motion_agent
from motion_agent.agent_graph.cli import app
from motion_agent.agent_graph.conversations.session import Session
from motion_agent.motion_models.secrets import redacted
from motion_agent.tools import create_motion_tools
from pydantic import SecretStr
from typer.testing import CliRunner

MARKER = "mArKeR-5e41c7"
ASK: Any = {"messages": [("user", "walk")]}


@pytest.fixture(autouse=True)
def _fake_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("motion_agent.motion_models.load_backend", lambda *_, **__: FakeBackend())


def at(url: str, coordinator: str = "openai:x", **settings: Any) -> AgentConfig:
    values = {"coordinator": coordinator, "base_url": url, "max_retries": 0, "timeout": 5}
    return AgentConfig.model_validate(values | settings)


def quoting(status: int = 401) -> Reply:
    return Reply({"error": {"message": f"the key {MARKER} is wrong"}}, status=status)


@pytest.mark.parametrize(
    "text",
    [
        f"https://ann:{MARKER}@host/v1",
        f"postgresql://ann:{MARKER}@host/db",
        f"postgresql://host/db?user=ann&password={MARKER}",
        f"host=db user=ann password={MARKER} dbname=x",
        f"host=db password='{MARKER}'",
        f'api-key = "{MARKER}"',
        f"{{'api_key': '{MARKER}'}}",
        f"postgresql://ann:{MARKER}@b@{MARKER}@host/db",
        f"postgresql://ann:a/{MARKER}@host/db",
        f"postgresql://ann:a?{MARKER}@b@host/db",
        f"https://{MARKER}@github.com/a/b.git",
        f"https://host/v1/models?key={MARKER}&alt=json",
        f"https://host/v1?sig={MARKER}",
        f"https://host/v1?x=1&my_api_key={MARKER}",
        f"access_token={MARKER}",
        f"client_secret: {MARKER}",
        f"refresh-token = '{MARKER}'",
        f"OPENAI_API_KEY={MARKER}",
        f"export AZURE_KEY={MARKER}",
        f"x-api-key: {MARKER}",
        f'{{"client_secret":"{MARKER}"}}',
        f"Authorization: Bearer {MARKER}",
        f"'authorization': 'Basic {MARKER}'",
        f"Authorization: {MARKER}",
        f"sent with Bearer {MARKER}.",
        "password: correcthorse",
        "the server said: token: abcdefgh, try again",
    ],
)
def test_the_forms_in_which_text_carries_a_secret(text: str) -> None:
    assert MARKER not in redacted(text)
    assert "***" in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "password reset: a person walks; http://127.0.0.1:8000/v1 and ann@example.org",
        "http://127.0.0.1:8000/v1?mail=ann@example.org",
        "wrong settings: api_key: Input should be a valid string",
        "token: expected a word",
        "postgresql://ann@host/db cannot be reached",
        "https://host/v1?monkey=banana&seed=3",
        "the bearer carries a box; a bearer walks",
        "max_tokens=4096, tokens: 512",
        "the key is to be kept: 3 keys",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    "name", ["MONKEY", "MAX_TOKENS", "TURKEY", "KEYBOARD", "TOKENIZERS", "TOKEN_LIMIT", "PWD", "OLDPWD"]
)
def test_variables_of_other_things_hide_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "a person walks")
    assert redacted("a person walks forward") == "a person walks forward"


@pytest.mark.parametrize(
    "name",
    ["OPENAI_API_KEY", "HF_TOKEN", "PGPASSWORD", "MY_SECRET", "APIKEY", "X_SECRETS", "A_KEYS", "DB_PWD"],
)
def test_what_variables_hold_is_hidden_wherever_it_turns_up(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, MARKER)
    assert redacted(f"the server said {MARKER}!") == "the server said ***!"


def test_a_server_that_quotes_the_key_is_not_quoted_back() -> None:
    with chat_server(quoting()) as server, pytest.raises(CoordinatorError, match=r"the key \*\*\*") as raised:
        create_motion_agent(at(server.url, api_key=MARKER), backend=FakeBackend()).invoke(ASK)
    assert MARKER not in str(raised.value)


def test_a_key_of_the_environment_stays_with_its_own_service(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "AZURE_OPENAI_API_KEY", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, MARKER)
    with chat_server(answers("Hello.")) as server:
        azure = at(server.url, "azure_openai:d", api_version="2024-10-21")
        for config in (at(server.url), azure):
            create_motion_agent(config, backend=FakeBackend()).invoke(ASK)
    assert len(server.headers) == 2
    assert MARKER not in json.dumps(server.headers) + json.dumps(server.requests)


@pytest.mark.parametrize(
    ("settings", "files"),
    [
        ({"coordinator": "openai:x", "base_url": f"ftp://ann:{MARKER}@host"}, {}),
        ({"memory": f"postgres://ann:{MARKER}@127.0.0.1:1/db?connect_timeout=1"}, {}),
        ({"memory": f"postgresql://127.0.0.1:1/db?user=a&password={MARKER}&connect_timeout=1"}, {}),
        ({}, {"motion-agent.toml": f'api-key = "{MARKER}"\n'}),
        ({}, {"motion-agent.toml": f'api_key = "{MARKER}\n'}),
    ],
)
@pytest.mark.parametrize("debug", [(), ("--debug",)])
def test_no_command_shows_a_secret(
    settings: dict[str, str], files: dict[str, str], debug: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"MOTION_AGENT_{name.upper()}", value)
    for name, text in files.items():
        Path(name).write_text(text)
    result = CliRunner().invoke(app, [*debug, "run", "a person walks", "--thread", "t", "--out", "out"])
    assert result.exit_code == 1
    assert MARKER not in result.output + result.stderr
    assert ("Traceback" in result.stderr) == bool(debug)


def test_nothing_written_holds_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", MARKER)
    step = calls(("c1", "generate_motion", json.dumps({"description": "a person walks"})))
    with chat_server(step, answers("Done."), quoting(500)) as server:
        config = at(
            server.url, api_key=MARKER, memory=f"sqlite:{tmp_path / 'm.sqlite'}", output_folder=tmp_path
        )
        with Session.start(config, thread="t") as session:
            session.say("walk")
            with pytest.raises(CoordinatorError):
                session.say("again")
    assert_nothing_holds_the_marker(tmp_path)


def assert_nothing_holds_the_marker(folder: Path) -> None:
    with sqlite3.connect(folder / "m.sqlite") as database:
        database.execute("pragma wal_checkpoint(truncate)")
    for file in folder.rglob("*"):
        assert not file.is_file() or MARKER.encode() not in file.read_bytes(), file


class Quoted(FakeBackend):
    """A plug-in whose server turns it away; the error quotes the address, far into a long text."""

    def generate(self, captions: Any, **options: Any) -> Any:
        raise ConnectionError("x" * 275 + f" https://ann:{MARKER}@host does not answer")


def test_a_backend_that_quotes_its_key_is_quoted_nowhere(tmp_path: Path) -> None:
    config = AgentConfig(
        backend=f"remote:https://ann:{MARKER}@host", memory=f"sqlite:{tmp_path / 'm.sqlite'}"
    )
    with Session.start(config, Quoted(), thread="t") as session:
        turn = session.say("a person walks")
        state = session.agent.get_state(session.settings)
    assert "ConnectionError" in turn.answer
    assert MARKER[:6] not in turn.answer + str(state.values)
    assert_nothing_holds_the_marker(tmp_path)


def test_a_tool_that_raises_has_no_secret_in_its_traceback() -> None:
    tools = {tool.name: tool for tool in create_motion_tools(Quoted(), raise_errors=True)}
    with pytest.raises(Exception, match="ConnectionError") as raised:
        tools["generate_motion"].invoke({"description": "a person walks"})
    assert MARKER[:6] not in "".join(format_exception(raised.value))


def test_typed_errors_hide_what_they_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", MARKER)
    for error in (ConfigError, CoordinatorError):
        assert MARKER not in str(error(f"bad {MARKER}"))


class Quoting(ScriptedModel):
    """A client that quotes its key, far into a long message."""

    api_key: SecretStr = SecretStr("a-key-of-the-model-itself")

    def __init__(self, quoted: str) -> None:
        super().__init__(lambda _: self._fail(quoted))

    def _fail(self, quoted: str) -> AIMessage:
        raise RuntimeError("x" * 275 + " key " + quoted)


@pytest.mark.parametrize("key", [MARKER * 3, "a-key-of-the-model-itself"])
def test_no_piece_of_a_key_is_left_where_a_text_is_cut_nor_in_the_cause(key: str) -> None:
    config = AgentConfig(coordinator="openai:x", api_key=SecretStr(MARKER * 3))
    agent = create_motion_agent(config, model=Quoting(key), backend=FakeBackend())
    with pytest.raises(CoordinatorError) as raised:
        agent.invoke(ASK)
    assert key[:8] not in "".join(format_exception(raised.value))


def test_of_two_secrets_that_begin_alike_no_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", MARKER)
    monkeypatch.setenv("B_KEY", MARKER + "-the-rest")
    assert redacted(f"it was {MARKER}-the-rest") == "it was ***"


SETTINGS: list[dict[str, Any]] = [
    {"memory": f"postgresql://ann:{MARKER}@host/db"},
    {"memory": f"postgresql://host/db?user=ann&password={MARKER}"},
    {"coordinator": "openai:x", "base_url": f"https://ann:{MARKER}@host/v1"},
    {"coordinator": "openai:x", "fallbacks": (f"openai:y@https://{MARKER}@host/v1",)},
    {"run_coordinators": (f"openai:y@https://host/v1?key={MARKER}",)},
    {"backend": f"remote:https://ann:{MARKER}@host"},
]


@pytest.mark.parametrize("settings", SETTINGS)
def test_settings_are_shown_without_the_secrets_in_them(settings: dict[str, Any]) -> None:
    config = AgentConfig(**settings)
    for shown in (repr(config), str(config), f"{config!r:.5000}"):
        assert MARKER not in shown
        assert "***" in shown


@pytest.mark.parametrize("settings", SETTINGS)
def test_a_secret_within_a_setting_is_hidden_by_its_value(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("motion_agent.motion_models.secrets._values", set())
    assert redacted(f"the server said {MARKER}!") != "the server said ***!"
    AgentConfig(**settings)
    assert redacted(f"the server said {MARKER}!") == "the server said ***!"


def test_a_session_is_shown_without_the_password_of_its_memory() -> None:
    shown = repr(Session(AgentConfig(), Any, None, memory=f"postgresql://ann:{MARKER}@host/db"))  # pyright: ignore[reportArgumentType]
    assert MARKER not in shown


def test_long_texts_take_no_long_time() -> None:
    started = time.process_time()
    for piece in ("a-", "a_", "ab", "password", "http://a:", "Bearer "):
        redacted(piece * (100_000 // len(piece)))
    assert time.process_time() - started < 5
