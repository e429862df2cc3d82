"""python -m motion_agent.agent_graph.cli"""

from . import main

main()
