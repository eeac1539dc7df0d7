"""What a verification found, for machines and in plain words (EVIDENCE 4.9 step 12; shape of DESIGN 6).

May import the standard library and `entries`. Words of strangers are shown with hidden characters spelled out.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from .entries import Failure

PROVED, REJECTED, NOT_ALL_PROVED = "PROVED", "REJECTED", "NOT ALL PROVED"
UNREADABLE: Final = "UNREADABLE"
EXIT_CODES: Final = {PROVED: 0, REJECTED: 1, UNREADABLE: 2, NOT_ALL_PROVED: 3}

# EVIDENCE 4.10, last paragraph.
LIMITS: Final = (
    "No check can tell that nobody was pressed to sign, or that a person was entitled to speak for the organisation.",
    "At level 1 (attested) an assent rests on the service's word: it says that a code mailed to the contact was typed.",
)


@dataclass(frozen=True, slots=True)
class Remark:
    """A warning, or something that is not proved: a code and plain words."""

    code: str
    message: str

    def to_json(self) -> dict[str, Any]:
        """Give the object of the report."""
        return {"code": self.code, "message": self.message}


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """What is known of one organisation's newest answer."""

    name: str
    org: str | None
    decision: str
    listed: bool
    level: int
    level_name: str
    key: str
    bound_by: str
    version: int
    carried_from: int | None
    index: int
    claimed_time: str
    not_before: str | None
    not_after: str | None
    confidential: bool = False
    same_key_since: str | None = None
    synced_passkey: bool | None = None
    rekeyed: bool = False
    disputed: bool = False
    signature_checked: bool = True

    def to_json(self) -> dict[str, Any]:
        """Give the object of the report."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Report:
    """Failures, warnings, what is not proved, and a row for each organisation."""

    letter: str = ""
    title: str = ""
    entries: int = 0
    failures: list[Failure] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    unproved: list[Remark] = field(default_factory=list)
    organisations: list[OrganisationRow] = field(default_factory=list)
    confidential: int = 0
    evidence: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """Give the verdict: any failure rejects, anything left open keeps from `PROVED`."""
        if self.failures:
            return REJECTED
        return NOT_ALL_PROVED if self.unproved else PROVED

    @property
    def exit_code(self) -> int:
        """Give the exit code of the verdict."""
        return EXIT_CODES[self.verdict]

    def fail(self, code: str, message: str, entry: int | None = None) -> None:
        """Note a failure."""
        self.failures.append(Failure(code, entry, message))

    def warn(self, code: str, message: str) -> None:
        """Note a warning, which changes no verdict."""
        self.warnings.append(Remark(code, message))

    def leave_open(self, code: str, message: str) -> None:
        """Note something that is not proved."""
        self.unproved.append(Remark(code, message))

    def to_json(self) -> dict[str, Any]:
        """Give the report in the shape of DESIGN 6."""
        return {
            "verdict": self.verdict,
            "letter": self.letter,
            "title": self.title,
            "entries": self.entries,
            "failures": [
                {"code": failure.code, "entry": failure.entry, "message": failure.message} for failure in self.failures
            ],
            "warnings": [remark.to_json() for remark in self.warnings],
            "unproved": [remark.to_json() for remark in self.unproved],
            "organisations": [row.to_json() for row in self.organisations],
            "confidential": self.confidential,
            "evidence": self.evidence,
            "limits": list(LIMITS),
        }

    def to_text(self) -> str:
        """Give the report in plain words."""
        lines = [self.verdict]
        if self.letter:
            lines += ["", f"Letter {self.letter}: {self.title or '(no title known)'}"]
            lines += [f"{self.entries} log entries read."]
        lines += _section(
            "What is wrong",
            [
                f"{failure.code}{'' if failure.entry is None else f' in entry {failure.entry}'}: {failure.message}"
                for failure in self.failures
            ],
        )
        lines += _section("What is not proved", [f"{each.code}: {each.message}" for each in self.unproved])
        lines += _section("Warnings", [f"{each.code}: {each.message}" for each in self.warnings])
        lines += _section("Organisations", [_row_text(row) for row in self.organisations])
        lines += _section("What no check can prove", LIMITS)
        lines += _section("The signed proof of misbehaviour, to keep", self.evidence, indent="")
        return "\n".join(visible(line) for line in lines) + "\n"


def _section(heading: str, items: Sequence[str], indent: str = "  ") -> list[str]:
    if not items:
        return []
    return ["", f"{heading}:", *(f"{indent}{line}" for item in items for line in item.split("\n"))]


def _row_text(row: OrganisationRow) -> str:
    carried = f", carried from version {row.carried_from}" if row.carried_from else ""
    bounds = f"not before {row.not_before or 'unknown'}, not after {row.not_after or 'unknown'}"
    return (
        f"{row.name}: {row.decision}, version {row.version}{carried}, entry {row.index}, level {row.level} "
        f"({row.level_name}), key {row.key}, bound by {row.bound_by}, {bounds}, "
        f"by its own word {row.claimed_time}"
    )


def visible(text: str) -> str:
    """Spell out control and format characters, so that a name cannot rewrite a terminal's screen."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"\\u{ord(character):04x}" if unicodedata.category(character) in _HIDDEN else character for character in text
    )


_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
