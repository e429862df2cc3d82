"""Settings of MotionLLM: how a checkpoint generates, and the shapes of backbones, without any weights."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Real
from types import MappingProxyType

from transformers import Gemma2Config, LlamaConfig

from ..decoding.decoding import Sampling
from ..errors import InvalidRequestError
from ..motion.features import SECONDS_PER_TOKEN


@dataclass(frozen=True)
class GenerationDefaults:
    """What a checkpoint uses where a call says nothing.

    max_seconds: where generation stops by itself when no duration is asked for. longest_seconds: the longest
    duration that may be asked for. caption_tokens: words of a caption, at most. candidates: motions a backend
    makes to keep the best of. min_seconds: before this generation does not stop by itself. weak_below: a
    motion whose caption is less likely than this (mean log p of a token) hardly shows it; None: unknown.
    seconds_per_token: of the motion tokenizer the model was trained with; 0.32 for KIT-ML.
    """

    sampling: Sampling = field(default_factory=Sampling)
    max_seconds: float = 10.0
    longest_seconds: float = 120.0
    caption_tokens: int = 64
    candidates: int = 1
    min_seconds: float = SECONDS_PER_TOKEN
    weak_below: float | None = None
    seconds_per_token: float = SECONDS_PER_TOKEN

    def __post_init__(self) -> None:
        if not 0.0 < self.seconds_per_token < 10.0:
            raise InvalidRequestError(f"a motion token cannot stand for {self.seconds_per_token} seconds")

    def tokens_for(self, seconds: float) -> int:
        """Motion tokens of a duration, at least one. Raises InvalidRequestError on absurd values."""
        if isinstance(seconds, bool) or not isinstance(seconds, Real):
            raise InvalidRequestError(f"seconds must be a number, got {seconds!r}")
        if not 0.0 < seconds <= self.longest_seconds:
            raise InvalidRequestError(
                f"seconds must be more than 0 and at most {self.longest_seconds:g}, got {seconds:g}"
            )
        return max(1, round(seconds / self.seconds_per_token))


def compact_config(
    text_vocab: int,
    *,
    width: int = 256,
    layers: int = 4,
    heads: int = 4,
    context: int = 1024,
) -> Gemma2Config:
    """A small Gemma 2: about 2.7 M parameters at 4 x 192, 4.6 M at 4 x 256, 6.7 M at 6 x 256.

    Its sliding window covers the whole context and logits are not capped, which at this size only costs time.
    """
    return Gemma2Config(
        vocab_size=text_vocab,
        hidden_size=width,
        intermediate_size=4 * width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        head_dim=width // heads,
        query_pre_attn_scalar=width // heads,
        max_position_embeddings=context,
        sliding_window=context,
        attn_logit_softcapping=None,
        final_logit_softcapping=None,
        attention_dropout=0.0,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )


def gemma2_2b_config() -> Gemma2Config:
    """The backbone of the paper, Gemma 2 2B, as its published config states it."""
    return _gemma2(hidden_size=2304, intermediate_size=9216, num_hidden_layers=26, heads=8, key_value_heads=4)


def gemma2_9b_config() -> Gemma2Config:
    """Gemma 2 9B as its published config states it."""
    return _gemma2(
        hidden_size=3584, intermediate_size=14336, num_hidden_layers=42, heads=16, key_value_heads=8
    )


def _gemma2(*, heads: int, key_value_heads: int, **sizes: int) -> Gemma2Config:
    """What the published Gemma 2 models have in common, and their sizes."""
    return Gemma2Config(
        vocab_size=256_000,
        num_attention_heads=heads,
        num_key_value_heads=key_value_heads,
        head_dim=256,
        query_pre_attn_scalar=256,
        max_position_embeddings=8192,
        sliding_window=4096,
        attn_logit_softcapping=50.0,
        final_logit_softcapping=30.0,
        **sizes,  # type: ignore[arg-type]
    )


def llama3_8b_config() -> LlamaConfig:
    """Llama 3 8B as its published config states it."""
    return LlamaConfig(
        vocab_size=128_256,
        hidden_size=4096,
        intermediate_size=14336,
        num_hidden_layers=32,
        num_attention_heads=32,
        num_key_value_heads=8,
        max_position_embeddings=8192,
        rms_norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": 500_000.0},
        tie_word_embeddings=False,
    )


#: By the names of their hub pages.
PUBLISHED_CONFIGS = MappingProxyType(
    {
        "google/gemma-2-2b-it": gemma2_2b_config,
        "google/gemma-2-9b-it": gemma2_9b_config,
        "meta-llama/Meta-Llama-3-8B-Instruct": llama3_8b_config,
    }
)
