"""A roster's sheet becomes rows, faults with their lines, or a refusal of the whole."""

import datetime
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from signing.adapters.roster_sheets import read_roster
from signing.domain.errors import Faulty, Refusal

LETTERS = Path(__file__).resolve().parents[2] / "../shared/letters"
needs_letters = pytest.mark.skipif(not LETTERS.is_dir(), reason="the real roster lies beside the checkout: absent")
HEADER = "organisation,contact,email\n"
GOOD = "River Watch,Ada,ada@river.example\n"


def csv(text, filename="roster.csv"):
    return read_roster(text if isinstance(text, bytes) else text.encode(), filename)


def xlsx(*rows, change=None):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def refusal(data, filename="roster.csv"):
    with pytest.raises(Faulty) as caught:
        read_roster(data if isinstance(data, bytes) else data.encode(), filename)
    return caught.value


def faults(reading):
    return [(fault.line, fault.field) for fault in reading.faults]


@needs_letters
def test_the_real_roster_gives_ten_organisations():
    reading = read_roster((LETTERS / "joint-letter-eu-china.roster.csv").read_bytes(), "roster.csv")
    assert (reading.faults, reading.warnings) == ((), ())
    assert len(reading.rows) == 10
    assert (reading.rows[2].organisation, reading.rows[2].acronym) == ("Human Rights in China", "HRIC")
    assert (reading.rows[9].line, reading.rows[9].email, reading.rows[9].stage) == (11, "contact10@wuc.example", 1)


@needs_letters
@pytest.mark.parametrize(
    "name", ["digital-rights-defenders-2019", "facebook-encryption-2019", "wto-transform-2021"]
)
def test_a_bare_list_of_names_is_told_what_a_roster_needs(name):
    fault = refusal((LETTERS / "shapes" / f"{name}.csv").read_bytes())
    assert fault.code == "roster-header"
    assert '"name"' in fault.message
    assert "missing: organisation, contact, email" in fault.message


def test_every_column_is_read_from_both_kinds_of_file():
    header = "ID,Organisation,Acronym,Listed as,native_name,Sort-Name,country,GROUP,contact,E-mail,role,language,stage"
    row = ["o1", "Río", "R", "El Río", "河", "Rio", "Chad", "A", "Ada", "a@bücher.example", "Head", "zh-Hant", "2"]
    from_csv = csv(f"{header}\n{','.join(row)}\n")
    from_xlsx = read_roster(xlsx(header.split(","), [*row[:-1], 2]), "Roster.XLSX")
    assert from_csv == replace(from_xlsx, sheet=None, sheets=())
    assert from_csv.faults == ()
    read = from_csv.rows[0]
    assert (read.line, read.id, read.listed_as, read.sort_name, read.stage) == (2, "o1", "El Río", "Rio", 2)
    assert read.email == "a@xn--bcher-kva.example"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_seen_from_the_header_line(separator):
    data = separator.join(["organisation", "contact", "email"]) + "\r\n"
    data += separator.join(['"Peace, Land; Water"', "Ada", "ada@river.example"]) + "\r\n"
    assert csv("\ufeff" + data).rows[0].organisation == "Peace, Land; Water"


def test_the_separator_that_excel_writes_in_a_first_line_is_heeded():
    reading = csv("sep=;\norganisation;contact;email\nRiver;Ada;ada@river.example\n;;x\n")
    assert reading.rows[0].line == 3
    assert {line for line, _ in faults(reading)} == {4}


def test_lines_are_those_of_the_file_after_a_cell_of_two_lines_and_an_empty_row():
    reading = csv(f'{HEADER}"River\nWatch",Ada,a@x.example\n\n,,\nDelta,,d@x.example\n{GOOD}')
    assert faults(reading) == [(2, "organisation"), (6, "contact")]
    assert [row.line for row in reading.rows] == [7]


def test_accents_are_composed_and_spaces_around_a_name_are_dropped():
    assert csv(f"{HEADER} Cafe\u0301\u00a0,Ada,a@x.example").rows[0].organisation == "Café"


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("=1+1,Ada,a@x.example", "organisation"),
        ("@River,Ada,a@x.example", "organisation"),
        ("\tRiver,Ada,a@x.example", "organisation"),
        ('"\rRiver",Ada,a@x.example', "organisation"),
        ('"River\nBcc: b@x.example",Ada,a@x.example', "organisation"),
        ("River\u2066,Ada,a@x.example", "organisation"),
        ("River,,a@x.example", "contact"),
        ("River,Ada,", "email"),
        ("River,Ada", "email"),
        ("River,Ada,ada at river", "email"),
        ("River,Ada,a@b", "email"),
        ("River,Ada,Ada <a@x.example>", "email"),
        ("River,Ada,ä@x.example", "email"),
        ('River,Ada,"a@x.example\nBcc: b@x.example"', "email"),
        ("River,Ada,a@x.example,more", ""),
    ],
)
def test_a_faulty_row_is_named_once_with_its_line_and_the_others_stay(row, field):
    reading = csv(f"{HEADER}{GOOD}{row}\n")
    assert faults(reading) == [(3, field)]
    assert [found.organisation for found in reading.rows] == ["River Watch"]


