"""DSSE 1.0.2 envelopes as log entries (EVIDENCE 2.1, 4.4); may import `canonical`, `base64_text`, `errors`.

An entry is the canonical JSON of an envelope with exactly one signature. The key hint decides nothing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from . import canonical
from .base64_text import from_base64, to_base64
from .errors import EvidenceError, Malformed

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
MAX_ENTRY_BYTES: Final = 65_535  # an entry bundle of C2SP tlog-tiles counts its length in two bytes

# The one spelling of an envelope whose hint needs no escapes; anything else takes the long way, which says why.
_CANONICAL = re.compile(
    rb'\{"payload":"([A-Za-z0-9+/=]*)","payloadType":"application/vnd\.in-toto\+json",'
    rb'"signatures":\[\{"keyid":"([ !#-\[\]-~]*)","sig":"([A-Za-z0-9+/=]*)"\}\]\}'
)
_PAE_PREFIX = f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} ".encode("ascii")


def pae(payload_type: str, payload: bytes) -> bytes:
    """Give the bytes that are signed: the DSSE pre-authentication encoding."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload, who is said to have signed it, and the signature; nothing of it is verified yet."""

    payload: bytes
    keyid: str
    signature: bytes

    @property
    def pae(self) -> bytes:
        """Give the bytes under the signature."""
        return b"%b%d %b" % (_PAE_PREFIX, len(self.payload), self.payload)

    def to_bytes(self) -> bytes:
        """Format as a log entry.

        Raises:
            Malformed: `ENVELOPE_MALFORMED` when the entry would be larger than a log admits.
        """
        entry = canonical.to_bytes(
            {
                "payload": to_base64(self.payload),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [{"keyid": self.keyid, "sig": to_base64(self.signature)}],
            }
        )
        if len(entry) > MAX_ENTRY_BYTES:
            raise Malformed("ENVELOPE_MALFORMED", f"A log entry has at most {MAX_ENTRY_BYTES} bytes.")
        return entry

    @classmethod
    def from_bytes(cls, data: bytes) -> "Envelope":
        """Read a log entry.

        Raises:
            Malformed: `NOT_CANONICAL` when it is spelled in another way, else `ENVELOPE_MALFORMED`.
        """
        if len(data) > MAX_ENTRY_BYTES:
            raise Malformed("ENVELOPE_MALFORMED", f"A log entry has at most {MAX_ENTRY_BYTES} bytes.")
        try:
            usual = _CANONICAL.fullmatch(data)
            if usual:
                payload, keyid, signature = (part.decode("ascii") for part in usual.groups())
                return cls(from_base64(payload), keyid, from_base64(signature))
            return cls._from_json(canonical.from_bytes(data))
        except EvidenceError as error:
            code = "NOT_CANONICAL" if error.code == "NOT_CANONICAL" else "ENVELOPE_MALFORMED"
            raise Malformed(code, error.message) from None

    @classmethod
    def _from_json(cls, value: Any) -> "Envelope":
        match value:
            case {
                "payload": str(payload),
                "payloadType": str(kind),
                "signatures": [{"keyid": str(keyid), "sig": str(signature), **more_inside}],
                **more,
            } if kind == PAYLOAD_TYPE and not more and not more_inside:
                return cls(from_base64(payload), keyid, from_base64(signature))
        raise Malformed("ENVELOPE_MALFORMED", "This is not an in-toto envelope with exactly one signature.")


def seal(payload: bytes, key: str, sign: Callable[[bytes], bytes]) -> bytes:
    """Have a payload signed and give the log entry.

    Raises:
        Malformed: `ENVELOPE_MALFORMED` when the entry would be larger than a log admits.
    """
    return Envelope(payload, key, sign(pae(PAYLOAD_TYPE, payload))).to_bytes()
