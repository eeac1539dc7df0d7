"""A form whose token is too old: nothing is done, and what was typed comes back with a fresh one."""

from __future__ import annotations

from collections.abc import Callable

from flask import g
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]

from signing.domain.errors import N_, Refusal
from signing.web import chosen_language
from signing.web.guards import Door, pass_contact
from signing.web.page import _
from signing.web.refusals import page_too_old, refused
from signing.workflow.contact_access import Access, OtherPart
from signing.workflow.ports import Services

WORDS = N_("This page had been open for a while. Please press the button once more.")


def take_back(made: Door, draw: Callable[[str], str | None]) -> None:
    """Answer with the form as `draw` makes it, the given words on top; None: there is no form that could come back."""
    _answer(made, lambda: draw(_(WORDS)))


def take_back_from_contact(made: Door, services: Services, draw: Callable[[Access, str], str | None]) -> None:
    """The same for a contact's door, whose guard has not been asked yet when the token is looked at."""

    def drawn() -> str | None:
        pass_contact()
        try:
            chosen_language.learn(services, g.access)
            return draw(g.access, _(WORDS))
        except OtherPart:
            return None

    _answer(made, drawn)


def _answer(made: Door, draw: Callable[[], str | None]) -> None:
    @made.errorhandler(CSRFError)
    def too_late(error: CSRFError) -> ResponseReturnValue:
        try:
            page = draw()
        except Refusal as refusal:
            # Flask does not look for the handler of what a handler raises.
            return refused(refusal)
        return page_too_old() if page is None else (page, 400)
