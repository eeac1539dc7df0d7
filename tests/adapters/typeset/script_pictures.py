"""Pictures of names, ours and Chromium's from the same font files, and the judge who tells them apart.

Chromium shapes, falls back, orders and paints by itself; it is only told which face a script is set in and how large
beside the Latin. Greyscale arrays, 0 black to 255 white, `SCALE` pixels a point.
"""

from __future__ import annotations

import html
import io
import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
from PIL import Image
from playwright.sync_api import sync_playwright
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from signing.adapters.typeset import fonts
from signing.adapters.typeset.lines import set_line, words_of
from signing.adapters.typeset.pen import Pen
from signing.adapters.typeset.textlayer import clusters_of
from tests.navigators import ARGUMENTS, CHROMIUM

from .script_names import BOTH_WAYS, Name

Picture = np.ndarray[Any, np.dtype[np.uint8]]

SIZE, SCALE = 16, 2
_WIDTH, _STEP, _LEFT, _BASELINE = 540, 60, 10, 36
_EUROPEAN = ("Latn", "Grek", "Cyrl")
_UNJOINED = ("Hani", "Jpan", "Kore", "Ethi", "Armn", "Geor", "Cans", "Tfng")
_SCRIPT_OF_FACE = {"Jpan": "Hani", "Kore": "Hang"}


def our_page(names: Sequence[Name]) -> bytes:
    """A PDF of one page with a name on each line, in a line that runs from left to right."""
    out = io.BytesIO()
    height = _STEP * len(names)
    canvas = Canvas(out, pagesize=(_WIDTH, height), initialFontName=fonts.REGULAR, invariant=1)
    pen = Pen(canvas)
    for place, name in enumerate(names):
        manner = fonts.Manner(fonts.REGULAR, SIZE, (0.0, 0.0, 0.0), language=name.language)
        for piece in set_line(words_of([(manner, fonts.printable(name.text, "a name"))]), _LEFT):
            pen.draw(piece, piece.x, height - place * _STEP - _BASELINE)
    pen.lift()
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def our_pictures(pdf: bytes) -> list[Picture]:
    """The lines of that page, painted by PDFium."""
    page = pypdfium2.PdfDocument(pdf)[0]
    return _lines(page.render(scale=SCALE, grayscale=True).to_numpy().squeeze(), 0)


