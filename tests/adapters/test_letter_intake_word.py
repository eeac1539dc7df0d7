"""A Word document becomes a letter; what it holds beside words is told, and nothing is lost in silence."""

import dataclasses
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signing.adapters.letter_intake import read_letter
from signing.adapters.renderings.word_document import letter_docx
from signing.domain.errors import Faulty
from signing.domain.letter_text import Heading, LetterText, Paragraph, Run, blocks_to_markdown
from tests.adapters.word_documents import CLOSED, numbered, opening, paragraph, run, word
from tests.installation import ROOT, needs_real_letter

RICH = LetterText(
    title="Water is *not* a # game", date="2026-03-01", date_line="1 March 2026", language="en", place="Riverton",
    reference="CWC 2026/118", addressees=(("Ms Brook", "Minister", "Street 1"), ("Mr Stone", "Office")),
    salutation="Dear both,", closing="Sincerely,",
    body="# Why\n\nWe **ask** *you* for ***all*** [of **it**](https://x.example/a?b=c&d=%20e) now.[^1] A\\\nbreak. \\*"
    "\n\n3. one\n4. two\n\n   second of two\n\n   - inner\n\n     inner second\n   - inner b\n     1. deep\n"
    "     2. deeper\n\n5. five\n\n- a\n- b\n\n"
    "* another list\n* again\n\n> Quoted **words**.\n>\n> - in quote\n> - more\n>\n> End.\n\n"
    "## Two\n\n- item\n\n  > quote in item\n\nAfter the list.[^2] And again.[^1]\n\n"
    "[^1]: Note with [link](https://n.example/).\\\n    Second line.\n\n[^2]: Note two.",
)  # fmt: skip


def as_word(text):
    return letter_docx(
        text, listing=None, version=1, text_sha256=text.sha256, phrase="a b c", document_date=date(2026, 3, 1),
        check_url=None, draft_for="draft",
    )  # fmt: skip


def read(body, **parts):
    return read_letter(word(opening() + body, **parts), "letter.docx")


def said(draft):
    return [(warning.line, warning.code) for warning in draft.warnings]


# The words


def test_a_document_of_ours_comes_back_as_the_same_letter():
    rich = dataclasses.replace(RICH, body=blocks_to_markdown(RICH.blocks, RICH.footnotes))
    back = read_letter(as_word(rich), "letter.docx")
    assert back.text == rich
    assert {warning.code for warning in back.warnings} == {"margin"}


@needs_real_letter
def test_the_real_letter_comes_back_from_a_document_as_from_its_file():
    path = ROOT / "../shared/letters/joint-letter-eu-china.md"
    text = read_letter(path.read_bytes(), path.name).text
    assert read_letter(as_word(text), "letter.docx").text == text


def test_the_opening_is_recognised_and_the_names_left_out():
    body = paragraph("We ask you.") + paragraph("Sincerely,") + paragraph("River Watch") + paragraph("Delta (FD)")
    draft = read(body)
    assert draft.text == LetterText(
        title="Clean water for all of us", date="2026-03-01", date_line="1 March 2026", language="en",
        addressees=(("Ms Brook", "Minister"),), salutation="Dear Minister,", closing="Sincerely,", body="We ask you.",
    )  # fmt: skip
    assert (said(draft), draft.counts) == ([(7, "signatories")], "paragraph")


def test_a_title_may_be_bold_words_below_the_greeting_and_a_greeting_share_its_paragraph_with_words():
    head = paragraph("1 March 2026") + paragraph("Dear all,") + paragraph(run("Clean water for all", "<w:b/>"))
    draft = read_letter(word(head + paragraph("We ask.")), "letter.docx")
    assert (draft.text.title, draft.text.body) == ("Clean water for all", "We ask.")
    head = paragraph("1 March 2026") + paragraph("Clean water", style="Title") + paragraph("Dear all,<w:br/>We ask.")
    draft = read_letter(word(head + paragraph("Again.")), "letter.docx")
    assert (draft.text.salutation, draft.text.body) == ("Dear all,", "We ask.\n\nAgain.")


def test_what_the_file_lacks_can_be_said_beside_it():
    data = word(paragraph("Dear all,") + paragraph("We ask you to act, and to act now, for water."))
    with pytest.raises(Faulty) as caught:
        read_letter(data, "letter.docx")
    assert (caught.value.code, caught.value.message[:12]) == ("missing-title", "Paragraph 2:")
    draft = read_letter(data, "letter.docx", title="Clean water", date="2026-03-01")
    assert (draft.text.title, draft.text.date_line) == ("Clean water", "1 March 2026")


