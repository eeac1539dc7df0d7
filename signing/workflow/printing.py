"""The letter as files to take away: drafts marked for whom they are, and every edition beside its PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from signing.domain.errors import NotFound
from signing.domain.letter import Letter, Version
from signing.domain.letter_text import LetterText
from signing.evidence.phrase import phrase
from signing.evidence.signatory_list import SignatoryList
from signing.evidence.statement import LIST_FILE, CloseStatement, parse
from signing.workflow.appending import payload_of
from signing.workflow.contact_access import Access, current_version, invited
from signing.workflow.letters import letter_of, print_draft, text_sha256, texts_of
from signing.workflow.ports import Edition, Services, UnitOfWork
from signing.workflow.publishing import published_letter

PDF = "pdf"
TYPES = {
    PDF: "application/pdf",
    "html": "text/html; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, slots=True)
class PrintedFile:
    """A file with the name and the media type to give it; `sealed` is for the PDF of an edition."""

    content: bytes
    name: str
    type: str
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class PrintedEdition:
    """An edition with the words and the date it was closed over."""

    letter: Letter
    version: Version
    edition: Edition
    document_date: date


def print_words(services: Services, letter_id: str, kind: str, language: str | None = None) -> PrintedFile:
    """The newest words, opened or not, marked as a draft for the coordinators.

    Raises NotFound for an unknown letter, language or kind; of a PDF Refusal `no-glyph`.
    """
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        version = uow.letters.draft(letter_id) or uow.letters.version(letter_id, letter.version)
    return _draft(services, letter, version, kind, language, "the coordinators")


def print_copy(services: Services, access: Access, kind: str, language: str) -> PrintedFile:
    """The open words, marked as the draft of the invited organisation.

    Raises the link refusals, NotFound for an unknown language or kind; of a PDF Refusal `no-glyph`.
    """
    with services.unit_of_work() as uow:
        seen = invited(services, uow, access, services.clock(), part=None)
        version = current_version(uow, seen.letter)
    return _draft(services, seen.letter, version, kind, language, seen.entry.organisation)


def find_edition(services: Services, letter_id: str, number: int | None = None, *, public: bool) -> PrintedEdition:
    """An edition, the newest where no number is given; for the `public` only of a published letter. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter = published_letter(uow, letter_id, services.clock()) if public else letter_of(uow, letter_id)
        edition = _edition(uow, letter_id, number)
        version = uow.letters.version(letter_id, edition.version)
        logged = uow.log.entry(letter_id, edition.index)
    assert version is not None, "an edition is closed over words"
    assert logged is not None, "an edition is in the log"
    statement = parse(payload_of(logged.entry))
    assert isinstance(statement, CloseStatement), "an edition's entry is a closing"
    return PrintedEdition(letter, version, edition, date.fromisoformat(statement.document_date))


def print_edition(services: Services, found: PrintedEdition, kind: str, language: str | None = None) -> PrintedFile:
    """The edition as a file; its PDF as it is sealed, or if it is not yet, as the coordinator signed for it.

    Raises NotFound for an unknown language or kind.
    """
    letter, edition = found.letter, found.edition
    language, text = _text(letter, found.version, kind, language)
    sealed = _sealed(services, edition, language) if kind == PDF else None
    if kind == PDF:
        content = sealed or edition.files[f"{language}.pdf"]
    else:
        content = services.renderings[kind](
            text,
            listing=SignatoryList.from_bytes(edition.files[LIST_FILE], edition.confidential),
            version=edition.version,
            text_sha256=text.sha256,
            phrase=phrase(text_sha256(found.version)),
            document_date=found.document_date,
            check_url=f"{letter.base_url}/check",
            paper=letter.paper,
        )
    return PrintedFile(content, f"{letter.id}-{language}.{kind}", TYPES[kind], sealed is not None)


def _sealed(services: Services, edition: Edition, language: str) -> bytes | None:
    with services.unit_of_work() as uow:
        for document in uow.sealed_documents.of_letter(edition.letter_id):
            if (document.edition, document.language) == (edition.number, language):
                return uow.sealed_documents.content(document)
    return None


def _draft(
    services: Services, letter: Letter, version: Version | None, kind: str, language: str | None, organisation: str
) -> PrintedFile:
    if version is None:
        raise _nothing()
    language, text = _text(letter, version, kind, language)
    content = print_draft(services, text, version.number, letter.paper, kind=kind, organisation=organisation)
    return PrintedFile(content, f"{letter.id}-{language}-draft-{version.number}.{kind}", TYPES[kind])


def _text(letter: Letter, version: Version, kind: str, language: str | None) -> tuple[str, LetterText]:
    language = language or letter.language
    text = texts_of(version).get(language)
    if text is None or kind not in TYPES:
        raise _nothing()
    return language, text


def _edition(uow: UnitOfWork, letter_id: str, number: int | None) -> Edition:
    if number is None:
        edition = uow.editions.newest(letter_id)
    else:
        edition = next((each for each in uow.editions.all(letter_id) if each.number == number), None)
    if edition is None:
        raise NotFound("The letter has no such edition.", code="not-closed")
    return edition


def _nothing() -> NotFound:
    return NotFound("The letter has no text in this language.")
