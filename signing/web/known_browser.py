"""The cookie of a browser in which somebody has signed in before: it opens nothing, it only keeps guessers elsewhere
from using up this browser's attempts."""

from __future__ import annotations

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

LASTS = 365 * 24 * 3600
MOST = 5


def _serializer() -> URLSafeTimedSerializer:
    key = current_app.secret_key
    assert key is not None
    return URLSafeTimedSerializer(key, salt="known-browser")


def _name() -> str:
    return "__Host-known" if current_app.config["SESSION_COOKIE_SECURE"] else "known"


def read() -> list[str]:
    """The ids of the accounts that have signed in here, the newest first."""
    try:
        known = _serializer().loads(request.cookies.get(_name(), ""), max_age=LASTS)
    except BadSignature:
        return []
    return [each for each in known if isinstance(each, str)] if isinstance(known, list) else []


def remember(response: Response, account_id: str) -> None:
    """Note that this account has signed in here."""
    known = [account_id, *(each for each in read() if each != account_id)][:MOST]
    value = _serializer().dumps(known)
    response.set_cookie(
        _name(),
        value if isinstance(value, str) else value.decode(),
        max_age=LASTS,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        path="/",
    )
