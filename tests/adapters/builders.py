"""Things to store: a letter with organisations, invitations and notices, every field filled with something else."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from signing.domain.address_book import BookOrganisation
from signing.domain.invitation import Code, Invitation
from signing.domain.letter import Letter, LetterState, Version
from signing.domain.organisation import RosterEntry
from signing.workflow.mail_ports import Notice, NoticeKind
from signing.workflow.ports import OpenUnitOfWork, RecordedAnswer

NOW = datetime(2026, 11, 24, 9, 30, 15, 123456, tzinfo=UTC)
LETTER = "letter-1"


def a_letter(name: str = LETTER) -> Letter:
    return Letter(
        id=name,
        title="A letter about “rivers” – 河流",
        language="en",
        state=LetterState.DRAFT,
        version=0,
        origin=f"letters.example.org/l/{name}",
        base_url="https://letters.example.org",
        zone="Europe/Brussels",
        hard_deadline=NOW + timedelta(days=30),
        ignore_article=True,
        created_at=NOW,
    )


def a_version(number: int = 1, words: bytes = b"words") -> Version:
    return Version(LETTER, number, {"en": words, "de": words + b" (de)"}, None)


def an_entry(number: int, letter: str = LETTER) -> RosterEntry:
    return RosterEntry(
        letter_id=letter,
        organisation_id=f"org-{number}",
        position=number,
        organisation=f"Organisation {number}",
        acronym=f"O{number}",
        listed_as=f"The Organisation {number}",
        native_name="ئۇيغۇر",
        sort_name=f"Organisation, {number}",
        country="BE",
        group="founders",
        contact=f"Person {number}",
        email=f"person{number}@org{number}.example.org",
        role="director",
        language="en",
        stage=1,
    )


def an_invitation(number: int, generation: int = 1) -> Invitation:
    return Invitation(
        id=f"invitation-{number}",
        letter_id=LETTER,
        organisation_id=f"org-{number}",
        generation=generation,
        token_sha256=hashlib.sha256(f"{number}/{generation}".encode()).digest(),
        issued_at=NOW + timedelta(seconds=generation - 1),
        expires_at=NOW + timedelta(days=90, seconds=generation),
    )


def a_code(number: int, at: datetime = NOW) -> Code:
    return Code(f"code-{number}", "invitation-1", b"d" * 32, at, at + timedelta(minutes=10))


def a_notice(number: int, kind: NoticeKind = NoticeKind.INVITATION, due: datetime = NOW) -> Notice:
    return Notice(
        id=f"notice-{number:04d}",
        kind=kind,
        letter_id=LETTER,
        organisation_id="org-1",
        invitation_id="invitation-1",
        subject_id="1",
        to="person1@org1.example.org",
        message_id=f"<{number}@letters.example.org>",
        due=due,
    )


def an_answer(index: int, key: str, organisation: int = 1) -> RecordedAnswer:
    return RecordedAnswer(LETTER, f"org-{organisation}", index, 1, "approve", "Person", "director", NOW, key)


def lay_out(unit_of_work: OpenUnitOfWork, organisations: int = 1) -> None:
    """An open letter with an empty log and invited organisations."""
    with unit_of_work(write=True) as uow:
        uow.letters.add(a_letter())
        uow.letters.save_draft(a_version())
        uow.log.create(LETTER)
        for number in range(1, organisations + 1):
            entry = an_entry(number)
            uow.roster.save(entry)
            uow.address_book.remember([(f"key {number}", BookOrganisation(entry.organisation_id, entry.organisation))])
            uow.invitations.add(an_invitation(number))
        uow.commit()


def lay_out_notices(unit_of_work: OpenUnitOfWork, count: int, **changes: object) -> list[Notice]:
    """`count` queued notices, all due now unless `changes` say otherwise."""
    notices = [replace(a_notice(number), **changes) for number in range(count)]  # type: ignore[arg-type]
    with unit_of_work(write=True) as uow:
        uow.outbox.add(notices)
        uow.commit()
    return notices
