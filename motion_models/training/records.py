"""What the checkpoints of a training were made by, so that none goes on from, or passes for, another."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..errors import InvalidRequestError
from .processes import barrier, is_main, processes
from .recipe import Recipe

_RECIPE_FILE = "recipe.json"


def last_checkpoint(folder: Path) -> str | None:
    """The latest checkpoint that was written to its end: the Trainer writes its state last."""
    found = [path.parent for path in folder.glob("checkpoint-*/trainer_state.json")]
    return str(max(found, key=lambda path: int(path.name.rpartition("-")[2]))) if found else None


def require_same_training(folder: Path, recipe: Recipe, items: int, data: str) -> None:
    """Raise InvalidRequestError where the checkpoints of a folder are of another recipe or of other data.

    items: sequences of one pass over the data. data: a name for what they are made of, "" for none. A folder
    without checkpoints tells nothing.
    """
    file = folder / _RECIPE_FILE
    if not file.is_file() or last_checkpoint(folder) is None:
        return
    ours, theirs = _settings(recipe, items, data), json.loads(file.read_text("utf-8"))
    differing = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
    if differing:
        name = differing[0]
        made = "of other data" if name == "data" else f"with {name} {theirs.get(name)}, not {ours.get(name)}"
        raise InvalidRequestError(
            f"the checkpoints in {folder} were made {made}: train as they were made, or choose another --out"
        )


def claim(folder: Path, recipe: Recipe, items: int, data: str) -> None:
    """Write down what the checkpoints of a folder are made by; refuse to go on with those made otherwise."""
    require_same_training(folder, recipe, items, data)
    # All have read before one writes.
    barrier()
    if is_main():
        folder.mkdir(parents=True, exist_ok=True)
        settings = json.dumps(_settings(recipe, items, data), indent=2)
        (folder / _RECIPE_FILE).write_text(settings + "\n", encoding="utf-8")


def _settings(recipe: Recipe, items: int, data: str) -> dict[str, Any]:
    """What a step sees counts, not how it is shared out; when it is saved does not."""
    steps = recipe.steps_over(items, processes())
    settings = json.loads(json.dumps(asdict(recipe) | {"steps": steps, "epochs": None}))
    settings["accumulation"] *= processes()
    del settings["save_steps"]
    return settings | ({"data": data} if data else {})
