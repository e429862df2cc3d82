"""The README of a merged folder: the exact prompt, and a request that an OpenAI-compatible server takes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..language.motion_llm import MotionLLM
    from ..language.vocabulary import Task

_CAPTION = "a person walks forward"

_FRAME = """---
library_name: transformers
pipeline_tag: text-generation
tags:
- motion-agent
- human-motion
---

# {name}

{what}

- Ids: `<Motion>` {start}, `</Motion>` {end}, `<Motion_i>` {first} + i, i from 0 to {last}. A motion
  token is {seconds:g} s.
- At most {context} tokens, prompt and answer together. There is no chat template: this is a completion model.
- {answer}{duration}

## Prompt

The text below, to the character; the tokenizer puts the beginning of sequence before it{bos}.

```text
{prompt}
```

## transformers

```python
from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("{name}")
model = AutoModelForCausalLM.from_pretrained("{name}")
prompt = tokenizer({literal}, return_tensors="pt")
made = model.generate(**prompt)[0, prompt["input_ids"].shape[1] :]
print(tokenizer.decode(made))
```

`generation_config.json` holds the limits and sampling of the checkpoint, and suppresses every other id.

## An OpenAI-compatible server

Servers other than transformers do not read `suppress_tokens`. Where a server can restrict a request to a list
of ids (vLLM: `allowed_token_ids`), give it {allowed}.

```console
curl http://localhost:8000/v1/completions -H 'Content-Type: application/json' -d @- <<'JSON'
{request}
JSON
```
{more}"""

_GENERATION = """
The codes in the answer, for `MotionTokenizer.decode` of motion-agent:

```python
codes = [int(code) for code in re.findall(r"<Motion_(\\d+)>", answer)]
```

Requests of motion-agent itself differ in what such a request cannot say: {guidance}exactly the
seconds asked for.
"""


def generation_text(model: MotionLLM, caption: str) -> str:
    """The text of a generation prompt, as the extended tokenizer reads it."""
    return model.renderer.template.generation.format(caption=caption, duration="") + "<Motion>"


def captioning_text(model: MotionLLM, codes: Sequence[int]) -> str:
    """The text of a captioning prompt."""
    template = model.renderer.template
    motion = "".join(f"<Motion_{code}>" for code in codes)
    return f"{template.before_motion}<Motion>{motion}</Motion>{template.after_motion}"


def merged_readme(model: MotionLLM, task: Task, name: str) -> str:
    vocabulary, generating = model.vocabulary, task == "generation"
    text = generation_text(model, _CAPTION) if generating else captioning_text(model, [17, 42, 42, 7])
    first = vocabulary.end_id + 1
    what = (
        "Text to human motion: the generation adapter of a MotionLLM merged into its backbone."
        if generating
        else "Human motion to text: the captioning adapter of a MotionLLM merged into its backbone."
    )
    answer = (
        "The answer is motion tokens and ends with `</Motion>`."
        if generating
        else f"The answer is a sentence and ends with `{model.tokenizer.eos_token}`."
    )
    bos = (
        f" (`{model.tokenizer.bos_token}`)"
        if isinstance(model.tokenizer.bos_token_id, int)
        else " if it has one"
    )
    return _FRAME.format(
        name=name,
        what=what,
        start=vocabulary.start_id,
        end=vocabulary.end_id,
        first=first,
        last=vocabulary.codebook_size - 1,
        seconds=model.defaults.seconds_per_token,
        context=model.network.context,
        answer=answer,
        duration=_duration(model) if generating else "",
        bos=bos,
        prompt=text,
        literal=json.dumps(text),
        allowed=f"{vocabulary.end_id} to {vocabulary.size - 1}" if generating else "those of the words",
        request=json.dumps(_request(model, task, name, text), indent=2),
        more=_GENERATION.format(guidance=_decoding_options(model)) if generating else "",
    )


def _request(model: MotionLLM, task: Task, name: str, text: str) -> dict[str, Any]:
    defaults, sampling = model.defaults, model.defaults.sampling
    if task == "captioning":
        return {"model": name, "prompt": text, "max_tokens": defaults.caption_tokens, "temperature": 0}
    return {
        "model": name,
        "prompt": text,
        "max_tokens": defaults.tokens_for(defaults.max_seconds),
        "temperature": 0 if sampling.greedy else sampling.temperature,
        "top_p": sampling.top_p,
        "stop": ["</Motion>"],
    }


def _decoding_options(model: MotionLLM) -> str:
    ways = []
    if model.renderer.template.unconditional and model.defaults.sampling.guidance > 1:
        ways.append(f"guidance ({model.defaults.sampling.guidance:g})")
    if model.defaults.candidates > 1:
        ways.append(f"the best of {model.defaults.candidates} candidates")
    return "".join(f"{way}, " for way in ways)


def _duration(model: MotionLLM) -> str:
    slot = model.renderer.template.duration
    return f"\n- A wanted duration may follow the caption: `{slot.format(seconds=3.0)}`." if slot else ""
