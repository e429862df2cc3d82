"""Every setting of the configuration reaches what it names: a table of all of them, and what shows each.

What shows a setting is looked at under two values. A setting without a place in the table fails, and so does
one that changes nothing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple

import pytest
import uvicorn
from chat_server import answers, chat_server
from fakes import FakeBackend, ScriptedModel, call, plan
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from motion_agent import motion_models
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.conversations.places import memory_of
from motion_agent.agent_graph.coordinators.create import Coordinators, make_coordinator
from motion_agent.agent_graph.coordinators.usage import usage_of
from motion_agent.agent_graph.errors import ConfigError
from motion_agent.agent_graph.graph import services_of
from motion_agent.agent_graph.run_settings import run_settings
from motion_agent.agent_graph.serving import processes, run
from motion_agent.agent_graph.serving.app import create_app
from motion_agent.agent_graph.serving.errors import TooBusyError
from motion_agent.agent_graph.serving.workers import Workers
from motion_agent.motion_models.errors import MotionAgentError
from motion_agent.tools.caption import caption_motion
from motion_agent.tools.schemas import CaptionMotionArgs
from motion_agent.tools.services import Call
from pydantic import BaseModel
from starlette.testclient import TestClient

WALK = call("generate_motion", description="a person walks", seconds=1)
KEY = "0123456789abcdef"
OPENAI = {"coordinator": "openai:gpt-x", "api_key": "sk-1"}


class Case(NamedTuple):
    """A setting, two values of it, what is seen under each, and by what. more: settings it needs."""

    name: str
    values: tuple[Any, Any]
    seen: tuple[Any, Any]
    shows: Callable[[AgentConfig, pytest.MonkeyPatch], Any]
    more: Mapping[str, Any] = MappingProxyType({})

    def config(self, number: int) -> AgentConfig:
        group, _, field = self.name.partition(".")
        more = dict(self.more)
        if field:
            more[group] = more.get(group, {}) | {field: self.values[number]}
        else:
            more[group] = self.values[number]
        return AgentConfig.load(**more)


# ---------------------------------------------------------------------- what shows a setting


def of_services(name: str) -> Callable[..., Any]:
    return lambda config, _: getattr(services_of(config, FakeBackend(), None), name)


def of_client(*names: str) -> Callable[..., Any]:
    """What the client of the coordinator's service is made with."""

    def shown(config: AgentConfig, _: Any) -> Any:
        value: Any = make_coordinator(config, [])
        for name in names:
            value = getattr(value, name)
        return value.get_secret_value() if hasattr(value, "get_secret_value") else value

    return shown


def of_backend(name: str) -> Callable[..., Any]:
    """What the weights are loaded with."""

    def shown(config: AgentConfig, monkeypatch: pytest.MonkeyPatch) -> Any:
        seen: dict[str, Any] = {}

        def load(source: Any, **options: Any) -> FakeBackend:
            seen.update(options, source=source)
            return FakeBackend()

        monkeypatch.setattr(motion_models, "load_backend", load, raising=False)
        create_motion_agent(config, model=ScriptedModel())
        return seen[name]

    return shown


class Talked(NamedTuple):
    state: dict[str, Any]
    model: ScriptedModel
    backend: FakeBackend

    @property
    def refused(self) -> str:
        """Why the first plan did not run; "" where it did."""
        results = [message for message in self.state["messages"] if isinstance(message, ToolMessage)]
        return str(results[0].content) if results and results[0].status == "error" else ""


def talked(config: AgentConfig, *replies: AIMessage, before: int = 0) -> Talked:
    """One turn of an agent, after so many messages."""
    model, backend = ScriptedModel(*replies, *[AIMessage("Done.")] * 12), FakeBackend()
    agent = create_motion_agent(config, model=model, backend=backend)
    said = [HumanMessage("hi") if n % 2 == 0 else AIMessage("hello") for n in range(before)]
    return Talked(agent.invoke({"messages": [*said, HumanMessage("walk")]}), model, backend)


def plans_run(config: AgentConfig, _: Any) -> int:
    return len(talked(config, *[plan(WALK)] * 9).backend.batches)