def their_pictures(names: Sequence[Name], folder: Path) -> tuple[list[Picture], list[Picture]]:
    """Chromium's pictures of the names, and of the names spoilt as a poor engine would set them. `folder` may be
    written to."""
    path = folder / "names.html"
    path.write_text(_web_page(names))
    arguments = [*ARGUMENTS, "--font-render-hinting=none", "--disable-lcd-text"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = browser.new_page(viewport={"width": 2 * _WIDTH * SCALE, "height": 800})
        page.goto(path.as_uri())
        page.evaluate("document.fonts.ready")
        png = page.screenshot(full_page=True)
        browser.close()
    whole = np.asarray(Image.open(io.BytesIO(png)).convert("L"))
    return _lines(whole, 0), _lines(whole, _WIDTH * SCALE)


def _lines(whole: Picture, left: int) -> list[Picture]:
    step = _STEP * SCALE
    return [whole[top : top + step, left : left + _WIDTH * SCALE] for top in range(0, whole.shape[0], step)]


def _web_page(names: Sequence[Name]) -> str:
    cuts = fonts.style_of(fonts.REGULAR).cuts
    rules = [
        f'@font-face{{font-family:f{number};src:url("{cut.face.path.as_uri()}");size-adjust:{cut.scale * 100:g}%}}'
        for number, cut in enumerate(cuts)
    ]
    # Words are parted by the space of the Latin face, whatever their script.
    rules.append(f'@font-face{{font-family:space;src:url("{cuts[0].face.path.as_uri()}");unicode-range:U+20}}')
    axes = ",".join(f'"{tag}" {place:g}' for tag, place in cuts[0].face.variations.items())
    manifest = json.loads((fonts.FOLDER / "manifest.json").read_text())
    scripts = {entry["file"]: entry["scripts"] for entry in manifest}
    rows = []
    for place, name in enumerate(names):
        script = _SCRIPT_OF_FACE.get(name.script, name.script)
        own = [number for number, cut in enumerate(cuts) if script in scripts[cut.face.path.name]]
        own = [] if name in BOTH_WAYS else own
        family = ",".join(["space", *(f"f{number}" for number in dict.fromkeys([*own, *range(len(cuts))]))])
        for column, inside in enumerate((_in_one_face(name, cuts), _spoilt(name))):
            left, top = (_LEFT + column * _WIDTH) * SCALE, place * _STEP * SCALE
            rows.append(
                f'<div lang="{name.language}" style="left:{left}px;top:{top}px;font-family:{family}">{inside}</div>'
            )
    return f"""<!doctype html><meta charset="utf-8"><style>{"".join(rules)}
        body {{ margin: 0; height: {_STEP * SCALE * len(names)}px }}
        div {{ position: absolute; white-space: pre; font-size: {SIZE * SCALE}px; line-height: {_STEP * SCALE}px;
               text-rendering: geometricPrecision; font-synthesis: none; font-optical-sizing: none;
               font-variation-settings: {axes} }}
        i {{ font-style: normal; display: inline-block; direction: ltr; white-space: pre }}
        </style>{"".join(rows)}"""


def _in_one_face(name: Name, cuts: Sequence[Any]) -> str:
    """The name; a European word with a letter that the Latin face lacks stands as a whole in the face that has it."""
    if name.script not in _EUROPEAN:
        return html.escape(name.text)
    words = []
    for word in name.text.split(" "):
        letters = unicodedata.normalize("NFC", word)
        able = next(number for number, cut in enumerate(cuts) if cut.face.characters.issuperset(letters))
        words.append(f'<span style="font-family:f{able}">{html.escape(word)}</span>' if able else html.escape(word))
    return " ".join(words)


def _spoilt(name: Name) -> str:
    """The name as poor engines set it: without its marks, with two characters exchanged, or letter by letter."""
    parts = unicodedata.normalize("NFD", name.text)
    bare = "".join(character for character in parts if not unicodedata.combining(character))
    if name.script in _EUROPEAN and bare != parts:
        return html.escape(bare)
    if name.script in (*_EUROPEAN, *_UNJOINED):
        clusters = clusters_of(name.text)
        clusters[1], clusters[2] = clusters[2], clusters[1]
        return html.escape("".join(clusters))
    return "".join(f"<i>{html.escape(character)}</i>" for character in name.text)


_INK, _TRACE = 100, 215
_WINDOW = SIZE * SCALE


def stray_ink(one: Picture, other: Picture) -> int:
    """How many pixels of ink in the worst em of one picture have no trace of ink within a pixel in the other, either
    way, where the pictures lie on each other best."""
    one, other = _framed(one), _framed(other)
    height, width = max(one.shape[0], other.shape[0]), max(one.shape[1], other.shape[1])
    one, other = (
        np.pad(picture, ((0, height - picture.shape[0]), (0, width - picture.shape[1])), constant_values=255)
        for picture in (one, other)
    )
    ink, traces = one < _INK, _spread(one < _TRACE)
    their_ink, their_traces = other < _INK, _spread(other < _TRACE)
    worst = []
    for shift in ((down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)):
        stray = (ink & ~np.roll(their_traces, shift, (0, 1))) | (np.roll(their_ink, shift, (0, 1)) & ~traces)
        upto = np.concatenate([[0], np.cumsum(stray.sum(0))])
        worst.append(int((upto[_WINDOW:] - upto[:-_WINDOW]).max()))
    return min(worst)


def _framed(picture: Picture) -> Picture:
    rows, columns = np.nonzero(picture < 128)
    assert rows.size, "there is no ink in the picture"
    return picture[max(0, rows.min() - 3) : rows.max() + 4, max(0, columns.min() - 3) : columns.max() + 4]


def _spread(mask: np.ndarray[Any, np.dtype[np.bool_]]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    tall = mask.copy()
    tall[1:] |= mask[:-1]
    tall[:-1] |= mask[1:]
    wide = tall.copy()
    wide[:, 1:] |= tall[:, :-1]
    wide[:, :-1] |= tall[:, 1:]
    return wide


def darkness(picture: Picture, grey: float) -> float:
    """The area of ink in square points, were all of it as dark as `grey`."""
    return float((255.0 - picture).sum()) / (255.0 - grey) / SCALE**2
