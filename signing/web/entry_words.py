"""Log entries in words: what each statement says, for people who do not read JSON."""

from __future__ import annotations

import json

from signing.evidence.merkle import leaf_hash
from signing.evidence.signatory import Signatory
from signing.evidence.statement import AssentStatement, CloseStatement, LetterStatement, Statement
from signing.web.page import _
from signing.workflow.auditing import EntryView


def in_words(statement: Statement) -> str:
    """One sentence about a statement."""
    if isinstance(statement, LetterStatement):
        return _("Version %(number)s of the letter was opened.", number=statement.version)
    if isinstance(statement, CloseStatement):
        return _("The letter was closed, edition %(edition)s: %(listed)s listed.",
                 edition=statement.edition, listed=statement.listed)
    assert isinstance(statement, AssentStatement)
    who = statement.signatory
    name = who.listed_as if isinstance(who, Signatory) else _("An organisation that is not named")
    return {
        "approve": _("%(name)s approves version %(number)s.", name=name, number=statement.version),
        "decline": _("%(name)s declines version %(number)s.", name=name, number=statement.version),
        "withdraw": _("%(name)s withdraws.", name=name),
    }[statement.decision]


def leaf(view: EntryView) -> str:
    """The entry's leaf hash in the tree (RFC 6962)."""
    return leaf_hash(view.logged.entry).hex()


def pretty(payload: bytes) -> str:
    """The payload laid out for reading; the bytes that count are the entry's own."""
    return json.dumps(json.loads(payload), ensure_ascii=False, indent=2)
