"""The tables of what contacts say and hand over, beside their answers; may import sqlalchemy and `tables`."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint

from signing.adapters.columns import Flag, Instant, Word
from signing.adapters.tables import key, may, must, of_organisation, table_of
from signing.domain.discussion import RemarkKind, Settlement
from signing.domain.handover import ChangeKind

remark = table_of(
    "remark",
    key("id"),
    must("letter_id"),
    must("organisation_id"),
    must("invitation_id", Text, ForeignKey("invitation.id")),
    must("version", Integer),
    must("kind", Word(RemarkKind)),
    must("words"),
    must("person"),
    must("at", Instant),
    must("idempotency_key"),
    may("language"),
    may("block", Integer),
    may("quote"),
    may("wording"),
    must("condition", Flag),
    may("answer"),
    may("answered_at", Instant),
    may("taken_back_at", Instant),
    may("settled", Word(Settlement)),
    may("settled_at", Instant),
    may("settled_version", Integer),
    UniqueConstraint("letter_id", "organisation_id", "idempotency_key"),
    of_organisation(),
)

contact_change = table_of(
    "contact_change",
    key("id"),
    must("letter_id"),
    must("organisation_id"),
    must("invitation_id", Text, ForeignKey("invitation.id")),
    must("generation", Integer),
    must("kind", Word(ChangeKind)),
    must("at", Instant),
    must("person"),
    must("email"),
    may("to_contact"),
    may("to_email"),
    may("to_role"),
    may("until", Instant),
    may("words"),
    of_organisation(),
    Index(None, "letter_id", "organisation_id"),
)

review = table_of(
    "review",
    key("id"),
    must("letter_id"),
    must("organisation_id"),
    must("invitation_id", Text, ForeignKey("invitation.id")),
    must("version", Integer),
    must("agrees", Flag),
    must("person"),
    must("role"),
    must("at", Instant),
    must("idempotency_key"),
    may("words"),
    UniqueConstraint("letter_id", "organisation_id", "idempotency_key"),
    of_organisation(),
)

# Addresses that asked never to be invited again, as keyed digests: what must not be used need not be known.
refused_address = table_of(
    "refused_address",
    key("address_sha256", LargeBinary),
    must("at", Instant),
)

# Fresh links that strangers asked for; the worker alone finds out whether there is anybody to mail.
link_request = table_of(
    "link_request",
    key("id"),
    must("address_sha256", LargeBinary),
    must("at", Instant),
    may("language"),
)
