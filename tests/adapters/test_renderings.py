"""The letter as a web page, plain text and Word document: whole, in order, safe, and the same every time."""

from __future__ import annotations

import datetime
import io
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree

from signing.adapters.renderings import RENDERINGS
from signing.domain.letter_text import LetterText
from tests.adapters.typeset.specimens import PHRASE, listing, river_letter, signatory

LOIRE, RHINE = signatory("Amis de la Loire"), signatory("Friends of the Rhine & <Ems>", "FR")
UYGHUR = replace(signatory("Uyghur House"), native_name="ئۇيغۇر جەمئىيىتى")
JO = replace(signatory("Kim Example"), role="Writer")  # signs for herself
LIST = listing([UYGHUR, RHINE, LOIRE, JO], confidential=2, groups={LOIRE.org: "Networks", JO.org: "Networks"})


def rendered(kind: str, text: LetterText | None = None, **changes: Any) -> bytes:
    text = text or river_letter()
    usual: dict[str, Any] = {
        "listing": LIST, "version": 3, "text_sha256": text.sha256, "phrase": PHRASE, "paper": "a4",
        "document_date": datetime.date(2031, 3, 4), "check_url": "https://river.example/check",
    }  # fmt: skip
    return RENDERINGS[kind](text, **(usual | changes))


