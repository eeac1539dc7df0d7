"""The local mailbox of an installation without a mail server; may import mailbox. Fulfils `transport.Transport`.

It is also what the page `/mailbox` reads.
"""

from __future__ import annotations

import mailbox
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path

from signing.adapters.mail_headers import wire
from signing.adapters.transport import Deferred

FOLDER = "mailbox"
NEWEST = 500


@dataclass(frozen=True, slots=True)
class MailSummary:
    """One line of the list of mails."""

    id: str
    to: str
    subject: str
    date: str


class MaildirTransport:
    """A Maildir in the installation's folder."""

    def __init__(self, home: Path) -> None:
        self._path = home / FOLDER

    def send(self, message: EmailMessage, sender: str, to: str) -> str:
        """Keep the mail. Raises Deferred when it cannot be written."""
        try:
            key = self._maildir().add(wire(message, international=True, linesep="\n"))
        except OSError as error:
            raise Deferred(f"the mailbox cannot be written: {error.strerror}", everything=True) from error
        return f"250 kept as {key}"

    def check(self) -> None:
        """Raise Deferred when the folder cannot be made."""
        try:
            self._maildir()
        except OSError as error:
            raise Deferred(f"the mailbox cannot be made: {error.strerror}", everything=True) from error

    def close(self) -> None:
        """Nothing is held open."""

    def messages(self) -> list[MailSummary]:
        """The newest mails, newest first."""
        files = sorted(self._files(), key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
        summaries = []
        for path in files[:NEWEST]:
            with path.open("rb") as file:
                headers = BytesHeaderParser(policy=policy.default).parse(file)
            summaries.append(MailSummary(path.name, str(headers["To"]), str(headers["Subject"]), str(headers["Date"])))
        return summaries

    def message(self, id: str) -> EmailMessage:
        """One mail. Raises KeyError for an unknown id."""
        found = next((path for path in self._files() if path.name == id), None)
        if found is None:
            raise KeyError(id)
        return message_from_bytes(found.read_bytes(), policy=policy.default)

    def _files(self) -> list[Path]:
        folder = self._path / "new"
        return list(folder.iterdir()) if folder.is_dir() else []

    def _maildir(self) -> mailbox.Maildir:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return mailbox.Maildir(self._path, create=True)
