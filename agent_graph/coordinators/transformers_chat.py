"""A coordinator that runs in this process: any transformers chat model, held to the grammar of replies.

At every step only tokens that can still become a valid reply may be drawn (llguidance: earley-parsed JSON
schema over the tokenizer's tokens). The grammar is made anew for each reply: it knows the motions of the
conversation, and it is narrower than the tools, so that whatever the weights say, what comes out is a plan
that passes validation, or an answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import BaseTool
from pydantic import PrivateAttr

from ..errors import CoordinatorError
from .modes import GRAMMATICAL, as_talk, talk_instructions
from .replies import with_calls

#: What the grammar allows: steps of a plan, items of any list, letters of any text, seconds of any length.
STEPS, ITEMS, LETTERS, SECONDS = 3, 3, 160, 10.0
#: How many tokens a reply may take; the grammar's longest takes fewer with any tokenizer of words.
MOST_TOKENS = 4096

_TEXT = {"type": "string", "pattern": rf"^[A-Za-z][A-Za-z0-9 ,'-]{{2,{LETTERS}}}$"}
_SECONDS = {"type": "number", "minimum": 1, "maximum": SECONDS}
_SEGMENT = {"type": "integer", "enum": [1, -1]}


class LocalCoordinator(BaseChatModel):
    """A causal LM and its tokenizer as a LangChain chat model that gives valid plans."""

    model_name: str = "local"
    temperature: float = 0.0
    seed: int | None = None
    _model: Any = PrivateAttr()
    _tokenizer: Any = PrivateAttr()
    _grammar: Any = PrivateAttr()

    def __init__(self, model: Any, tokenizer: Any, **fields: Any) -> None:
        """model, tokenizer: a transformers causal LM and its fast tokenizer. Raises CoordinatorError."""
        super().__init__(**fields)
        try:
            import llguidance.hf
        except ImportError as error:
            raise CoordinatorError(
                f"a local coordinator needs llguidance: pip install 'motion-agent[local]' ({error})"
            ) from error
        self._model, self._tokenizer = model.eval(), tokenizer
        self._grammar = llguidance.hf.from_tokenizer(tokenizer, n_vocab=model.config.vocab_size)

    @classmethod
    def from_folder(cls, folder: str | Path, **fields: Any) -> LocalCoordinator:
        """Load a folder in transformers' layout. Raises CoordinatorError."""
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        if not Path(folder).is_dir():
            raise CoordinatorError(f"no local coordinator at {folder}: give a folder in transformers' layout")
        try:
            model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype="auto")
            tokenizer = AutoTokenizer.from_pretrained(folder)
        except (OSError, ValueError) as error:
            raise CoordinatorError(f"{folder} cannot be loaded as a chat model: {error}") from error
        device = "cuda" if torch.cuda.is_available() else "cpu"
        return cls(model.to(device), tokenizer, model_name=Path(folder).name, **fields)

    @property
    def _llm_type(self) -> str:
        return GRAMMATICAL

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Any:
        return self.bind(motion_tools=[tool for tool in tools if isinstance(tool, BaseTool)], **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: Any = None,
        *,
        motion_tools: Sequence[BaseTool] = (),
        **kwargs: Any,
    ) -> ChatResult:
        system = talk_instructions(motion_tools) if motion_tools else ""
        prompt = self._prompt(as_talk(messages, system))  # pyright: ignore[reportArgumentType]
        schema = reply_grammar([tool.name for tool in motion_tools], motions_told(messages))
        text, written = self._write(prompt, schema)
        tools = {tool.name: list(tool.args_schema.model_fields) for tool in motion_tools}  # type: ignore[union-attr]
        reply = with_calls(AIMessage(text), tools)
        reply.usage_metadata = {
            "input_tokens": len(prompt),
            "output_tokens": written,
            "total_tokens": len(prompt) + written,
        }
        return ChatResult(generations=[ChatGeneration(message=reply)])

    def _prompt(self, talk: Sequence[BaseMessage]) -> list[int]:
        """The thread as the model's own chat template writes it; plain lines where it has none."""
        roles = {SystemMessage: "system", HumanMessage: "user", AIMessage: "assistant"}
        turns = [{"role": roles[type(message)], "content": message.text} for message in talk]
        if self._tokenizer.chat_template:
            ids = self._tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_dict=False)
        else:
            lines = [f"{turn['role']}: {turn['content']}" for turn in turns]
            ids = self._tokenizer("\n".join([*lines, "assistant: "]))["input_ids"]
        room = self._model.config.max_position_embeddings - min(
            MOST_TOKENS, self._model.config.max_position_embeddings // 2
        )
        return list(ids)[-room:]

    def _write(self, prompt: Sequence[int], schema: dict[str, Any]) -> tuple[str, int]:
        """A text of the grammar, and how many tokens it took."""
        import torch
        from llguidance import LLMatcher
        from llguidance.torch import (
            allocate_token_bitmask,
            apply_token_bitmask_inplace,
            fill_next_token_bitmask,
        )

        matcher = LLMatcher(self._grammar, LLMatcher.grammar_from_json_schema(json.dumps(schema)))
        if matcher.is_error():
            raise CoordinatorError(f"the grammar of replies was refused: {matcher.get_error()}")
        mask = allocate_token_bitmask(1, self._grammar.vocab_size)
        generator = torch.Generator()
        generator.seed() if self.seed is None else generator.manual_seed(self.seed)
        written: list[int] = []
        ids, cache = torch.tensor([list(prompt)], device=self._model.device), None
        with torch.inference_mode():
            while not matcher.is_stopped() and len(written) < MOST_TOKENS:
                output = self._model(input_ids=ids, past_key_values=cache, use_cache=True)
                cache = output.past_key_values
                logits = output.logits[:, -1].float().cpu()
                fill_next_token_bitmask(matcher, mask, 0)
                apply_token_bitmask_inplace(logits, mask)
                token = _drawn(logits, self.temperature, generator)
                matcher.consume_token(token)
                written.append(token)
                ids = torch.tensor([[token]], device=self._model.device)
        return self._tokenizer.decode(written, skip_special_tokens=True), len(written)


