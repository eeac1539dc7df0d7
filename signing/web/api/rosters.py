"""A letter's roster, for programs."""

from __future__ import annotations

from signing.domain.api import Scope
from signing.domain.errors import Faulty
from signing.domain.roster import check_rows
from signing.web.api.letters import BroughtFile, Parts, Warned
from signing.web.api.operations import Operation, Shape
from signing.web.intake import Intake
from signing.workflow import rostering
from signing.workflow.api_tokens import Caller
from signing.workflow.ports import Services

FAULTS_TOLD = 20


class Sheet(BroughtFile):
    """A sheet (.csv, .xlsx). `skip_faulty`: import the good rows and leave the faulty ones out."""

    skip_faulty: bool = False


class RosterShape(Shape):
    """`faults` are the rows that were left out."""

    organisations: int
    added: int
    changed: int
    faults: list[Warned]
    warnings: list[Warned]


def operations(services: Services, intake: Intake) -> list[Operation]:
    """What can be done with a roster."""

    def bring(caller: Caller, parts: Parts, sheet: Sheet) -> RosterShape:
        read = intake.roster(sheet.data(), sheet.filename)
        good, faults, warnings = check_rows(read.rows)
        wrong = sorted([*read.faults, *faults], key=lambda each: each.line or 0)
        if wrong and not sheet.skip_faulty:
            told = " ".join(f"Line {each.line}: {each.message}" for each in wrong[:FAULTS_TOLD])
            raise Faulty("Nothing was imported. {faults}", values={"faults": told}, field="content", code="rows-faulty")
        made = rostering.import_roster(services, parts["letter"], good)
        return RosterShape(
            organisations=made.organisations, added=made.added, changed=made.changed,
            faults=[Warned(line=each.line, code="row-faulty", message=each.message) for each in wrong],
            warnings=[Warned(line=each.line, code=each.code, message=each.message) for each in warnings],
        )  # fmt: skip

    return [
        Operation("import_roster", "POST", "/letters/{letter}/roster", Scope.DRAFT,
                  "Add the organisations of a sheet, and put right those already there.",
                  Sheet, RosterShape, bring),
    ]  # fmt: skip
