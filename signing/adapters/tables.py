"""The tables, once, for SQLite and PostgreSQL alike; may import sqlalchemy, `columns` and the words of the domain.

A double of anything that must not be double is refused here by a key, whatever the code above does. Every
column is listed in the order of the dataclass it is read into, so that a row *is* its arguments.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.sql.schema import SchemaItem

from signing.adapters.columns import WIDE_INTEGER, Flag, Hashes, Instant, Lines, Word
from signing.domain.invitation import Part
from signing.domain.letter import LetterState
from signing.domain.organisation import Answer
from signing.workflow.mail_ports import NoticeKind, NoticeStatus

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def table_of(name: str, *parts: SchemaItem) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True)


def key(name: str, kind: Any = Text, *parts: SchemaItem) -> Column[Any]:
    return Column(name, kind, *parts, primary_key=True, autoincrement=False)


def must(name: str, kind: Any = Text, *parts: SchemaItem, **options: Any) -> Column[Any]:
    return Column(name, kind, *parts, nullable=False, **options)


def may(name: str, kind: Any = Text) -> Column[Any]:
    return Column(name, kind, nullable=True)


def of_organisation() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["letter_id", "organisation_id"], ["roster_entry.letter_id", "roster_entry.organisation_id"]
    )


letter = table_of(
    "letter",
    key("id"),
    must("title"),
    must("language"),
    must("state", Word(LetterState)),
    must("version", Integer),
    must("origin"),
    must("base_url"),
    must("zone"),
    may("hard_deadline", Instant),
    must("ignore_article", Flag),
    must("created_at", Instant),
    may("opened_at", Instant),
    may("closing_since", Instant),
    may("closed_at", Instant),
    must("min_level", Integer),
    must("binders", Lines),
    may("published_at", Instant),
    may("attestor"),
    must("paper"),
    must("shares"),
    must("mail_links", Flag),
    may("soft_deadline", Instant),
    may("publish_at", Instant),
    must("quorum", Integer),
    must("allows_confidential", Flag),
    must("allows_carry", Flag),
    must("rhythm", Lines),
    may("late_until", Instant),
    may("abandoned_at", Instant),
    may("archived_at", Instant),
    must("keep_days", Integer),
    may("forgotten_at", Instant),
    may("reminded_up_to", Instant),
)

letter_version = table_of(
    "letter_version",
    key("letter_id", Text, ForeignKey("letter.id")),
    key("number", Integer),
    may("opened_at", Instant),
    may("change"),
)

version_file = table_of(
    "version_file",
    key("letter_id"),
    key("number", Integer),
    key("language"),
    must("content", LargeBinary),
    ForeignKeyConstraint(["letter_id", "number"], ["letter_version.letter_id", "letter_version.number"]),
)

organisation = table_of(
    "organisation",
    key("id"),
    must("name_key"),
    must("name"),
    # What the address book knows of it, beside what each roster says.
    may("acronym"),
    may("listed_as"),
    may("native_name"),
    may("sort_name"),
    may("country"),
    may("kind"),
    may("scope"),
    may("changed_at", Instant),
    Index(None, "name_key"),
)

roster_entry = table_of(
    "roster_entry",
    key("letter_id", Text, ForeignKey("letter.id")),
    # Deferred: a roster may be saved before its organisations are remembered, in one unit of work.
    key("organisation_id", Text, ForeignKey("organisation.id", deferrable=True, initially="DEFERRED")),
    must("position", Integer),
    must("organisation"),
    may("acronym"),
    may("listed_as"),
    may("native_name"),
    may("sort_name"),
    may("country"),
    may("group"),
    must("contact"),
    must("email"),
    may("role"),
    may("language"),
    must("stage", Integer),
    must("former_emails", Lines),
    must("two_persons", Flag),
    may("reviewed_version", Integer),
    must("answer", Word(Answer)),
    may("answer_version", Integer),
    may("answer_index", Integer),
    may("answered_at", Instant),
    may("last_assent"),
    may("last_committed"),
    may("opening", LargeBinary),
    may("reason"),
    must("accepts", Flag),
    must("confidential", Flag),
    may("level", Integer),
    # Databases do not sort as dictionaries do (`roster_order`).
    may("sort_key", LargeBinary),
)

invitation = table_of(
    "invitation",
    key("id"),
    must("letter_id"),
    must("organisation_id"),
    must("generation", Integer),
    must("token_sha256", LargeBinary, unique=True),
    must("issued_at", Instant),
    must("expires_at", Instant),
    may("revoked_at", Instant),
    must("part", Word(Part)),
    may("contact"),
    may("email"),
    may("role"),
    may("language"),
    Column("short_sha256", LargeBinary, nullable=True, unique=True),
    may("reminders_stopped_at", Instant),
    may("opened_at", Instant),
    UniqueConstraint("letter_id", "organisation_id", "part"),
    of_organisation(),
)

# Every link ever issued: no digest and no generation of an invitation is ever there twice.
link = table_of(
    "link",
    key("token_sha256", LargeBinary),
    must("invitation_id", Text, ForeignKey("invitation.id")),
    must("generation", Integer),
    UniqueConstraint("invitation_id", "generation"),
)

code = table_of(
    "code",
    key("id"),
    must("invitation_id", Text, ForeignKey("invitation.id")),
    must("digest", LargeBinary),
    must("issued_at", Instant),
    must("expires_at", Instant),
    must("tries", Integer),
    may("used_at", Instant),
    must("browser_sha256", LargeBinary),
    Index(None, "invitation_id", "issued_at"),
)

log_head = table_of(
    "log_head",
    key("letter_id", Text, ForeignKey("letter.id")),
    must("size", WIDE_INTEGER),
    must("frontier", LargeBinary),
)

log_entry = table_of(
    "log_entry",
    key("letter_id", Text, ForeignKey("log_head.letter_id")),
    key("idx", WIDE_INTEGER),
    must("kind"),
    must("entry", LargeBinary),
    must("root", LargeBinary),
    must("path", Hashes),
    must("at", Instant),
)

answer = table_of(
    "answer",
    key("letter_id"),
    must("organisation_id"),
    key("idx", WIDE_INTEGER),
    must("version", Integer),
    must("decision"),
    must("person"),
    must("role"),
    must("at", Instant),
    must("idempotency_key"),
    must("form_sha256"),
    # The names that were signed, of open approvals alone.
    may("listed_as"),
    may("acronym"),
    may("native_name"),
    may("sort_name"),
    UniqueConstraint("letter_id", "organisation_id", "idempotency_key"),
    ForeignKeyConstraint(["letter_id", "idx"], ["log_entry.letter_id", "log_entry.idx"]),
    of_organisation(),
)

_WAITING = text("status IN ('queued', 'sending')")

outbox = table_of(
    "outbox",
    key("id"),
    must("kind", Word(NoticeKind)),
    must("letter_id"),
    # Mails to coordinators and addressees are of no organisation.
    may("organisation_id"),
    Column("invitation_id", Text, ForeignKey("invitation.id"), nullable=True),
    must("subject_id"),
    must("to"),
    must("message_id", Text, unique=True),
    # While a worker has the notice, `due` is the end of its lease: one condition finds all there is to do.
    must("due", Instant),
    must("status", Word(NoticeStatus)),
    must("attempts", Integer),
    may("last_reply"),
    may("sent_at", Instant),
    must("queued_at", Instant),
    # Somebody sits waiting for a code; an invitation can wait for a thousand others.
    must("urgency", Integer),
    may("lease_owner"),
    may("language"),
    may("delivered_at", Instant),
    may("bounced_at", Instant),
    may("bounce_reason"),
    of_organisation(),
    Index("ix_outbox_waiting", "urgency", "due", postgresql_where=_WAITING, sqlite_where=_WAITING),
    Index(None, "letter_id", "organisation_id"),
)

edition = table_of(
    "edition",
    key("letter_id"),
    key("number", Integer),
    must("version", Integer),
    must("idx", WIDE_INTEGER),
    must("listed", Integer),
    must("confidential", Integer),
    must("closed_at", Instant),
    UniqueConstraint("letter_id", "idx"),
    ForeignKeyConstraint(["letter_id", "idx"], ["log_entry.letter_id", "log_entry.idx"]),
    ForeignKeyConstraint(["letter_id", "version"], ["letter_version.letter_id", "letter_version.number"]),
)

edition_file = table_of(
    "edition_file",
    key("letter_id"),
    key("number", Integer),
    key("name"),
    must("content", LargeBinary),
    ForeignKeyConstraint(["letter_id", "number"], ["edition.letter_id", "edition.number"]),
)
