"""What must work with any versions installed: a request, an edit, a caption, files, a saved thread.

Run as a script, `python tests/smoke.py`, with nothing but the package installed. With its extra `local` also
a turn with a chat model that runs here, and one with a GGUF file where that of the tests was fetched.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import motion_agent
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from motion_agent import AgentConfig, create_motion_agent, create_motion_tools, load_backend
from motion_agent.agent_graph import serializer
from motion_agent.agent_graph.conversations.session import Session


def local_models(folder: Path) -> Iterator[Path]:
    """A folder in transformers' layout, with random weights, and the GGUF file of the tests."""
    from language_models import SMALLEST
    from tiny_llm import tiny_tokenizer
    from transformers import LlamaConfig, LlamaForCausalLM

    sizes: dict[str, Any] = {
        "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
        "num_key_value_heads": 2, "max_position_embeddings": 12_000,
    }  # fmt: skip
    LlamaForCausalLM(LlamaConfig(vocab_size=len(tiny_tokenizer()), **sizes)).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    yield folder
    if SMALLEST.kept.is_file():
        yield SMALLEST.kept


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
        for model in local_models(Path(folder) / "model") if find_spec("llguidance") else ():
            local = AgentConfig(coordinator=f"local:{model}", max_tokens=64)
            said = create_motion_agent(local, backend=backend).invoke({"messages": [("user", "walk")]})
            assert said["messages"][-1].text, model
            print(f"{model.name}: {said['messages'][-1].text:.60}")
    print(f"motion-agent {motion_agent.__version__}: the smoke test passed")


if __name__ == "__main__":
    main()
