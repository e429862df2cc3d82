"""MotionTokenizer: motion features to token ids and back.

A VQ-VAE with the statistics its features were normalised by. Statistics are part of the weights: models
normalised by other ones give noise, the best-known source of confusion with this representation.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import LongTensor, Tensor

from ..errors import CheckpointError, InvalidMotionError, InvalidRequestError
from ..motion.features import check_features
from ..motion.representation import Representation, representation_of
from ..motion.statistics import StatisticsWarning, Weighting, weighting_of
from ..storage.checkpoint_io import (
    copy_strictly,
    first_line,
    load_tensors,
    load_torch_archive,
    read_json,
    save_tensors,
)
from ..storage.layout import TOKENIZER_MODEL_TYPE
from .consistency import require_fitting_statistics
from .synthesis import closest_codes
from .vqvae import VQVAE, VQVAEConfig

CONFIG_NAME, WEIGHTS_NAME = "config.json", "model.safetensors"
#: Under this name an official file that we write also carries mean and std; other programs read "net" alone.
STATISTICS = "statistics"
#: EMA state that official checkpoints leave out and that inference never reads.
_TRAINING_STATE = ("quantizer.code_sum", "quantizer.code_count", "quantizer.initialised")


class MotionTokenizer:
    """Features (T, D), unnormalised float32 <-> ids (T // 4,), or (T // 4, levels), in [0, codebook_size).

    A tokenizer of several levels gives a code for each of `parts.BODY_PARTS`: codes of one column may be
    exchanged for those of another motion.

    D is that of the network's representation: 263 at 20 fps (HumanML3D) or 251 at 12.5 fps (KIT-ML).
    """

    def __init__(self, vqvae: VQVAE, mean: npt.ArrayLike, std: npt.ArrayLike) -> None:
        self.vqvae = vqvae.eval()
        self.representation = _representation(vqvae.config)
        device = next(vqvae.parameters()).device
        self.mean = torch.as_tensor(_check_statistics(mean, "mean", self.representation), device=device)
        self.std = torch.as_tensor(_check_statistics(std, "std", self.representation), device=device)
        if not (self.std > 0).all():
            raise CheckpointError("std must be positive in every one of its dimensions")

    @property
    def codebook_size(self) -> int:
        return self.vqvae.config.codes

    @property
    def levels(self) -> int:
        """Codes of a step: 1, or one for each body part."""
        return self.vqvae.config.levels

    @cached_property
    def fingerprint(self) -> str:
        """What tells this tokenizer from every other: a hash of its weights and statistics."""
        digest = hashlib.sha256()
        state = {**self.vqvae.state_dict(), "mean": self.mean, "std": self.std}
        for name in sorted(state):
            if name.endswith(("code_sum", "code_count", "initialised")):  # read by training alone
                continue
            values = state[name].detach().float().cpu().contiguous().numpy()
            digest.update(f"{name} {values.shape}".encode() + values.tobytes())
        return digest.hexdigest()[:12]

    @property
    def frames_per_token(self) -> int:
        return self.vqvae.config.frames_per_token

    @property
    def device(self) -> torch.device:
        return self.mean.device

    def to(self, device: str | torch.device) -> MotionTokenizer:
        return MotionTokenizer(self.vqvae.to(device), self.mean.cpu().numpy(), self.std.cpu().numpy())

    def normalise(self, features: npt.NDArray[np.float32] | Tensor) -> Tensor:
        return (torch.as_tensor(features, device=self.device) - self.mean) / self.std

    @torch.inference_mode()
    def encode(self, features: npt.NDArray[np.float32]) -> LongTensor:
        """(T, D) -> (T // 4,) or (T // 4, levels) ids on the CPU; frames at the end may fill no token.

        Raises InvalidMotionError for a wrong shape, NaN, or fewer than four frames.
        """
        codes = self.vqvae.encode(self.normalise(self._whole_steps(features)).unsqueeze(0))
        return codes[0].cpu()  # pyright: ignore[reportReturnType]

    def encode_closely(self, features: npt.NDArray[np.float32]) -> LongTensor:
        """As `encode`, with the ids that decode closest to the motion: twenty decodings with their gradients.

        For motion that is shown again. Its error is a quarter smaller, and its path strays a third as far.
        """
        usable = torch.as_tensor(self._whole_steps(features), device=self.device)
        return closest_codes(self.vqvae, self.mean, self.std, usable).cpu()  # pyright: ignore[reportReturnType]

    def _whole_steps(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The frames that fill tokens."""
        array = check_features(features, self.representation)
        usable = len(array) - len(array) % self.frames_per_token
        if usable == 0:
            raise InvalidMotionError(
                f"a motion needs at least {self.frames_per_token} frames to fill a token, got {len(array)}"
            )
        return array[:usable]

    @torch.inference_mode()
    def decode(self, tokens: LongTensor | npt.ArrayLike) -> npt.NDArray[np.float32]:
        """(N,) or (N, levels) ids -> features (4 N, D), unnormalised float32. Raises InvalidRequestError."""
        codes = self.check_tokens(tokens).to(self.device)
        decoded = self.vqvae.decode(codes.unsqueeze(0))[0].float()
        return (decoded * self.std + self.mean).cpu().numpy()

    def check_tokens(self, tokens: LongTensor | npt.ArrayLike) -> Tensor:
        """Return `tokens` as int64 in the shape `encode` gives, or raise InvalidRequestError."""
        codes = torch.as_tensor(tokens)
        if self.levels == 1 and codes.ndim == 2 and codes.shape[1] == 1:
            codes = codes[:, 0]
        fits = codes.ndim == 1 if self.levels == 1 else codes.ndim == 2 and codes.shape[1] == self.levels
        if not fits or codes.numel() == 0:
            wanted = "a non-empty list" if self.levels == 1 else f"{self.levels} codes for each step"
            raise InvalidRequestError(f"motion tokens must be {wanted}, got shape {tuple(codes.shape)}")
        if codes.is_floating_point() or codes.dtype == torch.bool:
            raise InvalidRequestError(f"motion tokens must be integers, got {codes.dtype}")
        low, high = int(codes.min()), int(codes.max())
        if low < 0 or high >= self.codebook_size:
            raise InvalidRequestError(
                f"motion tokens must lie in 0..{self.codebook_size - 1}, got {low}..{high}"
            )
        return codes.long()

    def save_pretrained(self, folder: str | Path, *, dtype: torch.dtype = torch.float32) -> None:
        """Write config.json and model.safetensors; `dtype` is that of the stored network weights."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {
            name: value.to(dtype) if name.startswith(("encoder.", "decoder.")) else value
            for name, value in self.vqvae.state_dict().items()
        }
        save_tensors({**tensors, "mean": self.mean, "std": self.std}, folder / WEIGHTS_NAME)
        config = {"model_type": TOKENIZER_MODEL_TYPE, "format_version": 1, **self.vqvae.config.to_dict()}
        (folder / CONFIG_NAME).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def from_pretrained(
        cls,
        path: str | Path,
        *,
        mean: npt.ArrayLike | str | Path | None = None,
        std: npt.ArrayLike | str | Path | None = None,
        device: str | torch.device = "cpu",
    ) -> MotionTokenizer:
        """Load our folder, or an official `vqvae.pth` ({'net': ...}).

        A published official file carries no statistics: give `mean` and `std` (arrays or .npy files), or keep
        them beside it as mean.npy/std.npy (or Mean.npy/Std.npy, or under meta/). Raises CheckpointError
        for missing, truncated or misfitting weights; a StatisticsWarning tells when the std beside an
        official file looks like the HumanML3D repository's instead of the one it was trained with.
        """
        path = Path(path)
        if path.is_dir():
            tokenizer = cls._from_folder(path, mean, std)
        elif path.is_file():
            tokenizer = cls._from_official(path, mean, std)
        else:
            raise CheckpointError(f"no motion tokenizer at {path}: give a folder or a vqvae.pth file")
        return tokenizer.to(device)

    @classmethod
    def _from_folder(cls, folder: Path, mean: object, std: object) -> MotionTokenizer:
        config = read_json(folder / CONFIG_NAME)
        if config.pop("model_type", None) != TOKENIZER_MODEL_TYPE:
            raise CheckpointError(f"{folder / CONFIG_NAME} does not describe a motion tokenizer")
        config.pop("format_version", None)
        try:
            vqvae = VQVAE(VQVAEConfig(**config))
        except (TypeError, ValueError, RuntimeError) as error:
            raise CheckpointError(f"{folder / CONFIG_NAME} does not fit this version: {error}") from error
        tensors = load_tensors(folder / WEIGHTS_NAME)
        stored_mean, stored_std = tensors.pop("mean", None), tensors.pop("std", None)
        copy_strictly(tensors, vqvae.state_dict(), folder / WEIGHTS_NAME)
        return cls(
            vqvae,
            _read_statistics(mean, stored_mean, "mean", folder),
            _read_statistics(std, stored_std, "std", folder),
        )

    @classmethod
    def _from_official(cls, path: Path, mean: object, std: object) -> MotionTokenizer:
        archive = load_torch_archive(path)
        net = archive.get("net") if isinstance(archive, dict) else None
        if not isinstance(net, dict) or not all(isinstance(value, Tensor) for value in net.values()):
            raise CheckpointError(f"{path} is no official tokenizer checkpoint: no 'net' entry with tensors")
        tensors = {name.removeprefix("vqvae."): value for name, value in net.items()}
        vqvae = VQVAE(_official_config(tensors, path))
        state = vqvae.state_dict()
        tensors |= {name: state[name] for name in _TRAINING_STATE}
        copy_strictly(tensors, vqvae.state_dict(), path)
        vqvae.quantizer.restart_averages()
        own = _own_statistics(archive)
        tokenizer = cls(
            vqvae,
            _read_statistics(mean, own.get("mean"), "mean", path.parent),
            _read_statistics(std, own.get("std"), "std", path.parent),
        )
        known = require_fitting_statistics(tokenizer, path)
        known |= "std" in own and torch.equal(own["std"], tokenizer.std)
        weighting = weighting_of(tokenizer.std.numpy(), tokenizer.representation)
        if not known and weighting is Weighting.unweighted:
            warnings.warn(
                f"the std given for {path.name} has {weighting.meaning}; T2M-GPT's and Motion-Agent's "
                f"vqvae.pth were trained with {Weighting.twice.meaning}, and give noise with any other",
                StatisticsWarning,
                stacklevel=3,
            )
        return tokenizer

    def official_state(self) -> dict[str, dict[str, Tensor]]:
        """The weights in the layout of an official vqvae.pth, for `torch.save`.

        Raises CheckpointError for several codes a step, which that layout cannot hold.
        """
        if self.levels > 1:
            raise CheckpointError(
                f"an official vqvae.pth holds one code a step, this tokenizer gives {self.levels}: "
                "keep it as a folder"
            )
        state = self.vqvae.state_dict()
        return {"net": {f"vqvae.{k}": v.cpu() for k, v in state.items() if k not in _TRAINING_STATE}}

    @torch.inference_mode()
    def decode_batch(self, motions: Sequence[LongTensor | npt.ArrayLike]) -> list[npt.NDArray[np.float32]]:
        """`decode` of several motions, those of one length in one pass; convolutions would see padding."""
        codes = [self.check_tokens(tokens) for tokens in motions]
        decoded = [np.empty(0, np.float32)] * len(codes)
        for length in {len(item) for item in codes}:
            alike = [number for number, item in enumerate(codes) if len(item) == length]
            batch = self.vqvae.decode(torch.stack([codes[n] for n in alike]).to(self.device)).float()
            for number, features in zip(alike, (batch * self.std + self.mean).cpu().numpy(), strict=True):
                decoded[number] = features
        return decoded  # pyright: ignore[reportReturnType]


def _own_statistics(archive: dict[str, object]) -> dict[str, Tensor]:
    """The mean and std that `to_official` leaves in a file, empty for published ones."""
    own = archive.get(STATISTICS)
    return own if isinstance(own, dict) and all(isinstance(part, Tensor) for part in own.values()) else {}


def _official_config(tensors: dict[str, Tensor], path: Path) -> VQVAEConfig:
    """Read the sizes off the tensors, so that reduced and KIT-ML networks load as well."""
    try:
        first, codebook = tensors["encoder.model.0.weight"], tensors["quantizer.codebook"]
    except KeyError as error:
        raise CheckpointError(f"{path} lacks {error}: it is no official tokenizer checkpoint") from error
    if first.ndim != 3 or codebook.ndim != 2:
        raise CheckpointError(f"{path} has tensors of other shapes: it is no official tokenizer checkpoint")
    blocks = sum(name.startswith("encoder.model.2.1.model.") for name in tensors) // 4
    return VQVAEConfig(
        features=first.shape[1],
        width=first.shape[0],
        code_dim=codebook.shape[1],
        codes=codebook.shape[0],
        residual_depth=blocks,
    )


def _representation(config: VQVAEConfig) -> Representation:
    try:
        return representation_of(config.features)
    except InvalidMotionError as error:
        raise CheckpointError(f"the tokenizer cannot be used: {error}") from error


def _check_statistics(
    values: npt.ArrayLike, what: str, representation: Representation
) -> npt.NDArray[np.float32]:
    array = np.asarray(values, dtype=np.float32)
    if array.shape != (representation.dim,) or not np.isfinite(array).all():
        raise CheckpointError(
            f"{what} must be {representation.dim} finite numbers ({representation.name}), "
            f"got shape {array.shape}"
        )
    return array


def _read_statistics(given: object, stored: Tensor | None, what: str, folder: Path) -> npt.ArrayLike:
    if isinstance(given, str | Path):
        return _read_array(Path(given))
    if given is not None:
        return given  # pyright: ignore[reportReturnType]
    if stored is not None:
        return stored.numpy()
    for name in (f"{what}.npy", f"{what.capitalize()}.npy", f"meta/{what}.npy"):
        if (folder / name).is_file():
            return _read_array(folder / name)
    raise CheckpointError(
        f"no {what} for the tokenizer: pass {what}=... or put {what}.npy beside the weights in {folder}. "
        "T2M-GPT and Motion-Agent publish theirs; the Std.npy of the HumanML3D repository is another one"
    )


def _read_array(path: Path) -> npt.NDArray[np.floating]:
    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise CheckpointError(f"{path} is no array of numbers ({first_line(error)}): get it again") from error
