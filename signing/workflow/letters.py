"""The letter of a unit of work, held or only read, and its words as files and texts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

from signing.domain.errors import NotFound
from signing.domain.letter import Letter, Version
from signing.domain.letter_text import LetterText
from signing.domain.organisation import RosterEntry
from signing.evidence.carry import Change
from signing.evidence.phrase import words_digest
from signing.evidence.schemes import Place
from signing.workflow.ports import LogHead, Services, UnitOfWork
from signing.workflow.roster_ports import Approvals, ApprovedName, WithheldApproval


def letter_of(uow: UnitOfWork, letter_id: str) -> Letter:
    """The letter, or NotFound in words that fit every reader."""
    letter = uow.letters.get(letter_id)
    if letter is None:
        raise NotFound("There is no such letter here.", code="letter-unknown")
    return letter


def has_words(uow: UnitOfWork, letter: Letter) -> bool:
    """Whether there is a draft or a version: a letter that was begun in the editor has neither at first."""
    return letter.version > 0 or uow.letters.draft(letter.id) is not None


def entry_of(uow: UnitOfWork, letter_id: str, organisation_id: str) -> RosterEntry:
    """The organisation as the letter's roster has it. Raises NotFound."""
    entry = uow.roster.entry(letter_id, organisation_id)
    if entry is None:
        raise NotFound("This organisation is not on the roster of this letter.", code="organisation-unknown")
    return entry


def locked_letter(uow: UnitOfWork, letter_id: str) -> tuple[Letter, LogHead]:
    """The letter and its log, held against every other writer: whoever changes what an answer depends on
    takes this lock first, so that an answer sees the letter before or after the change, never between.

    Raises NotFound.
    """
    letter_of(uow, letter_id)
    head = uow.log.lock(letter_id)
    return letter_of(uow, letter_id), head


def texts_of(version: Version) -> dict[str, LetterText]:
    """The words of every language, by language tag, the files' own order kept."""
    return {language: _text_of(data) for language, data in version.files.items()}


@lru_cache(maxsize=16)
def _text_of(data: bytes) -> LetterText:
    # Reading and checking 20 kB of words takes tens of milliseconds, and every reader of a letter needs the same.
    return LetterText.from_bytes(data)


def print_draft(
    services: Services,
    text: LetterText,
    number: int,
    paper: str,
    *,
    kind: str = "pdf",
    organisation: str = "the coordinators",
) -> bytes:
    """One text as it will be set, marked as a draft of `organisation` and without a list; of another `kind` than PDF
    as that of `Services.renderings`.

    Raises Refusal `no-glyph` when a character cannot be printed.
    """
    set_letter = services.typesetter.letter_pdf if kind == "pdf" else services.renderings[kind]
    return set_letter(
        text,
        listing=None,
        version=number,
        text_sha256=text.sha256,
        phrase="",  # a draft has no verification block
        document_date=services.clock().date(),
        check_url=None,
        draft_for=organisation,
        paper=paper,
    )


def letter_files(versions: Sequence[Version]) -> dict[str, bytes]:
    """The exact files of all opened versions by the name statements call them (EVIDENCE 4.3)."""
    return {
        f"{version.number}.{language}.md": data
        for version in versions
        if version.opened_at is not None
        for language, data in version.files.items()
    }


def text_sha256(version: Version) -> str:
    """One hex digest over the digests of all languages: what a decision form carries to say which words."""
    digests = {language: hashlib.sha256(data).hexdigest() for language, data in version.files.items()}
    return words_digest(digests)


def carried(versions: Sequence[Version], entry: RosterEntry, number: int) -> bool:
    """Whether an approval reaches version `number` by carry."""
    return carries(versions, entry.answer_version or 0, number, accepts=entry.accepts)


def carries(versions: Sequence[Version], since: int, number: int, *, accepts: bool) -> bool:
    """Whether an approval of version `since` reaches version `number`, version by version (EVIDENCE 4.3, *Carry*)."""
    later = [each for each in versions if since < each.number <= number]
    return bool(later) and all(each.change is not None and Change(each.change).carries(accepts) for each in later)


def approved_now(uow: UnitOfWork, letter: Letter) -> Approvals:
    """Who stands under the present words, in the open (under the names they signed) and withheld.

    One statement, and a second only while somebody's newest approval is of earlier words.
    """
    approved = uow.roster.approved(letter.id)
    both: list[ApprovedName | WithheldApproval] = [*approved.named, *approved.withheld]
    if all(each.version == letter.version for each in both):
        return approved
    versions = uow.letters.versions(letter.id)
    return approved.of({
        each.organisation_id
        for each in both
        if each.version == letter.version or carries(versions, each.version, letter.version, accepts=each.accepts)
    })


def place_of(letter: Letter) -> Place:
    """Where signatures of this letter belong, as its statements say."""
    return Place(letter.host, (letter.base_url,), f"assent@{letter.host}")
