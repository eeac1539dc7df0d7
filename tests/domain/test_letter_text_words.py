"""Reading CommonMark into blocks and writing it back: nothing is lost, nothing changes twice."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from signing.domain.errors import Faulty
from signing.domain.letter_text import (
    Heading,
    ItemList,
    Paragraph,
    Quotation,
    Run,
    blocks_to_markdown,
)
from signing.domain.letter_text_reader import read_body

PIECES = st.sampled_from(
    [
        *"*_`[]()<>!#&\\~|:;.-+=1^'\"",
        *["**", "***", "__", " ", "  ", "\n", "\n\n", "\\\n", "  \n", "    ", "a", "bc", "é", "文", "“", "»"],
        *["- ", "* ", "+ ", "1. ", "2) ", "10. ", "> ", "# ", "### ", "[^1]", "[^n]", "\n\n[^1]: "],
        *["](#)", "](https://a.example/?a=1&copy=2)", "](https://a.example/(x)_y_*z*)", "[t]he", "!["],
        *["&amp;", "&nbsp;", "&#42;", "&#10;", "&copy", "<https://a.example>", "\u0301", "\u0338", "\u00a0"],
        *["```\n", "\n[t]: https://a.example\n", "===", "---", "<b>", "\u3000", "\U0001f600", "٣", "\t"],
        *["\n\n[^n]: ", "…", "\u2028"],
    ]
)
MESSES = st.lists(PIECES, max_size=40).map("".join)
WORDS = st.text(alphabet="ab*_[].\"' \\&#!1-", min_size=1, max_size=8)
SPANS = st.builds(
    lambda text, mark, href: f"[{mark}{text}{mark}]({href})" if href else f"{mark}{text}{mark}",
    WORDS,
    st.sampled_from(["", "*", "**", "***", "_", "__"]),
    st.sampled_from(["", "", "#", "https://a.example/b"]),
)
LINES = st.lists(SPANS, min_size=1, max_size=6).map("".join)
LETTERS = st.lists(
    st.builds(
        lambda mark, line: mark + line, st.sampled_from(["", "- ", "1. ", "> ", "## ", "  - ", "   "]), LINES
    ),
    min_size=1,
    max_size=5,
).map("\n\n".join)


@settings(max_examples=400, deadline=None)
@given(MESSES | LETTERS)
@example("#Metoo activists\n\n1\\. not a list\n\n[t]he ability")
@example("**Call publicly arbitrarily** detained *now*")
@example('a[**"b"**](#)c')
@example("*a****b*****c**")
@example("a\\\n# b\\\n- c\\\n1. d\\\n=== \\\n> e")
@example("Wow![^1]: x\n\n[^1]: Really!")
@example("# # #")
@example("- a\n\n* b\n\n1. c\n\n1) d\n\n- - e\n  - f\n\n    > g\n    > # h #")
def test_what_is_written_reads_back_as_the_same_blocks(source):
    try:
        first = read_body(unicodedata.normalize("NFC", source))
    except Faulty:
        return
    written = blocks_to_markdown(first.blocks, first.footnotes)
    again = read_body(written)
    assert (again.blocks, again.footnotes, again.remarks) == (first.blocks, first.footnotes, ())
    assert blocks_to_markdown(again.blocks, again.footnotes) == written
    assert unicodedata.is_normalized("NFC", written)
    assert written == written.strip()


def test_a_letter_has_paragraphs_headings_lists_quotations_and_footnotes():
    body = read_body(
        "# Why\n\nWe **ask** *you*[^a] and [them](https://x.example/).\n\n"
        "3. one\n4. two\n   - inner\n\n> so it is\n\n[^a]: A note."
    )
    assert body.blocks == (
        Heading(1, (Run("Why"),)),
        Paragraph(
            (
                Run("We "),
                Run("ask", bold=True),
                Run(" "),
                Run("you", italic=True),
                Run("", footnote=1),
                Run(" and "),
                Run("them", href="https://x.example/"),
                Run("."),
            )
        ),
        ItemList(
            True,
            3,
            (
                (Paragraph((Run("one"),)),),
                (Paragraph((Run("two"),)), ItemList(False, 1, ((Paragraph((Run("inner"),)),),))),
            ),
        ),
        Quotation((Paragraph((Run("so it is"),)),)),
    )
    assert body.footnotes == ((Run("A note."),),)
    assert body.remarks == ()


def test_footnotes_are_numbered_by_their_first_mark():
    body = read_body("x[^b] y[^a] z[^b]\n\n[^a]: first written\n\n[^b]: second written")
    assert [run.footnote for run in body.blocks[0].runs if run.footnote] == [1, 2, 1]
    assert body.footnotes == ((Run("second written"),), (Run("first written"),))


@pytest.mark.parametrize(
    ("source", "code", "words"),
    [
        ("a [word](#) b", "link-nowhere", "a word b"),
        ("a [word](page.html) b", "link-nowhere", "a word b"),
        ("a ![alt](https://x.example/p.png) b", "picture", "a alt b"),
        ("a `code` b", "code", "a code b"),
        ("a <b>bold</b> c", "html", "a <b>bold</b> c"),
        ("a <!-- hidden --> c", "html", "a <!-- hidden --> c"),
        ('a [word](https://x.example "title")', "link-title", "a word"),
        ("a\n\n[b]: https://x.example", "link-unused", "a"),
        ("a\n\n---", "line-across", "a"),
        ("```\ncode\n```", "code-block", "code"),
        ("    code", "code-block", "code"),
        ("[](https://x.example)", "link-empty", "https://x.example"),
    ],
)
def test_what_a_letter_cannot_show_is_kept_as_plain_words_with_a_remark(source, code, words):
    body = read_body(source)
    assert code in [remark.code for remark in body.remarks]
    assert "".join(run.text for run in body.blocks[0].runs) == words


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ("a\n\n[b](javascript:alert(1))", "link-refused", 3),
        ("a\nb [c](data:text/html,x)", "link-refused", 2),
        ("[a](ftp://x.example)", "link-refused", 1),
        ("a\n\nb &#x202E; c", "unsafe-character", 3),
        ("a\n\n&#8203;", "unsafe-character", 3),
        ("a\n\n[^1]: never pointed at", "footnote-unused", 3),
        ("a[^1]\n\n[^1]: x\n\n[^1]: y", "footnote-twice", 5),
        ("a[^1]\n\n[^1]: - x", "footnote-shape", 3),
        ("a[^1]\n\n[^1]: x[^1]", "footnote-shape", 3),
        ("a[^1]\n\n[^1]:", "footnote-empty", 3),
        (">" * 30 + " a", "too-deep", 1),
    ],
)
def test_what_would_lose_or_hide_words_is_refused_by_its_line(source, code, line):
    with pytest.raises(Faulty) as caught:
        read_body(source)
    assert (caught.value.code, caught.value.line) == (code, line)


@pytest.mark.parametrize(
    ("source", "line"),
    [("word. \n\n" * 20_000, None), ("a\n\n" + "word " * 3_000, 3), ("a\n\n" * 10 + "[^\n\n" * 5_000, None)],
)
def test_a_text_far_beyond_any_letter_is_refused_before_it_is_read(source, line):
    with pytest.raises(Faulty) as caught:
        read_body(source)
    assert (caught.value.code, caught.value.line) == ("too-long", line)
