"""Openings: the file that says whose a commitment is, for the contact and the coordinator alone (EVIDENCE 4.3)."""

from __future__ import annotations

from dataclasses import dataclass

from signing.domain.errors import NotFound
from signing.domain.organisation import RosterEntry
from signing.evidence.statement import commitment_of
from signing.workflow.contact_access import Access, invited
from signing.workflow.ports import Services


@dataclass(frozen=True, slots=True)
class Opening:
    """`sha256sum` of the file is the commitment."""

    commitment: str
    content: bytes
    filename: str


def opening(services: Services, access: Access) -> Opening:
    """The invited organisation's own opening. Raises the link refusals, NotFound when nothing of it is hidden."""
    with services.unit_of_work() as uow:
        return _of(invited(services, uow, access, services.clock()).entry)


def opening_of(services: Services, letter_id: str, organisation_id: str) -> Opening:
    """An organisation's opening, for the coordinator. Raises NotFound."""
    with services.unit_of_work() as uow:
        return _of(uow.roster.entry(letter_id, organisation_id))


def _of(entry: RosterEntry | None) -> Opening:
    if entry is None or entry.opening is None:
        raise NotFound("Nothing of this organisation stands under a commitment in this letter.", code="no-opening")
    commitment = commitment_of(entry.opening)
    # The name of a file travels further than the file: it says which commitment, not whose.
    filename = f"{entry.letter_id}-{commitment.removeprefix('sha256:')[:16]}.opening.json"
    return Opening(commitment, entry.opening, filename)
