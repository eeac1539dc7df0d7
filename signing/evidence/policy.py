"""C2SP tlog-policy: which logs are known and how many witnesses must have cosigned (EVIDENCE 2.10).

May import `note`, `errors`.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from .errors import EvidenceError, Malformed, Rejected
from .note import ALG_COSIGNATURE, ALG_ED25519, Note, NoteKey

NONE: Final = "none"
MAX_POLICY_BYTES: Final = 100_000

_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_NUMBER = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Group:
    """A group has witnessed when this many of its members have."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """The logs, witnesses and groups of a policy, whose word makes a quorum, and where witnesses are reached.

    `urls` has the submission prefix of those witnesses whose line gives one, by their name in the policy.
    """

    logs: tuple[NoteKey, ...]
    witnesses: Mapping[str, NoteKey]
    groups: Mapping[str, Group]
    quorum: str
    urls: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_text(cls, text: str) -> "Policy":
        """Read a policy.

        Raises:
            Malformed: `POLICY_MALFORMED`, or `VKEY` for a key that is none.
            Rejected: `KEY_WEAK`.
        """
        data = text.encode("utf-8", "surrogatepass")
        if len(data) > MAX_POLICY_BYTES or _CONTROL.search(data):
            raise Malformed("POLICY_MALFORMED", "The witness policy is too large or holds a control character.")
        reader = _Reader()
        for number, line in enumerate(text.split("\n"), 1):
            words = [word for word in re.split("[ \t]+", line) if word]
            if words and not words[0].startswith("#"):
                reader.read(number, words)
        if reader.quorum is None:
            raise Malformed("POLICY_MALFORMED", "The witness policy has no quorum line.")
        return cls(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum, reader.urls)

    def verify(self, note: Note) -> None:
        """Check that enough witnesses cosigned a note.

        Raises:
            Rejected: `CHECKPOINT_BAD` when a known witness's line does not fit, `WITNESS_QUORUM` when there
                are too few.
        """
        try:
            signed = note.verify(self.witnesses.values())
        except EvidenceError as error:
            raise Rejected("CHECKPOINT_BAD", error.message) from None
        if not self.is_met(signed):
            raise Rejected("WITNESS_QUORUM", "Too few witnesses have cosigned the checkpoint.")

    def is_met(self, signed: Collection[NoteKey]) -> bool:
        """Tell whether these keys, all of which have signed, make the quorum."""
        return self.quorum == NONE or self._witnessed(self.quorum, signed)

    def _witnessed(self, name: str, signed: Collection[NoteKey]) -> bool:
        # A group names only what stands above it, so this ends; the count of groups bounds the depth.
        if name in self.witnesses:
            return self.witnesses[name] in signed
        group = self.groups[name]
        return sum(self._witnessed(member, signed) for member in group.members) >= group.threshold


def log_policy(logs: Iterable[NoteKey]) -> str:
    """Write a policy that knows these logs and asks for no witness."""
    return "".join(f"log {key.vkey}\n" for key in logs) + f"quorum {NONE}\n"


class _Reader:
    MAX_GROUPS: Final = 64

    def __init__(self) -> None:
        self.logs: list[NoteKey] = []
        self.witnesses: dict[str, NoteKey] = {}
        self.urls: dict[str, str] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self.members: set[str] = set()

    def read(self, number: int, words: list[str]) -> None:
        match words:
            case ["log", key, *url] if len(url) <= 1:
                self._add_log(number, key)
            case ["witness", name, key, *url] if len(url) <= 1:
                self._add_witness(number, name, key)
                if url:
                    self.urls[name] = url[0]
            case ["group", name, threshold, *members] if members:
                self._add_group(number, name, threshold, members)
            case ["quorum", name] if self.quorum is None and (name == NONE or self._knows(name)):
                self.quorum = name
            case _:
                raise Malformed("POLICY_MALFORMED", f"The witness policy cannot be read in line {number}.")

    def _knows(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups

    def _add_log(self, number: int, text: str) -> None:
        key = NoteKey.from_vkey(text)
        if key.alg != ALG_ED25519 or any(key.public_raw == other.public_raw for other in self.logs):
            raise Malformed(
                "POLICY_MALFORMED",
                f"The witness policy names a log twice, or by a key that is no log's, in line {number}.",
            )
        self.logs.append(key)

    def _add_witness(self, number: int, name: str, text: str) -> None:
        key = NoteKey.from_vkey(text)
        if key.alg != ALG_COSIGNATURE or any(key.public_raw == w.public_raw for w in self.witnesses.values()):
            raise Malformed(
                "POLICY_MALFORMED",
                f"The witness policy names a witness twice, or by no witness's key, in line {number}.",
            )
        if name == NONE or self._knows(name):
            raise Malformed("POLICY_MALFORMED", f"The witness policy gives a name twice in line {number}.")
        self.witnesses[name] = key

    def _add_group(self, number: int, name: str, threshold: str, members: list[str]) -> None:
        if name == NONE or self._knows(name) or len(self.groups) >= self.MAX_GROUPS:
            raise Malformed(
                "POLICY_MALFORMED", f"The witness policy gives a name twice, or too many, in line {number}."
            )
        for member in members:
            if not self._knows(member) or member in self.members:
                raise Malformed(
                    "POLICY_MALFORMED",
                    f"The witness policy has an unknown or repeated member in line {number}.",
                )
            self.members.add(member)
        counts = {"any": 1, "all": len(members)}
        count = counts.get(threshold) or (int(threshold) if _NUMBER.fullmatch(threshold) else 0)
        if not 1 <= count <= len(members):
            raise Malformed("POLICY_MALFORMED", f"The witness policy asks for an impossible number in line {number}.")
        self.groups[name] = Group(count, tuple(members))
