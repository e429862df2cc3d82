"""What a folder of trained weights holds, and where the one that ships lies."""

from __future__ import annotations

from pathlib import Path

#: The folder of the weights that ship with the package.
DEFAULT_WEIGHTS = Path(__file__).parents[1] / "weights" / "default"
TOKENIZER_FOLDER, LLM_FOLDER, LEXICON_FILE = "tokenizer", "motion_llm", "lexicon.json"
#: What a training leaves beside them to go on from; no part of the backend.
CHECKPOINTS_FOLDER = "checkpoints"
#: Says in a config.json that the folder is a motion tokenizer.
TOKENIZER_MODEL_TYPE = "motion-tokenizer"


def files_of(folder: Path) -> list[Path]:
    """All files of a trained folder, in order of name, but those that only its training goes on from."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return sorted(file for file in files if CHECKPOINTS_FOLDER not in file.relative_to(folder).parts[:-1])
