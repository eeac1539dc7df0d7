"""What a verification found, for machines and in plain words (EVIDENCE 4.9 step 12; shape of DESIGN 6).

May import the standard library and `entries`. Words of strangers are shown with hidden characters spelled out.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from .entries import Failure

PROVED, REJECTED, NOT_ALL_PROVED = "PROVED", "REJECTED", "NOT ALL PROVED"
UNREADABLE: Final = "UNREADABLE"
EXIT_CODES: Final = {PROVED: 0, REJECTED: 1, UNREADABLE: 2, NOT_ALL_PROVED: 3}

# EVIDENCE 4.10, last paragraph: always, and by the levels that occur.
LIMITS: Final = (
    "No check can tell that nobody was pressed to sign, or that a person was entitled to speak for the organisation.",
)
_ATTESTED_LIMIT: Final = (
    "At level 1 (attested) an assent rests on the service's word: it says that a code mailed to the contact was typed."
)
_SCREEN_LIMIT: Final = (
    "At levels 2 and 3 (browser key, passkey) the signature is the contact's own, but no check can tell that the "
    "screen showed the words that were signed."
)
_BINDING_LIMIT: Final = (
    "A key is worth what those are worth who vouch for it: compare its name with the one the organisation publishes."
)
LIMITS_BY_LEVEL: Final = {
    1: (_ATTESTED_LIMIT,),
    2: (_SCREEN_LIMIT, _BINDING_LIMIT),
    3: (_SCREEN_LIMIT, _BINDING_LIMIT),
    4: (_BINDING_LIMIT,),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """A warning, or something that is not proved: a code and plain words."""

    code: str
    message: str

    def to_json(self) -> dict[str, Any]:
        """Give the object of the report."""
        return {"code": self.code, "message": self.message}


@dataclass(frozen=True, slots=True)
class SignerRow:
    """Who signed a version or a closing; whether the service holds that key, None when nobody says."""

    what: str
    index: int
    key: str
    scheme: str
    held_by_service: bool | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the object of the report."""
        return {name: getattr(self, name) for name in self.__slots__}

    def to_text(self) -> str:
        """Give a line in plain words."""
        held = {
            True: "a key that the service holds",
            False: "a key that the service does not hold",
            None: "it is not known whether the service holds the key",
        }[self.held_by_service]
        return f"{self.what}: signed in entry {self.index} with {self.key} ({self.scheme}), {held}"


@dataclass(frozen=True, slots=True)
class SealRow:
    """Who sealed a PDF by its certificate; when by the service's word, and by a trusted time stamp or None."""

    signer: str
    claimed_time: str | None
    stamped_time: str | None

    def to_json(self) -> dict[str, Any]:
        """Give the object of the report."""
        return {name: getattr(self, name) for name in self.__slots__}

    def to_text(self) -> str:
        """Give a line in plain words."""
        when = f"with a time stamp of {self.stamped_time}" if self.stamped_time else "without a time stamp that counts"
        return f"Sealed by {self.signer}, {when}, by its own word {self.claimed_time or 'unknown'}."


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

    def to_text(self) -> str:
        """Give a line in plain words."""
        withheld = self.confidential and self.org is not None
        parts = [
            f"{self.name}{' (confidential)' if withheld else ''}: {self.decision}",
            f"version {self.version}" + (f", carried from version {self.carried_from}" if self.carried_from else ""),
            f"entry {self.index}",
            f"level {self.level} ({self.level_name}{', synced' if self.synced_passkey else ''})",
            f"key {self.key}",
            f"bound by {self.bound_by}",
        ]
        if self.same_key_since:
            parts.append(f"the same key since {self.same_key_since}")
        parts.append(f"not before {self.not_before or 'unknown'}, not after {self.not_after or 'unknown'}")
        parts.append(f"by its own word {self.claimed_time}")
        remarks = {
            "RE-KEYED without continuity": self.rekeyed,
            "DISPUTED: its key was reported stolen": self.disputed,
            "SIGNATURE NOT CHECKED": not self.signature_checked,
        }
        return ", ".join([*parts, *(words for words, applies in remarks.items() if applies)])


