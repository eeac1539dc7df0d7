"""The largest head signed for each log, in files outside the database; may import fcntl. Fulfils its port.

A file is overwritten by one write under a lock, but not synced to disk: a log that was committed is durable and
never shorter than its file says, so a file that a power cut made older only guards a little less; it can never be
wrong. It fits one sector, which disks write whole or not at all.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from signing.domain.errors import Refusal
from signing.evidence.base64_text import from_base64, to_base64
from signing.evidence.errors import EvidenceError
from signing.evidence.statement import Head
from signing.workflow.evidence_ports import rolled_back

LONGEST = 4096

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mark:
    """A head as it is kept: origin, size and root, one a line."""

    origin: str
    size: int
    root: bytes

    def to_bytes(self) -> bytes:
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n".encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Mark | None:
        """Read a mark; None when these bytes are not exactly what `to_bytes` writes."""
        try:
            origin, size, root, _ = data.decode().split("\n")
            mark = cls(origin, int(size), from_base64(root))
        except (ValueError, EvidenceError):
            return None
        return mark if mark.to_bytes() == data else None


class HeadUnreadable(Refusal):
    """Nobody can say whether the log was rolled back; the operator's log names the file."""

    code = "log-head-unreadable"


class HighWaterFiles:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def check(self, origin: str, size: int, root: bytes) -> None:
        """Refuse to continue a log from a head that is older than, or differs from, what was signed before.

        Raises:
            Refusal: `log-rolled-back`, or `log-head-unreadable` when nobody can say.
        """
        mark = self._read(origin)
        if mark is not None and (mark.size > size or (mark.size == size and mark.root != root)):
            raise rolled_back()

    def mark(self, origin: str) -> Head | None:
        """The largest head that was signed, None when nothing was."""
        mark = self._read(origin)
        return Head(mark.size, mark.root) if mark else None

    def advance(self, origin: str, size: int, root: bytes) -> None:
        """Remember a committed head; a smaller one than the present is ignored.

        The answer is recorded by now: a file that cannot be read or written is told to the operator's log, and
        the check before the next append refuses where it has to.

        Raises:
            Refusal: `log-rolled-back` when another root was signed at this size.
        """
        path = self._path(origin)
        try:
            file = self._open(path)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                mark = self._mark(origin, path, os.pread(file, LONGEST, 0))
                if mark is not None and mark.size == size and mark.root != root:
                    raise rolled_back()
                if mark is None or mark.size < size:
                    # Never shorter than what stands there: a larger size has no fewer digits.
                    os.pwrite(file, Mark(origin, size, root).to_bytes(), 0)
            finally:
                os.close(file)
        except OSError as error:
            log.critical("%s cannot be written (%s): size %d is not remembered", path, error.strerror, size)
        except HeadUnreadable:
            log.critical("%s: size %d is not remembered", path, size)

    def _open(self, path: str) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        try:
            return os.open(path, flags, 0o600)
        except FileNotFoundError:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(path, flags, 0o600)

    def _path(self, origin: str) -> str:
        # An origin has slashes; its digest has none and is as unique.
        return f"{self._folder}/{hashlib.sha256(origin.encode()).hexdigest()[:32]}.head"

    def _read(self, origin: str) -> Mark | None:
        path = self._path(origin)
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable(path, error.strerror) from error
        try:
            fcntl.flock(file, fcntl.LOCK_SH)
            return self._mark(origin, path, os.pread(file, LONGEST, 0))
        except OSError as error:
            raise _unreadable(path, error.strerror) from error
        finally:
            os.close(file)

    def _mark(self, origin: str, path: str, data: bytes) -> Mark | None:
        if not data:
            return None  # just made, or what a power cut left of it
        mark = Mark.from_bytes(data)
        if mark is None or mark.origin != origin:
            raise _unreadable(path, "it is not what was written")
        return mark


def _unreadable(path: str, why: str | None) -> HeadUnreadable:
    # The reader of the page can do nothing about a file: only the operator is told which one it is.
    log.critical(
        "%s cannot be read (%s), so nobody can say whether the log was rolled back. Compare the log with the "
        "receipts people hold; if it is whole, remove the file.", path, why,
    )
    return HeadUnreadable(
        "The service can no longer tell whether its records are complete, so it records nothing more for now. "
        "Nothing you sent is half there. Please come back later."
    )
