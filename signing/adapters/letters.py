"""Letters and their versions in tables; may import sqlalchemy and `tables`. Fulfils `ports.Letters`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, insert, select, update

from signing.adapters import roster_order
from signing.adapters.tables import letter, letter_version, version_file
from signing.domain.errors import NotAllowed
from signing.domain.letter import Letter, LetterState, Version

_VERSIONS = (
    select(letter_version, version_file.c.language, version_file.c.content)
    .join_from(letter_version, version_file, isouter=True)
    .where(letter_version.c.letter_id == bindparam("the_letter"))
    .order_by(letter_version.c.number, version_file.c.language)
)
_ARRANGED = (
    "zone", "soft_deadline", "hard_deadline", "quorum", "allows_confidential", "allows_carry", "rhythm",
    "reminded_up_to",
)  # fmt: skip
_SCHEDULED = (
    "publish_at", "late_until", "abandoned_at", "archived_at", "keep_days", "forgotten_at",
)  # fmt: skip
_DRAFT = _VERSIONS.where(letter_version.c.opened_at.is_(None))
_VERSION = _VERSIONS.where(letter_version.c.number == bindparam("the_number"))


class LetterStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Letter) -> None:
        self._connection.execute(insert(letter), _values(new))

    def get(self, letter_id: str) -> Letter | None:
        row = self._connection.execute(select(letter).where(letter.c.id == letter_id)).first()
        return Letter(*row) if row else None

    def all(self) -> list[Letter]:
        rows = self._connection.execute(select(letter).order_by(letter.c.created_at, letter.c.id))
        return [Letter(*row) for row in rows]

    def set_state(
        self,
        letter_id: str,
        state: LetterState,
        *,
        version: int | None = None,
        opened_at: datetime | None = None,
        closing_since: datetime | None = None,
        closed_at: datetime | None = None,
        published_at: datetime | None = None,
        attestor: str | None = None,
    ) -> None:
        """Store `state`; the other columns are written only where given, save `closing_since`, always."""
        given = {
            "version": version, "opened_at": opened_at, "closed_at": closed_at, "published_at": published_at,
            "attestor": attestor,
        }  # fmt: skip
        values = {name: value for name, value in given.items() if value is not None}
        self._connection.execute(
            update(letter).where(letter.c.id == letter_id).values(state=state, closing_since=closing_since, **values)
        )

    def describe(
        self,
        letter_id: str,
        *,
        title: str,
        language: str,
        origin: str,
        base_url: str,
        hard_deadline: datetime | None,
    ) -> None:
        before = self._connection.execute(select(letter.c.language).where(letter.c.id == letter_id)).scalar()
        self._connection.execute(
            update(letter)
            .where(letter.c.id == letter_id)
            .values(title=title, language=language, origin=origin, base_url=base_url, hard_deadline=hard_deadline)
        )
        if language != before:
            roster_order.renew(self._connection, letter_id)

    def set_policy(self, letter_id: str, *, min_level: int, binders: tuple[str, ...]) -> None:
        values = {"min_level": min_level, "binders": binders}
        self._connection.execute(update(letter).where(letter.c.id == letter_id).values(values))

    def arrange(self, letter_: Letter) -> None:
        """Store zone, deadlines, quorum, rhythm, what answers may be, and up to when the rhythm is done with."""
        values = {name: getattr(letter_, name) for name in _ARRANGED}
        self._connection.execute(update(letter).where(letter.c.id == letter_.id).values(values))

    def schedule(self, letter_: Letter) -> None:
        """Store its times beside those of `set_state`: of publishing, late approvals, its end, and what is kept."""
        values = {name: getattr(letter_, name) for name in _SCHEDULED}
        self._connection.execute(update(letter).where(letter.c.id == letter_.id).values(values))

    def set_paper(self, letter_id: str, paper: str) -> None:
        self._connection.execute(update(letter).where(letter.c.id == letter_id).values(paper=paper))

    def set_sharing(self, letter_id: str, *, shares: str, mail_links: bool) -> None:
        values = {"shares": shares, "mail_links": mail_links}
        self._connection.execute(update(letter).where(letter.c.id == letter_id).values(values))

    def draft(self, letter_id: str) -> Version | None:
        return self._one(_DRAFT, {"the_letter": letter_id})

    def version(self, letter_id: str, number: int) -> Version | None:
        return self._one(_VERSION, {"the_letter": letter_id, "the_number": number})

    def versions(self, letter_id: str) -> list[Version]:
        return self._versions(_VERSIONS, {"the_letter": letter_id})

    def save_draft(self, version: Version) -> None:
        """Write or replace the files of a version that is not opened.

        Raises:
            NotAllowed: `version-opened`, because opened words never change.
        """
        place = {"letter_id": version.letter_id, "number": version.number}
        # An update that changes nothing holds the row: no opening can slip in between check and change.
        held = self._connection.execute(
            update(letter_version)
            .where(
                letter_version.c.letter_id == version.letter_id,
                letter_version.c.number == version.number,
                letter_version.c.opened_at.is_(None),
            )
            .values(opened_at=None)
        )
        if held.rowcount == 0:
            if self.version(version.letter_id, version.number) is not None:
                raise NotAllowed("This version is open: its words can no longer change.", code="version-opened")
            self._connection.execute(insert(letter_version), place)
        self._connection.execute(
            delete(version_file).where(
                version_file.c.letter_id == version.letter_id, version_file.c.number == version.number
            )
        )
        files = [
            {"letter_id": version.letter_id, "number": version.number, "language": language, "content": content}
            for language, content in version.files.items()
        ]
        if files:
            self._connection.execute(insert(version_file), files)

    def freeze(self, letter_id: str, number: int, opened_at: datetime, change: str | None = None) -> None:
        """Fix the words of a draft for good.

        Raises:
            NotAllowed: `version-opened` when there is no such draft any more.
        """
        frozen = self._connection.execute(
            update(letter_version)
            .where(
                letter_version.c.letter_id == letter_id,
                letter_version.c.number == number,
                letter_version.c.opened_at.is_(None),
            )
            .values(opened_at=opened_at, change=change)
        )
        if frozen.rowcount != 1:
            raise NotAllowed("This version is open already, or was never drafted.", code="version-opened")

    def _one(self, statement: Select[Any], values: dict[str, Any]) -> Version | None:
        found = self._versions(statement, values)
        return found[-1] if found else None

    def _versions(self, statement: Select[Any], values: dict[str, Any]) -> list[Version]:
        versions: dict[int, Version] = {}
        for letter_id, number, opened_at, change, language, content in self._connection.execute(statement, values):
            version = versions.setdefault(number, Version(letter_id, number, {}, opened_at, change))
            if language is not None:
                version.files[language] = content
        return list(versions.values())


def _values(new: Letter) -> dict[str, Any]:
    return {column.name: getattr(new, column.name) for column in letter.c}
