"""Closing a letter, and what may be taken away afterwards."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import NotFound, Refusal
from signing.evidence.statement import LIST_FILE
from signing.web import evidence_files
from signing.web.coordinator.rail import rail
from signing.web.download import attachment
from signing.web.guards import Door, Persona, door
from signing.web.refusals import answer_to
from signing.workflow import auditing, closing, tracking
from signing.workflow.ports import Services


def blueprint(services: Services) -> Door:
    """The door to a letter's closing."""
    made = door("closing", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>")

    @made.get("/close")
    def form(letter_id: str) -> ResponseReturnValue:
        return _page(services, letter_id)

    @made.post("/close")
    def close(letter_id: str) -> ResponseReturnValue:
        try:
            closing.close(services, letter_id)
        except NotFound:
            raise
        except Refusal as refusal:
            return _page(services, letter_id, refusal), answer_to(refusal).status
        return redirect(url_for("closing.form", letter_id=letter_id), 303)

    @made.get("/<language>.pdf")
    def pdf(letter_id: str, language: str) -> ResponseReturnValue:
        data = auditing.edition(services, letter_id).files.get(f"{language}.pdf")
        if data is None:
            raise NotFound("The letter has no PDF in this language.")
        return attachment(data, f"{letter_id}-{language}.pdf", "application/pdf")

    @made.get("/bundle.zip")
    def bundle(letter_id: str) -> ResponseReturnValue:
        return evidence_files.bundle_zip(services, letter_id)

    @made.get("/trust.json")
    def trust(letter_id: str) -> ResponseReturnValue:
        tracking.status(services, letter_id)
        return evidence_files.trust_file(services)

    return made


def _page(services: Services, letter_id: str, refusal: Refusal | None = None) -> str:
    status = tracking.status(services, letter_id)
    listing = closing.preview_list(services, letter_id) if status.letter.version else None
    edition = auditing.edition(services, letter_id) if status.state.closed else None
    changed = bool(edition and listing and listing.to_bytes() != edition.files[LIST_FILE])
    languages = sorted(name.removesuffix(".pdf") for name in edition.files if name.endswith(".pdf")) if edition else []
    return render_template(
        "coordinator/close.html", status=status, rail=rail(status, "close"), listing=listing, edition=edition,
        languages=languages, changed=changed, refusal=refusal,
        asked_as={row.entry.organisation_id: row.entry.listed_name for row in status.rows},
    )
