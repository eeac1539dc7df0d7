"""The tables of keys, of what waits for a signature, and of what outsiders said of a log; may import sqlalchemy and
`tables`."""

from __future__ import annotations

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Integer, LargeBinary, Text, UniqueConstraint

from signing.adapters.columns import WIDE_INTEGER, Flag, Instant
from signing.adapters.tables import key, may, must, of_organisation, table_of

binding = table_of(
    "binding",
    key("letter_id"),
    key("idx", WIDE_INTEGER),
    must("organisation_id"),
    must("key"),
    must("scheme"),
    must("public_key"),
    must("bound_by"),
    may("basis"),
    may("until", Instant),
    must("at", Instant),
    must("confidential", Flag),
    may("credential_id", LargeBinary),
    may("history", LargeBinary),
    may("revoked_idx", WIDE_INTEGER),
    ForeignKeyConstraint(["letter_id", "idx"], ["log_entry.letter_id", "log_entry.idx"]),
    of_organisation(),
    Index(None, "organisation_id", "key"),
    Index(None, "key"),
)

prepared = table_of(
    "prepared",
    key("id"),
    must("letter_id", Text, ForeignKey("letter.id")),
    must("kind"),
    must("owner"),
    must("key"),
    must("payload", LargeBinary),
    must("at", Instant),
    must("expires_at", Instant),
    must("context"),
    UniqueConstraint("letter_id", "kind", "owner", "key"),
)

prepared_file = table_of(
    "prepared_file",
    key("prepared_id", Text, ForeignKey("prepared.id", ondelete="CASCADE")),
    key("name"),
    must("content", LargeBinary),
)

time_stamp = table_of(
    "time_stamp",
    key("letter_id", Text, ForeignKey("letter.id")),
    key("size", WIDE_INTEGER),
    key("authority"),
    must("at", Instant),
    must("token", LargeBinary),
)

cosignature = table_of(
    "cosignature",
    key("letter_id", Text, ForeignKey("letter.id")),
    key("size", WIDE_INTEGER),
    key("witness"),
    must("line", LargeBinary),
    must("at", Instant),
)

sealed_document = table_of(
    "sealed_document",
    key("letter_id"),
    key("number", Integer),
    key("language"),
    must("at", Instant),
    may("stamped_at", Instant),
    may("authority"),
    must("trouble"),
    must("sha256"),
    must("content", LargeBinary),
    ForeignKeyConstraint(["letter_id", "number"], ["edition.letter_id", "edition.number"]),
)

coordinator_key = table_of(
    "coordinator_key",
    key("key"),
    must("scheme"),
    must("public_key"),
    must("account_id", Text, ForeignKey("account.id")),
    must("label"),
    must("created_at", Instant),
    may("credential_id", LargeBinary),
    may("retired_at", Instant),
)
