"""A published letter's log as anybody may read it: the checkpoint with its cosignatures, and the tiles of hashes.

Entries are not served here (EVIDENCE 2.8, DESIGN 9): they travel in bundles.
"""

from __future__ import annotations

from signing.domain.errors import NotFound
from signing.domain.letter import Letter
from signing.evidence.errors import EvidenceError
from signing.evidence.tiles import Tile
from signing.workflow.appending import checkpoint_note, sound_head
from signing.workflow.ports import Services
from signing.workflow.publishing import published_letter


def cosigned_checkpoint(services: Services, letter: Letter) -> bytes:
    """The note over the newest committed entry, and the cosignatures there are over that size so far.

    Raises Refusal `log-rolled-back`.
    """
    head = sound_head(services, letter)
    with services.unit_of_work() as uow:
        lines = [each.line for each in uow.cosignatures.over(letter.id, head.size)]
    return checkpoint_note(services, letter.origin, head.size, head.frontier.root()) + b"".join(lines)


def published_checkpoint(services: Services, letter_id: str) -> bytes:
    """The cosigned checkpoint of a published letter. Raises NotFound, Refusal `log-rolled-back`."""
    with services.unit_of_work() as uow:
        letter = published_letter(uow, letter_id, services.clock())
    return cosigned_checkpoint(services, letter)


def published_tile(services: Services, letter_id: str, path: str) -> bytes:
    """The hashes of a tile, named as C2SP tlog-tiles names it (`tile/0/000.p/3`).

    Every hash is read from the last entry under it, so that no tile takes more than 256 entries, whatever its
    level. Raises NotFound for a letter that is not published, no tile, or one the log does not have yet.
    """
    with services.unit_of_work() as uow:
        published_letter(uow, letter_id, services.clock())
        try:
            tile = Tile.from_path(path)
        except EvidenceError:
            raise NotFound("The log has no such tile.") from None
        if not tile.is_in(uow.log.head(letter_id).size):
            raise NotFound("The log has no such tile.")
        return b"".join(uow.log.roots(letter_id, tile.ranges()))
