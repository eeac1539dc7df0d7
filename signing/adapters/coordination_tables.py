"""The tables of what coordinators prepare, arrange and record around a letter; may import sqlalchemy and `tables`."""

from __future__ import annotations

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Integer, LargeBinary, Text

from signing.adapters.columns import WIDE_INTEGER, Flag, Instant, Lines, Word
from signing.adapters.tables import key, may, must, of_organisation, table_of
from signing.domain.letter import LetterState
from signing.domain.stage import StageOpening
from signing.workflow.mail_ports import NoticeStatus

# What stands in the editor, whether it can be read as a letter yet or not; `revision` counts its savings;
# `ahead`: it was saved without becoming the draft.
working_text = table_of(
    "working_text",
    key("letter_id", Text, ForeignKey("letter.id")),
    key("language"),
    must("words"),
    must("revision", Integer),
    must("saved_at", Instant),
    must("saved_by"),
    must("ahead", Flag),
)

# Who has the editor open: so long as it is fresh, the other one is told.
editing = table_of(
    "editing",
    key("letter_id", Text, ForeignKey("letter.id")),
    key("language"),
    key("account_id", Text, ForeignKey("account.id")),
    must("seen_at", Instant),
)

stage = table_of(
    "stage",
    key("letter_id", Text, ForeignKey("letter.id")),
    key("number", Integer),
    may("name"),
    must("opens", Word(StageOpening)),
    may("opens_at", Instant),
    may("opened_at", Instant),
)

# People whom the address book knows at an organisation.
book_contact = table_of(
    "book_contact",
    key("id"),
    must("organisation_id", Text, ForeignKey("organisation.id"), index=True),
    must("name"),
    must("email"),
    may("role"),
    may("language"),
    may("authority"),
    must("added_at", Instant),
    must("changed_at", Instant),
)

# A sheet that was brought and looked at, and waits for the word to import it.
brought_roster = table_of(
    "brought_roster",
    key("id"),
    must("letter_id", Text, ForeignKey("letter.id")),
    must("account_id"),
    must("filename"),
    must("content", LargeBinary),
    must("at", Instant),
    must("total", Integer),
    must("done", Integer),
    may("finished_at", Instant),
    may("trouble"),
)

# Words of the coordinator's own, by what they are for (a kind of mail, the press text), language and part.
wording = table_of(
    "wording",
    key("letter_id", Text, ForeignKey("letter.id")),
    key("kind"),
    key("language"),
    key("part"),
    must("words"),
    must("changed_at", Instant),
)

# Approvals that were told on paper or by telephone: written down as what they are, and no assents.
told_approval = table_of(
    "told_approval",
    key("id"),
    must("letter_id"),
    must("organisation_id"),
    must("version", Integer),
    must("way"),
    must("person"),
    may("role"),
    may("words"),
    must("told_on"),
    must("at", Instant),
    must("account_id"),
    may("taken_back_at", Instant),
    of_organisation(),
    Index(None, "letter_id", "organisation_id"),
)

# Where the published letter is mailed to.
delivery_address = table_of(
    "delivery_address",
    key("letter_id", Text, ForeignKey("letter.id")),
    key("position", Integer),
    must("name"),
    must("email"),
    must("copy", Flag),
    may("language"),
)

webhook = table_of(
    "webhook",
    key("id"),
    must("letter_id", Text, ForeignKey("letter.id"), index=True),
    must("account_id"),
    must("url"),
    must("events", Lines),
    must("created_at", Instant),
    may("stopped_at", Instant),
    # How much of the letter's log, and which state of it, it was told of.
    must("told_size", WIDE_INTEGER),
    must("told_state", Word(LetterState)),
)

webhook_message = table_of(
    "webhook_message",
    key("id"),
    must("webhook_id"),
    must("event"),
    must("body"),
    must("at", Instant),
    must("due", Instant),
    must("status", Word(NoticeStatus)),
    must("attempts", Integer),
    may("last_reply"),
    may("sent_at", Instant),
    may("lease_owner"),
    ForeignKeyConstraint(["webhook_id"], ["webhook.id"]),
    Index(None, "status", "due"),
    Index(None, "webhook_id"),
)
