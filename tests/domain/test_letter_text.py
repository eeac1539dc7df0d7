"""The exact file of a letter's words (EVIDENCE 4.3): one spelling, read only in that spelling."""

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.domain.errors import Faulty
from signing.domain.letter_text import LetterText, Paragraph, Run, is_language_tag
from signing.domain.letter_text_reader import find_unsafe, name_character
from signing.evidence.letter_file import UNSAFE_CHARACTERS

LETTER = LetterText(
    title="Keep the river clean",
    date="2026-03-01",
    date_line="1 March 2026",
    language="en",
    addressees=(("Ms Ada Brook", "Minister of Water"), ("The Parliament",)),
    body="We **ask** you:\n\n- act\n- answer[^1]\n\n[^1]: Soon.",
    salutation="Dear Minister,",
    place="Riverton",
)
FILE = (
    b'---\n{"addressees":[["Ms Ada Brook","Minister of Water"],["The Parliament"]],"date":"2026-03-01",'
    b'"date_line":"1 March 2026","language":"en","place":"Riverton","salutation":"Dear Minister,",'
    b'"title":"Keep the river clean"}\n---\n\nWe **ask** you:\n\n- act\n- answer[^1]\n\n[^1]: Soon.\n'
)


def test_the_file_is_a_header_line_between_dashes_and_the_body():
    assert LETTER.to_bytes() == FILE
    assert LETTER.sha256 == hashlib.sha256(FILE).hexdigest()


def test_the_file_reads_back_as_the_same_letter():
    assert LetterText.from_bytes(FILE) == LETTER


def test_the_body_is_read_as_blocks_and_footnotes():
    assert LETTER.blocks[0] == Paragraph((Run("We "), Run("ask", bold=True), Run(" you:")))
    assert LETTER.footnotes == ((Run("Soon."),),)


def test_line_feeds_around_the_body_are_not_part_of_it():
    assert replace(LETTER, body="\n" + LETTER.body + "\n\n") == LETTER


def test_the_plain_text_holds_the_words_in_their_order():
    assert LETTER.to_plain_text() == (
        "Ms Ada Brook\nMinister of Water\n\nThe Parliament\n\nRiverton, 1 March 2026\n\nDear Minister,\n\n"
        "Keep the river clean\n\nWe ask you:\n\n• act\n• answer[1]\n\n[1] Soon.\n"
    )


def test_every_character_that_evidence_refuses_is_found_and_named():
    for char in [*UNSAFE_CHARACTERS, "\x00", "\t", "\r", "\x7f", "\x9f", "\u2028", "\u2029"]:
        assert find_unsafe(f"a\nb{char}c") == (2, name_character(char))
    assert find_unsafe("می\u200cخواهیم\u200d \u200e\u200f\u00ad\n") is None


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)


@given(title=WORDS, place=st.none() | WORDS, body=st.text(max_size=80), addressee=WORDS)
def test_every_letter_that_can_be_written_reads_back_or_says_why_not(title, place, body, addressee):
    try:
        letter = replace(LETTER, title=title, place=place, body=body, addressees=((addressee,),))
        written = letter.to_bytes()
        read = LetterText.from_bytes(written)
    except Faulty:
        return
    assert read == letter
    assert read.to_bytes() == written


@given(at=st.integers(0, len(FILE) - 1), to=st.binary(max_size=2))
def test_another_byte_is_another_letter_or_none(at, to):
    changed = FILE[:at] + to + FILE[at + 1 :]
    try:
        letter = LetterText.from_bytes(changed)
    except Faulty:
        return
    assert letter.to_bytes() == changed
    assert (letter == LETTER) == (changed == FILE)


def header(**changes):
    fields = json.loads(FILE.split(b"\n")[1]) | changes
    line = json.dumps(
        {name: value for name, value in fields.items() if value is not None},
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return f"---\n{line}\n---\n\nWords.\n".encode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "letter-file"),
        (b"\xff\xfe-\x00", "not-utf-8"),
        (FILE[:-1], "letter-file"),
        (FILE + b"\n", "letter-file"),
        (FILE.replace(b"\n", b"\r\n"), "letter-file"),
        (FILE[:3] + b" " + FILE[3:], "letter-file"),
        (FILE.replace(b'{"addressees"', b'{ "addressees"'), "letter-header"),
        (FILE.replace(b'"language":"en"', b'"language":"en","language":"en"'), "letter-header"),
        (header(subject="x"), "letter-header"),
        (header(title=None), "letter-header"),
        (header(title=7), "letter-header"),
        (header(addressees="Ms Brook"), "letter-header"),
        (header(addressees=[["a"], "b"]), "letter-header"),
        (header(addressees=[[]]), "addressees-shape"),
        (header(title=" "), "missing-field"),
        (header(title="a\nBcc: b"), "line-break"),
        (header(title="a\u2028b"), "line-break"),
        (header(title="a\u202eb"), "unsafe-character"),
        (header(title="e\u0301"), "not-nfc"),
        (header(date="2026-02-30"), "bad-date"),
        (header(date="2026-3-1"), "bad-date"),
        (header(date="٢٠٢٦-03-01"), "bad-date"),
        (header(language="English"), "bad-language"),
        (header(language="en_GB"), "bad-language"),
        (FILE.replace(b"Soon.", b"So\xe2\x80\x8bon."), "unsafe-character"),
        (FILE.replace(b"Soon.", b"So\ton."), "unsafe-character"),
        (FILE.replace(b"Soon.", b"Soon e\xcc\x81."), "not-nfc"),
        (FILE.replace(b"- act", b"- [act](#)"), "letter-body"),
        (FILE.replace(b"- act", b"- <b>act</b>"), "letter-body"),
        (FILE.replace(b"- act", b"- [act](javascript:x)"), "link-refused"),
        (FILE.replace(b"answer[^1]", b"answer"), "footnote-unused"),
    ],
)
def test_a_file_that_this_program_would_not_write_is_refused_with_a_reason(data, code):
    with pytest.raises(Faulty) as caught:
        LetterText.from_bytes(data)
    assert caught.value.code == code


def test_a_letter_without_words_has_no_file():
    with pytest.raises(Faulty) as caught:
        replace(LETTER, body="\n").to_bytes()
    assert caught.value.code == "empty-body"


@pytest.mark.parametrize("tag", ["en", "pt-BR", "zh-Hant", "zh-Hant-TW", "es-419", "ug", "bo", "ca-valencia"])
def test_a_language_tag_has_one_spelling(tag):
    assert is_language_tag(tag)
    assert not is_language_tag(tag.swapcase())


@pytest.mark.parametrize("tag", ["", "e", "English", "en_GB", "en-", "-en", "en-gb", "i-klingon", "en\n"])
def test_what_is_no_language_tag(tag):
    assert not is_language_tag(tag)
