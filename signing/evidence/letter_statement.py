"""The `letter` statement: a version, its texts, and who may sign for it (EVIDENCE 4.3).

May import `statement_parts`, `keyring`, `shape`, `errors`.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from . import shape
from .errors import Malformed
from .keyring import PublicKey
from .statement_parts import COMMON, Common, RelyingParty, Subject

BINDERS: Final = ("attestor", "coordinator")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterStatement(Common):
    """A version of the letter, its texts, and who may sign for it; signed by a coordinator."""

    version: int
    title: str
    prev: str | None
    coordinators: tuple[PublicKey, ...]
    attestor: PublicKey
    binders: tuple[str, ...]
    min_level: int
    rp: RelyingParty
    ssh_namespace: str

    KIND = "letter"
    FIELDS: ClassVar = COMMON | {
        "version", "title", "prev", "coordinators", "attestor", "binders", "min_level", "rp", "ssh_namespace",
    }  # fmt: skip

    def _predicate(self) -> dict[str, Any]:
        return {
            "attestor": self.attestor.to_json(),
            "binders": list(self.binders),
            "coordinators": [key.to_json() for key in self.coordinators],
            "min_level": self.min_level,
            "prev": self.prev,
            "rp": {"id": self.rp.id, "origins": list(self.rp.origins)},
            "ssh_namespace": self.ssh_namespace,
            "title": self.title,
            "version": self.version,
        }

    def languages(self) -> dict[str, Subject]:
        """Give the version's files by language."""
        start = len(f"{self.version}.")
        return {file.name[start : -len(".md")]: file for file in self.subject}

    @classmethod
    def read(cls, fields: dict[str, Any], common: dict[str, Any]) -> "LetterStatement":
        """Take the predicate's fields, whose names are known to be right.

        Raises:
            Malformed: `TYPE_UNKNOWN`.
        """
        version = shape.integer(fields["version"], 1, shape.MAX_SIZE, "version")
        _check_letter_files(version, common["subject"])
        coordinators = shape.array(fields["coordinators"], "coordinators")
        binders = shape.array(fields["binders"], "binders")
        if not coordinators or not binders:
            raise Malformed("TYPE_UNKNOWN", "A letter names at least one coordinator and one binder.")
        if len(set(map(str, binders))) != len(binders):
            raise Malformed("TYPE_UNKNOWN", "A binder is named twice.")
        rp = shape.members(fields["rp"], {"id", "origins"}, "rp")
        return cls(
            **common,
            version=version,
            title=shape.words(fields["title"], "title"),
            prev=shape.sha256_or_null(fields["prev"], "prev"),
            coordinators=tuple(PublicKey.from_json(key) for key in coordinators),
            attestor=PublicKey.from_json(fields["attestor"]),
            binders=tuple(shape.choice(binder, BINDERS, "binder") for binder in binders),
            min_level=shape.integer(fields["min_level"], 1, 4, "min_level"),
            rp=RelyingParty(
                shape.text(rp["id"], "rp id"),
                tuple(shape.text(each, "origin") for each in shape.array(rp["origins"], "origins")),
            ),
            ssh_namespace=shape.text(fields["ssh_namespace"], "ssh_namespace"),
        )


def _check_letter_files(version: int, files: tuple[Subject, ...]) -> None:
    for file in files:
        number, _, rest = file.name.partition(".")
        language, dot, ending = rest.rpartition(".")
        if number != str(version) or not dot or ending != "md" or not shape.is_language(language):
            raise Malformed("TYPE_UNKNOWN", f"Version {version} has no file {file.name!a}.")
