"""The organisations' keys of a letter: those that wait for the coordinator's word, and all that speak."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import Faulty, NotFound, Refusal
from signing.web import entry_words
from signing.web.coordinator.rail import rail
from signing.web.coordinator.signers import account_id, chosen, signers
from signing.web.guards import Door, Persona, door
from signing.web.page import _
from signing.web.refusals import answer_to
from signing.workflow import coordinator_signing, tracking, vouching
from signing.workflow.ports import Services


def blueprint(services: Services) -> Door:
    """The door to the organisations' keys of a letter."""
    made = door("vouching", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>/keys")

    @made.get("")
    def form(letter_id: str) -> ResponseReturnValue:
        return page(services, letter_id)

    @made.post("/vouch")
    def vouch(letter_id: str) -> ResponseReturnValue:
        return _act(services, letter_id, revoking=False)

    @made.post("/revoke")
    def revoke(letter_id: str) -> ResponseReturnValue:
        return _act(services, letter_id, revoking=True)

    return made


def page(services: Services, letter_id: str, refusal: Refusal | None = None) -> str:
    """The page of the keys, or what it says after a refusal."""
    status = tracking.status(services, letter_id)
    keys = vouching.bound_keys_of(services, status.letter, [row.entry for row in status.rows])
    return render_template(
        "coordinator/vouching.html", status=status, rail=rail(status, "status"), refusal=refusal, keys=keys,
        waiting=[key for key in keys if key.waits], signers=signers(services, letter_id), typed=request.form,
        key_kind=entry_words.key_kind,
    )


def _act(services: Services, letter_id: str, *, revoking: bool) -> ResponseReturnValue:
    form = request.form
    names = (letter_id, form.get("organisation", ""), form.get("key", ""))
    try:
        prepared_id = _revoked(services, names) if revoking else _vouched(services, names)
    except NotFound as refusal:
        if refusal.code == "letter-unknown":
            raise
        return page(services, letter_id, refusal), 409
    except Refusal as refusal:
        return page(services, letter_id, refusal), answer_to(refusal).status
    if prepared_id is None:
        return redirect(url_for("vouching.form", letter_id=letter_id), 303)
    return redirect(url_for("signing.form", letter_id=letter_id, waiting_id=prepared_id), 303)


def _vouched(services: Services, names: tuple[str, str, str]) -> str | None:
    """Vouch now with the service's key, or give what waits for one's own."""
    typed = request.form.get("phrase", "").strip()
    if not typed and not request.form.get("compared"):
        raise Faulty(_("Type the words the contact reads to you, or say that you have compared them."), field="phrase",
                     code="not-compared")
    if (signer := chosen(services)) is None:
        vouching.vouch(services, *names, phrase=typed or None)
        return None
    return coordinator_signing.prepare_voucher(
        services, *names, signer, account_id(), phrase=typed or None
    ).prepared_id


def _revoked(services: Services, names: tuple[str, str, str]) -> str | None:
    since = _since(request.form.get("compromised_since", ""))
    if (signer := chosen(services)) is None:
        vouching.revoke(services, *names, compromised_since=since)
        return None
    return coordinator_signing.prepare_revocation(
        services, *names, signer, account_id(), compromised_since=since
    ).prepared_id


def _since(typed: str) -> datetime | None:
    if not typed.strip():
        return None
    try:
        return datetime.strptime(typed.strip(), "%Y-%m-%dT%H:%M").replace(tzinfo=UTC)
    except ValueError:
        raise Faulty(_("Write the time as 2026-03-31T18:00."), field="compromised_since") from None
