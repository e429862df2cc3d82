"""Using tools directly, as single steps of a plan."""

from __future__ import annotations

from typing import Any

from motion_agent.motion_models.errors import MotionAgentError
from motion_agent.tools.batching import Result, StepRun, perform
from motion_agent.tools.memory import MotionClip
from motion_agent.tools.schemas import Trail
from motion_agent.tools.services import Call, Services
from motion_agent.tools.toolbox import TOOLS


class Hand:
    """Uses tools directly, as one step of a plan would."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.calls = 0
        #: What the conversation was about, as the graph or the memory would tell the tools.
        self.trail = Trail()

    def use(self, tool: str, **arguments: Any) -> Result:
        """Run one tool; its typed error is raised."""
        spec = TOOLS[tool]
        self.calls += 1
        call = Call(user="local", origin=f"t/{self.calls}", trail=self.trail)
        checked = spec.arguments.model_validate(arguments)
        [outcome] = perform(
            [StepRun(lambda _: spec.body(self.services, call, checked))], self.services.generate
        )
        if isinstance(outcome, MotionAgentError):
            raise outcome
        return outcome

    def make(self, tool: str, **arguments: Any) -> MotionClip:
        """Run one tool and look up the clip it made."""
        [made, *_] = self.use(tool, **arguments).made
        return self.services.memory.get("local", made.id)

    def sequence(self, *descriptions: str, seconds: float = 2.0) -> MotionClip:
        """A motion with these segments, each `seconds` long."""
        segments = [{"description": text, "seconds": seconds} for text in descriptions]
        return self.make("compose_sequence", segments=segments)
