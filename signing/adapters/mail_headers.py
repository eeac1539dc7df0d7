"""The headers of a mail, whatever the names in them hold (FAULTS S9); may import the standard library's email."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime as rfc5322_date
from email.utils import quote
from typing import Any

from signing.adapters.mail_words import plain_line, shortened
from signing.locale import translations
from signing.workflow.mail_ports import Notice

LONGEST = 160
# RFC 2045 6.7 and RFC 2047 2: shorter than what other lines may be.
_ONE_LINE = 76
_ATOMS = re.compile(r"[\w !#$%&'*+/=?^`{|}~-]*", re.ASCII)


class NotAnAddress(Exception):
    """A mail cannot be addressed so."""


class MailPolicy(EmailPolicy):
    """The standard policy, but for words of people: when it folds a quoted name it forgets the quotes, and the name
    may then turn into addresses (CPython gh-80222); a subject that it folds may get blanks of its own."""

    def fold(self, name: str, value: Any) -> str:
        """One header as it goes over the wire."""
        addresses: Sequence[Address] = getattr(value, "addresses", ())
        if len(addresses) == 1:
            return self._named(name, addresses[0])
        if name == "Subject" and not str(value).isascii():
            return f"{name}: {self._encoded(str(value), name)}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """`fold` in bytes."""
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii", "surrogateescape")

    def _encoded(self, words: str, header: str) -> str:
        return Header(words, "utf-8", _ONE_LINE, header).encode(linesep=self.linesep)

    def _named(self, header: str, address: Address) -> str:
        words, place = address.display_name, f"<{address.addr_spec}>"
        phrase = words if _ATOMS.fullmatch(words) else f'"{quote(words)}"'
        if not words.isascii() or len(f"{header}: {phrase}") > _ONE_LINE:
            phrase = self._encoded(words, header)
        if phrase:
            last = f"{header}: {phrase}".rpartition(self.linesep)[2]
            phrase += " " if len(f"{last} {place}") <= _ONE_LINE else f"{self.linesep} "
        return f"{header}: {phrase}{place}{self.linesep}"


def new_message() -> EmailMessage:
    """An empty mail, whose lines will be short enough for every server."""
    return EmailMessage(MailPolicy(max_line_length=_ONE_LINE))


def wire(message: EmailMessage, *, international: bool, linesep: str = "\r\n") -> bytes:
    """A mail of ours in bytes; `international` if its addresses may be written in UTF-8 (RFC 6532)."""
    policy = message.policy
    assert isinstance(policy, EmailPolicy), "a mail is made by new_message"
    return message.as_bytes(policy=policy.clone(linesep=linesep, utf8=international))


def header_words(text: str) -> str:
    """`text` on one line, without controls, direction marks, or what a mail program would decode again."""
    return shortened(" ".join(plain_line(text).replace("=?", "= ?").split()), LONGEST)


def recipient(name: str, address: str) -> Address:
    """Who a mail goes to: exactly one address, whatever the name says.

    Raises:
        NotAnAddress: when `address` is not one plain address.
    """
    local, _, domain = address.rpartition("@")
    if not local or not domain or any(character.isspace() or character in ',;:<>()[]"\\' for character in address):
        raise NotAnAddress
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise NotAnAddress from None
    try:
        return Address(header_words(name), local, ascii_domain)
    except (ValueError, MessageError):
        raise NotAnAddress from None


def address(
    message: EmailMessage, notice: Notice, name: str, *, sender: str, host: str, language: str, now: datetime
) -> None:
    """Say who writes to whom (`name`, at the notice's address), and that it is a machine.

    Raises:
        NotAnAddress: when the notice's address is not one.
    """
    service = translations(language).gettext("Joint letters at %(host)s") % {"host": host}
    message["From"] = Address(header_words(service), addr_spec=sender)
    message["To"] = recipient(name, notice.to)
    message["Date"] = rfc5322_date(now)
    message["Message-ID"] = notice.message_id
    # One thread for each letter and organisation, whichever of its mails came first; and for each kind of the others.
    thread = f"<{notice.letter_id}.{notice.organisation_id or notice.kind}@{host}>"
    message["In-Reply-To"] = thread
    message["References"] = thread
    # RFC 3834: whoever is away must not answer, and we answer nobody's machine.
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = language


def offer_an_end(message: EmailMessage, stop: str) -> None:
    """Let mail programs offer to end the reminders of this letter, by a post to the address `stop` (RFC 2369, 8058)."""
    message["List-Unsubscribe"] = f"<{stop}>"
    if stop.startswith("https://"):
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