@pytest.mark.parametrize("stage", ["0", "100", "-1", "1.5", "one", "٢", "1_0", "+1"])
def test_a_stage_is_a_whole_number(stage):
    assert (2, "stage") in faults(csv(f"{HEADER.strip()},stage\n{GOOD.strip()},{stage}\n"))


def test_a_stage_left_empty_is_the_first():
    assert csv(f"{HEADER.strip()},stage\n{GOOD.strip()},\n").rows[0].stage == 1


def test_a_repeated_organisation_is_a_fault_and_a_likeness_a_warning():
    reading = csv(f"{HEADER}Karisma,A,a@x.example\nKARISMA,B,b@x.example\nFundación Karisma,C,c@x.example\n")
    assert faults(reading) == [(3, "organisation")]
    assert [(warning.line, warning.code) for warning in reading.warnings] == [(4, "near-duplicate")]
    assert len(reading.rows) == 2


@pytest.mark.parametrize(
    ("data", "filename", "code"),
    [
        ("", "roster.csv", "empty-file"),
        ("\n,,\n", "roster.csv", "empty-file"),
        (HEADER, "roster.csv", "no-rows"),
        (HEADER.encode("utf-16"), "roster.csv", "not-utf-8"),
        (f"{HEADER}Río,Ada,a@x.example".encode("latin-1"), "roster.csv", "not-utf-8"),
        ("organisation,contact\nRiver,Ada", "roster.csv", "roster-header"),
        ("organisation,contact,email,phone\nRiver,Ada,a@x.example,1", "roster.csv", "roster-header"),
        ("organisation,contact,email,E-Mail\nRiver,Ada,a@x.example,a@x.example", "roster.csv", "roster-header"),
        (f'{HEADER}"River,Ada,a@x.example\n', "roster.csv", "csv"),
        (f"{HEADER}{'x' * 200_000},Ada,a@x.example\n", "roster.csv", "csv"),
        (HEADER + "".join(f"O{n},A,a{n}@x.example\n" for n in range(20_001)), "roster.csv", "too-many-rows"),
        (b"x" * 10_000_000, "roster.csv", "too-large"),
        (GOOD, "roster.ods", "file-kind"),
        (GOOD, "roster.xlsx", "xlsx"),
        (b"PK\x03\x04 and so on", "roster.xlsx", "xlsx"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_with_a_reason(data, filename, code):
    assert refusal(data, filename).code == code


def test_an_unclosed_quotation_mark_is_named_by_the_line_where_its_row_begins():
    assert refusal(f'{HEADER}{GOOD}"Delta,Ada,d@x.example\nmore\n').line == 3


# Excel


def test_a_formula_a_date_an_error_and_a_truth_are_named_by_row_and_column():
    reading = read_roster(
        xlsx(
            ["organisation", "contact", "email", "role", "stage"],
            ["River", "Ada", "a@x.example", None, 1],
            ["=A2", "Ada", "b@x.example", None, 1],
            ["Delta", datetime.date(2026, 3, 1), "c@x.example", None, 1],
            ["Sea", "Ada", "d@x.example", True, 1],
            ["Lake", "Ada", "e@x.example", None, 1.5],
            ["Bay", "#REF!", "f@x.example", None, 1],
        ),
        "roster.xlsx",
    )
    assert faults(reading) == [
        (3, "organisation"),
        (4, "contact"),
        (5, "role"),
        (6, "stage"),
        (7, "contact"),
    ]
    assert [row.organisation for row in reading.rows] == ["River"]


def book(*sheets, change=None):
    """A file with these sheets: (name, rows)."""
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if change:
        change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


ROSTER = [["organisation", "contact", "email"], ["River Watch", "Ada", "ada@river.example"]]
OTHERS = [["organisation", "contact", "email"], ["Delta", "Ben", "ben@delta.example"]]


def test_the_first_sheet_that_is_a_roster_is_read_and_the_others_are_told_of():
    data = book(("Notes", [["call Ada"]]), ("Invited", ROSTER), ("Later", OTHERS))
    reading = read_roster(data, "roster.xlsx")
    assert (reading.sheet, reading.sheets) == ("Invited", ("Notes", "Invited", "Later"))
    assert [row.organisation for row in reading.rows] == ["River Watch"]
    assert [each.code for each in reading.warnings] == ["other-sheets"]
    assert [row.organisation for row in read_roster(data, "roster.xlsx", sheet="Later").rows] == ["Delta"]
    with pytest.raises(Faulty) as caught:
        read_roster(data, "roster.xlsx", sheet="None")
    assert caught.value.code == "no-such-sheet"


def test_what_a_sheet_hides_or_merges_is_told_by_line():
    def hide(made):
        made["Invited"].row_dimensions[2].hidden = True
        made["Invited"].merge_cells("A3:A4")
        made["Old"].sheet_state = "hidden"

    rows = [*ROSTER, *OTHERS[1:], ["", "Cem", "cem@delta.example"]]
    reading = read_roster(book(("Invited", rows), ("Old", OTHERS), change=hide), "roster.xlsx")
    assert [(each.line, each.code) for each in reading.warnings] == [
        (0, "hidden-sheet"), (2, "hidden-row"), (3, "merged-cells")
    ]
    assert [row.line for row in reading.rows] == [2, 3]
    assert faults(reading) == [(4, "organisation")]


def test_what_an_organisation_is_and_how_far_it_reaches_may_stand_in_the_sheet():
    head = HEADER.strip() + ",kind,scope\n"
    reading = csv(head + "A,Ada,a@x.example,Person,National\nB,Ben,b@x.example,,global\nC,C,c@x.example,club,moon\n")
    assert [(row.kind, row.scope) for row in reading.rows] == [("individual", "national"), (None, "international")]
    assert faults(reading) == [(4, "kind"), (4, "scope")]


def test_rows_left_empty_in_a_sheet_keep_the_numbers_of_the_others():
    def far_below(sheet):
        sheet["A7"], sheet["B7"], sheet["C7"] = "Delta", "Ada", "d@x.example"

    reading = read_roster(xlsx(["organisation", "contact", "email"], change=far_below), "roster.xlsx")
    assert [row.line for row in reading.rows] == [7]


def test_a_sheet_that_goes_on_for_a_million_rows_is_refused():
    def at_the_end(sheet):
        sheet["A1048576"] = "x"

    assert refusal(xlsx(HEADER.strip().split(","), change=at_the_end), "roster.xlsx").code == "too-many-rows"


def repacked(data, parts=None, edit=None):
    """The same sheet with parts of its zip replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, edit(content) if edit and name.endswith("sheet1.xml") else content)
        for name, content in (parts or {}).items():
            new.writestr(name, content)
    return out.getvalue()


SHEET = xlsx(["organisation", "contact", "email"], ["River", "Ada", "a@x.example"])
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (repacked(SHEET, {"xl/media/zeros.bin": b"\0" * 25_000_000}), "too-large"),
        (repacked(SHEET, {"xl/media/zeros.bin": b"\0" * 2_000_000}), "too-large"),
        (repacked(SHEET, {f"xl/media/{n}.bin": b"" for n in range(1_001)}), "xlsx"),
        (repacked(SHEET, edit=lambda content: BOMB + content), "xlsx-unsafe"),
        (repacked(SHEET, edit=lambda content: (BOMB + content).decode().encode("utf-16")), "xlsx-unsafe"),
        (
            repacked(SHEET, edit=lambda c: b'<?xml version="1.0" ' + b" " * 999 + b'encoding="cp037"?>' + c),
            "xlsx-unsafe",
        ),
        (repacked(SHEET, edit=lambda content: content[:-40]), "xlsx"),
        (repacked(SHEET, edit=lambda content: content.replace(b'r="A1"', b'r="??"')), "xlsx"),
        (SHEET[:-200], "xlsx"),
        (SHEET.replace(b"PK\x01\x02", b"PK\x01\x03"), "xlsx"),
    ],
)
def test_a_sheet_that_is_spoiled_or_a_trap_is_refused_before_it_is_read(data, code):
    assert refusal(data, "roster.xlsx").code == code


# Anything at all


@settings(max_examples=300, deadline=5_000)
@given(
    st.binary(max_size=200)
    | st.lists(st.sampled_from([*HEADER.split(","), ",", ";", "\t", "\n", "\r", '"', GOOD, "=1", "é", "\x00"]))
    .map("".join)
    .map(str.encode)
    | st.text(max_size=200).map(lambda text: (HEADER + text).encode()),
    st.sampled_from(["a.csv", "a.xlsx"]),
)
def test_whatever_is_brought_becomes_rows_and_faults_or_a_refusal(data, filename):
    try:
        reading = read_roster(data, filename)
    except Refusal:
        return
    assert not {row.line for row in reading.rows} & {fault.line for fault in reading.faults}
    assert reading.rows or reading.faults


@settings(max_examples=150, deadline=5_000)
@given(at=st.integers(0, len(SHEET) - 1), to=st.binary(max_size=3))
def test_a_sheet_with_other_bytes_becomes_rows_or_a_refusal(at, to):
    try:
        reading = read_roster(SHEET[:at] + to + SHEET[at + 1 :], "roster.xlsx")
    except Refusal:
        return
    assert len(reading.rows) <= 1
