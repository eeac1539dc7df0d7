"""The way of a letter, step by step, as the coordinator sees it at the top of every page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from signing.domain.organisation import Standing
from signing.web.page import _
from signing.workflow.tracking import Status


@dataclass(frozen=True, slots=True)
class Step:
    """`done` is computed from the letter, never stored."""

    name: str
    title: str
    url: str
    done: bool
    here: bool


def rail(status: Status, here: str) -> list[Step]:
    """The seven steps, from words to closing."""
    opened, closed = status.letter.version > 0, status.state.closed
    not_invited = status.counts.get(Standing.NOT_INVITED.value, 0)
    invited = len(status.rows) > not_invited
    steps = [
        ("words", _("Words"), "words.letter", True),
        ("roster", _("Roster"), "roster.form", bool(status.rows)),
        ("preview", _("Preview"), "words.preview", opened),
        ("open", _("Open"), "opening.form", opened),
        ("invite", _("Invite"), "invitations.form", invited),
        ("status", _("Status"), "invitations.status", closed),
        ("close", _("Close"), "closing.form", closed),
    ]
    return [
        Step(name, title, url_for(endpoint, letter_id=status.letter.id), done, name == here)
        for name, title, endpoint, done in steps
    ]
