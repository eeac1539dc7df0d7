"""RFC 8785 JSON in the subset of EVIDENCE 2.3: written in one spelling, read only in that spelling.

May import the standard library and `errors`.
In the subset (ASCII member names, no fractions, integers within 2^53 - 1) the json module's own order and
escapes are the ones RFC 8785 asks for, which is why no JCS library is needed to check.
"""

import json
import json.encoder
from collections.abc import Callable, Iterable
from typing import Any, Final, NoReturn

from .errors import Malformed

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_DEPTH: Final = 16
MAX_INTEGER: Final = 2**53 - 1

# The encoder's own C function, made once: JSONEncoder.encode makes it anew for every document.
_chunks: Callable[[Any, int], Iterable[str]] = json.encoder.c_make_encoder(  # type: ignore[attr-defined]
    None, None, json.encoder.encode_basestring, None, ":", ",", True, False, False
)


def to_bytes(value: Any) -> bytes:
    """Format a value as canonical JSON (RFC 8785).

    Raises:
        Malformed: `NOT_CANONICAL` when the value is outside the subset.
    """
    _check(value, MAX_DEPTH)
    return _dump(value)


def from_bytes(data: bytes) -> Any:
    """Read a value from canonical JSON and refuse any other spelling of it.

    Raises:
        Malformed: `NOT_JSON` when this is no JSON at all, `NOT_CANONICAL` when it is spelled in another way,
            names a member twice, nests too deep or is outside the subset.
    """
    # A member named twice is lost in reading and so missed in the comparison.
    value = _read(data, _decode)
    if _dump(value) != data:
        raise Malformed("NOT_CANONICAL", "The JSON is not in its canonical spelling (RFC 8785).")
    return value


def from_people(data: bytes) -> Any:
    """Read a value of the subset from JSON laid out for people: white space and order are free.

    Raises:
        Malformed: as `from_bytes`.
    """
    return _read(data, _decode_pairs)


def _read(data: bytes, decode: Callable[[str], Any]) -> Any:
    if len(data) > MAX_BYTES:
        raise Malformed("NOT_JSON", f"The JSON is larger than {MAX_BYTES} bytes.")
    try:
        value = decode(data.decode("utf-8"))
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise Malformed("NOT_JSON", "This is not JSON in UTF-8.") from None
    # The walk costs as much as the parse, and honest documents are flat and mostly ASCII: look before walking.
    if data.count(b"[") + data.count(b"{") > MAX_DEPTH or not data.isascii():
        _check_containers(value, MAX_DEPTH)
    return value


def _dump(value: Any) -> bytes:
    try:
        return "".join(_chunks(value, 0)).encode("utf-8")
    except RecursionError:
        raise _too_deep() from None
    except UnicodeEncodeError:
        raise Malformed("NOT_CANONICAL", "A text holds half of a surrogate pair.") from None


def _too_deep() -> Malformed:
    return Malformed("NOT_CANONICAL", f"The JSON nests deeper than {MAX_DEPTH} levels.")


def _integer(digits: str) -> int:
    # int() refuses 4,300 digits with ValueError and is quadratic below that.
    if len(digits) > 17 or abs(int(digits)) > MAX_INTEGER:
        raise Malformed("NOT_CANONICAL", "A number is beyond 2^53 - 1.")
    return int(digits)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("NOT_CANONICAL", "A member is named twice.")
    return members


def _no_fraction(digits: str) -> NoReturn:
    raise Malformed("NOT_CANONICAL", "A number is not a plain integer.")


_decode = json.JSONDecoder(parse_int=_integer, parse_float=_no_fraction, parse_constant=_no_fraction).decode
_decode_pairs = json.JSONDecoder(
    object_pairs_hook=_members, parse_int=_integer, parse_float=_no_fraction, parse_constant=_no_fraction
).decode


def _check_containers(value: Any, depth: int) -> None:
    if depth == 0:
        raise _too_deep()
    if type(value) is dict:
        if not "".join(value).isascii():
            raise Malformed("NOT_CANONICAL", "A member name is not ASCII.")
        value = value.values()
    for inner in value:
        if type(inner) is dict or type(inner) is list:
            _check_containers(inner, depth - 1)


def _check(value: Any, depth: int) -> None:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return
    if kind is int:
        if abs(value) > MAX_INTEGER:
            raise Malformed("NOT_CANONICAL", "A number is beyond 2^53 - 1.")
    elif kind is dict or kind is list or kind is tuple:
        if depth == 0:
            raise _too_deep()
        if kind is dict and not all(type(name) is str and name.isascii() for name in value):
            raise Malformed("NOT_CANONICAL", "A member name is not ASCII text.")
        for inner in value.values() if kind is dict else value:
            _check(inner, depth - 1)
    else:
        raise Malformed("NOT_CANONICAL", f"A {kind.__name__} cannot be written as canonical JSON.")
