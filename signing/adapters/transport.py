"""How a mail leaves the house, and the two ways in which it may not; may import the standard library only."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Protocol


class Undeliverable(Exception):
    """The server has refused this mail for good; `reply` is what it said."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = reply


class Deferred(Exception):
    """Not now. `everything` is true when no other mail could go either (the server cannot be reached)."""

    def __init__(self, reply: str, *, everything: bool = False) -> None:
        super().__init__(reply)
        self.reply = reply
        self.everything = everything


class Transport(Protocol):
    """Where mails go."""

    def send(self, message: EmailMessage, sender: str, to: str) -> str:
        """Hand over one mail and give the server's words; raises Undeliverable or Deferred."""

    def check(self) -> None:
        """Raise Deferred when mails could not be handed over now."""

    def close(self) -> None:
        """End the connection, if there is one."""
