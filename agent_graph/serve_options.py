"""What `motion-agent serve` and `motion-agent mcp --http` bind to, whom they let in, and what they refuse."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator

#: A shorter key can be guessed.
SHORTEST_KEY = 16
#: People are also names of folders.
PersonName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]


class ServeOptions(BaseModel):
    """Settings of servers; a table `[serve]` of the settings file."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    host: str = Field(default="127.0.0.1", description="Address that is bound to.")
    port: int = Field(default=8765, ge=0, le=65535, description="0: any that is free.")
    workers: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Processes of `motion-agent serve`, each with a motion model of its own.",
    )
    keys: dict[PersonName, SecretStr] = Field(
        default={},
        description="Who may use the server: a bearer key for each person. None: whoever reaches it, as one "
        "person; then only this machine can.",
    )
    origins: tuple[str, ...] = Field(
        default=(), description="Web pages that may call it from a browser, as https://host."
    )
    at_once: int = Field(default=32, ge=1, le=512, description="Requests that are worked on at once.")
    queue: int = Field(default=64, ge=0, description="Requests that may wait for one of these.")
    per_person: int = Field(default=64, ge=1, description="Requests one person may have in work and waiting.")
    max_body: int = Field(default=8 * 2**20, ge=1024, description="Bytes one request may send.")
    max_files: int = Field(default=1000, ge=1, description="Files one person may keep.")
    time_limit: float = Field(default=300.0, gt=0, description="Seconds one request may take.")
    grace: float = Field(
        default=20.0, ge=0, description="Seconds that requests in work are given when it is stopped."
    )

    @field_validator("keys")
    @classmethod
    def _long_and_different(cls, keys: dict[str, SecretStr]) -> dict[str, SecretStr]:
        values = [key.get_secret_value() for key in keys.values()]
        if any(len(value) < SHORTEST_KEY or not value.isascii() for value in values):
            raise ValueError(f"a key has at least {SHORTEST_KEY} characters, all of them ASCII")
        if len(set(values)) < len(values):
            raise ValueError("two people have the same key")
        return keys

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False
