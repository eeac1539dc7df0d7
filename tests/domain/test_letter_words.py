"""Words that are being written come back as they were typed, whatever they are; every line of their file is known."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from signing.adapters.letter_intake import read_letter
from signing.domain.letter_words import FIELDS, LetterWords, Place
from signing.domain.redline import compare
from tests.web.installation import letter_text

WHOLE: dict[str, Any] = {
    "title": 'A "letter": about #rivers \\ & more', "date": "2026-03-02", "language": "en", "place": "Genève",
    "salutation": "Dear all,", "addressees": (("Ms Ada Example", "Union: Waters"), ("Mr B",)),
    "copies": (("Ms C", "Archive"),), "body": "One.\n\n---\n\ntwo: *three*",
}
ANYTHING = st.text(max_size=40)
BLOCKS = st.lists(st.lists(ANYTHING, max_size=3).map(tuple), max_size=3).map(tuple)


@settings(max_examples=60)
@given(st.fixed_dictionaries(dict.fromkeys(FIELDS, ANYTHING)), BLOCKS, BLOCKS, st.text(max_size=200))
def test_whatever_is_typed_comes_back_and_can_be_compared(
    fields: dict[str, str], to: tuple[tuple[str, ...], ...], cc: tuple[tuple[str, ...], ...], body: str
) -> None:
    words = LetterWords(**fields, addressees=to, copies=cc, body=body).cleaned()
    back = LetterWords.from_file(words.to_file())
    # An address that calls itself a copy is one.
    assert back.addressees + back.copies == words.addressees + words.copies or any(
        line.startswith("Cc: ") for block in words.addressees for line in block[:1]
    )
    assert all(getattr(back, name) == getattr(words, name) for name in (*FIELDS, "body"))
    assert back.to_file().encode()
    compare(words.as_plain_text(), LetterWords(**WHOLE).as_plain_text())


def test_the_file_is_one_that_the_importer_reads() -> None:
    words = LetterWords(**WHOLE)
    text = read_letter(words.to_file().encode(), "letter.md", mend=False).text
    assert text.title == words.title
    assert text.addressees == (*words.addressees, ("Cc: Ms C", "Archive"))
    assert text.body == "One.\n\ntwo: *three*" or "three" in text.body
    plain = letter_text()
    assert LetterWords.of(plain).to_file() == LetterWords.from_file(LetterWords.of(plain).to_file()).to_file()
    assert read_letter(LetterWords.of(plain).to_file().encode(), "letter.md", mend=False).text == plain


def test_every_line_of_the_file_is_a_field_or_a_line_of_the_body() -> None:
    words = LetterWords(**WHOLE)
    lines = words.to_file().split("\n")
    for number, line in enumerate(lines, start=1):
        place = words.place_of(number)
        if line.startswith("title:"):
            assert place == Place("title")
        if "Union: Waters" in line:
            assert place == Place("to-0")
        if "Ms C" in line:
            assert place == Place("cc-0")
        if line == "two: *three*":
            assert place == Place("body", 5)


def test_a_file_of_somebody_elses_is_all_body() -> None:
    for file in ('---\nfoo: "x"\n---\n\nwords\n', "no front matter", '---\ntitle: "\\q"\n---\n\nx\n'):
        assert LetterWords.from_file(file) == LetterWords(body=file)
