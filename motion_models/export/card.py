"""The model card of a folder that goes to a hub: a YAML header for its search, and what the files are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..errors import CheckpointError
from ..storage.checkpoint_io import first_line
from .summary import LanguageSummary, Summary, TokenizerSummary

QUALITY = "## Measured quality"

_BODY = """# {name}

{what}

```console
motion-agent run "a person walks forward and waves" --backend hf:{repo}
```

```python
from motion_agent.motion_models import load_backend

backend = load_backend("hf:{repo}")
tokens = backend.generate(["a person walks forward"], seconds=4, seed=1)[0]
features = backend.decode(tokens)  # HumanML3D features, 20 frames a second
```

| part | content |
| --- | --- |
{parts}

The mean and std the features were normalised by are stored with the tokenizer.
"""


@dataclass(frozen=True)
class CardOptions:
    """What a card says that the weights do not. license: the hub's name of it, "" for the
    one in the card that the folder has. reports: Markdown files, as evaluations save them.
    """

    repo: str
    license: str = ""
    datasets: tuple[str, ...] = ()
    base_model: str = ""
    reports: tuple[Path, ...] = ()


def model_card(summary: Summary, options: CardOptions, written: str = "") -> str:
    """The card. written: a card the folder already has, whose words and header lines are kept."""
    from huggingface_hub import ModelCard, ModelCardData

    text, given = written or _body(summary, options), {}
    if text.startswith("---\n"):
        try:
            card = ModelCard(text)
        except (ValueError, yaml.YAMLError) as error:
            raise CheckpointError(
                f"the README.md of {summary.path} has a broken header: {first_line(error)}"
            ) from error
        text, given = card.text, card.data.to_dict()
    header = _header(summary, options) | {name: value for name, value in given.items() if value is not None}
    if not header.get("license"):
        raise CheckpointError("nothing says what the weights may be used for: name it with --license")
    text = "\n".join([text.strip(), *_quality(text, options.reports)])
    return f"---\n{ModelCardData(**header).to_yaml()}\n---\n\n{text}\n"


def _header(summary: Summary, options: CardOptions) -> dict[str, Any]:
    merged = summary.tokenizer is None
    header: dict[str, Any] = {
        "library_name": "transformers" if merged else "motion-agent",
        "pipeline_tag": "text-generation" if merged else "text-to-motion",
        "language": "en",
        "tags": ["human-motion", "text-to-motion", "motion-captioning"],
    }
    if options.license:
        header["license"] = options.license
    if base := options.base_model or (summary.language.referred if summary.language else ""):
        header["base_model"] = base
    if options.datasets:
        header["datasets"] = list(options.datasets)
    return header


def _body(summary: Summary, options: CardOptions) -> str:
    assert summary.tokenizer is not None and summary.language is not None
    rows = [_tokenizer_row(summary.tokenizer), *_language_rows(summary.language)]
    if summary.repertoire:
        rows.append(f"| `lexicon.json` | words of the training captions, {summary.repertoire} actions |")
    return _BODY.format(
        name=options.repo.split("/")[-1],
        repo=options.repo,
        what=_what(summary.language),
        parts="\n".join(rows),
    )


def _what(language: LanguageSummary) -> str:
    over = f" over {language.referred}" if language.referred else ""
    return (
        f"A motion tokenizer and a MotionLLM{over} for "
        "[motion-agent](https://arxiv.org/abs/2405.17013): text to human motion, and human motion to text."
    )


def _tokenizer_row(tokenizer: TokenizerSummary) -> str:
    return (
        f"| `tokenizer/` | VQ-VAE, {tokenizer.features} features, width {tokenizer.width}, "
        f"{tokenizer.codes} codes of size {tokenizer.code_dim}, {tokenizer.parameters:,} parameters |"
    )


def _language_rows(language: LanguageSummary) -> list[str]:
    adapters = ", ".join(
        f"{name} of rank {adapter['rank']} ({adapter['parameters']:,} parameters)"
        for name, adapter in sorted(language.adapters.items(), reverse=True)
    )
    rows = [
        f"| `motion_llm/adapters.safetensors` | LoRA adapters: {adapters or 'none'}; "
        f"{language.motion_tokens} motion rows |",
        f"| `motion_llm/config.json` | {language.template} prompts, {language.text_tokens:,} text tokens, "
        "sampling |",
    ]
    if language.backbone_parameters:
        rows.insert(0, f"| `motion_llm/backbone/` | backbone, {language.backbone_parameters:,} parameters |")
    return rows


def _quality(text: str, reports: Sequence[Path]) -> list[str]:
    """Reports under the heading of measured quality, their own headings one level lower."""
    if not reports:
        return []
    lines = [] if QUALITY in text else ["", QUALITY]
    for report in reports:
        try:
            written = report.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise CheckpointError(f"the report {report} cannot be read: {error}") from error
        lines += ["", f"#{written}" if written.startswith("## ") else written]
    return lines
