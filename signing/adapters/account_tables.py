"""The tables of people with accounts; may import sqlalchemy and `tables`."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Integer, LargeBinary, Text

from signing.adapters.columns import WIDE_INTEGER, Flag, Instant, Lines, Word
from signing.adapters.tables import key, may, must, table_of
from signing.domain.access import MemberRole, Role

account = table_of(
    "account",
    key("id"),
    must("email"),
    must("role", Word(Role)),
    must("password"),
    must("created_at", Instant),
    must("name"),
    may("totp", LargeBinary),
    may("totp_step", WIDE_INTEGER),
    may("disabled_at", Instant),
    must("email_key", Text, unique=True),
)

login = table_of(
    "login",
    key("secret_sha256", LargeBinary),
    must("account_id", Text, ForeignKey("account.id"), index=True),
    must("created_at", Instant),
    must("seen_at", Instant),
    # What the session list calls it, and how its person signed in.
    Column("id", Text, nullable=False, unique=True),
    must("factor"),
)

rate = table_of(
    "rate",
    key("purpose"),
    key("key_sha256", LargeBinary),
    key("began", WIDE_INTEGER),
    must("count", Integer),
    must("over_at", Instant),
)

# Passkeys that sign in; those that sign for the coordinator are in `coordinator_key`.
account_passkey = table_of(
    "account_passkey",
    key("credential_id", LargeBinary),
    must("account_id", Text, ForeignKey("account.id"), index=True),
    must("public_key", LargeBinary),
    must("sign_count", WIDE_INTEGER),
    must("label"),
    must("created_at", Instant),
    may("used_at", Instant),
)

letter_member = table_of(
    "letter_member",
    key("letter_id", Text, ForeignKey("letter.id")),
    key("account_id", Text, ForeignKey("account.id")),
    must("role", Word(MemberRole)),
    must("added_at", Instant),
    may("added_by", Text),
    must("digest", Flag),
    may("digested_at", Instant),
    Index(None, "account_id"),
)

# What coordinators did. Rows are only added.
activity = table_of(
    "activity",
    key("id"),
    may("letter_id"),
    may("account_id"),
    must("actor"),
    must("act"),
    may("subject"),
    must("detail"),
    must("at", Instant),
    ForeignKeyConstraint(["letter_id"], ["letter.id"]),
    Index(None, "letter_id", "at"),
)

api_token = table_of(
    "api_token",
    key("id"),
    must("account_id", Text, ForeignKey("account.id"), index=True),
    Column("letter_id", Text, ForeignKey("letter.id"), nullable=True),
    must("label"),
    must("scopes", Lines),
    Column("digest", LargeBinary, nullable=False, unique=True),
    must("created_at", Instant),
    must("expires_at", Instant),
    may("used_at", Instant),
    may("revoked_at", Instant),
)
