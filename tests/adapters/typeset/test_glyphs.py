"""Every character of the letter is drawn as itself or refused by name; ink is counted, not only text."""

from __future__ import annotations

import io
import re
import subprocess
import unicodedata

import pytest
from PIL import Image

from signing.adapters.typeset import fonts
from signing.domain.errors import Refusal

from .specimens import poppler_text, real_names, river_letter, set_letter, signatory


@pytest.mark.parametrize("character", ["Ꭰ", "𓀀", "😀", "\ue000", "\u200d", "\u202e", "\u2067"])
def test_a_name_with_a_character_no_font_has_is_refused_by_name(character: str) -> None:
    with pytest.raises(Refusal) as refused:
        set_letter(signatories=[signatory("Good Name"), signatory(f"Campaign {character} for Tibet")])
    assert refused.value.code == "no-glyph"
    assert f"U+{ord(character):04X}" in refused.value.message
    assert "Campaign" in refused.value.message
    assert "Good Name" not in refused.value.message


def test_an_acronym_is_refused_with_the_name_it_belongs_to() -> None:
    with pytest.raises(Refusal, match=r"acronym of “World Uyghur Congress” .* “Ꭰ” \(U\+13A0"):
        set_letter(signatories=[signatory("World Uyghur Congress", "ᎠWUC")])


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"title": "The Ꭰ letter"}, "the title"),
        ({"salutation": "Dear Ꭰ,"}, "the salutation"),
        ({"closing": "Ꭰ,"}, "the closing"),
        ({"place": "Ꭰ"}, "the date line"),
        ({"reference": "Ꭰ 1"}, "the reference"),
        ({"addressees": (("Ms Ꭰ",),)}, "an addressee"),
        ({"body": "One.\n\n- Two with many more words to say than six Ꭰ."}, "“Two with many more words to …”"),
        ({"body": "One[^1].\n\n[^1]: A note Ꭰ."}, "“A note Ꭰ. …”"),
    ],
)
def test_a_word_of_the_letter_is_refused_with_its_place(changes: dict[str, object], place: str) -> None:
    with pytest.raises(Refusal) as refused:
        set_letter(river_letter(**changes))
    assert place in refused.value.message
    assert "U+13A0" in refused.value.message


def test_a_draft_for_an_organisation_it_cannot_name_is_refused() -> None:
    with pytest.raises(Refusal, match=r"U\+13A0"):
        set_letter(draft_for="ᎠᏂ")


def test_every_role_has_the_same_characters_so_that_bold_and_italic_refuse_nothing_more() -> None:
    sets = {frozenset().union(*(cut.face.characters for cut in fonts._chain(role))) for role in fonts._ROLES}
    assert len(sets) == 1
    for character in "ÀŐşŽẞảỹƏαωΆΐᾶАяЁҐїћқҳӣ“”„‚«»‹›–—…•·€£№¹²³⁰⁴⁹\u2011ئۇעब中香港あ한བ":
        assert character in next(iter(sets)), character


def test_letters_are_composed_and_those_the_fonts_lack_are_drawn_as_letter_and_mark() -> None:
    assert fonts.printable("x\u0308", "here") == "ẍ"
    assert fonts.printable("e\u0301 A\u030a", "here") == "é Å"
    read = poppler_text(set_letter(signatories=[signatory("Casa ẍ̂ de m̂ Agua")]), "-raw")
    assert unicodedata.normalize("NFC", "Casa ẍ̂ de m̂ Agua") in unicodedata.normalize("NFC", read)


def test_characters_that_draw_nothing_are_not_drawn_as_hyphens() -> None:
    assert fonts.printable("\ufeffnon\u00adstop wo\u200brd", "here") == "nonstop word"


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


@pytest.mark.parametrize("name", ["\u00ad", "\u200e", "\u034f \u2062", "\u3164", "\u180e", "\ufffc"])
def test_a_name_that_draws_nothing_is_refused(name: str) -> None:
    with pytest.raises(Refusal, match="cannot be made"):
        fonts.printable(name, "the name")
    assert fonts.printable(f"a{name}b", "the name").startswith("a")
