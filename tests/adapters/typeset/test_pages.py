"""What stands together on the page: columns, hanging names, headings with their list, first bullets with lead-ins."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace

import pymupdf  # type: ignore[import-untyped]
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signing.adapters.typeset.pages import Pages, Row
from signing.adapters.typeset.paper import A4

from .specimens import poppler_text, river_letter, set_letter, signatory


def _lefts(pdf: bytes, *names: str) -> list[float]:
    boxes = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return [float(re.search(rf'xMin="([\d.]+)"[^>]*>{name}</word>', boxes)[1]) for name in names]  # type: ignore[index]


def test_eleven_names_stand_in_one_column_and_twelve_in_two() -> None:
    text = river_letter(body="Short.")
    for count, columns in ((11, 1), (12, 2)):
        names = [signatory(f"Name{number}") for number in range(count)]
        lefts = _lefts(set_letter(text, signatories=names), *(name.listed_as for name in names))
        assert len(set(lefts)) == columns
        assert lefts == sorted(lefts)
        assert lefts.count(min(lefts)) == count / columns


def test_the_second_line_of_a_long_name_hangs_and_the_acronym_is_never_alone() -> None:
    name = "Association for the Study of Everything " * 3 + "Final"
    names = [signatory(f"Name{number}") for number in range(12)] + [signatory(name, "ASEF")]
    pdf = set_letter(river_letter(body="Short."), signatories=names)
    lines = poppler_text(pdf, "-raw").split("\n")
    assert len(name) > 120
    last = next(line for line in lines if "(ASEF)" in line)
    assert last.strip().endswith("Final (ASEF)")
    first, acronym = _lefts(pdf, "Association", r"\(ASEF\)")
    assert acronym > first


def test_an_acronym_written_in_the_name_is_tied_to_it() -> None:
    names = [signatory("Pacific Network on Globalisation all round (PANG)")] * 12
    lines = poppler_text(set_letter(river_letter(body="Short."), signatories=names), "-raw").split("\n")
    assert not [line for line in lines if line.strip() == "(PANG)"]


def test_groups_have_their_headings_and_keep_the_order_of_their_names() -> None:
    names = [signatory(name) for name in ("Aa", "Bb", "Cc", "Dd")]
    groups = {"Bb": "International", "Dd": "International", "Aa": "National"}
    read = poppler_text(set_letter(signatories=names, groups=groups), "-raw")
    assert "Signatories\nCc\nInternational\nBb\nDd\nNational\nAa\n" in read


@pytest.mark.parametrize("lines", range(20, 60, 3))
def test_heading_and_names_share_a_page_wherever_the_letter_ends(lines: int) -> None:
    text = river_letter(body="\n\n".join(f"Paragraph {number}." for number in range(lines)))
    names = [signatory(f"Name {number}") for number in range(10)]
    pages = poppler_text(set_letter(text, signatories=names), "-raw").split("\f")
    page = next(page for page in pages if "Signatories" in page)
    assert "Signatories\nName 0\nName 1" in page


@pytest.mark.parametrize("paragraphs", range(22, 34))
def test_a_lead_in_keeps_its_first_bullet_and_a_heading_its_paragraph(paragraphs: int) -> None:
    filler = "\n\n".join(f"Paragraph {number}." for number in range(paragraphs))
    text = river_letter(body=f"{filler}\n\n## Heading\n\nWe ask:\n\n- first thing\n- second thing")
    pages = poppler_text(set_letter(text, signatories=None), "-raw").split("\f")
    page = next(page for page in pages if "Heading" in page)
    assert "We ask:\n• first thing" in page


@pytest.mark.parametrize("count", [60, 90, 120, 150, 201])
def test_what_follows_a_long_list_never_stands_on_a_page_without_names(count: int) -> None:
    names = [signatory(f"Name {number}") for number in range(count)]
    pdf = set_letter(river_letter(body="Short."), signatories=names, confidential=3)
    last = pypdf.PdfReader(io.BytesIO(pdf)).pages[-1].extract_text()
    assert "withheld for their safety" in last
    assert "Verify this letter" in last
    assert f"Name {count - 1}" in last


@pytest.mark.parametrize("paragraphs", range(0, 24, 4))
def test_a_short_list_and_what_proves_it_share_a_page(paragraphs: int) -> None:
    text = river_letter(body="\n\n".join(["Short."] * (paragraphs + 1)))
    names = [signatory(f"Name {number}") for number in range(14)]
    pages = poppler_text(set_letter(text, signatories=names, confidential=1), "-raw").split("\f")
    page = next(page for page in pages if "Signatories" in page)
    assert "Name 13" in page
    assert "Verify this letter" in page


@pytest.mark.parametrize(
    ("count", "native"), [(5, "三江"), (10, None), (10, "三江"), (14, "三江"), (24, None), (37, None)]
)
def test_no_page_is_left_half_empty_before_a_list_nor_ends_a_letter_without_names(
    count: int, native: str | None
) -> None:
    names = [replace(signatory(f"Name {number}"), native_name=native) for number in range(count)]
    for paragraphs in range(6):
        text = river_letter(body="\n\n".join(["Short."] * (paragraphs + 1)))
        *pages, last = pymupdf.open(stream=set_letter(text, signatories=names))
        assert "Name " in last.get_text(), paragraphs
        for page in pages:
            lowest = max(word[3] for word in page.get_text("words") if word[3] < A4.bottom)
            assert A4.bottom - lowest < 0.46 * (A4.bottom - A4.top), paragraphs


_rows = st.builds(
    lambda height, gap, tied: Row((), height, gap, tied),
    st.floats(min_value=5, max_value=60),
    st.floats(min_value=0, max_value=30),
    st.booleans(),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(_rows, max_size=80))
def test_rows_keep_their_order_and_stay_on_the_sheet(rows: list[Row]) -> None:
    pages = Pages(A4)
    pages.flow(rows)
    placed = [one for page in pages.pages for one in page]
    assert [id(one.row) for one in placed] == [id(row) for row in rows]
    assert all(one.top + one.row.height <= A4.bottom + 0.01 for one in placed)
    for page in pages.pages:
        bottoms = [one.top + one.row.height for one in page]
        assert all(after.top >= before - 0.001 for before, after in zip(bottoms, page[1:], strict=False))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(min_value=1, max_value=9), min_size=1, max_size=150), st.sampled_from([1, 2, 3]))
def test_cells_of_a_list_keep_their_order_and_their_lines_together(lines: list[int], count: int) -> None:
    cells = [[Row((), 14.9, 0.0 if number else 3.4, bool(number)) for number in range(n)] for n in lines]
    pages = Pages(A4)
    pages.columns([Row((), 14.9)], cells, count, tail=90.0)
    placed = [one for page in pages.pages for one in page][1:]
    assert [id(one.row) for one in placed] == [id(row) for cell in cells for row in cell]
    assert all(one.top + one.row.height <= A4.bottom + 0.01 for one in placed)
    home = {id(one.row): (number, one.x) for number, page in enumerate(pages.pages) for one in page}
    assert all(len({home[id(row)] for row in cell}) == 1 for cell in cells)


def test_what_is_higher_than_a_page_goes_on_on_the_next() -> None:
    rows = [Row((), 60.0, 30.0, bool(number)) for number in range(60)]
    whole = [Row((), 14.9, 0.0 if number else 3.4, bool(number)) for number in range(120)]
    flowed, parted = Pages(A4), Pages(A4)
    flowed.flow(rows)
    parted.columns([Row((), 14.9)], [whole, [Row((), 14.9, 3.4)]], 2)
    for pages, count in ((flowed, 60), (parted, 122)):
        placed = [one for page in pages.pages for one in page]
        assert len({id(one.row) for one in placed}) == len(placed) == count
        assert all(one.top + one.row.height <= A4.bottom + 0.01 for one in placed)


@pytest.mark.parametrize("name", ["Wide " * 70, "W" * 300, "联" * 300])
def test_a_draft_for_a_long_name_says_its_version_on_the_sheet(name: str) -> None:
    with pymupdf.open(stream=set_letter(draft_for=name.strip())) as document:
        everywhere = pymupdf.INFINITE_RECT()
        words = [word for page in document for word in page.get_text("words", clip=everywhere)]
        high, pages = document[0].rect.height, len(document)
    assert all(word[1] > 5 and word[3] < high - 5 for word in words)
    assert any(word[4].endswith("…,") for word in words)
    assert [word[4] for word in words].count("version") == 1 + pages
