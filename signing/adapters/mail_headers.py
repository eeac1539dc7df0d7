"""Words of people in the headers of a mail, made harmless (FAULTS S9); may import the standard library's email."""

from __future__ import annotations

import unicodedata
from email.errors import MessageError
from email.headerregistry import Address

LONGEST = 160
# Joiners that scripts need to be written right; everything else that is not seen has no place in a header.
_KEPT = {"\u200c", "\u200d"}


class NotAnAddress(Exception):
    """A mail cannot be addressed so."""


def header_words(text: str) -> str:
    """`text` on one line, without controls, direction marks, or what a mail program would decode again."""
    seen = "".join(
        " " if character.isspace() else character
        for character in text
        if character in _KEPT or character.isspace() or not unicodedata.category(character).startswith("C")
    )
    words = " ".join(seen.replace("=?", "= ?").split())
    return words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…"


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
