"""The motion tools for agents made by `create_agent` or deepagents: as a toolkit, and as a middleware.

`MotionToolkit` is the tools alone. `MotionMiddleware` brings them with instructions for their use, keeps the
motions of a conversation in the agent's state, and can have a person approve what is to be made.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NotRequired

from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain.agents.middleware.types import AgentState, ModelRequest, ModelResponse
from langchain_core.messages import AnyMessage, SystemMessage, ToolMessage
from langchain_core.tools import BaseTool, BaseToolkit
from langgraph.runtime import Runtime
from pydantic import ConfigDict, Field, PrivateAttr

from ...motion_models.errors import InvalidRequestError
from ...tools.memory import MotionMemory
from ...tools.schemas import BodyName, BoneNames, MotionRef
from ...tools.toolbox import TOOLS, create_motion_tools
from ..prompts import at_hand, tool_guide

#: The tools that make motion, and so cost time.
MAKING = ("generate_motion", "compose_sequence", "edit_motion", "arrange_scene")
#: Those that leave the talk where it is.
LOOKING = ("caption_motion", "export_motion", "name_motion")


class MotionToolkit(BaseToolkit):
    """The motion tools over one backend and one memory; see `create_motion_tools`."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    backend: Any = Field(default=None, description="A MotionBackend, or what load_backend takes.")
    memory: MotionMemory | None = Field(default=None, description="Where motions are kept.")
    output_folder: str | Path = "motions"
    input_folder: str | Path = "."
    max_seconds: float = 600.0
    max_people: int = 8
    max_file_megabytes: int = 512
    body: BodyName = "human"
    bone_names: BoneNames = "ours"
    raise_errors: bool = False
    names: tuple[str, ...] | None = Field(default=None, description="Only these tools; None: all.")
    _tools: list[BaseTool] | None = PrivateAttr(default=None)

    def get_tools(self) -> list[BaseTool]:
        """The tools; the same ones at every call, as they share what they made."""
        if self._tools is None:
            self._tools = self._made()
        return list(self._tools)

    def _made(self) -> list[BaseTool]:
        wanted = tuple(TOOLS) if self.names is None else self.names
        if unknown := sorted(set(wanted) - set(TOOLS)):
            raise InvalidRequestError(f"there are no tools {', '.join(unknown)}; tools: {', '.join(TOOLS)}")
        tools = create_motion_tools(
            self.backend,
            self.memory,
            output_folder=self.output_folder,
            input_folder=self.input_folder,
            max_seconds=self.max_seconds,
            max_people=self.max_people,
            max_file_megabytes=self.max_file_megabytes,
            body=self.body,
            bone_names=self.bone_names,
            raise_errors=self.raise_errors,
        )
        return [tool for tool in tools if tool.name in wanted]


def with_newer(known: dict[str, Any] | None, new: dict[str, Any] | None) -> dict[str, Any]:
    """Motions by id; one met before takes its newer reference."""
    return (known or {}) | (new or {})


if TYPE_CHECKING:
    _Approved = AgentState[Any]
else:
    _Approved = HumanInTheLoopMiddleware.state_schema  # which holds what a person changed


class MotionState(_Approved):
    """What the middleware adds to an agent's state: motions by id, and the one the talk is about."""

    motions: NotRequired[Annotated[dict[str, dict[str, Any]], with_newer]]
    current: NotRequired[str | None]


class MotionMiddleware(HumanInTheLoopMiddleware[MotionState, Any, Any]):
    """Motion for any agent: tools, instructions, state, and approval where it is wanted.

        create_agent(model, middleware=[MotionMiddleware()])

    toolkit: the tools (None: all, over the weights that ship). prompt: what the model is told of them (None:
    the short guide). approve: True for a person's word on every call that makes motion, or the names of the
    tools that need one; the question and its answers are those of `HumanInTheLoopMiddleware`.
    """

    state_schema = MotionState

    def __init__(
        self,
        toolkit: MotionToolkit | None = None,
        *,
        prompt: str | None = None,
        approve: bool | Sequence[str] = False,
    ) -> None:
        self.toolkit = MotionToolkit() if toolkit is None else toolkit
        tools = self.toolkit.get_tools()
        names = {tool.name for tool in tools}
        asked = names & set(MAKING) if approve is True else set(approve or ())
        if unknown := sorted(asked - names):
            raise InvalidRequestError(f"there are no tools {', '.join(unknown)} to approve")
        super().__init__(
            interrupt_on=dict.fromkeys(asked, True), description_prefix="A motion waits for your word"
        )
        self.tools = tools
        self.prompt = tool_guide() if prompt is None else prompt

    def before_model(self, state: MotionState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        """Take the motions that tools have made since into the state."""
        return self._news(state)

    async def abefore_model(self, state: MotionState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        return self._news(state)

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        """Tell the model of the tools, and last of the motions at hand: what is before stays the same."""
        return handler(self._told(request))

    async def awrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        return await handler(self._told(request))

    def _told(self, request: ModelRequest[Any]) -> ModelRequest[Any]:
        state: Any = request.state
        known: dict[str, Any] = state.get("motions") or {}
        motions = {motion_id: MotionRef.model_validate(ref) for motion_id, ref in known.items()}
        parts = [self.prompt, at_hand(motions, state.get("current")) if motions else ""]
        added = [{"type": "text", "text": part} for part in parts if part]
        before: Any = [] if request.system_message is None else request.system_message.content
        if isinstance(before, str):
            before = [{"type": "text", "text": before}]
        return request.override(system_message=SystemMessage(content=[*before, *added]))

    def _news(self, state: MotionState) -> dict[str, Any] | None:
        known = state.get("motions") or {}
        found = motions_in(state["messages"], {tool.name for tool in self.tools})
        if not found:
            return None
        newest = list(found)[-1]
        new = {motion_id: ref for motion_id, ref in found.items() if known.get(motion_id) != ref}
        return {"motions": new, "current": newest} if new or state.get("current") != newest else None


def motions_in(messages: Sequence[AnyMessage], tools: set[str]) -> dict[str, dict[str, Any]]:
    """The motions that tool messages carry, by id, the one the talk is about at the end.

    Looking at one that is known (describing, naming, writing, listing it) does not make the talk be about it.
    """
    found: dict[str, dict[str, Any]] = {}
    for message in messages:
        artifact = message.artifact if isinstance(message, ToolMessage) else None
        if message.name not in tools or not isinstance(artifact, dict):
            continue
        if message.name == "list_motions":
            listed = {ref["id"]: dict(ref) for ref in artifact.get("motions", [])}
            found = {key: ref for key, ref in listed.items() if key not in found} | found
        elif "id" in artifact:
            if message.name not in LOOKING:
                found.pop(artifact["id"], None)
            found[artifact["id"]] = dict(artifact)
    return found
