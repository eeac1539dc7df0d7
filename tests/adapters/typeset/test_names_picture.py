"""The picture of a line is the line that will be printed, holds nothing that acts, and is small."""

from __future__ import annotations

import gzip
import io
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
import pytest
from fontTools.pens.areaPen import AreaPen  # type: ignore[import-untyped]
from fontTools.pens.boundsPen import BoundsPen  # type: ignore[import-untyped]
from fontTools.svgLib.path import parse_path  # type: ignore[import-untyped]
from lxml import etree  # type: ignore[import-untyped]
from PIL import Image
from playwright.sync_api import sync_playwright

from signing.adapters.typeset import fonts, names_picture
from signing.adapters.typeset.paper import A4
from signing.adapters.typeset.textlayer import outline, placed_glyphs
from signing.domain.errors import Refusal
from signing.evidence.signatory import Signatory
from signing.workflow.printing_ports import PictureLine
from tests.navigators import ARGUMENTS, CHROMIUM

from .script_names import NAMES
from .script_pictures import stray_ink
from .specimens import river_letter, set_letter, signatory

_SVG = "{http://www.w3.org/2000/svg}"
_SHARP = 6  # pixels a point


def named(
    listed_as: str, acronym: str | None = None, native_name: str | None = None, *, role: str = "Director"
) -> Signatory:
    return Signatory(acronym, listed_as, native_name, listed_as, "Kim Example", role, None)


def line(listed_as: str, *more: str | None, group: str | None = None, ours: bool = False) -> PictureLine:
    return PictureLine(named(listed_as, *more), group, ours)


HIDDEN = PictureLine(None)
THREE = [
    line("Oxfam International"),
    line("Pacific Network on Globalisation", "PANG", ours=True),
    line("Transparency International", "TI"),
]


def parsed(svg: str) -> etree._Element:
    return etree.fromstring(svg.encode())


FIRST, LAST = "Firstcomer", "Lastcomer"
COLUMN = [
    named(f"{FIRST} Network on Globalisation", "PANG", "太平洋全球化網絡"),
    named("Cairo Institute for Human Rights Studies", "CIHRS", "مركز القاهرة لدراسات حقوق الإنسان"),
    named("Informal Sector Service Centre of the Whole High Country", "INSEC", "अनौपचारिक क्षेत्र सेवा केन्द्र"),
    named("دۇنيا ئۇيغۇر قۇرۇلتىيى", "WUC", "བོད་ཀྱི་འགྲོ་བ་མིའི་ཐོབ་ཐང་"),
    named("Kim Example", role="affiliate of a fine office"),
    named(LAST, "LNH"),
]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_picture_looks_as_the_printed_list_does(language: str) -> None:
    body = "كلمتان فقط.\n" if language == "ar" else "Two words.\n"
    # Both columns hold the same names, so the first ends where it should.
    pdf = set_letter(river_letter(body=body, language=language), signatories=COLUMN * 2)
    svg = names_picture([PictureLine(each) for each in COLUMN], language=language)
    printed, drawn = printed_column(pdf, rtl=language == "ar"), in_chromium(svg)
    assert stray_ink(printed, drawn) <= 5
    # A comparison that sees one letter.
    misspelt = [replace(each, listed_as=each.listed_as.replace("Whole", "Whale")) for each in COLUMN]
    other = names_picture([PictureLine(each) for each in misspelt], language=language)
    assert stray_ink(printed, in_chromium(other)) > 100


def printed_column(pdf: bytes, *, rtl: bool) -> np.ndarray[Any, Any]:
    """The first column of the list of two, painted by PDFium."""
    page = next(page for page in pypdfium2.PdfDocument(pdf) if page.get_textpage().search(FIRST).get_next())
    text = page.get_textpage()
    top, bottom = (text.get_charbox(text.search(word).get_next()[0]) for word in (FIRST, LAST))
    whole = page.render(scale=_SHARP, grayscale=True).to_numpy().squeeze()
    left = A4.margin + (A4.measure - A4.column(2) if rtl else 0.0)
    rows = slice(int((A4.height - top[3] - 2) * _SHARP), int((A4.height - bottom[1] + 2) * _SHARP))
    columns = slice(int((left - 4) * _SHARP), int((left + A4.column(2) + 4) * _SHARP))
    return darkened(whole[rows, columns])


