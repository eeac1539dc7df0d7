"""Organisations that are known already, taken into a letter's roster: from the address book or an earlier letter."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import NotFound, Refusal
from signing.web.coordinator.rail import rail
from signing.web.guards import Door
from signing.web.refusals import answer_to
from signing.workflow import address_book, roster_adding, roster_views
from signing.workflow.ports import Services


def attach(made: Door, services: Services) -> None:
    """Put the ways in from elsewhere behind the roster's door."""

    @made.get("/roster/add")
    def choose(letter_id: str) -> ResponseReturnValue:
        return _page(services, letter_id)

    @made.post("/roster/add")
    def add(letter_id: str) -> ResponseReturnValue:
        ticked = request.form.getlist("organisation")
        stage = request.form.get("stage", "1")
        try:
            chosen = {name: request.form.get(f"contact-{name}", "") for name in ticked}
            number = int(stage) if stage.isdecimal() and stage.isascii() and len(stage) <= 2 else 0
            roster_adding.add_from_book(services, letter_id, chosen, stage=number)
        except NotFound:
            raise
        except Refusal as refusal:
            return _page(services, letter_id, refusal), answer_to(refusal).status
        return redirect(url_for("roster.form", letter_id=letter_id), 303)

    @made.post("/roster/add/letter")
    def add_letter(letter_id: str) -> ResponseReturnValue:
        try:
            roster_adding.add_from_letter(services, letter_id, request.form.get("letter", ""))
        except NotFound:
            raise
        except Refusal as refusal:
            return _page(services, letter_id, refusal), answer_to(refusal).status
        return redirect(url_for("roster.form", letter_id=letter_id), 303)


def _page(services: Services, letter_id: str, refusal: Refusal | None = None) -> str:
    asked = request.args if request.method == "GET" else request.form
    number = asked.get("page", "1")
    book = address_book.page(
        services, asked.get("words", "").strip()[:200], int(number) if number.isdecimal() and len(number) < 7 else 1
    )
    frame = roster_views.frame(services, letter_id)
    there = roster_adding.there(services, letter_id, [row.organisation.id for row in book.rows])
    return render_template(
        "coordinator/roster_add.html", status=frame, rail=rail(frame, "roster"), book=book, there=there,
        letters=roster_adding.earlier_letters(services, letter_id), refusal=refusal,
        ticked=set(request.form.getlist("organisation")), chosen=request.form, stage=request.form.get("stage", "1"),
    )
