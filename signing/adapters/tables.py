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
from signing.domain.access import Role
from signing.domain.discussion import RemarkKind
from signing.domain.handover import ChangeKind
from signing.domain.invitation import Part
from signing.domain.letter import LetterState
from signing.domain.organisation import Answer
from signing.workflow.ports import NoticeKind, NoticeStatus

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _table(name: str, *parts: SchemaItem) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True)


def _key(name: str, kind: Any = Text, *parts: SchemaItem) -> Column[Any]:
    return Column(name, kind, *parts, primary_key=True, autoincrement=False)


def _must(name: str, kind: Any = Text, *parts: SchemaItem, **options: Any) -> Column[Any]:
    return Column(name, kind, *parts, nullable=False, **options)


def _may(name: str, kind: Any = Text) -> Column[Any]:
    return Column(name, kind, nullable=True)


def _of_organisation() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["letter_id", "organisation_id"], ["roster_entry.letter_id", "roster_entry.organisation_id"]
    )


letter = _table(
    "letter",
    _key("id"),
    _must("title"),
    _must("language"),
    _must("state", Word(LetterState)),
    _must("version", Integer),
    _must("origin"),
    _must("base_url"),
    _must("zone"),
    _may("hard_deadline", Instant),
    _must("ignore_article", Flag),
    _must("created_at", Instant),
    _may("opened_at", Instant),
    _may("closing_since", Instant),
    _may("closed_at", Instant),
    _must("min_level", Integer),
    _must("binders", Lines),
    _may("published_at", Instant),
    _may("attestor"),
    _must("paper"),
    _must("shares"),
    _must("mail_links", Flag),
)

letter_version = _table(
    "letter_version",
    _key("letter_id", Text, ForeignKey("letter.id")),
    _key("number", Integer),
    _may("opened_at", Instant),
    _may("change"),
)

version_file = _table(
    "version_file",
    _key("letter_id"),
    _key("number", Integer),
    _key("language"),
    _must("content", LargeBinary),
    ForeignKeyConstraint(["letter_id", "number"], ["letter_version.letter_id", "letter_version.number"]),
)

organisation = _table(
    "organisation",
    _key("id"),
    _must("name_key"),
    _must("name"),
    Index(None, "name_key"),
)

roster_entry = _table(
    "roster_entry",
    _key("letter_id", Text, ForeignKey("letter.id")),
    # Deferred: a roster may be saved before its organisations are remembered, in one unit of work.
    _key("organisation_id", Text, ForeignKey("organisation.id", deferrable=True, initially="DEFERRED")),
    _must("position", Integer),
    _must("organisation"),
    _may("acronym"),
    _may("listed_as"),
    _may("native_name"),
    _may("sort_name"),
    _may("country"),
    _may("group"),
    _must("contact"),
    _must("email"),
    _may("role"),
    _may("language"),
    _must("stage", Integer),
    _must("former_emails", Lines),
    _must("two_persons", Flag),
    _may("reviewed_version", Integer),
    _must("answer", Word(Answer)),
    _may("answer_version", Integer),
    _may("answer_index", Integer),
    _may("answered_at", Instant),
    _may("last_assent"),
    _may("last_committed"),
    _may("opening", LargeBinary),
    _may("reason"),
    _must("accepts", Flag),
    _must("confidential", Flag),
    _may("level", Integer),
)

invitation = _table(
    "invitation",
    _key("id"),
    _must("letter_id"),
    _must("organisation_id"),
    _must("generation", Integer),
    _must("token_sha256", LargeBinary, unique=True),
    _must("issued_at", Instant),
    _must("expires_at", Instant),
    _may("revoked_at", Instant),
    _must("part", Word(Part)),
    _may("contact"),
    _may("email"),
    _may("role"),
    _may("language"),
    Column("short_sha256", LargeBinary, nullable=True, unique=True),
    _may("reminders_stopped_at", Instant),
    UniqueConstraint("letter_id", "organisation_id", "part"),
    _of_organisation(),
)

# Every link ever issued, so that an older one is told apart from one that never was.
link = _table(
    "link",
    _key("token_sha256", LargeBinary),
    _must("invitation_id", Text, ForeignKey("invitation.id")),
    _must("generation", Integer),
    UniqueConstraint("invitation_id", "generation"),
)

