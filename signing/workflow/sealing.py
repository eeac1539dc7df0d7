"""The sealed PDFs of a letter: made from an edition's documents and the evidence for them, kept, and told of.

Sealing asks others and takes a while, so no transaction is open meanwhile; interrupted anywhere, it is run again. The
evidence is for good: it is taken when the log's newest entry is stamped and cosigned as the installation asks. When
the stamps are late it is sealed all the same, but the seal itself is not stamped then: so it gives way later to one
whose evidence is whole. Without the witnesses' quorum a check would reject the file, so that is waited for.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from signing.domain.errors import NotAllowed
from signing.evidence import bundle
from signing.workflow.activity import Act, record
from signing.workflow.bundling import bundle_files
from signing.workflow.evidence_ports import SealedDocument, Sealer
from signing.workflow.letters import letter_of, locked_letter
from signing.workflow.ports import Edition, Services
from signing.workflow.stamps import stamp_state
from signing.workflow.witness_state import witness_state

PDF = ".pdf"
NOT_STAMPED = "the log's newest entry has no time stamp yet"


@dataclass(frozen=True, slots=True)
class DocumentSeal:
    """One document of an edition; `sealed` is None until it is."""

    edition: int
    language: str
    sealed: SealedDocument | None

    @property
    def done(self) -> bool:
        """Sealed, and with a time stamp."""
        return self.sealed is not None and self.sealed.stamped_at is not None

    @property
    def warning(self) -> str:
        """What to tell whoever looks after the letter, "" when all is well."""
        name = f"{self.language}.pdf of edition {self.edition}"
        if self.sealed is None:
            return f"{name} is not sealed yet"
        return "" if self.done else f"{name} is sealed without a time stamp: {self.sealed.trouble}"

    def to_json(self) -> dict[str, Any]:
        """Give an object of `sealed` in `signing status --json`."""
        sealed = self.sealed
        return {
            "edition": self.edition,
            "language": self.language,
            "sealed_at": f"{sealed.at:%Y-%m-%dT%H:%M:%SZ}" if sealed else None,
            "stamped_at": f"{sealed.stamped_at:%Y-%m-%dT%H:%M:%SZ}" if sealed and sealed.stamped_at else None,
            "authority": sealed.authority if sealed else None,
            "sha256": sealed.sha256 if sealed else None,
            "warning": self.warning,
        }


@dataclass(frozen=True, slots=True)
class SealState:
    """How the documents of a letter's editions fare, newest edition first.

    `to_do` are those that sealing now could better; `waits_for` are those outside whose stamp or cosignature the
    evidence waits for, before anything is sealed.
    """

    documents: tuple[DocumentSeal, ...]
    to_do: tuple[DocumentSeal, ...]
    waits_for: tuple[str, ...]

    @property
    def done(self) -> bool:
        """Everything is sealed, and stamped."""
        return all(each.done for each in self.documents)

    @property
    def warnings(self) -> list[str]:
        """What to tell whoever looks after the letter."""
        return [each.warning for each in self.documents if each.warning]


def seal_state(services: Services, letter_id: str) -> SealState:
    """How the letter's sealed PDFs fare; a letter that is not closed has none. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter_of(uow, letter_id)
        editions = uow.editions.all(letter_id)
        sealed = {(each.edition, each.language): each for each in uow.sealed_documents.of_letter(letter_id)}
    documents = tuple(
        DocumentSeal(edition.number, language, sealed.get((edition.number, language)))
        for edition in reversed(editions)
        for language in _languages(edition)
    )
    can_be_stamped = bool(services.installation.time_authorities)
    to_do = tuple(each for each in documents if each.sealed is None or (can_be_stamped and not each.done))
    return SealState(documents, to_do, _waits_for(services, letter_id) if to_do else ())


def seal(services: Services, letter_id: str) -> SealState:
    """Seal what is not sealed, and seal again what has no time stamp; nothing while the evidence waits for others.

    Raises NotFound, NotAllowed `not-closed`, and the Sealer's Refusal; what was sealed before that stays.
    """
    size = _size(services, letter_id)
    before = seal_state(services, letter_id)
    if not before.documents:
        raise NotAllowed("This letter is not closed yet, so there is no document to seal.", code="not-closed")
    if not before.to_do or before.waits_for:
        return before
    sealer = _sealer(services)
    whole = _log_is_stamped(services, letter_id)
    evidence = bundle.zipped(bundle_files(services, letter_id, with_documents=False))
    if _size(services, letter_id) != size:
        # Somebody answered meanwhile: that entry is in the evidence, and nobody has stamped or cosigned it yet.
        return seal(services, letter_id)
    for each in before.to_do:
        if whole or each.sealed is None:
            _seal_one(services, sealer, letter_id, each, evidence, whole)
    return seal_state(services, letter_id)


def unsealed_letters(services: Services) -> list[str]:
    """The published letters with a document that is not sealed, or not stamped though somebody could be asked."""
    stamps = bool(services.installation.time_authorities)
    with services.unit_of_work() as uow:
        return uow.sealed_documents.wanting(stamps=stamps)


def _seal_one(
    services: Services, sealer: Sealer, letter_id: str, wanted: DocumentSeal, evidence: bytes, whole: bool
) -> None:
    with services.unit_of_work() as uow:
        edition = next(each for each in uow.editions.all(letter_id) if each.number == wanted.edition)
    at = services.clock()
    made = sealer.seal(edition.files[f"{wanted.language}{PDF}"], evidence, at, stamp=whole)
    document = SealedDocument(
        letter_id=letter_id,
        edition=wanted.edition,
        language=wanted.language,
        at=at,
        stamped_at=made.stamped_at,
        authority=made.authority,
        trouble=made.trouble if whole else NOT_STAMPED,
        sha256=sha256(made.content).hexdigest(),
    )
    with services.unit_of_work(write=True) as uow:
        # Page, command and worker may seal at once: the second finds what the first has put.
        locked_letter(uow, letter_id)
        uow.sealed_documents.put(document, made.content)
        record(services, uow, Act.SEALED, letter_id, edition=wanted.edition, language=wanted.language)
        uow.commit()


def _sealer(services: Services) -> Sealer:
    if services.sealer is None:
        raise NotAllowed("This process holds no document key, so it can seal nothing.", code="no-document-key")
    return services.sealer


def _languages(edition: Edition) -> list[str]:
    return sorted(name.removesuffix(PDF) for name in edition.files if name.endswith(PDF))


def _waits_for(services: Services, letter_id: str) -> tuple[str, ...]:
    size = _size(services, letter_id)
    stamps, witnesses = stamp_state(services, letter_id), witness_state(services, letter_id)
    waits = [name for name, each in stamps.authorities.items() if each.newest_size < size and not each.late]
    if witnesses is not None and witnesses.covered < witnesses.size:
        waits += witnesses.missing
    return tuple(waits)


def _log_is_stamped(services: Services, letter_id: str) -> bool:
    """Whether the newest entry is, by one authority at least; where nobody is asked nothing is missing."""
    stamps = stamp_state(services, letter_id)
    return not stamps.wanted or stamps.newest_size >= _size(services, letter_id)


def _size(services: Services, letter_id: str) -> int:
    with services.unit_of_work() as uow:
        return uow.log.head(letter_id).size
