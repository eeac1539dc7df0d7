"""Signatory lists as readers meet them: real ones in our order, in columns, with groups, persons and odd names."""

from __future__ import annotations

import csv
import dataclasses
import re
from collections.abc import Sequence

import pymupdf  # type: ignore[import-untyped]
import pytest

from signing.adapters.collation import IcuCollation
from signing.evidence.signatory import Signatory

from .specimens import REAL_LETTERS, poppler_text, real_names, river_letter, set_letter, signatory

_SHORT = river_letter(body="Short.", addressees=(("Ms Ada Example",),))
needs_real_lists = pytest.mark.skipif(
    not REAL_LETTERS.exists(), reason="the real lists (../shared/letters) are not beside this checkout"
)


def _set(names: Sequence[Signatory], **changes: object) -> bytes:
    return set_letter(_SHORT, signatories=names, **changes)


def _words(pdf: bytes, page: int = 0) -> list[tuple[float, float, float, float, str]]:
    """Left, top, right, bottom and text of each word as it is drawn."""
    with pymupdf.open(stream=pdf) as document:
        return [word[:5] for word in document[page].get_text("words")]


def _lefts(pdf: bytes, name: str) -> set[int]:
    return {round(left) for left, *_, text in _words(pdf) if re.fullmatch(name, text)}


def _in_our_order(names: Sequence[str]) -> list[Signatory]:
    return sorted(map(signatory, names), key=IcuCollation().sort_key("en", ignore_article=False))


@needs_real_lists
@pytest.mark.parametrize(
    ("sheet", "in_order"),
    [
        (
            "digital-rights-defenders-2019.csv",
            [
                ["Article 19", "ASLE", "Association for Progressive Communications"],
                [
                    "Comité Permanente por los Derechos Humanos (CDH)",
                    "Committee for the Protection of Journalists (CPJ)",
                ],
                ["EFF", "Fórum Nacional pela Democratização da Comunicação (FNDC)", "Freedom of Press Foundation"],
                ["Fundación Regional de Asesoría en Derechos Humanos (INREDH)", "Fundación Vía Libre"],
            ],
        ),
        (
            "facebook-encryption-2019.csv",
            [
                ["Access Now", "ACM US Technology Policy Committee", "AfroLeadership"],
                [
                    "Center for Studies on Freedom of Expression (CELE), Universidad de Palermo",
                    "Centro de Ensino e Pesquisa em Inovação (CEPI), FGV Direito SP, Brasil",
                ],
                ["Engine", "epicenter.works – for digital rights", "Fight for the Future"],
                ["Internet Society", "Internet Society – Bulgaria", "Internet Society UK England Chapter", "Internews"],
                ["SMEX", "S.T.O.P. – The Surveillance Technology Oversight Project", "TechFreedom"],
            ],
        ),
        (
            "wto-transform-2021.csv",
            [
                ["11.11.11, Belgium", "3 CM", "A CONTRE-COURANT", "ACORD MAURITANIE"],
                ["The United Methodist Church - General Board of Chu", "Third Word Network-Africa (TWN-Africa)"],
                ["Foodwatch international", "Friends of the Earth International"],
            ],
        ),
    ],
    ids=["37", "58", "201"],
)  # fmt: skip
def test_real_lists_are_read_whole_and_in_our_order(sheet: str, in_order: list[list[str]]) -> None:
    names = [name.listed_as for name in _in_our_order(real_names(sheet))]
    read = " ".join(poppler_text(_set([signatory(name) for name in names]), "-raw").split("Signatories")[1].split())
    position = 0
    for name in names:  # each after the one before, none left out or merged with its chapter
        position = read.index(" ".join(name.split()), position) + len(name) - 1
    for some in in_order:
        places = [names.index(name) for name in some]
        assert places == sorted(places), some
        assert places[-1] - places[0] < 12 * len(some)


