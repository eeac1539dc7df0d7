"""The clock work on letters: what happens at its time even if everybody sleeps; may import `workflow`.

A `Duty` names the letters on which something may be due, which costs one read, and does it for one of them. The use
case looks once more under the letter's lock whether it is due, so that any number of workers may run at once and a
clock that jumped costs nothing twice. Each duty fails alone, and on each letter alone: what failed has to wait.

To add one: write the two functions in `workflow/`, and a line in `bootstrap.clock_keeper`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from signing.domain.errors import Unavailable
from signing.workflow.ports import Services

# So long after its time, at the latest, a duty has its turn.
LOOK_SECONDS = 5.0
# What failed is put off by so much: nobody needs the same line in the log every few seconds.
PUT_OFF = timedelta(minutes=5)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Duty:
    """`due` gives the ids of the letters on which something may be to do now (or whatever else `do` takes), `do` does
    it for one. `every`: `due` is asked no more often."""

    name: str
    due: Callable[[Services], Iterable[str]]
    do: Callable[[Services, str], object]
    every: timedelta = timedelta(0)


@dataclass(slots=True)
class _Diary:
    """When a duty may be asked again, and when each letter that it failed on."""

    asked_at: datetime | None = None
    put_off: dict[str, datetime] = field(default_factory=dict)


class ClockKeeper:
    """Gives every duty its turn, again and again."""

    def __init__(self, services: Services, duties: Sequence[Duty]) -> None:
        self._services = services
        self._duties = tuple(duties)
        self._diaries = {duty.name: _Diary() for duty in self._duties}
        self._pause = threading.Event()

    def run_once(self) -> None:
        """One turn for each duty, whatever happens to another."""
        for duty in self._duties:
            try:
                self._turn(duty, self._diaries[duty.name], self._services.clock())
            except Unavailable:
                log.warning("the database cannot be used; the clock's work is done later")
                return
            except Exception as error:
                log.error("%s: cannot tell what is due: %s; trying again", duty.name, type(error).__qualname__)

    def _turn(self, duty: Duty, diary: _Diary, now: datetime) -> None:
        # Either way, so that a clock that was set back does not keep it from its turn.
        if diary.asked_at is not None and abs(now - diary.asked_at) < duty.every:
            return
        diary.asked_at = now
        for letter_id in tuple(duty.due(self._services)):
            failed_at = diary.put_off.get(letter_id)
            if failed_at is not None and abs(now - failed_at) < PUT_OFF:
                continue
            try:
                duty.do(self._services, letter_id)
            except Unavailable:
                raise
            except Exception as error:
                diary.put_off[letter_id] = now
                log.error("%s of letter %s failed: %s; trying again", duty.name, letter_id, type(error).__qualname__)
            else:
                diary.put_off.pop(letter_id, None)

    def run_forever(self, stop: Callable[[], bool]) -> None:
        """Turn after turn until `stop()` is true."""
        while self._duties and not stop():
            self.run_once()
            self._pause.wait(LOOK_SECONDS)

    def start_beside(self, stop: Callable[[], bool]) -> threading.Thread:
        """Run until `stop()` in a thread that does not keep the process alive: what it does not finish, the next
        process does."""
        thread = threading.Thread(target=self.run_forever, args=(stop,), name="clock keeper", daemon=True)
        thread.start()
        return thread