code = _table(
    "code",
    _key("id"),
    _must("invitation_id", Text, ForeignKey("invitation.id")),
    _must("digest", LargeBinary),
    _must("issued_at", Instant),
    _must("expires_at", Instant),
    _must("tries", Integer),
    _may("used_at", Instant),
    _must("browser_sha256", LargeBinary),
    Index(None, "invitation_id", "issued_at"),
)

log_head = _table(
    "log_head",
    _key("letter_id", Text, ForeignKey("letter.id")),
    _must("size", WIDE_INTEGER),
    _must("frontier", LargeBinary),
)

log_entry = _table(
    "log_entry",
    _key("letter_id", Text, ForeignKey("log_head.letter_id")),
    _key("idx", WIDE_INTEGER),
    _must("kind"),
    _must("entry", LargeBinary),
    _must("root", LargeBinary),
    _must("path", Hashes),
    _must("at", Instant),
)

answer = _table(
    "answer",
    _key("letter_id"),
    _must("organisation_id"),
    _key("idx", WIDE_INTEGER),
    _must("version", Integer),
    _must("decision"),
    _must("person"),
    _must("role"),
    _must("at", Instant),
    _must("idempotency_key"),
    _must("form_sha256"),
    # The names that were signed, of open approvals alone.
    _may("listed_as"),
    _may("acronym"),
    _may("native_name"),
    _may("sort_name"),
    UniqueConstraint("letter_id", "organisation_id", "idempotency_key"),
    ForeignKeyConstraint(["letter_id", "idx"], ["log_entry.letter_id", "log_entry.idx"]),
    _of_organisation(),
)

_WAITING = text("status IN ('queued', 'sending')")

outbox = _table(
    "outbox",
    _key("id"),
    _must("kind", Word(NoticeKind)),
    _must("letter_id"),
    _must("organisation_id"),
    _must("invitation_id", Text, ForeignKey("invitation.id")),
    _must("subject_id"),
    _must("to"),
    _must("message_id", Text, unique=True),
    # While a worker has the notice, `due` is the end of its lease: one condition finds all there is to do.
    _must("due", Instant),
    _must("status", Word(NoticeStatus)),
    _must("attempts", Integer),
    _may("last_reply"),
    _may("sent_at", Instant),
    _must("queued_at", Instant),
    # Somebody sits waiting for a code; an invitation can wait for a thousand others.
    _must("urgency", Integer),
    _may("lease_owner"),
    _may("language"),
    _of_organisation(),
    Index("ix_outbox_waiting", "urgency", "due", postgresql_where=_WAITING, sqlite_where=_WAITING),
    Index(None, "letter_id"),
)

edition = _table(
    "edition",
    _key("letter_id"),
    _key("number", Integer),
    _must("version", Integer),
    _must("idx", WIDE_INTEGER),
    _must("listed", Integer),
    _must("confidential", Integer),
    _must("closed_at", Instant),
    UniqueConstraint("letter_id", "idx"),
    ForeignKeyConstraint(["letter_id", "idx"], ["log_entry.letter_id", "log_entry.idx"]),
    ForeignKeyConstraint(["letter_id", "version"], ["letter_version.letter_id", "letter_version.number"]),
)

edition_file = _table(
    "edition_file",
    _key("letter_id"),
    _key("number", Integer),
    _key("name"),
    _must("content", LargeBinary),
    ForeignKeyConstraint(["letter_id", "number"], ["edition.letter_id", "edition.number"]),
)

account = _table(
    "account",
    _key("id"),
    _must("email"),
    _must("role", Word(Role)),
    _must("password"),
    _must("created_at", Instant),
    _must("email_key", Text, unique=True),
)

login = _table(
    "login",
    _key("secret_sha256", LargeBinary),
    _must("account_id", Text, ForeignKey("account.id"), index=True),
    _must("created_at", Instant),
    _must("seen_at", Instant),
)

rate = _table(
    "rate",
    _key("purpose"),
    _key("key_sha256", LargeBinary),
    _key("began", WIDE_INTEGER),
    _must("count", Integer),
    _must("over_at", Instant),
)

