"""python -m motion_agent.agent_graph.cli"""

from .app import main

main()
