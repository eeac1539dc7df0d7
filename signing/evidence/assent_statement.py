"""The `assent` statement: an organisation's decision about exactly these texts (EVIDENCE 4.3).

May import `statement_parts`, `signatory`, `shape`, `errors`.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from . import shape
from .errors import Malformed
from .signatory import Commitment, Signatory, signatory_from_json
from .statement_parts import COMMON, Common

DECISIONS: Final = ("approve", "decline", "withdraw")
ACCEPTABLE: Final = ("typography",)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssentStatement(Common):
    """An organisation's decision about exactly these texts."""

    version: int
    decision: str
    signatory: Signatory | Commitment
    prev: str | None
    accepts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Keep a refusal from being logged under a name: who declined is nobody's business."""
        if self.decision == "decline" and isinstance(self.signatory, Signatory):
            raise Malformed("TYPE_UNKNOWN", "A decline is logged under a commitment, never under a name.")

    KIND = "assent"
    FIELDS: ClassVar = COMMON | {"version", "decision", "signatory", "prev"}
    OPTIONAL: ClassVar = frozenset({"accepts"})

    def _predicate(self) -> dict[str, Any]:
        predicate: dict[str, Any] = {
            "decision": self.decision,
            "prev": self.prev,
            "signatory": self.signatory.to_json(),
            "version": self.version,
        }
        if self.accepts:
            predicate["accepts"] = list(self.accepts)
        return predicate

    @classmethod
    def read(cls, fields: dict[str, Any], common: dict[str, Any]) -> "AssentStatement":
        """Take the predicate's fields, whose names are known to be right.

        Raises:
            Malformed: `TYPE_UNKNOWN`.
        """
        accepts = shape.array(fields.get("accepts", ["typography"]), "accepts")
        if accepts != ["typography"]:
            raise Malformed("TYPE_UNKNOWN", "The field accepts holds an unknown word, or none.")
        return cls(
            **common,
            version=shape.integer(fields["version"], 1, shape.MAX_SIZE, "version"),
            decision=shape.choice(fields["decision"], DECISIONS, "decision"),
            signatory=signatory_from_json(fields["signatory"]),
            prev=shape.sha256_or_null(fields["prev"], "prev"),
            accepts=ACCEPTABLE if "accepts" in fields else (),
        )
