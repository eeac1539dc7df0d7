"""Opening a version: what it fixes, who carries and who lapses, what approvals must meet, and who signs."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import NotFound, Refusal
from signing.domain.organisation import RosterEntry, Standing
from signing.evidence.carry import Change, change_between
from signing.evidence.phrase import phrase
from signing.web.coordinator import sharing
from signing.web.coordinator.rail import rail
from signing.web.coordinator.signers import SERVICE, account_id, chosen, signers
from signing.web.coordinator.words import differing
from signing.web.guards import Door, Persona, door
from signing.web.refusals import answer_to
from signing.workflow import coordinator_signing, drafting, tracking
from signing.workflow.coordinator_signing import Wishes
from signing.workflow.drafting import LetterView
from signing.workflow.letters import text_sha256
from signing.workflow.ports import Services
from signing.workflow.tracking import Status
from signing.workflow.words_ahead import words_ahead

BINDERS = {"attestor": ("attestor",), "both": ("attestor", "coordinator")}


@dataclass(frozen=True, slots=True)
class Following:
    """What becomes of the approvals there are, once the draft is opened."""

    change: Change
    carried: tuple[RosterEntry, ...]
    lapsed: tuple[RosterEntry, ...]


def blueprint(services: Services) -> Door:
    """The door to a letter's opening."""
    made = door("opening", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>/open")

    @made.get("")
    def form(letter_id: str) -> ResponseReturnValue:
        return page(services, letter_id)

    @made.post("")
    def begin(letter_id: str) -> ResponseReturnValue:
        try:
            sharing.take(services, letter_id)
            wishes, signer = _wishes(services), chosen(services)
            if signer is None:
                drafting.open_letter(services, letter_id, wishes)
                return redirect(url_for("invitations.form", letter_id=letter_id), 303)
            waits = coordinator_signing.prepare_opening(services, letter_id, signer, account_id(), wishes)
        except NotFound as refusal:
            if refusal.code == "letter-unknown":
                raise
            return page(services, letter_id, refusal), 409
        except Refusal as refusal:
            return page(services, letter_id, refusal), answer_to(refusal).status
        return redirect(url_for("signing.form", letter_id=letter_id, waiting_id=waits.prepared_id), 303)

    return made


def page(services: Services, letter_id: str, refusal: Refusal | None = None) -> str:
    """The page before opening, or after a refusal of it."""
    status, view = tracking.status(services, letter_id), drafting.read(services, letter_id)
    words = view.draft or view.opened
    return render_template(
        "coordinator/open.html", view=view, status=status, rail=rail(status, "open"), refusal=refusal,
        following=_following(view, status), signers=signers(services, letter_id), typed=request.form,
        also=request.form.getlist("also") if request.form else None, words=phrase(text_sha256(words)) if words else "",
        differs=differing(view), ahead=words_ahead(services, letter_id),
    )


def _wishes(services: Services) -> Wishes:
    level, binders = request.form.get("min_level", ""), BINDERS.get(request.form.get("binders", ""))
    coordinators: list[str] | None = None
    if request.form.get("also_asked"):
        signer = chosen(services) or (services.coordinator.public.key if services.coordinator else SERVICE)
        coordinators = [signer, *(name for name in request.form.getlist("also") if name != signer)]
    return Wishes(
        coordinators=coordinators, min_level=int(level) if level in ("1", "2", "3", "4") else None, binders=binders,
        rekey=request.form.get("rekey") == "1", draft_as_is=request.form.get("draft_as_is") == "1",
    )


def _following(view: LetterView, status: Status) -> Following | None:
    if view.draft is None or view.opened is None:
        return None
    change = change_between(view.opened.files, view.draft.files)
    approved = [row.entry for row in status.rows if row.standing is Standing.APPROVED]
    return Following(
        change,
        tuple(entry for entry in approved if change.carries(entry.accepts)),
        tuple(entry for entry in approved if not change.carries(entry.accepts)),
    )
