"""The letter's roster: who is asked, page by page; sheets brought in, looked at first, faulty rows named by line."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import Faulty, NotFound, Refusal
from signing.web.coordinator import roster_adding, roster_entries, roster_list
from signing.web.coordinator.brought_file import brought
from signing.web.coordinator.rail import rail
from signing.web.coordinator.roster_page import page
from signing.web.guards import Door, Persona, door
from signing.web.intake import Intake
from signing.web.page import _, said
from signing.web.refusals import answer_to
from signing.workflow import brought_rosters, roster_views
from signing.workflow.ports import Services
from signing.workflow.roster_plan import Fate

# What a page shows of a sheet; the rest is counted.
SHOWN = 200


def blueprint(services: Services, intake: Intake) -> Door:
    """The door to a letter's roster."""
    made = door("roster", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>")

    @made.get("/roster")
    def form(letter_id: str) -> ResponseReturnValue:
        return page(services, letter_id)

    @made.post("/roster")
    def bring(letter_id: str) -> ResponseReturnValue:
        try:
            file = brought(pasted_as="pasted.csv")
            read = intake.roster(file.data, file.name)
            brought_id = brought_rosters.bring(services, letter_id, file.name, read, file.data)
        except NotFound:
            raise
        except Refusal as refusal:
            return page(services, letter_id, error=_told(refusal)), answer_to(refusal).status
        return redirect(url_for("roster.look", letter_id=letter_id, brought_id=brought_id), 303)

    @made.get("/roster/brought/<brought_id>")
    def look(letter_id: str, brought_id: str) -> ResponseReturnValue:
        return _look(services, letter_id, brought_id)

    @made.post("/roster/brought/<brought_id>")
    def import_(letter_id: str, brought_id: str) -> ResponseReturnValue:
        same = {
            int(name.removeprefix("same-")): value
            for name, value in request.form.items()
            if value and name.startswith("same-") and name.removeprefix("same-").isdecimal()
        }
        try:
            brought_rosters.import_brought(
                services, letter_id, brought_id, skip_faulty=request.form.get("skip") == "1", same=same
            )
        except NotFound:
            raise
        except Refusal as refusal:
            return _look(services, letter_id, brought_id, refusal)
        return redirect(url_for("roster.form", letter_id=letter_id), 303)

    @made.post("/roster/brought/<brought_id>/sheet")
    def read_sheet(letter_id: str, brought_id: str) -> ResponseReturnValue:
        try:
            data, name = brought_rosters.held_file(services, letter_id, brought_id)
            read = intake.roster(data, name, sheet=request.form.get("sheet", ""))
            brought_id = brought_rosters.bring(services, letter_id, name, read, data)
        except NotFound:
            raise
        except Refusal as refusal:
            return _look(services, letter_id, brought_id, refusal)
        return redirect(url_for("roster.look", letter_id=letter_id, brought_id=brought_id), 303)

    roster_entries.attach(made, services)
    roster_list.attach(made, services)
    roster_adding.attach(made, services)
    return made


def _look(
    services: Services, letter_id: str, brought_id: str, refusal: Refusal | None = None
) -> ResponseReturnValue:
    try:
        found = brought_rosters.look(services, letter_id, brought_id)
    except NotFound as gone:
        if gone.code != "brought-gone":
            raise
        return redirect(url_for("roster.form", letter_id=letter_id, gone=1), 303)
    if found is None:
        return redirect(url_for("roster.form", letter_id=letter_id), 303)
    frame = roster_views.frame(services, letter_id)
    rows: dict[str, list[Any]] = {fate.value: found.plan.of(fate) if found.plan else [] for fate in Fate}
    chapters = [each for each in found.warnings if each.code in ("chapter", "known-chapter")]
    proposals = [each for each in found.warnings if each.proposes]
    odd = [each for each in found.warnings if each not in chapters and each not in proposals]
    body = render_template(
        "coordinator/roster_look.html", status=frame, rail=rail(frame, "roster"), found=found, rows=rows,
        chapters=chapters, proposals=proposals, odd=odd, shown=SHOWN, refusal=refusal,
        relinked=found.plan.relinked if found.plan else [],
    )
    if refusal is not None:
        return body, answer_to(refusal).status
    return body, 422 if found.faults else 200


def _told(refusal: Refusal) -> str:
    words = said(refusal)
    if isinstance(refusal, Faulty) and refusal.line and not words.startswith("Line"):
        words = f"{_('Line %(line)s', line=refusal.line)}: {words}"
    return words
