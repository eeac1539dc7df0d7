"""The letter as a file: the same bytes, nothing unembedded, marks of drafts, what it says about itself."""

from __future__ import annotations

import gc
import io
import subprocess
import sys
from pathlib import Path

import pikepdf
import pymupdf  # type: ignore[import-untyped]
import pytest

from signing.domain.errors import Refusal

from .specimens import CHECK_URL, PHRASE, poppler_text, real_names, river_letter, set_letter, signatory

REPOSITORY = Path(__file__).resolve().parents[3]

_IN_A_FRESH_PROCESS = """
import hashlib
from tests.adapters.typeset.specimens import set_letter
print(hashlib.sha256(set_letter()).hexdigest())
"""


def _fresh_digest() -> str:
    command = [sys.executable, "-c", _IN_A_FRESH_PROCESS]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True, text=True).stdout


def test_two_fresh_processes_and_a_warm_one_make_the_same_bytes() -> None:
    import hashlib

    set_letter(river_letter(title="Another letter altogether, Łódź"))
    warm = hashlib.sha256(set_letter()).hexdigest()
    assert _fresh_digest().strip() == _fresh_digest().strip() == warm


def test_a_refusal_leaves_the_search_for_circles_as_it_was() -> None:
    with pytest.raises(Refusal, match="cannot be made"):
        set_letter(river_letter(salutation="Dear \U00012000,"))
    assert gc.isenabled()


def test_the_structure_is_that_of_the_letter() -> None:
    done = subprocess.run(["pdfinfo", "-struct", "-"], input=set_letter(), capture_output=True, check=True)
    firsts = [line.split()[0] for line in done.stdout.decode().splitlines() if line.strip()]
    tags = [first for first in firsts if first.isalnum()]
    found = " ".join(tags)
    assert tags.count("Reference") == 2
    assert tags.count("H1") == 1
    assert "H1 P Reference Link Object Object Reference Link Object Object H2 P L LI Lbl LBody P L LI" in found
    assert "BlockQuote P P H3 P Note Lbl P Note Lbl P P H2 L LI LBody LI LBody Sect H2 P P Link" in found


def test_one_word_more_makes_other_bytes() -> None:
    assert set_letter() != set_letter(river_letter(salutation="Dear Minister, dear kind Mayor,"))


def test_every_font_is_embedded_with_its_characters() -> None:
    with pikepdf.open(io.BytesIO(set_letter())) as pdf:
        fonts = {name: font for page in pdf.pages for name, font in page.Resources.Font.items()}
        assert len(fonts) >= 6
        for font in fonts.values():
            (inner,) = font.DescendantFonts
            assert not {"/FontFile2", "/FontFile3"}.isdisjoint(inner.FontDescriptor)
            assert "/ToUnicode" in font


