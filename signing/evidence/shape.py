"""The shapes of fields in signed JSON, each read strictly; may import `base64_text`, `errors`.

in-toto lets readers ignore unknown fields; our predicates say otherwise (EVIDENCE 2.2), so every object is
read with the exact set of its members and every value with its exact type (a JSON `true` is no 1 here).
"""

import re
from collections.abc import Collection, Set
from datetime import date, datetime
from typing import Any, Final

from .base64_text import from_base64url, to_base64url
from .errors import Malformed

MAX_SIZE: Final = 2**53 - 1
NONCE_BYTES: Final = 16

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ORIGIN = re.compile(r"([a-z0-9][a-z0-9.:-]*)/l/[A-Za-z0-9_-]+", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", re.ASCII)


def members(value: Any, names: Set[str], what: str) -> dict[str, Any]:
    """Take an object that has exactly these members.

    Raises:
        Malformed: `TYPE_UNKNOWN`, like every function of this room.
    """
    if type(value) is not dict:
        raise Malformed("TYPE_UNKNOWN", f"The {what} is not an object.")
    if value.keys() != names:
        odd = sorted(value.keys() ^ names)[0]
        raise Malformed("TYPE_UNKNOWN", f"The {what} lacks or does not know the field {odd!a}.")
    return value


def array(value: Any, what: str) -> list[Any]:
    """Take an array."""
    if type(value) is not list:
        raise Malformed("TYPE_UNKNOWN", f"The {what} is not an array.")
    return value


def text(value: Any, what: str) -> str:
    """Take a text."""
    if type(value) is not str:
        raise Malformed("TYPE_UNKNOWN", f"The {what} is not a text.")
    return value


def words(value: Any, what: str) -> str:
    """Take a text that is not empty."""
    if type(value) is not str or not value:
        raise Malformed("TYPE_UNKNOWN", f"The {what} is empty or not a text.")
    return value


def text_or_null(value: Any, what: str) -> str | None:
    """Take a text or null."""
    return None if value is None else text(value, what)


def truth(value: Any, what: str) -> bool:
    """Take true or false."""
    if type(value) is not bool:
        raise Malformed("TYPE_UNKNOWN", f"The {what} is neither true nor false.")
    return value


def integer(value: Any, low: int, high: int, what: str) -> int:
    """Take an integer within bounds."""
    if type(value) is not int or not low <= value <= high:
        raise Malformed("TYPE_UNKNOWN", f"The {what} is not a number from {low} to {high}.")
    return value


def choice(value: Any, choices: Collection[str], what: str) -> str:
    """Take one of a few words."""
    if type(value) is not str or value not in choices:
        raise Malformed("TYPE_UNKNOWN", f"The {what} is not one of {', '.join(choices)}.")
    return value


def sha256_hex(value: Any, what: str) -> str:
    """Take a SHA-256 in lower-case hexadecimal."""
    if type(value) is not str or not _SHA256.fullmatch(value):
        raise Malformed("TYPE_UNKNOWN", f"The {what} is not a SHA-256 in hexadecimal.")
    return value


def sha256_or_null(value: Any, what: str) -> str | None:
    """Take a SHA-256 in lower-case hexadecimal, or null."""
    return None if value is None else sha256_hex(value, what)


def time(value: Any, what: str) -> str:
    """Take a UTC time spelled `YYYY-MM-DDThh:mm:ssZ` that exists."""
    found = _TIME.fullmatch(value) if type(value) is str else None
    try:
        if found:
            datetime(*map(int, found.groups()))  # type: ignore[arg-type]
            return value  # type: ignore[no-any-return]
    except ValueError:
        pass
    raise Malformed("TYPE_UNKNOWN", f"The {what} is not a time like 2026-11-24T00:00:00Z.")


def day(value: Any, what: str) -> str:
    """Take a date spelled `YYYY-MM-DD` that exists."""
    found = _DATE.fullmatch(value) if type(value) is str else None
    try:
        if found:
            date(*map(int, found.groups()))
            return value  # type: ignore[no-any-return]
    except ValueError:
        pass
    raise Malformed("TYPE_UNKNOWN", f"The {what} is not a date like 2026-11-24.")


def nonce(value: Any, what: str) -> str:
    """Take a nonce: 16 bytes in base64url."""
    if len(from_base64url(text(value, what))) != NONCE_BYTES:
        raise Malformed("TYPE_UNKNOWN", f"A nonce has {NONCE_BYTES} bytes.")
    return value  # type: ignore[no-any-return]


def nonce_text(random_bytes: bytes) -> str:
    """Spell 16 random bytes as a nonce.

    Raises:
        Malformed: `TYPE_UNKNOWN` for any other number of bytes.
    """
    return nonce(to_base64url(random_bytes), "nonce")


def origin(value: Any, what: str) -> str:
    """Take the origin of a letter's log, `<service domain>/l/<letter id>`."""
    if type(value) is not str or not _ORIGIN.fullmatch(value):
        raise Malformed("TYPE_UNKNOWN", f"The {what} is not a letter's origin.")
    return value


def is_language(value: str) -> bool:
    """Tell whether a text has the form of a language tag."""
    return _LANGUAGE.fullmatch(value) is not None


def host_of(letter_origin: str) -> str:
    """Give the service domain of a letter's origin."""
    return letter_origin.partition("/")[0]
