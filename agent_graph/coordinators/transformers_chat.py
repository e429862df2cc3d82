"""A chat model that runs in this process: any transformers causal LM, held to a grammar where one is bound.

At every step only tokens that can still become a text of the grammar may be drawn (llguidance: earley-parsed
JSON schema over the tokenizer's tokens).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr

from ..errors import CoordinatorError
from .enough import may_show, said_enough

if TYPE_CHECKING:
    from .transformers_grammar import Held

#: The kind of chat model whose replies can be held to a grammar.
GRAMMATICAL = "motion-agent-local"
#: How many tokens a reply may take where nothing else is said.
MOST_TOKENS = 1024


class LocalCoordinator(BaseChatModel):
    """A causal LM and its tokenizer as a LangChain chat model.

    `bind(grammar=SCHEMA, sentences=N)` holds replies to a JSON schema, and their texts to so many sentences.
    A reply that says the same again is ended there. max_tokens: of one reply.
    """

    model_name: str = "local"
    temperature: float = 0.0
    seed: int | None = None
    max_tokens: int = MOST_TOKENS
    _model: Any = PrivateAttr()
    _tokenizer: Any = PrivateAttr()
    _reading: Any = PrivateAttr()
    _vocabulary: Any = PrivateAttr()
    _lock: Any = PrivateAttr(default_factory=Lock)

    def __init__(self, model: Any, tokenizer: Any, **fields: Any) -> None:
        """model, tokenizer: a transformers causal LM and its fast tokenizer. Raises CoordinatorError."""
        super().__init__(**fields)
        try:
            import llguidance.hf

            from .transformers_reading import Reading
        except ImportError as error:
            raise CoordinatorError(
                f"a local coordinator needs llguidance: pip install 'motion-agent[local]' ({error})"
            ) from error
        self._model, self._tokenizer, self._reading = model.eval(), tokenizer, Reading(model)
        self._vocabulary = llguidance.hf.from_tokenizer(tokenizer, n_vocab=model.config.vocab_size)

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

    def read_ahead(self, messages: Sequence[BaseMessage]) -> None:
        """Read what prompts will begin with, so that none of them has to; nothing where it was read."""
        one, other = (self._prompt([*messages, HumanMessage(said)]) for said in "ab")
        if len(one) < self.context:
            with self._lock:
                self._reading.ahead(one, other)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: Any = None,
        *,
        grammar: dict[str, Any] | None = None,
        sentences: int | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        prompt = self._prompt(messages)
        if len(prompt) >= self.context:
            raise CoordinatorError(
                f"{self.model_name} reads {self.context} tokens at once, not {len(prompt)}"
            )
        with self._lock:
            written, ended = self._write(prompt, grammar, sentences)
        reply = AIMessage(
            self._text(written),
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

    def _write(
        self, prompt: list[int], grammar: dict[str, Any] | None, sentences: int | None
    ) -> tuple[list[int], bool]:
        """A reply, and whether it came to its end."""
        import torch

        held = self._held(grammar)
        generator = torch.Generator()
        generator.seed() if self.seed is None else generator.manual_seed(self.seed)
        written: list[int] = []
        most = min(self.max_tokens, self.context - len(prompt))
        while len(written) < most:
            if forced := held.forced()[: most - len(written)]:
                for token in forced:
                    written.append(token)
                    if held.ended(token):
                        return written, True
                continue
            token = _drawn(held.allow(self._reading.next([*prompt, *written])), self.temperature, generator)
            written.append(token)
            if held.ended(token):
                return written, True
            kept = self._enough(written, sentences)
            if kept is not None and (closing := held.closed(len(written) - kept)) is not None:
                written, ended = [*written[:kept], *closing[0]], closing[1]
                if ended:
                    return written, True
        return written, False

    def _enough(self, written: Sequence[int], sentences: int | None) -> int | None:
        """How many tokens to keep of a reply that has said enough; None where it has not."""
        if not may_show(self._tokenizer.decode(written[-1:])):
            return None
        letters = said_enough(self._text(written), sentences)
        if letters is None:
            return None
        return next(n for n in reversed(range(len(written))) if len(self._text(written[:n])) <= letters)

    def _text(self, written: Sequence[int]) -> str:
        return self._tokenizer.decode(written, skip_special_tokens=True)

    def _held(self, grammar: dict[str, Any] | None) -> Held:
        from .transformers_grammar import ByGrammar, ByNothing

        if grammar is None:
            return ByNothing(_ends(self._model, self._tokenizer))
        return ByGrammar(self._vocabulary, grammar)


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
