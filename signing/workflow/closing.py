"""Closing: shut the doors, compile the list from the verified log, set the PDFs, have a coordinator's key sign
both, append. Interrupted anywhere, it can simply be run again (DESIGN 5)."""

from __future__ import annotations

from datetime import datetime

from signing.domain.errors import NotAllowed, NotFound, Refusal
from signing.domain.letter import CLOSING_LASTS, Letter, LetterAction, LetterState, Version
from signing.evidence.ledger import replay
from signing.evidence.phrase import phrase
from signing.evidence.signatory_list import SignatoryList, compile_list
from signing.evidence.statement import LIST_FILE, CloseStatement, Collation, Subject, parse
from signing.workflow.activity import Act, record
from signing.workflow.appending import append_sealed, head_of, nonce, time_text
from signing.workflow.closing_notices import tell_listed
from signing.workflow.coordinator_statements import (
    check_named,
    chosen_key,
    composed,
    known_coordinators,
    sealed,
    settled,
    sign_for_service,
)
from signing.workflow.evidence_ports import PreparedStatement
from signing.workflow.letters import letter_files, letter_of, locked_letter, text_sha256, texts_of
from signing.workflow.ports import Edition, LogHead, Services, UnitOfWork

# So often a list is made anew that somebody's answer has overtaken, before whoever closes is asked to look.
TURNS = 3


def close(services: Services, letter_id: str) -> Edition:
    """Close the letter with the coordinator's key that the service holds, or make the next edition of a closed one
    that was answered since.

    Raises as `compose` and `finish` do; a closing that is up to date already gives its edition. Whoever answers just
    then does so before it: the list is made once more.
    """
    for turn in range(TURNS):
        try:
            prepared = compose(services, letter_id, None)
            return finish(services, prepared, sign_for_service(services, prepared))
        except EditionCurrent as current:
            return current.edition
        except NotAllowed as refusal:
            if refusal.code != "closing-overtaken" or turn == TURNS - 1:
                raise
    raise AssertionError("every turn returns or raises")


class EditionCurrent(NotAllowed):
    """The newest edition holds everything there is to hold."""

    code = "edition-current"

    def __init__(self, edition: Edition) -> None:
        super().__init__("This letter is closed, and nobody has answered since: there is nothing to sign.")
        self.edition = edition


def compose(services: Services, letter_id: str, key: str | None, account_id: str | None = None) -> PreparedStatement:
    """Shut the doors and make list, PDFs and the `close` statement that this key is to sign within 30 minutes.

    Raises NotFound, NotAllowed (`nobody-approved` among them), EditionCurrent, KeyNotNamed and the refusals of
    `chosen_key`, Refusal `no-glyph` (a name that cannot be printed) and `log-not-proved` when this service's own log
    does not verify. The doors are open again then.
    """
    began = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, head = locked_letter(uow, letter_id)
        _check_edition_behind(uow, letter_id, head)
        state = letter.after(LetterAction.BEGIN_CLOSING, began)
        chosen = chosen_key(services, uow, key, account_id)
        check_named(uow, letter_id, chosen.public)
        uow.letters.set_state(letter_id, state, closing_since=began if state is LetterState.CLOSING else None)
        uow.commit()
    try:
        payload, files = _content(services, letter_id, chosen.public.key)
    except BaseException:
        # Whatever went wrong, the doors open again at once; only a process that dies leaves them shut for a while.
        _reopen(services, letter_id, began)
        raise
    return composed(services, letter, "close", chosen, payload, at=began, lasts=CLOSING_LASTS, files=files)


