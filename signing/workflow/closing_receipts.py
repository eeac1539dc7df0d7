"""The second receipt, against the checkpoint of the closing (EVIDENCE 4.6): the answer is in what was signed.

Only the few entries that a path needs are read, however long the log is.
"""

from __future__ import annotations

from dataclasses import dataclass

from signing.domain.errors import NotFound
from signing.evidence.merkle import inclusion_ranges
from signing.evidence.receipt import Receipt
from signing.workflow.appending import checkpoint_note, sound_head
from signing.workflow.contact_access import Access, invited
from signing.workflow.ports import LoggedEntry, Services, UnitOfWork


@dataclass(frozen=True, slots=True)
class ClosingReceipt:
    """The proof that entry `index` is in the tree that `size` entries made, the closing being the last of them."""

    index: int
    size: int
    edition: int
    receipt: bytes
    filename: str


def closing_receipt(services: Services, access: Access) -> ClosingReceipt:
    """The receipt of the organisation's newest answer before the newest closing, in the tree of that closing.

    Raises the link refusals, NotFound `not-closed` and `no-answer`, Refusal `log-rolled-back`.
    """
    with services.unit_of_work() as uow:
        seen = invited(services, uow, access, services.clock())
        letter = seen.letter
        edition = uow.editions.newest(letter.id)
        if edition is None:
            raise NotFound("This letter is not closed yet.", code="not-closed")
        answers = uow.answers.of_organisation(letter.id, seen.entry.organisation_id)
        before = [answer.index for answer in answers if answer.index < edition.index]
        if not before:
            raise NotFound("Your organisation had not answered when the letter was closed.", code="no-answer")
        index, size = before[-1], edition.index + 1
        entry = _entry(uow, letter.id, index)
        closing = _entry(uow, letter.id, edition.index)
        path = uow.log.roots(letter.id, inclusion_ranges(index, size))
    sound_head(services, letter)
    note = checkpoint_note(services, letter.origin, size, closing.root)
    return ClosingReceipt(
        index=index,
        size=size,
        edition=edition.number,
        receipt=Receipt(index, tuple(path), note, entry.entry).to_bytes(),
        filename=f"{letter.id}-{index}.closing-{edition.number}.tlog-proof",
    )


def _entry(uow: UnitOfWork, letter_id: str, index: int) -> LoggedEntry:
    logged = uow.log.entry(letter_id, index)
    if logged is None:
        raise NotFound("The log has no such entry.", code="entry-unknown")
    return logged
