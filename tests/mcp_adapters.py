"""The tools as LangChain agents have them over MCP, with langchain-mcp-adapters.

    OTHER/bin/pip install langchain-mcp-adapters
    OTHER/bin/python tests/mcp_adapters.py .venv/bin/python

Its environment is another one than the server's, because it needs version 1 of the package `mcp`. The server
is started with the Python that is named, over stdio. Fails where a tool does not do what it says.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any


async def tried(python: str, folder: Path) -> list[str]:
    """A motion is made, edited, looked at and exported; the names of the tools."""
    started = ["-m", "motion_agent.agent_graph.cli", "mcp", "--out", str(folder), "--memory", "memory"]
    adapters = import_module("langchain_mcp_adapters.client")
    client = adapters.MultiServerMCPClient(
        {"motion": {"transport": "stdio", "command": python, "args": started, "cwd": str(folder)}}
    )
    async with client.session("motion") as session:
        loaded = await import_module("langchain_mcp_adapters.tools").load_mcp_tools(session)
        tools = {tool.name: tool for tool in loaded}
        made = found(await tools["create_motion"].ainvoke({"description": "a person walks", "seconds": 2}))
        mirrored = {"motion_id": made["motion_id"], "operations": [{"op": "mirror"}]}
        edited = found(await tools["edit_motion"].ainvoke(mirrored))
        assert edited["motion_id"] != made["motion_id"]
        given = {"motion_id": edited["motion_id"], "formats": ["bvh"]}
        await tools["export_motion"].ainvoke(given)
        [file] = folder.glob("*.bvh")
        assert file.read_text().startswith("HIERARCHY")
        wrong = str(
            await refused(tools["edit_motion"], {"motion_id": "nothing", "operations": [{"op": "mirror"}]})
        )
        assert "nothing" in wrong, wrong
    return sorted(tools)


def found(content: Any) -> dict[str, Any]:
    """What a tool found out, of the text that a model reads."""
    texts = (
        [part["text"] for part in content if part["type"] == "text"]
        if isinstance(content, list)
        else [content]
    )
    return json.loads(texts[0])


async def refused(tool: Any, given: dict[str, Any]) -> Any:
    """What a call that cannot be done comes to: an error, or what the adapters make of one."""
    try:
        return await tool.ainvoke(given)
    except Exception as error:
        return error


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print("tools:", *asyncio.run(tried(str(Path(sys.argv[1]).absolute()), Path(place))))
