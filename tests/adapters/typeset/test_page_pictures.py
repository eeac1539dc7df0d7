"""The picture of a page is the page of the PDF, and holds nothing that acts."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
import pytest
from lxml import etree  # type: ignore[import-untyped]
from PIL import Image
from playwright.sync_api import Browser

from signing.adapters.typeset import page_pictures
from signing.domain.errors import Refusal
from signing.domain.letter_text import LetterText
from tests.installation import needs_chromium
from tests.navigators import chromium

from .script_pictures import stray_ink
from .specimens import river_letter, set_letter

Picture: TypeAlias = np.ndarray[Any, Any]

_SHARP = 4  # pixels a point
WORDS = "\n\n".join(
    ["A paragraph with **bold** words, *others* and [a link](https://example.org).[^1]", "## A heading",
     "- one\n- two", "> said", "[^1]: A note below a rule."]
)  # fmt: skip
ARABIC = "كلمتان فقط، و**كلمات** أخرى مع English."


def letters() -> list[LetterText]:
    return [river_letter(body=WORDS), river_letter(body=ARABIC, language="ar")]


def pictures(text: LetterText) -> tuple[str, ...]:
    return page_pictures(text, version=1, text_sha256=text.sha256, draft_for="the coordinators")


@needs_chromium
def test_a_page_looks_as_it_is_printed() -> None:
    with chromium() as browser:
        for text in letters():
            pdf = set_letter(text, draft_for="the coordinators", version=1)
            page = pypdfium2.PdfDocument(pdf)[0].render(scale=_SHARP, grayscale=True)
            printed = darkened(page.to_numpy().squeeze())
            assert stray_ink(printed, in_chromium(browser, pictures(text)[0])) <= 5
            # A comparison that sees one letter.
            other = pictures(replace(text, title=text.title[:-1] + "w"))[0]
            assert stray_ink(printed, in_chromium(browser, other)) > 100


def test_there_are_as_many_as_pages_and_nothing_in_them_acts() -> None:
    text = river_letter(body="\n\n".join(["Words upon words. " * 60] * 12))
    made = pictures(text)
    assert len(made) == len(pypdfium2.PdfDocument(set_letter(text, draft_for="the coordinators"))) > 1
    for each in made:
        tags = {etree.QName(element).localname for element in etree.fromstring(each.encode()).iter()}
        assert tags <= {"svg", "rect", "defs", "path", "g", "use", "line"}
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", each)
    assert made == pictures(text)


def test_a_character_without_a_glyph_is_told_as_the_pdf_tells_it() -> None:
    with pytest.raises(Refusal) as refused:
        pictures(river_letter(body="a \U0001f600 b"))
    assert refused.value.code == "no-glyph"


def in_chromium(browser: Browser, svg: str) -> Picture:
    """The picture as a browser shows it in a page."""
    width, height = (int(side) / 20 * _SHARP for side in re.findall(r'viewBox="0 0 (\d+) (\d+)"', svg)[0])
    page = browser.new_page(viewport={"width": round(width), "height": round(height)})
    page.set_content(f"<style>body {{ margin: 0 }} svg {{ width: {width}px; height: {height}px }}</style>{svg}")
    png = page.screenshot()
    page.close()
    return darkened(np.asarray(Image.open(io.BytesIO(png)).convert("L")))


def darkened(picture: Picture) -> Picture:
    """Grey ink as black, so that the shape alone is compared."""
    return np.clip(255 - (255 - picture.astype(int)) * 1.7, 0, 255).astype(np.uint8)