@dataclass(slots=True)
class Report:
    """Failures, warnings, what is not proved, and a row for each organisation.

    `words` are the fingerprint of the newest version's words and its phrase; `continues` is the number of entries
    of an earlier copy that this one was shown to continue; `authorities` counts sound time stamps by authority;
    `rebuilt` are the documents that were made again, byte for byte.
    """

    letter: str = ""
    title: str = ""
    words: Mapping[str, str] | None = None
    entries: int = 0
    failures: list[Failure] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    unproved: list[Remark] = field(default_factory=list)
    organisations: Sequence[OrganisationRow] = ()
    signers: list[SignerRow] = field(default_factory=list)
    confidential: int = 0
    authorities: dict[str, int] = field(default_factory=dict)
    continues: int | None = None
    evidence: list[str] = field(default_factory=list)
    seal: SealRow | None = None
    document: Mapping[str, Any] | None = None
    rebuilt: list[str] = field(default_factory=list)

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

    @property
    def limits(self) -> list[str]:
        """Say what no check can prove, by the levels that occur."""
        levels = sorted({row.level for row in self.organisations})
        by_level = [limit for level in levels for limit in LIMITS_BY_LEVEL.get(level, ())]
        return list(dict.fromkeys([*LIMITS, *by_level]))

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
            "words": dict(self.words) if self.words is not None else None,
            "entries": self.entries,
            "failures": [
                {"code": failure.code, "entry": failure.entry, "message": failure.message} for failure in self.failures
            ],
            "warnings": [remark.to_json() for remark in self.warnings],
            "unproved": [remark.to_json() for remark in self.unproved],
            "organisations": [row.to_json() for row in self.organisations],
            "signers": [row.to_json() for row in self.signers],
            "confidential": self.confidential,
            "authorities": self.authorities,
            "continues": self.continues,
            "evidence": self.evidence,
            "seal": self.seal.to_json() if self.seal is not None else None,
            "document": dict(self.document) if self.document is not None else None,
            "rebuilt": self.rebuilt,
            "limits": self.limits,
        }

    def to_text(self) -> str:
        """Give the report in plain words."""
        lines = [self.verdict]
        if self.letter:
            lines += ["", f"Letter {self.letter}: {self.title or '(no title known)'}"]
            if self.words is not None:
                lines += [f"Its phrase of twelve words, to compare by telephone: {self.words['phrase']}"]
                lines += [f"Fingerprint of its words: {self.words['sha256']}"]
            lines += [f"{self.entries} log entries read."]
        if self.document is not None:
            lines += [f"This document: {self.document['name']}, edition {self.document['edition']}."]
        if self.seal is not None:
            lines += [self.seal.to_text()]
        if self.continues is not None:
            lines += [f"Nothing of the earlier copy has vanished ({self.continues} entries)."]
        lines += _section(
            "What is wrong",
            [
                f"{failure.code}{'' if failure.entry is None else f' in entry {failure.entry}'}: {failure.message}"
                for failure in self.failures
            ],
        )
        lines += _section("What is not proved", [f"{each.code}: {each.message}" for each in self.unproved])
        lines += _section("Warnings", [f"{each.code}: {each.message}" for each in self.warnings])
        lines += _section("Organisations", [row.to_text() for row in self.organisations])
        lines += _section("Who signed the letter and its list", [row.to_text() for row in self.signers])
        stamps = [f"{name}: {count} sound time stamps" for name, count in self.authorities.items()]
        lines += _section("Time authorities, by the names of their files", stamps)
        lines += _section("Made again from words and list, byte for byte", self.rebuilt)
        lines += _section("What no check can prove", self.limits)
        lines += _section("The signed proof of misbehaviour, to keep", self.evidence, indent="")
        return "\n".join(visible(line) for line in lines) + "\n"


def _section(heading: str, items: Sequence[str], indent: str = "  ") -> list[str]:
    if not items:
        return []
    return ["", f"{heading}:", *(f"{indent}{line}" for item in items for line in item.split("\n"))]


def visible(text: str) -> str:
    """Spell out control and format characters, so that a name cannot rewrite a terminal's screen."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"\\u{ord(character):04x}" if unicodedata.category(character) in _HIDDEN else character for character in text
    )


_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
