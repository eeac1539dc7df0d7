"""The statements people sign (EVIDENCE 4.3) and the one reader for all of them; may import the rooms below it here.

Each is an in-toto Statement v1 whose type is `https://<service domain>/<kind>/v1`, the domain being that of
the letter's origin. Reading refuses every unknown field and type; what is read formats to the same bytes.
"""

from hashlib import sha256
from typing import Any, Final

from . import canonical, shape
from .assent_statement import DECISIONS, AssentStatement
from .close_statement import LIST_FILE, CloseStatement
from .errors import EvidenceError, Malformed
from .key_statement import KeyStatement
from .letter_statement import BINDERS, LetterStatement
from .shape import nonce_text
from .signatory import (
    SALT_BYTES,
    Commitment,
    Signatory,
    commitment_of,
    opening_bytes,
    signatory_from_json,
    signatory_of,
)
from .statement_parts import STATEMENT_TYPE, Collation, Head, RelyingParty, Subject, subjects

__all__ = [
    "BINDERS",
    "DECISIONS",
    "LIST_FILE",
    "SALT_BYTES",
    "AssentStatement",
    "CloseStatement",
    "Collation",
    "Commitment",
    "Head",
    "KeyStatement",
    "LetterStatement",
    "RelyingParty",
    "Signatory",
    "Statement",
    "Subject",
    "commitment_of",
    "nonce_text",
    "opening_bytes",
    "parse",
    "payload_digest",
    "signatory_from_json",
    "signatory_of",
]

Statement = LetterStatement | KeyStatement | AssentStatement | CloseStatement

_WHOLE: Final = frozenset({"_type", "predicate", "predicateType", "subject"})
_Kind = type[LetterStatement] | type[KeyStatement] | type[AssentStatement] | type[CloseStatement]
_KINDS: Final[dict[str, _Kind]] = {
    kind.KIND: kind for kind in (LetterStatement, KeyStatement, AssentStatement, CloseStatement)
}


def parse(data: bytes) -> Statement:
    """Read a payload.

    Raises:
        Malformed: `NOT_CANONICAL` when it is spelled in another way, `TYPE_UNKNOWN` for every type, field or
            value this reader does not know, `ENVELOPE_MALFORMED` when it is no JSON.
    """
    try:
        return _parse(canonical.from_bytes(data))
    except EvidenceError as error:
        codes = {"NOT_CANONICAL": "NOT_CANONICAL", "NOT_JSON": "ENVELOPE_MALFORMED"}
        raise Malformed(codes.get(error.code, "TYPE_UNKNOWN"), error.message) from None


def _parse(value: Any) -> Statement:
    whole = shape.members(value, _WHOLE, "statement")
    predicate = whole["predicate"]
    if whole["_type"] != STATEMENT_TYPE or type(predicate) is not dict:
        raise Malformed("TYPE_UNKNOWN", "This is not an in-toto Statement v1.")
    letter = shape.origin(predicate.get("letter"), "letter")
    prefix, suffix = f"https://{shape.host_of(letter)}/", "/v1"
    name = shape.text(whole["predicateType"], "predicateType")
    kind = _KINDS.get(name[len(prefix) : -len(suffix)])
    if kind is None or name != f"{prefix}{kind.KIND}{suffix}":
        raise Malformed("TYPE_UNKNOWN", f"The statement type {name!a} is not known here.")
    names = kind.FIELDS | (kind.OPTIONAL & predicate.keys())
    fields = shape.members(predicate, names, f"{kind.KIND} statement")
    common = {
        "by": shape.words(fields["by"], "by"),
        "letter": letter,
        "head": Head.from_json(fields["head"]),
        "time": shape.time(fields["time"], "time"),
        "nonce": shape.nonce(fields["nonce"], "nonce"),
        "subject": subjects(whole["subject"]),
    }
    return kind.read(fields, common)


def payload_digest(payload: bytes) -> str:
    """Give the name later statements call a payload by in `prev`."""
    return sha256(payload).hexdigest()
