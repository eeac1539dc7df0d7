"""What an auditor is shown and handed: the log, its entries, receipts, the trust file."""

from __future__ import annotations

from dataclasses import dataclass

from signing.domain.errors import NotFound
from signing.domain.letter import Letter
from signing.evidence.statement import Statement, parse
from signing.evidence.trust import Trust, TrustedLog
from signing.workflow.appending import payload_of, receipt_of
from signing.workflow.letters import letter_of
from signing.workflow.ports import Edition, LoggedEntry, Services


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry as bytes and as the statement it holds."""

    letter: Letter
    logged: LoggedEntry
    payload: bytes
    statement: Statement


def letters(services: Services) -> list[Letter]:
    """Every letter that has been opened, newest first: a draft is nobody's evidence."""
    with services.unit_of_work() as uow:
        opened = [letter for letter in uow.letters.all() if letter.version]
    return sorted(opened, key=lambda letter: letter.created_at, reverse=True)


def log(services: Services, letter_id: str) -> list[EntryView]:
    """All entries of an opened letter in order. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        entries = uow.log.entries(letter_id)
    if not letter.version:
        raise NotFound("There is no such letter here.", code="letter-unknown")
    return [_view(letter, logged) for logged in entries]


def entry(services: Services, letter_id: str, index: int) -> EntryView:
    """One entry. Raises NotFound."""
    letter, logged = _logged(services, letter_id, index)
    return _view(letter, logged)


def receipt_bytes(services: Services, letter_id: str, index: int) -> bytes:
    """The receipt of one entry, the same bytes whenever it is asked for. Raises NotFound."""
    letter, logged = _logged(services, letter_id, index)
    return receipt_of(services, letter, logged)


def edition(services: Services, letter_id: str) -> Edition:
    """The newest edition of a closed letter with its files. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter_of(uow, letter_id)
        newest = uow.editions.newest(letter_id)
    if newest is None:
        raise NotFound("This letter is not closed yet, so there is no list and no PDF.", code="not-closed")
    return newest


def trust_bytes(services: Services) -> bytes:
    """The trust file an auditor needs, to be handed on by another way than the bundle (EVIDENCE 4.8)."""
    held = (services.coordinator.public.key,) if services.coordinator else ()
    with services.unit_of_work() as uow:
        # Retired ones too: letters that they opened are still theirs.
        own = tuple(each.key for each in uow.coordinator_keys.all())
    return Trust(
        logs=(TrustedLog(f"{services.installation.host}/l/", services.log_key.public.public_key),),
        coordinators=(*held, *own),
        policy=services.installation.witness_policy,
        tsa_roots=tuple(services.installation.tsa_roots.values()),
        document_certificates=(services.document_certificate,),
        held_by_service=held,
    ).to_bytes()


def _logged(services: Services, letter_id: str, index: int) -> tuple[Letter, LoggedEntry]:
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        logged = uow.log.entry(letter_id, index)
    if logged is None:
        raise NotFound("The log has no such entry.", code="entry-unknown")
    return letter, logged


def _view(letter: Letter, logged: LoggedEntry) -> EntryView:
    payload = payload_of(logged.entry)
    return EntryView(letter, logged, payload, parse(payload))
