"""Whether this process could record an answer now, asked at most every two seconds, however often it is wanted."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from signing.domain.errors import Unavailable
from signing.workflow.ports import Services

LASTS = timedelta(seconds=2)


class Readiness:
    """One verdict for all who ask, so that asking can never keep contacts from their turn."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._looking = threading.Lock()
        self._looked_at: datetime | None = None
        self._trouble: str | None = None

    def check(self) -> None:
        """Raise Unavailable when the database cannot be written, as far as was known a moment ago."""
        # While one asks the database, others take the last verdict; only at the very start they wait for the first.
        if self._is_old() and self._looking.acquire(blocking=self._looked_at is None):
            try:
                if self._is_old():
                    self._trouble = self._look()
                    self._looked_at = self._services.clock()
            finally:
                self._looking.release()
        if self._trouble is not None:
            raise Unavailable(self._trouble)

    def _is_old(self) -> bool:
        return self._looked_at is None or self._services.clock() - self._looked_at >= LASTS

    def _look(self) -> str | None:
        """A write transaction that is rolled back: it proves that one is possible and changes nothing."""
        try:
            with self._services.unit_of_work(write=True) as uow:
                uow.letters.get("")
        except Unavailable as unavailable:
            return unavailable.message
        return None
