"""The text layer by itself: directions, glyphs and what they say, fonts as they are embedded, the same bytes again."""

from __future__ import annotations

import ast
import io
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import uharfbuzz as hb
from bidi import get_display
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from signing.adapters.typeset import fonts, textlayer
from signing.adapters.typeset.textlayer import Style, TextObject, Unshapeable, advance, parted

SIZE = 20.0


def _style(role: str = fonts.REGULAR, **wishes: object) -> Style:
    return fonts.style_of(role, **wishes)  # type: ignore[arg-type]


def _page(draw: Callable[[TextObject], None]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(600, 400), invariant=1, initialFontName=fonts.REGULAR)
    text = TextObject(canvas)
    draw(text)
    canvas.drawText(text)
    canvas.save()
    return out.getvalue()


def _lines(*lines: str, style: Style | None = None, spacing: float = 0.0) -> bytes:
    def draw(text: TextObject) -> None:
        for number, line in enumerate(lines):
            text.show(style or _style(), SIZE, line, (40.0, 370.0 - 30 * number), spacing=spacing)

    return _page(draw)


def _code(line: str, style: Style | None = None, **options: object) -> str:
    text = TextObject(Canvas(io.BytesIO(), initialFontName=fonts.REGULAR))
    text.show(style or _style(), SIZE, line, (0, 0), **options)  # type: ignore[arg-type]
    return text.getCode()


# --- directions ---

@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab12אבبت۳𝒳𐤀 ,.-+%!", min_size=1, max_size=20), st.booleans())
def test_a_line_is_put_in_the_order_of_python_bidi(text: str, rtl: bool) -> None:
    shown = "".join(part[::-1] if to_left else part for part, to_left in parted(text, rtl=rtl))
    assert shown == get_display(text, base_dir="R" if rtl else "L")


# --- what is written ---


@pytest.mark.parametrize(
    ("line", "spacing", "written"),
    [
        ("AV to", 0.0, "/T1 20 Tf [<0002>120<00170001002f002a>]TJ"),  # kerning
        ("office", 0.0, "/T1 20 Tf [<002a01a6001e05b7>]TJ"),  # a ligature, and "e", whose glyph is the 0x20th
        ("m̂", 0.0, "/T1 20 Tf /Span <</ActualText <feff006d0302>>> BDC [<0028>483<0311>-245<05b8>]TJ EMC"),
        ("(من)", 0.0, "/T1 20 Tf [<01fe>]TJ /T2 24.4 Tf [<0441042b>]TJ /T1 20 Tf [<01ff>]TJ"),  # another face, larger
        ("中a", 0.0, "/T2 19.2 Tf [<0806>]TJ /T1 20 Tf [<001c>]TJ"),
        (  # a mark after the letter it stands on, both told backwards
            "مّ",
            0.0,
            "/T2 24.4 Tf /Span <</ActualText <feff06510645>>> BDC [<0428>]TJ -2.645 Ts [365.234<0544>-96.68<0001>]TJ"
            " EMC 0 Ts",
        ),
        ("Ab", 0.1, "2 Tc /T1 20 Tf /Span <</ActualText <feff00410062>>> BDC [<0002001d>]TJ EMC 0 Tc"),
    ],
)
def test_words_are_written_as_they_were(line: str, spacing: float, written: str) -> None:
    assert _code(line, spacing=spacing) == f"q BT 1 0 0 1 0.00 0.00 Tm {written} ET Q"


def test_one_glyph_that_says_two_letters_has_a_code_for_each() -> None:
    """In every process the same: "A" takes the glyph's own code, "a" the first that is free."""
    assert " [<0458>-12<05b8>]TJ " in _code("Aa", _style(small_caps=True))


def test_marked_content_closes_where_it_was_opened() -> None:
    text = TextObject(Canvas(io.BytesIO(), initialFontName=fonts.REGULAR))
    text.begin("P", 3)
    text.show(_style(), SIZE, "A", (0, 0))
    text.end()
    text.begin_artifact("/Type /Pagination")
    text.end()
    written = "/P <</MCID 3>> BDC 1 0 0 1 0.00 0.00 Tm /T1 20 Tf [<0002>]TJ EMC"
    assert text.getCode() == f"q BT {written} /Artifact <</Type /Pagination>> BDC EMC ET Q"