binding = _table(
    "binding",
    _key("letter_id"),
    _key("idx", WIDE_INTEGER),
    _must("organisation_id"),
    _must("key"),
    _must("scheme"),
    _must("public_key"),
    _must("bound_by"),
    _may("basis"),
    _may("until", Instant),
    _must("at", Instant),
    _must("confidential", Flag),
    _may("credential_id", LargeBinary),
    _may("history", LargeBinary),
    _may("revoked_idx", WIDE_INTEGER),
    ForeignKeyConstraint(["letter_id", "idx"], ["log_entry.letter_id", "log_entry.idx"]),
    _of_organisation(),
    Index(None, "organisation_id", "key"),
    Index(None, "key"),
)

coordinator_key = _table(
    "coordinator_key",
    _key("key"),
    _must("scheme"),
    _must("public_key"),
    _must("account_id", Text, ForeignKey("account.id")),
    _must("label"),
    _must("created_at", Instant),
    _may("credential_id", LargeBinary),
    _may("retired_at", Instant),
)

prepared = _table(
    "prepared",
    _key("id"),
    _must("letter_id", Text, ForeignKey("letter.id")),
    _must("kind"),
    _must("owner"),
    _must("key"),
    _must("payload", LargeBinary),
    _must("at", Instant),
    _must("expires_at", Instant),
    _must("context"),
    UniqueConstraint("letter_id", "kind", "owner", "key"),
)

prepared_file = _table(
    "prepared_file",
    _key("prepared_id", Text, ForeignKey("prepared.id", ondelete="CASCADE")),
    _key("name"),
    _must("content", LargeBinary),
)

time_stamp = _table(
    "time_stamp",
    _key("letter_id", Text, ForeignKey("letter.id")),
    _key("size", WIDE_INTEGER),
    _key("authority"),
    _must("at", Instant),
    _must("token", LargeBinary),
)

cosignature = _table(
    "cosignature",
    _key("letter_id", Text, ForeignKey("letter.id")),
    _key("size", WIDE_INTEGER),
    _key("witness"),
    _must("line", LargeBinary),
    _must("at", Instant),
)

sealed_document = _table(
    "sealed_document",
    _key("letter_id"),
    _key("number", Integer),
    _key("language"),
    _must("at", Instant),
    _may("stamped_at", Instant),
    _may("authority"),
    _must("trouble"),
    _must("sha256"),
    _must("content", LargeBinary),
    ForeignKeyConstraint(["letter_id", "number"], ["edition.letter_id", "edition.number"]),
)

remark = _table(
    "remark",
    _key("id"),
    _must("letter_id"),
    _must("organisation_id"),
    _must("invitation_id", Text, ForeignKey("invitation.id")),
    _must("version", Integer),
    _must("kind", Word(RemarkKind)),
    _must("words"),
    _must("person"),
    _must("at", Instant),
    _must("idempotency_key"),
    _may("language"),
    _may("block", Integer),
    _may("quote"),
    _may("wording"),
    _must("condition", Flag),
    _may("answer"),
    _may("answered_at", Instant),
    _may("taken_back_at", Instant),
    UniqueConstraint("letter_id", "organisation_id", "idempotency_key"),
    _of_organisation(),
)

contact_change = _table(
    "contact_change",
    _key("id"),
    _must("letter_id"),
    _must("organisation_id"),
    _must("invitation_id", Text, ForeignKey("invitation.id")),
    _must("generation", Integer),
    _must("kind", Word(ChangeKind)),
    _must("at", Instant),
    _must("person"),
    _must("email"),
    _may("to_contact"),
    _may("to_email"),
    _may("to_role"),
    _may("until", Instant),
    _may("words"),
    _of_organisation(),
    Index(None, "letter_id", "organisation_id"),
)

review = _table(
    "review",
    _key("id"),
    _must("letter_id"),
    _must("organisation_id"),
    _must("invitation_id", Text, ForeignKey("invitation.id")),
    _must("version", Integer),
    _must("agrees", Flag),
    _must("person"),
    _must("role"),
    _must("at", Instant),
    _must("idempotency_key"),
    _may("words"),
    UniqueConstraint("letter_id", "organisation_id", "idempotency_key"),
    _of_organisation(),
)

# Addresses that asked never to be invited again, as keyed digests: what must not be used need not be known.
refused_address = _table(
    "refused_address",
    _key("address_sha256", LargeBinary),
    _must("at", Instant),
)

# Fresh links that strangers asked for; the worker alone finds out whether there is anybody to mail.
link_request = _table(
    "link_request",
    _key("id"),
    _must("address_sha256", LargeBinary),
    _must("at", Instant),
    _may("language"),
)