def test_lists_count_on_and_letters_become_figures():
    numbering = numbered(("decimal", 4), ("lowerLetter", 1))
    body = (
        paragraph("a", item=(1, 0)) + paragraph("inner", item=(1, 1)) + paragraph("b", item=(1, 0))
        + paragraph("Between.") + paragraph("c", item=(1, 0))
    )  # fmt: skip
    draft = read(body, numbering=numbering)
    assert draft.text.body == "4. a\n\n   1. inner\n\n5. b\n\nBetween.\n\n6. c"
    assert said(draft) == [(6, "letters")]


def test_links_of_every_make_are_kept_and_those_that_lead_nowhere_told():
    field = '<w:fldChar w:fldCharType="{}"/>'
    instruction = '<w:instrText>HYPERLINK "https://f.example/é"</w:instrText>'
    body = paragraph(
        f'<w:hyperlink r:id="rId9">{run("good")}</w:hyperlink> '
        + run(field.format("begin")) + run(instruction) + run(field.format("separate")) + run("field")
        + run(field.format("end"))
        + f'<w:hyperlink w:anchor="there">{run(" inner")}</w:hyperlink>'
        + f'<w:hyperlink r:id="rId8">{run(" file")}</w:hyperlink>'
    )  # fmt: skip
    draft = read(body, links={"rId9": "https://g.example/", "rId8": "javascript:alert(1)"})
    hrefs = [each.href for each in draft.text.blocks[0].runs if each.href]
    assert hrefs == ["https://g.example/", "https://f.example/%C3%A9"]
    assert said(draft) == [(5, "link-nowhere")] * 2
    assert draft.text.body.endswith("inner file")


def test_notes_are_numbered_by_their_first_mark_and_a_note_of_the_title_is_told():
    notes = {"footnotes": {2: paragraph("Second."), 3: paragraph(""), 4: paragraph("Of the title.")},
             "endnotes": {1: paragraph("End.")}}  # fmt: skip
    mark = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    body = paragraph(run("One") + '<w:r><w:endnoteReference w:id="1"/></w:r>' + run(" two") + mark.format(2)
                     + run(" three") + mark.format(3))  # fmt: skip
    data = word(opening(after_title=mark.format(4)) + body, notes=notes)
    draft = read_letter(data, "letter.docx")
    assert draft.text.body == "One[^1] two[^2] three\n\n[^1]: End.\n\n[^2]: Second."
    assert said(draft) == [(4, "footnote-lost"), (5, "footnote-empty")]


# What is told


def test_tracked_changes_are_read_as_accepted_and_each_is_told():
    body = (
        paragraph(
            run("We ") + f"<w:ins>{run('kindly ')}</w:ins>"
            + "<w:del><w:r><w:delText>never </w:delText></w:r></w:del>" + run("ask.")
        )
        + paragraph(run("You"), mark="<w:del/>") + paragraph(run(" all."))
    )  # fmt: skip
    draft = read(body)
    assert draft.text.body == "We kindly ask.\n\nYou all."
    assert said(draft) == [(5, "tracked-changes"), (5, "tracked-insertion"), (5, "tracked-deletion")]
    assert [warning.message for warning in draft.warnings] == [
        "The document has 2 tracked changes that nobody has accepted. Inserted words were taken, deleted words left "
        "out, as if all were accepted. Look at each.",
        "Inserted words, not yet accepted, were taken: “kindly”.",
        "Words marked as deleted were left out: “never”.",
    ]


def test_a_comment_is_told_without_who_wrote_it():
    body = paragraph(run("We ask") + '<w:r><w:commentReference w:id="7"/></w:r>')
    draft = read(body, comments='<w:comment w:id="7" w:author="Zelda Zed">' + paragraph("Too weak?") + "</w:comment>")
    message = "A comment says: “Too weak?” It is not part of the letter."
    assert [(warning.line, warning.message) for warning in draft.warnings] == [(5, message)]
    assert "Zelda" not in repr(draft)


BOX = (
    f"<w:pict><v:shape><v:textbox><w:txbxContent>{paragraph('In a box.')}</w:txbxContent></v:textbox></v:shape>"
    "</w:pict>"
)


