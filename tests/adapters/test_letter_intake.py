"""A letter's file becomes a draft, or a refusal with its line and its remedy."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from signing.adapters.letter_intake import date_line_for, read_letter
from signing.domain.errors import Faulty, Refusal
from signing.domain.letter_text import ItemList, LetterText, Paragraph, Run
from signing.evidence.letter_file import LetterFile

LETTERS = Path(__file__).resolve().parents[2] / "../shared/letters"
needs_letters = pytest.mark.skipif(not LETTERS.is_dir(), reason="the real letter lies beside the checkout: absent")

FRONT = "---\ntitle: Clean water\ndate: 2026-03-01\nlanguage: en\naddressees:\n  - - Ms Brook\n    - Minister\n---\n"
PLAIN = """To the attn. of:

Ms Ada Brook

Minister of Water

1 March 2026

Dear Minister,

KEEP THE RIVER CLEAN

We ask you to act.

River Watch

Friends of the Delta (FD)
"""


def md(body="Words.\n", front=FRONT):
    return read_letter(f"{front}\n{body}".encode(), "letter.md")


def codes(draft):
    return [(warning.line, warning.code) for warning in draft.warnings]


def refusal(data, filename="letter.md", **options):
    with pytest.raises(Faulty) as caught:
        read_letter(data if isinstance(data, bytes) else data.encode(), filename, **options)
    return caught.value


# The real letter


@needs_letters
def test_the_real_letter_reads_the_same_from_both_of_its_files():
    as_markdown = read_letter((LETTERS / "joint-letter-eu-china.md").read_bytes(), "joint-letter-eu-china.md")
    as_text = read_letter((LETTERS / "joint-letter-eu-china.txt").read_bytes(), "joint-letter-eu-china.txt")
    assert as_text.text.blocks == as_markdown.text.blocks
    for text in (as_markdown.text, as_text.text):
        assert text.addressees == (
            (
                "Mr Josep Borell Fontelles",
                "EU High Representative for Foreign Affairs and Security Policy / Vice-President European External"
                " Action Service (EEAS)",
            ),
        )
        assert (text.date, text.date_line, text.language) == ("2023-02-15", "15 February 2023", "en")
        assert text.salutation == "Dear High Representative Borrell,"
    assert as_markdown.text.title.casefold() == as_text.text.title.casefold()
    assert as_text.text.title.startswith("JOINT PUBLIC LETTER: EU SHOULD")
    bullets = next(block for block in as_text.text.blocks if isinstance(block, ItemList))
    assert len(bullets.items) == 6
    assert Run("following up on the OHCHR report on Xinjiang", bold=True) in bullets.items[0][0].runs


@needs_letters
def test_the_real_letter_reports_its_links_its_cuts_and_its_names_by_line():
    as_markdown = read_letter((LETTERS / "joint-letter-eu-china.md").read_bytes(), "joint-letter-eu-china.md")
    links = [(11, "announced"), (11, "media"), (13, "report"), (15, "declares"), (17, "expressed"), (17, "called")]
    assert [warning.code for warning in as_markdown.warnings] == ["link-nowhere"] * 7
    assert [(warning.line, warning.message.split('"')[1]) for warning in as_markdown.warnings] == [
        *links,
        (27, "recommended"),
    ]
    data = (LETTERS / "joint-letter-eu-china.txt").read_bytes()
    as_text = read_letter(data, "joint-letter-eu-china.txt")
    assert codes(as_text) == [
        *[(line, "link-nowhere") for line in (17, 17, 19, 21, 23, 23)],
        (25, "joined"),
        (35, "link-nowhere"),
        (40, "joined"),
        (51, "signatories"),
    ]
    assert "Amnesty International; Front Line Defenders;" in as_text.warnings[-1].message
    assert "World Uyghur Congress" not in as_text.text.body
    unmended = read_letter(data, "joint-letter-eu-china.txt", mend=False)
    assert [found for found in codes(unmended) if found[0] in (25, 40)] == [
        (25, "cut-paragraph"),
        (40, "cut-paragraph"),
    ]
    assert len(unmended.text.blocks) > len(as_text.text.blocks)


# Markdown with front matter


def test_a_markdown_letter_gives_all_its_fields():
    front = FRONT.replace(
        "title", "place: Riverton\nsalutation: Dear Minister,\nclosing: Sincerely,\nreference: R/7\n"
        "deadline: 2026-03-20T18:00+01:00\ntitle"
    )
    draft = md("We **ask** you.", front)
    assert draft.text == LetterText(
        title="Clean water",
        date="2026-03-01",
        date_line="1 March 2026",
        language="en",
        addressees=(("Ms Brook", "Minister"),),
        body="We **ask** you.",
        salutation="Dear Minister,",
        closing="Sincerely,",
        place="Riverton",
        reference="R/7",
    )
    assert draft.deadline == datetime(2026, 3, 20, 17, 0, tzinfo=UTC)
    assert draft.warnings == ()


def test_the_file_that_a_draft_becomes_is_one_that_evidence_accepts():
    text = md("We ask[^1] for [help](https://x.example/).\n\n[^1]: Again.").text
    assert LetterFile.from_bytes(text.to_bytes()).header["title"] == "Clean water"


def test_no_is_norwegian_and_no_falsehood():
    assert md(front=FRONT.replace("language: en", "language: no")).text.language == "no"


def test_windows_line_ends_a_byte_order_mark_and_open_accents_make_no_difference():
    plain = md("Café\n\n- au lait").text
    messy = "\ufeff" + f"{FRONT}\nCafe\u0301\n\n-\tau lait".replace("\n", "\r\n")
    assert read_letter(messy.encode(), "LETTER.MD").text == plain


def test_straight_quotes_stay_as_they_are():
    assert md('He said "yes" - it\'s so.').text.body == 'He said "yes" - it\'s so.'


@pytest.mark.parametrize(
    ("body", "code", "kept"),
    [
        ("<b>Words</b>", "html", "<b>Words</b>"),
        ("![A map](https://x.example/m.png)", "picture", "A map"),
        ("    words", "code-block", "words"),
        ("| a | b |\n|---|---|\n| c | d |", "table", "| c | d |"),
        ("Words\n\n***", "line-across", "Words"),
        ("Words[^1]", "footnote-missing", "Words[^1]"),
        ("这是**“重点”**的", "stray-stars", "这是**“重点”**的"),
        ("W\ufffdrds", "replacement-character", "W\ufffdrds"),
    ],
)
def test_what_a_letter_cannot_show_stays_as_words_with_a_warning(body, code, kept):
    draft = md(f"First.\n\n{body}")
    assert code in [warning.code for warning in draft.warnings]
    assert all(warning.line >= 12 for warning in draft.warnings)
    assert kept in draft.text.to_plain_text()


def test_a_bullet_before_a_paragraph_in_lower_case_is_not_joined_to_it_but_shown():
    draft = md("We ask for:\n\n- clean water\n- fresh air\n\nand we will not rest.")
    assert codes(draft) == [(15, "cut-paragraph")]
    assert draft.text.blocks[2] == Paragraph((Run("and we will not rest."),))


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("title: Clean water\n", "", "missing-field", 7),
        ("title: Clean water", "title:", "missing-field", 8),
        ("title: Clean water", "title: ''", "missing-field", 8),
        ("title: Clean water", "title: [a]", "field-shape", 2),
        ("title: Clean water", "title: Water: clean", "front-matter", 2),
        ("title: Clean water", 'title: "a\\nBcc: b"', "line-break", 2),
        ("title: Clean water", "title: |\n  a\n  b", "line-break", 2),
        ("title: Clean water", 'title: "a\\u202eb"', "unsafe-character", 2),
        ("title: Clean water", 'title: "a\\ud800b"', "unsafe-character", 2),
        ("title: Clean water", 'title: "\\UFFFFFFFF"', "front-matter", 2),
        ("title: Clean water", "title: &a Clean water", "front-matter", 2),
        ("title: Clean water", "title: *a", "front-matter", 2),
        ("title: Clean water", "title: !!python/object:os.system x", "field-shape", 2),
        ("title: Clean water", "title: !x y", "field-shape", 2),
        ("title: Clean water", "title: Clean water\ntitle: Twice", "field-twice", 3),
        ("title: Clean water", "title: Clean water\nsubject: x", "unknown-field", 3),
        ("title: Clean water", "title: Clean water\n<<: {a: b}", "unknown-field", 3),
        ("title: Clean water", "? [a]\n: b", "unknown-field", 2),
        ("title: Clean water", "title: " + "[" * 5_000, "front-matter", 2),
        ("title: Clean water", "title: " + "x" * 40_000, "front-matter-long", 1),
        ("date: 2026-03-01", "date: 2026-02-30", "bad-date", 3),
        ("date: 2026-03-01", "date: 1 March 2026", "bad-date", 3),
        ("language: en", "language: English", "bad-language", 4),
        ("language: en", "language: xx", "bad-language", 4),
        ("language: en", "language: en_GB", "bad-language", 4),
        ("language: en", "language: en\ndeadline: 2026-03-20", "bad-deadline", 5),
        ("language: en", "language: en\ndeadline: 2026-03-20T18:00", "bad-deadline", 5),
        ("language: en", "language: en\ndeadline: 0001-01-01T00:00+23:00", "bad-deadline", 5),
        ("  - - Ms Brook\n    - Minister\n", "  - Ms Brook\n", "field-shape", 6),
        ("addressees:\n  - - Ms Brook\n    - Minister\n", "addressees: Ms Brook\n", "field-shape", 5),
        ("  - - Ms Brook\n    - Minister\n", "  - - {a: b}\n", "field-shape", 6),
        ("---\ntitle", "title", "no-front-matter", 1),
        ("Minister\n---\n", "Minister\n", "front-matter-open", 1),
    ],
)
def test_faulty_front_matter_is_named_by_line(old, new, code, line):
    changed = FRONT.replace(old, new)
    assert changed != FRONT
    fault = refusal(changed + "\nWords.\n")
    assert (fault.code, fault.line) == (code, line)


@pytest.mark.parametrize(
    ("body", "code", "line"),
    [
        ("", "empty-body", 8),
        ("***", "empty-body", 10),
        ("Words.\n\n[a](javascript:alert(1))", "link-refused", 12),
        ("Words.\n\n[a](data:text/html;base64,x)", "link-refused", 12),
        ("Words\n\na\u202eb", "unsafe-character", 12),
        ("Words\n\na\u200bb", "unsafe-character", 12),
        ("Words\n\na\x00b", "unsafe-character", 12),
        ("Words\n\n&#x2066;", "unsafe-character", 12),
        ("Words\n\n[^1]: unused", "footnote-unused", 12),
        ("Words\n\n" + "> " * 40 + "x", "too-deep", 12),
    ],
)
def test_faulty_words_are_named_by_the_line_of_the_file(body, code, line):
    fault = refusal(f"{FRONT}\n{body}")
    assert (fault.code, fault.line) == (code, line)
    assert f"Line {line}:" in fault.message


def test_a_hidden_character_is_named():
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in refusal(f"{FRONT}\na\u202eb").message


@pytest.mark.parametrize(
    ("data", "filename", "code"),
    [
        (b"", "letter.md", "empty-file"),
        (b"\n \n", "letter.txt", "empty-file"),
        (b"\xef\xbb\xbf", "letter.md", "empty-file"),
        (PLAIN.encode("utf-16"), "letter.txt", "not-utf-8"),
        (PLAIN.encode("utf-16-le"), "letter.txt", "not-utf-8"),
        (PLAIN.encode("utf-32"), "letter.txt", "not-utf-8"),
        ("Dear Zoë,\nno".encode("latin-1"), "letter.txt", "not-utf-8"),
        (b"x" * 10_000_000, "letter.md", "too-large"),
        (b"PK\x03\x04", "letter.docx", "docx"),
        (b"words", "letter.doc", "old-word"),
        (b"words", "letter", "file-kind"),
        (b"words", "letter.pdf", "file-kind"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(data, filename, code):
    assert refusal(data, filename).code == code


def test_a_wrong_encoding_is_named_by_its_line():
    assert refusal("a\nb\nZoë".encode("latin-1")).line == 3


# Plain text


def test_a_plain_letter_gives_its_opening_its_words_and_leaves_the_names_out():
    draft = read_letter(PLAIN.encode(), "letter.txt")
    assert draft.text == LetterText(
        title="KEEP THE RIVER CLEAN",
        date="2026-03-01",
        date_line="1 March 2026",
        language="en",
        addressees=(("Ms Ada Brook", "Minister of Water"),),
        body="We ask you to act.",
        salutation="Dear Minister,",
    )
    assert codes(draft) == [(15, "signatories")]
    assert "River Watch; Friends of the Delta (FD)" in draft.warnings[0].message


def test_a_plain_letter_may_have_a_place_two_addressees_a_closing_and_a_headed_list():
    draft = read_letter(
        "Attn:\nMme Rive\nMinistre\nM. Bord\nBrussels, March 1, 2026\nRef: R/7\n\nDear both,\n\n"
        "Subject: Clean water\n\nWe ask.\n\nSincerely,\n\n"
        "Signatories:\n1. River Watch, Inc.\n2. epicenter.works – for water\n".encode(),
        "letter.txt",
    )
    assert draft.text.addressees == (("Mme Rive", "Ministre"), ("M. Bord",))
    assert (draft.text.place, draft.text.date, draft.text.date_line) == ("Brussels", "2026-03-01", "March 1, 2026")
    assert (draft.text.reference, draft.text.title, draft.text.closing) == ("Ref: R/7", "Clean water", "Sincerely,")
    assert draft.text.body == "We ask."
    assert "River Watch, Inc.; epicenter.works – for water" in draft.warnings[0].message


def test_a_letter_without_addressees_and_salutation_is_read_in_the_language_given():
    draft = read_letter("# 保护河流\n\n2026年3月1日\n\n我们呼吁。".encode(), "letter.txt", language="zh-Hans")
    assert (draft.text.title, draft.text.date, draft.text.addressees) == ("保护河流", "2026-03-01", ())


def test_bullets_at_the_end_are_words_and_not_names():
    body = PLAIN.replace("River Watch\n\nFriends of the Delta (FD)", "- River watch\n- Clean banks")
    draft = read_letter(body.encode(), "letter.txt")
    assert draft.warnings == ()
    assert "Clean banks" in draft.text.body


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("1 March 2026\n", "\n", "missing-date", 13),
        ("1 March 2026", "01/03/2026", "missing-date", 13),
        ("KEEP THE RIVER CLEAN\n\n", "", "missing-title", 11),
        ("Dear Minister,\n\n", "", "missing-language", 1),
        ("We ask you to act.\n", "", "empty-body", 14),
    ],
)
def test_a_plain_letter_that_lacks_a_part_says_which_and_where(old, new, code, line):
    changed = PLAIN.replace(old, new)
    assert changed != PLAIN
    fault = refusal(changed, "letter.txt")
    assert (fault.code, fault.line) == (code, line)


def test_a_language_given_must_be_one():
    assert refusal(PLAIN, "letter.txt", language="Klingon").code == "bad-language"


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "15 February 2023"),
        ("en-US", "February 15, 2023"),
        ("fr", "15 février 2023"),
        ("de", "15. Februar 2023"),
        ("zh-Hant", "2023年2月15日"),
    ],
)
def test_a_date_is_printed_in_the_words_of_the_language(language, line):
    assert date_line_for(date(2023, 2, 15), language) == line


# Anything at all

SHREDS = st.lists(
    st.sampled_from(
        [
            *[*FRONT.splitlines(keepends=True), *PLAIN.splitlines(keepends=True), "\n", "\r\n", "- ", "**", "["],
            *["](#)", "[^1]", ": ", "&a ", "*a", "{", "[" * 9, "\t", "…", "\u0301", "title: ", "deadline: "],
            *["# ", "Signed:\n", "To: ", "\n[^1]: "],
        ]
    ),
    max_size=40,
).map("".join)


@settings(max_examples=300, deadline=5_000)
@given(
    data=st.binary(max_size=300) | (SHREDS | st.text(max_size=200)).map(lambda text: text.encode("utf-8", "replace")),
    after=st.booleans(),
    filename=st.sampled_from(["a.md", "a.txt"]),
    language=st.sampled_from([None, "en", "ug"]),
    mend=st.booleans(),
)
@example(data=b"", after=True, filename="a.md", language=None, mend=True)
def test_whatever_is_brought_becomes_a_draft_or_a_refusal(data, after, filename, language, mend):
    if after:
        data = (FRONT if filename == "a.md" else PLAIN).encode() + b"\n" + data
    try:
        draft = read_letter(data, filename, language=language, mend=mend)
    except Refusal:
        return
    assert LetterText.from_bytes(draft.text.to_bytes()) == draft.text
    assert LetterFile.from_bytes(draft.text.to_bytes()).to_bytes() == draft.text.to_bytes()
