"""The `close` statement: the coordinator's word on an edition (EVIDENCE 4.3).

May import `statement_parts`, `shape`, `errors`.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from . import shape
from .errors import Malformed
from .statement_parts import COMMON, Collation, Common

LIST_FILE: Final = "signatories.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseStatement(Common):
    """The coordinator's word on an edition: this list, these PDFs."""

    version: int
    edition: int
    listed: int
    confidential: int
    collation: Collation
    document_date: str
    release: str

    KIND = "close"
    FIELDS: ClassVar = COMMON | {
        "version", "edition", "listed", "confidential", "collation", "document_date", "release",
    }  # fmt: skip

    def _predicate(self) -> dict[str, Any]:
        return {
            "collation": {
                "ignore_article": self.collation.ignore_article,
                "locale": self.collation.locale,
                "version": self.collation.version,
            },
            "confidential": self.confidential,
            "document_date": self.document_date,
            "edition": self.edition,
            "listed": self.listed,
            "release": self.release,
            "version": self.version,
        }

    @classmethod
    def read(cls, fields: dict[str, Any], common: dict[str, Any]) -> "CloseStatement":
        """Take the predicate's fields, whose names are known to be right.

        Raises:
            Malformed: `TYPE_UNKNOWN`.
        """
        for file in common["subject"]:
            stem, dot, ending = file.name.rpartition(".")
            if file.name != LIST_FILE and (not dot or ending != "pdf" or not shape.is_language(stem)):
                raise Malformed("TYPE_UNKNOWN", f"A closing has no file {file.name!a}.")
        if LIST_FILE not in {file.name for file in common["subject"]}:
            raise Malformed("TYPE_UNKNOWN", f"A closing names {LIST_FILE}.")
        order = shape.members(fields["collation"], {"ignore_article", "locale", "version"}, "collation")
        return cls(
            **common,
            version=shape.integer(fields["version"], 1, shape.MAX_SIZE, "version"),
            edition=shape.integer(fields["edition"], 1, shape.MAX_SIZE, "edition"),
            listed=shape.integer(fields["listed"], 0, shape.MAX_SIZE, "listed"),
            confidential=shape.integer(fields["confidential"], 0, shape.MAX_SIZE, "confidential"),
            collation=Collation(
                shape.truth(order["ignore_article"], "ignore_article"),
                shape.text(order["locale"], "locale"),
                shape.text(order["version"], "version"),
            ),
            document_date=shape.day(fields["document_date"], "document_date"),
            release=shape.text(fields["release"], "release"),
        )
