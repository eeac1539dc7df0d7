"""Every character of the letter is drawn as itself or refused by name; ink is counted, not only text."""

from __future__ import annotations

import io
import re
import subprocess

import pytest
from PIL import Image

from signing.adapters.typeset import fonts
from signing.domain.errors import Refusal

from .specimens import poppler_text, real_names, river_letter, set_letter, signatory


@pytest.mark.parametrize("character", ["བ", "中", "ئ", "\u200d", "😀", "\ue000", "\u0e01"])
def test_a_name_with_a_character_no_font_has_is_refused_by_name(character: str) -> None:
    with pytest.raises(Refusal) as refused:
        set_letter(signatories=[signatory("Good Name"), signatory(f"Campaign {character} for Tibet")])
    assert refused.value.code == "no-glyph"
    assert f"U+{ord(character):04X}" in refused.value.message
    assert "Campaign" in refused.value.message
    assert "Good Name" not in refused.value.message


def test_an_acronym_is_refused_with_the_name_it_belongs_to() -> None:
    with pytest.raises(Refusal, match=r"acronym of “World Uyghur Congress” .* “中” \(U\+4E2D"):
        set_letter(signatories=[signatory("World Uyghur Congress", "中WUC")])


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"title": "The 中 letter"}, "the title"),
        ({"salutation": "Dear 中,"}, "the salutation"),
        ({"closing": "中,"}, "the closing"),
        ({"place": "中"}, "the date line"),
        ({"reference": "中 1"}, "the reference"),
        ({"addressees": (("Ms 中",),)}, "an addressee"),
        ({"body": "One.\n\n- Two with many more words to say than six 中."}, "“Two with many more words to …”"),
        ({"body": "One[^1].\n\n[^1]: A note 中."}, "“A note 中. …”"),
    ],
)
def test_a_word_of_the_letter_is_refused_with_its_place(changes: dict[str, object], place: str) -> None:
    with pytest.raises(Refusal) as refused:
        set_letter(river_letter(**changes))
    assert place in refused.value.message
    assert "U+4E2D" in refused.value.message


def test_a_draft_for_an_organisation_it_cannot_name_is_refused() -> None:
    with pytest.raises(Refusal, match=r"U\+4E2D"):
        set_letter(draft_for="中国人权")


def test_all_cuts_have_the_same_characters_so_that_bold_and_italic_refuse_nothing_more() -> None:
    sets = {frozenset(font.face.charToGlyph) for font in fonts._FONTS.values()}
    assert len(sets) == 1
    for character in "ÀŐşŽẞảỹƏαωΆΐАяЁҐїћқҳӣ“”„‚«»‹›–—…•·€£№¹²³⁰⁴⁹\u2011":
        assert ord(character) in next(iter(sets)), character


def test_a_composed_letter_the_fonts_lack_is_drawn_as_letter_and_mark() -> None:
    assert fonts.printable("ẍ", "here") == "x\u0308"
    assert fonts.printable("e\u0301 A\u030a", "here") == "é Å"
    read = poppler_text(set_letter(signatories=[signatory("Casa ẍ̂ de m̂ Agua")]), "-raw")
    assert "Casa x\u0308\u0302 de m\u0302 Agua" in read


def test_characters_that_draw_nothing_are_not_drawn_as_hyphens() -> None:
    assert fonts.printable("non\u00adstop wo\u200brd", "here") == "nonstop word"


def _names() -> list[str]:
    invented = ["Amis de l’Ätna", "Łódzkie Rzeki", "Ελληνική Ποταμιά", "Вільна ріка", "21Rivers", "epicenter.works – x"]
    try:
        return real_names("digital-rights-defenders-2019.csv") + invented
    except FileNotFoundError:
        return invented * 3


def test_every_name_has_ink_in_its_box() -> None:
    names = _names()
    pdf = set_letter(river_letter(body="Short."), signatories=[signatory(name) for name in names])
    boxes = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    rendered = subprocess.run(["pdftoppm", "-r", "144", "-png"], input=pdf, capture_output=True, check=True).stdout
    starts = [match.start() for match in re.finditer(b"\x89PNG\r\n", rendered)]
    pictures = [Image.open(io.BytesIO(rendered[start:])).convert("L") for start in starts]
    pages = boxes.split("<page ")[1:]
    assert len(pages) == len(pictures)
    counted = 0
    for page, picture in zip(pages, pictures, strict=True):
        pattern = r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]+)</word>'
        for *edges, word in re.findall(pattern, page):
            box = tuple(round(float(edge) * 2) for edge in edges)
            ink = sum(255 - value for value in picture.crop(box).tobytes()) / 255
            area = (box[2] - box[0]) * (box[3] - box[1])
            if word not in "-–·.,":
                assert 0.05 < ink / area < 0.6, (word, ink / area)
                counted += 1
    assert counted > sum(len(name.split()) for name in names)
