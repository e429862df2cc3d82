"""Send a run to LangSmith: one trace per dialogue with a feedback per check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from langsmith import Client

from .summary import Dialogue, dialogues, passed


def upload(lines: Sequence[dict[str, Any]], project: str, client: Client | None = None) -> int:
    """Create the traces in a project; the number of dialogues sent.

    The client takes key and address from LANGSMITH_API_KEY and LANGSMITH_ENDPOINT, as everywhere.
    """
    client = client or Client()
    held = dialogues(lines)
    for dialogue in held:
        _send(client, project, dialogue)
    client.flush()
    return len(held)


def _send(client: Client, project: str, dialogue: Dialogue) -> None:
    first, run_id, ended = dialogue[0], uuid4(), datetime.now(UTC)
    taken = sum(line["record"]["seconds_taken"] for line in dialogue)
    client.create_run(
        f"{first['subject']}: {first['case']}",
        inputs={"turns": [line["record"]["user"] for line in dialogue]},
        run_type="chain",
        project_name=project,
        id=run_id,
        outputs={"turns": [_shown(line["record"]) for line in dialogue]},
        start_time=ended - timedelta(seconds=taken),
        end_time=ended,
        tags=[first["category"]],
        extra={"metadata": {name: first[name] for name in ("subject", "case", "category", "trial")}},
    )
    client.create_feedback(run_id, "success", score=passed(dialogue))
    for line in dialogue:
        for score in line["scores"]:
            key, comment = f"turn {line['turn']} {score['key']}", score["comment"]
            client.create_feedback(run_id, key, score=score["score"], comment=comment)


def _shown(record: dict[str, Any]) -> dict[str, Any]:
    return {name: record[name] for name in ("answer", "attempts", "made", "current", "error")}
