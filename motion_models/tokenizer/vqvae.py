"""The motion VQ-VAE: 1-D convolutions over frames, four frames a token.

Architecture of T2M-GPT (Zhang et al., CVPR 2023), which Motion-Agent trains unchanged: module names follow
the published checkpoints, so an official state dict loads after the prefix 'vqvae.' is taken off.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..motion.representation import HUMANML3D, representation_of
from .parts import BODY_PARTS, PartSelection
from .quantizer import EMAQuantizer, PartQuantizer, Quantized


@dataclass(frozen=True)
class VQVAEConfig:
    """Sizes of a motion VQ-VAE; the defaults are the paper's (19.4 M parameters).

    features: 263 for HumanML3D, 251 for KIT-ML. by_parts: a code for each of `parts.BODY_PARTS` instead of
    one for the whole body.
    """

    features: int = HUMANML3D.dim
    width: int = 512
    code_dim: int = 512
    codes: int = 512
    down_layers: int = 2  # each halves the frame rate: 2 ** 2 = 4 frames a token
    residual_depth: int = 3
    dilation_growth: int = 3
    by_parts: bool = False

    @property
    def levels(self) -> int:
        """Codes of a step."""
        return len(BODY_PARTS) if self.by_parts else 1

    @property
    def frames_per_token(self) -> int:
        return 2**self.down_layers

    def to_dict(self) -> dict[str, int]:
        """The fields; `by_parts` only where it is set, so that other folders stay what they were."""
        fields = asdict(self)
        if not self.by_parts:
            del fields["by_parts"]
        return fields


class ResidualBlock(nn.Module):
    """x + conv1x1(relu(dilated conv3(relu(x))))."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)
        self.conv2 = nn.Conv1d(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(functional.relu(self.conv1(functional.relu(x))))


class ResidualStack(nn.Module):
    """Residual blocks with falling dilation: 9, 3, 1 for depth 3."""

    def __init__(self, config: VQVAEConfig) -> None:
        super().__init__()
        dilations = [config.dilation_growth**level for level in reversed(range(config.residual_depth))]
        self.model = nn.Sequential(*(ResidualBlock(config.width, dilation) for dilation in dilations))

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


class Encoder(nn.Module):
    """(B, D, T) -> (B, code_dim, T / 4)."""

    def __init__(self, config: VQVAEConfig) -> None:
        super().__init__()
        width = config.width
        downs = [
            nn.Sequential(nn.Conv1d(width, width, 4, stride=2, padding=1), ResidualStack(config))
            for _ in range(config.down_layers)
        ]
        self.model = nn.Sequential(
            nn.Conv1d(config.features, width, 3, padding=1),
            nn.ReLU(),
            *downs,
            nn.Conv1d(width, config.code_dim, 3, padding=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


class PartEncoder(nn.Module):
    """(B, D, T) -> (B, parts * code_dim, T / 4), the parts in the order of `BODY_PARTS`."""

    def __init__(self, config: VQVAEConfig) -> None:
        super().__init__()
        self.selections = nn.ModuleList(PartSelection(part) for part in BODY_PARTS)
        self.networks = nn.ModuleDict()
        for part, selected in zip(BODY_PARTS, self.selections, strict=True):
            width = round(config.width * part.width)
            sizes = replace(config, features=selected.channels, width=width)
            if part.network not in self.networks:
                self.networks[part.network] = Encoder(sizes)

    def forward(self, x: Tensor) -> Tensor:
        selected = [select(x) for select in self.selections]
        return torch.cat(
            [self.networks[part.network](own) for part, own in zip(BODY_PARTS, selected, strict=True)], dim=1
        )


class Decoder(nn.Module):
    """(B, levels * code_dim, N) -> (B, D, 4 N)."""

    def __init__(self, config: VQVAEConfig) -> None:
        super().__init__()
        width = config.width
        ups = [
            nn.Sequential(
                ResidualStack(config),
                nn.Upsample(scale_factor=2, mode="nearest"),
                nn.Conv1d(width, width, 3, padding=1),
            )
            for _ in range(config.down_layers)
        ]
        self.model = nn.Sequential(
            nn.Conv1d(config.levels * config.code_dim, width, 3, padding=1),
            nn.ReLU(),
            *ups,
            nn.Conv1d(width, width, 3, padding=1),
            nn.ReLU(),
            nn.Conv1d(width, config.features, 3, padding=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


class VQVAE(nn.Module):
    """Encoder, quantizer and decoder over normalised features (B, T, D), T a multiple of 4."""

    def __init__(self, config: VQVAEConfig | None = None) -> None:
        super().__init__()
        self.config = config or VQVAEConfig()
        self.encoder = PartEncoder(self.config) if self.config.by_parts else Encoder(self.config)
        self.decoder = Decoder(self.config)
        quantizer = PartQuantizer if self.config.by_parts else EMAQuantizer
        self.quantizer = quantizer(self.config.codes, self.config.code_dim)

    def encode(self, features: Tensor) -> Tensor:
        """Normalised features (B, T, D) -> codes (B, T / 4), or (B, T / 4, levels) for parts."""
        return self.quantizer.nearest(self.embed(features))

    def decode(self, codes: Tensor) -> Tensor:
        """Codes, shaped as `encode` gives them for N steps -> normalised features (B, 4 N, D)."""
        return self.render(self.quantizer.lookup(codes))

    def forward(self, features: Tensor) -> tuple[Tensor, Quantized]:
        """Reconstruction (B, T, D) and what the quantizer did on the way."""
        quantized = self.quantizer(self.embed(features))
        return self.render(quantized.vectors), quantized

    def embed(self, features: Tensor) -> Tensor:
        """Normalised features (B, T, D) -> vectors (B, T / 4, levels * code_dim), not yet quantized."""
        return self.encoder(features.transpose(1, 2)).transpose(1, 2)

    def render(self, vectors: Tensor) -> Tensor:
        """Vectors (B, N, levels * code_dim), of codes or between them -> normalised features (B, 4 N, D)."""
        return self.decoder(vectors.transpose(1, 2)).transpose(1, 2)


def count_parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def recover_positions(features: Tensor) -> Tensor:
    """Differentiable joint positions (B, T, J, 3) from unnormalised features (B, T, D).

    The torch counterpart of `features.recover_joints`, for losses.
    """
    shifted = functional.pad(features[:, :-1], (0, 0, 1, 0))
    yaw = -2 * shifted[..., 0].cumsum(1)
    cos, sin = yaw.cos(), yaw.sin()
    step_x, step_z = shifted[..., 1], shifted[..., 2]
    root_x = (cos * step_x + sin * step_z).cumsum(1)
    root_z = (cos * step_z - sin * step_x).cumsum(1)
    layout = representation_of(features.shape[-1])
    local = features[..., layout.local_positions].unflatten(-1, (layout.joints - 1, 3))
    cos, sin = cos.unsqueeze(-1), sin.unsqueeze(-1)
    x = cos * local[..., 0] + sin * local[..., 2] + root_x.unsqueeze(-1)
    z = cos * local[..., 2] - sin * local[..., 0] + root_z.unsqueeze(-1)
    joints = torch.stack([x, local[..., 1], z], dim=-1)
    root = torch.stack([root_x, features[..., 3], root_z], dim=-1)
    return torch.cat([root.unsqueeze(2), joints], dim=2)
