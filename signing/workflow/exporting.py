"""The organisations of a letter as rows of a sheet that a roster can be brought from again (DESIGN 8), with what became
of each: words only, never a number, a date or a formula that a spreadsheet would work out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from signing.workflow import dashboard
from signing.workflow.overview_ports import OverviewRow, Page
from signing.workflow.ports import Services

# What a roster is read from, and after it what only we know.
ROSTER = ("id", "organisation", "acronym", "listed_as", "native_name", "sort_name", "country", "group", "contact",
          "email", "role", "language", "stage")  # fmt: skip
WHAT_BECAME = ("state", "answered_at", "version", "level", "mail_sent_at", "mail_trouble", "opened_at", "remarks",
               "reason", "told_on")  # fmt: skip


def rows(services: Services, letter_id: str, page: Page) -> Iterator[tuple[str, ...]]:
    """The header, and the organisations that fit in the order asked for; read while they are written, by one statement
    after the letter's. Raises NotFound."""
    yield (*ROSTER, *WHAT_BECAME)
    for row in dashboard.stream(services, letter_id, page):
        yield cells(row)


def cells(row: OverviewRow) -> tuple[str, ...]:
    """One organisation as words. Its contact is whom the roster has, so that it can be brought again; it holds no link
    and no code."""
    entry, mail, link = row.entry, row.mail, row.invitation
    return (
        entry.organisation_id, entry.organisation, entry.acronym or "", entry.listed_as or "", entry.native_name or "",
        entry.sort_name or "", entry.country or "", entry.group or "", entry.contact, entry.email, entry.role or "",
        entry.language or "", str(entry.stage),
        row.standing.value, _moment(entry.answered_at), str(entry.answer_version or ""),
        str(entry.level or ""), _moment(mail.sent_at if mail else None), (mail.trouble or "") if mail else "",
        _moment((link.opened_at if link else None) or entry.answered_at), str(row.remarks or ""), entry.reason or "",
        str(row.told[0]) if row.told else "",
    )  # fmt: skip


def _moment(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at is not None else ""
