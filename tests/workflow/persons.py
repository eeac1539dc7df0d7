"""Somebody who holds a part of an organisation's: opens the newest link and reads the code that is mailed to them."""

from __future__ import annotations

from signing.domain.invitation import Invitation, Part
from signing.workflow import confirming, inviting
from signing.workflow.contact_access import Access, invited
from signing.workflow.mail_ports import Notice, NoticeKind
from tests.web.installation import House


class Person:
    """The holder of the newest link of `part`, in a browser of their own."""

    def __init__(
        self, house: House, letter_id: str, part: Part = Part.SIGNATORY, organisation: str = "org-china",
        browser: str = "browser",
    ) -> None:
        self.house, self.letter_id, self.organisation, self.part = house, letter_id, organisation, part
        tokens = house.services.tokens
        held = self.invitation()
        opened = inviting.open_link(house.services, tokens.link(held.id, held.generation))
        self.access = Access(opened.letter_id, opened.invitation_id, opened.generation, browser)

    def invitation(self) -> Invitation:
        return invitation_of(self.house, self.letter_id, self.part, self.organisation)

    def code(self) -> str:
        """What has to be typed into a form: a fresh code, or nothing where this browser is confirmed."""
        services, clock = self.house.services, self.house.clock
        with services.unit_of_work() as uow:
            seen = invited(services, uow, self.access, clock(), part=None)
        if confirming.confirmed(seen, clock()):
            return ""
        clock.pass_(seconds=1)
        confirming.send_code(services, self.access)
        return newest_code(self.house, self.letter_id, self.access.invitation_id)


def invitation_of(
    house: House, letter_id: str, part: Part = Part.SIGNATORY, organisation: str = "org-china"
) -> Invitation:
    with house.services.unit_of_work() as uow:
        found = uow.invitations.of_part(letter_id, organisation, part)
    assert found is not None
    return found


def newest_code(house: House, letter_id: str, invitation_id: str) -> str:
    """The digits of the newest code mail of one invitation."""
    mailed = [each for each in mails(house, letter_id, NoticeKind.CODE) if each.invitation_id == invitation_id]
    return house.services.tokens.code(max(mailed, key=lambda each: each.due).subject_id)


def mails(house: House, letter_id: str, kind: NoticeKind) -> list[Notice]:
    """All mails of a kind, oldest first."""
    with house.services.unit_of_work() as uow:
        return [each for each in uow.outbox.of_letter(letter_id) if each.kind is kind]
