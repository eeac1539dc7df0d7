"""Judges `close` statements as far as the log alone can tell (EVIDENCE 4.9, step 10); `edition` compares the files.

May import the rooms here.
"""

from .entries import Guess, ReadEntry
from .errors import Rejected
from .letter_state import Closing, Walk
from .statement import CloseStatement


def take_close(walk: Walk, entry: ReadEntry, close: CloseStatement, guess: Guess | None) -> None:
    """Take a closing.

    Raises:
        Rejected: `LETTER_UNKNOWN`, `CLOSE_UNSIGNED`, `CLOSE_STALE`, `VERSION_UNKNOWN`, `PREV_BROKEN`.
    """
    version = walk.newest
    if version is None:
        raise Rejected("LETTER_UNKNOWN", "There is no letter yet to close.")
    key = version.coordinator(close.by)
    if key is None:
        raise Rejected("CLOSE_UNSIGNED", "The closing is not signed by a coordinator of the letter.")
    try:
        checked = walk.signatures.is_checked(entry, guess, key, version.place)
    except Rejected as error:
        raise Rejected("CLOSE_UNSIGNED", f"The closing is not signed by its coordinator. {error.message}") from None
    if close.head.size != entry.index:
        raise Rejected("CLOSE_STALE", "The closing is not about the state just before it.")
    if close.version != version.statement.version:
        raise Rejected("VERSION_UNKNOWN", "The closing is not about the newest version.")
    if close.edition != len(walk.ledger.closings) + 1:
        raise Rejected("PREV_BROKEN", "The editions do not follow on one another.")
    if not checked:
        walk.ledger.unchecked.append(entry.index)
    walk.ledger.closings.append(Closing(entry.index, close, version, walk.ledger.approvals()))
