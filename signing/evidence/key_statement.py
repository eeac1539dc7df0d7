"""The `key` statement: this key speaks for this organisation, or no longer does (EVIDENCE 4.2, 4.3).

May import `statement_parts`, `keyring`, `signatory`, `shape`, `errors`. Who may sign one is for the ledger to say.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from . import shape
from .errors import Malformed
from .keyring import PublicKey
from .signatory import Commitment, Signatory, signatory_from_json
from .statement_parts import COMMON, Common, Subject

ACTIONS: Final = ("bind", "revoke")
BASES: Final = ("code", "continuity")
KEY_FILE: Final = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStatement(Common):
    """A key is bound to an organisation, or revoked.

    `basis` is the attestor's reason for a bind: a code that was answered, or `continuity`, whose `history` is
    the SHA-256 of the receipt of this key's bind in an earlier letter.
    """

    action: str
    signatory: Signatory | Commitment
    bound: PublicKey
    until: str | None = None
    basis: str | None = None
    history: str | None = None
    compromised_since: str | None = None

    KIND = "key"
    FIELDS: ClassVar = COMMON | {"action", "signatory", "key", "scheme", "public_key", "until"}
    OPTIONAL: ClassVar = frozenset({"basis", "history", "compromised_since"})

    def __post_init__(self) -> None:
        """Refuse combinations that say nothing."""
        if self.subject != (Subject.of(KEY_FILE, self.bound.public_key.encode()),):
            raise Malformed("TYPE_UNKNOWN", "A key statement is about the text of the key it names.")
        if (self.basis == "continuity") != (self.history is not None):
            raise Malformed("TYPE_UNKNOWN", "A history belongs to a binding by continuity, and to no other.")
        if self.action == "bind" and self.compromised_since is not None:
            raise Malformed("TYPE_UNKNOWN", "A binding does not say since when a key is compromised.")
        if self.action == "revoke" and (self.basis is not None or self.until is not None):
            raise Malformed("TYPE_UNKNOWN", "A revocation has neither a basis nor an end.")

    def _predicate(self) -> dict[str, Any]:
        optional = {
            "basis": self.basis, "history": self.history, "compromised_since": self.compromised_since,
        }  # fmt: skip
        return {
            "action": self.action,
            "signatory": self.signatory.to_json(),
            **self.bound.to_json(),
            "until": self.until,
            **{name: value for name, value in optional.items() if value is not None},
        }

    @classmethod
    def read(cls, fields: dict[str, Any], common: dict[str, Any]) -> "KeyStatement":
        """Take the predicate's fields, whose names are known to be right.

        Raises:
            Malformed: `TYPE_UNKNOWN`.
        """
        given = {name: fields[name] for name in cls.OPTIONAL if name in fields}
        return cls(
            **common,
            action=shape.choice(fields["action"], ACTIONS, "action"),
            signatory=signatory_from_json(fields["signatory"]),
            bound=PublicKey.from_json({name: fields[name] for name in ("key", "scheme", "public_key")}),
            until=None if fields["until"] is None else shape.time(fields["until"], "until"),
            basis=shape.choice(given["basis"], BASES, "basis") if "basis" in given else None,
            history=shape.sha256_hex(given["history"], "history") if "history" in given else None,
            compromised_since=shape.time(given["compromised_since"], "compromised_since")
            if "compromised_since" in given
            else None,
        )
