"""Files of MotionLLM: our folder of safetensors, and Motion-Agent's official `motionllm.pth`.

Our folder::

    config.json            version, template, vocabulary sizes, adapters, generation defaults, backbone
    adapters.safetensors   LoRA matrices of all adapters and the motion rows, in the official key layout
    backbone/              config.json, the tokenizer's files, model.safetensors (half precision), or
                           nothing where config.json names a hub model

Loads are strict: a missing key, a wrong shape or another vocabulary is an error that says what to do.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import Tensor
from transformers import PreTrainedModel

from ..decoding.decoding import Sampling
from ..errors import CheckpointError, InvalidRequestError
from ..storage.checkpoint_io import copy_strictly, load_tensors, load_torch_archive, read_json, save_tensors
from ..storage.layout import LLM_FOLDER, TOKENIZER_MODEL_TYPE
from .adapters import ADAPTER_OF_TASK, AdapterSpec
from .backbones import WEIGHTS, backbone_state, load_backbone_model, load_carried, reference_to
from .llm_config import GenerationDefaults
from .motion_llm import MotionLLM

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from .network import AdapterPolicy

VERSION = 1
CONFIG, ADAPTERS, BACKBONE = "config.json", "adapters.safetensors", "backbone"
OFFICIAL = "motionllm.pth"
_ROWS, _HEAD_ROWS = "embeddings", "lm_head"
#: Under this name stands, in our folders only, what draws the further codes of a step.
_DEPTH = "depth"
#: How peft names what an adapter holds besides LoRA matrices of linear layers.
_OWN_ROWS = ("trainable_tokens_delta", "modules_to_save", "lora_embedding_")


def load_motion_llm(
    path: Path,
    backbone: str | Path | None = None,
    policy: AdapterPolicy | None = None,
    *,
    dtype: torch.dtype = torch.float32,
) -> MotionLLM:
    """Load our folder, a backend's folder that holds one, or an official file (or the folder that holds
    one). dtype: see `load_backbone_model`. Raises CheckpointError."""
    if (path / LLM_FOLDER / CONFIG).is_file():
        path = path / LLM_FOLDER
    if (path / CONFIG).is_file():
        return _load_folder(path, backbone, policy, dtype)
    official = path / OFFICIAL if path.is_dir() else path
    if official.is_file():
        return load_official(official, backbone, policy, dtype=dtype)
    raise CheckpointError(f"{path} is neither a MotionLLM folder (no {CONFIG}) nor a {OFFICIAL} file")


def save_motion_llm(model: MotionLLM, path: Path) -> None:
    """Write our folder; existing files of the same names are replaced."""
    (path / BACKBONE).mkdir(parents=True, exist_ok=True)
    network = model.network
    if model.backbone_reference is None:
        network.plain_backbone.config.save_pretrained(path / BACKBONE)
        model.tokenizer.save_pretrained(path / BACKBONE)
        save_tensors(_halves(backbone_state(network.plain_backbone)), path / BACKBONE / WEIGHTS)
    save_tensors(_halves(_adapter_state(model)), path / ADAPTERS)
    config = {
        "version": VERSION,
        "template": model.renderer.template.name,
        "text_size": model.vocabulary.text_size,
        "codebook_size": model.vocabulary.codebook_size,
        **({"levels": model.vocabulary.levels} if model.vocabulary.levels > 1 else {}),
        "adapters": {name: asdict(spec) for name, spec in network.adapters.items()},
        "generation": asdict(model.defaults),
        "backbone": model.backbone_reference,
    }
    (path / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def _load_folder(
    path: Path, backbone: str | Path | None, policy: AdapterPolicy | None, dtype: torch.dtype
) -> MotionLLM:
    config = _read_config(path / CONFIG)
    source = backbone or config["backbone"]
    if source is None:
        plain, tokenizer = load_carried(path / BACKBONE, dtype)
    else:
        plain, tokenizer = load_backbone_model(source, dtype)
    if len(tokenizer) != config["text_size"]:
        raise CheckpointError(
            f"{path} was made for a text vocabulary of {config['text_size']} tokens, the backbone's "
            f"tokenizer has {len(tokenizer)}: give the backbone it was trained on"
        )
    model = _assemble(
        plain,
        tokenizer,
        config["template"],
        _adapter_specs(config["adapters"]),
        codebook_size=config["codebook_size"],
        levels=config.get("levels", 1),
        defaults=_defaults(config["generation"]),
        policy=policy,
    )
    model.backbone_reference = None if source is None else reference_to(source)
    _load_adapter_state(model, load_tensors(path / ADAPTERS), path / ADAPTERS)
    return model


def _read_config(path: Path) -> dict[str, Any]:
    config = read_json(path)
    if "version" not in config:
        raise CheckpointError(
            f"{path.parent} is {_other_kind(config)}, not a MotionLLM: give a backend's folder, which "
            f"has one in {LLM_FOLDER}/"
        )
    if config["version"] != VERSION:
        raise CheckpointError(f"{path} is not a MotionLLM config of version {VERSION}: update motion-agent")
    keys = {"template", "text_size", "codebook_size", "adapters", "generation", "backbone"}
    if missing := keys - config.keys():
        raise CheckpointError(f"{path} lacks {', '.join(sorted(missing))}: get the checkpoint again")
    return config


def _other_kind(config: dict[str, Any]) -> str:
    if config.get("model_type") == TOKENIZER_MODEL_TYPE:
        return "a motion tokenizer"
    return "a plain transformers model" if "model_type" in config else "no checkpoint we know"


def _defaults(fields: dict[str, Any]) -> GenerationDefaults:
    try:
        return GenerationDefaults(**{**fields, "sampling": Sampling(**fields["sampling"])})
    except (KeyError, TypeError, InvalidRequestError) as error:
        raise CheckpointError(f"the generation defaults of {CONFIG} are not valid: {error}") from error


def _adapter_specs(fields: dict[str, Any]) -> dict[str, AdapterSpec]:
    try:
        specs = {name: AdapterSpec(**spec) for name, spec in fields.items()}
    except (AttributeError, TypeError) as error:
        raise CheckpointError(f"the adapters of {CONFIG} are not valid: {error}") from error
    if strange := sorted(specs.keys() - set(ADAPTER_OF_TASK.values())):
        raise CheckpointError(f"{CONFIG} names adapters that no task has: {', '.join(strange)}")
    return specs


def _halves(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """As they are stored: bfloat16 tensors stay, float32 becomes float16."""
    return {
        name: tensor.half() if tensor.dtype == torch.float32 else tensor for name, tensor in state.items()
    }


def _assemble(
    backbone: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    template: str,
    adapters: dict[str, AdapterSpec],
    **settings: Any,
) -> MotionLLM:
    try:
        model = MotionLLM(backbone, tokenizer, template=template, **settings)
        return model.add_adapters(adapters) if adapters else model
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"the checkpoint does not fit its backbone: {error}") from error


# ---------------------------------------------------------------------- adapters and motion rows


def _adapter_state(model: MotionLLM) -> dict[str, Tensor]:
    """LoRA matrices and motion rows under the names of the official file."""
    network = model.network
    state = {name: p for name, p in network.backbone.state_dict().items() if ".lora_" in name}
    state[_ROWS] = network.rows.embedding.detach()
    # The official file always carries the head rows, a copy where they are tied.
    state[_HEAD_ROWS] = network.rows.head_weight.detach()
    if network.depth is not None:
        state |= {f"{_DEPTH}.{name}": tensor for name, tensor in network.depth.state_dict().items()}
    return state


def _load_adapter_state(model: MotionLLM, loaded: dict[str, Tensor], source: Path) -> None:
    copy_strictly(loaded, _adapter_state(model), source)
    rows = model.network.rows
    if rows.head is None and not torch.equal(loaded[_ROWS], loaded[_HEAD_ROWS]):
        raise CheckpointError(
            f"{source} has head rows of its own, the backbone ties them: give another backbone"
        )


def load_official(
    path: Path,
    backbone: str | Path | None,
    policy: AdapterPolicy | None = None,
    *,
    dtype: torch.dtype | Literal["auto"] = torch.float32,
) -> MotionLLM:
    """Load a `motionllm.pth` over a backbone; the prompts are the paper's.

    backbone: folder or hub name; None: the folder `backbone` beside the file. dtype: see
    `load_backbone_model`. Raises CheckpointError.
    """
    if backbone is None:
        backbone = path.parent / BACKBONE
        if not backbone.is_dir():
            raise CheckpointError(f"{path} holds adapters only: name its backbone, e.g. google/gemma-2-2b-it")
    state = load_torch_archive(path)
    if not is_official_state(state):
        raise CheckpointError(f"{path} is not a MotionLLM checkpoint: no '{_ROWS}' and '{_HEAD_ROWS}' in it")
    specs = {
        name.split(".lora_A.")[1].removesuffix(".weight"): AdapterSpec(rank=len(tensor))
        for name, tensor in state.items()
        if ".lora_A." in name
    }
    if missing := sorted(set(ADAPTER_OF_TASK.values()) - specs.keys()):
        raise CheckpointError(f"{path} lacks the adapter {missing[0]}: get the checkpoint again")
    plain, tokenizer = load_backbone_model(backbone, dtype)
    model = _assemble(plain, tokenizer, "alpaca", specs, codebook_size=len(state[_ROWS]) - 2, policy=policy)
    model.backbone_reference = reference_to(backbone)
    _load_adapter_state(model, state, path)
    return model


def is_official_state(state: object) -> bool:
    """Whether this is what a `motionllm.pth` holds: tensors only, motion rows among them."""
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        return False
    return _ROWS in state and _HEAD_ROWS in state and state[_ROWS].ndim == 2


def save_official(model: MotionLLM, path: Path) -> None:
    """Write adapters and motion rows as Motion-Agent's `motionllm.pth` (flat dict, float32)."""
    if model.vocabulary.levels > 1:
        raise CheckpointError(
            f"the official layout holds one code a step, this model writes {model.vocabulary.levels}: keep "
            "its folder"
        )
    if set(model.network.adapters) != {"t2m", "m2t"}:
        raise CheckpointError("the official layout needs the adapters 't2m' and 'm2t'")
    own = [name for name in model.network.backbone.state_dict() if any(part in name for part in _OWN_ROWS)]
    if own:
        raise CheckpointError(
            f"an adapter has motion rows of its own ({own[0]}), the official layout holds one array for "
            "both: train with shared rows"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({name: tensor.float().cpu().clone() for name, tensor in _adapter_state(model).items()}, path)