def test_qpdf_finds_nothing_wrong(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(set_letter())
    done = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout + done.stderr


def test_the_file_states_title_language_and_the_day_of_the_letter() -> None:
    title = "Rivers & <banks>: “ours”"
    with pikepdf.open(io.BytesIO(set_letter(river_letter(title=title, language="en-GB")))) as pdf:
        assert pdf.Root.Lang == "en-GB"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle is True
        assert pdf.docinfo["/Title"] == title
        assert pdf.docinfo["/CreationDate"] == pdf.docinfo["/ModDate"] == "D:20310304000000Z"
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == title
            assert metadata["xmp:CreateDate"].startswith("2031-03-04")
            assert metadata["pdf:Producer"] == pdf.docinfo["/Producer"]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_link_ends_with_its_words_and_not_with_the_space_after_them(language: str) -> None:
    body = (
        "Read [" + "every word of the letter that leads somewhere and nowhere else " * 4 + "](https://river.example/)"
    )
    with pymupdf.open(stream=set_letter(river_letter(body=body, language=language))) as document:
        page = document[0]
        words = [pymupdf.Rect(word[:4]) for word in page.get_text("words")]
        links = [link["from"] for link in page.get_links() if link["uri"].endswith("example/")]
        assert len(links) > 2
        for link in links:
            inside = [word for word in words if (link & word).get_area() > 0.5 * word.get_area()]
            assert link.x0 == pytest.approx(min(word.x0 for word in inside), abs=0.6)
            assert link.x1 == pytest.approx(max(word.x1 for word in inside), abs=0.6)


def test_links_lead_where_the_letter_says_and_are_printed_with_the_page() -> None:
    with pikepdf.open(io.BytesIO(set_letter())) as pdf:
        notes = [note for page in pdf.pages for note in page.get("/Annots", [])]
        links = [note for note in notes if note.Subtype == "/Link"]
        targets = [str(link.A.URI) for link in links]
        assert "https://river.example/calls/2019?x=1&y=2" in targets
        assert targets.count("https://river.example/long") == 2  # one to a line, bold words and all
        assert targets[-1] == CHECK_URL
        for link in links:
            assert link.F == 4
            assert list(link.Border) == [0, 0, 0]
            left, low, right, high = (float(edge) for edge in link.Rect)
            assert 85 <= left < right <= 511 + 2.6  # the space that a line ends with hangs
            assert 8 < high - low < 14


def test_the_final_letter_counts_its_organisations_and_proves_its_words() -> None:
    text = river_letter()
    pdf = set_letter(text, confidential=2)
    read = poppler_text(pdf, "-raw")
    assert "Joint public letter 4 organisations" in read
    assert "and 2 organisations whose names are withheld for their safety" in read
    assert f"Version 3 · sha256 {text.sha256[:12]}" in read
    assert " ".join(text.sha256[at : at + 8] for at in range(0, 64, 8)) in read
    assert PHRASE in " ".join(read.replace("·", " ").split())
    assert CHECK_URL in read


@pytest.mark.parametrize(("confidential", "line"), [(1, "1 organisation whose name is withheld for its safety")])
def test_a_list_of_withheld_names_alone_is_still_a_list(confidential: int, line: str) -> None:
    read = poppler_text(set_letter(signatories=[], confidential=confidential), "-raw")
    assert f"Signatories\n{line}\n" in read


def test_a_draft_says_for_whom_on_every_page_and_has_no_list_and_no_proof() -> None:
    text = river_letter()
    pdf = set_letter(text, draft_for="Ríos Libres, A.C.", confidential=2)
    pages = poppler_text(pdf, "-raw").rstrip("\f").split("\f")
    assert len(pages) >= 2
    for page in pages:
        assert "draft for Ríos Libres, A.C., version 3" in page
    whole = "".join(pages)
    for absent in ("Signatories", "Amis de la Loire", "Verify", CHECK_URL, "organisations", text.sha256[56:]):
        assert absent not in whole


def test_a_draft_for_a_long_name_keeps_it_whole() -> None:
    name = "Association " + "of the Very Long Names " * 4 + "and Waters"
    page = poppler_text(set_letter(draft_for=name), "-raw").split("\f")[0]
    assert f"draft for {name}, version 3" in " ".join(page.split())


def test_without_an_address_the_digest_is_printed_and_no_code() -> None:
    text = river_letter()
    read = poppler_text(set_letter(text, check_url=None), "-raw")
    assert text.sha256[56:] in read
    assert "Check this copy" not in read


def test_the_code_on_paper_holds_the_check_address() -> None:
    """The dark modules of the picture are those of the address (read back by comparing with segno's own)."""
    import segno
    from PIL import Image

    pdf = set_letter(signatories=None)
    picture = subprocess.run(["pdftoppm", "-r", "288", "-png"], input=pdf, capture_output=True, check=True).stdout
    last = Image.open(io.BytesIO(picture[picture.rindex(b"\x89PNG") :])).convert("L")
    matrix = segno.make_qr(CHECK_URL, error="m").matrix
    left, side = round(85.04 * 4), 60 * 4
    column = [last.getpixel((left + 3, y)) for y in range(last.height)]
    top = next(y for y in range(last.height) if all(value < 80 for value in column[y : y + 20]))
    module = side / len(matrix)
    read = [
        [
            last.getpixel((round(left + (x + 0.5) * module), round(top + (y + 0.5) * module))) < 128
            for x in range(len(matrix))
        ]
        for y in range(len(matrix))
    ]
    assert read == [[bool(value) for value in row] for row in matrix]


def test_a_thousand_names_take_a_text_object_not_a_table() -> None:
    """Twice the names give about twice the bytes before compression: growth is linear."""
    sizes = []
    for count in (1_000, 2_000):
        names = [signatory(f"Organisation {number} for the River", "OR") for number in range(count)]
        with pikepdf.open(io.BytesIO(set_letter(signatories=names))) as pdf:
            sizes.append(sum(len(page.Contents.read_bytes()) for page in pdf.pages))
    assert 1.7 < sizes[1] / sizes[0] < 2.1


def test_real_lists_are_printed_whole() -> None:
    try:
        names = real_names("wto-transform-2021.csv")
    except FileNotFoundError:
        pytest.skip("the real lists (../shared/letters) are not beside this checkout")
    read = " ".join(poppler_text(set_letter(signatories=[signatory(name) for name in names]), "-raw").split())
    assert len(names) == 201
    position = 0
    for name in names:
        position = read.index(" ".join(name.split()), position) + 1
