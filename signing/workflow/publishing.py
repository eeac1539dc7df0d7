"""Publishing: from now on anybody may see a closed letter, sealed, and its log. Needs no signature (DESIGN 5)."""

from __future__ import annotations

from contextlib import suppress

from signing.domain.errors import NotFound, Refusal
from signing.domain.letter import Letter, LetterAction
from signing.workflow import sealing
from signing.workflow.letters import letter_of, locked_letter
from signing.workflow.ports import Services, UnitOfWork


def publish(services: Services, letter_id: str) -> Letter:
    """Publish a letter that has an edition, and seal its PDFs if their evidence is complete; one that is published
    already stays as it is.

    Raises NotFound, NotAllowed for a letter that is not closed.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        state = letter.after(LetterAction.PUBLISH, now)
        if letter.published_at is None:
            uow.letters.set_state(letter_id, state, published_at=now)
            uow.commit()
            letter = letter_of(uow, letter_id)
    if services.sealer is not None:
        # It is published all the same: page and status say what is not sealed yet, and the worker goes on trying.
        with suppress(Refusal):
            sealing.seal(services, letter_id)
    return letter


def published_letter(uow: UnitOfWork, letter_id: str) -> Letter:
    """The letter, if it is published.

    Raises NotFound, in the same words for a letter that is not and for one that does not exist.
    """
    letter = letter_of(uow, letter_id)
    if letter.published_at is None:
        raise NotFound("There is no such letter here.", code="letter-unknown")
    return letter
