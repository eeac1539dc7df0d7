"""Seals what a published letter still lacks, and seals again what nobody would stamp before; may import `workflow`.

A keeper (see `log_keeper`). It runs after those that bring stamps and cosignatures, so that the evidence is whole.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from signing.domain.errors import Refusal, Unavailable
from signing.workflow.ports import Services
from signing.workflow.sealing import seal, unsealed_letters

# Minutes to leave a letter alone after so many tries in a row.
WAITS = (1, 2, 5, 10, 30, 60)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Trouble:
    tries: int
    until: datetime


class SealKeeper:
    """Remembers which letters could not be sealed, and for how long to leave them alone."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._troubles: dict[str, _Trouble] = {}

    def run(self, now: datetime) -> None:
        """Seal what is due. Raises Unavailable."""
        for letter_id in unsealed_letters(self._services):
            trouble = self._troubles.get(letter_id)
            if trouble is None or trouble.until <= now:
                self._seal(letter_id)

    def _seal(self, letter_id: str) -> None:
        try:
            state = seal(self._services, letter_id)
        except Unavailable:
            raise
        except Refusal as refusal:
            self._put_off(letter_id, refusal.message)
            return
        if state.waits_for:
            # The stamps and cosignatures it waits for have keepers of their own, and come within seconds or minutes.
            return
        if state.to_do:
            self._put_off(letter_id, "; ".join(state.warnings))
        else:
            self._troubles.pop(letter_id, None)

    def _put_off(self, letter_id: str, reason: str) -> None:
        before = self._troubles.get(letter_id)
        tries = before.tries + 1 if before else 1
        wait = timedelta(minutes=WAITS[min(tries, len(WAITS)) - 1])
        self._troubles[letter_id] = _Trouble(tries, self._services.clock() + wait)
        log.error("letter %s, try %d: %s", letter_id, tries, reason)
