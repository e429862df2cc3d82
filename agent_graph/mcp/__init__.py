"""The tools for MCP clients such as Claude, VS Code and Cursor: `motion-agent mcp`. Needs the extra `mcp`."""