def refusals(config: AgentConfig, _: Any) -> int:
    return len(talked(config, *[plan(call(f"fly{n}")) for n in range(9)]).model.asked)


def refused(*calls: Any) -> Callable[..., Any]:
    return lambda config, _: bool(talked(config, plan(*calls)).refused)


def messages_shown(config: AgentConfig, _: Any) -> int:
    """How many messages the coordinator is shown, in tens: about as many as are allowed."""
    return len(talked(config, before=200).model.asked[0]) // 10


def waits(config: AgentConfig, _: Any) -> bool:
    model = ScriptedModel(plan(WALK), AIMessage("Done."))
    agent = create_motion_agent(config, model=model, backend=FakeBackend())
    return "__interrupt__" in agent.invoke({"messages": [("user", "walk")]})


def coordinator_of(config: AgentConfig) -> Any:
    return Coordinators(config, [], [], ScriptedModel() if config.coordinator == "offline" else None)


def mode(config: AgentConfig, _: Any) -> str:
    return coordinator_of(config).of(None).asked.mode


def who_tells(config: AgentConfig, _: Any) -> str:
    """Who says last what a tool did: the model would say "Done."."""
    steps = [{"tool": "generate_motion", "arguments": {"description": "a person walks"}}]
    with chat_server(answers(json.dumps({"steps": steps})), answers('{"answer": "Done."}')) as server:
        asked = config.changed(coordinator="openai:m", base_url=server.url, mode="prompted", max_retries=0)
        state = create_motion_agent(asked, backend=FakeBackend()).invoke({"messages": [("user", "walk")]})
    return "the model" if state["messages"][-1].text == "Done." else "the results"


def fallbacks(config: AgentConfig, _: Any) -> int:
    return len(getattr(coordinator_of(config).of(None).asked, "fallbacks", ()))


def left_out(config: AgentConfig, _: Any) -> bool:
    """Whether a thread of some thousand tokens is shortened."""
    return len(talked(config, before=200).model.asked[0]) < 200


def cost(config: AgentConfig, _: Any) -> float | None:
    used: Any = {"input_tokens": 1_000_000, "output_tokens": 2_000_000, "total_tokens": 3_000_000}
    return usage_of([AIMessage("", usage_metadata=used)], config).cost


def may_set_a_seed(config: AgentConfig, _: Any) -> bool:
    try:
        return run_settings({"seed": 5}, {}, config).get("seed") == 5
    except ConfigError:
        return False


def may_ask_for_another(config: AgentConfig, _: Any) -> bool:
    try:
        coordinator_of(config).of({"coordinator": "openai:other"})
    except ConfigError:
        return False
    return True


def reads_two_megabytes(config: AgentConfig, _: Any) -> bool:
    Path("large.npy").write_bytes(bytes(2 << 20))
    services = services_of(config, FakeBackend(), None)
    with pytest.raises(MotionAgentError) as caught:  # it is no motion, but that is found out later
        caption_motion(services, Call("local", "t/1"), CaptionMotionArgs(path="large.npy"))
    return "max_file_megabytes" not in str(caught.value)


@contextmanager
def client(config: AgentConfig) -> Iterator[TestClient]:
    with TestClient(create_app(config, FakeBackend()), base_url="http://localhost") as opened:
        yield opened


def limit(name: str) -> Callable[..., Any]:
    """What the server tells of its limits."""

    def shown(config: AgentConfig, _: Any) -> Any:
        with client(config) as asked:
            return asked.get("/v1/about").json()["limits"][name]

    return shown


def lets_anybody_in(config: AgentConfig, _: Any) -> bool:
    with client(config) as asked:
        return asked.get("/v1/about").status_code == 200


def lets_a_page_in(config: AgentConfig, _: Any) -> bool:
    with client(config) as asked:
        answer = asked.get("/health", headers={"Origin": "https://page.example"})
    return answer.headers.get("access-control-allow-origin") == "https://page.example"


def takes_two_kilobytes(config: AgentConfig, _: Any) -> bool:
    with client(config) as asked:
        return asked.post("/v1/generate", content=b" " * 2000).status_code != 413


