"""The cookie that stands for an opened link: one for each invitation, so that two tabs never mix."""

from __future__ import annotations

import re
import secrets

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from signing.web import chosen_language, sources
from signing.workflow.deciding import Access
from signing.workflow.inviting import OpenedLink

LASTS = 30 * 24 * 3600
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _serializer() -> URLSafeTimedSerializer:
    key = current_app.secret_key
    assert key is not None
    return URLSafeTimedSerializer(key, salt="invitation")


def name_of(invitation_id: str) -> str:
    """The cookie's name; `__Host-` pins it to this host where the connection is encrypted."""
    prefix = "__Host-" if current_app.config["SESSION_COOKIE_SECURE"] else ""
    return f"{prefix}invitation-{invitation_id}"


def read(invitation_id: str) -> Access | None:
    """What the browser's cookie for this invitation says, or None when there is none that we signed."""
    if not NAME.fullmatch(invitation_id):
        return None
    try:
        letter, invitation, generation, browser = _serializer().loads(
            request.cookies.get(name_of(invitation_id), ""), max_age=LASTS
        )
    except (BadSignature, ValueError, TypeError):
        return None
    if invitation != invitation_id:
        return None
    return Access(letter, invitation, generation, browser, sources.source(), chosen_language.chosen())


def write(response: Response, link: OpenedLink) -> None:
    """Set the cookie. A browser that has one keeps its nonce: a link opened twice must not kill a sent code."""
    old = read(link.invitation_id)
    browser = old.browser if old else secrets.token_urlsafe(18)
    value = _serializer().dumps([link.letter_id, link.invitation_id, link.generation, browser])
    response.set_cookie(
        name_of(link.invitation_id),
        value if isinstance(value, str) else value.decode(),
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        path="/",
    )
