"""Openings: the names behind commitments, for an auditor who is shown them (EVIDENCE 4.9, step 11).

May import the rooms here. A check without openings proves the count; with them also that nobody is counted twice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from .entries import Failure
from .errors import EvidenceError, Rejected
from .ledger import Answer, Ledger
from .signatory import Signatory, commitment_of, signatory_of


class Openings:
    """Those openings that open a commitment of the log, and what is wrong with the others."""

    def __init__(self, ledger: Ledger, openings: Iterable[tuple[str, bytes]]) -> None:
        self.opened: dict[str, Signatory] = {}
        self.failures: list[Failure] = []
        for name, data in openings:
            try:
                self._add(ledger, data)
            except EvidenceError as error:
                self.failures.append(Failure("COMMITMENT_MISMATCH", None, f"The opening {name}: {error.message}"))
        self.failures.extend(self._duplicates(ledger))

    def _add(self, ledger: Ledger, data: bytes) -> None:
        commitment = commitment_of(data)
        signatory = signatory_of(data)
        if commitment not in ledger.live:
            raise Rejected("COMMITMENT_MISMATCH", "No answer here is under the commitment that it opens.")
        self.opened[commitment] = signatory

    def _duplicates(self, ledger: Ledger) -> Iterator[Failure]:
        found: dict[str, str] = {}
        for closing in ledger.closings:
            found |= dict.fromkeys(self._twice(closing.approvals), f"edition {closing.statement.edition}")
        found |= dict.fromkeys(self._twice(ledger.approvals()), "the newest state")
        for org, where in found.items():
            yield Failure("CONFIDENTIAL_DUPLICATE", None, f"The organisation {org} is counted twice in {where}.")

    def _twice(self, approvals: Iterable[Answer]) -> list[str]:
        shown = (self.opened.get(answer.identity, answer.signatory) for answer in approvals)
        counts = Counter(signatory.org for signatory in shown if isinstance(signatory, Signatory))
        return [org for org, count in counts.items() if count > 1]
