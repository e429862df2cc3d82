from __future__ import annotations

import pytest
from motion_agent.motion_models.errors import InvalidRequestError
from motion_agent.motion_models.language.templates import ALPACA, COMPACT, PromptRenderer, Template
from motion_agent.motion_models.language.text_tokenizer import train_text_tokenizer
from motion_agent.motion_models.language.vocabulary import MotionVocabulary
from tiny_llm import tiny_tokenizer
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

ALPACA_GENERATION = """\
Below is an instruction that describes a task, paired with an input that provides further context. \
Write a response that appropriately completes the request.

### Instruction:
Generate a motion matching the following input human motion description

### Input:
a person jumps

Response: """

ALPACA_CAPTIONING = (
    """\
Below is an instruction that describes a task, paired with an input that provides further context. \
Write a response that appropriately completes the request.

### Instruction:
Generate a caption matching the following input human motion token sequence.

### Input:
""",
    "\n\nResponse: ",
)


def byte_tokenizer() -> PreTrainedTokenizerBase:
    """Keeps every character, so that a prompt can be read back exactly."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=258, special_tokens=["<bos>", "<eos>"], initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([], trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<bos>", eos_token="<eos>")


def renderer(template: Template, tokenizer: PreTrainedTokenizerBase | None = None) -> PromptRenderer:
    tokenizer = tokenizer or byte_tokenizer()
    return PromptRenderer(tokenizer, MotionVocabulary(len(tokenizer)), template)


def test_alpaca_generation_prompt_is_the_papers_to_the_line_break() -> None:
    render = renderer(ALPACA)
    ids = render.generation_prompt("a person jumps", seconds=2.0, prefix=[3])
    bos, *text, start, first = ids
    assert (bos, start, first) == (0, render.vocabulary.start_id, render.vocabulary.to_ids([3])[0])
    assert render.tokenizer.decode(text) == ALPACA_GENERATION


def test_alpaca_captioning_prompt_is_the_papers_to_the_line_break() -> None:
    render = renderer(ALPACA)
    ids = render.captioning_prompt([5, 6])
    start, end = ids.index(render.vocabulary.start_id), ids.index(render.vocabulary.end_id)
    assert ids[start + 1 : end] == render.vocabulary.to_ids([5, 6])
    texts = render.tokenizer.decode(ids[1:start]), render.tokenizer.decode(ids[end + 1 :])
    assert texts == ALPACA_CAPTIONING


def test_compact_prompt_states_the_duration_when_it_is_given() -> None:
    render = renderer(COMPACT)
    assert render.tokenizer.decode(render.generation_prompt("a jump")[1:-1]) == "a jump"
    assert render.tokenizer.decode(render.generation_prompt("a jump", 3.2)[1:-1]) == "a jump for 3.2 s"


@pytest.mark.parametrize("template", [ALPACA, COMPACT], ids=lambda template: template.name)
def test_an_example_is_the_prompt_followed_by_its_targets(template: Template) -> None:
    render = renderer(template)
    words = render.vocabulary
    generation = render.example("generation", "a jump", [1, 2], seconds=0.4, prefix=[9])
    prompt = render.generation_prompt("a jump", 0.4, [9])
    assert generation.ids == [*prompt, *words.to_ids([1, 2]), words.end_id, render.eos_id]
    assert (generation.prompt_length, len(generation.ids)) == (len(prompt), len(prompt) + 4)

    captioning = render.example("captioning", "a jump", [1, 2])
    prompt = render.captioning_prompt([1, 2])
    assert captioning.ids[: captioning.prompt_length] == prompt
    assert render.tokenizer.decode(captioning.ids[len(prompt) : -1]) == "a jump"
    assert captioning.ids[-1] == render.eos_id


@pytest.mark.parametrize("caption", ["ends <eos> early", "{caption} {0} %s", "it's; quoted", "你好 😀 été"])
def test_a_caption_is_only_text(caption: str) -> None:
    render = renderer(COMPACT)
    ids = render.generation_prompt(caption)
    assert render.eos_id not in ids
    assert render.tokenizer.decode(ids[1:-1]) == caption


@pytest.mark.parametrize("caption", ["", "  \n", None, 3])
def test_captions_must_be_text(caption: object) -> None:
    with pytest.raises(InvalidRequestError, match="a caption must"):
        renderer(COMPACT).generation_prompt(caption)  # type: ignore[arg-type]


def test_a_motion_to_caption_must_not_be_empty() -> None:
    with pytest.raises(InvalidRequestError, match="at least one token"):
        renderer(COMPACT).captioning_prompt([])


def test_unknown_tasks_are_refused() -> None:
    with pytest.raises(InvalidRequestError, match="task must be"):
        renderer(COMPACT).example("translation", "a jump", [1])  # type: ignore[arg-type]


def round_trip(tokenizer: PreTrainedTokenizerBase, text: str) -> str:
    return str(tokenizer.decode(tokenizer(text)["input_ids"])).strip()


def test_trained_tokenizer_folds_case_and_space_and_splits_digits() -> None:
    tokenizer = tiny_tokenizer()
    tokens = tokenizer.tokenize("A  Person\njumps 12")
    assert round_trip(tokenizer, "A  Person\njumps 12") == "a person jumps 12"
    assert tokens[-2:] == ["1", "2"]
    assert tokens[0] == tokenizer.tokenize("is a")[-1], "a word is one token wherever it stands"


def test_trained_tokenizer_has_no_unknown_text() -> None:
    tokenizer = train_text_tokenizer(["a person walks"], 280)
    assert round_trip(tokenizer, "ça marche 😀") == "ça marche 😀"
