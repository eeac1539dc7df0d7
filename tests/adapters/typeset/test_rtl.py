"""Letters in other languages: mirrored where lines begin at the right, with fixed words of the language."""

from __future__ import annotations

import dataclasses
import functools
import io
import re
import subprocess

import pymupdf  # type: ignore[import-untyped]
import pytest
from PIL import Image

from .languages import arabic_letter, chinese_letter, french_letter
from .specimens import CHECK_URL, PHRASE, poppler_text, river_letter, set_letter, signatory

_NAMES = [signatory("منظمة العفو الدولية"), signatory("Restore The Fourth, Inc.", "RTF")] + [
    signatory(f"جمعية النهر {number} للتنمية") for number in range(12)
]


@functools.cache
def _arabic() -> bytes:
    return set_letter(arabic_letter(), signatories=_NAMES, confidential=2)


def _boxes(pdf: bytes, page: int) -> list[tuple[float, float, float, float, str]]:
    with pymupdf.open(stream=pdf) as document:
        return [word[:5] for word in document[page].get_text("words")]


def _only(boxes: list[tuple[float, float, float, float, str]], text: str) -> tuple[float, float, float, float, str]:
    return next(box for box in boxes if text in box[4])


def _read(pdf: bytes) -> str:
    """What `pdftotext` reads, without its marks of direction."""
    return " ".join(re.sub("[\u202a-\u202e\u200e\u200f]", "", poppler_text(pdf)).split())


def _ink(pdf: bytes, page: int, box: tuple[float, float, float, float]) -> float:
    """The share of dark in a box of a page, in points from the upper left."""
    command = ["pdftoppm", "-r", "144", "-gray", "-png", "-f", str(page + 1), "-l", str(page + 1)]
    picture = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
    part = Image.open(io.BytesIO(picture)).convert("L").crop(tuple(round(edge * 2) for edge in box))  # type: ignore[arg-type]
    return sum(value < 160 for value in part.getdata()) / (part.width * part.height)


def test_an_arabic_letter_begins_at_the_right_edge() -> None:
    boxes = _boxes(_arabic(), 0)
    right = 595.28 - 85.04
    for word in ("1.", "2.", "3."):
        item = next(box for box in boxes if box[4].strip(".") == word.strip(".") and box[2] > right - 20)
        assert item[2] == pytest.approx(right, abs=6)
    assert _only(boxes, "MP.")[2] == pytest.approx(right, abs=1)  # an English line still begins there
    assert _only(boxes, "Mr")[0] < _only(boxes, "MP.")[0]
    foot = [box for box in boxes if box[1] > 780]
    assert max(box[2] for box in foot if "sha256" in box[4] or "cb" in box[4][:2]) > 300
    assert min(box[0] for box in foot) == pytest.approx(85.04, abs=1)


def test_columns_go_from_right_to_left_and_the_code_stands_on_the_right() -> None:
    last = 1
    boxes = _boxes(_arabic(), last)
    names = {box[4]: box for box in boxes}
    assert names["11"][0] < 300 < names["0"][0]
    digest = _only(boxes, arabic_letter().sha256[56:])
    assert digest[2] == pytest.approx(510.24 - 77, abs=1)
    assert _ink(_arabic(), last, (510.24 - 60, digest[1] - 30, 510.24, digest[1] + 10)) > 0.3
    assert _ink(_arabic(), last, (85.04, digest[1] - 30, 145.04, digest[1] + 10)) < 0.05


def test_latin_in_an_arabic_letter_is_read_as_it_is_written() -> None:
    whole = _read(_arabic())
    for words in ("Human Rights Watch", "Restore The Fourth, Inc.", "Every bank belongs to the river.", CHECK_URL):
        assert words in whole
    name = ["Restore", "The", "Fourth,", "Inc.", "(RTF)"]
    drawn = sorted(box for box in _boxes(_arabic(), 1) if box[4] in name)
    assert [text for *_, text in drawn] == name  # from left to right, full stop and brackets too
    assert drawn[-1][2] == pytest.approx(510.24, abs=1)
    english = ["Every", "bank", "belongs", "to", "the", "river."]  # bold in the middle
    drawn = sorted(box for box in _boxes(_arabic(), 0) if box[4] in english)
    assert [text for *_, text in drawn] == english
    assert drawn[-1][2] == pytest.approx(510.24 - 20, abs=1)
    digest = arabic_letter().sha256
    assert " ".join(digest[at : at + 8] for at in range(0, 64, 8)) in whole
    assert PHRASE in " ".join(whole.replace("·", " ").split())


@pytest.mark.parametrize(
    ("letter", "said"),
    [
        (arabic_letter, ["رسالة مفتوحة مشتركة", "نسخة إلى", "الجهات الموقعة", "ومنظمتان حجب اسماهما"]),
        (chinese_letter, ["联名公开信", "抄送", "联署名单", "以及 2 个", "第 1 页", "查验此信"]),
        (french_letter, ["Lettre publique commune", "Copie à", "Signataires", "et 2 organisations dont les noms"]),
    ],
    ids=["ar", "zh", "fr"],
)  # fmt: skip
def test_fixed_words_are_in_the_language_of_the_letter(letter: object, said: list[str]) -> None:
    whole = _read(set_letter(letter(), confidential=2))  # type: ignore[operator]
    for words in said:
        assert words in whole
    for english in ("Signatories", "Page 1 of", "Verify", "Joint"):
        assert english not in whole


def test_english_words_in_a_letter_of_another_language_say_that_they_are() -> None:
    pdf = set_letter(dataclasses.replace(arabic_letter(), language="ug"))
    assert "Signatories" in poppler_text(pdf, "-raw")
    with pymupdf.open(stream=pdf) as document:
        trees = [document.xref_object(number) for number in range(1, document.xref_length())]
    headings = [tree for tree in trees if "/S /H2" in tree]
    assert len([tree for tree in headings if "/Lang (en)" in tree]) == 2  # of list and verification, not of the body
    assert len(headings) == 3


def test_a_chinese_line_is_filled_to_the_edge_though_it_has_no_spaces() -> None:
    boxes = _boxes(set_letter(chinese_letter(), signatories=None), 0)
    lines = sorted({(round(box[3]), box[2]) for box in boxes if 200 < box[1] < 330})
    assert max(right for _, right in lines) > 480


def test_a_latin_name_in_the_head_of_an_arabic_draft_keeps_its_full_stop() -> None:
    boxes = _boxes(set_letter(arabic_letter(), draft_for="Ríos Libres, A.C."), 0)
    name = sorted(box for box in boxes if box[1] < 60 and box[4] in ("Ríos", "Libres,", "A.C."))
    assert [text for *_, text in name] == ["Ríos", "Libres,", "A.C."]


def test_copies_stand_under_their_own_label() -> None:
    addressees = (("Ms Ada Example", "Minister"), ("Cc: Mr Bo Example",), ("Copy to:", "Dr Cy Example", "Clerk"))
    read = poppler_text(set_letter(river_letter(addressees=addressees), signatories=None), "-raw")
    assert "\nTo\nMs Ada Example\nMinister\nCc\nMr Bo Example\nDr Cy Example\nClerk\n" in read
