"""What a case is: what the user says, turn by turn, and what must be true after each turn.

The checks of a turn are named like the scorers that read them; one that is left out is not made.
Words to be found are regular expressions, matched anywhere and in any case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from ....motion_models.errors import InvalidRequestError
from ....motion_models.motion.measures.predicates import PREDICATES
from ....tools.errors import one_line
from ....tools.toolbox import TOOLS

CASES = Path(__file__).with_name("cases")
MAX_TURNS = 8


def _compiles(pattern: str) -> str:
    re.compile(pattern)
    return pattern


def _is_predicate(name: str) -> str:
    if name not in PREDICATES:
        raise ValueError(f"{name!r} is no predicate of motion_models/motion/measures/predicates.py")
    return name


Pattern = Annotated[str, AfterValidator(_compiles)]
PredicateName = Annotated[str, AfterValidator(_is_predicate)]


class Strict(BaseModel):
    """A record that accepts nothing it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ExpectedCall(Strict):
    """A tool call; args: those that must be there with these values (others may be, too)."""

    tool: str
    args: dict[str, Any] = {}


class Trajectory(Strict):
    """Which tools ran. strict: these, in this order; superset: at least these; subset: at most these."""

    mode: Literal["strict", "unordered", "superset", "subset"] = "strict"
    calls: list[ExpectedCall] = []


class Segments(Strict):
    """Parts of the current motion: how many, and what each of them in order must speak of."""

    count: int | None = Field(default=None, ge=1)
    at_least: int | None = Field(default=None, ge=1)
    order: list[Pattern] = []


class Descriptions(Strict):
    """What the words of the current motion, all parts together, must and must not speak of."""

    contain: list[Pattern] = []
    lack: list[Pattern] = []


class Untouched(Strict):
    """Parts that must be token-identical: number before -> number now. turn: compare with that turn's motion.

    Without `parts` the whole motion must be the same.
    """

    parts: dict[int, int] = {}
    turn: int | None = Field(default=None, ge=1)


class Duration(Strict):
    """Seconds of the current motion, or of one segment; or how its length relates to the one before."""

    seconds: float | None = Field(default=None, gt=0)
    tolerance: float = Field(default=0.2, ge=0)
    at_least: float | None = None
    at_most: float | None = None
    ratio: float | None = Field(default=None, gt=0)
    longer: bool = False
    shorter: bool = False
    segment: int | None = Field(default=None, ge=1)


class Kinematics(Strict):
    """What the body must do, in the whole current motion or in one segment."""

    holds: list[PredicateName] = Field(min_length=1)
    segment: int | None = Field(default=None, ge=1)


class Answer(Strict):
    """What the answer must speak of and what it must not."""

    mentions: list[Pattern] = []
    forbids: list[Pattern] = []


class Memory(Strict):
    """Where the conversation stands: how many motions are new, and what is current now.

    current: "new" (made this turn), "same" (as before), "none", or a number (as after that turn).
    child: whether the current motion's parent is the one that was current before.
    """

    new: int | None = Field(default=None, ge=0)
    current: Literal["new", "same", "none"] | int | None = None
    child: bool | None = None
    files: list[str] = []


class Expect(Strict):
    """All that is checked after a turn. plan: whether a valid plan had to come, after two repairs at most."""

    plan: bool | None = None
    trajectory: Trajectory | None = None
    segments: Segments | None = None
    descriptions: Descriptions | None = None
    untouched: Untouched | None = None
    duration: Duration | None = None
    kinematics: list[Kinematics] | None = None
    answer: Answer | None = None
    memory: Memory | None = None


class Turn(Strict):
    """One thing the user says. "{file:NAME}" in it stands for a file the agent may read."""

    user: str = Field(min_length=1)
    expect: Expect = Expect()


class Case(Strict):
    """One dialogue. fast: part of the subset that `make test` runs. source: where the dialogue comes from."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    category: str
    turns: list[Turn] = Field(min_length=1, max_length=MAX_TURNS)
    fast: bool = False
    source: str = ""

    @model_validator(mode="after")
    def _checks_something(self) -> Self:
        if not any(turn.expect.model_fields_set for turn in self.turns):
            raise ValueError("no turn is checked")
        for turn in self.turns:
            named = turn.expect.trajectory.calls if turn.expect.trajectory else []
            for call in named:
                if call.tool not in (*TOOLS, *PLANNED_TOOLS):
                    raise ValueError(f"{call.tool!r} is no tool; tools: {', '.join(TOOLS)}")
        return self


#: Tools of the design whose cases may be written before they are there: such cases fail until then.
PLANNED_TOOLS = ("arrange_scene",)


def load_cases(
    folder: str | Path = CASES, *, categories: Sequence[str] = (), fast: bool = False
) -> list[Case]:
    """All cases of a folder of YAML files, or those of some categories, or the fast ones only.

    A file holds {category, cases: [...]}. Raises InvalidRequestError for a file that is not so, for an id
    used twice, and when nothing is left.
    """
    cases = [case for path in sorted(Path(folder).glob("*.yaml")) for case in _read(path)]
    twice = _twice(case.id for case in cases)
    if twice:
        raise InvalidRequestError(f"case ids used twice: {', '.join(twice)}")
    chosen = [
        case for case in cases if (not categories or case.category in categories) and (case.fast or not fast)
    ]
    if not chosen:
        raise InvalidRequestError(f"no case in {folder} is of that kind")
    return chosen


def _read(path: Path) -> list[Case]:
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
        return [Case.model_validate({"category": content["category"], **case}) for case in content["cases"]]
    except ValidationError as error:
        raise InvalidRequestError(f"{path.name}: {one_line(error)}") from error
    except (yaml.YAMLError, TypeError, KeyError) as error:
        raise InvalidRequestError(f"{path.name} is no file of cases ({error})") from error


def _twice(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [name for name in names if name in seen or seen.add(name)]
