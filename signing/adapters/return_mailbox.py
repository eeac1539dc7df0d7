"""The mailbox that mail servers send undeliverable mails back to: a Maildir, or IMAP; may import mailbox and imaplib.

A mail is handled once: what was noted is put away (`cur/`, or \\Seen), and only then. Whoever is interrupted in between
finds it again, and noting it again changes nothing.
"""

from __future__ import annotations

import imaplib
import os
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from signing.adapters.bounces import LARGEST

PATIENCE = 15.0
AT_ONCE = 100


class Unreadable(Exception):
    """The mailbox cannot be read now; `reason` holds no password."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ReturnedMail:
    """The beginning of one mail; `name` is what its mailbox calls it."""

    name: str
    beginning: bytes


class ReturnMailbox(Protocol):
    """Where bounces come to."""

    def waiting(self) -> Sequence[ReturnedMail]:
        """Some of the mails that nobody has put away. Raises Unreadable."""

    def put_away(self, mails: Sequence[ReturnedMail]) -> None:
        """Never give these again. Raises Unreadable."""

    def check(self) -> None:
        """Raise Unreadable when the mailbox could not be read now."""


class ReturnMaildir:
    """A Maildir that the mail server of this machine delivers to."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def waiting(self) -> Sequence[ReturnedMail]:
        """Some of the mails in `new/`. Raises Unreadable."""
        mails: list[ReturnedMail] = []
        with _readable():
            names = sorted(os.listdir(self._path / "new"))
        for name in names:
            if len(mails) == AT_ONCE:
                break
            if (mail := self._read(name)) is not None:
                mails.append(mail)
        return mails

    def _read(self, name: str) -> ReturnedMail | None:
        """One mail; None where another worker was quicker, and for what is no mail."""
        path = self._path / "new" / name
        try:
            if path.is_symlink() or not path.is_file():
                return None
            with path.open("rb") as file:
                return ReturnedMail(name, file.read(LARGEST))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreadable(f"{error.strerror}") from None

    def put_away(self, mails: Sequence[ReturnedMail]) -> None:
        """Move them to `cur/`, as seen. Raises Unreadable."""
        with _readable():
            (self._path / "cur").mkdir(mode=0o700, exist_ok=True)
            for mail in mails:
                try:
                    os.rename(self._path / "new" / mail.name, self._path / "cur" / f"{mail.name}:2,S")
                except FileNotFoundError:
                    # Another worker has put it away.
                    continue

    def check(self) -> None:
        """Raise Unreadable when there is no such Maildir, or none that can be changed."""
        with _readable():
            os.listdir(self._path / "new")
        if not os.access(self._path / "new", os.W_OK) or not os.access(self._path, os.W_OK):
            raise Unreadable("it cannot be changed, so no mail could be put away")


class ReturnImap:
    """A folder (INBOX, if none is named) of an account at `imaps://user:password@host/folder`."""

    def __init__(self, url: str, *, patience: float = PATIENCE, context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or (993 if parts.scheme == "imaps" else 143)
        self._secure = parts.scheme == "imaps"
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._folder = unquote(parts.path.strip("/")) or "INBOX"
        self._patience = patience
        self._context = context

    def waiting(self) -> Sequence[ReturnedMail]:
        """The beginning of some of the mails that are not \\Seen. Raises Unreadable."""
        with self._opened(readonly=True) as talk:
            _, found = talk.uid("SEARCH", "UNSEEN")
            names = [each for row in found if row for each in row.split()][:AT_ONCE]
            mails = []
            for name in names:
                _, parts = talk.uid("FETCH", name.decode(), f"(BODY.PEEK[]<0.{LARGEST}>)")
                content = next((part[1] for part in parts if isinstance(part, tuple)), b"")
                mails.append(ReturnedMail(name.decode(), content[:LARGEST]))
            return mails

    def put_away(self, mails: Sequence[ReturnedMail]) -> None:
        """Flag them \\Seen. Raises Unreadable."""
        if not mails:
            return
        with self._opened(readonly=False) as talk:
            talk.uid("STORE", ",".join(mail.name for mail in mails), "+FLAGS.SILENT", "(\\Seen)")

    def check(self) -> None:
        """Raise Unreadable when the server, the login or the folder is not right."""
        with self._opened(readonly=False):
            pass

    @contextmanager
    def _opened(self, *, readonly: bool) -> Iterator[imaplib.IMAP4]:
        with _readable():
            talk = self._connected()
            try:
                talk.login(self._user, self._password)
                state, _ = talk.select(f'"{self._folder}"', readonly=readonly)
                if state != "OK":
                    raise Unreadable(f"there is no folder {self._folder}")
                yield talk
                talk.close()
            finally:
                talk.shutdown()

    def _connected(self) -> imaplib.IMAP4:
        if not self._secure:
            return imaplib.IMAP4(self._host, self._port, timeout=self._patience)
        context = self._context or ssl.create_default_context()
        return imaplib.IMAP4_SSL(self._host, self._port, ssl_context=context, timeout=self._patience)


def open_returns(address: str) -> ReturnMailbox:
    """The mailbox of the setting SIGNING_BOUNCES."""
    return ReturnImap(address) if address.startswith(("imaps://", "imap://")) else ReturnMaildir(Path(address))


@contextmanager
def _readable() -> Iterator[None]:
    """Whatever a mailbox says is one thing to whoever asked; the server's own words may quote the login."""
    try:
        yield
    except imaplib.IMAP4.error as error:
        raise Unreadable(f"the mail server refuses ({type(error).__qualname__})") from None
    except OSError as error:
        raise Unreadable(error.strerror or type(error).__name__) from None
