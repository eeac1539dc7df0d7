"""No byte the verifier reads can change unseen: each is flipped in a bundle that has every kind of file.

Not flipped are the files the verifier documents as unread: README.txt, the policy and the roots of time authorities
(for comparison only, the trust file decides), .txt, keys/, .pae, .sig; and whose line it is in .cosigs, since a line of
another name is an unknown witness's, which the note format tells to ignore (what it may not do is fit badly). In a
stamp the versions and the signature algorithm's name stand outside every signature and mean nothing: those may change.
What is long and of one kind is flipped here in every so many bytes; `python -m tests.evidence.test_byte_flips 1` flips
them all.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from signing.evidence import Trust, verify_bundle

from .builders import AUTHORITY, HOST, WITNESS_LINE, LetterBuilder, commitment, opening, signatory, trust_of
from .signers import passkey, ssh_key

UNREAD = ("README.txt", "policy", "tsa/", "keys/")
UNREAD_ENDINGS = (".txt", ".pae", ".sig")
KEY_ID_CHARACTERS = 6
# In the stamps of time_authority.py: two version numbers and the object identifier of RSA.
MEANINGLESS_IN_STAMPS = {34, 919, *range(1152, 1162)}
PASSKEY, SSH = passkey("passkey"), ssh_key("ssh")


def earlier_bind() -> bytes:
    letter = LetterBuilder(f"{HOST}/l/earlier")
    letter.version()
    return letter.receipt(letter.bind(signatory(0), PASSKEY))


def letter_files() -> dict[str, bytes]:
    letter = LetterBuilder()
    letter.version()
    letter.bind(signatory(0), PASSKEY, history=earlier_bind())
    letter.answer(signatory(0), key=PASSKEY)
    letter.stamp("2026-11-24T00:01:00")
    letter.bind(signatory(1), SSH)
    letter.answer(signatory(1), key=SSH)
    letter.answer(commitment(2), "decline")
    letter.answer(commitment(3))
    letter.openings["3.json"] = opening(3)
    letter.receipts["one.tlog-proof"] = letter.receipt(2)
    letter.close()
    letter.answer(signatory(0), "withdraw", key=PASSKEY)
    letter.revoke(signatory(0), PASSKEY)
    letter.close()
    newest = letter.cosign()
    letter.stamp("2026-11-24T00:02:00")
    unread = {"keys/one": b"key", "entries/000001.pae": b"pae", "entries/000001.sig": b"sig", "letter/1.en.txt": b"t"}
    return {**letter.bundle(newest), **unread, "tsa/authority.pem": AUTHORITY.root_pem.encode()}


def trust() -> Trust:
    return replace(trust_of(policy=WITNESS_LINE, roots=(AUTHORITY.root_pem,)), held_by_service=())


class RememberingMap:
    """A map that judges each distinct signature once: only the flipped entry's is new each time."""

    def __init__(self) -> None:
        self.known: dict[Any, str] = {}

    def __call__(self, judge: Any, batches: Iterable[list[Any]]) -> Iterator[list[str]]:
        for batch in batches:
            new = [task for task in batch if task not in self.known]
            self.known.update(zip(new, judge(new), strict=True))
            yield [self.known[task] for task in batch]


def is_read(name: str) -> bool:
    return not name.startswith(UNREAD) and not name.endswith(UNREAD_ENDINGS)


def parts(name: str, data: bytes) -> tuple[int, range]:
    """Where what is read begins, and which part of it is long and of one kind."""
    if name.endswith(".cosigs"):
        return data.rindex(b" ") + 1 + KEY_ID_CHARACTERS, range(0)
    if name.startswith("entries/"):
        whole = name > "entries/000002"  # the first three stand for the frame of all
        return 0, range(
            0 if whole else data.find(b'"payload":"') + 11, len(data) if whole else data.find(b'","payloadT')
        )
    if name.endswith(".tlog-proof"):
        return 0, range(data.find(b"extra ") + 6, data.find(b"\n\n"))
    return 0, range(len(data) if name.endswith(".tsr") or "/tile/" in name else 0)


def flips(files: dict[str, bytes], every: int) -> Iterator[tuple[str, int]]:
    for name, data in files.items():
        if is_read(name):
            start, long = parts(name, data)
            yield from ((name, at) for at in range(start, len(data)) if at not in long or at % every == 0)


def outcome_of_all_flips(every: int) -> Counter[str]:
    files, trusted, remembering = letter_files(), trust(), RememberingMap()
    report = verify_bundle(files, trusted, map=remembering)
    assert (report.verdict, report.warnings) == ("PROVED", []), report.to_text()
    outcomes: Counter[str] = Counter()
    for name, at in flips(files, every):
        data = files[name]
        changed = {**files, name: data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :]}
        report = verify_bundle(changed, trusted, map=remembering)
        if report.verdict != "REJECTED":
            assert name.endswith(".tsr"), f"byte {at} of {name} changed unseen"
            assert at in MEANINGLESS_IN_STAMPS, f"byte {at} of {name} changed unseen"
            continue
        outcomes[f"{name.split('/')[0]}{name[-7:] * name.startswith('check')} {report.failures[0].code}"] += 1
    return outcomes


def test_no_flipped_byte_leaves_a_bundle_proved():
    outcomes = outcome_of_all_flips(every=23)
    assert sum(outcomes.values()) > 3_000
    # Each kind of file is told apart by its own code, not all by one that hides the others.
    assert {
        "letter TEXT_FILE_MISMATCH", "pdf PDF_MISMATCH", "signatories.json LIST_FILE_MISMATCH", "log TILE_MISMATCH",
        "log CHECKPOINT_BAD", "entries TILE_MISMATCH", "receipts RECEIPT_BAD", "history RECEIPT_BAD",
        "history CHECKPOINT_BAD", "openings COMMITMENT_MISMATCH",
    } <= outcomes.keys()  # fmt: skip
    assert {name.split()[-1] for name in outcomes if name.startswith("checkpoints")} >= {
        "TIMESTAMP_BAD", "CHECKPOINT_BAD", "CHECKPOINT_MALFORMED",
    }  # fmt: skip


def test_what_is_documented_as_unread_changes_nothing():
    files = letter_files()
    unread = [name for name in files if not is_read(name)]
    assert {name.partition("/")[0] for name in unread} == {"README.txt", "policy", "tsa", "keys", "entries", "letter"}
    changed = files | dict.fromkeys(unread, b"something else")
    assert verify_bundle(changed, trust()).verdict == "PROVED"


if __name__ == "__main__":
    for outcome, count in sorted(outcome_of_all_flips(every=int(sys.argv[-1])).items()):
        sys.stdout.write(f"{count:6} {outcome}\n")
