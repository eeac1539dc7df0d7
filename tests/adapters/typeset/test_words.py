"""The words on paper are the words of the letter: none lost, joined, divided or out of order."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signing.adapters.typeset import fonts
from signing.adapters.typeset.fonts import Manner
from signing.adapters.typeset.lines import break_lines, set_line, words_of
from signing.domain.letter_text import LetterText

from .specimens import REAL_LETTERS, poppler_text, real_letter, river_letter, set_letter, words

_HEAD_AND_FOOT = re.compile(
    r"(?m)^\s*(Joint public letter|Version \d+ · sha256 [0-9a-f]{12}|Version .* Page \d+ of \d+|Page \d+ of \d+)\s*$"
)


def _letters() -> list[object]:
    absent = pytest.mark.skipif(
        not Path(REAL_LETTERS).exists(), reason="the real letter (../shared/letters) is not beside this checkout"
    )
    return [pytest.param(river_letter, id="invented"), pytest.param(real_letter, id="real", marks=absent)]


def _expected(text: LetterText) -> list[str]:
    return words(re.sub(r"(?m)^\[(\d+)\] ", r"[\1] ", text.to_plain_text()))


def _read_words(read: str) -> list[str]:
    body = _HEAD_AND_FOOT.sub("", read.replace("\f", "\n"))
    body, labels = re.subn(r"(?mi)^\s*to\s*$", "", body)
    assert labels == 1
    return words(body)


def _above_the_block(read: str) -> str:
    return re.split("(?i)verify this letter", read)[0]


@pytest.mark.parametrize("letter", _letters())
@pytest.mark.parametrize("options", [("-raw",), ("-layout",), ()], ids=["raw", "layout", "default"])
def test_poppler_reads_the_letter_word_for_word(letter: object, options: tuple[str, ...]) -> None:
    text = letter()  # type: ignore[operator]
    read = poppler_text(set_letter(text, signatories=None, draft_for=None), *options)
    assert _read_words(_above_the_block(read)) == _expected(text)


@pytest.mark.parametrize("letter", _letters())
def test_pypdf_reads_the_letter_word_for_word(letter: object) -> None:
    text = letter()  # type: ignore[operator]
    # pypdf does not read /ActualText, which is what holds letters and their loose marks together.
    text = LetterText(**(vars(text) | {"body": text.body.replace("Marks: m̂ ẍ̂ p̣. ", "")}))
    pages = pypdf.PdfReader(io.BytesIO(set_letter(text, signatories=None))).pages
    read = "\n".join(page.extract_text() for page in pages)
    assert _read_words(_above_the_block(read)) == _expected(text)


def test_a_reader_that_joins_lines_finds_a_space_between_their_words() -> None:
    pages = pypdf.PdfReader(io.BytesIO(set_letter(signatories=None))).pages
    lines = pages[0].extract_text().split("\n")
    start = next(number for number, line in enumerate(lines) if line.startswith("The coalition writes"))
    joined = "".join(lines[start : start + 4])
    assert "makes the paragraph long enough for several lines, with EU-China and non-governmental words" in joined


def test_an_address_wider_than_the_page_is_cut_and_loses_nothing() -> None:
    address = "https://river.example/" + "/".join(f"part{number}" for number in range(40))
    text = river_letter(body=f"See <{address}>, please.")
    read = poppler_text(set_letter(text, signatories=None), "-raw")
    assert address + ",please." in re.sub(r"\s", "", read)


def test_no_line_ends_in_a_hyphen_that_a_reader_would_drop() -> None:
    body = "\n\n".join(
        "w" * (length % 40 + 1) + " and" * (length % 3) + " on- or offline - as we said -" + " so it is" * 8
        for length in range(80)
    )
    text = river_letter(body=body)
    read = poppler_text(set_letter(text, signatories=None))
    assert not re.search(r"-\s*\n", read)
    assert _read_words(_above_the_block(read)) == _expected(text)


_FACES = {
    (False, False): fonts.REGULAR,
    (False, True): fonts.ITALIC,
    (True, False): fonts.SEMIBOLD,
    (True, True): fonts.SEMIBOLD_ITALIC,
}
_run_of_words = st.text(alphabet="abcdefg-–.,(ÄéłжΩ ", min_size=1, max_size=300)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.booleans(), _run_of_words), min_size=1, max_size=5),
    st.floats(min_value=60, max_value=425),
    st.booleans(),
)
def test_lines_hold_every_word_in_order_and_none_is_wider_than_the_measure(
    runs: list[tuple[bool, bool, str]], measure: float, even: bool
) -> None:
    stretches = [(Manner(_FACES[bold, italic], 10.6), text) for bold, italic, text in runs]
    lines = break_lines(words_of(stretches), measure, even=even)
    written = "".join(piece.text for line in lines for piece in set_line(line, 0.0))
    assert written.split() == "".join(text for _, _, text in runs).split()
    for line in lines:
        last = line[-1]
        reach = sum(word.width + word.space_width for word in line) - last.space_width
        assert reach <= measure + 0.01
