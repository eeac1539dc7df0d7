"""Logged assents as the service remembers them; may import sqlalchemy and `tables`. Fulfils `ports.Answers`."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select

from signing.adapters.tables import answer
from signing.workflow.ports import RecordedAnswer

_OF_ORGANISATION = select(answer).where(
    answer.c.letter_id == bindparam("the_letter"), answer.c.organisation_id == bindparam("the_organisation")
)
_BY_KEY = _OF_ORGANISATION.where(answer.c.idempotency_key == bindparam("the_key"))
_INSERT = insert(answer)
_IN_ORDER = _OF_ORGANISATION.order_by(answer.c.idx)


class AnswerStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: RecordedAnswer) -> None:
        self._connection.execute(
            _INSERT,
            {
                "letter_id": new.letter_id,
                "organisation_id": new.organisation_id,
                "idx": new.index,
                "version": new.version,
                "decision": new.decision,
                "person": new.person,
                "role": new.role,
                "at": new.at,
                "idempotency_key": new.idempotency_key,
                "form_sha256": new.form_sha256,
                "listed_as": new.listed_as,
                "acronym": new.acronym,
                "native_name": new.native_name,
                "sort_name": new.sort_name,
            },
        )

    def by_key(self, letter_id: str, organisation_id: str, idempotency_key: str) -> RecordedAnswer | None:
        row = self._connection.execute(
            _BY_KEY,
            {"the_letter": letter_id, "the_organisation": organisation_id, "the_key": idempotency_key},
        ).first()
        return RecordedAnswer(*row) if row else None

    def of_organisation(self, letter_id: str, organisation_id: str) -> list[RecordedAnswer]:
        """All answers of one organisation, in the order of the log."""
        rows = self._connection.execute(_IN_ORDER, {"the_letter": letter_id, "the_organisation": organisation_id})
        return [RecordedAnswer(*row) for row in rows]
