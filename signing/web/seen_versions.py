"""Which version of a letter was shown in this browser before: a cookie for each invitation, read back as a wish only.

It holds two numbers, the version shown last and the one before. Nothing of it is remembered by the service.
"""

from __future__ import annotations

import re

from flask import Response, current_app, request

LASTS = 90 * 24 * 3600
_NUMBERS = re.compile(r"([1-9][0-9]{0,5})\.([0-9]{1,6})")


def before(invitation_id: str, version: int) -> int | None:
    """The version that was shown here before this one."""
    last, earlier = _read(invitation_id)
    return (earlier if last == version else last) or None


def remember(response: Response, invitation_id: str, version: int) -> None:
    """Note that this version is shown now."""
    if _read(invitation_id)[0] == version:
        return
    response.set_cookie(
        _name(invitation_id), f"{version}.{before(invitation_id, version) or 0}", max_age=LASTS, httponly=True,
        samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"], path="/",
    )  # fmt: skip


def _name(invitation_id: str) -> str:
    return f"seen-{invitation_id}"


def _read(invitation_id: str) -> tuple[int, int]:
    found = _NUMBERS.fullmatch(request.cookies.get(_name(invitation_id), ""))
    return (int(found[1]), int(found[2])) if found else (0, 0)
