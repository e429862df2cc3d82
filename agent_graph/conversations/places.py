"""The `memory` setting: the places it can name, and the file it names."""

from __future__ import annotations

from pathlib import Path

from ..config import AgentConfig
from ..errors import ConfigError
from .boundary import label, storage_error

IN_PROCESS, SQLITE, POSTGRES = "memory", "sqlite:", ("postgresql://", "postgres://")
#: Seconds to wait for a file or a thread another process is writing to, or for a server to answer.
PATIENCE = 10


def default_file() -> Path:
    """The SQLite file of this user, for threads that are named but kept nowhere in particular."""
    from platformdirs import user_data_path

    return user_data_path("motion-agent", appauthor=False) / "memory.sqlite"


def memory_of(config: AgentConfig, keep: bool) -> str:
    """The `memory` setting of a configuration. keep: whether what is said is to outlive the process."""
    if config.memory is not None:
        return config.memory
    return f"{SQLITE}{default_file()}" if keep else IN_PROCESS


def file_of(memory: str) -> Path:
    """The file of a "sqlite:PATH" setting, in a folder that exists. Raises ConfigError and StorageError."""
    name = memory.removeprefix(SQLITE)
    if not name.strip():
        raise unknown_place(memory)
    try:
        file = Path(name).expanduser().resolve()
        file.parent.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError, ValueError) as error:  # a home nobody has; a NUL
        raise storage_error(memory, error) from error
    return file


def unknown_place(memory: str) -> ConfigError:
    known = f'"{IN_PROCESS}", "{SQLITE}PATH" and "{POSTGRES[0]}USER@HOST/DATABASE"'
    return ConfigError(f"memory {label(memory)!r} is none of {known}")
