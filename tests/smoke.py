"""What must work with any versions installed: a request, an edit, a caption, files, a saved thread.

Run as a script, `python tests/smoke.py`, with nothing but the package installed.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import motion_agent
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from motion_agent import AgentConfig, create_motion_agent, create_motion_tools, load_backend
from motion_agent.agent_graph import serializer
from motion_agent.agent_graph.conversations.session import Session


def main() -> None:
    backend = load_backend()
    agent = create_motion_agent(backend=backend, checkpointer=InMemorySaver(serde=serializer()))
    thread: RunnableConfig = {"configurable": {"thread_id": "smoke"}}
    for text, seconds in (("a person walks for 2 seconds", 2.0), ("make it 3 seconds long", 3.0)):
        state = agent.invoke({"messages": [("user", text)]}, thread)
        motion = state["motions"][state["current"]]
        assert motion.seconds == seconds, (text, motion)
    assert backend.caption([backend.generate(["a person jumps"], seconds=2, seed=1)[0]])[0]
    assert len(create_motion_tools(backend)) == 9
    with tempfile.TemporaryDirectory() as folder:
        config = AgentConfig(memory=f"sqlite:{folder}/m.sqlite", output_folder=Path(folder))
        with Session.start(config, backend, thread="smoke") as session:
            turn = session.say("a person waves for 2 seconds and export it as bvh, glb, html, mp4 and npz")
            assert turn.current is not None and turn.current.seconds == 2.0
            assert {Path(file).suffix for file in turn.files} == {".bvh", ".glb", ".html", ".mp4", ".npz"}
    print(f"motion-agent {motion_agent.__version__}: the smoke test passed")


if __name__ == "__main__":
    main()
