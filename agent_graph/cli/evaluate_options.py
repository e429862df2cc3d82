"""Options of `motion-agent eval`, and the exit code an app's CI goes by."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from .output import show_error

Coordinators = Annotated[
    list[str] | None,
    typer.Option(
        "--coordinator",
        "-c",
        help='conversations, plans: "offline", "provider:model", "provider:model@URL", "local:FILE.gguf" or '
        "a TOML file; repeatable.",
    ),
]
Agents = Annotated[
    list[str] | None,
    typer.Option("--agent", help="conversations: a compiled LangGraph agent, as module:attribute."),
]
Trials = Annotated[
    int, typer.Option("--trials", min=1, help="conversations: how often each dialogue is run.")
]
Categories = Annotated[
    list[str] | None,
    typer.Option(
        "--category",
        help="conversations: only dialogues of this category; plans: known, fresh or unseen; "
        "promises: level or quantities; repeatable.",
    ),
]
Fast = Annotated[bool, typer.Option("--fast", help="conversations: only a small subset.")]
Sample = Annotated[
    int | None,
    typer.Option("--sample", min=1, help="conversations: only so many dialogues, in a drawn order."),
]
DrawnBy = Annotated[int, typer.Option("--seed", help="conversations: what draws that order.")]
Threshold = Annotated[
    float,
    typer.Option(
        "--threshold", min=0, max=1, help="conversations, plans: exit 1 below this share of successes."
    ),
]
Requests = Annotated[
    Path | None,
    typer.Option(
        "--requests",
        exists=True,
        dir_okay=False,
        help="reading: a file of messages instead of those that ship.",
    ),
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", min=1, help="conversations, plans: processes; by default one a core.")
]

Judge = Annotated[
    str | None,
    typer.Option("--judge", help="conversations: also ask this model for its opinion, provider:model."),
]
LangSmith = Annotated[
    str | None, typer.Option("--langsmith", help="conversations: LangSmith project to send the run to.")
]

#: Stands for the weights that ship with the package, where folders are named.
SHIPPED = "shipped"
Beside = Annotated[
    list[str] | None,
    typer.Option(
        "--beside",
        help=f'tokenizer: another folder of weights, or "{SHIPPED}", for a column of its own; repeatable.',
    ),
]
Repetitions = Annotated[
    int,
    typer.Option(
        "--repetitions", min=0, help="motion: repetitions of R-precision, FID and so on; 0 leaves them out."
    ),
]
EvaluatorFile = Annotated[
    Path | None,
    typer.Option(
        "--evaluator", exists=True, help="motion: folder of `train evaluator`, or a published finest.tar."
    ),
]
BertModel = Annotated[
    Path | None,
    typer.Option(
        "--bert-model", exists=True, file_okay=False, help="captions: folder of a model for BERTScore."
    ),
]
Glove = Annotated[
    Path | None,
    typer.Option(
        "--glove",
        exists=True,
        file_okay=False,
        help="motion: folder of the word vectors of a finest.tar (our_vab_*).",
    ),
]


def require(success: Mapping[str, float], threshold: float) -> None:
    """Exit 1 when a coordinator succeeds in a smaller share of dialogues than asked for."""
    short = [f"{name} {share:.1%}" for name, share in success.items() if share < threshold]
    if short:
        show_error(f"below the threshold of {threshold:.0%}: {', '.join(short)}")
        raise typer.Exit(1)
