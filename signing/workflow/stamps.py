"""When a letter's log is to be stamped, and whether it was (EVIDENCE 4.5); may import `ports`, `letters`, `domain`.

At opening, at every closing, and once an hour while something changed since. Everything is told from the log and
the stamps themselves, so that every process sees the same and nothing is forgotten when one dies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from signing.domain.letter import Letter
from signing.workflow.evidence_ports import TimeStamp
from signing.workflow.letters import letter_of
from signing.workflow.ports import Services, UnitOfWork

EVERY = timedelta(hours=1)
# A stamp that should be there since so long is missed, and everybody who looks is told.
MISSED_AFTER = timedelta(minutes=15)
CLOSE = "close"


@dataclass(frozen=True, slots=True)
class AuthorityState:
    """What one authority has stamped of a log; `due_since` is when its next stamp became due, None if it is not."""

    newest_size: int
    newest_at: datetime | None
    due_since: datetime | None
    late: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "newest_size": self.newest_size,
            "newest_at": _iso(self.newest_at),
            "due_since": _iso(self.due_since),
            "late": self.late,
        }


@dataclass(frozen=True, slots=True)
class StampState:
    """How a letter's stamps fare; `wanted` is false while there is no log, or no authority to ask."""

    wanted: bool
    newest_size: int
    newest_at: datetime | None
    late: bool
    authorities: Mapping[str, AuthorityState]

    @property
    def warning(self) -> str:
        """What to tell whoever looks after the letter, "" when all is well."""
        late = {name: each for name, each in self.authorities.items() if each.late}
        return "; ".join(
            f"no time stamp by {name}, due since {each.due_since:%Y-%m-%d %H:%M} UTC" for name, each in late.items()
        )

    def to_json(self) -> dict[str, Any]:
        """Give the object of `signing status --json`."""
        return {
            "wanted": self.wanted,
            "newest_size": self.newest_size,
            "newest_at": _iso(self.newest_at),
            "late": self.late,
            "authorities": {name: each.to_json() for name, each in self.authorities.items()},
        }


def stamp_state(services: Services, letter_id: str) -> StampState:
    """How the stamps of this letter fare now, authority by authority; all the same where none is asked.

    Raises NotFound.
    """
    if not services.installation.time_authorities:
        return StampState(wanted=False, newest_size=0, newest_at=None, late=False, authorities={})
    now = services.clock()
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        authorities = {
            name: _authority_state(uow, letter, name, now)
            for name in (services.installation.time_authorities if letter.opened_at is not None else ())
        }
    newest = max(authorities.values(), key=lambda each: each.newest_size, default=None)
    return StampState(
        wanted=bool(authorities),
        newest_size=newest.newest_size if newest else 0,
        newest_at=newest.newest_at if newest else None,
        late=any(each.late for each in authorities.values()),
        authorities=authorities,
    )


def due(services: Services, letter: Letter, now: datetime) -> list[str]:
    """The names of the authorities that are to stamp the newest checkpoint of an opened letter now."""
    with services.unit_of_work() as uow:
        since = {
            name: _due_since(uow, letter, uow.time_stamps.newest(letter.id, name))
            for name in services.installation.time_authorities
        }
    return [name for name, at in since.items() if at is not None and at <= now]


def _authority_state(uow: UnitOfWork, letter: Letter, name: str, now: datetime) -> AuthorityState:
    newest = uow.time_stamps.newest(letter.id, name)
    since = _due_since(uow, letter, newest)
    if since is not None and since > now:
        since = None
    return AuthorityState(
        newest_size=newest.size if newest else 0,
        newest_at=newest.at if newest else None,
        due_since=since,
        late=since is not None and now - since >= MISSED_AFTER,
    )


def _due_since(uow: UnitOfWork, letter: Letter, newest: TimeStamp | None) -> datetime | None:
    """When this authority's next stamp became or becomes due; None as long as nothing changed."""
    size = uow.log.head(letter.id).size
    covered = newest.size if newest else 0
    changed = uow.log.entry(letter.id, covered) if covered < size else None
    if changed is None:
        return None
    if newest is None:
        return changed.at
    hourly = max(changed.at, newest.at + EVERY)
    closed = uow.log.newest(letter.id, CLOSE) if letter.state.closed else None
    return min(hourly, closed.at) if closed is not None and closed.index >= covered else hourly


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")
