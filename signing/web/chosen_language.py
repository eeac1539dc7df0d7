"""The language a reader has chosen on our pages: a cookie of theirs that holds a language's tag and nothing else."""

from __future__ import annotations

from flask import Response, current_app, g, request

from signing.domain.letter import Letter
from signing.domain.organisation import RosterEntry
from signing.locale import spoken
from signing.workflow import handing_over
from signing.workflow.contact_access import Access
from signing.workflow.ports import Services

# Those in which pages and mails are complete.
OFFERED = ("en", "fr", "es", "ar", "zh")
COOKIE = "language"
LASTS = 365 * 24 * 3600


def chosen() -> str | None:
    """The tag that was chosen in this browser, one of `OFFERED`; None where none was."""
    tag = request.cookies.get(COOKIE)
    return tag if tag in OFFERED else None


def remember(response: Response, tag: str) -> None:
    """Keep the choice in this browser."""
    response.set_cookie(
        COOKIE, tag, max_age=LASTS, httponly=True, samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"], path="/",
    )  # fmt: skip


def speak(entry: RosterEntry, letter: Letter) -> None:
    """From here on the page speaks what was chosen in this browser, else the contact's language, as the mails do."""
    g.language = chosen() or spoken(entry.language or letter.language)


def learn(services: Services, access: Access) -> None:
    """The same before any page is drawn, for what is said of a form that comes back. Raises LinkClosed."""
    view = handing_over.view(services, access)
    speak(view.entry, view.letter)