def _said(pdf: bytes) -> list[str]:
    """What a reader that knows nothing but the standard is told, line by line: the text of each code, or instead of
    them that of the span they stand in."""
    lines: list[str] = []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        maps = {str(name): _unicode(font) for name, font in page.Resources.Font.items()}
        font, spans = "", 0
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name == "Tf":
                font = str(operands[0])
            elif name == "Tm":
                lines.append("")
            elif name == "BDC":
                spans += 1
                lines[-1] += str(operands[1].ActualText)
            elif name == "EMC":
                spans -= 1
            elif name == "TJ" and not spans:
                for string in operands[0]:
                    if isinstance(string, pikepdf.String):
                        lines[-1] += "".join(maps[font][code] for code in _codes(bytes(string)))
    return lines


def _codes(string: bytes) -> Iterator[bytes]:
    return (string[at : at + 2] for at in range(0, len(string), 2))


def _unicode(font: pikepdf.Object) -> dict[bytes, str]:
    table = font.ToUnicode.read_bytes().decode("ascii").partition("endcodespacerange")[2]
    pairs = re.findall("<([0-9A-F]{4})> <([0-9A-F]+)>\n", table)
    return {bytes.fromhex(code): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs}


_LATIN = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789ffiflÀéőşżẞảỹαωΆЯћќі“”’–—…•€&@#/()\u0301\u0308\u0323"
_UNSPACED = "中国人权香港あんフォ한국。、「」བོད་ཀྱི་ལྷ་स्त्रीक्षाधिमानवাংলাதமிழ்ไทยขคភាសាអ"
_left_to_right = st.lists(
    st.text(alphabet=_LATIN, min_size=1, max_size=9) | st.text(alphabet=_UNSPACED, min_size=1, max_size=6),
    min_size=1,
    max_size=5,
).map(" ".join)


def _covered(text: str) -> str | None:
    try:
        return fonts.printable(text, "here")
    except fonts.Refusal:
        return None


@settings(max_examples=40, deadline=None)
@given(st.lists(_left_to_right.map(_covered).filter(bool), min_size=1, max_size=12))
def test_what_is_copied_is_what_was_written(lines: list[str]) -> None:
    said = _said(_lines(*lines))
    assert [unicodedata.normalize("NFC", line) for line in said] == lines


_letter = st.tuples(
    st.sampled_from("سلامهقىئۇيغورپنكאבגד"), st.sampled_from(["", "", "", "\u0651", "\u064e", "\u200c"])
)
_arabic = st.lists(_letter.map("".join), min_size=1, max_size=7).map("".join)


@settings(max_examples=40, deadline=None)
@given(st.lists(_arabic, min_size=1, max_size=4).map(" ".join).map(_covered).filter(bool))
def test_what_runs_to_the_left_is_told_backwards(line: str) -> None:
    (said,) = _said(_lines(line))
    assert unicodedata.normalize("NFC", said[::-1]) == line.rstrip("\u200c")


def test_small_capitals_and_letterspacing_are_copied_as_they_are_spelt() -> None:
    capitals = _style(small_caps=True)
    pdf = _lines("Aa Letter 中", "of Ten 10", style=capitals)
    assert _said(pdf) == ["Aa Letter 中", "of Ten 10"]
    assert _said(_lines("Aa office ẍ̂x", style=_style(spaced=True), spacing=0.1)) == ["Aa office ẍ̂x"]


@settings(max_examples=40, deadline=None)
@given(_left_to_right.map(_covered).filter(bool), st.sampled_from([0.0, 0.12]))
def test_the_pen_ends_where_the_text_is_said_to_end(line: str, spacing: float) -> None:
    """Measured and written widths are one: what the operators add up to is `advance`."""
    style = _style(spaced=bool(spacing))
    reach = 0.0
    pdf = _lines(line, style=style, spacing=spacing)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        widths = {str(name): _widths(font) for name, font in page.Resources.Font.items()}
        font, size, between = "", 0.0, 0.0
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "Tf":
                font, size = str(operands[0]), float(operands[1])
            elif str(operator) == "Tc":
                between = float(operands[0])
            for part in operands[0] if str(operator) == "TJ" else ():
                if isinstance(part, pikepdf.String):
                    reach += sum(widths[font][code] * size / 1000 + between for code in _codes(bytes(part)))
                else:
                    reach -= float(part) * size / 1000
    assert reach == pytest.approx(SIZE * advance(style, line, spacing), abs=0.02)


def _widths(font: pikepdf.Object) -> dict[bytes, float]:
    found = {}
    entries = iter(font.DescendantFonts[0].W)
    for first in entries:
        for place, reach in enumerate(next(entries)):
            found[(int(first) + place).to_bytes(2, "big")] = float(reach)
    return found


# --- fonts in the file ---

_EVERYTHING = ("Aesthete — “office” Łódź ẍ̂", "ئۇيغۇر بولسا", "中国人权 フォーラム 한국", "བོད་ཀྱི་ मानव", "שלום")


