"""The clock work on logs, beside the mails: what outsiders are to sign is brought to them; may import `workflow`.

Each keeper looks what is due at `now`, does it, and remembers its own failures. One that fails keeps neither the
others nor the mails from their turn, so this runs in a thread of its own.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from signing.domain.errors import Unavailable

# So long after an entry, at the latest, somebody looks whether it is due.
LOOK_SECONDS = 5.0

log = logging.getLogger(__name__)


class Keeper(Protocol):
    """One kind of work on logs: stamps, cosignatures."""

    def run(self, now: datetime) -> None:
        """Do what is due at `now`; called every few seconds, so what failed is put off by the keeper itself.

        May raise Unavailable when the database cannot be used.
        """


class LogKeeper:
    """Lets every keeper have its turn, again and again."""

    def __init__(self, clock: Callable[[], datetime], keepers: Sequence[Keeper]) -> None:
        self._clock = clock
        self._keepers = tuple(keepers)
        self._pause = threading.Event()

    def run_once(self) -> None:
        """One turn for each keeper, whatever happens to another."""
        for keeper in self._keepers:
            try:
                keeper.run(self._clock())
            except Unavailable:
                log.warning("the database cannot be used; logs are looked after later")
            except Exception as error:
                log.error("%s has failed: %s; trying again", type(keeper).__name__, type(error).__qualname__)

    def run_forever(self, stop: Callable[[], bool]) -> None:
        """Turn after turn until `stop()` is true."""
        while self._keepers and not stop():
            self.run_once()
            self._pause.wait(LOOK_SECONDS)

    def start_beside(self, stop: Callable[[], bool]) -> threading.Thread:
        """Run until `stop()` in a thread that does not keep the process alive: what it does not finish, the next
        process does."""
        thread = threading.Thread(target=self.run_forever, args=(stop,), name="log keeper", daemon=True)
        thread.start()
        return thread
