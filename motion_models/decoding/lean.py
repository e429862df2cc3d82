"""A decoder stack of few operations for the architectures known here: Gemma 2 and Llama.

transformers' forward passes are written to be read and extended; a step of a small model spends more time
between their operations than in them. This stack takes the weights of such a decoder and computes the same:
one product for query, key and value, one for gate and up, normalisation and rotation in single operations,
rotary tables made once. Any other architecture keeps its own forward pass (`lean_decoder` gives None).

Shapes: B batch, L length, T columns of the cache, H width, D width of a head.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers.models.gemma2.modeling_gemma2 import Gemma2Model
from transformers.models.llama.modeling_llama import LlamaModel

from .items import round_up

#: One module that gives the outputs of several linear layers of the same input, one behind the other.
Joined = Callable[[Sequence[nn.Module]], nn.Module]

#: Rotary embeddings that do not change with the length of a sequence.
_FIXED_ROTATIONS = ("default", "linear", "llama3")


class Output(NamedTuple):
    """What callers read off a decoder's output."""

    last_hidden_state: Tensor


def lean_decoder(decoder: nn.Module, join: Joined) -> LeanDecoder | None:
    """The same stack with fewer operations, or None where this file does not know the architecture.

    join: makes one module of the linear layers of one input; the stack uses nothing else of them.
    """
    if type(decoder) not in (Gemma2Model, LlamaModel):
        return None
    config: Any = decoder.config
    rotation = (config.rope_parameters or {}).get("rope_type", "default")
    plain = not config.attention_bias and not getattr(config, "mlp_bias", False)
    causal = not getattr(config, "use_bidirectional_attention", None)
    if not (plain and causal and rotation in _FIXED_ROTATIONS):
        return None
    return LeanDecoder(decoder, join)


class LeanDecoder(nn.Module):
    """Called as transformers' decoders are, with inputs instead of ids."""

    def __init__(self, decoder: Any, join: Joined) -> None:
        super().__init__()
        config = decoder.config
        self.layers = nn.ModuleList(_Layer(layer, config, join) for layer in decoder.layers)
        self.norm = _Norm(decoder.norm)
        # As many as a cache of rounded size has columns: rows out of use are turned, too.
        longest = round_up(config.max_position_embeddings)
        positions = torch.arange(longest, device=decoder.norm.weight.device)
        cos, sin = decoder.rotary_emb(decoder.norm.weight, positions[None])
        half = sin.shape[-1] // 2
        self.cos, self.sin = (
            nn.Buffer(cos[0]),
            nn.Buffer(torch.cat((-sin[0, :, :half], sin[0, :, half:]), -1)),
        )

    def forward(
        self,
        inputs_embeds: Tensor,
        attention_mask: Tensor | None = None,
        position_ids: Tensor | None = None,
        past_key_values: Any = None,
        use_cache: bool = False,
    ) -> Output:
        """inputs_embeds (B, L, H); attention_mask: a bias (B, 1, L, T), None: causal, without a cache."""
        length = inputs_embeds.shape[1]
        if position_ids is None:
            position_ids = torch.arange(length, device=inputs_embeds.device)[None]
        # One axis for the heads, which all turn alike.
        turn = self.cos[position_ids][:, :, None], self.sin[position_ids][:, :, None]
        hidden = inputs_embeds
        for number, layer in enumerate(self.layers):
            hidden = layer(hidden, attention_mask, turn, past_key_values if use_cache else None, number)
        return Output(self.norm(hidden))


