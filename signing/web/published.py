"""What anybody may take away of a published letter: sealed PDFs and evidence; before that there is nothing here."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue

from signing.web.download import attachment
from signing.web.guards import Door, Persona, door
from signing.workflow import published_documents
from signing.workflow.evidence_ports import SealedDocument
from signing.workflow.ports import Services

# A new edition, or a seal with a time stamp in place of one without, is seen within a minute.
A_MINUTE = "public, max-age=60"


def blueprint(services: Services) -> Door:
    """The door to published letters."""
    made = door("published", Persona.PUBLIC, url_prefix="/l/<letter_id>")

    @made.get("/<language>.pdf")
    def pdf(letter_id: str, language: str) -> ResponseReturnValue:
        return _sealed(services, published_documents.published_document(services, letter_id, language))

    # No letter has more editions than a database can number.
    @made.get("/editions/<int(max=2147483647):edition>/<language>.pdf")
    def earlier_pdf(letter_id: str, edition: int, language: str) -> ResponseReturnValue:
        return _sealed(services, published_documents.published_document(services, letter_id, language, edition))

    newest: dict[str, tuple[str, bytes]] = {}

    @made.get("/evidence.zip")
    def evidence(letter_id: str) -> ResponseReturnValue:
        tag = published_documents.evidence_tag(services, letter_id)
        unchanged = _unchanged(tag)
        if unchanged is not None:
            return unchanged
        known = newest.get(letter_id)
        if known is None or known[0] != tag:
            # Making it reads the whole log; one is kept, so that many readers of one letter cost one making.
            newest.clear()
            newest[letter_id] = known = (tag, published_documents.evidence_zip(services, letter_id))
        return _cached(attachment(known[1], f"{letter_id}-evidence.zip", "application/zip"), tag)

    return made


def _sealed(services: Services, document: SealedDocument) -> Response:
    unchanged = _unchanged(document.sha256)
    if unchanged is not None:
        return unchanged
    response = Response(published_documents.document_bytes(services, document), content_type="application/pdf")
    name = f"{document.letter_id}-{document.language}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return _cached(response, document.sha256)


def _unchanged(tag: str) -> Response | None:
    """The answer to somebody who has these bytes already, so that they are not read at all."""
    return _cached(Response(status=304), tag) if request.if_none_match.contains(tag) else None


def _cached(response: Response, tag: str) -> Response:
    response.headers["Cache-Control"] = A_MINUTE
    response.set_etag(tag)
    return response
