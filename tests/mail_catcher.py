"""A real SMTP server (aiosmtpd) that keeps what it receives, and hands it out as soon as it comes."""

from __future__ import annotations

import re
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller


class _Listening(Controller):
    def _trigger_server(self) -> None:
        # The library cannot yet say itself which free port it was given.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class MailCatcher:
    """`with MailCatcher() as mails:` listens on a free port of the loopback."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, EmailMessage]] = []
        self.contents: list[bytes] = []
        self._arrived = threading.Condition()
        self._controller = _Listening(self, hostname="127.0.0.1", port=0)

    def __enter__(self) -> MailCatcher:
        self._controller.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._controller.port}"

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        with self._arrived:
            self.contents.append(envelope.content)
            self.messages.extend((address, message) for address in envelope.rcpt_tos)
            self._arrived.notify_all()
        return "250 kept"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for recipient, message in self.messages if recipient == address]

    def wait(self, address: str, count: int = 1, patience: float = 30) -> EmailMessage:
        """The newest mail to `address`, once it has had at least `count`."""
        with self._arrived:
            came = self._arrived.wait_for(lambda: len(self.to(address)) >= count, patience)
        assert came, f"{address} has {len(self.to(address))} mails, not {count}"
        return self.to(address)[-1]


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None, "a mail without a plain text part"
    return part.get_content()


def link_in(message: EmailMessage) -> str:
    (link,) = set(re.findall(r"https?://\S+/i/[\w-]+", text_of(message)))
    return link


def code_in(message: EmailMessage) -> str:
    found = re.search(r"\b(\d{4})[ \u00a0]?(\d{4})\b", text_of(message))
    assert found, text_of(message)
    return "".join(found.groups())
