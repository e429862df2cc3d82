"""Coordinators that write plans as the models of the paper's Table 5 did, faults included.

The plans of the models that succeeded are the paper's own words. Of those that "failed to follow the format"
the paper quotes nothing: the faults are the kinds such models are known for, each on every plan.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from motion_agent.agent_graph.prompts import EXAMPLES

#: Turn 1 of appendix A.2, by model, as Table 5 gives it.
TABLE_5: dict[str, tuple[str, ...]] = {
    "GPT-4-Turbo": ("A person does jumping jacks.", "A person does push-ups.", "A person does sit-ups.",
                    "A person stretches."),
    "Llama-3-70B": ("A person stands up straight.", "A person raises their arms above their head.",
                    "A person bends their knees slightly.", "A person starts jogging in place.",
                    "A person lowers their arms to their sides."),
    "Gemma2-27B": ("A person does jumping jacks.", "A person does push-ups.", "A person does sit-ups."),
    "Llama-3.1-8B": ("A person starts in a standing position.", "A person bends their knees.",
                     "A person lowers their body.", "A person stands up.", "A person repeats the motion."),
}  # fmt: skip


def _plan(parts: Sequence[str], key: str = "description") -> dict[str, Any]:
    segments = [{key: part} for part in parts]
    return {"steps": [{"tool": "compose_sequence", "arguments": {"segments": segments}}]}


#: What a fault makes of the parts of a plan.
FAULTS: dict[str, Callable[[Sequence[str]], str]] = {
    "none": lambda parts: json.dumps(_plan(parts)),
    "prose around": lambda parts: f"Sure! Here is the plan:\n\n{json.dumps(_plan(parts))}\n\nLet me know!",
    "code fence": lambda parts: f"```json\n{json.dumps(_plan(parts), indent=2)}\n```",
    "single quotes": lambda parts: str(_plan(parts)),
    "trailing commas": lambda parts: json.dumps(_plan(parts)).replace("}]", "},]"),
    "wrong keys": lambda parts: json.dumps(_plan(parts, "text")),
    "numbered list": lambda parts: "\n".join(f"{n}. {part}" for n, part in enumerate(parts, 1)),
    "half an answer": lambda parts: json.dumps(_plan(parts))[:-30],
}


class Replay(BaseChatModel):
    """Knows no tools. Writes its plan with the fault, once; told why it was refused, it writes it well."""

    parts: tuple[str, ...]
    fault: str

    @property
    def _llm_type(self) -> str:
        return "replay"

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        thread = messages[1 + 2 * len(EXAMPLES) :]
        said = [message for message in thread if isinstance(message, AIMessage)]
        if not said:
            text = FAULTS[self.fault](self.parts)
        elif '"motion_id"' in messages[-1].text:
            text = json.dumps({"answer": "Here is an exercise."})
        else:
            text = FAULTS["none"](self.parts)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])
