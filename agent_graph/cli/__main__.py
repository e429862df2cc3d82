"""python -m motion_agent.agent_graph.cli"""

from .commands import main

main()