@pytest.mark.parametrize(
    ("body", "code", "kept"),
    [
        (paragraph(run("Hid", "<w:vanish/>") + run("den")), "hidden-text", "den"),
        (paragraph(run("Old", "<w:strike/>")), "struck-through", "Old"),
        (paragraph(run("Line", '<w:u w:val="single"/>')), "underline", "Line"),
        (paragraph(run("Mark", '<w:highlight w:val="yellow"/>')), "highlight", "Mark"),
        (paragraph(run("H") + run("2", '<w:vertAlign w:val="subscript"/>')), "raised", "H2"),
        (paragraph(run("In ") + f'<w:fldSimple w:instr="DATE">{run("May")}</w:fldSimple>'), "field", "In May"),
        (paragraph(run("Zero\u200bwidth")), "hidden-character", "Zerowidth"),
        (paragraph(run("Soft\u00adhyphen")), None, "Softhyphen"),
        (paragraph(run("Hand") + "<w:r><w:drawing/></w:r>"), "picture", "Hand"),
        (paragraph(run("Before") + run(BOX)), "text-box", "Before\n\nIn a box."),
        (f"<w:tbl><w:tr><w:tc>{paragraph('One.')}</w:tc><w:tc>{paragraph('Two.')}</w:tc></w:tr></w:tbl>", "table",
         "One.\n\nTwo."),
        ('<w:altChunk r:id="rId5"/>' + paragraph("Words."), "other-document", "Words."),
        (f"<w:sdt><w:sdtContent>{paragraph('Kept.')}</w:sdtContent></w:sdt>", None, "Kept."),
        (paragraph('<m:oMath xmlns:m="urn:m"><m:r><m:t>x=1</m:t></m:r></m:oMath>'), "formula", "x=1"),
    ],
)  # fmt: skip
def test_what_a_letter_cannot_show_is_told(body, code, kept):
    draft = read(body)
    assert draft.text.body == kept
    assert [warning.code for warning in draft.warnings] == ([code] if code else [])


def test_bold_and_italic_come_from_the_run_or_its_style():
    styled = run("c", '<w:rStyle w:val="Strong"/>')
    draft = read(paragraph(run("a ", "<w:b/>") + run("b ", '<w:b w:val="0"/>') + styled))
    assert draft.text.blocks == (Paragraph((Run("a", bold=True), Run(" b "), Run("c", bold=True))),)


def test_a_heading_is_one_and_a_paragraph_beyond_any_letter_is_refused():
    assert read(paragraph("Why", style="Heading2") + paragraph("So.")).text.blocks[0] == Heading(2, (Run("Why"),))
    with pytest.raises(Faulty) as caught:
        read(paragraph("Short.") + paragraph("x" * 10_001))
    assert (caught.value.code, caught.value.line) == ("too-long", 6)


def test_a_document_without_words_says_so():
    with pytest.raises(Faulty) as caught:
        read_letter(word(paragraph("")), "letter.docx")
    assert caught.value.code == "empty-file"


# Anything at all

LEAVES = st.sampled_from(
    ["<w:t>words</w:t>", '<w:fldChar w:fldCharType="begin"/>', '<w:fldChar w:fldCharType="separate"/>',
     '<w:fldChar w:fldCharType="end"/>', "<w:instrText>HYPERLINK https://x.example</w:instrText>", "<w:br/>",
     '<w:footnoteReference w:id="9"/>', '<w:commentReference w:id="x"/>', "<w:drawing/>", "<w:sym/>", "\u202e",
     "<w:t>&#8203;*_[</w:t>", "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>", "<w:rPr><w:b/><w:vanish/></w:rPr>",
     '<w:pPr><w:numPr><w:ilvl w:val="-1"/><w:numId w:val="1"/></w:numPr></w:pPr>', "<w:delText>gone</w:delText>",
     '<w:pPr><w:ind w:left="720"/></w:pPr>', '<w:pPr><w:pStyle w:val="Quote"/></w:pPr>', "<w:rPr><w:i/></w:rPr>"]
)  # fmt: skip
HOLDERS = st.sampled_from(
    ["w:p", "w:p", "w:r", "w:r", "w:tbl", "w:tr", "w:tc", "w:ins", "w:del", 'w:hyperlink r:id="no"', "w:sdt", "w:pict",
     "w:sdtContent", "w:txbxContent", 'w:fldSimple w:instr="DATE"', "w:moveFrom", "w:altChunk", "w:smartTag"]
)  # fmt: skip
TREES = st.recursive(
    LEAVES,
    lambda inner: st.tuples(HOLDERS, st.lists(inner, max_size=6)).map(
        lambda held: f"<{held[0]}>{''.join(held[1])}</{held[0].split()[0]}>"
    ),
    max_leaves=30,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(TREES, max_size=4).map("".join), st.sampled_from(["{}", "<w:p>{}</w:p>", "<w:p><w:r>{}</w:r></w:p>"]))
def test_whatever_a_document_holds_becomes_a_letter_or_a_refusal(inner, around):
    try:
        draft = read(paragraph("We ask.") + around.format(inner), numbering=numbered(("bullet", 1)))
    except Faulty:
        return
    assert LetterText.from_bytes(draft.text.to_bytes()) == draft.text


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(CLOSED) - 1), st.binary(max_size=4))
def test_a_document_with_other_bytes_becomes_a_letter_or_a_refusal(at, to):
    try:
        draft = read_letter(CLOSED[:at] + to + CLOSED[at + len(to) :], "letter.docx")
    except Faulty:
        return
    assert LetterText.from_bytes(draft.text.to_bytes()) == draft.text
