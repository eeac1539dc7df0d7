"""The mailed code on a contact's forms other than the answer's: asked once, then the browser is known for a time."""

from __future__ import annotations

from flask import request

from signing.domain.errors import Refusal
from signing.web.page import language, said
from signing.workflow import confirming
from signing.workflow.confirming import ConfirmationNeeded
from signing.workflow.contact_access import Access
from signing.workflow.ports import Services

# The button beside the code field that asks for another code instead of sending the form.
NEW_CODE = "new_code"


def wanted() -> bool:
    """Whether the person pressed the button for a new code."""
    return NEW_CODE in request.form


def errors_of(services: Services, access: Access, refusal: Refusal, field: str) -> dict[str, str]:
    """What to say beside which field when an act was refused; a code that is needed is mailed now.

    `field` is where the refusal belongs when it names no field of the form's own.
    """
    if isinstance(refusal, ConfirmationNeeded):
        try:
            confirming.send_code(services, access, language())
        except Refusal as too_many:
            return {"code": said(too_many)}
        return {}
    if refusal.code in ("code-wrong", "code-used-up", "code-missing"):
        return {"code": said(refusal)}
    return {field: said(refusal)}
