"""AgentConfig: every setting of the agent, frozen, from flags, environment and one TOML file.

Order of precedence: arguments, environment (MOTION_AGENT_COORDINATOR=openai:gpt-4.1), the TOML file named by
MOTION_AGENT_CONFIG or else motion-agent.toml in the working folder.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from ..motion_models.secrets import hide, hide_those_in, redacted
from ..tools.errors import one_line, shortened
from ..tools.schemas import BodyName, BoneNames
from .errors import ConfigError
from .serve_options import ServeOptions

#: How plans are asked for; see `modes`.
Mode = Literal["auto", "tools", "json_schema", "prompted", "grammar"]

CONFIG_FILE = "motion-agent.toml"
#: What the variables begin with that settings come from; the one that names the file; and those that are read
#: elsewhere, such as by tests.
PREFIX, FILE_VARIABLE = "MOTION_AGENT_", "MOTION_AGENT_CONFIG"
OTHER_VARIABLES = (FILE_VARIABLE, "MOTION_AGENT_DATA")
OFFLINE = "offline"
#: What a run may set; see `run_settings`.
Settable = Literal["coordinator", "mode", "temperature", "seed"]

if TYPE_CHECKING:  # what a program may write, as pydantic takes it; what is kept is always the first of two
    Key = SecretStr | str
    Folder = Path | str
    Names = tuple[str, ...] | Sequence[str]
    Settables = tuple[Settable, ...] | Sequence[Settable]
else:
    Key, Folder, Names, Settables = SecretStr, Path, tuple[str, ...], tuple[Settable, ...]


class BackendOptions(BaseModel):
    """How weights that are loaded in this process run; see `load_backend`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    device: str | None = Field(default=None, description='"cpu", "cuda", "cuda:1"; None: a GPU if any.')
    shared: bool = Field(
        default=False, description="Calls of several threads run in one batch: for servers with many users."
    )
    adapters: Literal["merged", "switched", "grouped"] | None = Field(
        default=None,
        description="How adapters are applied: a merged backbone for each task, one task at a time, or both "
        "in one batch; None: merged up to 200 million parameters, else grouped.",
    )
    graphs: bool | None = Field(
        default=None, description="Capture decoding steps as CUDA graphs; None: on CUDA."
    )
    compiled: bool = Field(default=False, description="Send decoding steps through torch.compile first.")


class AgentConfig(BaseSettings):
    """Settings of one agent. Contradictions are rejected when it is built."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        frozen=True,
        extra="forbid",
        env_ignore_empty=True,
        hide_input_in_errors=True,
        allow_inf_nan=False,
        env_nested_delimiter="__",
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
    last_word: Literal["auto", "coordinator", "results"] = Field(
        default="auto",
        description="Who tells what the tools did: the coordinator in its own words, or their results, put "
        "together without it; auto: results for local coordinators.",
    )
    fallbacks: Names = Field(
        default=(),
        description='Coordinators to ask when the first fails, in order; "provider:model@http://..." is '
        "reached at that address.",
    )
    base_url: str | None = Field(
        default=None, pattern=r"^https?://", description="Address of an OpenAI-compatible server."
    )
    api_key: Key | None = Field(
        default=None,
        description="Key of the coordinator's service, sent to `base_url` or the service's own address and "
        "nowhere else; None: what the service's own variable holds, where no base_url is set.",
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
    backend_options: BackendOptions = Field(
        default=BackendOptions(), description="How weights that are loaded in this process run."
    )
    seed: int | None = Field(
        default=None, ge=0, lt=2**62, description="Base of all random seeds, for reproducible runs."
    )

    memory: str | None = Field(
        default=None,
        description='Where conversations and motions are kept: "memory" (with the process), "sqlite:PATH", '
        '"postgresql://USER@HOST/DATABASE". None: with the process, or for named threads a SQLite file.',
    )

    max_repairs: int = Field(default=2, ge=0, description="Refused plans in a row before the turn ends.")
    max_plans: int = Field(default=6, ge=1, description="Plans one turn may run before it ends.")
    max_steps: int = Field(default=16, ge=1, description="Tool calls in one plan.")
    max_history: int = Field(
        default=400,
        ge=20,
        description="Messages of a thread a coordinator is shown, the newest; all are kept.",
    )
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

    run_may_set: Settables = Field(
        default=("coordinator", "mode", "temperature", "seed"),
        description="What the caller of one run may set through the graph's context. Addresses, keys and "
        "folders are never among it.",
    )
    run_coordinators: Names = Field(
        default=(),
        description="The coordinators a run may ask for, written as fallbacks are; the one configured is "
        "always among them.",
    )

    output_folder: Folder = Field(
        default=Path("motions"), description="Where files are written, and only there."
    )
    input_folder: Folder = Field(
        default=Path(), description="Where motion files are read from, and only there."
    )
    max_file_megabytes: int = Field(
        default=512,
        ge=1,
        description="Size of a motion file that is read, and of what is unpacked from one.",
    )

    body: BodyName = Field(default="human", description="What files show: human or mannequin.")
    bone_names: BoneNames = Field(
        default="ours", description="Whose names bones bear in GLB and BVH files: ours, mixamo, unity or vrm."
    )

    serve: ServeOptions = Field(
        default=ServeOptions(), description="What servers bind to, whom they let in and what they refuse."
    )

    @model_validator(mode="after")
    def _hide_secrets(self) -> Self:
        for secret in (self.key, *(key.get_secret_value() for key in self.serve.keys.values())):
            hide(secret)
        for _, value in self:
            for text in value if isinstance(value, tuple) else (value,):
                hide_those_in(text if isinstance(text, str) else "")
        return self

    @property
    def key(self) -> str | None:
        """The coordinator's key in plain letters, for the client that sends it."""
        return self.api_key.get_secret_value() if isinstance(self.api_key, SecretStr) else self.api_key

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """What is shown of the settings: an address without its password."""
        for name, value in super().__repr_args__():
            yield name, _shown(value)

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
        check_variables(os.environ)
        try:
            return cls(**given)
        except ValidationError as error:
            raise ConfigError(f"wrong settings: {one_line(error)}") from error
        except SettingsError as error:  # a variable that should be JSON and is not
            raise ConfigError(f"wrong settings: {_not_json(error)}") from error

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
        return init_settings, env_settings, _SettingsFile(settings_cls)


