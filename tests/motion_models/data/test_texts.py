"""Lines of texts files: what is written is read back, and what is none is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from motion_agent.motion_models import FormatError
from motion_agent.motion_models.data.clips import Caption
from motion_agent.motion_models.data.texts import format_texts, parse_texts, read_texts

WORD = st.text(st.characters(exclude_categories=["Z", "C"], exclude_characters="#"), min_size=1, max_size=8)
WORDS = st.lists(st.tuples(WORD, st.sampled_from(["NOUN", "VERB", "OTHER"])), max_size=6)
CAPTION = st.text(min_size=1, max_size=60).filter(lambda text: text.split())
SECONDS = st.floats(0, 3600, allow_nan=False)


@given(lines=st.lists(st.tuples(CAPTION, WORDS, SECONDS, SECONDS), max_size=5))
def test_whatever_is_written_is_read_back(lines: list) -> None:
    spans = [
        (Caption(text, tuple(f"{word}/{tag}" for word, tag in words)), start, end)
        for text, words, start, end in lines
    ]
    again = parse_texts(format_texts(spans), "file")
    assert [(a.caption.text, a.caption.words, a.start, a.end) for a in again] == [
        (" ".join(caption.text.split()), caption.words, start, end) for caption, start, end in spans
    ]


@given(text=st.text(st.characters(codec="utf-8"), max_size=80))
def test_any_text_is_lines_or_one_clear_error(text: str) -> None:
    try:
        spans = parse_texts(text, "000021.txt")
    except FormatError as error:
        assert str(error).startswith("000021.txt, line ")
    else:
        assert all(span.caption.text and span.start >= 0 and span.end >= 0 for span in spans)


def test_a_published_line() -> None:
    line = (
        "a man kicks with his left leg.#a/DET man/NOUN kick/VERB with/ADP his/DET left/ADJ leg/NOUN#1.5#3.25"
    )
    (span,) = parse_texts(line + "\n\n", "file")
    assert span.caption.text == "a man kicks with his left leg."
    assert span.caption.words[2] == "kick/VERB"
    assert not span.whole
    assert span.frames(20.0) == (30, 65)
    assert span.frames(12.5) == (18, 40)


def test_missing_times_mean_the_whole_clip() -> None:
    (span,) = parse_texts("he walks#he/PRON walk/VERB#nan#nan", "file")
    assert span.whole


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("a person walks", r"line 2: .*1 of 4 parts"),
        ("walks#walk/VERB#0.0", r"line 2: .*3 of 4 parts"),
        (" #walk/VERB#0.0#0.0", r"line 2: the caption is empty"),
        ("walks#walk/VERB#soon#0.0", r"line 2: 'soon' is no time"),
        ("walks#walk/VERB#0.0#-1", r"line 2: -1\.0 s is no time"),
        ("walks#walk/VERB#0.0#inf", r"line 2: inf s is no time"),
    ],
)
def test_a_line_that_is_none_is_named(line: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "000021.txt"
    path.write_text(f"ok#ok/ADJ#0.0#0.0\n{line}\n")
    with pytest.raises(FormatError, match=reason):
        read_texts(path)


def test_files_of_other_systems(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(
        "\ufeffhe walks#he/PRON walk/VERB#0.0#0.0\r\nhe stops#stop/VERB#1#2\r\n".encode()
    )
    assert [span.caption.text for span in read_texts(tmp_path / "a.txt")] == ["he walks", "he stops"]


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FormatError, match="UTF-8"):
        read_texts(tmp_path / "a.txt")
