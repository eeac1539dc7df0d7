"""The signed text: what may stand in it, and which changes an approval survives (EVIDENCE 4.3)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.evidence import Malformed
from signing.evidence.carry import Change, change_between
from signing.evidence.letter_file import (
    UNSAFE_CHARACTERS,
    LetterFile,
    check_text,
    is_unsafe_character,
)
from signing.evidence.signatory_list import ListedName, SignatoryList, compile_list, first_out_of_order

from .builders import LetterBuilder, by_name, letter_text, refusal, signatory

TEXT = letter_text()


def test_a_letter_file_reads_back_and_gives_its_header():
    assert LetterFile.from_bytes(TEXT).to_bytes() == TEXT
    assert check_text(TEXT)["title"] == "Open letter"
    assert check_text(TEXT)["addressees"] == [["The Minister", "of Water"]]


def test_the_file_is_laid_out_as_written_down():
    assert TEXT.decode() == (
        '---\n{"addressees":[["The Minister","of Water"]],"date":"2026-11-24","date_line":"24 November 2026",'
        '"language":"en","title":"Open letter"}\n---\n\n# Open letter\n\nWe ask for **water**.\n'
    )


def test_optional_fields_are_read():
    header = {**check_text(TEXT), "place": "Geneva", "reference": "A/1", "salutation": "Sir,", "closing": "Yours"}
    assert check_text(LetterFile.of(header, "Words.\n").to_bytes()) == header


@pytest.mark.parametrize("character", [*sorted(UNSAFE_CHARACTERS), "\t", "\r", "\0", "\x1b", "\x7f", "\x85"])
def test_a_hidden_character_is_refused_wherever_it_stands(character):
    assert is_unsafe_character(character)
    for place in (b"ask", b"Minister"):
        hidden = TEXT.replace(place, place[:1] + character.encode() + place[1:])
        assert refusal(lambda hidden=hidden: check_text(hidden)) == "TEXT_UNSAFE"


@pytest.mark.parametrize("character", ["a", "\n", " ", "\u00a0", "’", "ئ", "\u200d", "\u200e", "中"])
def test_ordinary_characters_are_welcome(character):
    assert not is_unsafe_character(character)


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\xff\xfe",
        TEXT[:-1],
        TEXT + b"\n",
        TEXT.replace(b"\n", b"\r\n"),
        b"\n" + TEXT,
        b"\xef\xbb\xbf" + TEXT,
        TEXT.replace(b"water", "e\u0301au".encode()),
        TEXT.replace(b'"date":"2026-11-24"', b'"date":"2026-13-24"'),
        TEXT.replace(b'"language":"en",', b""),
        TEXT.replace(b'"language":"en"', b'"language":"en","mood":"grim"'),
        TEXT.replace(b'"language":"en"', b'"language":"e n"'),
        TEXT.replace(b'"title":"Open letter"', b'"title":""'),
        TEXT.replace(b'"title":"Open letter"', b'"title":"Open\\nletter"'),
        TEXT.replace(b'"title":"Open letter"', b'"title":"Open\\u001bletter"'),
        TEXT.replace(b'[["The Minister","of Water"]]', b'["The Minister"]'),
        TEXT.replace(b'{"addressees"', b'{ "addressees"'),
        TEXT.split(b"# Open")[0] + b" \n",
        TEXT[:-1] + b"." * 4_200_000 + b"\n",
    ],
)
def test_what_is_not_exactly_a_letter_file_is_refused(damaged):
    assert damaged != TEXT
    assert refusal(lambda: check_text(damaged)) == "TEXT_UNSAFE"


@given(st.binary(max_size=80))
def test_reading_made_up_files_raises_nothing_but_text_unsafe(data):
    assert refusal(lambda: check_text(data)) == "TEXT_UNSAFE"
    assert refusal(lambda: check_text(TEXT[:20] + data)) == "TEXT_UNSAFE"


def test_a_header_that_cannot_be_written_is_refused():
    with pytest.raises(Malformed):
        LetterFile.of({"title": 1.5}, "Words.\n")


GOLDEN = [
    ("We ask for water.", "We ask for water.", Change.NOTHING),
    ("We ask for water.", "We  ask\nfor water.", Change.TYPOGRAPHY),
    ("We ask\u00a0for water.", "We ask for water.", Change.TYPOGRAPHY),
    ('He said "no" to us.', "He said “no” to us.", Change.TYPOGRAPHY),
    ("He said „no“ to us.", "He said «no» to us.", Change.TYPOGRAPHY),
    ("it's so", "it’s so", Change.TYPOGRAPHY),
    ("2019-2020", "2019–2020", Change.TYPOGRAPHY),
    ("one - two", "one — two", Change.TYPOGRAPHY),
    ("minus -1", "minus \u22121", Change.TYPOGRAPHY),
    ("We ask for water.", "We ask for waters.", Change.WORDS),
    ("We ask for water.", "We ask for Water.", Change.WORDS),
    ("wellbeing", "well being", Change.WORDS),
    ("well-being", "wellbeing", Change.WORDS),
    ("He said 'no'.", 'He said "no".', Change.WORDS),
    ("stop", "stop…", Change.WORDS),
    ("We ask for water.", "We ask for **water**.", Change.WORDS),
]


@pytest.mark.parametrize(("old", "new", "change"), GOLDEN)
def test_what_counts_as_typography_is_written_down(old, new, change):
    before, after = letter_text(words=old), letter_text(words=new)
    assert change_between({"en": before}, {"en": after}) is change
    assert change_between({"en": after}, {"en": before}) is change


def test_a_header_or_a_language_that_changes_lapses_every_approval():
    before = letter_text()
    assert change_between({"en": before}, {"en": letter_text(title="Open Letter")}) is Change.WORDS
    assert change_between({"en": before}, {"de": before}) is Change.WORDS
    assert change_between({"en": before}, {"en": before, "de": letter_text("de")}) is Change.WORDS
    assert change_between({"en": before}, {"en": None}) is Change.WORDS
    assert change_between({}, {}) is Change.WORDS


STRAIGHT, CURLY = letter_text(words='The "water".'), letter_text(words="The “water”.")


@pytest.mark.parametrize(
    ("texts", "accepting", "plain"),
    [
        ([STRAIGHT, STRAIGHT], True, True),
        ([STRAIGHT, CURLY], True, False),
        ([STRAIGHT, CURLY, STRAIGHT], True, False),
        ([STRAIGHT, letter_text(words="The fire."), STRAIGHT], False, False),
        ([STRAIGHT, letter_text(words="The fire.")], False, False),
    ],
)
def test_an_approval_carries_version_by_version(texts, accepting, plain):
    letter = LetterBuilder()
    letter.version({"en": texts[0]})
    letter.answer(signatory(0), accepts=("typography",))
    letter.answer(signatory(1))
    for text in texts[1:]:
        letter.version({"en": text})
    standing = {answer.identity for answer in letter.ledger().approvals()}
    assert standing == {org for org, stands in (("org-0", accepting), ("org-1", plain)) if stands}


def test_an_approval_of_the_new_version_stands_by_itself():
    letter = LetterBuilder()
    letter.version({"en": STRAIGHT})
    letter.answer(signatory(0))
    letter.version({"en": letter_text(words="The fire.")})
    assert letter.ledger().approvals() == ()
    again = letter.answer(signatory(0))
    assert [answer.index for answer in letter.ledger().approvals()] == [again]


def test_the_list_is_sorted_by_the_key_given_and_ties_by_code_point():
    letter = LetterBuilder()
    letter.version()
    names = ["b", "a", "ä", "B"]
    for number, name in enumerate(names):
        letter.answer(replace(signatory(number), listed_as=name))
    listed = [name.signatory.listed_as for name in letter.signatories().listed]
    assert listed == sorted(names)
    same = compile_list(letter.ledger(), groups={"org-0": "Europe"}, sort_key=lambda who: 0)
    assert [(name.group, name.signatory.listed_as) for name in same.listed] == [
        *((None, name) for name in sorted(names[1:])), ("Europe", names[0])
    ]  # fmt: skip
    assert by_name(replace(signatory(0), sort_name="Z")) == "Z"


@pytest.mark.parametrize(
    ("printed", "astray"),
    [
        ("a b", None),
        ("b a", "b"),
        ("z A:c A:d B:a", None),
        ("A:c z", "A:c"),  # those of no group come first
        ("A:c B:a A:d", "B:a"),  # a group stands in one piece
        ("B:a A:b", None),  # which group comes first is the coordinator's choice
        ("A:d A:c", "A:d"),
    ],
)
def test_a_list_sorts_again_to_itself_or_the_first_name_astray_is_given(printed, astray):
    listed = []
    for index, each in enumerate(printed.split()):
        group, _, name = each.rpartition(":")
        listed.append(ListedName(replace(signatory(index), listed_as=name), index, group or None))
    found = first_out_of_order(SignatoryList(tuple(listed)), by_name)
    assert (found and f"{found.group}:{found.signatory.listed_as}".removeprefix("None:")) == astray
