"""What the nodes of the graph do. Each takes the state and returns what changes in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.runtime import get_runtime

from ..motion_models.errors import InvalidRequestError, MotionAgentError
from ..tools.schemas import MotionRef, Trail
from ..tools.services import Services
from ..tools.toolbox import TOOLS, as_content, call_from
from ..tools.work import Outcome, Result, Task, perform
from .coordinators import Coordinators, RunSettings, reached
from .errors import PlanError
from .plan import Limits, MotionPlan, read_plan
from .prompts import exhausted, gave_up, rejected, system_prompt
from .state import AgentState
from .thread import call_ids, calls_tools, healed, last_problem, refusal, with_call_ids


class Nodes:
    """The nodes over the coordinators of an agent and one set of services."""

    def __init__(self, coordinators: Coordinators, services: Services) -> None:
        self.coordinators, self.services, self.config = coordinators, services, coordinators.config

    def coordinate(self, state: AgentState, config: RunnableConfig) -> AgentState:
        """Ask the coordinator what to do, or for its answer."""
        coordinator = self.coordinators.of(_run_settings())
        with reached(coordinator.config, coordinator.label):
            reply = coordinator.asked.invoke(self._question(state), config)
        return _answer(state, reply)

    async def acoordinate(self, state: AgentState, config: RunnableConfig) -> AgentState:
        coordinator = self.coordinators.of(_run_settings())
        with reached(coordinator.config, coordinator.label):
            reply = await coordinator.asked.ainvoke(self._question(state), config)
        return _answer(state, reply)

    def validate(self, state: AgentState, config: RunnableConfig) -> AgentState:
        """Read the coordinator's calls as one plan; refuse it, with reasons, before any model runs."""
        message = _last_reply(state)
        user = call_from(config).user
        limits = Limits(self.config.max_steps, self.config.max_seconds, self.config.max_people)
        known = list(state.get("motions", {}))
        try:
            plan = read_plan(
                message, lambda name: self.services.memory.find(user, name) is not None, known, limits
            )
        except PlanError as error:
            return {
                "messages": _refusals(message, error),
                "plan": None,
                "rejections": state.get("rejections", 0) + 1,
            }
        return {"plan": plan, "rejections": 0}

    def execute(self, state: AgentState, config: RunnableConfig) -> AgentState:
        """Run the plan: all that is to be generated as one batch, steps that need others after them."""
        plan = state.get("plan")
        assert plan is not None, "validate comes before execute"
        tasks = self._tasks(plan, state, config)
        outcomes = perform(tasks, self.services.generate)
        results = [outcome for outcome in outcomes if isinstance(outcome, Result)]
        refs = [ref for result in results for ref in _new_refs(result)]
        trail = _followed(_trail(state), results)
        update: AgentState = {
            "messages": [_told(*pair) for pair in zip(plan.steps, outcomes, strict=True)],
            "motions": {ref.id: ref for ref in refs},
            "plan": None,
            "plans": state.get("plans", 0) + 1,
        }
        moved = any(result.made or result.trail for result in results)
        return update | {"current": trail.current, "trail": trail} if moved else update

    def give_up(self, state: AgentState) -> AgentState:
        """End a turn whose plans keep failing, or never end, with a clear answer; no call is left open."""
        messages = state.get("messages", [])
        limit = exhausted(self.config.max_plans)
        pending = [refusal(limit, call_id) for call_id in _pending(messages)]
        problem = last_problem(messages) or (limit if pending else "")
        text = gave_up(problem, state.get("motions", {}), state.get("current"))
        return {"messages": [*pending, AIMessage(text)], "gave_up": True}

    def after_coordinate(self, state: AgentState) -> str:
        messages = state.get("messages", [])
        if not calls_tools(messages[-1]):
            return "answer"
        return "validate" if state.get("plans", 0) < self.config.max_plans else "give_up"

    def after_validate(self, state: AgentState) -> str:
        if state.get("plan") is not None:
            return "execute"
        return "give_up" if state.get("rejections", 0) > self.config.max_repairs else "coordinate"

    def _question(self, state: AgentState) -> list[AnyMessage]:
        messages = state.get("messages", [])
        if not messages:
            raise InvalidRequestError("there is no message to answer")
        prompt = system_prompt(
            self.services.backend.repertoire, state.get("motions", {}), state.get("current")
        )
        return [SystemMessage(prompt), *healed(messages)]

    def _tasks(self, plan: MotionPlan, state: AgentState, config: RunnableConfig) -> list[Task]:
        """One task per step; steps that make no motion also wait for every step before them."""
        tasks, base = [], self.coordinators.seed(_run_settings())
        made_before, trail = len(state.get("motions", {})), _trail(state)
        for index, step in enumerate(plan.steps):
            seed = None if base is None else base + made_before + index
            call = call_from(config, step.call_id, seed=seed)

            def start(done: Any, step: Any = step, call: Any = call, index: int = index) -> Any:
                results = {number + 1: result for number, result in sorted(done.items())}
                before = _followed(trail, [results[n] for n in results if n <= index])
                call = replace(call, results=results, trail=before)
                return TOOLS[step.tool].body(self.services, call, step.arguments)

            needs = frozenset(number - 1 for number in step.references)
            after = frozenset() if step.makes_motion else frozenset(range(index))
            tasks.append(Task(start, needs, after))
        return tasks


