"""The report's row for each organisation (EVIDENCE 4.9, step 12); may import `ledger`, `report`, `statement`."""

from collections.abc import Set

from .ledger import Answer, Ledger
from .report import OrganisationRow
from .signatory import Commitment, Signatory
from .statement import AssentStatement


def rows_of(ledger: Ledger) -> list[OrganisationRow]:
    """Say what is known of each organisation's newest answer, and whether the current edition lists it."""
    approvals = ledger.closings[-1].approvals if ledger.closings else ()
    listed = {answer.statement.signatory.identity for answer in approvals}
    return [_row(ledger, answer, listed) for answer in ledger.live.values()]


def _row(ledger: Ledger, answer: Answer, listed: Set[str]) -> OrganisationRow:
    statement, signatory = answer.statement, answer.statement.signatory
    named = isinstance(signatory, Signatory)
    carried = ledger.stands(answer) and statement.version != ledger.versions[-1].statement.version
    return OrganisationRow(
        name=_name_of(signatory),
        org=signatory.identity if named else None,
        decision=statement.decision,
        listed=named and signatory.identity in listed,
        level=1,
        level_name="attested",
        key=statement.by,
        bound_by="attestor",
        version=statement.version,
        carried_from=statement.version if carried else None,
        index=answer.index,
        claimed_time=statement.time,
        not_before=None,
        not_after=None,
    )


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
    )


def _name_of(signatory: Signatory | Commitment) -> str:
    return signatory.listed_as if isinstance(signatory, Signatory) else f"confidential ({signatory.commitment})"
