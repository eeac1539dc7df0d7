"""The decision page, drawn from what the workflow shows and what was typed; shared by every door of the contact."""

from __future__ import annotations

from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import Refusal
from signing.evidence.signatory import commitment_of
from signing.locale.zones import zone_of
from signing.web import chosen_language, decision_form, late_forms, letter_html, seen_versions
from signing.web.decision_form import Typed
from signing.web.guards import Door
from signing.web.page import _, faults, language, offset
from signing.web.refusals import answer_to
from signing.workflow import deciding, earlier_words, listing_preview
from signing.workflow.contact_access import Access
from signing.workflow.decision_page import DecisionView, others_who_approved
from signing.workflow.device_signing import place_of
from signing.workflow.earlier_words import EarlierWords
from signing.workflow.enrolment import KeyWaits
from signing.workflow.listing_preview import LinePreview
from signing.workflow.ports import Services

PAGE = "/invitation/<invitation_id>"
# What the other languages may add to a page before they are left for when somebody asks for them.
INLINE_BYTES = 12_000
FIELDS = (*decision_form.TYPED, "decision", "authority", "public_key", "signature")


def viewed(services: Services, access: Access) -> DecisionView:
    """What the pages show; from here on they speak the contact's language."""
    view = deciding.view(services, access)
    chosen_language.speak(view.entry, view.letter)
    return view


def drawn(
    services: Services, view: DecisionView, typed: Typed, *, code_sent: bool, just_sent: bool = False,
    since: int | None = None, stale: bool = False,
) -> str:
    """The letter and, below it, the form; what has changed is told against version `since` if that is given."""
    tags = _reading_order(view)
    return render_template(
        "contact/letter.html", tags=tags, inline=_inline(view, tags), stale=stale, letter_html=letter_html,
        code_sent=code_sent, just_sent=just_sent, others=others_who_approved(services, view),
        earlier=_earlier(services, view, since), quick=decision_form.at_once(view),
        line=_line(services, view, typed), own_zone=own_zone(view, view.asked_until), **about(view, typed),
    )


def _reading_order(view: DecisionView) -> list[str]:
    """The letter's languages, that of the reader first; or the one they have asked for with a button."""
    preferred = (request.form.get("text", ""), language(), view.entry.language or "", view.letter.language)
    return sorted(view.texts, key=lambda tag: (preferred.index(tag) if tag in preferred else len(preferred), tag))


def _inline(view: DecisionView, tags: list[str]) -> list[str]:
    """The other languages that stand in the page itself, as long as they do not make it heavy."""
    others = tags[1:]
    return others if sum(len(view.texts[tag].to_bytes()) for tag in others) <= INLINE_BYTES else []


def _earlier(services: Services, view: DecisionView, since: int | None) -> EarlierWords | None:
    if view.version == 1:
        return None
    chosen = since or decision_form.version_of(request.values.get("since", "")) or None
    seen = seen_versions.before((request.view_args or {})["invitation_id"], view.version)
    return earlier_words.compared(services, view, chosen=chosen, seen=seen)


def own_zone(view: DecisionView, at: datetime | None) -> str | None:
    """The zone of the organisation's country, where it is another time there at this moment."""
    zone = zone_of(view.entry.country)
    if zone is None or at is None or offset(at, zone) == offset(at, view.letter.zone):
        return None
    return zone


def _line(services: Services, view: DecisionView, typed: Typed) -> LinePreview | None:
    """How the organisation will stand on the list, as long as it may still say so."""
    if not view.can_answer:
        return None
    return listing_preview.beside(services, view, decision_form.names_of(typed))


def about(view: DecisionView, typed: Typed) -> dict[str, object]:
    """What every page with an answer's form needs to know."""
    place = place_of(view.letter)
    known = [each.binding.key for each in view.keys_without_code]
    sealed = commitment_of(view.entry.opening) if view.entry.opening is not None else ""
    return {
        "view": view, "entry": view.entry, "letter": view.letter, "typed": typed, "place": place,
        "choices": [each.value for each in decision_form.possible(view)],
        "why_not": _(view.why_not) if view.why_not else "", "known_keys": " ".join(known),
        "revoked_keys": " ".join(each.binding.key for each in view.keys if each.revoked), "sealed": sealed,
        "invitation_id": (request.view_args or {})["invitation_id"],
    }


def note(typed: Typed, refusal: Refusal) -> None:
    """Put a refusal beside the field it is about, or on top of the page."""
    typed.errors.update(faults(refusal, FIELDS, "page"))
    if refusal.code in ("code-wrong", "code-used-up"):
        typed.values["code"] = ""


def again(services: Services, access: Access, typed: Typed, refusal: Refusal) -> ResponseReturnValue:
    """The page again, as the letter now stands, with everything that was typed."""
    if isinstance(refusal, KeyWaits):
        return waiting_for_coordinator(services, access, refusal)
    view = viewed(services, access)
    note(typed, refusal)
    if refusal.code == "page-used":
        typed.idempotency_key = decision_form.new_key(services)
    stale = refusal.code == "stale-version"
    since = posted_version() if stale else None
    page = drawn(services, view, typed, code_sent=view.code_sent, since=since, stale=stale)
    return page, answer_to(refusal).status


def incomplete(services: Services, access: Access, typed: Typed, *, code: bool) -> ResponseReturnValue:
    """The page again with everything that is missing; for an answer already recorded, its receipt."""
    view = viewed(services, access)
    latest = view.latest
    if latest and (latest.idempotency_key, latest.decision) == (typed.idempotency_key, typed.decision):
        return to_receipt(access)
    typed.errors.clear()
    decision_form.find_missing(typed, decision_form.possible(view), code=code)
    if "decision" in typed.errors and view.why_not:
        typed.errors["decision"] = _(view.why_not)
    return drawn(services, view, typed, code_sent=view.code_sent), 422


def waiting_for_coordinator(services: Services, access: Access, refusal: KeyWaits) -> ResponseReturnValue:
    """The key is noted and the coordinator has to confirm it: the words to read to them over the telephone."""
    view = viewed(services, access)
    page = render_template(
        "contact/key_waits.html", view=view, entry=view.entry, letter=view.letter,
        invitation_id=access.invitation_id, phrase=refusal.phrase, key=refusal.public,
    )
    return page, 409


def to_receipt(access: Access) -> ResponseReturnValue:
    """On to what was recorded."""
    return redirect(url_for("contact.receipt", invitation_id=access.invitation_id), 303)


def take_back_old_pages(made: Door, services: Services) -> None:
    """Answer a page whose token is too old with the decision page, filled in, and a fresh one."""

    def draw(access: Access, words: str) -> str:
        view = viewed(services, access)
        typed = decision_form.read(request.form)
        typed.errors["page"] = words
        return drawn(services, view, typed, code_sent=view.code_sent)

    late_forms.take_back_from_contact(made, services, draw)


def posted_version() -> int | None:
    """The version that the page showed which was sent to us."""
    return decision_form.version_of(request.form.get("version", "")) or None
