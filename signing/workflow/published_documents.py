"""What anybody may take away of a published letter: its sealed PDFs, and the evidence by itself."""

from __future__ import annotations

from hashlib import sha256

from signing.domain.errors import NotFound
from signing.evidence import bundle
from signing.workflow.bundling import bundle_files
from signing.workflow.evidence_ports import SealedDocument
from signing.workflow.ports import Services
from signing.workflow.publishing import published_letter


def published_document(services: Services, letter_id: str, language: str, edition: int | None = None) -> SealedDocument:
    """The sealed PDF in this language, of the newest edition that is sealed or of this one.

    Raises NotFound, in the same words for a letter that is not published and for one that does not exist.
    """
    with services.unit_of_work() as uow:
        published_letter(uow, letter_id, services.clock())
        if edition is None:
            found = uow.sealed_documents.newest(letter_id, language)
        else:
            of_letter = uow.sealed_documents.of_letter(letter_id)
            found = next((each for each in of_letter if (each.edition, each.language) == (edition, language)), None)
    if found is None:
        raise NotFound("There is nothing at this address.", code="not-sealed")
    return found


def document_bytes(services: Services, document: SealedDocument) -> bytes:
    """The bytes of a sealed PDF."""
    with services.unit_of_work() as uow:
        return uow.sealed_documents.content(document)


def evidence_tag(services: Services, letter_id: str) -> str:
    """A word that changes whenever the evidence of a published letter does. Raises NotFound."""
    with services.unit_of_work() as uow:
        published_letter(uow, letter_id, services.clock())
        head = uow.log.head(letter_id)
        said = [(each.size, each.authority) for each in uow.time_stamps.of_letter(letter_id)]
        said += [(each.size, each.witness) for each in uow.cosignatures.of_letter(letter_id)]
    state = f"{services.installation.release} {head.size} {head.frontier.root().hex()} {said}"
    return sha256(state.encode()).hexdigest()


def evidence_zip(services: Services, letter_id: str) -> bytes:
    """The whole evidence of a published letter in one file. Raises NotFound."""
    with services.unit_of_work() as uow:
        published_letter(uow, letter_id, services.clock())
    return bundle.zipped(bundle_files(services, letter_id))
