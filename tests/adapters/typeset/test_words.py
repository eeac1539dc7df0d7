"""The words on paper are the words of the letter: none lost, joined, divided or out of order."""

from __future__ import annotations

import io
import itertools
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


_PLAIN = Manner(fonts.REGULAR, 10.0)


def _broken(text: str, measure: float, manner: Manner = _PLAIN) -> list[str]:
    lines = break_lines(words_of([(manner, text)]), measure)
    return ["".join(piece.text for piece in set_line(line, 0.0)) for line in lines]


def test_scripts_without_spaces_are_broken_where_the_standard_allows_it() -> None:
    lines = _broken("我们要求公布全部数字。「没有数字」，就没有信任；没有信任，就没有合作。", 62.0)
    assert len(lines) > 4
    assert not [line for line in lines if line[0] in "。，；」" or line[-1] == "「"]
    assert len(_broken("བོད་ཀྱི་བུད་མེད་ལྷན་ཚོགས།", 60.0)) > 1
    assert all(line.endswith(("་", "།")) for line in _broken("བོད་ཀྱི་བུད་མེད་ལྷན་ཚོགས།", 60.0))
    assert "".join(_broken("กรุงเทพมหานครเป็นเมืองหลวง", 50.0)) == "กรุงเทพมหานครเป็นเมืองหลวง"
    assert len(_broken("กรุงเทพมหานครเป็นเมืองหลวง", 50.0)) > 1


def test_latin_words_beside_them_are_broken_at_spaces_alone() -> None:
    lines = _broken("中国人权(HRIC)EU-China/中国 and nothing-else", 40.0)
    assert not [line for line in lines if line.endswith(("-", "EU"))]
    assert "权\u00a0(" in "|".join(_broken("中国人权\u00a0(中权)", 20.0))


def test_kana_and_hangul_say_which_forms_han_letters_take() -> None:
    languages = {
        text: {word.stretches[0][0].language for word in words_of([(_PLAIN, text)])}
        for text in ("人権 フォーラム", "人權 협회", "台灣人權促進會・香港", "中国", "国際")
    }
    assert [*languages.values()] == [{"ja"}, {"ko"}, {"zh-Hant"}, {""}, {""}]


def test_places_count_from_the_edge_where_lines_begin() -> None:
    words = words_of([(_PLAIN, "سلام (UHRP) ۱۳۷۹ "), (Manner(fonts.SEMIBOLD, 10.0), "کجا")])
    reach = sum(word.width + word.space_width for word in words)
    for rtl in (False, True):
        pieces = set_line(words, 7.0, rtl=rtl)
        edges = sorted((piece.x, piece.x + piece.width) for piece in pieces)
        assert edges[0][0] == 7.0
        assert edges[-1][1] == pytest.approx(7.0 + reach, abs=0.2)  # a bracket kerned apart from its word
        assert all(before[1] == pytest.approx(after[0]) for before, after in itertools.pairwise(edges))
    assert set_line(words, 7.0, rtl=True)[-1].text.startswith("سلام")  # the first word stands on the right
    assert [piece.rtl for piece in set_line(words_of([(_PLAIN, "Latin 12")]), 0.0, rtl=True)] == [False]


def test_a_name_of_its_own_runs_as_its_first_letter_does() -> None:
    words = words_of([(_PLAIN, "سلام (UHRP) – x.")])
    assert [piece.text for piece in set_line(words, 0.0)] == ["سلام", " (UHRP) – x."]
    assert [piece.text.strip() for piece in set_line(words, 0.0, own=True)] == [".", "x", ") –", "UHRP", "سلام ("]
    latin = words_of([(_PLAIN, "Friends, Inc.")])
    assert [piece.text for piece in set_line(latin, 0.0, rtl=True, own=True)] == ["Friends, Inc."]
    assert [piece.text for piece in set_line(latin, 0.0, rtl=True)] == [".", "Friends, Inc"]
