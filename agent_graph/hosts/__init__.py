"""The agent and its tools inside programs of LangChain: other agents, and a LangGraph server."""