class Seen(HTMLParser):
    """The elements of a page in order, and its words."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def words_of(kind: str, data: bytes) -> str:
    if kind == "docx":
        return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)
    return Seen(data).words if kind == "html" else data.decode()


IN_ORDER = (
    "Ms Ada Example", "Rivertown, 4 March 2031", "Ref. W/31-7", "Dear Minister", "An open letter on the river",
    "clean water", "What we ask", "of the lower river", "Łódź", "No river belongs", "p̣", "Sincerely,", "Signatories",
    "Uyghur House", "ئۇيغۇر جەمئىيىتى", "Friends of the Rhine & <Ems>", "(FR)", "Networks", "Amis de la Loire",
    "Kim Example", ", Writer",
    "and 2 organisations whose names are withheld", "https://river.example/check", river_letter().sha256, PHRASE,
)  # fmt: skip


@pytest.mark.parametrize("kind", RENDERINGS)
def test_everything_is_there_in_order_and_the_bytes_are_the_same_every_time(kind: str) -> None:
    data = rendered(kind)
    assert rendered(kind) == data
    words, at = words_of(kind, data), 0
    for each in IN_ORDER:
        at = words.index(each, at) + len(each)


@pytest.mark.parametrize("kind", RENDERINGS)
def test_a_draft_says_whose_it_is_and_has_neither_list_nor_check(kind: str) -> None:
    data = rendered(kind, draft_for="River <Watch>")
    words = words_of(kind, data)
    for absent in ("Amis de la Loire", "withheld", PHRASE):
        assert absent not in words
    if kind == "docx":
        words = docx.Document(io.BytesIO(data)).sections[0].header.paragraphs[0].text
    assert "draft for River <Watch>, version 3" in words


def test_a_page_stands_alone_and_its_parts_are_what_they_are() -> None:
    page = Seen(rendered("html"))
    assert page.all("html") == [{"lang": "en", "dir": "ltr"}]
    assert page.all("script") == page.all("img") == page.all("link") == []
    assert not {name for _, attributes in page.elements for name in attributes if name.startswith(("on", "src"))}
    headings = [tag for tag, _ in page.elements if tag in ("h1", "h2", "h3", "h4")]
    assert headings == ["h1", "h2", "h3", "h2", "h3", "h2"]
    places = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    inside = [each["href"][1:] for each in page.all("a") if (each["href"] or "").startswith("#")]
    assert sorted(inside) == ["mark-en-1", "mark-en-2", "note-en-1", "note-en-2"]
    assert set(inside) <= places
    assert {"lang": "ug", "class": "native"} in page.all("bdi")


@pytest.mark.parametrize(("paper", "size"), [("a4", "size: A4"), ("letter", "size: letter")])
def test_a_page_is_printed_on_the_letters_paper(paper: str, size: str) -> None:
    assert size in rendered("html", paper=paper).decode()


def test_a_right_to_left_letter_runs_so_and_words_of_ours_say_their_language() -> None:
    arabic = river_letter(language="ar", title="رسالة مفتوحة")
    assert Seen(rendered("html", arabic)).all("html") == [{"lang": "ar", "dir": "rtl"}]
    in_kazakh = rendered("html", river_letter(language="kk", title="Ашық хат")).decode()
    assert '<h2 id="signatories" lang="en" dir="ltr">Signatories</h2>' in in_kazakh
    styles = docx.Document(io.BytesIO(rendered("docx", arabic))).styles
    assert styles["Normal"].element.pPr.find(qn("w:bidi")) is not None


def test_plain_text_has_one_paragraph_on_a_line() -> None:
    lines = rendered("txt").decode().split("\n")
    assert "Friends of the Rhine & <Ems> (FR)" in lines
    assert "Uyghur House · ئۇيغۇر جەمئىيىتى" in lines
    assert next(line for line in lines if line.startswith("The coalition writes")).endswith("line somewhere.")


def test_a_document_has_real_headings_lists_links_and_properties() -> None:
    document = docx.Document(io.BytesIO(rendered("docx")))
    styles = [each.style.name for each in document.paragraphs if each.style.name.startswith(("Heading", "Title"))]
    assert styles == ["Title", "Heading 1", "Heading 2", "Heading 1", "Heading 2", "Heading 1"]
    items = {each.text: each._p.pPr.numPr for each in document.paragraphs if each._p.pPr is not None}
    first, inner, deepest, last = (
        next(numbering for text, numbering in items.items() if text.startswith(start))
        for start in ("Publish the figures", "of the upper river", "at Ōtaki", "Answer before")
    )
    assert [each.ilvl.val for each in (first, inner, deepest, last)] == [0, 1, 2, 0]
    assert first.numId.val == last.numId.val
    assert len({first.numId.val, inner.numId.val, deepest.numId.val}) == 3
    addresses = {link.address for each in document.paragraphs for link in each.hyperlinks}
    assert addresses == {
        "https://river.example/calls/2019?x=1&y=2", "https://river.example/long", "https://river.example/check",
    }  # fmt: skip
    properties = document.core_properties
    assert (properties.title, properties.language) == (river_letter().title, "en")
    assert (properties.author, properties.created) == ("", datetime.datetime(2031, 3, 4, tzinfo=datetime.UTC))
    sheet = document.sections[0]
    assert (sheet.page_width.mm, sheet.page_height.mm) == pytest.approx((210, 297), abs=0.1)
    letter = docx.Document(io.BytesIO(rendered("docx", paper="letter"))).sections[0]
    assert (letter.page_width.inches, letter.page_height.inches) == (8.5, 11)


def test_a_document_is_made_of_every_title_and_every_character() -> None:
    odd = river_letter(title="On rivers " * 30 + "\uffff", body="Clean\ufffe water.\n")
    document = docx.Document(io.BytesIO(rendered("docx", odd, draft_for="River\x0b Watch")))
    assert document.core_properties.title.startswith("On rivers On rivers")
    assert "Clean\ufffd water." in words_of("docx", rendered("docx", odd))


def test_a_documents_notes_are_words_own() -> None:
    with zipfile.ZipFile(io.BytesIO(rendered("docx"))) as parts:
        notes = etree.fromstring(parts.read("word/footnotes.xml"))
        body = etree.fromstring(parts.read("word/document.xml"))
        assert b"/footnotes" in parts.read("word/_rels/document.xml.rels")
        assert b"footnotes+xml" in parts.read("[Content_Types].xml")
    said = {note.get(qn("w:id")): "".join(note.itertext()) for note in notes}
    assert said == {"-1": "", "0": "", "1": " First call, River Journal, 2019.", "2": " Second call."}
    assert [each.get(qn("w:id")) for each in body.iter(qn("w:footnoteReference"))] == ["1", "2"]


def test_a_note_marked_twice_stands_once_and_is_numbered_again() -> None:
    text = river_letter(body="One[^a] and again[^a].\n\n[^a]: The [source](https://river.example/s).")
    with zipfile.ZipFile(io.BytesIO(rendered("docx", text))) as parts:
        body = etree.fromstring(parts.read("word/document.xml"))
        assert b"https://river.example/s" in parts.read("word/_rels/footnotes.xml.rels")
    assert len(list(body.iter(qn("w:footnoteReference")))) == 1
    assert "One and again1." in ["".join(each.itertext()) for each in body.iter(qn("w:p"))]


# The order that ECMA-376 part 1, 17.3, demands; Word refuses a file that has another.
RUN = ("rStyle", "rFonts", "b", "bCs", "i", "iCs", "color", "sz", "szCs", "u", "vertAlign", "rtl", "lang")
PARAGRAPH = ("pStyle", "keepNext", "numPr", "pBdr", "tabs", "bidi", "spacing", "ind", "contextualSpacing", "jc")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_documents_properties_stand_in_the_order_word_demands(language: str) -> None:
    looked_at = 0
    with zipfile.ZipFile(io.BytesIO(rendered("docx", river_letter(language=language, title="رسالة")))) as parts:
        assert {each.date_time for each in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for name in ("word/document.xml", "word/footnotes.xml", "word/footer1.xml"):
            for tag, order in ((qn("w:rPr"), RUN), (qn("w:pPr"), PARAGRAPH)):
                for element in etree.fromstring(parts.read(name)).iter(tag):
                    places = [order.index(etree.QName(child).localname) for child in element]
                    assert places == sorted(places)
                    looked_at += 1
    assert looked_at > 20
