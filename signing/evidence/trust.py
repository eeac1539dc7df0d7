"""The trust file: what an auditor brings from outside the bundle (EVIDENCE 4.8); may import the rooms here.

Written by `signing keys export-trust`, laid out for people, who compare its key names by eye.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from . import canonical, shape
from .errors import EvidenceError, Malformed
from .keyring import public_key_from_pem, raw_from_pem
from .note import ALG_ED25519, NoteKey
from .policy import Policy

MAX_TRUST_BYTES: Final = 1_000_000

_PREFIX = re.compile(r"[a-z0-9][a-z0-9.:-]*/l/[A-Za-z0-9_-]*", re.ASCII)
_PARTS: Final = frozenset({"logs", "coordinators", "policy", "tsa_roots", "document_certificates", "held_by_service"})


@dataclass(frozen=True, slots=True)
class TrustedLog:
    """A log key and the origins it may sign for: `<service domain>/l/`, or one letter's origin."""

    origin_prefix: str
    public_key: str


@dataclass(frozen=True, slots=True)
class Trust:
    """Keys and policy an auditor trusts; an empty part means that nothing is trusted there.

    `held_by_service` names those keys whose private half the service holds, None when it does not say.
    """

    logs: tuple[TrustedLog, ...] = ()
    coordinators: tuple[str, ...] = ()
    policy: str = ""
    tsa_roots: tuple[str, ...] = ()
    document_certificates: tuple[str, ...] = ()
    held_by_service: tuple[str, ...] | None = None

    def log_keys(self, origin: str) -> tuple[NoteKey, ...]:
        """Give the keys that may sign checkpoints of this origin; their name is the origin."""
        return tuple(
            NoteKey(origin, ALG_ED25519, raw_from_pem(log.public_key))
            for log in self.logs
            if origin.startswith(log.origin_prefix)
        )

    def witness_policy(self) -> Policy | None:
        """Give the policy, or None when witnesses are not asked for."""
        return Policy.from_text(self.policy) if self.policy.strip() else None

    def to_bytes(self) -> bytes:
        """Format as a trust file."""
        value: dict[str, Any] = {
            "logs": [{"origin_prefix": log.origin_prefix, "public_key": log.public_key} for log in self.logs],
            "coordinators": list(self.coordinators),
            "policy": self.policy,
            "tsa_roots": list(self.tsa_roots),
            "document_certificates": list(self.document_certificates),
        }
        if self.held_by_service is not None:
            value["held_by_service"] = list(self.held_by_service)
        return json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8") + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> "Trust":
        """Read a trust file.

        Raises:
            Malformed: `TRUST_MALFORMED`, whatever is wrong with it: half a trust file must never be trusted.
        """
        if len(data) > MAX_TRUST_BYTES:
            raise Malformed("TRUST_MALFORMED", "The trust file is too large.")
        try:
            return cls._read(canonical.from_people(data))
        except EvidenceError as error:
            raise Malformed("TRUST_MALFORMED", f"The trust file cannot be used. {error.message}") from None

    @classmethod
    def _read(cls, value: Any) -> "Trust":
        present = _PARTS & value.keys() if type(value) is dict else frozenset()
        parts = shape.members(value, present, "trust file")
        trust = cls(
            tuple(_read_log(item) for item in shape.array(parts.get("logs", []), "logs")),
            _texts(parts, "coordinators"),
            shape.text(parts.get("policy", ""), "policy"),
            _texts(parts, "tsa_roots"),
            _texts(parts, "document_certificates"),
            _texts(parts, "held_by_service") if "held_by_service" in parts else None,
        )
        trust.witness_policy()
        return trust


def _texts(parts: dict[str, Any], name: str) -> tuple[str, ...]:
    return tuple(shape.words(item, name) for item in shape.array(parts.get(name, []), name))


def _read_log(value: Any) -> TrustedLog:
    fields = shape.members(value, {"origin_prefix", "public_key"}, "log")
    prefix = shape.text(fields["origin_prefix"], "origin_prefix")
    if not _PREFIX.fullmatch(prefix):
        raise Malformed("TYPE_UNKNOWN", "An origin_prefix is a service domain followed by /l/.")
    return TrustedLog(prefix, public_key_from_pem(shape.text(fields["public_key"], "public_key")).public_key)
