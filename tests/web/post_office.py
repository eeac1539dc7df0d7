"""The mails of a house, written by its worker and delivered over real SMTP, and where they lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from urllib.parse import urlsplit

from signing.adapters.mail_text import MailTexts
from signing.adapters.smtp import SmtpTransport
from signing.adapters.worker import MailWorker
from tests.mail_catcher import MailCatcher, code_in, link_in, text_of
from tests.web.installation import House


class PostOffice:
    """Delivers what waits in the outbox whenever somebody looks for a mail."""

    def __init__(self, house: House, mails: MailCatcher, transport: SmtpTransport) -> None:
        self._mails = mails
        self._worker = MailWorker(house.services, transport, MailTexts("letters@example.org"))

    def delivered(self) -> list[tuple[str, EmailMessage]]:
        """Every mail so far, with the address that it went to."""
        while self._worker.run_once():
            pass
        return self._mails.messages

    def newest(self, address: str, holding: str = "") -> EmailMessage:
        """The newest mail to `address` in whose text the pattern is found."""
        mails = [message for to, message in self.delivered() if to == address]
        return next(message for message in reversed(mails) if re.search(holding, text_of(message)))

    def path(self, address: str) -> str:
        """Where the newest link that was mailed to `address` leads on our host."""
        return urlsplit(link_in(self.newest(address, "/i/"))).path

    def code(self, address: str) -> str:
        # Mails that wait together go in no order of their writing.
        return code_in(self.newest(address, "Your code is"))

    def paths(self) -> dict[str, str]:
        """Every link of every mail, as a path on our host, and whom it was mailed to."""
        links = {
            link: to
            for to, message in self.delivered()
            for link in re.findall(r"https?://[^\s>]+", text_of(message))
        }
        return {urlsplit(link).path: to for link, to in links.items()}


@contextmanager
def post_office(house: House) -> Iterator[PostOffice]:
    """Open as long as the context; asks `house` for its services now, and not again."""
    with MailCatcher() as mails:
        transport = SmtpTransport(mails.url)
        yield PostOffice(house, mails, transport)
        transport.close()
