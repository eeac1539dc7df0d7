"""Sealed PDFs, kept once made; may import sqlalchemy and `tables`. Fulfils `ports.SealedDocuments`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, or_, select

from signing.adapters.evidence_tables import sealed_document
from signing.adapters.tables import edition_file, letter
from signing.workflow.evidence_ports import SealedDocument

_TABLE = sealed_document.c
_KNOWN: tuple[Any, ...] = (
    _TABLE.letter_id, _TABLE.number, _TABLE.language, _TABLE.at, _TABLE.stamped_at, _TABLE.authority, _TABLE.trouble,
    _TABLE.sha256,
)  # fmt: skip


class SealedDocumentStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, document: SealedDocument, content: bytes) -> None:
        here = and_(
            _TABLE.letter_id == document.letter_id,
            _TABLE.number == document.edition,
            _TABLE.language == document.language,
        )
        there = self._connection.execute(select(*_KNOWN).where(here)).first()
        if there is not None and (there.stamped_at is not None or document.stamped_at is None):
            return
        self._connection.execute(delete(sealed_document).where(here))
        self._connection.execute(
            insert(sealed_document),
            {
                "letter_id": document.letter_id,
                "number": document.edition,
                "language": document.language,
                "at": document.at,
                "stamped_at": document.stamped_at,
                "authority": document.authority,
                "trouble": document.trouble,
                "sha256": document.sha256,
                "content": content,
            },
        )

    def of_letter(self, letter_id: str) -> list[SealedDocument]:
        rows = self._connection.execute(
            select(*_KNOWN).where(_TABLE.letter_id == letter_id).order_by(_TABLE.number, _TABLE.language)
        )
        return [_document(row) for row in rows]

    def newest(self, letter_id: str, language: str) -> SealedDocument | None:
        row = self._connection.execute(
            select(*_KNOWN)
            .where(_TABLE.letter_id == letter_id, _TABLE.language == language)
            .order_by(_TABLE.number.desc())
            .limit(1)
        ).first()
        return _document(row) if row else None

    def content(self, document: SealedDocument) -> bytes:
        content: bytes = self._connection.execute(
            select(_TABLE.content).where(
                _TABLE.letter_id == document.letter_id,
                _TABLE.number == document.edition,
                _TABLE.language == document.language,
            )
        ).scalar_one()
        return content

    def wanting(self, *, stamps: bool) -> list[str]:
        sealed = and_(
            _TABLE.letter_id == edition_file.c.letter_id,
            _TABLE.number == edition_file.c.number,
            # `<language>.pdf` is what an edition calls its document.
            _TABLE.language + ".pdf" == edition_file.c.name,
        )
        missing = _TABLE.letter_id.is_(None)
        wanted = or_(missing, _TABLE.stamped_at.is_(None)) if stamps else missing
        rows = self._connection.execute(
            select(edition_file.c.letter_id)
            .distinct()
            .join(letter, letter.c.id == edition_file.c.letter_id)
            .outerjoin(sealed_document, sealed)
            # One that waits for its hour is to be out sealed.
            .where(
                or_(letter.c.published_at.is_not(None), letter.c.publish_at.is_not(None)),
                edition_file.c.name.like("%.pdf"),
                wanted,
            )
            .order_by(edition_file.c.letter_id)
        )
        return [row.letter_id for row in rows]


def _document(row: Row[Any]) -> SealedDocument:
    return SealedDocument(
        letter_id=row.letter_id,
        edition=row.number,
        language=row.language,
        at=row.at,
        stamped_at=row.stamped_at,
        authority=row.authority,
        trouble=row.trouble,
        sha256=row.sha256,
    )
