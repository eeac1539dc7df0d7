"""The letter's roster: who is asked, brought in from a sheet, faulty rows named by line."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import Faulty, NotFound, Refusal
from signing.web.coordinator.brought_file import BroughtFile, brought
from signing.web.coordinator.rail import rail
from signing.web.guards import Door, Persona, door
from signing.web.intake import Intake, Remark, RosterFile
from signing.web.page import _, said
from signing.web.refusals import answer_to
from signing.workflow import rostering, tracking
from signing.workflow.ports import Services


def blueprint(services: Services, intake: Intake) -> Door:
    """The door to a letter's roster."""
    made = door("roster", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>")

    @made.get("/roster")
    def form(letter_id: str) -> ResponseReturnValue:
        return _page(services, letter_id)

    @made.post("/roster")
    def bring(letter_id: str) -> ResponseReturnValue:
        return _take(services, intake, letter_id)

    return made


def _take(services: Services, intake: Intake, letter_id: str) -> ResponseReturnValue:
    file: BroughtFile | None = None
    try:
        file = brought(pasted_as="pasted.csv")
        read = intake.roster(file.data, file.name)
        warnings = (*read.warnings, *rostering.unprintable(services, read.rows))
        skip = request.form.get("skip") == "1"
        if not (read.faults or warnings) or (skip and read.rows):
            rostering.import_roster(services, letter_id, read.rows)
            return redirect(url_for("roster.form", letter_id=letter_id), 303)
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(services, letter_id, error=refusal), answer_to(refusal).status
    return _page(services, letter_id, file=file, read=read, warnings=warnings), 422 if read.faults else 200


def _page(
    services: Services,
    letter_id: str,
    *,
    error: Refusal | None = None,
    file: BroughtFile | None = None,
    read: RosterFile | None = None,
    warnings: Sequence[Remark] = (),
) -> str:
    status = tracking.status(services, letter_id)
    words = ""
    if error is not None:
        words = said(error)
        if isinstance(error, Faulty) and error.line and not words.startswith("Line"):
            words = f"{_('Line %(line)s', line=error.line)}: {words}"
    return render_template(
        "coordinator/roster.html", status=status, rail=rail(status, "roster"), error=words, file=file, read=read,
        warnings=warnings, pasted=request.form.get("pasted", ""),
    )