def in_chromium(svg: str) -> np.ndarray[Any, Any]:
    """The picture painted by Chromium, without the mark of a line."""
    picture = parsed(re.sub(r"<rect[^>]*>", "", svg))
    width, height = (float(side) / 20 * _SHARP for side in picture.get("viewBox", "").split()[2:])
    picture.set("width", str(width))
    picture.set("height", str(height))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, "--disable-lcd-text"])
        page = browser.new_page(viewport={"width": 1400, "height": 1600})
        page.set_content(f"<body style='margin:0;color:#000'>{etree.tostring(picture).decode()}")
        png = page.locator("svg").screenshot()
        browser.close()
    return darkened(np.asarray(Image.open(io.BytesIO(png)).convert("L")))


def darkened(picture: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Grey ink as black, so that the shape alone is compared."""
    return np.clip(255 - (255 - picture.astype(int)) * 1.7, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", NAMES, ids=str)
def test_every_outline_is_that_of_the_face(name: Any) -> None:
    size = 1000
    style = fonts.style_of(fonts.REGULAR, language=name.language)
    compared = 0
    for cut, glyph in {(each.cut, each.number) for each in placed_glyphs(style, name.text)}:
        written = outline(cut, glyph, size)
        ours, its = _Measured(), _Measured(size * cut.scale / cut.face.upem)
        parse_path(written, ours)
        cut.face.font.draw_glyph_with_pen(glyph, its)
        assert bool(written) == bool(its.points)
        if written:
            compared += 1
            assert ours.area == pytest.approx(-its.area, rel=0.01, abs=60)
            assert ours.box == pytest.approx((its.box[0], -its.box[3], its.box[2], -its.box[1]), abs=2)
    assert compared


class _Measured:
    """A pen that knows the area inside what it draws, and the box round it."""

    def __init__(self, unit: float = 1.0) -> None:
        self._unit = unit
        self._area, self._bounds = AreaPen(), BoundsPen(None)
        self.points = 0

    def __getattr__(self, act: str) -> Any:
        def both(*points: tuple[float, float]) -> None:
            self.points += len(points)
            scaled = [(x * self._unit, y * self._unit) for x, y in points]
            for pen in (self._area, self._bounds):
                getattr(pen, act)(*scaled)

        return both

    @property
    def area(self) -> float:
        return float(self._area.value)

    @property
    def box(self) -> tuple[float, ...]:
        return tuple(self._bounds.bounds)


def test_three_ordinary_names_are_less_than_four_kilobytes_on_the_wire() -> None:
    assert len(gzip.compress(names_picture(THREE, language="en").encode())) < 4_000


@pytest.mark.parametrize(
    "name", ['"><script>alert(1)</script>', "' onload='alert(1)", "&lt;b&gt; & ]]> <!--", "{{ 7 * 7 }} %s"]
)
def test_what_somebody_typed_is_only_drawn_and_read(name: str) -> None:
    svg = names_picture([line(name, name, name, group=name, ours=True), line(name, name)], language="en")
    picture = parsed(svg)
    elements = {element.tag.removeprefix(_SVG) for element in picture.iter()}
    assert elements == {"svg", "defs", "path", "g", "use", "rect"}
    attributes = {attribute for element in picture.iter() for attribute in element.attrib}
    assert attributes <= {
        "role", "aria-label", "fill", "width", "height", "viewBox", "id", "d", "class", "x", "y", "rx", "href",
        "fill-opacity", "stroke", "stroke-width",
    }  # fmt: skip
    assert picture.get("aria-label") == f"{name}\u00a0({name}) {name}"
    assert svg.count("alert(1)") == 3 * ("alert" in name)


def test_every_glyph_is_drawn_once_and_used_from_there() -> None:
    picture = parsed(names_picture(THREE, language="en", prefix="line-"))
    ids = [path.get("id", "") for path in picture.iter(f"{_SVG}path")]
    used = [use.get("href", "").removeprefix("#") for use in picture.iter(f"{_SVG}use")]
    assert len(set(ids)) == len(ids) < len(used)
    assert set(ids) == set(used)
    assert all(name.startswith("line-") for name in ids)


def test_our_line_has_full_ink_and_a_mark_and_names_the_picture() -> None:
    picture = parsed(names_picture(THREE, language="en"))
    assert picture.get("role") == "img"
    assert picture.get("aria-label") == "Pacific Network on Globalisation\u00a0(PANG)"
    assert [mark.get("x") for mark in picture.iter(f"{_SVG}rect")] == ["0"]
    inks = [group.get("fill-opacity") for group in picture.iter(f"{_SVG}g")]
    assert inks.count("1") == 1
    assert len(set(inks)) == 3


def test_a_name_that_may_not_be_known_is_the_same_bar_whatever_it_is() -> None:
    bars = [
        re.sub(r' y="\d+"', "", bar)
        for ours in ("A", "W" * 300)
        for bar in re.findall(
            r"<rect fill-opacity[^>]*>", names_picture([HIDDEN, line(ours, ours=True), HIDDEN], language="en")
        )
    ]
    assert len(bars) == 4
    assert len(set(bars)) == 1


def test_the_line_for_names_that_are_withheld_stands_last() -> None:
    picture = parsed(names_picture([HIDDEN], language="en", withheld=1))
    assert picture.get("aria-label") == "and 1 organisation whose name is withheld for its safety"
    assert picture[-1].tag == f"{_SVG}g"
    alone = parsed(names_picture([], language="ar", withheld=2))
    assert "منظم" in alone.get("aria-label", "")


def test_a_right_to_left_letter_is_mirrored() -> None:
    picture = parsed(names_picture([line("Oxfam", ours=True), HIDDEN], language="ar"))
    width = int(picture.get("viewBox", "").split()[2])
    mark, bar = (rect for rect in picture.iter(f"{_SVG}rect"))
    assert int(mark.get("x", "")) + int(mark.get("width", "")) == width
    assert int(bar.get("x", "")) > width / 3


def test_the_title_of_a_group_stands_above_its_first_line_only() -> None:
    def high(lines: Sequence[PictureLine]) -> int:
        return int(parsed(names_picture(lines, language="en")).get("viewBox", "").split()[3])

    plain = high([line("Oxfam"), line("Zed")])
    once = high([line("Oxfam", group="Asia"), line("Zed", group="Asia")])
    twice = high([line("Oxfam", group="Asia"), line("Zed", group="Europe")])
    assert plain < once < twice


def test_a_very_long_name_of_another_does_not_fill_the_page() -> None:
    long = names_picture([line("永" * 300, "A" * 300, "永" * 300), line("Ours", ours=True)], language="en")
    assert int(parsed(long).get("viewBox", "").split()[3]) < 90 * 20
    own = names_picture([line("Name " * 50, ours=True)], language="en")
    assert int(parsed(own).get("viewBox", "").split()[3]) > 90 * 20


@pytest.mark.parametrize(
    "lines", [[line("Ꭰ", ours=True)], [line("A", "Ꭰ", ours=True)], [line("A", group="Ꭰ", ours=True)]]
)
def test_what_no_face_has_is_refused_as_closing_would(lines: list[PictureLine]) -> None:
    with pytest.raises(Refusal, match=r"U\+13A0") as refused:
        names_picture(lines, language="en")
    assert refused.value.code == "no-glyph"


def test_the_same_lines_are_the_same_picture_in_every_process() -> None:
    names = ["Pacific Network on Globalisation", "مركز القاهرة لدراسات حقوق الإنسان", "香港记者协会"]
    drawn = names_picture([PictureLine(signatory(name, "X")) for name in names], language="en")
    program = (
        "import sys; from signing.adapters.typeset import names_picture as draw\n"
        "from tests.adapters.typeset.specimens import signatory\n"
        "from signing.workflow.printing_ports import PictureLine\n"
        "draw([PictureLine(signatory('Others before'))], language='ar')\n"
        f"sys.stdout.write(draw([PictureLine(signatory(name, 'X')) for name in {names!r}], language='en'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={"PYTHONHASHSEED": "7", "PYTHONUTF8": "1"},
    )
    assert done.stdout == drawn