def keeps_two_files(config: AgentConfig, _: Any) -> bool:
    with client(config) as asked:
        sent = [asked.put(f"/v1/files/{name}.bvh", content=b"HIERARCHY") for name in "ab"]
    return sent[1].status_code == 201


def gives_up(config: AgentConfig, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether half a second is too long for a request."""
    generate = FakeBackend.generate

    def slowly(self: FakeBackend, *arguments: Any, **options: Any) -> Any:
        time.sleep(0.5)
        return generate(self, *arguments, **options)

    monkeypatch.setattr(FakeBackend, "generate", slowly)
    with client(config) as asked:
        return asked.post("/v1/generate", json={"description": "a person walks"}).status_code != 200


def places(config: AgentConfig, _: Any) -> int:
    """How many requests of one person are taken."""
    workers, taken = Workers(config.serve), 0
    with ExitStack() as stack, suppress(TooBusyError):
        while True:
            stack.enter_context(workers.place("ada"))
            taken += 1
    workers.close()
    return taken


def threads(config: AgentConfig, _: Any) -> int:
    """How many requests are worked on at the same time."""
    workers, working, let = Workers(config.serve), [], Event()
    for _ in range(3):
        workers.begin("ada", lambda: working.append(1) or let.wait(30))
    deadline = time.monotonic() + 0.5
    while time.monotonic() < deadline:
        time.sleep(0.02)
    at_once = len(working)
    let.set()
    workers.close()
    return at_once


def workers(config: AgentConfig, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many processes a server of several is."""
    seen: list[int] = []
    monkeypatch.setattr(processes, "_started", lambda making, config, ports: seen.append(len(ports)) or [])
    processes.run_processes(create_app, config, lambda address: None)
    return seen[0]


def of_server(name: str) -> Callable[..., Any]:
    """What the server is run with."""

    def shown(config: AgentConfig, monkeypatch: pytest.MonkeyPatch) -> Any:
        seen: dict[str, Any] = {}
        listening = SimpleNamespace(getsockname=lambda: ("", 7), close=lambda: None)

        def bound(host: str, port: int) -> Any:
            seen.update(host=host, port=port)
            return listening

        async def served(server: uvicorn.Server, *_: Any) -> None:
            seen["grace"] = server.config.timeout_graceful_shutdown

        monkeypatch.setattr(run, "listening_on", bound)
        monkeypatch.setattr(run, "_served", served)
        run.run_app(create_app(config, FakeBackend()), config.serve, lambda address: None)
        return seen[name]

    return shown


SCENE = call("arrange_scene", people=[{"description": "a person walks"}] * 3)
AZURE = {"coordinator": "azure_openai:d", "base_url": "https://a.example", "api_key": "sk-1"}
WITH_ADA = {"serve": {"keys": {"ada": KEY}}}
A, B = "https://a.example/v1", "https://b.example/v1"

TABLE = (
    Case("coordinator", ("openai:one", "openai:two"), ("one", "two"), of_client("model_name"), OPENAI),
    Case("mode", ("tools", "prompted"), ("tools", "prompted"), mode),
    Case("last_word", ("coordinator", "results"), ("the model", "the results"), who_tells),
    Case("fallbacks", ((), ("openai:x@http://localhost:1",)), (0, 1), fallbacks),
    Case("base_url", (A, B), (A, B), of_client("openai_api_base"), OPENAI),
    Case("api_key", ("sk-1", "sk-2"), ("sk-1", "sk-2"), of_client("openai_api_key"), OPENAI),
    Case("api_version", ("v1", "v2"), ("v1", "v2"), of_client("openai_api_version"), AZURE),
    Case("input_price", (1.0, 3.0), (5.0, 7.0), cost, {"output_price": 2.0}),
    Case("output_price", (1.0, 3.0), (4.0, 8.0), cost, {"input_price": 2.0}),
    Case("temperature", (0.0, 1.5), (0.0, 1.5), of_client("temperature"), OPENAI),
    Case("max_tokens", (64, 999), (64, 999), of_client("max_tokens"), OPENAI),
    Case("context", (2048, 10**6), (True, False), left_out, {"mode": "prompted", "max_tokens": 64}),
    Case("timeout", (3.0, 8.0), (3.0, 8.0), of_client("request_timeout"), OPENAI),
    Case("max_retries", (0, 7), (0, 7), of_client("max_retries"), OPENAI),
    Case("backend", ("one", "two"), ("one", "two"), of_backend("source")),
    Case("backend_options.device", ("cpu", "cuda"), ("cpu", "cuda"), of_backend("device")),
    Case("backend_options.shared", (False, True), (False, True), of_backend("shared")),
    Case("backend_options.adapters", ("merged", "grouped"), ("merged", "grouped"), of_backend("adapters")),
    Case("backend_options.graphs", (None, False), (None, False), of_backend("graphs")),
    Case("backend_options.compiled", (False, True), (False, True), of_backend("compiled")),
    Case("seed", (5, 900), ([5], [900]), lambda config, _: talked(config, plan(WALK)).backend.seeds),
    Case("memory", ("memory", "sqlite:x"), ("memory", "sqlite:x"), lambda config, _: memory_of(config, True)),
    Case("max_repairs", (0, 3), (1, 4), refusals),
    Case("max_plans", (1, 4), (1, 4), plans_run),
    Case("max_steps", (1, 2), (True, False), refused(WALK, WALK)),
    Case("max_history", (20, 100), (2, 10), messages_shown),
    Case("max_people", (2, 3), (True, False), refused(SCENE)),
    Case("max_people", (2, 5), (2, 5), of_services("max_people")),
    Case("max_seconds", (0.9, 1.0), (True, False), refused(WALK)),
    Case("max_seconds", (1.0, 7.0), (1.0, 7.0), of_services("max_seconds")),
    Case("max_seconds", (1.0, 7.0), (1.0, 7.0), limit("seconds")),
    Case("approve_above", (1.0, 1.1), (True, False), waits),
    Case("run_may_set", (("seed",), ("mode",)), (True, False), may_set_a_seed),
    Case(
        "run_coordinators",
        (("openai:other@http://localhost:1",), ()),
        (True, False),
        may_ask_for_another,
        OPENAI,
    ),
    Case("output_folder", ("a", "b"), (Path("a"), Path("b")), of_services("output_folder")),
    Case("input_folder", ("a", "b"), (Path("a"), Path("b")), of_services("input_folder")),
    Case("max_file_megabytes", (1, 3), (False, True), reads_two_megabytes),
    Case("body", ("human", "mannequin"), ("human", "mannequin"), of_services("body")),
    Case("bone_names", ("ours", "mixamo"), ("ours", "mixamo"), of_services("bone_names")),
    Case("serve.host", ("127.0.0.1", "::1"), ("127.0.0.1", "::1"), of_server("host")),
    Case("serve.port", (1, 2), (1, 2), of_server("port")),
    Case("serve.workers", (2, 3), (2, 3), workers, {"serve": {"port": 0}}),
    Case("serve.grace", (3, 9), (3, 9), of_server("grace")),
    Case("serve.keys", ({}, {"ada": KEY}), (True, False), lets_anybody_in),
    Case("serve.origins", ((), ("https://page.example",)), (False, True), lets_a_page_in),
    Case("serve.at_once", (1, 2), (1, 2), threads),
    Case("serve.at_once", (1, 2), (2, 3), places, {"serve": {"queue": 1}}),
    Case("serve.queue", (0, 4), (1, 5), places, {"serve": {"at_once": 1}}),
    Case("serve.per_person", (2, 3), (2, 3), places),
    Case("serve.max_body", (1024, 4096), (False, True), takes_two_kilobytes),
    Case("serve.max_files", (1, 2), (False, True), keeps_two_files),
    Case("serve.time_limit", (0.2, 60), (True, False), gives_up),
)


def names(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from (f"{name}.{each}" for each in names(inner))
        else:
            yield name


def test_every_setting_has_something_that_shows_it():
    assert {case.name for case in TABLE} == set(names(AgentConfig))


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("case", TABLE, ids=lambda case: f"{case.name}-{case.values[1]}")
def test_a_setting_reaches_what_it_names(case, number, monkeypatch):
    assert case.seen[0] != case.seen[1], "a setting that changes nothing is none"
    assert case.shows(case.config(number), monkeypatch) == case.seen[number]