def finish(services: Services, prepared: PreparedStatement, signature: bytes) -> Edition:
    """Judge the signature over the prepared closing, append it and store the edition.

    Raises Faulty `signature` when it does not fit (the doors stay shut: try again), NotAllowed `closing-overtaken`
    when somebody answered or the doors opened meanwhile (they are open again then), EditionCurrent.
    """
    now = services.clock()
    statement = _close_statement_of(prepared)
    overtaken = False
    with services.unit_of_work(write=True) as uow:
        letter, head = locked_letter(uow, prepared.letter_id)
        _check_edition_behind(uow, letter.id, head)
        state = letter.state_at(now)
        if not (state is LetterState.CLOSING or state.closed) or head_of(head) != statement.head:
            overtaken = True
            uow.prepared.remove(prepared.id)
        else:
            entry = sealed(services, uow, prepared, signature, letter)
            check_named(uow, letter.id, chosen_key(services, uow, prepared.key).public)
            logged = append_sealed(services, uow, letter.origin, head, "close", entry, now)
            edition = Edition(
                letter.id, statement.edition, statement.version, logged.index, statement.listed,
                statement.confidential, now, prepared.files,
            )  # fmt: skip
            uow.editions.add(edition)
            state = letter.after(LetterAction.FINISH_CLOSING, now)
            uow.letters.set_state(letter.id, state, closed_at=letter.closed_at or now)
            settled(uow, prepared, logged.index)
            told = tell_listed(services, uow, letter, edition, now)
            record(
                services, uow, Act.CLOSED, letter.id, edition=edition.number, listed=edition.listed,
                withheld=edition.confidential, told=told,
            )  # fmt: skip
        uow.commit()
    if overtaken:
        _reopen(services, prepared.letter_id, prepared.at)
        raise NotAllowed(
            "Somebody answered or closed at the same moment. Please close once more.", code="closing-overtaken"
        )
    services.high_water.advance(letter.origin, logged.index + 1, logged.root)
    return edition


def cancel_closing(services: Services, letter_id: str) -> None:
    """Open the doors again without closing; a letter that is not being closed is left alone. Raises NotFound."""
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        if letter.state is LetterState.CLOSING:
            uow.letters.set_state(letter_id, LetterState.OPEN, closing_since=None)
            record(services, uow, Act.CLOSING_CALLED_OFF, letter_id)
            uow.commit()


def preview_list(services: Services, letter_id: str) -> SignatoryList:
    """The list as it would be if the letter were closed now; changes nothing. Raises NotFound."""
    with services.unit_of_work() as uow:
        return _listing(services, uow, letter_of(uow, letter_id))


def _listing(services: Services, uow: UnitOfWork, letter: Letter) -> SignatoryList:
    files = {f"letter/{name}": data for name, data in letter_files(uow.letters.versions(letter.id)).items()}
    entries = [logged.entry for logged in uow.log.entries(letter.id)]
    ledger = replay(entries, files=files, coordinators=known_coordinators(services, uow))
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


def _check_edition_behind(uow: UnitOfWork, letter_id: str, head: LogHead) -> None:
    newest = uow.editions.newest(letter_id)
    if newest is not None and newest.index == head.size - 1:
        raise EditionCurrent(newest)


def _content(services: Services, letter_id: str, by: str) -> tuple[bytes, dict[str, bytes]]:
    """The statement over the list as the log has it now, and the files it is about."""
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
    files = _files(services, letter, version, listing, now)
    payload = CloseStatement(
        by=by,
        letter=letter.origin,
        head=head_of(head),
        time=time_text(now),
        nonce=nonce(services),
        subject=tuple(Subject.of(name, data) for name, data in sorted(files.items())),
        version=version.number,
        edition=newest.number + 1 if newest else 1,
        listed=len(listing.listed),
        confidential=listing.confidential,
        collation=Collation(letter.ignore_article, letter.language, services.collation.version()),
        document_date=now.date().isoformat(),
        release=services.installation.release,
    ).to_bytes(letter.host)
    return payload, files


def _files(
    services: Services, letter: Letter, version: Version, listing: SignatoryList, now: datetime
) -> dict[str, bytes]:
    files = {LIST_FILE: listing.to_bytes()}
    words = phrase(text_sha256(version))
    for language, text in texts_of(version).items():
        files[f"{language}.pdf"] = services.typesetter.letter_pdf(
            text,
            listing=listing,
            version=version.number,
            text_sha256=text.sha256,
            phrase=words,
            document_date=now.date(),
            check_url=f"{letter.base_url}/check",
            paper=letter.paper,
        )
    return files


def _close_statement_of(prepared: PreparedStatement) -> CloseStatement:
    statement = parse(prepared.payload)
    if not isinstance(statement, CloseStatement):
        raise NotFound("There is no closing of this name to be signed.", code="prepared-unknown")
    return statement


def _reopen(services: Services, letter_id: str, began: datetime) -> None:
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        if letter.state is LetterState.CLOSING and letter.closing_since == began:
            uow.letters.set_state(letter_id, LetterState.OPEN, closing_since=None)
            uow.commit()
