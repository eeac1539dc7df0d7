"""Brings each letter's newest checkpoint to the witnesses and keeps their cosignatures; may import `outsiders`.

In the background, beside stamping: no answer to a contact waits for it. A witness sees origin, size and root, never
a name. Nothing it answers is stored before its own key has verified it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Final

from signing.adapters.outsiders import ask
from signing.domain.errors import Refusal, Unavailable
from signing.domain.letter import Letter
from signing.evidence.checkpoint import number_of
from signing.evidence.errors import EvidenceError
from signing.evidence.merkle import consistency_ranges
from signing.evidence.note import Note, NoteKey
from signing.evidence.policy import Policy
from signing.evidence.witness import CONFLICT, OK, UNPROCESSABLE, add_checkpoint_body
from signing.workflow import auditing
from signing.workflow.appending import checkpoint_note, sound_head
from signing.workflow.evidence_ports import Cosignature
from signing.workflow.ports import LogHead, Services
from signing.workflow.witness_state import QUORUM_WITHIN, keys_of, witness_state

TIMEOUT: Final = 10.0
MAX_ANSWER_BYTES: Final = 64_000
# The size the witness holds is not known, then told, and may have changed again meanwhile.
TRIES: Final = 3
FIRST_PAUSE: Final = timedelta(seconds=10)
LONGEST_PAUSE: Final = timedelta(minutes=10)
SAY_AGAIN: Final = timedelta(hours=1)

log = logging.getLogger(__name__)


class NotReached(Exception):
    """The witness gave no answer that could be read; the message says why, for the operator."""


def post(url: str, body: bytes, seconds: float = TIMEOUT) -> tuple[int, bytes]:
    """Submit a body to a witness; its status and answer.

    Raises:
        NotReached: when there is no answer in time, or it is too long to be one.
    """
    try:
        answer = ask(
            f"{url.rstrip('/')}/add-checkpoint", body, {"Content-Type": "text/plain; charset=utf-8"},
            seconds=seconds, limit=MAX_ANSWER_BYTES,
        )
    except (OSError, HTTPException, ValueError) as error:
        raise NotReached(f"{type(error).__name__}: {error}") from error
    return answer.status, answer.body


class WitnessKeeper:
    """Asks, stores, and is loud when too few have cosigned for too long; any number may run at once."""

    def __init__(self, services: Services, policy: Policy) -> None:
        self._services = services
        self._policy = policy
        self._held: dict[tuple[str, str], int] = {}
        self._pauses: dict[tuple[str, str], tuple[timedelta, datetime]] = {}
        self._said: dict[str, datetime] = {}

    def run(self, now: datetime) -> None:
        """Bring every letter's newest checkpoint to the witnesses that have not cosigned it yet.

        Raises:
            Unavailable: when the database cannot be used.
        """
        for letter in auditing.letters(self._services):
            try:
                self._keep(letter, now)
            except Unavailable:
                raise
            except Refusal as refusal:
                if self._is_news(f"{letter.id} {refusal.code}", now):
                    log.critical("The log of letter %s goes to no witness: %s", letter.id, refusal.message)

    def _keep(self, letter: Letter, now: datetime) -> None:
        head = sound_head(self._services, letter)
        with self._services.unit_of_work() as uow:
            present = keys_of(self._policy, uow.cosignatures.over(letter.id, head.size))
        for name, url in self._policy.urls.items():
            key = self._policy.witnesses[name]
            if head.size and key not in present and not self._rests((name, ""), now):
                line = None if self._rests((name, letter.id), now) else self._ask(letter, head, name, url, now)
                if line is not None:
                    present.add(key)
                    with self._services.unit_of_work(write=True) as uow:
                        uow.cosignatures.add(Cosignature(letter.id, head.size, key.vkey, line, now))
                        uow.commit()
        if not self._policy.is_met(present):
            self._complain(letter, now)

    def _ask(self, letter: Letter, head: LogHead, name: str, url: str, now: datetime) -> bytes | None:
        """The verified cosignature line of one witness, None when it gives none now."""
        note = self._note(letter, head)
        old = min(self._held.get((name, letter.id), 0), head.size)
        for _ in range(TRIES):
            try:
                status, answer = post(url, add_checkpoint_body(old, self._proof(head, old), note))
            except NotReached as error:
                log.warning("Witness %s cannot be reached (%s).", name, error)
                self._rest((name, ""), now)
                return None
            if status == OK:
                return self._taken(letter, head, name, note, answer, now)
            told = _told(answer) if status == CONFLICT else None
            if told is None or told == old or told > head.size:
                self._refused(letter, head, name, status, told, now)
                return None
            old = told
        self._rest((name, letter.id), now)
        return None

    def _taken(
        self, letter: Letter, head: LogHead, name: str, note: bytes, answer: bytes, now: datetime
    ) -> bytes | None:
        line = cosignature_in(note, answer, self._policy.witnesses[name])
        if line is None:
            log.error("Witness %s answered with no cosignature of its own key. Compare its line in the policy.", name)
            self._rest((name, ""), now)
            return None
        self._held[name, letter.id] = head.size
        self._pauses.pop((name, ""), None)
        self._pauses.pop((name, letter.id), None)
        return line

    def _refused(
        self, letter: Letter, head: LogHead, name: str, status: int, told: int | None, now: datetime
    ) -> None:
        self._rest((name, letter.id), now)
        if told is not None and told > head.size:
            if sound_head(self._services, letter).size >= told:
                return  # the log has grown while this was asked
            log.critical(
                "Witness %s has cosigned %d entries of letter %s, and this database holds %d: it was probably "
                "restored from a backup. Stop the service and restore the newest one.",
                name, told, letter.id, head.size,
            )
        elif status in (CONFLICT, UNPROCESSABLE):
            log.critical(
                "Witness %s says that the log of letter %s does not continue what it has cosigned (%d). Stop the "
                "service, keep the database as it is, and compare with the receipts people hold.",
                name, letter.id, status,
            )
        else:
            log.error(
                "Witness %s refuses the log of letter %s (%d). Does it have our trust file?", name, letter.id, status
            )

    def _note(self, letter: Letter, head: LogHead) -> bytes:
        return checkpoint_note(self._services, letter.origin, head.size, head.frontier.root())

    def _proof(self, head: LogHead, old: int) -> list[bytes]:
        if not 0 < old < head.size:
            return []
        with self._services.unit_of_work() as uow:
            return uow.log.roots(head.letter_id, consistency_ranges(old, head.size))

    def _complain(self, letter: Letter, now: datetime) -> None:
        state = witness_state(self._services, letter.id)
        if state is None or not state.late or not self._is_news(letter.id, now):
            return
        log.critical(
            "The log of letter %s waits for its witnesses since %s, longer than %d minutes: %d of %d entries are "
            "cosigned by a quorum; missing: %s.",
            letter.id, state.waiting_since, QUORUM_WITHIN.total_seconds() // 60, state.covered, state.size,
            ", ".join(state.missing),
        )

    def _is_news(self, what: str, now: datetime) -> bool:
        """Whether this was not said within the hour; it is taken as said now."""
        if now - self._said.get(what, now - SAY_AGAIN) < SAY_AGAIN:
            return False
        self._said[what] = now
        return True

    def _rests(self, what: tuple[str, str], now: datetime) -> bool:
        return what in self._pauses and now < self._pauses[what][1]

    def _rest(self, what: tuple[str, str], now: datetime) -> None:
        pause = min(2 * self._pauses[what][0], LONGEST_PAUSE) if what in self._pauses else FIRST_PAUSE
        self._pauses[what] = pause, now + pause


def cosignature_in(note: bytes, answer: bytes, key: NoteKey) -> bytes | None:
    """The line of this key in a witness's answer, if it verifies over the note; lines of other keys are ignored."""
    try:
        whole = Note.from_bytes(note + answer)
        if key not in whole.verify([key]):
            return None
    except EvidenceError:
        return None
    return next(line.to_line() for line in whole.signatures if (line.name, line.key_id) == (key.name, key.id))


def _told(answer: bytes) -> int | None:
    try:
        return number_of(answer.decode("ascii").removesuffix("\n"))
    except (UnicodeDecodeError, EvidenceError):
        return None


def unreachable(policy: Policy) -> Iterable[str]:
    """The witnesses whose line in the policy gives no address."""
    return [name for name in policy.witnesses if name not in policy.urls]
