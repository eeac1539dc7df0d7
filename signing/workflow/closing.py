"""Closing: shut the doors, compile the list from the verified log, set the PDFs, have the coordinator's key
sign both, append. Interrupted anywhere, it can simply be run again (DESIGN 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from signing.domain.errors import NotAllowed, Refusal
from signing.domain.letter import Letter, LetterAction, LetterState, Version
from signing.evidence.ledger import replay
from signing.evidence.signatory_list import SignatoryList, compile_list
from signing.evidence.statement import LIST_FILE, CloseStatement, Collation, Subject
from signing.workflow.appending import append, head_of, nonce, time_text
from signing.workflow.coordinator_signing import service_signer
from signing.workflow.letters import letter_files, letter_of, locked_letter, texts_of
from signing.workflow.ports import Edition, LoggedEntry, LogHead, Services, UnitOfWork


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the coordinator's key is about to sign, made over a log of `size` entries."""

    letter: Letter
    version: Version
    head: LogHead
    number: int
    listing: SignatoryList
    files: dict[str, bytes]
    at: datetime


def close(services: Services, letter_id: str) -> Edition:
    """Close the letter, or make the next edition of a closed one that was answered since.

    Raises NotFound, NotAllowed, Refusal `no-glyph` (a name that cannot be printed; the doors open again),
    Refusal `log-not-proved` when this service's own log does not verify.
    """
    began = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        newest = uow.editions.newest(letter_id)
        if newest is not None and newest.index == uow.log.head(letter_id).size - 1:
            return newest
        state = letter.after(LetterAction.BEGIN_CLOSING, began)
        uow.letters.set_state(letter_id, state, closing_since=began if state is LetterState.CLOSING else None)
        uow.commit()
    try:
        return _seal(services, _prepare(services, letter_id))
    except BaseException:
        # Whatever went wrong, the doors open again at once; only a process that dies leaves them shut for a while.
        _reopen(services, letter_id, began)
        raise


def preview_list(services: Services, letter_id: str) -> SignatoryList:
    """The list as it would be if the letter were closed now; changes nothing. Raises NotFound."""
    with services.unit_of_work() as uow:
        return _listing(services, uow, letter_of(uow, letter_id))


def _prepare(services: Services, letter_id: str) -> Prepared:
    now = services.clock()
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        version = uow.letters.version(letter_id, letter.version)
        newest = uow.editions.newest(letter_id)
        head = uow.log.head(letter_id)
        listing = _listing(services, uow, letter)
    if version is None:
        raise NotAllowed("There is nothing to close yet.", code="letter-draft")
    if newest is None and not listing.listed and not listing.confidential:
        raise NotAllowed(
            "Nobody has approved these words yet: a letter without a signatory cannot be closed.",
            code="nobody-approved",
        )
    # Setting type takes long: no transaction is open here (FLOORS 3).
    files = {LIST_FILE: listing.to_bytes()}
    for language, text in texts_of(version).items():
        files[f"{language}.pdf"] = services.typesetter.letter_pdf(
            text,
            signatories=[name.signatory for name in listing.listed],
            confidential=listing.confidential,
            version=version.number,
            text_sha256=text.sha256,
            document_date=now.date(),
            check_url=f"{letter.base_url}/check",
        )
    number = newest.number + 1 if newest else 1
    return Prepared(letter, version, head, number, listing, files, now)


def _listing(services: Services, uow: UnitOfWork, letter: Letter) -> SignatoryList:
    files = {f"letter/{name}": data for name, data in letter_files(uow.letters.versions(letter.id)).items()}
    entries = [logged.entry for logged in uow.log.entries(letter.id)]
    ledger = replay(entries, files=files, coordinators={service_signer(services).public.key})
    if ledger.failures:
        first = ledger.failures[0]
        raise Refusal(
            "The log of this letter does not verify (entry {entry}: {code}). Nothing was closed. Please keep the "
            "database as it is and ask for help.",
            values={"entry": first.entry, "code": first.code},
            code="log-not-proved",
        )
    groups = {entry.organisation_id: entry.group for entry in uow.roster.entries(letter.id)}
    key = services.collation.sort_key(letter.language, ignore_article=letter.ignore_article)
    return compile_list(ledger, groups=groups, sort_key=key)


def _seal(services: Services, prepared: Prepared) -> Edition:
    letter = prepared.letter
    with services.unit_of_work(write=True) as uow:
        current, head = locked_letter(uow, letter.id)
        newest = uow.editions.newest(letter.id)
        if newest is not None and newest.index == head.size - 1:
            # Somebody else closed while this one was being prepared, and nobody has answered since.
            return newest
        if head.size != prepared.head.size or current.state_at(prepared.at) not in (
            LetterState.CLOSING,
            LetterState.CLOSED,
            LetterState.PUBLISHED,
        ):
            raise NotAllowed(
                "Somebody answered or closed at the same moment. Please close once more.",
                code="closing-overtaken",
            )
        payload = _statement(services, prepared, head)
        logged = append(
            services, uow, letter.origin, head, "close", payload, service_signer(services), prepared.at
        )
        edition = _edition(prepared, logged)
        uow.editions.add(edition)
        uow.letters.set_state(
            letter.id,
            current.after(LetterAction.FINISH_CLOSING, prepared.at),
            closed_at=current.closed_at or prepared.at,
        )
        uow.commit()
    services.high_water.advance(letter.origin, logged.index + 1, logged.root)
    return edition


def _statement(services: Services, prepared: Prepared, head: LogHead) -> bytes:
    letter = prepared.letter
    return CloseStatement(
        by=service_signer(services).public.key,
        letter=letter.origin,
        head=head_of(head),
        time=time_text(prepared.at),
        nonce=nonce(services),
        subject=tuple(Subject.of(name, data) for name, data in sorted(prepared.files.items())),
        version=prepared.version.number,
        edition=prepared.number,
        listed=len(prepared.listing.listed),
        confidential=prepared.listing.confidential,
        collation=Collation(letter.ignore_article, letter.language, services.collation.version()),
        document_date=prepared.at.date().isoformat(),
        release=services.installation.release,
    ).to_bytes(letter.host)


def _edition(prepared: Prepared, logged: LoggedEntry) -> Edition:
    return Edition(
        letter_id=prepared.letter.id,
        number=prepared.number,
        version=prepared.version.number,
        index=logged.index,
        listed=len(prepared.listing.listed),
        confidential=prepared.listing.confidential,
        closed_at=prepared.at,
        files=prepared.files,
    )


def _reopen(services: Services, letter_id: str, began: datetime) -> None:
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        if letter.state is LetterState.CLOSING and letter.closing_since == began:
            uow.letters.set_state(letter_id, LetterState.OPEN, closing_since=None)
            uow.commit()
