"""Log entries in words: what each statement says, for people who do not read JSON."""

from __future__ import annotations

import json
from collections.abc import Collection

from signing.evidence.merkle import leaf_hash
from signing.evidence.signatory import Commitment, Signatory
from signing.evidence.statement import AssentStatement, CloseStatement, KeyStatement, LetterStatement, Statement
from signing.web.page import _
from signing.workflow.auditing import EntryView


def in_words(statement: Statement, coordinators: Collection[str] = ()) -> str:
    """One sentence about a statement; `coordinators` are the names of the coordinators' keys."""
    if isinstance(statement, LetterStatement):
        return _("Version %(number)s of the letter was opened.", number=statement.version)
    if isinstance(statement, CloseStatement):
        return _closed(statement)
    if isinstance(statement, KeyStatement):
        return _key(statement, coordinators)
    assert isinstance(statement, AssentStatement)
    name = _name(statement.signatory)
    words = {
        "approve": _("%(name)s approves version %(number)s.", name=name, number=statement.version),
        "decline": _("%(name)s declines version %(number)s.", name=name, number=statement.version),
        "withdraw": _("%(name)s withdraws.", name=name),
    }[statement.decision]
    if statement.accepts:
        words += " " + _("Corrected spaces, quotation marks and dashes are accepted too.")
    return words


def coordinators_of(statements: Collection[Statement]) -> frozenset[str]:
    """The names of all keys that these statements know as coordinators'."""
    return frozenset(
        key.key for each in statements if isinstance(each, LetterStatement) for key in each.coordinators
    )


def key_kind(scheme: str) -> str:
    """What people call a key of this scheme."""
    return {
        "ed25519": _("browser key"), "p256": _("browser key"), "webauthn": _("passkey"), "sshsig": _("SSH key"),
        "openpgp": _("OpenPGP key"),
    }.get(scheme, scheme)


def withheld(count: int) -> str:
    """The line that stands for the confidential, the same words as in the PDF."""
    if count == 1:
        return _("and 1 organisation whose name is withheld for its safety")
    return _("and %(count)s organisations whose names are withheld for their safety", count=f"{count:,}")


def leaf(view: EntryView) -> str:
    """The entry's leaf hash in the tree (RFC 6962)."""
    return leaf_hash(view.logged.entry).hex()


def pretty(payload: bytes) -> str:
    """The payload laid out for reading; the bytes that count are the entry's own."""
    return json.dumps(json.loads(payload), ensure_ascii=False, indent=2)


def _name(who: Signatory | Commitment) -> str:
    return who.listed_as if isinstance(who, Signatory) else _("An organisation that is not named")


def _closed(statement: CloseStatement) -> str:
    words = _("The letter was closed, edition %(edition)s: %(listed)s listed.",
              edition=statement.edition, listed=statement.listed)
    if statement.confidential:
        words = f"{words.removesuffix('.')}, {withheld(statement.confidential)}."
    return words


def _key(statement: KeyStatement, coordinators: Collection[str]) -> str:
    name, kind = _name(statement.signatory), key_kind(statement.bound.scheme)
    if statement.action == "revoke":
        words = _("%(name)s: a %(kind)s no longer counts.", name=name, kind=kind)
        if statement.compromised_since:
            words += " " + _("It is said to have been in other hands since %(when)s.", when=statement.compromised_since)
        return words
    if statement.basis == "code":
        words = _("%(name)s may sign with a %(kind)s: the code we mailed was answered.", name=name, kind=kind)
    elif statement.basis == "continuity":
        words = _("%(name)s may sign with a %(kind)s: the same as in an earlier letter.", name=name, kind=kind)
    elif statement.by in coordinators:
        words = _("%(name)s may sign with a %(kind)s: the coordinator vouches for it.", name=name, kind=kind)
    else:
        words = _("%(name)s may sign with a %(kind)s: an older key of theirs says so.", name=name, kind=kind)
    if statement.until:
        words += " " + _("It ends at %(when)s.", when=statement.until)
    return words
