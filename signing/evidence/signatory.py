"""Who an assent speaks for: an organisation by name, or a commitment in its place (EVIDENCE 4.3).

May import hashlib and the rooms `canonical`, `shape`, `base64_text`.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from . import canonical, shape
from .base64_text import from_base64url, to_base64url
from .errors import Malformed

SALT_BYTES: Final = 32

_FIELDS: Final = frozenset({"acronym", "listed_as", "native_name", "org", "person", "role", "sort_name"})
_COMMITMENT = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Signatory:
    """An organisation and the person who speaks for it, in the words they chose."""

    acronym: str | None
    listed_as: str
    native_name: str | None
    org: str
    person: str
    role: str
    sort_name: str | None

    @property
    def identity(self) -> str:
        """Give what an organisation is counted by."""
        return self.org

    def to_json(self) -> dict[str, Any]:
        """Give the object that goes into a statement."""
        return {
            "acronym": self.acronym,
            "listed_as": self.listed_as,
            "native_name": self.native_name,
            "org": self.org,
            "person": self.person,
            "role": self.role,
            "sort_name": self.sort_name,
        }

    @classmethod
    def from_json(cls, value: Any) -> "Signatory":
        """Take the object of a statement.

        Raises:
            Malformed: `TYPE_UNKNOWN` for a missing, foreign or ill-typed field.
        """
        fields = shape.members(value, _FIELDS, "signatory")
        org = shape.words(fields["org"], "org")
        if _COMMITMENT.fullmatch(org):
            raise Malformed("TYPE_UNKNOWN", "An org may not look like a commitment.")
        return cls(
            shape.text_or_null(fields["acronym"], "acronym"),
            shape.words(fields["listed_as"], "listed_as"),
            shape.text_or_null(fields["native_name"], "native_name"),
            org,
            shape.text(fields["person"], "person"),
            shape.text(fields["role"], "role"),
            shape.text_or_null(fields["sort_name"], "sort_name"),
        )


@dataclass(frozen=True, slots=True)
class Commitment:
    """A salted digest in place of a name that stays confidential: `sha256:<hex>`."""

    commitment: str

    @property
    def identity(self) -> str:
        """Give what an organisation is counted by."""
        return self.commitment

    def to_json(self) -> dict[str, Any]:
        """Give the object that goes into a statement."""
        return {"commitment": self.commitment}

    @classmethod
    def from_json(cls, value: Any) -> "Commitment":
        """Take the object of a statement.

        Raises:
            Malformed: `TYPE_UNKNOWN` when it is not exactly a commitment.
        """
        commitment = shape.members(value, {"commitment"}, "signatory")["commitment"]
        if type(commitment) is not str or not _COMMITMENT.fullmatch(commitment):
            raise Malformed("TYPE_UNKNOWN", "A commitment is sha256: and 64 hexadecimal digits.")
        return cls(commitment)


def signatory_from_json(value: Any) -> Signatory | Commitment:
    """Take whichever of the two a statement holds.

    Raises:
        Malformed: `TYPE_UNKNOWN`.
    """
    if type(value) is dict and "commitment" in value:
        return Commitment.from_json(value)
    return Signatory.from_json(value)


def opening_bytes(signatory: Signatory, salt: bytes) -> bytes:
    """Give the file that opens a commitment: its `sha256sum` is the commitment.

    Raises:
        Malformed: `COMMITMENT_MISMATCH` when the salt is too short to hide a name.
    """
    if len(salt) != SALT_BYTES:
        raise Malformed("COMMITMENT_MISMATCH", f"The salt of a commitment has {SALT_BYTES} bytes.")
    return canonical.to_bytes({**signatory.to_json(), "salt": to_base64url(salt)})


def commitment_of(opening: bytes) -> str:
    """Give the commitment an opening opens."""
    return "sha256:" + sha256(opening).hexdigest()


def signatory_of(opening: bytes) -> Signatory:
    """Read the signatory out of an opening.

    Raises:
        Malformed: when it is not exactly an opening.
    """
    fields = dict(shape.members(canonical.from_bytes(opening), _FIELDS | {"salt"}, "opening"))
    salt = from_base64url(shape.text(fields.pop("salt"), "salt"))
    if len(salt) != SALT_BYTES:
        raise Malformed("COMMITMENT_MISMATCH", f"The salt of a commitment has {SALT_BYTES} bytes.")
    return Signatory.from_json(fields)
