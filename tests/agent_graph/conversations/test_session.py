"""One conversation from a program's side."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import FakeBackend, ScriptedModel, call, plan
from killing import unanswered_calls
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.messages.ai import UsageMetadata
from langgraph.checkpoint.memory import InMemorySaver
from motion_agent.agent_graph import AgentConfig, serializer
from motion_agent.agent_graph.conversations.session import Session
from motion_agent.agent_graph.conversations.versions import go
from motion_agent.agent_graph.coordinators.usage import Usage
from motion_agent.agent_graph.graph import build_graph, services_of
from motion_agent.tools.schemas import HistoryArgs
from motion_agent.tools.services import Services
from sessions import threads_of


def test_a_session_and_its_agent_stand_on_the_same_services(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Services] = []
    build = Services.__init__

    def noted(services: Services, *args: object, **options: object) -> None:
        made.append(services)
        build(services, *args, **options)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(Services, "__init__", noted)
    session = Session.start(AgentConfig(), FakeBackend())
    assert made == [session.services]


def test_going_to_another_version_by_a_button_is_no_turn(tmp_path: Path) -> None:
    """Only what the user said counts, and gives the conversation its title."""
    config = AgentConfig(memory=f"sqlite:{tmp_path / 'memory.sqlite'}")
    with Session.start(config, FakeBackend(), thread="a") as session:
        session.say("a person walks")
        session.say("make it slower")
        for action in ("undo", "redo", "undo"):
            go(session, HistoryArgs(action=action))
        session.say("make it longer")
        [record] = threads_of(session).all()
    assert (record.title, record.turns) == ("a person walks", 3)


def test_a_turn_reads_its_thread_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = AgentConfig(memory=f"sqlite:{tmp_path / 'memory.sqlite'}")
    with Session.start(config, FakeBackend(), thread="a") as session:
        session.say("a person walks")
        saver, read = type(session.agent.checkpointer), list[object]()
        get = saver.get_tuple
        monkeypatch.setattr(saver, "get_tuple", lambda *asked: read.append(asked) or get(*asked))
        session.say("make it slower")
        assert len(read) == 1


def test_a_file_is_opened_for_one_request_only(tmp_path: Path) -> None:
    session = Session.start(AgentConfig(output_folder=tmp_path), FakeBackend())
    walked = session.say("a person walks forward").current
    assert walked is not None
    [file] = session.export(walked, ["npz"])
    opened = session.open(file)
    assert session.current() == opened
    slower = session.say("make it slower").current
    jumped = session.say("a person jumps").current
    faster = session.say("make it faster").current
    assert slower is not None and jumped is not None and faster is not None
    assert (slower.parent, faster.parent) == (opened.id, jumped.id)
    assert session.current() == faster
    texts = [message.text for message in session.agent.get_state(session.settings).values["messages"]]
    assert sum(text.startswith(f"{file.name}: ") for text in texts) == 1


def test_a_turn_tells_of_its_own_motions_and_files_only(tmp_path: Path) -> None:
    session = Session.start(AgentConfig(output_folder=tmp_path), FakeBackend())
    first = session.say("a person walks, save it as npz")
    two = session.say("two variations of a jump")
    told = session.say("how long is it?")
    assert [Path(file).name for file in first.files] == ["a-person-walks.npz"] and first.acted
    assert len(first.new) == 1 and len(two.new) == 2 and two.files == []
    assert not {ref.id for ref in first.new} & {ref.id for ref in two.new}
    assert (told.new, told.files, told.acted) == ([], [], False) and told.current == two.current
    assert session.motions() == [*first.new, *two.new]


def test_a_turn_costs_what_all_its_replies_and_no_others_read_and_wrote() -> None:
    def reply(message: AIMessage, read: int, written: int) -> AIMessage:
        used = UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)
        return message.model_copy(update={"usage_metadata": used})

    walk = plan(call("generate_motion", description="a person walks", seconds=1))
    model = ScriptedModel(
        reply(walk, 100, 20), reply(AIMessage("Done."), 300, 4), reply(AIMessage("Hello."), 1000, 7)
    )
    config = AgentConfig(input_price=2.0, output_price=10.0)
    services = services_of(config, FakeBackend(), None)
    agent = build_graph(config, services, model, InMemorySaver(serde=serializer()), None)
    session = Session(config, services, agent)
    assert session.say("walk").usage == Usage(400, 24, (400 * 2 + 24 * 10) / 1e6)
    assert session.say("hello").usage == Usage(1000, 7, (1000 * 2 + 7 * 10) / 1e6)


def test_how_a_file_is_to_be_read_and_what_one_is_called_is_passed_on(tmp_path: Path) -> None:
    session = Session.start(AgentConfig(output_folder=tmp_path, input_folder=tmp_path), FakeBackend())
    walked = session.say("a person walks for 4 seconds").current
    assert walked is not None
    begun: list[str] = []
    [file] = session.export(walked, ["npy"], title="My Walk", started=begun.append)
    assert file.name == "my-walk.npy" and begun == [file.name]
    usual, twice = session.open(file), session.open(file, fps=40)
    assert usual.seconds == pytest.approx(4.0, abs=0.3)
    assert twice.seconds == pytest.approx(2.0, abs=0.3)


def test_a_file_that_is_opened_is_current_at_once_and_stands_after_the_others(tmp_path: Path) -> None:
    session = Session.start(AgentConfig(output_folder=tmp_path), FakeBackend())
    walked = session.say("a person walks, save it as npz")
    opened = session.open(Path(walked.files[0]))
    assert session.current() == opened and session.motions() == [*walked.new, opened]


def test_a_request_that_was_never_answered_for_its_calls_is_gone_on_from(tmp_path: Path) -> None:
    """A turn that was stopped between its plan and the results leaves no call open for the next."""
    session = Session.start(AgentConfig(output_folder=tmp_path), FakeBackend())

    def stop(node: str) -> None:
        if node == "validate":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        session.say("a person walks", stop)
    turn = session.say("a person jumps")
    assert [ref.description for ref in turn.new] == ["a person jumps"]
    messages = session.state()["messages"]
    called = [each["id"] for m in messages if isinstance(m, AIMessage) for each in m.tool_calls]
    assert [m.tool_call_id for m in messages if isinstance(m, ToolMessage)] == called


def test_what_is_said_after_a_call_of_another_agent_leaves_it_answered(tmp_path: Path) -> None:
    config = AgentConfig(memory=f"sqlite:{tmp_path / 'memory.sqlite'}")
    calls = [{"name": name, "args": {}, "id": name} for name in ("ask_animator", "tell_animator")]
    others = [AIMessage("", tool_calls=calls), ToolMessage("Told.", tool_call_id="tell_animator")]
    with Session.start(config, FakeBackend(), thread="a") as session:
        session.say("a person walks")
        session.agent.update_state(session.settings, {"messages": others}, as_node="begin")
        turn = session.say("a person jumps")
        messages = session.state()["messages"]
    assert [ref.description for ref in turn.new] == ["a person jumps"]
    assert not list(unanswered_calls(messages))
    assert [m.content for m in messages if isinstance(m, ToolMessage)].count("Told.") == 1


@pytest.mark.parametrize("cut", ["begin", "coordinate", "validate", "execute"])
def test_a_turn_that_is_gone_on_with_tells_of_its_own_nodes_only(cut: str, tmp_path: Path) -> None:
    """Also where a node had run, and what it gave was not taken in."""
    session, nodes = Session.start(AgentConfig(output_folder=tmp_path), FakeBackend()), list[str]()

    def stop(node: str) -> None:
        if node == cut:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        session.say("a person walks", stop)
    turn = session.resume(nodes.append)
    assert turn is not None and len(session.motions()) == 1
    assert nodes and set(nodes) <= set(session.agent.nodes)
