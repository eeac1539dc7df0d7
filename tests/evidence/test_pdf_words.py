"""The words of a letter looked for in the text of its PDF: the warning PDF_TEXT."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.adapters.letter_intake import read_letter
from signing.cli.pdf_text import text_of
from signing.evidence import verify_bundle
from signing.evidence.letter_file import LetterFile
from signing.evidence.pdf_words import missing_words, words_of_letter
from tests.adapters.typeset.specimens import river_letter, set_letter
from tests.evidence.builders import LetterBuilder, signatory

REAL = Path(__file__).resolve().parents[2] / "../shared/letters/joint-letter-eu-china.md"


def closed_with(pdf: bytes, text: bytes) -> tuple[dict[str, bytes], LetterBuilder]:
    letter = LetterBuilder()
    title = LetterFile.from_bytes(text).header["title"]
    letter.version({"en": text}, alter=lambda statement: replace(statement, title=title))
    letter.answer(signatory(1))
    letter.close(pdfs={"en": pdf})
    return letter.bundle(), letter


def warnings(pdf: bytes, text: bytes) -> list[str]:
    files, letter = closed_with(pdf, text)
    report = verify_bundle(files, letter.trust(), pdf_text=text_of)
    assert report.failures == []
    return [each.message for each in report.warnings if each.code == "PDF_TEXT"]


def bare(word: str) -> str:
    return "".join(words_of_letter(word))


def test_a_document_of_the_letter_has_its_words() -> None:
    text = river_letter()
    assert warnings(set_letter(text), text.to_bytes()) == []


@pytest.mark.skipif(not REAL.exists(), reason="the real letter is not here")
def test_the_document_of_the_real_letter_has_its_words() -> None:
    text = read_letter(REAL.read_bytes(), REAL.name, language=None, mend=True).text
    assert warnings(set_letter(text), text.to_bytes()) == []


def test_a_document_with_another_word_is_told_with_the_place() -> None:
    text = river_letter()
    word = words_of_letter(LetterFile.from_bytes(text.to_bytes()).body)[12]
    other = LetterFile.from_bytes(text.to_bytes())
    changed = LetterFile.of(other.header, other.body.replace(word, f"{word}zzz", 1)).to_bytes()
    [told] = warnings(set_letter(text), changed)
    assert f"{word}zzz" in told
    assert told.startswith("pdf/en.pdf lacks words of letter/1.en.md")


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7 no more", b"%PDF-1.7\n" + bytes(3000)])
def test_a_document_that_cannot_be_read_is_told_and_nothing_more(pdf: bytes) -> None:
    assert warnings(pdf, river_letter().to_bytes()) == ["pdf/en.pdf: The text of this document cannot be read."]


def test_links_numbers_and_footnotes_are_no_words_of_the_body() -> None:
    items = '1. the [report (2019)](https://example.org/a_(b) "title");\n2. \\*water\\*.'
    body = f"We ask for:[^1]\n\n{items}\n\n[^1]: Note.\n"
    assert words_of_letter(body) == ["We", "ask", "for", "the", "report", "2019", "water"]


@given(st.lists(st.from_regex(r"[^\W\d_]{1,3}", fullmatch=True).map(bare).filter(bool), max_size=30), st.data())
def test_words_are_missing_only_where_one_is_left_out(words: list[str], data: st.DataObject) -> None:
    spread = [f"{word} {data.draw(st.sampled_from(['', 'page 1 of 2', '·']))}" for word in words]
    assert missing_words(spread, words) is None
    assert missing_words([" ".join(words)], [*words, "enough"]) is not None
