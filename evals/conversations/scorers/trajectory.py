"""Which tools ran, in which order, compared by openevals."""

from __future__ import annotations

import json
from typing import Any

from ....motion_models.errors import InvalidRequestError
from ..dialogues.drive import executed
from .common import Score


def trajectory(*, outputs: Any, reference_outputs: Any, **kwargs: Any) -> Score:
    """The calls that ran match those expected: strictly, in any order, at least or at most."""
    evaluate = _evaluator(reference_outputs["trajectory"]["mode"])
    ran = executed(outputs)
    wanted = [
        {"name": call["tool"], "args": call["args"]} for call in reference_outputs["trajectory"]["calls"]
    ]
    result = evaluate(outputs=_messages(ran), reference_outputs=_messages(wanted))
    names = ", ".join(call["name"] for call in ran) or "no tool"
    comment = "" if result["score"] else f"ran {names} instead of {json.dumps(wanted)}"
    return {"key": "trajectory", "score": bool(result["score"]), "comment": comment}


def _evaluator(mode: Any) -> Any:
    try:
        from openevals.trajectory.match import create_trajectory_match_evaluator
    except ImportError as error:
        raise InvalidRequestError("the trajectory check needs: pip install 'motion-agent[evals]'") from error
    arguments = "ignore" if mode == "subset" else "superset"
    return create_trajectory_match_evaluator(trajectory_match_mode=mode, tool_args_match_mode=arguments)


def _messages(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One assistant message per call, so that order counts where it should."""
    return [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {"id": str(n), "type": "function",
                 "function": {"name": call["name"], "arguments": _arguments(call["args"])}}
            ],
        }
        for n, call in enumerate(calls)
    ]  # fmt: skip


def _arguments(args: Any) -> str:
    return args if isinstance(args, str) else json.dumps(args)