class _SettingsFile(TomlConfigSettingsSource):
    """The TOML file, if there is one; whatever is wrong with it is a ConfigError that names it."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        super().__init__(settings_cls, _toml_file())

    def _read_file(self, file_path: Any) -> dict[str, Any]:
        try:
            return tomllib.loads(file_path.read_text("utf-8-sig"))
        except OSError as error:
            raise ConfigError(f"{file_path} cannot be read: {error.strerror or error}") from error
        except UnicodeDecodeError as error:
            raise ConfigError(f"{file_path} is not written in UTF-8, as TOML is: {error}") from error
        except RecursionError as error:
            raise ConfigError(f"{file_path} is nested too deep") from error
        except ValueError as error:  # also numbers of more digits than Python reads
            raise ConfigError(f"{file_path} is not valid TOML: {error}") from error


def check_variables(environment: Mapping[str, str]) -> None:
    """Name variables of ours that mean nothing, which are most likely misspelt. Raises ConfigError."""
    known = [PREFIX + name.upper() for name in AgentConfig.model_fields] + list(OTHER_VARIABLES)
    for name in environment:
        if not name.upper().startswith(PREFIX) or name.upper().partition("__")[0] in known:
            continue
        meant = get_close_matches(name.upper(), known, n=1)
        if meant:
            raise ConfigError(f"the environment variable {name} means nothing here; {meant[0]} was meant?")


def _shown(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_shown(item) for item in value)
    return redacted(value) if isinstance(value, str) else value


def _toml_file() -> Path | None:
    """The file settings are read from: the one that is named, which must be there, or one found here."""
    named = os.environ.get(FILE_VARIABLE)
    try:
        file = Path(named or CONFIG_FILE).expanduser()
        if file.is_file():
            return file
        there = file.exists()
    except (OSError, RuntimeError, ValueError) as error:  # a name too long, a home nobody has
        raise ConfigError(
            f"{FILE_VARIABLE} names {shortened(named or '')!r}: {shortened(str(error))}"
        ) from error
    if named or there:
        lead = f"{FILE_VARIABLE} names {file}" if named else f"settings are read from {CONFIG_FILE}"
        raise ConfigError(f"{lead}, which {'is no file' if there else 'does not exist'}")
    return None


def _not_json(error: SettingsError) -> str:
    """What is wrong with a variable that holds a list; pydantic-settings tells only the field."""
    field = next((name for name in AgentConfig.model_fields if f'"{name}"' in str(error)), "")
    return f'{PREFIX}{field.upper()} must be a list in JSON, such as ["openai:gpt-4.1", "offline"]'
