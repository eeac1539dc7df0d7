"""Every script looks as another engine draws it, and its ink is on the letter's page."""

from __future__ import annotations

import ctypes
import statistics
from typing import Any

import pypdfium2.raw  # type: ignore[import-untyped]
import pytest

from signing.adapters.typeset.fonts import GREY
from signing.evidence.signatory import Signatory

from .script_names import BOTH_WAYS, NAMES
from .script_pictures import SCALE, Picture, darkness, our_page, our_pictures, stray_ink, their_pictures
from .specimens import river_letter, set_letter

ALL = (*NAMES, *BOTH_WAYS)


@pytest.fixture(scope="module")
def page() -> bytes:
    return our_page(ALL)


@pytest.fixture(scope="module")
def ours(page: bytes) -> list[Picture]:
    return our_pictures(page)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Picture], list[Picture]]:
    return their_pictures(ALL, tmp_path_factory.mktemp("chromium"))


# Right pictures differ by no pixel at all, spoilt ones by 6 (one dot of a Ukrainian ї) to 361.
ALIKE = 2


def test_every_name_looks_as_chromium_draws_it(
    ours: list[Picture], theirs: tuple[list[Picture], list[Picture]]
) -> None:
    stray = {f"{name}: {name.text}": stray_ink(*pair) for name, *pair in zip(ALL, ours, theirs[0], strict=True)}
    assert {name: pixels for name, pixels in stray.items() if pixels > ALIKE} == {}


def test_the_comparison_sees_lost_marks_exchanged_letters_and_missing_shaping(
    ours: list[Picture], theirs: tuple[list[Picture], list[Picture]]
) -> None:
    stray = {f"{name}: {name.text}": stray_ink(*pair) for name, *pair in zip(ALL, ours, theirs[1], strict=True)}
    assert {name: pixels for name, pixels in stray.items() if pixels <= ALIKE} == {}


@pytest.fixture(scope="module")
def letter() -> bytes:
    """A letter signed by an organisation for every script, each with a Latin name above its own."""
    signatories = [
        Signatory(
            acronym=None, listed_as=_latin(place), native_name=name.text, org=_latin(place), person="Kim Example",
            role="Director", sort_name=None,
        )
        for place, name in enumerate(NAMES)
    ]  # fmt: skip
    return set_letter(river_letter(body="Two words.\n"), signatories=signatories)


def _latin(place: int) -> str:
    return f"Union {place:02d}"


def test_every_name_has_its_ink_on_the_letters_page(letter: bytes, ours: list[Picture]) -> None:
    inked = ink_of_native_names(letter, len(NAMES))
    shares = {
        name.text: ink / darkness(picture, 0)
        for name, picture, ink in zip(NAMES, ours[: len(NAMES)], inked, strict=True)
    }
    usual = statistics.median(shares.values())
    assert 0.25 < usual < 0.5  # a list is set in 8 to 11 points, the pictures in 16
    assert {name: share / usual for name, share in shares.items() if not 0.95 < share / usual < 1.05} == {}


def ink_of_native_names(pdf: bytes, count: int) -> list[float]:
    """The area of ink below each Latin name, in square points, on pages where only what is grey is left."""
    inked = {}
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        found = {place: text.search(_latin(place)).get_next() for place in range(count)}
        boxes = {place: text.get_charbox(hit[0]) for place, hit in found.items() if hit}
        height = page.get_height()
        for thing in list(page.get_objects()):
            if not _is_grey(thing):
                page.remove_obj(thing)
        picture = page.render(scale=SCALE, grayscale=True).to_numpy().squeeze()
        for place, (left, bottom, _, top) in boxes.items():
            lower = [other[3] for other in boxes.values() if abs(other[0] - left) < 1 and other[3] < bottom]
            rows = slice(round((height - bottom - 4) * SCALE), round((height - max(lower, default=top - 40)) * SCALE))
            columns = slice(round((left - 1) * SCALE), round((left + 215) * SCALE))
            inked[place] = darkness(picture[rows, columns], _LUMINANCE)
    return [inked[place] for place in range(count)]


_LUMINANCE = 255 * (0.299 * GREY[0] + 0.587 * GREY[1] + 0.114 * GREY[2])


def _is_grey(thing: Any) -> bool:
    channels = [ctypes.c_uint() for _ in range(4)]
    pypdfium2.raw.FPDFPageObj_GetFillColor(thing, *channels)
    return [channel.value for channel in channels[:3]] == [round(part * 255) for part in GREY]
