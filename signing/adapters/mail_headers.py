"""The headers of a mail, whatever the names in them hold (FAULTS S9); may import the standard library's email."""

from __future__ import annotations

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime as rfc5322_date

from signing.adapters.mail_words import plain_line, shortened
from signing.locale import translations
from signing.workflow.ports import Notice

LONGEST = 160


class NotAnAddress(Exception):
    """A mail cannot be addressed so."""


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
    # One thread for each letter and organisation, whichever of its mails came first.
    thread = f"<{notice.letter_id}.{notice.organisation_id}@{host}>"
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
