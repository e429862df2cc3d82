"""The three networks of the HumanML3D evaluator (Guo et al., "Generating Diverse and Natural 3D Human Motions
from Text", CVPR 2022). Names of modules follow the published checkpoint, so that its state loads as it is.

Shapes: B batch, L words or frames, E width of the common space.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

#: Four foot contacts at the end of the features are not shown to the evaluator.
HIDDEN_FEATURES = 4
#: Movements are four frames: two convolutions of stride 2.
FRAMES_PER_MOVEMENT = 4


@dataclass(frozen=True)
class EvaluatorConfig:
    """Sizes of the networks; the defaults are the published ones for HumanML3D.

    features: width of the motion representation, contacts included. text_width, motion_width: hidden states
    of the recurrent networks. embedding: width of the common space. tags: kinds of words.
    """

    features: int = 263
    word_width: int = 300
    tags: int = 15
    text_width: int = 512
    movement_width: int = 512
    motion_width: int = 1024
    embedding: int = 512
    max_words: int = 20
    max_frames: int = 196

    def to_dict(self) -> dict[str, int]:
        return asdict(self)


class MovementEncoder(nn.Module):
    """Normalised features without contacts (B, L, features - 4) -> movements (B, L // 4, width)."""

    def __init__(self, config: EvaluatorConfig) -> None:
        super().__init__()
        width = config.movement_width
        self.main = nn.Sequential(
            nn.Conv1d(config.features - HIDDEN_FEATURES, width, 4, stride=2, padding=1),
            nn.Dropout(0.2),
            nn.LeakyReLU(0.2),
            nn.Conv1d(width, width, 4, stride=2, padding=1),
            nn.Dropout(0.2),
            nn.LeakyReLU(0.2),
        )
        self.out_net = nn.Linear(width, width)

    def forward(self, features: Tensor) -> Tensor:
        return self.out_net(self.main(features.transpose(1, 2)).transpose(1, 2))


class _SequenceEncoder(nn.Module):
    """A bidirectional GRU with a learnt start, and two layers over its last states: (B, L, in) -> (B, E)."""

    def __init__(self, inputs: int, hidden: int, embedding: int) -> None:
        super().__init__()
        self.input_emb = nn.Linear(inputs, hidden)
        self.gru = nn.GRU(hidden, hidden, batch_first=True, bidirectional=True)
        self.output_net = nn.Sequential(
            nn.Linear(2 * hidden, hidden),
            nn.LayerNorm(hidden),
            nn.LeakyReLU(0.2),
            nn.Linear(hidden, embedding),
        )
        self.hidden = nn.Parameter(torch.randn(2, 1, hidden))

    def encode(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(
            self.input_emb(inputs), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        _, last = self.gru(packed, self.hidden.expand(-1, len(inputs), -1).contiguous())
        return self.output_net(torch.cat((last[0], last[1]), dim=-1))


class MotionEncoder(_SequenceEncoder):
    """Movements (B, L, width) and how many of them count (B,) -> (B, E)."""

    def __init__(self, config: EvaluatorConfig) -> None:
        super().__init__(config.movement_width, config.motion_width, config.embedding)

    def forward(self, movements: Tensor, lengths: Tensor) -> Tensor:
        return self.encode(movements, lengths)


class TextEncoder(_SequenceEncoder):
    """Word vectors (B, L, word_width), their tags one-hot (B, L, tags), lengths (B,) -> (B, E)."""

    def __init__(self, config: EvaluatorConfig) -> None:
        super().__init__(config.word_width, config.text_width, config.embedding)
        self.pos_emb = nn.Linear(config.tags, config.word_width)

    def forward(self, words: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        return self.encode(words + self.pos_emb(tags), lengths)
