"""AgentConfig: every setting of the agent, frozen, from flags, environment and one TOML file.

Order of precedence: arguments, environment (MOTION_AGENT_COORDINATOR=openai:gpt-4.1), the TOML file named by
MOTION_AGENT_CONFIG or else motion-agent.toml in the working folder.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from ..tools.errors import one_line
from .errors import ConfigError

#: How plans are asked for; see `modes`.
Mode = Literal["auto", "tools", "json_schema", "prompted", "grammar"]

CONFIG_FILE = "motion-agent.toml"
OFFLINE = "offline"


class AgentConfig(BaseSettings):
    """Settings of one agent. Contradictions are rejected when it is built."""

    model_config = SettingsConfigDict(
        env_prefix="MOTION_AGENT_", frozen=True, extra="forbid", env_ignore_empty=True
    )

    coordinator: str = Field(
        default=OFFLINE,
        min_length=1,
        description='"offline", "provider:model" as init_chat_model knows it ("openai:gpt-4.1"), or '
        '"local:FOLDER" or "local:FILE.gguf", a chat model that runs here with transformers.',
    )
    mode: Mode = Field(
        default="auto",
        description="How plans are asked for: by tool calls, by a JSON schema, by a prompt, or held to a "
        "grammar (local models); auto: the first of these that the model turns out to have.",
    )
    fallbacks: tuple[str, ...] = Field(
        default=(),
        description='Coordinators to ask when the first fails, in order; "provider:model@http://..." is '
        "reached at that address.",
    )
    base_url: str | None = Field(
        default=None, pattern=r"^https?://", description="Address of an OpenAI-compatible server."
    )
    api_key: SecretStr | None = Field(
        default=None, description="Key of the coordinator's service; None: what its own variable holds."
    )
    api_version: str | None = Field(default=None, description="Version of Azure's interface.")
    input_price: float | None = Field(default=None, ge=0, description="US dollars per million tokens read.")
    output_price: float | None = Field(default=None, ge=0, description="The same, per million written.")
    temperature: float | None = Field(default=None, ge=0, le=2)
    max_tokens: int = Field(default=4096, ge=64, description="Tokens that one reply may take.")
    context: int | None = Field(
        default=None,
        ge=512,
        description="Tokens the coordinator can read and write at once; the oldest turns of a longer thread "
        "are left out. None: what the model or its server says.",
    )
    timeout: float = Field(
        default=60.0, gt=0, description="Seconds to wait for one reply of the coordinator."
    )
    max_retries: int = Field(default=2, ge=0, le=10, description="Retries after 429, 5xx and dropped lines.")

    backend: str | None = Field(
        default=None,
        description='A folder of weights, "hf:USER/NAME" of a model hub, or "name:argument" of a plug-in '
        "(docs/backends.md); None: the weights that ship.",
    )
    seed: int | None = Field(
        default=None, ge=0, description="Base of all random seeds, for reproducible runs."
    )

    memory: str | None = Field(
        default=None,
        description='Where conversations and motions are kept: "memory" (with the process), "sqlite:PATH", '
        '"postgresql://USER@HOST/DATABASE". None: with the process, or for named threads a SQLite file.',
    )

    max_repairs: int = Field(default=2, ge=0, description="Refused plans in a row before the turn ends.")
    max_plans: int = Field(default=6, ge=1, description="Plans one turn may run before it ends.")
    max_steps: int = Field(default=16, ge=1, description="Tool calls in one plan.")
    max_people: int = Field(default=8, ge=2, le=64, description="People in one scene.")
    max_seconds: float = Field(
        default=600.0, gt=0, description="Seconds of motion in one plan or one motion."
    )

    approve_above: float | None = Field(
        default=None,
        ge=0,
        description="Plans of this many seconds of motion or more wait for a person's word; 0: all plans, "
        "None: none.",
    )

    output_folder: Path = Field(
        default=Path("motions"), description="Where files are written, and only there."
    )
    input_folder: Path = Field(
        default=Path(), description="Where motion files are read from, and only there."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.coordinator == OFFLINE and (self.base_url or self.api_key):
            raise ValueError(
                'base_url and api_key need a coordinator that uses them, such as "openai:<model>"; '
                "the offline coordinator reaches no server"
            )
        return self

    @classmethod
    def load(cls, **settings: Any) -> Self:
        """Build from whatever is given (None: not given), environment and file. Raises ConfigError."""
        given = {name: value for name, value in settings.items() if value is not None}
        try:
            return cls(**given)
        except ValidationError as error:
            raise ConfigError(f"wrong settings: {one_line(error)}") from error
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{_toml_file()} is not valid TOML: {error}") from error

    def changed(self, **settings: Any) -> Self:
        """The same with other settings, which environment and file do not overrule. Raises ConfigError."""
        try:
            return type(self)(**dict(self) | settings)
        except ValidationError as error:
            raise ConfigError(f"wrong settings: {one_line(error)}") from error

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _toml_file())


def _toml_file() -> Path:
    return Path(os.environ.get("MOTION_AGENT_CONFIG", CONFIG_FILE))
