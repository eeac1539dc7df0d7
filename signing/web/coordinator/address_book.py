"""The address book: organisations across letters, their contacts and keys, and what they were asked."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.address_book import BookContact, BookOrganisation, OrganisationKind, Scope
from signing.domain.errors import NotFound, Refusal
from signing.web import entry_words
from signing.web.guards import Door, Persona, door
from signing.web.page import faults, said
from signing.web.refusals import answer_to
from signing.workflow import address_book
from signing.workflow.ports import Services

NAMES = ("name", "acronym", "listed_as", "native_name", "sort_name", "country")
OF_CONTACT = ("name", "email", "role", "language", "authority")


def blueprint(services: Services) -> Door:
    """The door to the address book, which all coordinators share."""
    made = door("address_book", Persona.COORDINATOR, url_prefix="/coordinator/organisations")

    @made.get("/")
    def index() -> ResponseReturnValue:
        return _index(services)

    @made.post("/")
    def add() -> ResponseReturnValue:
        try:
            new = address_book.add(services, _typed_organisation(""))
        except Refusal as refusal:
            return _index(services, faults(refusal, elsewhere="page"), dict(request.form)), answer_to(refusal).status
        return redirect(url_for("address_book.organisation", organisation_id=new.id), 303)

    @made.get("/<organisation_id>")
    def organisation(organisation_id: str) -> ResponseReturnValue:
        return _page(services, organisation_id)

    @made.post("/<organisation_id>")
    def change(organisation_id: str) -> ResponseReturnValue:
        return _sent(services, organisation_id, "organisation", lambda: address_book.change(
            services, _typed_organisation(organisation_id)
        ))

    @made.post("/<organisation_id>/remove")
    def remove(organisation_id: str) -> ResponseReturnValue:
        try:
            address_book.remove(services, organisation_id)
        except NotFound:
            raise
        except Refusal as refusal:
            body = _page(services, organisation_id, "organisation", {"page": said(refusal)})
            return body, answer_to(refusal).status
        return redirect(url_for("address_book.index"), 303)

    @made.post("/<organisation_id>/contacts")
    def add_contact(organisation_id: str) -> ResponseReturnValue:
        return _sent(services, organisation_id, "new", lambda: address_book.save_contact(
            services, _typed_contact(organisation_id, "")
        ))

    @made.post("/<organisation_id>/contacts/<contact_id>")
    def change_contact(organisation_id: str, contact_id: str) -> ResponseReturnValue:
        return _sent(services, organisation_id, contact_id, lambda: address_book.save_contact(
            services, _typed_contact(organisation_id, contact_id)
        ))

    @made.post("/<organisation_id>/contacts/<contact_id>/remove")
    def remove_contact(organisation_id: str, contact_id: str) -> ResponseReturnValue:
        address_book.remove_contact(services, organisation_id, contact_id)
        return redirect(url_for("address_book.organisation", organisation_id=organisation_id), 303)

    return made


def _sent(services: Services, organisation_id: str, form: str, do: Any) -> ResponseReturnValue:
    """Do it and show the organisation, or show the form again as it was sent."""
    try:
        do()
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(services, organisation_id, form, faults(refusal, elsewhere="page")), answer_to(refusal).status
    return redirect(url_for("address_book.organisation", organisation_id=organisation_id), 303)


def _typed_organisation(organisation_id: str) -> BookOrganisation:
    name, acronym, listed_as, native_name, sort_name, country = (request.form.get(each, "") for each in NAMES)
    kind, scope = request.form.get("kind", ""), request.form.get("scope", "")
    return BookOrganisation(
        organisation_id, name, acronym, listed_as, native_name, sort_name, country,
        kind=OrganisationKind(kind) if kind in list(OrganisationKind) else None,
        scope=Scope(scope) if scope in list(Scope) else None,
    )  # fmt: skip


def _typed_contact(organisation_id: str, contact_id: str) -> BookContact:
    typed = {name: request.form.get(name, "") for name in OF_CONTACT}
    return BookContact(id=contact_id, organisation_id=organisation_id, **typed)


def _index(
    services: Services, errors: dict[str, str] | None = None, typed: dict[str, str] | None = None
) -> str:
    number = request.args.get("page", "1")
    words = request.args.get("words", "").strip()[:200]
    book = address_book.page(services, words, int(number) if number.isdecimal() and len(number) < 7 else 1)
    return render_template("coordinator/address_book.html", book=book, errors=errors or {}, typed=typed or {})


def _page(
    services: Services, organisation_id: str, form: str = "", errors: dict[str, str] | None = None
) -> str:
    view = address_book.view(services, organisation_id)
    return render_template(
        "coordinator/address_book_entry.html", view=view, sent=form, errors=errors or {}, typed=request.form,
        key_kind=entry_words.key_kind,
    )