class _Layer(nn.Module):
    """Attention and feed-forward, each added to what came in; Gemma 2 normalises before and after both."""

    def __init__(self, layer: Any, config: Any, join: Joined) -> None:
        super().__init__()
        attention, mlp = layer.self_attn, layer.mlp
        self.head_dim, self.scale = attention.head_dim, attention.scaling
        self.heads, self.groups = config.num_attention_heads, config.num_key_value_heads
        self.softcap: float | None = getattr(config, "attn_logit_softcapping", None)
        self.project = join([attention.q_proj, attention.k_proj, attention.v_proj])
        self.gather = join([attention.o_proj])
        self.widen, self.narrow = join([mlp.gate_proj, mlp.up_proj]), join([mlp.down_proj])
        self.act = mlp.act_fn
        four = hasattr(layer, "pre_feedforward_layernorm")
        self.before = _Norm(layer.input_layernorm)
        self.after = _Norm(layer.post_attention_layernorm) if four else nn.Identity()
        self.before_wide = _Norm(layer.pre_feedforward_layernorm if four else layer.post_attention_layernorm)
        self.after_wide = _Norm(layer.post_feedforward_layernorm) if four else nn.Identity()

    def forward(
        self, hidden: Tensor, mask: Tensor | None, turn: tuple[Tensor, Tensor], cache: Any, number: int
    ) -> Tensor:
        hidden = hidden + self.after(self._attend(self.before(hidden), mask, turn, cache, number))
        gate, up = self.widen(self.before_wide(hidden)).chunk(2, dim=-1)
        return hidden + self.after_wide(self.narrow(self.act(gate) * up))

    def _attend(
        self, x: Tensor, mask: Tensor | None, turn: tuple[Tensor, Tensor], cache: Any, number: int
    ) -> Tensor:
        heads = self.project(x).unflatten(-1, (-1, self.head_dim))
        turned, values = heads[:, :, : -self.groups], heads[:, :, -self.groups :].transpose(1, 2)
        cos, sin = turn
        turned = torch.addcmul(turned * cos, turned.roll(self.head_dim // 2, -1), sin).transpose(1, 2)
        queries, keys = turned[:, : self.heads], turned[:, self.heads :]
        if cache is not None:
            keys, values = cache.update(keys, values, number)
        if self.softcap is None and self.heads == self.groups:
            seen = functional.scaled_dot_product_attention(
                queries, keys, values, attn_mask=mask, is_causal=mask is None, scale=self.scale
            )
        else:
            seen = self._shared_attention(queries, keys, values, mask)
        return self.gather(seen.transpose(1, 2).flatten(2))

    def _shared_attention(self, queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None) -> Tensor:
        """Queries (B, heads, L, D) over keys and values (B, groups, T, D), which are not repeated for it."""
        length, shares = queries.shape[2], self.heads // self.groups
        stacked = queries.unflatten(1, (self.groups, shares)).flatten(2, 3)  # (B, groups, shares * L, D)
        logits = torch.matmul(stacked, keys.transpose(2, 3)) * self.scale
        if self.softcap is not None:
            logits = torch.tanh(logits / self.softcap) * self.softcap
        unseen = torch.finfo(logits.dtype).min
        bias = logits.new_full((1, 1, length, length), unseen).triu(1) if mask is None else mask
        logits = logits + bias.repeat(1, 1, shares, 1)
        seen = torch.matmul(logits.softmax(-1, dtype=torch.float32).to(queries.dtype), values)
        return seen.unflatten(2, (shares, length)).flatten(1, 2)


class _Norm(nn.Module):
    """Root mean square normalisation; Gemma stores its weights less one.

    beyond_one: in half precision they stay so, as one more would cost them most of their digits.
    """

    def __init__(self, norm: Any) -> None:
        super().__init__()
        gemma = type(norm).__name__.startswith("Gemma")
        stored = norm.weight.detach()
        self.eps: float = norm.eps if gemma else norm.variance_epsilon
        self.beyond_one = gemma and stored.dtype != torch.float32
        self.weight = nn.Buffer(1.0 + stored if gemma and not self.beyond_one else stored)

    def forward(self, x: Tensor) -> Tensor:
        if self.beyond_one:
            plain = functional.rms_norm(x, x.shape[-1:], None, self.eps)
            return torch.addcmul(plain, plain, self.weight)
        return functional.rms_norm(x, x.shape[-1:], self.weight, self.eps)


class Product(nn.Module):
    """x (..., in) times a matrix that lies as products read it fastest: (in, out) on a CPU."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        matrix = weight.detach().t()
        self.matrix = nn.Buffer(matrix.contiguous() if matrix.device.type == "cpu" else matrix)

    def forward(self, x: Tensor) -> Tensor:
        return torch.matmul(x, self.matrix)


class ParallelLinears(nn.Module):
    """Several linear layers of one input, each left as it is."""

    def __init__(self, layers: Sequence[nn.Module]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x: Tensor) -> Tensor:
        if len(self.layers) == 1:
            return self.layers[0](x)
        return torch.cat([layer(x) for layer in self.layers], dim=-1)
