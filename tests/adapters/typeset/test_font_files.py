"""The vendored fonts are the recorded ones, licensed, and hold the characters that names are written with."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import uharfbuzz

from signing.adapters import typeset

FOLDER = Path(typeset.__file__).parent / "fonts"
MANIFEST: list[dict[str, Any]] = json.loads((FOLDER / "manifest.json").read_text())
FACES = pytest.mark.parametrize("face", MANIFEST, ids=lambda face: face["file"])


@FACES
def test_a_font_is_the_recorded_file_with_its_licence(face: dict[str, Any]) -> None:
    assert hashlib.sha256((FOLDER / face["file"]).read_bytes()).hexdigest() == face["sha256"]
    assert "open font license" in (FOLDER / face["licence"]).read_text().lower()
    assert all(face[key] for key in ("source", "version", "family", "style", "scripts"))


def test_every_font_in_the_folder_is_recorded() -> None:
    faces = {path.name for path in FOLDER.iterdir() if path.suffix in {".ttf", ".otf", ".ttc"}}
    assert faces == {face["file"] for face in MANIFEST}


@cache
def characters(script: str) -> frozenset[int]:
    """What the faces of a script hold together, save the fallback italic and bold: a name must be settable upright."""
    files = [face["file"] for face in MANIFEST if script in face["scripts"] and face["style"] == "Regular"]
    return frozenset().union(*(uharfbuzz.Face((FOLDER / file).read_bytes()).unicodes for file in files))


def assigned(*blocks: tuple[int, int]) -> Iterator[str]:
    for first, last in blocks:
        for code in range(first, last + 1):
            if unicodedata.category(chr(code)) not in {"Cc", "Cf", "Cn"}:
                yield chr(code)


@pytest.mark.parametrize(
    ("script", "blocks"),
    [
        # Basic Latin to Latin Extended-B, IPA letters of African alphabets, combining marks, Extended Additional.
        ("Latn", [(0x20, 0x36F), (0x1E00, 0x1EFF), (0x2010, 0x2027), (0x2030, 0x205E), (0x20A0, 0x20BF)]),
        ("Grek", [(0x370, 0x3E1), (0x3F0, 0x3FF), (0x1F00, 0x1FFF)]),
        ("Cyrl", [(0x400, 0x52F)]),
        ("Arab", [(0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF)]),  # Persian, Urdu, Uyghur letters among them
        ("Hebr", [(0x591, 0x5EA), (0x5F0, 0x5F4)]),
        ("Deva", [(0x900, 0x97F)]),
        ("Tibt", [(0xF00, 0xFDA)]),
        ("Beng", [(0x980, 0x9FE)]),
        ("Guru", [(0xA01, 0xA76)]),
        ("Gujr", [(0xA81, 0xAFF)]),
        ("Taml", [(0xB82, 0xBFA)]),
        ("Telu", [(0xC00, 0xC3B), (0xC3D, 0xC5A), (0xC60, 0xC7F)]),
        ("Knda", [(0xC80, 0xCDC), (0xCDE, 0xCF2)]),
        ("Mlym", [(0xD00, 0xD7F)]),
        ("Sinh", [(0xD81, 0xDF4)]),
        ("Thai", [(0xE01, 0xE5B)]),
        ("Khmr", [(0x1780, 0x17F9)]),
        ("Mymr", [(0x1000, 0x109F)]),
        ("Armn", [(0x531, 0x58F)]),
        ("Geor", [(0x10A0, 0x10FF), (0x1C90, 0x1CBF)]),
        ("Ethi", [(0x1200, 0x137F)]),
        ("Mong", [(0x1800, 0x180E), (0x1810, 0x1878)]),
        ("Cans", [(0x1400, 0x167F)]),
        ("Tfng", [(0x2D30, 0x2D7F)]),
        ("Thaa", [(0x780, 0x7B1)]),
        ("Syrc", [(0x700, 0x74F)]),
        ("Hang", [(0xAC00, 0xD7A3)]),
        ("Hira", [(0x3041, 0x3096)]),
        ("Kana", [(0x30A1, 0x30FF)]),
        ("Hani", [(0x4E00, 0x9FA5)]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_script_has_every_letter(script: str, blocks: list[tuple[int, int]]) -> None:
    assert [letter for letter in assigned(*blocks) if ord(letter) not in characters(script)] == []


# Signs of mathematics that no name holds; the source fonts do not draw them either.
NOT_DRAWN = set("≒∼◈⦅⦆")


@cache
def not_drawn_in_east_asian_text() -> frozenset[str]:
    drawn = characters("Hani") | characters("Latn")
    return frozenset(letter for letter in assigned((0x20, 0xD7FF), (0xF900, 0x2FFFF)) if ord(letter) not in drawn)


@pytest.mark.parametrize("codec", ["gb2312", "big5", "big5hkscs", "shift_jis", "euc_jis_2004", "euc_kr"])
def test_the_national_character_sets_are_whole(codec: str) -> None:
    missing = {letter for letter in not_drawn_in_east_asian_text() if letter.encode(codec, "ignore")}
    assert missing <= NOT_DRAWN


@pytest.mark.parametrize(
    "codec", ["cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1257", "cp1258", "iso8859_14", "ptcp154"]
)
def test_the_code_pages_of_europe_and_central_asia_are_whole(codec: str) -> None:
    letters = bytes(range(0x20, 0x100)).decode(codec, "ignore")
    assert [letter for letter in letters if letter.isprintable() and ord(letter) not in characters("Latn")] == []


def test_one_chinese_face_draws_the_shapes_of_each_language() -> None:
    (file,) = (face["file"] for face in MANIFEST if "Hani" in face["scripts"])
    font = uharfbuzz.Font(uharfbuzz.Face((FOLDER / file).read_bytes()))
    drawn = {}
    for language in ("zh-Hans", "zh-Hant", "zh-HK", "ja", "ko"):
        buffer = uharfbuzz.Buffer()
        buffer.add_str("述")
        buffer.guess_segment_properties()
        buffer.language = language
        uharfbuzz.shape(font, buffer)
        drawn[language] = buffer.glyph_infos[0].codepoint
    assert len({drawn[language] for language in ("zh-Hans", "zh-Hant", "ja", "ko")}) == 4
    assert drawn["zh-HK"] == drawn["zh-Hant"]
