"""Backbones of MotionLLM: any causal LM of a hub or a folder, or one that a checkpoint carries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import torch
from safetensors import SafetensorError
from torch import Tensor
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

from ..errors import CheckpointError, HubError
from ..storage.checkpoint_io import copy_strictly, first_line, load_tensors
from ..storage.hub import must_be_fetched
from .rows import is_tied

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

WEIGHTS = "model.safetensors"


def reference_to(backbone: str | Path) -> str:
    """How a checkpoint names a backbone that it does not carry; folders are found from anywhere."""
    return str(Path(backbone).absolute()) if Path(backbone).is_dir() else str(backbone)


def default_device() -> str:
    """A GPU where there is one."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def dtype_for(device: str | torch.device) -> torch.dtype:
    """What the weights of a backbone are held in: bfloat16 on a GPU."""
    return torch.bfloat16 if torch.device(device).type == "cuda" else torch.float32


def load_backbone_model(
    source: str | Path, dtype: torch.dtype | Literal["auto"] = torch.float32
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Any causal LM with its text tokenizer, from a folder or by hub name, on the CPU.

    dtype: of its weights in memory; "auto": the one they are stored in. Raises CheckpointError, for a name
    that is out of reach at once: transformers would try for a minute.
    """
    if not Path(source).is_dir():
        try:
            must_be_fetched(str(source))
        except HubError as error:
            raise CheckpointError(
                f"backbone {source}: there is no such folder, and {error}: give the folder of a transformers "
                "causal LM with its tokenizer"
            ) from error
    try:
        tokenizer = AutoTokenizer.from_pretrained(source)
        options: dict[str, Any] = {"dtype": dtype, "output_loading_info": True}
        backbone, found = cast("Any", AutoModelForCausalLM.from_pretrained(source, **options))
    except (OSError, ValueError, SafetensorError) as error:
        raise CheckpointError(
            f"backbone {source} cannot be loaded: give a folder with a transformers causal LM and its "
            f"tokenizer, or a hub name you have access to ({first_line(error)})"
        ) from error
    # transformers makes up what is missing, and says so in a log.
    if missing := sorted(found["missing_keys"]):
        raise CheckpointError(
            f"backbone {source} lacks {len(missing)} tensors, e.g. {missing[0]}: get it again"
        )
    return backbone, tokenizer


def load_carried(path: Path, dtype: torch.dtype) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    # Without these files transformers would make up an empty tokenizer.
    if not any(path.glob("tokenizer*")):
        raise CheckpointError(f"{path} is not a complete backbone: its tokenizer is missing, get it again")
    try:
        tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
        config = AutoConfig.from_pretrained(path, local_files_only=True)
        state = load_tensors(path / WEIGHTS)
        # Small networks trained in float32 are stored in float16 and unfold again.
        held = dtype if all(tensor.dtype == torch.bfloat16 for tensor in state.values()) else torch.float32
        backbone = AutoModelForCausalLM.from_config(config, dtype=held)
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} is not a complete backbone: {first_line(error)}") from error
    copy_strictly(state, backbone_state(backbone), path / WEIGHTS)
    return backbone, tokenizer


def backbone_state(backbone: PreTrainedModel) -> dict[str, Tensor]:
    """The backbone's own weights by their plain names, whether or not adapters are attached."""
    tied = is_tied(backbone)
    state = {}
    for name, tensor in backbone.state_dict().items():
        if ".lora_" in name or (tied and name == "lm_head.weight"):
            continue
        state[name.replace(".base_layer.", ".")] = tensor
    return state
