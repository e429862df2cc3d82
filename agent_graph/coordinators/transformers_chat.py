"""A chat model that runs in this process: any transformers causal LM, held to a grammar where one is bound.

At every step only tokens that can still become a text of the grammar may be drawn (llguidance: earley-parsed
JSON schema over the tokenizer's tokens). The keys and values of the last prompt stay, so that a reply reads
only what is new since the one before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr

from ..errors import CoordinatorError

#: The kind of chat model whose replies can be held to a grammar.
GRAMMATICAL = "motion-agent-local"
#: How many tokens a reply may take where nothing else is said.
MOST_TOKENS = 1024


class LocalCoordinator(BaseChatModel):
    """A causal LM and its tokenizer as a LangChain chat model.

    `bind(grammar=SCHEMA)` holds the replies to a JSON schema. max_tokens: of one reply.
    """

    model_name: str = "local"
    temperature: float = 0.0
    seed: int | None = None
    max_tokens: int = MOST_TOKENS
    _model: Any = PrivateAttr()
    _tokenizer: Any = PrivateAttr()
    _grammar: Any = PrivateAttr()
    _lock: Any = PrivateAttr(default_factory=Lock)
    _read: list[int] = PrivateAttr(default_factory=list)
    _cache: Any = PrivateAttr(default=None)

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
    def load(cls, path: str | Path, **fields: Any) -> LocalCoordinator:
        """Load a folder in transformers' layout, or a GGUF file. Raises CoordinatorError."""
        from .transformers_files import load_chat_model

        model, tokenizer = load_chat_model(Path(path))
        return cls(model, tokenizer, model_name=Path(path).name, **fields)

    @property
    def _llm_type(self) -> str:
        return GRAMMATICAL

    @property
    def context(self) -> int:
        """How many tokens a prompt and its reply may take together."""
        return self._model.config.max_position_embeddings

    def count(self, messages: Sequence[BaseMessage]) -> int:
        """How many tokens a prompt takes."""
        return len(self._prompt(messages))

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: Any = None,
        *,
        grammar: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        prompt = self._prompt(messages)
        if len(prompt) >= self.context:
            raise CoordinatorError(
                f"{self.model_name} reads {self.context} tokens at once, not {len(prompt)}"
            )
        with self._lock:
            written, ended = self._write(prompt, grammar)
        reply = AIMessage(
            self._tokenizer.decode(written, skip_special_tokens=True),
            response_metadata={"finish_reason": "stop" if ended else "length"},
            usage_metadata={
                "input_tokens": len(prompt),
                "output_tokens": len(written),
                "total_tokens": len(prompt) + len(written),
            },
        )
        return ChatResult(generations=[ChatGeneration(message=reply)])

    def _prompt(self, messages: Sequence[BaseMessage]) -> list[int]:
        """The thread as the model's own chat template writes it; plain lines where it has none."""
        roles = {SystemMessage: "system", HumanMessage: "user", AIMessage: "assistant"}
        turns = [{"role": roles[type(message)], "content": message.text} for message in messages]  # type: ignore[index]
        if self._tokenizer.chat_template:
            return list(
                self._tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_dict=False)
            )
        lines = [f"{turn['role']}: {turn['content']}" for turn in turns]
        return list(self._tokenizer("\n".join([*lines, "assistant: "]))["input_ids"])

    def _write(self, prompt: list[int], grammar: dict[str, Any] | None) -> tuple[list[int], bool]:
        """A reply, and whether it came to its end."""
        import torch

        allow, ended = self._matcher(grammar)
        generator = torch.Generator()
        generator.seed() if self.seed is None else generator.manual_seed(self.seed)
        written: list[int] = []
        logits = self._next(prompt)
        while len(written) < min(self.max_tokens, self.context - len(prompt)):
            token = _drawn(allow(logits), self.temperature, generator)
            written.append(token)
            if ended(token):
                return written, True
            logits = self._next([*prompt, *written])
        return written, False

    def _next(self, ids: list[int]) -> Any:
        """Logits of the token after `ids`, reading only what was not read before."""
        import torch
        from transformers import DynamicCache

        kept = _shared(self._read, ids[:-1])
        if self._cache is None or not _cropped(self._cache, kept):
            kept, self._cache = 0, DynamicCache(config=self._model.config)
        self._read = []  # not true while the model runs: an interrupted call leaves a cache of unknown length
        new = torch.tensor([ids[kept:]], device=self._model.device)
        with torch.inference_mode():
            output = self._model(input_ids=new, past_key_values=self._cache, use_cache=True, logits_to_keep=1)
        self._read = list(ids)
        return output.logits[:, -1].float().cpu()

    def _matcher(self, grammar: dict[str, Any] | None) -> tuple[Callable[[Any], Any], Callable[[int], bool]]:
        """What forbids tokens that no text of the grammar has next, and what tells of the text's end."""
        if grammar is None:
            ends = _ends(self._model, self._tokenizer)
            return lambda logits: logits, lambda token: token in ends
        from llguidance import LLMatcher
        from llguidance.torch import (
            allocate_token_bitmask,
            apply_token_bitmask_inplace,
            fill_next_token_bitmask,
        )

        matcher = LLMatcher(self._grammar, LLMatcher.grammar_from_json_schema(json.dumps(grammar)))
        if matcher.is_error():
            raise CoordinatorError(f"the grammar of replies was refused: {matcher.get_error()}")
        mask = allocate_token_bitmask(1, self._grammar.vocab_size)

        def allow(logits: Any) -> Any:
            fill_next_token_bitmask(matcher, mask, 0)
            apply_token_bitmask_inplace(logits, mask)
            return logits

        def ended(token: int) -> bool:
            matcher.consume_token(token)
            return matcher.is_stopped()

        return allow, ended


def _shared(read: Sequence[int], ids: Sequence[int]) -> int:
    """How many tokens two prompts have in common at their beginning."""
    if ids[: len(read)] == read:
        return len(read)
    return next(
        n for n, (one, other) in enumerate(zip([*read, None], [*ids, -1], strict=False)) if one != other
    )


def _cropped(cache: Any, length: int) -> bool:
    """Shorten a cache to its first tokens; False where it cannot be, because it holds a sliding window."""
    surplus = cache.get_seq_length() - length
    if surplus and any(cache.is_sliding):
        return False
    if surplus:
        cache.crop(-surplus)
    return True


def _ends(model: Any, tokenizer: Any) -> set[int]:
    """The tokens that end a reply."""
    ends = {tokenizer.eos_token_id}
    for config in (model.config, getattr(model, "generation_config", None)):
        more = getattr(config, "eos_token_id", None)
        ends |= set(more) if isinstance(more, list) else {more}
    return ends


def _drawn(logits: Any, temperature: float, generator: Any) -> int:
    import torch

    if temperature <= 0:
        return int(logits.argmax())
    return int(torch.multinomial((logits[0] / temperature).softmax(-1), 1, generator=generator))
