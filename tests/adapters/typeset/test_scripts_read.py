"""Three readers copy every name as it was written; where one does not, the name and the reason stand here."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable

import pymupdf  # type: ignore[import-untyped]
import pypdfium2  # type: ignore[import-untyped]
import pytest

from .script_names import BOTH_WAYS, NAMES, Name
from .script_pictures import our_page
from .specimens import poppler_text

ALL = (*NAMES, *BOTH_WAYS)


@pytest.fixture(scope="module")
def page() -> bytes:
    return our_page(ALL)


def poppler(pdf: bytes) -> str:
    return poppler_text(pdf)


def mupdf(pdf: bytes) -> str:
    return str(pymupdf.open(stream=pdf)[0].get_text())


def pdfium(pdf: bytes) -> str:
    return str(pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range())


def spelt(text: str) -> str:
    """One spelling of a text: composed, without the marks of direction that readers add or what says nothing."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(c for c in composed if c not in "\u034f\u200e\u200f\u202a\u202b\u202c").strip()


def of(language: str, script: str) -> Name:
    return next(name for name in NAMES if (name.language, name.script) == (language, script))


IN_ORDER_SEEN = "takes a line of both directions from left to right, as it is seen"
MISREAD: dict[Callable[[bytes], str], dict[Name, str]] = {
    poppler: {
        **dict.fromkeys(BOTH_WAYS, IN_ORDER_SEEN),
        of("fa", "Arab"): "takes digits, which run to the right, before the words",
        of("dv", "Thaa"): "takes the last vowel first",
    },
    mupdf: {
        **dict.fromkeys(BOTH_WAYS, IN_ORDER_SEEN),
        of("fa", "Arab"): "takes digits, which run to the right, before the words",
        of("dv", "Thaa"): "takes the last vowel first, and the words for the end of the line above",
        of("tzm", "Tfng"): "takes the Thaana words of the line below for its end",
        of("ml", "Mlym"): "begins a line at a vowel that is drawn before its letter",
    },
    pdfium: {
        **dict.fromkeys(BOTH_WAYS, "takes a line of both directions in an order of its own, brackets turned"),
        of("ar", "Arab"): "takes the two letters of a ligature (\u0644\u0625) in the other order",
    },
}
"""Names that a reader does not read as written, and why; the structure tree has their exact words (/ActualText)."""


@pytest.mark.parametrize("reader", [poppler, mupdf, pdfium])
def test_every_name_is_read_as_it_was_written(page: bytes, reader: Callable[[bytes], str]) -> None:
    lines = {spelt(line) for line in reader(page).splitlines()}
    assert {name for name in ALL if spelt(name.text) not in lines} == MISREAD[reader].keys()


@pytest.mark.parametrize("reader", [poppler, mupdf, pdfium])
def test_no_letter_is_lost_or_read_twice(page: bytes, reader: Callable[[bytes], str]) -> None:
    read, written = (Counter(spelt(text)) for text in (reader(page), " ".join(name.text for name in ALL)))
    counts = {letter: read[letter] - written[letter] for letter in read | written if not letter.isspace()}
    assert {letter: count for letter, count in counts.items() if count and letter not in "()"} == {}
