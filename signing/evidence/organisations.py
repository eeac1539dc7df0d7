"""The report's rows: each organisation, who signed letter and list, the words (EVIDENCE 4.9, step 12).

May import the rooms here.
"""

from collections.abc import Mapping, Sequence, Set
from typing import Final, overload

from .bindings import ATTESTOR, BoundKey
from .ledger import Answer, Ledger
from .moments import text_of
from .phrase import phrase, words_digest
from .report import OrganisationRow, SignerRow
from .signatory import Commitment, Signatory
from .statement import AssentStatement

LEVEL_NAMES: Final = {1: "attested", 2: "browser key", 3: "passkey", 4: "own key"}


class Rows(Sequence[OrganisationRow]):
    """What is known of each organisation's newest answer, and whether the current edition lists it.

    `opened` are the names behind those commitments for which an opening was shown. A row is made when it is asked
    for: a letter can have a hundred thousand.
    """

    def __init__(self, ledger: Ledger, opened: Mapping[str, Signatory]) -> None:
        approvals = ledger.closings[-1].approvals if ledger.closings else ()
        self._listed = frozenset(answer.identity for answer in approvals)
        self._answers = list(ledger.live.values())
        self._ledger = ledger
        self._opened = opened

    def __len__(self) -> int:
        """Give the number of organisations."""
        return len(self._answers)

    @overload
    def __getitem__(self, place: int) -> OrganisationRow: ...

    @overload
    def __getitem__(self, place: slice) -> list[OrganisationRow]: ...

    def __getitem__(self, place: int | slice) -> OrganisationRow | list[OrganisationRow]:
        """Make one row, or a range of them."""
        if isinstance(place, slice):
            return [self._row(answer) for answer in self._answers[place]]
        return self._row(self._answers[place])

    def _row(self, answer: Answer) -> OrganisationRow:
        return _row(self._ledger, answer, self._listed, self._opened)


def _row(ledger: Ledger, answer: Answer, listed: Set[str], opened: Mapping[str, Signatory]) -> OrganisationRow:
    signatory, bound, bounds = answer.signatory, answer.bound, ledger.bounds
    shown = opened.get(answer.identity, signatory)
    carried = ledger.stands(answer) and answer.version != ledger.versions[-1].statement.version
    return OrganisationRow(
        name=_name_of(shown),
        org=shown.identity if isinstance(shown, Signatory) else None,
        decision=answer.decision,
        listed=isinstance(signatory, Signatory) and signatory.identity in listed,
        level=answer.level,
        level_name=LEVEL_NAMES[answer.level],
        key=answer.key.key,
        bound_by="attestor" if bound is None else vouchers_of(bound),
        version=answer.version,
        carried_from=answer.version if carried else None,
        index=answer.index,
        claimed_time=answer.time,
        not_before=text_of(bounds.not_before(answer.head_size)) if bounds is not None else None,
        not_after=text_of(bounds.not_after(answer.index)) if bounds is not None else None,
        confidential=isinstance(signatory, Commitment),
        same_key_since=bound.same_since if bound is not None else None,
        synced_passkey=answer.synced,
        rekeyed=bound is not None and bound.rekeyed,
        disputed=ledger.is_disputed(answer),
        signature_checked=answer.checked,
    )


def vouchers_of(bound: BoundKey) -> str:
    """Say who vouched for a key, each once, in the order of the log."""
    words: list[str] = []
    for bind in bound.binds:
        basis = f"{ATTESTOR} ({bind.basis})"
        words += [basis if signer == ATTESTOR else signer for signer in bind.signers]
        if bind.parent is not None:
            words.append(f"the organisation's own key {bind.parent.key.key}")
    return ", ".join(dict.fromkeys(words))


def signers_of(ledger: Ledger) -> list[SignerRow]:
    """Say who signed each version and each closing."""
    rows: list[SignerRow] = []
    named = ledger.versions[0].statement.coordinators if ledger.versions else ()
    for version in ledger.versions:
        scheme = next((key.scheme for key in named if key.key == version.statement.by), "")
        rows.append(SignerRow(f"Version {version.statement.version}", version.index, version.statement.by, scheme))
        named = version.statement.coordinators
    for closing in ledger.closings:
        key = closing.version.coordinator(closing.statement.by)
        scheme = key.scheme if key is not None else ""
        rows.append(SignerRow(f"Edition {closing.statement.edition}", closing.index, closing.statement.by, scheme))
    return rows


def words_of(ledger: Ledger) -> dict[str, str] | None:
    """Give the fingerprint of the newest version's words, in hexadecimal and as a phrase; None without a version."""
    if not ledger.versions:
        return None
    files = ledger.versions[-1].statement.languages()
    digest = words_digest({language: file.sha256 for language, file in files.items()})
    return {"sha256": digest, "phrase": phrase(digest)}


def row_of_receipt(statement: AssentStatement, index: int) -> OrganisationRow:
    """Say what a receipt's entry says; its level and listing are for the bundle to show."""
    signatory = statement.signatory
    named = isinstance(signatory, Signatory)
    return OrganisationRow(
        name=_name_of(signatory),
        org=signatory.identity if named else None,
        decision=statement.decision,
        listed=False,
        level=0,
        level_name="not checked",
        key=statement.by,
        bound_by="nobody this check knows",
        version=statement.version,
        carried_from=None,
        index=index,
        claimed_time=statement.time,
        not_before=None,
        not_after=None,
        confidential=not named,
        signature_checked=False,
    )


def _name_of(signatory: Signatory | Commitment) -> str:
    return signatory.listed_as if isinstance(signatory, Signatory) else f"confidential ({signatory.commitment})"
