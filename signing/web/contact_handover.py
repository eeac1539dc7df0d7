"""The pages of whoever holds a link: hand it over, ask for a second person, or say that it is not for them.

Each act is confirmed by a mailed code. Once a link has ended, the browser in which that was done is shown so again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import N_, Faulty, NotFound, Refusal
from signing.domain.invitation import Part
from signing.web import chosen_language, confirmation, late_forms
from signing.web.decision_page import PAGE
from signing.web.guards import Door, Persona, door
from signing.web.page import said
from signing.web.refusals import answer_to, refused
from signing.workflow import handing_over, reviewing, stepping_aside
from signing.workflow.colleagues import Colleague
from signing.workflow.contact_access import Access, OtherPart
from signing.workflow.handing_over import HandOver
from signing.workflow.inviting import LinkClosed
from signing.workflow.ports import Services
from signing.workflow.stepping_aside import Aside

FIELDS = ("contact", "email", "role", "until", "words", "code")
Errors = dict[str, str]
Draw = Callable[[Services, Access, Errors], str]


def blueprint(services: Services) -> Door:
    """The door of handing over."""
    made = door("handover", Persona.CONTACT)
    take_back_old_pages(made, services, {
        "handover.hand_over": _hand_over_page, "handover.name_reviewer": _reviewer_page,
        "handover.step_aside": _aside_page,
    })  # fmt: skip
    _show_what_ended(made, services)

    @made.get(f"{PAGE}/hand-over")
    def form(invitation_id: str) -> ResponseReturnValue:
        return _hand_over_page(services, g.access, {})

    @made.post(f"{PAGE}/hand-over")
    def hand_over(invitation_id: str) -> ResponseReturnValue:
        return acted(services, g.access, lambda: _hand_over(services, g.access), _hand_over_page, "handover.ended")

    @made.get(f"{PAGE}/two-persons")
    def reviewer_form(invitation_id: str) -> ResponseReturnValue:
        return _reviewer_page(services, g.access, {})

    @made.post(f"{PAGE}/two-persons")
    def name_reviewer(invitation_id: str) -> ResponseReturnValue:
        def act() -> None:
            reviewing.name_reviewer(services, g.access, _colleague(), typed_code())

        return acted(services, g.access, act, _reviewer_page, "handover.reviewer_form")

    @made.get(f"{PAGE}/aside")
    def aside_form(invitation_id: str) -> ResponseReturnValue:
        return _aside_page(services, g.access, {})

    @made.post(f"{PAGE}/aside")
    def step_aside(invitation_id: str) -> ResponseReturnValue:
        def act() -> None:
            form = Aside(bool(request.form.get("never")), request.form.get("words", ""), typed_code())
            stepping_aside.step_aside(services, g.access, form)

        return acted(services, g.access, act, _aside_page, "handover.ended")

    @made.get(f"{PAGE}/ended")
    def ended(invitation_id: str) -> ResponseReturnValue:
        try:
            found = handing_over.ended(services, g.access)
        except LinkClosed:
            return redirect(url_for("contact.letter", invitation_id=invitation_id), 303)
        chosen_language.speak(found.entry, found.letter)
        return render_template("contact/ended.html", change=found.change, letter=found.letter, entry=found.entry)

    return made


def acted(
    services: Services, access: Access, act: Callable[[], object], draw: Draw, then: str
) -> ResponseReturnValue:
    """Do it and go on to the endpoint `then`; if it is refused, the form again as it was typed."""
    try:
        act()
    except NotFound:
        raise
    except Refusal as refusal:
        return draw(services, access, _errors(services, access, refusal)), answer_to(refusal).status
    return redirect(url_for(then, invitation_id=access.invitation_id), 303)


def take_back_old_pages(made: Door, services: Services, pages: dict[str, Draw]) -> None:
    """Answer a form whose token is too old with the same form, filled in, and a fresh one; by endpoint."""

    late_forms.take_back_from_contact(
        made, services, lambda access, words: pages[request.endpoint or ""](services, access, {"page": words})
    )


def typed_code() -> str:
    """The code as typed; none where another one is asked for."""
    return "" if confirmation.wanted() else request.form.get("code", "")


def _show_what_ended(made: Door, services: Services) -> None:
    @made.errorhandler(LinkClosed)
    def link_closed(refusal: LinkClosed) -> ResponseReturnValue:
        try:
            handing_over.ended(services, g.access)
        except LinkClosed:
            return refused(refusal)
        return redirect(url_for("handover.ended", invitation_id=g.access.invitation_id), 303)


def _errors(services: Services, access: Access, refusal: Refusal) -> Errors:
    chosen_language.learn(services, access)
    named = refusal.field if isinstance(refusal, Faulty) else None
    if named in FIELDS and named != "code":
        return {str(named): said(refusal)}
    return confirmation.errors_of(services, access, refusal, "page")


def _hand_over(services: Services, access: Access) -> None:
    handing_over.hand_over(services, access, HandOver(_colleague(), _day("until"), typed_code()))


def _colleague() -> Colleague:
    posted = request.form
    return Colleague(posted.get("contact", ""), posted.get("email", ""), posted.get("role", ""))


def _day(field: str) -> date | None:
    typed = request.form.get(field, "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Faulty(N_("Type the day as 2026-12-31."), field=field) from None


def _hand_over_page(services: Services, access: Access, errors: Errors) -> str:
    return _page(services, access, "contact/hand_over.html", errors)


def _reviewer_page(services: Services, access: Access, errors: Errors) -> str:
    if handing_over.view(services, access).part is Part.REVIEWER:
        raise OtherPart
    return _page(services, access, "contact/name_reviewer.html", errors)


def _aside_page(services: Services, access: Access, errors: Errors) -> str:
    return _page(services, access, "contact/aside.html", errors)


def _page(services: Services, access: Access, template: str, errors: Errors) -> str:
    view = handing_over.view(services, access)
    chosen_language.speak(view.entry, view.letter)
    return render_template(
        template, view=view, entry=view.entry, letter=view.letter, reviews=view.part is Part.REVIEWER, errors=errors,
        typed=request.form, just_sent=request.method == "POST", invitation_id=access.invitation_id,
    )
