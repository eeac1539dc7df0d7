"""The way of a letter, step by step, as the coordinator sees it at the top of every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from flask import url_for

from signing.domain.letter import Letter, LetterState
from signing.web.page import _


class Summed(Protocol):
    """What is known of a letter on each of its pages: `tracking.Summary`, or `Status` where more is needed."""

    @property
    def letter(self) -> Letter: ...
    @property
    def state(self) -> LetterState: ...
    @property
    def organisations(self) -> int: ...
    @property
    def invited(self) -> int: ...
    @property
    def has_words(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Step:
    """`done` is computed from the letter, never stored."""

    name: str
    title: str
    url: str
    done: bool
    here: bool


def rail(status: Summed, here: str) -> list[Step]:
    """The seven steps, from words to closing."""
    opened, closed = status.letter.version > 0, status.state.closed
    steps = [
        ("words", _("Words"), "words.letter", status.has_words),
        ("roster", _("Roster"), "roster.form", status.organisations > 0),
        ("preview", _("Preview"), "words.preview", opened),
        ("open", _("Open"), "opening.form", opened),
        ("invite", _("Invite"), "invitations.form", status.invited > 0),
        ("status", _("Status"), "invitations.status", closed),
        ("close", _("Close"), "closing.form", closed),
    ]
    return [
        Step(name, title, url_for(endpoint, letter_id=status.letter.id), done, name == here)
        for name, title, endpoint, done in steps
    ]