def test_every_font_is_a_subset_whose_widths_are_those_of_the_file() -> None:
    with pikepdf.open(io.BytesIO(_lines(*_EVERYTHING))) as document:
        fonts_in_file = list(document.pages[0].Resources.Font.values())
        assert len(fonts_in_file) >= 6
        for font in fonts_in_file:
            inner = font.DescendantFonts[0]
            assert (font.Encoding, inner.CIDSystemInfo.Ordering) == ("/Identity-H", "Identity")
            assert re.fullmatch("/[A-Z]{6}[+].+", str(font.BaseFont))
            assert font.BaseFont == inner.BaseFont == inner.FontDescriptor.FontName
            codes = _widths(font)
            assert _unicode(font).keys() == codes.keys()
            if inner.Subtype == "/CIDFontType0":
                assert inner.FontDescriptor.FontFile3.Subtype == "/CIDFontType0C"
                continue
            program = hb.Font(hb.Face(hb.Blob(inner.FontDescriptor.FontFile2.read_bytes())))
            unit = 1000 / program.face.upem
            table = inner.CIDToGIDMap
            glyph_of = {code: code for code in codes}
            if table != "/Identity":
                glyph_of = {code: table.read_bytes()[2 * int.from_bytes(code, "big") :][:2] for code in codes}
            for code, reach in codes.items():
                glyph = int.from_bytes(glyph_of[code], "big")
                assert reach == pytest.approx(program.get_glyph_h_advance(glyph) * unit, abs=0.002)


def test_word_spacing_is_never_set_nor_the_code_it_would_act_on_given_out() -> None:
    with pikepdf.open(io.BytesIO(_lines(*_EVERYTHING, "beekeeper e e"))) as document:
        page = document.pages[0]
        assert b"Tw" not in page.Contents.read_bytes()
        for font in page.Resources.Font.values():
            assert b"\x00\x20" not in _unicode(font)


def test_the_bytes_do_not_tell_what_was_written_before() -> None:
    first = _lines(*_EVERYTHING)
    _lines("zq Small fi", "قلم", "戀愛", style=_style(small_caps=True))
    assert _lines(*_EVERYTHING) == first
    assert b"Helvetica" not in first


def _ink(pdf: bytes, box: tuple[float, float, float, float]) -> float:
    """The part of a box (points, from the upper left) that is black."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil().convert("L")
    part = picture.crop(tuple(round(3 * edge) for edge in box))  # type: ignore[arg-type]
    return sum(255 - value for value in part.tobytes()) / 255 / (part.width * part.height)


@pytest.mark.parametrize("line", ["中国人权", "フォーラム", "한국인권", "ئۇيغۇر", "བོད་ཀྱི", "मानव", "Ωμέγα", "שלום"])
def test_ink_falls_in_the_box_of_the_words_and_not_beside_it(line: str) -> None:
    pdf = _lines(line)
    reach = SIZE * advance(_style(), line)
    assert 0.05 < _ink(pdf, (40, 14, 40 + reach, 36)) < 0.5
    assert _ink(pdf, (43 + reach, 0, 600, 60)) == 0


def test_emphasis_shows_in_scripts_that_have_no_bold() -> None:
    for line in ("中国人权", "བོད་ཀྱི", "ئۇيغۇر"):
        plain, bold = (
            _ink(_lines(line, style=_style(role)), (38, 10, 160, 45)) for role in (fonts.REGULAR, fonts.SEMIBOLD)
        )
        assert bold > 1.06 * plain, line
    assert " 2 Tr" in _code("中", _style(fonts.SEMIBOLD))
    assert _code("中 a", _style(fonts.SEMIBOLD)).index("0 Tr") > 0


# --- faces ---


def test_han_takes_the_form_of_its_language() -> None:
    glyphs = {
        language: _style(language=language).clusters(_style(language=language).word("骨直").runs[0])[0].glyphs[0].number
        for language in ("zh-Hans", "zh-Hant", "ja", "ko")
    }
    assert len(set(glyphs.values())) >= 2


def test_a_letter_and_its_marks_are_never_in_two_faces() -> None:
    runs = _style().word("Lakȟól’iyapi").runs
    assert len(runs) == 1
    with pytest.raises(Unshapeable) as found:
        _style().word("中\u0f72")
    assert found.value.cluster == "中\u0f72"


def test_nothing_of_this_program_is_needed_to_lift_the_layer_out() -> None:
    folder = Path(textlayer.__file__).parent
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level:
                assert node.level == 1
            elif isinstance(node, ast.Import | ast.ImportFrom):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
                for name in names:
                    root = name.split(".")[0]
                    assert root in {"icu", "reportlab", "uharfbuzz"} | sys.stdlib_module_names, (file.name, name)
