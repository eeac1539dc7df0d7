"""What the vectors have in common: how one is declared, and the small letter they all begin with."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from signing.evidence import canonical
from signing.evidence.envelope import Envelope
from tests.evidence.builders import (
    ATTESTOR,
    AUTHORITY,
    WITNESS_LINE,
    LetterBuilder,
    commitment,
    signatory,
    trust_of,
)

Files = dict[str, bytes]
VECTORS: dict[str, dict[str, Any]] = {}

# What an auditor may bring, and what every check with it warns of.
TRUSTS = {
    "trust": (trust_of(), {"COORDINATOR_KEY_HELD_BY_SERVICE", "NO_WITNESS_POLICY", "TIMES_CLAIMED"}),
    "trust-witness": (trust_of(policy=WITNESS_LINE), {"COORDINATOR_KEY_HELD_BY_SERVICE", "TIMES_CLAIMED"}),
    "trust-stamps": (trust_of(roots=(AUTHORITY.root_pem,)), {"COORDINATOR_KEY_HELD_BY_SERVICE", "NO_WITNESS_POLICY"}),
    "trust-whole": (
        replace(trust_of(policy=WITNESS_LINE, roots=(AUTHORITY.root_pem,)), held_by_service=(ATTESTOR.name,)), set(),
    ),
}  # fmt: skip


def vector(
    *codes: str, exit_code: int = 1, trust: str = "trust", warns: tuple[str, ...] = ()
) -> Callable[[Callable[[], Files]], Callable[[], Files]]:
    """Declare a vector: its failures (for exit code 3 what is left open), and its warnings where it is sound."""

    def note(make: Callable[[], Files]) -> Callable[[], Files]:
        VECTORS[make.__name__] = {
            "expect": list(codes),
            "exit": exit_code,
            "trust": trust,
            "warnings": sorted({*TRUSTS[trust][1], *warns}) if exit_code == 0 else [],
            "make": make,
        }
        return make

    return note


def opened() -> LetterBuilder:
    letter = LetterBuilder()
    letter.version()
    return letter


def answered() -> LetterBuilder:
    letter = opened()
    letter.answer(signatory(0))
    letter.answer(signatory(1))
    letter.answer(commitment(2), "decline")
    return letter


def closed() -> LetterBuilder:
    letter = answered()
    letter.keep_checkpoint()
    letter.close()
    letter.receipts["first.tlog-proof"] = letter.receipt(1)
    return letter


def finish(letter: LetterBuilder) -> Files:
    letter.close()
    return letter.bundle()


def edit_payload(entry: bytes, edit: Callable[[dict[str, Any]], None]) -> bytes:
    value = canonical.from_bytes(Envelope.from_bytes(entry).payload)
    edit(value)
    return canonical.to_bytes(value)


def resealed_assent(edit: Callable[[dict[str, Any]], None]) -> Files:
    """A third organisation's approval with a changed payload, soundly signed and logged."""
    letter = answered()
    payload = edit_payload(_loose_assent(letter), edit)
    letter.append(payload, ATTESTOR)
    return finish(letter)


def _loose_assent(letter: LetterBuilder) -> bytes:
    """An assent sealed but not logged."""
    frontier, count = letter.frontier, len(letter.entries)
    letter.answer(signatory(3))
    entry = letter.entries[count]
    del letter.entries[count:], letter.last_answer[signatory(3).identity]
    letter.frontier = frontier
    return entry


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def broken_signature(entry: bytes) -> bytes:
    envelope = Envelope.from_bytes(entry)
    return replace(envelope, signature=flipped(envelope.signature, 5)).to_bytes()


def another_history() -> LetterBuilder:
    letter = opened()
    letter.answer(signatory(5))
    letter.answer(signatory(6))
    letter.answer(signatory(7))
    return letter
