"""Closing a letter, and what may be taken away afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import NotFound, Refusal
from signing.domain.letter import CLOSING_LASTS, Letter
from signing.evidence.statement import LIST_FILE
from signing.web import entry_words, evidence_files
from signing.web.coordinator.rail import rail
from signing.web.coordinator.signers import account_id, chosen, signers
from signing.web.download import attachment
from signing.web.guards import Door, Persona, door
from signing.web.refusals import answer_to
from signing.workflow import (
    auditing,
    closing,
    closing_checks,
    coordinator_signing,
    publishing,
    sealing,
    stamps,
    tracking,
    witness_state,
)
from signing.workflow.coordinator_signing import ToSignByCoordinator
from signing.workflow.ports import Services


def blueprint(services: Services) -> Door:
    """The door to a letter's closing."""
    made = door("closing", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>")

    @made.get("/close")
    def form(letter_id: str) -> ResponseReturnValue:
        return page(services, letter_id)

    @made.post("/close")
    def close(letter_id: str) -> ResponseReturnValue:
        signer = chosen(services)
        try:
            if signer is None:
                closing.close(services, letter_id)
                return redirect(url_for("closing.form", letter_id=letter_id), 303)
            waits = coordinator_signing.prepare_closing(services, letter_id, signer, account_id())
        except NotFound as refusal:
            if refusal.code == "letter-unknown":
                raise
            return page(services, letter_id, refusal), 409
        except Refusal as refusal:
            return page(services, letter_id, refusal), answer_to(refusal).status
        return redirect(url_for("signing.form", letter_id=letter_id, waiting_id=waits.prepared_id), 303)

    @made.post("/close/cancel")
    def cancel(letter_id: str) -> ResponseReturnValue:
        closing.cancel_closing(services, letter_id)
        return redirect(url_for("closing.form", letter_id=letter_id), 303)

    @made.post("/publish")
    def publish(letter_id: str) -> ResponseReturnValue:
        ends_embargo = request.form.get("ends_embargo") == "1"
        return _after(
            services, letter_id, lambda services, letter_id: publishing.publish(
                services, letter_id, ends_embargo=ends_embargo
            )
        )  # fmt: skip

    @made.post("/seal")
    def seal(letter_id: str) -> ResponseReturnValue:
        return _after(services, letter_id, sealing.seal, place="sealed")

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
        tracking.summary(services, letter_id)
        return evidence_files.trust_file(services)

    return made


def _after(
    services: Services, letter_id: str, act: Callable[[Services, str], object], place: str | None = None
) -> ResponseReturnValue:
    """Do it and come back to this place of the page; a refusal is told on it."""
    try:
        act(services, letter_id)
    except NotFound:
        raise
    except Refusal as refusal:
        return page(services, letter_id, refusal), answer_to(refusal).status
    return redirect(url_for("closing.form", letter_id=letter_id, _anchor=place), 303)


def page(services: Services, letter_id: str, refusal: Refusal | None = None) -> str:
    """The page of the closing, before, between and after, or after a refusal of it."""
    status = tracking.summary(services, letter_id)
    listing = closing.preview_list(services, letter_id) if status.letter.version else None
    edition = auditing.edition(services, letter_id) if status.state.closed else None
    changed = bool(edition and listing and listing.to_bytes() != edition.files[LIST_FILE])
    languages = sorted(name.removesuffix(".pdf") for name in edition.files if name.endswith(".pdf")) if edition else []
    return render_template(
        "coordinator/close.html", status=status, rail=rail(status, "close"), listing=listing, edition=edition,
        languages=languages, changed=changed, refusal=refusal, signers=signers(services, letter_id),
        waiting=_waiting(services, letter_id), now=services.clock(), doors_open_at=_doors_open_at(status.letter),
        account_id=account_id(), withheld=entry_words.withheld, stamps=stamps.stamp_state(services, letter_id),
        witnesses=witness_state.witness_state(services, letter_id),
        seals=sealing.seal_state(services, letter_id),
        checks=closing_checks.checks(services, letter_id, listing) if listing and (changed or not edition) else None,
        asked_as=closing_checks.asked_as(services, letter_id) if listing else {},
        obstacle=publishing.obstacle_to_publishing(services, letter_id),
    )


def _waiting(services: Services, letter_id: str) -> list[ToSignByCoordinator]:
    """Closings that wait for a signature: one's own can be signed, another's is only told of."""
    return coordinator_signing.waiting(services, letter_id, "close")


def _doors_open_at(letter: Letter) -> datetime | None:
    return letter.closing_since + CLOSING_LASTS if letter.closing_since else None