def _answer(state: AgentState, reply: AIMessage) -> AgentState:
    """The coordinator's reply; a new turn starts with no plans behind it."""
    update: AgentState = {"messages": [with_call_ids(reply)], "current": state.get("current")}
    if isinstance(state.get("messages", [])[-1], HumanMessage):
        update |= {"rejections": 0, "plans": 0, "gave_up": False, "plan": None, "motions": {}}
    return update


def _run_settings() -> RunSettings | None:
    """What the run sets anew; see `RunSettings`."""
    return get_runtime().context  # pyright: ignore[reportReturnType]


def _trail(state: AgentState) -> Trail:
    """The trail of the thread; a current motion that was set from outside is its newest."""
    trail, current = state.get("trail") or Trail(), state.get("current")
    return trail if current is None else trail.visited(current)


def _followed(trail: Trail, results: Sequence[Result]) -> Trail:
    """The trail after steps in the order of their plan."""
    for result in results:
        if result.trail is not None:
            trail = result.trail
        elif result.made:
            trail = trail.visited(result.made[0].id)
    return trail


def _last_reply(state: AgentState) -> AIMessage:
    message = state.get("messages", [])[-1]
    assert isinstance(message, AIMessage), "only a coordinator's reply is validated"
    return message


def _pending(messages: Sequence[AnyMessage]) -> list[str]:
    """The ids of calls no message has answered yet: those of the newest message, if any."""
    newest = messages[-1]
    return call_ids(newest) if isinstance(newest, AIMessage) else []


def _refusals(message: AIMessage, error: PlanError) -> list[AnyMessage]:
    """Answer every call of a refused plan: with its own faults, or with the faults elsewhere."""
    at_fault = {step for step, _ in error.problems}
    return [
        refusal(rejected(error.of_step(step) if step in at_fault else "", str(error)), call_id)
        for step, call_id in enumerate(call_ids(message), 1)
    ]


def _told(step: Any, outcome: Outcome) -> ToolMessage:
    """What the coordinator is told of a step."""
    if isinstance(outcome, MotionAgentError):
        return refusal(str(outcome), step.call_id)
    return ToolMessage(
        content=as_content(outcome), tool_call_id=step.call_id, name=step.tool, artifact=outcome.artifact
    )


def _new_refs(result: Result) -> Sequence[MotionRef]:
    """The references a conversation should know of after a step."""
    if result.made:
        return result.made
    return [result.artifact] if isinstance(result.artifact, MotionRef) else []
