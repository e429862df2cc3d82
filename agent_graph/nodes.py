"""What the nodes of the graph do. Each takes the state and returns what changes in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, ToolMessage
from langchain_core.messages.tool import tool_call
from langchain_core.runnables import RunnableConfig
from langgraph.config import get_stream_writer
from langgraph.runtime import get_runtime
from langgraph.types import interrupt

from ..motion_models.errors import InvalidRequestError, MotionAgentError
from ..tools.batching import Job, Result, StepOutcome, StepRun, Tokens, perform
from ..tools.history import followed
from ..tools.schemas import MotionRef
from ..tools.services import Services
from ..tools.toolbox import TOOLS, as_artifact, as_content, call_from
from ..tools.tracing import traced
from .coordinators.create import Coordinators, reached
from .coordinators.talk import Question
from .errors import PlanError
from .messages import (
    call_ids,
    calls_tools,
    failures_of,
    healed,
    last_problem,
    recent,
    refusal,
    with_call_ids,
)
from .plan import Limits, MotionPlan, read_plan
from .prompts import declined, exhausted, gave_up, rejected, repeated
from .run_settings import RunSettings, in_parent, run_settings
from .state import AgentState, with_added
from .trail import current_of, is_foreign, recalled, trail_in
from .turns import (
    as_asked,
    as_new,
    as_own,
    asked_in,
    heard_in,
    is_answered,
    said_anew,
    told_as_interrupted,
    turn_at,
    waits_for_its_calls,
)
from .values import storable_reply


class Nodes:
    """The nodes over the coordinators of an agent and one set of services."""

    def __init__(self, coordinators: Coordinators, services: Services) -> None:
        self.coordinators, self.services, self.config = coordinators, services, coordinators.config

    def begin(self, state: AgentState, config: RunnableConfig) -> AgentState:
        """A turn starts with every new input, whoever wrote it: no plans are behind it."""
        messages = state.get("messages", [])
        again = said_anew(messages)
        messages = with_added(messages, again)
        asked = asked_in(messages)
        fresh: AgentState = {"rejections": 0, "plans": 0, "gave_up": False, "plan": None}
        within = in_parent(config)
        closed = told_as_interrupted(messages, alone=not within)
        fresh |= {"turn": asked.id if asked else None, "messages": [*again, *closed]}
        user, memory = call_from(config).user, self.services.memory
        return fresh | recalled(state, memory, user, within)

    def coordinate(self, state: AgentState, config: RunnableConfig) -> AgentState:
        """Ask the coordinator what to do, or for its answer."""
        coordinator = self.coordinators.of(self._run_settings(config))
        with reached(coordinator.label):
            reply = coordinator.asked.invoke(self._question(state), config)
        return _answer(state, reply)

    async def acoordinate(self, state: AgentState, config: RunnableConfig) -> AgentState:
        coordinator = self.coordinators.of(self._run_settings(config))
        with reached(coordinator.label):
            reply = await coordinator.asked.ainvoke(self._question(state), config)
        return _answer(state, reply)

    def validate(self, state: AgentState, config: RunnableConfig) -> AgentState:
        """Read the coordinator's calls as one plan; refuse it, with reasons, before any model runs."""
        message = _last_reply(state)
        if failures := _failures(state):
            return _rejected(state, [refusal(repeated(failures[0]), name) for name in call_ids(message)])
        try:
            plan = self._read(message, config)
        except PlanError as error:
            return _rejected(state, _refusals(message, error))
        tools = [step.tool for step in plan.steps]
        told = {"event": "planned", "steps": tools, "seconds": plan.seconds, "plan": plan.as_json()}
        get_stream_writer()(told)
        return {"plan": plan, "rejections": 0}

    def approve(self, state: AgentState, config: RunnableConfig) -> AgentState:
        """Wait for a person's word on a plan: it runs, runs changed, or is declined.

        The word is a bool, or {"approved": bool, "reason": str}, or {"plan": {"steps": [...]}}. After any
        other, or a plan with faults, the question is asked again, with the problem.
        """
        plan = state.get("plan")
        assert plan is not None, "validate comes before approve"
        question: dict[str, Any] = {"plan": plan.as_json(), "seconds": plan.seconds}
        while True:
            try:
                return self._answered(interrupt(question), plan, state, config)
            except InvalidRequestError as error:
                question |= {"problem": str(error)}

    def _answered(self, word: Any, plan: MotionPlan, state: AgentState, config: RunnableConfig) -> AgentState:
        message = _last_reply(state)
        match word:
            case {"plan": {"steps": [_, *_] as steps}}:
                changed = _rewritten(message, steps)
                try:
                    return {"messages": [changed], "plan": self._read(changed, config)}
                except PlanError as error:
                    raise InvalidRequestError(f"the changed plan cannot run: {error}") from error
            case True | {"approved": True}:
                return {"plan": plan}
            case False | {"approved": False}:
                reason = declined(str(word.get("reason") or "") if isinstance(word, dict) else "")
                refused: list[AnyMessage] = [refusal(reason, call_id) for call_id in call_ids(message)]
                return {"messages": refused, "plan": None, "plans": state.get("plans", 0) + 1}
        raise InvalidRequestError(
            'a plan is answered by True, False, {"approved": ..., "reason": ...} or {"plan": {...}}'
        )

    def _read(self, message: AIMessage, config: RunnableConfig) -> MotionPlan:
        user, memory = call_from(config).user, self.services.memory

        def lengths(name: str) -> list[float] | None:
            clip = memory.find(user, name)
            return None if clip is None else [segment.seconds for segment in clip.timeline]

        limits = Limits(self.config.max_steps, self.config.max_seconds, self.config.max_people)
        return read_plan(message, lengths, lambda: memory.known(user), limits)

    def execute(self, state: AgentState, config: RunnableConfig) -> AgentState:
        """Run the plan: all that is to be generated as one batch, steps that need others after them."""
        plan = state.get("plan")
        assert plan is not None, "validate comes before execute"
        tasks = self._tasks(plan, state, config)
        tell = get_stream_writer()

        def generate(jobs: Sequence[Job]) -> list[Tokens]:
            tell({"event": "generating", "motions": len(jobs)})
            return self.services.generate(jobs)

        outcomes = perform(tasks, generate)
        for step, outcome in zip(plan.steps, outcomes, strict=True):
            tell(_event(step, outcome))
        results = [outcome for outcome in outcomes if isinstance(outcome, Result)]
        refs = [ref for result in results for ref in _new_refs(result)]
        trail = followed(trail_in(state), results)
        update: AgentState = {
            "messages": [_tool_message(*pair) for pair in zip(plan.steps, outcomes, strict=True)],
            "motions": {ref.id: ref for ref in refs},
            "plan": None,
            "plans": state.get("plans", 0) + 1,
        }
        if any(result.made or result.trail for result in results):
            update["trail"] = trail
            if not is_foreign(state.get("current"), state.get("motions", {})):
                update["current"] = trail.current
        return update

    def give_up(self, state: AgentState) -> AgentState:
        """End a turn whose plans keep failing, or never end, with a clear answer; no call is left open."""
        messages, failures = state.get("messages", []), _failures(state)
        reason = repeated(failures[0]) if failures else exhausted(self.config.max_plans)
        pending = [refusal(reason, call_id) for call_id in _pending(messages)]
        problem = next(iter(failures), last_problem(_turn_of(state))) or (reason if pending else "")
        text = gave_up(problem, state.get("motions", {}), current_of(state))
        heard = heard_in(messages, turn_at(messages, state.get("turn")))
        return {"messages": [*pending, as_own(AIMessage(text), heard)], "gave_up": True}

    def after_begin(self, state: AgentState) -> str:
        """An input that adds nothing is no request; a plan that never ran goes on where it was cut short."""
        messages = state.get("messages", [])
        if is_answered(messages):
            return "answered"
        return "validate" if waits_for_its_calls(messages) else "coordinate"

    def after_coordinate(self, state: AgentState) -> str:
        messages = state.get("messages", [])
        if not messages or not calls_tools(messages[-1]):
            return "answer"
        told_so = len(_failures(state)) > 1
        return "give_up" if told_so or state.get("plans", 0) >= self.config.max_plans else "validate"

    def after_validate(self, state: AgentState) -> str:
        plan = state.get("plan")
        if plan is not None:
            above = self.config.approve_above
            return "execute" if above is None or plan.seconds < above else "approve"
        return "give_up" if state.get("rejections", 0) > self.config.max_repairs else "coordinate"

    def after_approve(self, state: AgentState) -> str:
        return "coordinate" if state.get("plan") is None else "execute"

    def _question(self, state: AgentState) -> Question:
        messages = state.get("messages", [])
        if not messages:
            raise InvalidRequestError("there is no message to answer")
        turn = turn_at(messages, state.get("turn"))
        told = {motion_id for message in messages[turn + 1 :] for motion_id in _told_of(message)}
        motions = {name: ref for name, ref in state.get("motions", {}).items() if name not in told}
        thread = healed(recent(as_asked(messages, turn), self.config.max_history))
        return Question(thread, self.services.backend.repertoire, motions, current_of(state))

    def _run_settings(self, config: RunnableConfig) -> RunSettings:
        """What the caller of this run sets."""
        return run_settings(get_runtime().context, config, self.config)

    def _tasks(self, plan: MotionPlan, state: AgentState, config: RunnableConfig) -> list[StepRun]:
        """One task per step; steps that make no motion also wait for every step before them."""
        tasks, base = [], self.coordinators.seed(self._run_settings(config))
        made_before, trail = len(state.get("motions", {})), trail_in(state)
        for index, step in enumerate(plan.steps):
            seed = None if base is None else base + made_before + index
            call = call_from(config, step.call_id, seed=seed)

            def start(done: Any, step: Any = step, call: Any = call, index: int = index) -> Any:
                results = {number + 1: result for number, result in sorted(done.items())}
                before = followed(trail, [results[n] for n in results if n <= index])
                call = replace(call, results=results, trail=before)
                return TOOLS[step.tool].body(self.services, call, step.arguments)

            told = traced(
                start,
                config,
                {"name": step.tool, "description": TOOLS[step.tool].description},
                step.arguments.model_dump(mode="json", exclude_none=True),
                partial(_tool_message, step),
            )
            needs = frozenset(number - 1 for number in step.references)
            after = frozenset() if step.makes_motion else frozenset(range(index))
            tasks.append(StepRun(told, needs, after))
        return tasks


