"""The only maker of blueprints: every door says who may pass, and its guard stands in it from the start."""

from __future__ import annotations

from enum import StrEnum

from flask import Blueprint, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user  # type: ignore[import-untyped]

from signing.domain.access import MemberRole, Permission, may, may_on_letter
from signing.domain.errors import NotAllowed, NotFound, Refusal
from signing.web import invitation_cookie
from signing.web.api_access import pass_token
from signing.web.compression import gzipped


class Persona(StrEnum):
    """Who a door is for."""

    PUBLIC = "public"
    CONTACT = "contact"
    COORDINATOR = "coordinator"
    AUDITOR = "auditor"
    API = "api"
    ACCOUNT = "account"


# What an account must be allowed to do to pass; a coordinator may look at evidence, an auditor at nothing else.
NEEDS: dict[Persona, Permission] = {
    Persona.COORDINATOR: Permission.LETTERS_COORDINATE,
    Persona.AUDITOR: Permission.LOG_READ,
    Persona.ACCOUNT: Permission.ACCOUNT_KEEP,
}

# What editors may send beside the leads: whole doors, or single endpoints of one. Whatever is not here, and is not a
# GET, is the leads' alone, so that an endpoint that nobody thought of is shut to the others.
EDITORS_MAY = frozenset({
    "correcting", "editing", "invitations", "mails", "reminding", "remarks", "roster", "routing", "told", "webhooks",
    "words",
})


# What everybody who reads the letter may send: it is about themselves.
READERS_MAY = frozenset({"people.digest", "people.leave"})


class SignedOut(Refusal):
    """The session is over while something was being sent."""

    code = "signed-out"


class MemberMayNot(NotAllowed):
    """A member of the letter asks for what its part in it does not allow; the letter is no secret to them."""

    code = "member-may-not"


class NoCookie(NotFound):
    """No valid cookie for this invitation; unknown invitations look the same."""

    code = "no-cookie"


class Door(Blueprint):
    """A blueprint with a guard."""

    persona: Persona


def door(name: str, persona: Persona, *, url_prefix: str | None = None) -> Door:
    """Make the blueprint `name` for `persona`, guarded."""
    made = Door(name, __name__, url_prefix=url_prefix)
    made.persona = persona
    if persona is Persona.CONTACT:
        made.before_request(pass_contact)
        made.after_request(gzipped)
    elif persona is Persona.API:
        made.before_request(pass_token)
    elif persona in NEEDS:
        made.before_request(lambda: _pass_account(NEEDS[persona]))
    return made


def pass_contact() -> None:
    """Note which invitation this browser opened, if it is the one of the address. Raises NoCookie."""
    access = invitation_cookie.read((request.view_args or {}).get("invitation_id", ""))
    if access is None:
        raise NoCookie("Please open the link from your mail again.")
    g.access = access


def _pass_account(permission: Permission) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        if request.method == "POST":
            raise SignedOut("Your session has ended. Sign in again; what you had typed is kept below.")
        return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")), 303)
    if not may(current_user.account.role, permission):
        # What is not yours looks like what is not there.
        raise NotFound("There is nothing at this address.")
    if "letter_id" in (request.view_args or {}):
        _pass_member(_asked_of_members(request.endpoint or "", request.method))
    return None


def _pass_member(permission: Permission) -> None:
    member = current_user.member
    if may_on_letter(member, permission):
        return
    if may_on_letter(member, Permission.LETTER_READ):
        raise MemberMayNot("You may read this letter and not do this. Ask somebody who leads it: see its page People.")
    raise NotFound("There is nothing at this address.")


def _asked_of_members(endpoint: str, method: str) -> Permission:
    """What a request needs of whoever is on the letter of its address."""
    door_name = endpoint.rpartition(".")[0]
    if getattr(current_app.blueprints[door_name], "persona", None) is Persona.AUDITOR:
        return Permission.EVIDENCE_READ
    if method in ("GET", "HEAD") or endpoint in READERS_MAY:
        return Permission.LETTER_READ
    return Permission.LETTER_EDIT if EDITORS_MAY & {endpoint, door_name} else Permission.LETTER_LEAD


def may_send(endpoint: str) -> bool:
    """Whether the guard lets this member send to `endpoint` of the letter whose page this is; pages ask it which
    forms to show. Of no letter's pages, everything."""
    if "letter_id" not in (request.view_args or {}):
        return True
    return may_on_letter(getattr(current_user, "member", None), _asked_of_members(endpoint, "POST"))


def editors_send(endpoint: str) -> bool:
    """Whether editors, too, may send to `endpoint`."""
    return may_on_letter(MemberRole.EDITOR, _asked_of_members(endpoint, "POST"))
