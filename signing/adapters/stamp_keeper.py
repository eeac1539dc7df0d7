"""Has the newest checkpoint of every log stamped when that is due; may import `workflow` and `stamping`.

Every authority is asked by itself: one that is down is left alone for a while, the others go on. A failure is
loud: whoever relies on stamps must hear of the missing one while the log can still be stamped.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from signing.adapters.stamping import NoStamp, TimeAuthority
from signing.domain.errors import Refusal, Unavailable
from signing.domain.letter import Letter
from signing.workflow.appending import checkpoint_note, sound_head
from signing.workflow.evidence_ports import TimeStamp
from signing.workflow.ports import Services
from signing.workflow.stamps import MISSED_AFTER, due

# Minutes to leave an authority alone after so many failures in a row.
WAITS = (1, 1, 2, 5, 10)
LOUD_AFTER = 3
# More than this between our clock and the authority's, and its stamp would call honest signers liars.
CLOCKS_DIFFER = timedelta(seconds=120)
CLAIM_SECONDS = 60

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trouble:
    """An authority that failed: how often in a row, since when, and until when it is left alone."""

    tries: int
    since: datetime
    until: datetime


class StampKeeper:
    """A keeper (see `log_keeper`) over the authorities of this installation."""

    def __init__(self, services: Services, authorities: Sequence[TimeAuthority]) -> None:
        self._services = services
        self._authorities = {each.name: each for each in authorities}
        self._troubles: dict[str, Trouble] = {}
        self._unsound: dict[str, datetime] = {}

    def run(self, now: datetime) -> None:
        """Ask every authority that is ready for every stamp that is due. Raises Unavailable."""
        if not any(self._ready(name, now) for name in self._authorities):
            return
        with self._services.unit_of_work() as uow:
            letters = [each for each in uow.letters.all() if each.opened_at is not None]
        for letter in letters:
            if self._unsound.get(letter.id, now) <= now:
                self._look_after(letter, now)

    def _look_after(self, letter: Letter, now: datetime) -> None:
        wanted = [name for name in due(self._services, letter, now) if self._ready(name, now)]
        if not wanted:
            return
        try:
            head = sound_head(self._services, letter)
            # All stamp the same size, so that one that lies can be seen beside the others.
            note = checkpoint_note(self._services, letter.origin, head.size, head.frontier.root())
        except Unavailable:
            raise
        except Refusal as refusal:
            log.critical("letter %s cannot be stamped: %s", letter.id, refusal.message)
            self._unsound[letter.id] = now + timedelta(minutes=WAITS[-1])
            return
        for name in wanted:
            if self._claim(letter, head.size, name):
                self._stamp(letter, head.size, note, self._authorities[name])

    def _ready(self, name: str, now: datetime) -> bool:
        trouble = self._troubles.get(name)
        return name in self._authorities and (trouble is None or trouble.until <= now)

    def _claim(self, letter: Letter, size: int, name: str) -> bool:
        """Whether no other worker asks for this stamp in the same minute; two that do all the same do no harm."""
        key = hashlib.sha256(f"{name} {letter.id} {size}".encode()).digest()
        with self._services.unit_of_work(write=True) as uow:
            count = uow.rates.hit("stamp", key, window=CLAIM_SECONDS, now=self._services.clock())
            uow.commit()
        return count == 1

    def _stamp(self, letter: Letter, size: int, note: bytes, authority: TimeAuthority) -> None:
        asked = self._services.clock()
        try:
            token, at = authority.stamp(note)
            self._compare_clocks(at, asked)
        except NoStamp as failure:
            self._note_failure(authority.name, failure.reason)
            return
        with self._services.unit_of_work(write=True) as uow:
            uow.time_stamps.add(TimeStamp(letter.id, size, authority.name, at, token))
            uow.commit()
        if self._troubles.pop(authority.name, None) is not None:
            log.warning("%s stamps again", authority.name)

    def _compare_clocks(self, at: datetime, asked: datetime) -> None:
        if not asked - CLOCKS_DIFFER <= at <= self._services.clock() + CLOCKS_DIFFER:
            ahead = round((at - asked).total_seconds())
            raise NoStamp(f"Its clock differs from this machine's by {ahead} seconds. Please set this machine's clock.")

    def _note_failure(self, name: str, reason: str) -> None:
        now = self._services.clock()
        before = self._troubles.get(name)
        tries = before.tries + 1 if before else 1
        since = before.since if before else now
        wait = timedelta(minutes=WAITS[min(tries, len(WAITS)) - 1])
        self._troubles[name] = Trouble(tries, since, now + wait)
        loud = tries >= LOUD_AFTER or now - since >= MISSED_AFTER
        log.log(
            logging.CRITICAL if loud else logging.WARNING,
            "no time stamp by %s (try %d since %s): %s",
            name, tries, since.strftime("%Y-%m-%d %H:%M UTC"), reason,
        )  # fmt: skip