def _answer(state: AgentState, reply: AIMessage) -> AgentState:
    """The coordinator's reply, as a thread can hold it."""
    if left_out := reply.response_metadata.get("left_out"):
        get_stream_writer()({"event": "left_out", "turns": left_out})
    thread = state.get("messages", [])
    new = as_new(with_call_ids(storable_reply(reply), thread), thread)
    return {"messages": [as_own(new, heard_in(thread, turn_at(thread, state.get("turn"))))]}


def _told_of(message: AnyMessage) -> list[str]:
    """The ids of the motions that a result hands on."""
    artifact = getattr(message, "artifact", None)
    if not isinstance(artifact, dict):
        return []
    return [ref["id"] for ref in artifact.get("motions", [artifact]) if "id" in ref]


def _last_reply(state: AgentState) -> AIMessage:
    message = state.get("messages", [])[-1]
    assert isinstance(message, AIMessage), "only a coordinator's reply is validated"
    return message


def _turn_of(state: AgentState) -> Sequence[AnyMessage]:
    """What was said and done since the request that the turn is about."""
    messages = state.get("messages", [])
    return messages[turn_at(messages, state.get("turn")) + 1 :]


def _failures(state: AgentState) -> list[str]:
    """Why the newest plan failed before in this turn, see `failures_of`."""
    turn = _turn_of(state)
    newest = next((message for message in reversed(turn) if calls_tools(message)), None)
    return failures_of(newest, turn) if isinstance(newest, AIMessage) else []


