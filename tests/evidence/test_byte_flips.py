"""No byte the verifier reads can change unseen: each is flipped in a bundle of ten assents (FAULTS, head).

The payloads' base64 is long and of one kind, so here every seventh of its bytes is flipped; `--every 1` of
`python -m tests.evidence.test_byte_flips` flips them all.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from signing.evidence import verify_bundle

from .builders import closed_letter, commitment, signatory, trust_of

UNREAD = ("README.txt", "policy")


def letter_files() -> dict[str, bytes]:
    letter = closed_letter(approvals=7, declines=2, confidential=1)
    letter.receipts["one.tlog-proof"] = letter.receipt(3)
    letter.answer(signatory(0), "withdraw")
    letter.keep_checkpoint()
    letter.close()
    assert commitment(9).identity in letter.ledger().live
    return dict(letter.bundle())


class RememberingMap:
    """A map that judges each distinct signature once: only the flipped entry's is new each time."""

    def __init__(self) -> None:
        self.known: dict[Any, bool] = {}

    def __call__(self, judge: Any, batches: Iterable[list[Any]]) -> Iterator[list[bool]]:
        for batch in batches:
            new = [task for task in batch if task not in self.known]
            self.known.update(zip(new, judge(new), strict=True))
            yield [self.known[task] for task in batch]


def flips(files: dict[str, bytes], every: int) -> Iterator[tuple[str, int]]:
    for name, data in files.items():
        if name in UNREAD:
            continue
        start = data.find(b'"payload":"') + 11 if name.startswith("entries/") else len(data)
        end = data.find(b'"', start)
        for at in range(len(data)):
            if not start <= at < end or at % every == 0:
                yield name, at


def outcome_of_all_flips(every: int) -> Counter[str]:
    files, trust, remembering = letter_files(), trust_of(), RememberingMap()
    assert verify_bundle(files, trust, map=remembering).verdict == "PROVED"
    outcomes: Counter[str] = Counter()
    for name, at in flips(files, every):
        data = files[name]
        changed = {**files, name: data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :]}
        report = verify_bundle(changed, trust, map=remembering)
        assert report.verdict == "REJECTED", f"byte {at} of {name} changed unseen"
        outcomes[f"{name.split('/')[0]} {report.failures[0].code}"] += 1
    return outcomes


def test_no_flipped_byte_leaves_a_bundle_proved():
    outcomes = outcome_of_all_flips(every=7)
    assert sum(outcomes.values()) > 5_000
    # Each kind of file is told apart by its own code, not all by one that hides the others.
    assert {"letter TEXT_FILE_MISMATCH", "pdf PDF_MISMATCH", "signatories.json LIST_FILE_MISMATCH"} <= outcomes.keys()
    assert {
        "log TILE_MISMATCH",
        "log CHECKPOINT_BAD",
        "entries TILE_MISMATCH",
        "receipts RECEIPT_BAD",
    } <= outcomes.keys()


if __name__ == "__main__":
    for outcome, count in sorted(outcome_of_all_flips(every=int(sys.argv[-1])).items()):
        sys.stdout.write(f"{count:6} {outcome}\n")
