"""Invitations with every link ever issued, and one-time codes; may import sqlalchemy and `tables`.

Fulfils `ports.Invitations` and `ports.Codes`. Links and codes are here as digests only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from signing.adapters import rates
from signing.adapters.contact_tables import remark
from signing.adapters.evidence_tables import binding
from signing.adapters.tables import code, invitation, letter, link, log_head, roster_entry
from signing.domain.errors import Conflict
from signing.domain.invitation import Code, Invitation, Part
from signing.domain.letter import Letter
from signing.domain.organisation import RosterEntry
from signing.evidence.merkle import Frontier
from signing.workflow.account_ports import NO_COUNTER, RateKey
from signing.workflow.ports import InvitationView, LogHead

_LIVE = select(invitation).where(invitation.c.revoked_at.is_(None), invitation.c.expires_at > bindparam("now"))
_BY_TOKEN = _LIVE.where(invitation.c.token_sha256 == bindparam("digest"))
_BY_SHORT = _LIVE.where(invitation.c.short_sha256 == bindparam("digest"))
_older = code.alias("older")
_THE_NEWEST = (
    select(_older.c.id)
    .where(
        _older.c.invitation_id == invitation.c.id,
        _older.c.browser_sha256 == bindparam("the_browser"),
        # What was mailed for an older link may have gone to somebody else.
        _older.c.issued_at >= invitation.c.issued_at,
    )
    .order_by(_older.c.issued_at.desc(), _older.c.id.desc())
    .limit(1)
    .correlate(invitation)
    .scalar_subquery()
)
_answered = code.alias("answered")
_CONFIRMED = (
    select(func.max(_answered.c.used_at))
    .where(_answered.c.invitation_id == invitation.c.id, _answered.c.browser_sha256 == bindparam("the_browser"))
    .correlate(invitation)
    .scalar_subquery()
    .label("confirmed_at")
)
_HAS_KEYS = exists().where(binding.c.organisation_id == invitation.c.organisation_id).correlate(invitation)


def _of_remarks(what: ColumnElement[Any], *which: ColumnElement[bool]) -> ScalarSelect[Any]:
    """One figure of the remarks of the invited organisation that it has not taken back."""
    return (
        select(what)
        .where(
            remark.c.letter_id == invitation.c.letter_id,
            remark.c.organisation_id == invitation.c.organisation_id,
            remark.c.taken_back_at.is_(None),
            *which,
        )
        .correlate(invitation)
        .scalar_subquery()
    )


_REMARKS = (
    _of_remarks(func.count()),
    _of_remarks(func.max(remark.c.version)),
    _of_remarks(func.max(remark.c.version), remark.c.condition == 1),
)
_VIEW = (
    select(invitation, letter, roster_entry, code)
    .select_from(invitation)
    .join(letter, letter.c.id == invitation.c.letter_id)
    .join(
        roster_entry,
        (roster_entry.c.letter_id == invitation.c.letter_id)
        & (roster_entry.c.organisation_id == invitation.c.organisation_id),
    )
    .outerjoin(code, code.c.id == _THE_NEWEST)
    .outerjoin(log_head, log_head.c.letter_id == invitation.c.letter_id)
    .add_columns(_CONFIRMED, log_head.c.frontier, _HAS_KEYS, *_REMARKS, rates.COUNT.scalar_subquery())
    .where(invitation.c.id == bindparam("the_invitation"))
)
_LETTER_FROM = len(invitation.c)
_ENTRY_FROM = _LETTER_FROM + len(letter.c)
_CODE_FROM = _ENTRY_FROM + len(roster_entry.c)
_CODE_UNTIL = _CODE_FROM + len(code.c)
_USE = (
    update(code)
    .where(code.c.id == bindparam("the_code"), code.c.used_at.is_(None))
    .values(used_at=bindparam("now"))
)


class InvitationStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Invitation) -> None:
        self.add_all([new])

    def add_all(self, new: Sequence[Invitation]) -> None:
        """The same for many, in as few statements."""
        if new:
            names = [column.name for column in invitation.c]
            rows = [{name: getattr(each, name) for name in names} for each in new]
            self._connection.execute(insert(invitation), rows)
            self._connection.execute(insert(link), [_link_of(each) for each in new])

    def reissue(self, renewed: Invitation) -> None:
        """Store the new generation, digests, times and holder of a known invitation, and clear its revocation."""
        self._connection.execute(
            update(invitation)
            .where(invitation.c.id == renewed.id)
            .values(
                generation=renewed.generation,
                token_sha256=renewed.token_sha256,
                issued_at=renewed.issued_at,
                expires_at=renewed.expires_at,
                revoked_at=None,
                contact=renewed.contact,
                email=renewed.email,
                role=renewed.role,
                short_sha256=renewed.short_sha256,
                reminders_stopped_at=renewed.reminders_stopped_at,
                opened_at=renewed.opened_at,
            )
        )
        self._remember_link(renewed)

    def revoke(self, invitation_id: str, at: datetime) -> None:
        self._connection.execute(update(invitation).where(invitation.c.id == invitation_id).values(revoked_at=at))

    def by_token(self, token_sha256: bytes, now: datetime) -> Invitation | None:
        """The invitation that the link of this digest opens now; one that ended costs what one that never was does."""
        row = self._connection.execute(_BY_TOKEN, {"digest": token_sha256, "now": now}).first()
        return Invitation(*row) if row else None

    def view(
        self, invitation_id: str, browser_sha256: bytes, counter: RateKey = NO_COUNTER
    ) -> InvitationView | None:
        """The invitation with the newest code that was asked for in this browser, and what a counter has."""
        values = {"the_invitation": invitation_id, "the_browser": browser_sha256}
        row = self._connection.execute(_VIEW, values | rates.counter(counter)).first()
        if row is None:
            return None
        found = Invitation(*row[:_LETTER_FROM])
        confirmed_at, frontier, has_keys, remarks, remarked, conditional, counted = row[_CODE_UNTIL:]
        return InvitationView(
            found,
            Letter(*row[_LETTER_FROM:_ENTRY_FROM]),
            found.spoken_for(RosterEntry(*row[_ENTRY_FROM:_CODE_FROM])),
            Code(*row[_CODE_FROM:_CODE_UNTIL]) if row[_CODE_FROM] is not None else None,
            confirmed_at,
            LogHead(found.letter_id, Frontier.from_bytes(frontier)) if frontier is not None else None,
            bool(has_keys),
            remarks,
            remarked,
            conditional,
            counted or 0,
        )

    def by_short(self, short_sha256: bytes, now: datetime) -> Invitation | None:
        """The invitation that the short code of this digest opens now, likewise."""
        row = self._connection.execute(_BY_SHORT, {"digest": short_sha256, "now": now}).first()
        return Invitation(*row) if row else None

    def of_letter(self, letter_id: str, part: Part = Part.SIGNATORY) -> list[Invitation]:
        """The invitations of those who answer, or of the reviewers: at most one for an organisation."""
        rows = self._connection.execute(
            select(invitation)
            .where(invitation.c.letter_id == letter_id, invitation.c.part == part)
            .order_by(invitation.c.id)
        )
        return [Invitation(*row) for row in rows]

    def of_part(self, letter_id: str, organisation_id: str, part: Part) -> Invitation | None:
        row = self._connection.execute(
            select(invitation).where(
                invitation.c.letter_id == letter_id,
                invitation.c.organisation_id == organisation_id,
                invitation.c.part == part,
            )
        ).first()
        return Invitation(*row) if row else None

    def live(self, now: datetime) -> list[tuple[Invitation, RosterEntry]]:
        """Every invitation of every letter that is neither revoked nor expired, with its entry as it speaks."""
        rows = self._connection.execute(
            select(invitation, roster_entry)
            .join(
                roster_entry,
                (roster_entry.c.letter_id == invitation.c.letter_id)
                & (roster_entry.c.organisation_id == invitation.c.organisation_id),
            )
            .where(invitation.c.revoked_at.is_(None), invitation.c.expires_at > now)
            .order_by(invitation.c.issued_at, invitation.c.id)
        )
        found = [(Invitation(*row[:_LETTER_FROM]), RosterEntry(*row[_LETTER_FROM:])) for row in rows]
        return [(each, each.spoken_for(entry)) for each, entry in found]

    def remember_language(self, invitation_id: str, language: str) -> None:
        self._connection.execute(
            update(invitation).where(invitation.c.id == invitation_id).values(language=language)
        )

    def remember_short(self, invitation_id: str, short_sha256: bytes) -> None:
        self._connection.execute(
            update(invitation).where(invitation.c.id == invitation_id).values(short_sha256=short_sha256)
        )

    def stop_reminders(self, invitation_id: str, at: datetime) -> None:
        self._connection.execute(
            update(invitation)
            .where(invitation.c.id == invitation_id, invitation.c.reminders_stopped_at.is_(None))
            .values(reminders_stopped_at=at)
        )

    def note_opened(self, invitation_id: str, at: datetime) -> None:
        """Remember that its holder showed to be a person; only the first time counts."""
        self._connection.execute(
            update(invitation)
            .where(invitation.c.id == invitation_id, invitation.c.opened_at.is_(None))
            .values(opened_at=at)
        )

    def _remember_link(self, issued: Invitation) -> None:
        self._connection.execute(insert(link), _link_of(issued))


def _link_of(issued: Invitation) -> dict[str, Any]:
    return {
        "token_sha256": issued.token_sha256, "invitation_id": issued.id, "generation": issued.generation,
    }  # fmt: skip


class CodeStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Code) -> None:
        self._connection.execute(insert(code), {column.name: getattr(new, column.name) for column in code.c})

    def get(self, code_id: str) -> Code | None:
        row = self._connection.execute(select(code).where(code.c.id == code_id)).first()
        return Code(*row) if row else None

    def issued_since(self, invitation_id: str, since: datetime) -> int:
        return self._connection.execute(
            select(func.count())
            .select_from(code)
            .where(code.c.invitation_id == invitation_id, code.c.issued_at >= since)
        ).scalar_one()

    def count_try(self, code_id: str) -> None:
        self._connection.execute(update(code).where(code.c.id == code_id).values(tries=code.c.tries + 1))

    def use(self, code_id: str, at: datetime) -> None:
        """Use a code up.

        Raises:
            Conflict: when it was used already.
        """
        used = self._connection.execute(_USE, {"the_code": code_id, "now": at})
        if used.rowcount != 1:
            raise Conflict("This code was used a moment ago. Please ask for a new one.", code="code-used")

    def forget_before(self, at: datetime) -> None:
        """Remove codes issued before `at`."""
        self._connection.execute(delete(code).where(code.c.issued_at < at))