def _rejected(state: AgentState, answers: list[AnyMessage]) -> AgentState:
    """A plan that is not run, with what its calls are answered."""
    return {"messages": answers, "plan": None, "rejections": state.get("rejections", 0) + 1}


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


def _rewritten(message: AIMessage, steps: Sequence[Any]) -> AIMessage:
    """The coordinator's message with the steps a person put in place of its own."""
    calls = []
    for number, step in enumerate(steps, 1):
        match step:
            case {"tool": str(tool), "arguments": dict(arguments)}:
                calls.append(tool_call(name=tool, args=arguments, id=f"{message.id}_{number}"))
            case _:
                raise InvalidRequestError(f"step {number} of the changed plan needs tool and arguments")
    return message.model_copy(update={"tool_calls": calls, "invalid_tool_calls": []})


def _event(step: Any, outcome: StepOutcome) -> dict[str, Any]:
    """What a program that streams is told of a step: its motion, or why it failed."""
    if isinstance(outcome, MotionAgentError):
        return {"event": "failed", "tool": step.tool, "reason": str(outcome)}
    made = [ref.id for ref in outcome.made]
    return {"event": "done", "tool": step.tool, "motion_id": made[0] if made else None}


def _tool_message(step: Any, outcome: StepOutcome) -> ToolMessage:
    """What the coordinator is told of a step."""
    if isinstance(outcome, MotionAgentError):
        return refusal(str(outcome), step.call_id)
    return ToolMessage(
        content=as_content(outcome), tool_call_id=step.call_id, name=step.tool, artifact=as_artifact(outcome)
    )


def _new_refs(result: Result) -> Sequence[MotionRef]:
    """The references a conversation should know of after a step."""
    if result.made:
        return result.made
    return [result.artifact] if isinstance(result.artifact, MotionRef) else []