def motions_told(messages: Sequence[BaseMessage]) -> list[str]:
    """The ids of the motions the results of tools tell of, the newest last."""
    return list(dict.fromkeys(found for m in messages if isinstance(m, ToolMessage) for found in _ids(m)))


def _ids(message: ToolMessage) -> Iterator[str]:
    try:
        content = json.loads(message.text)
    except json.JSONDecodeError:
        return
    if isinstance(content, dict) and isinstance(content.get("motion_id"), str):
        yield content["motion_id"]


def reply_grammar(tools: Sequence[str], motions: Sequence[str]) -> dict[str, Any]:
    """JSON schema of the replies that cannot fail: every step valid by itself, within every budget."""
    steps = [
        _object({"tool": {"const": name}, "arguments": arguments})
        for name, arguments in _arguments(list(motions)).items()
        if name in tools
    ]
    replies = [_object({"answer": _TEXT})]
    if steps:
        replies.insert(0, _object({"steps": _list({"anyOf": steps}, STEPS)}))
    return {"anyOf": replies, "x-guidance": {"whitespace_flexible": False}}


def _arguments(motions: list[str]) -> dict[str, dict[str, Any]]:
    """The arguments of every tool; tools that need a motion are there once there is one."""
    new = _object({"description": _TEXT}, seconds=_SECONDS)
    person = _object({"description": _TEXT}, theta=_number(-180, 180), x=_number(-3, 3), z=_number(-3, 3))
    free: dict[str, dict[str, Any]] = {
        "generate_motion": _object({"description": _TEXT}, seconds=_SECONDS, name=_TEXT),
        "compose_sequence": _object({"segments": _list(new, ITEMS)}, name=_TEXT),
        "arrange_scene": _object({"people": _list(person, ITEMS, least=2)}),
        "list_motions": _object({}),
    }
    if not motions:
        return free
    motion = {"motion_id": {"enum": motions}}
    return free | {
        "edit_motion": _object({**motion, "operations": _list({"anyOf": _operations()}, ITEMS)}),
        "caption_motion": _object(motion),
        "export_motion": _object({**motion, "formats": _list({"enum": ["glb", "bvh", "mp4"]}, 1)}),
        "name_motion": _object({**motion, "name": _TEXT}),
        "history": {
            "anyOf": [
                _object({"action": {"enum": ["undo", "redo"]}}),
                _object({"action": {"const": "restore"}, **motion}),
            ]
        },
    }


def _operations() -> list[dict[str, Any]]:
    def op(name: str, needed: dict[str, Any] | None = None, **optional: Any) -> dict[str, Any]:
        return _object({"op": {"const": name}} | (needed or {}), **optional)

    return [
        op("replace", {"segment": _SEGMENT, "description": _TEXT}, seconds=_SECONDS),
        op("insert", {"description": _TEXT}, seconds=_SECONDS),
        op("delete", {"segment": _SEGMENT}),
        op("repeat", {"times": {"type": "integer", "minimum": 2, "maximum": 3}}, segment=_SEGMENT),
        op("extend", {"seconds": _SECONDS}),
        op("mirror", segment=_SEGMENT),
        op("speed", {"factor": _number(0.5, 2)}, segment=_SEGMENT),
        op("duration", {"seconds": _SECONDS}, segment=_SEGMENT),
        op("regenerate", segment=_SEGMENT),
    ]


def _object(needed: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": needed | optional,
        "required": list(needed),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any], most: int, least: int = 1) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def _number(low: float, high: float) -> dict[str, Any]:
    return {"type": "number", "minimum": low, "maximum": high}


def _drawn(logits: Any, temperature: float, generator: Any) -> int:
    import torch

    if temperature <= 0:
        return int(logits.argmax())
    return int(torch.multinomial((logits[0] / temperature).softmax(-1), 1, generator=generator))
