"""What organisations see of the others' answers and what mails carry, as chosen where a letter is opened or sent."""

from __future__ import annotations

from flask import request

from signing.workflow import drafting
from signing.workflow.ports import Services

MAILS_CARRY = {"link": True, "code": False}


def take(services: Services, letter_id: str) -> None:
    """Keep what the form says; nothing changes where it does not ask. Raises as `drafting.set_sharing`."""
    shares, links = request.form.get("shares"), MAILS_CARRY.get(request.form.get("mails_carry", ""))
    if shares is not None or links is not None:
        drafting.set_sharing(services, letter_id, shares=shares, mail_links=links)