def _headings_and_what_is_below(pdf: bytes, headings: set[str]) -> list[tuple[str, float]]:
    """Each heading in the columns, and how far below it the next line of its column is."""
    found = []
    with pymupdf.open(stream=pdf) as document:
        for page in document:
            lines = [line for block in page.get_text("dict")["blocks"] for line in block.get("lines", ())]
            spans = [span for line in lines for span in line["spans"] if span["bbox"][3] < 760]
            for span in spans:
                if span["text"].strip() in headings and "Italic" in span["font"]:
                    left, top = span["bbox"][:2]
                    column = [other["bbox"][1] for other in spans if abs(other["bbox"][0] - left) < 1]
                    found.append((span["text"].strip(), min((y - top for y in column if y > top + 1), default=999.0)))
    return found


@needs_real_lists
@pytest.mark.parametrize("paragraphs", range(0, 10, 2))
def test_sixty_seven_countries_run_on_in_the_columns_with_no_heading_alone_at_a_foot(paragraphs: int) -> None:
    with (REAL_LETTERS / "shapes/wto-transform-2021.csv").open(newline="") as rows:
        sheet = list(csv.DictReader(rows))
    groups = {row["printed_number"]: row["country"] or "Regional and International Organizations" for row in sheet}
    names = [dataclasses.replace(signatory(row["name"]), org=row["printed_number"]) for row in sheet]
    text = river_letter(body="\n\n".join(["Short."] * (paragraphs + 1)))
    pdf = set_letter(text, signatories=names, groups=groups)
    found = _headings_and_what_is_below(pdf, set(groups.values()))
    assert [heading for heading, _ in found] == list(dict.fromkeys(groups.values()))
    assert len(found) == 68
    assert max(below for _, below in found) < 16
    assert pymupdf.open(stream=pdf).page_count <= 5  # 68 lists each on its own would need 8


@pytest.mark.parametrize(
    ("count", "name", "columns"),
    [
        (11, "Name", 1),
        (37, "Organisation of some length for the river", 2),
        (150, "Kim Example", 3),
        (150, "Organisation of some length for the river", 2),
        (1000, "Kim Example", 4),
        (1000, "Organisation of some length for the river", 2),
    ],
)
def test_long_lists_of_short_names_have_more_columns(count: int, name: str, columns: int) -> None:
    pdf = _set([signatory(f"{name} {number}") for number in range(count)])
    assert len(_lefts(pdf, name.split()[0])) == columns
    read = " ".join(poppler_text(pdf, "-raw").split())
    # Column by column.
    assert [int(number) for number in re.findall(rf"{name} (\d+)", read)] == list(range(count))


def test_a_person_is_followed_by_their_role_an_organisation_by_its_acronym() -> None:
    person = dataclasses.replace(
        signatory("Émile Example"), person="E\u0301mile EXAMPLE", role="Professor of Law, Łódź"
    )
    pdf = _set([person, signatory("Friends of the Rhine", "FR")])
    read = poppler_text(pdf, "-raw")
    assert "Émile Example, Professor of Law, Łódź\nFriends of the Rhine (FR)\n" in read
    assert "Kim Example" not in read
    assert "Director" not in read
    assert "Joint public letter 2 signatories" in read


def test_what_is_tied_to_a_name_stays_with_its_last_word() -> None:
    names = [signatory(f"Association {'o' * length} of Rivers and Lakes", "AFR") for length in range(1, 40)]
    lines = [line.strip() for line in poppler_text(_set(names), "-raw").split("\n")]
    ends = [line for line in lines if line.endswith("Lakes (AFR)")]
    assert len(ends) == 39
    assert {len(line) for line in ends} >= {len("Lakes (AFR)"), len("Association o of Rivers and Lakes (AFR)")}


def test_no_line_of_a_name_ends_in_a_hyphen_or_begins_with_a_dash() -> None:
    names = [f"Instituto {'o' * fill} Nupef - Núcleo de Pesquisas – Estudos e Formação" for fill in range(1, 30)]
    read = poppler_text(_set(list(map(signatory, names))))
    assert not re.search(r"-\s*\n", read.split("Verify")[0].split("Signatories")[1])
    assert not re.search(r"\n\s*–", read)
    whole = " ".join(read.split())
    assert all(name in whole for name in names)


