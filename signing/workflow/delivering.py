"""Delivering: the published letter is mailed to those it is addressed to, once for each edition sent to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from signing.domain.errors import Faulty, NotAllowed
from signing.domain.letter import Letter, LetterAction
from signing.domain.letter_text import is_language_tag
from signing.domain.roster import cell_fault
from signing.workflow.activity import Act, record
from signing.workflow.delivery_ports import DeliveryAddress
from signing.workflow.letters import letter_of, locked_letter
from signing.workflow.mail_ports import Notice, NoticeKind, NoticeStatus
from signing.workflow.notices import letter_notice
from signing.workflow.ports import Services, UnitOfWork

MOST = 50
# A sealed PDF proves itself; making it takes a moment, and the mail waits for it so long at the most.
WAITS_FOR_SEAL = timedelta(minutes=2)
_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\"]+")


@dataclass(frozen=True, slots=True)
class Delivered:
    """An address and how its newest mail fares; None where none was sent."""

    address: DeliveryAddress
    edition: int | None
    mail: Notice | None

    @property
    def state(self) -> str:
        """One word: `none`, `queued`, `sent`, `delivered`, `bounced`, `failed`."""
        if self.mail is None:
            return "none"
        if self.mail.bounced_at is not None:
            return "bounced"
        if self.mail.delivered_at is not None:
            return "delivered"
        return "queued" if self.mail.status is NoticeStatus.SENDING else self.mail.status.value


def deliveries(services: Services, letter_id: str) -> list[Delivered]:
    """Every address with how its newest mail fares. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter_of(uow, letter_id)
        addresses = uow.delivery_addresses.of_letter(letter_id)
        mails = _mails(uow, letter_id)
    newest: dict[str, Notice] = {}
    for mail in mails:
        newest[mail.to] = mail
    return [
        Delivered(each, edition_of(found) if (found := newest.get(each.email)) else None, newest.get(each.email))
        for each in addresses
    ]


def choose_addresses(services: Services, letter_id: str, addresses: Sequence[DeliveryAddress]) -> None:
    """Store whom the letter is mailed to, in place of those there were.

    Raises NotFound, NotAllowed, Faulty with the field `name-N`, `email-N` or `language-N`.
    """
    kept = [each for each in addresses if each.name.strip() or each.email.strip()]
    kept = [replace(each, letter_id=letter_id, position=at) for at, each in enumerate(kept)]
    _check(kept)
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.DELIVER, services.clock())
        if kept != uow.delivery_addresses.of_letter(letter_id):
            uow.delivery_addresses.replace(letter_id, kept)
            record(services, uow, Act.DELIVERY_CHANGED, letter_id, addresses=len(kept))
            uow.commit()


def deliver(services: Services, letter_id: str) -> int:
    """Mail the newest edition to whoever has not been mailed it; returns how many mails were queued.

    Raises NotFound, NotAllowed `not-published`.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.DELIVER, now)
        edition = uow.editions.newest(letter_id)
        if letter.published_at is None or edition is None:
            raise NotAllowed("Publish the letter first: it is delivered when it is public.", code="not-published")
        queued = queue(services, uow, letter, edition.number, now)
        if queued:
            record(services, uow, Act.DELIVERED, letter_id, edition=edition.number, mails=queued)
            uow.commit()
    return queued


def queue(services: Services, uow: UnitOfWork, letter: Letter, edition: int, now: datetime) -> int:
    """Queue the mails of an edition that are not queued yet, inside the caller's unit of work."""
    had = {mail.to for mail in _mails(uow, letter.id) if edition_of(mail) == edition}
    sealed = any(each.edition == edition for each in uow.sealed_documents.of_letter(letter.id))
    due = now if sealed or services.sealer is None else now + WAITS_FOR_SEAL
    notices = [
        letter_notice(
            services, NoticeKind.DELIVERY, letter.id, f"{edition}:{each.position}", each.email, due,
            language=each.language or letter.language,
        )
        for each in uow.delivery_addresses.of_letter(letter.id)
        if each.email not in had
    ]
    uow.outbox.add(notices)
    return len(notices)


def edition_of(mail: Notice) -> int:
    """The edition that a mail of this kind delivers."""
    return int(mail.subject_id.partition(":")[0])


def _mails(uow: UnitOfWork, letter_id: str) -> list[Notice]:
    return [each for each in uow.outbox.of_letter(letter_id) if each.kind is NoticeKind.DELIVERY]


def _check(addresses: Sequence[DeliveryAddress]) -> None:
    if len(addresses) > MOST:
        raise Faulty("A letter is delivered to {most} addresses at the most.", values={"most": MOST}, field="page")
    seen: set[str] = set()
    for at, each in enumerate(addresses):
        if not each.name.strip():
            raise Faulty("Write who reads this address.", field=f"name-{at}", code="name-missing")
        fault = cell_fault(each.name, "The name")
        if fault is not None:
            raise Faulty(fault, field=f"name-{at}", code="name-faulty")
        if len(each.email) > 254 or _ADDRESS.fullmatch(each.email) is None:
            raise Faulty(
                "This is not an address. Write one, such as office@council.example.",
                field=f"email-{at}", code="address-faulty",
            )  # fmt: skip
        if each.email.casefold() in seen:
            raise Faulty("This address is there twice.", field=f"email-{at}", code="address-twice")
        if each.language is not None and not is_language_tag(each.language):
            raise Faulty("Choose one of the letter's languages.", field=f"language-{at}", code="language-unknown")
        seen.add(each.email.casefold())