def test_a_word_wider_than_its_column_is_cut_and_stays_in_it() -> None:
    word = "Donaudampfschifffahrts" * 4
    pdf = _set([signatory(word)] + [signatory(f"Name {number}") for number in range(12)])
    read = poppler_text(pdf, "-raw")
    assert word in re.sub(r"\s", "", read)
    first = max(right for left, _, right, _, text in _words(pdf) if left < 100 and "schiff" in text)
    second = min(left for left, *_, text in _words(pdf) if text == "Name" and left > 200)
    assert first < second


def test_a_name_in_its_own_script_stands_below_in_grey_and_is_told_in_its_language() -> None:
    uyghur = "دۇنيا ئۇيغۇر قۇرۇلتىيى"
    tibetan = "བོད་དོན་རྒྱལ་སྤྱི།"
    names = [
        dataclasses.replace(signatory("World Uyghur Congress"), native_name=uyghur),
        dataclasses.replace(signatory("International Campaign for Tibet", "ICT"), native_name=tibetan),
        dataclasses.replace(signatory("Human Rights in China", "HRIC"), native_name="中国人权"),
    ]
    pdf = _set(names)
    read = re.sub("[\u202a-\u202e]", "", poppler_text(pdf))
    for name in (uyghur, tibetan, "中国人权"):
        assert name in read
    with pymupdf.open(stream=pdf) as document:
        trees = [document.xref_object(number) for number in range(1, document.xref_length())]
    for language in ("ug", "bo", "zh"):
        assert any(re.search(rf"/Lang \({language}\)", tree) and "/ActualText" in tree for tree in trees)


def test_few_groups_stand_each_on_its_own_balanced() -> None:
    names = [signatory(f"{group}{number}") for group in ("Aa", "Bb") for number in range(14)]
    pdf = _set(names, groups={name.org: f"Group {name.org[:2]}" for name in names})
    tops: dict[str, float] = {}
    for left, top, _, _, text in _words(pdf):
        tops[text] = top
        if text in ("Aa0", "Bb0"):
            assert left < 100
    assert tops["Aa7"] == pytest.approx(tops["Aa0"], abs=1)  # the second column begins beside the first
    assert tops["Bb7"] == pytest.approx(tops["Bb0"], abs=1)


def test_the_same_list_has_the_same_names_on_us_letter() -> None:
    names = [signatory(f"Organisation {number} for the River", "OR") for number in range(90)]
    a4, letter = (poppler_text(_set(names, paper=paper), "-raw") for paper in ("a4", "letter"))
    assert re.findall(r"Organisation \d+", a4) == re.findall(r"Organisation \d+", letter)
    with pymupdf.open(stream=_set(names, paper="letter")) as document:
        page = document[0]
        assert (page.rect.width, page.rect.height) == (612, 792)
        edges = page.get_text("words")
        assert min(word[0] for word in edges) > 90
        assert max(word[2] for word in edges) < 522
        assert max(word[3] for word in edges) < 756


def test_a_name_of_any_shape_is_one_name_on_the_sheet() -> None:
    names = [
        dataclasses.replace(signatory("Two\nlines\tand a tab", "T\nL"), native_name="مركز\nحقوق \u200f"),
        signatory("\u200e Marks \u200f of \u034f \u180b direction \u061c"),
        signatory(") Tj ET Q endstream endobj (\\"),
        signatory("Without end " * 400 + "Final"),
    ]
    pdf = _set([*names, *(signatory(f"Name{number}") for number in range(9))])
    read = " ".join(poppler_text(pdf, "-raw").split())
    for part in (
        "Two lines and a tab (T L)",
        "Marks of direction",
        ") Tj ET Q endstream endobj (\\",
        "end Final Name0",
    ):
        assert part in read
    assert read.count("Without end") == 400
    with pymupdf.open(stream=pdf) as document:
        everywhere = pymupdf.INFINITE_RECT()
        assert max(word[3] for page in document for word in page.get_text("words", clip=everywhere)) < 810


def test_an_address_block_that_draws_nothing_is_no_block() -> None:
    blocks = (("Cc:",), ("Ms Ada Example",), ("Cc: Mr Bo Example",))
    assert "To\nMs Ada Example\nCc\nMr Bo Example" in poppler_text(
        set_letter(river_letter(body="Short.", addressees=blocks)), "-raw"
    )


def test_unknown_paper_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="paper must be one of a4, letter"):
        _set([], paper="foolscap")
