"""Seals documents for the workflow: opens the document key, asks the time-stamping authorities in turn.

May import `seal`, `document_key`, `stamping`. Fulfils `ports.Sealer`. pyHanko is loaded at the first seal and not
before: most processes never make one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from signing.adapters.document_key import DocumentKey
from signing.adapters.stamping import NoStamp, TimeAuthority
from signing.domain.errors import Refusal
from signing.workflow.evidence_ports import Sealing

# The place kept free in the PDF holds the certificates and this much; real authorities' answers take 3 to 8 KB.
LARGEST_STAMP: Final = 12_000
CLOCKS_DIFFER: Final = timedelta(minutes=5)
NOBODY_ASKED: Final = "no time-stamping authority is configured (SIGNING_TSA_URLS)"


class DocumentSealer:
    """Seals with the document key that `open_key` gives; the first of the authorities that answers stamps."""

    def __init__(self, open_key: Callable[[], DocumentKey], authorities: Sequence[TimeAuthority]) -> None:
        self._open_key = open_key
        self._authorities = tuple(authorities)
        self._key: DocumentKey | None = None

    def seal(self, pdf: bytes, bundle_zip: bytes, at: datetime, *, stamp: bool) -> Sealing:
        """The sealed PDF, with `stamp` stamped if anybody stamps: it takes as long as the authorities let it wait.

        Raises:
            Refusal: `key…` when the document key cannot be used, `not-sealed` when the PDF cannot.
        """
        from signing.adapters.seal.making import seal
        from signing.adapters.seal.opening import open_sealed

        if self._key is None:
            self._key = self._open_key()
        asked = _Asked(self._authorities, at)
        try:
            content = seal(pdf, bundle_zip, self._key, at, asked.stamp if stamp else None)
            # What an auditor would reject must not be published: better no sealed PDF than one that accuses itself.
            opened = open_sealed(content, [self._key.root_pem], [each.root for each in self._authorities])
        except Exception as error:
            # pyHanko has an error for everything; whoever looks after the letter needs to know that it was not sealed.
            raise Refusal(
                f"The PDF could not be sealed ({type(error).__name__}). The letter is as it was. Please ask for help.",
                code="not-sealed",
            ) from error
        wrong = [f"{each.code}: {each.message}" for each in opened.findings if each.kind == "failure"]
        if wrong or (opened.document, opened.bundle) != (pdf, bundle_zip):
            raise Refusal(
                f"The sealed PDF does not verify, so it was not kept. See `signing doctor`. {' '.join(wrong)}",
                code="not-sealed",
            )
        return Sealing(content, asked.stamped_at, asked.authority, "" if asked.authority else asked.trouble)


class _Asked:
    """Asks one authority after another for the one stamp of a seal, and remembers how that went."""

    def __init__(self, authorities: Sequence[TimeAuthority], at: datetime) -> None:
        self._authorities = authorities
        self._at = at
        self._troubles: list[str] = []
        self.stamped_at: datetime | None = None
        self.authority: str | None = None

    @property
    def trouble(self) -> str:
        return "; ".join(self._troubles) or NOBODY_ASKED

    def stamp(self, signature: bytes) -> bytes | None:
        for each in self._authorities:
            try:
                answer, at = each.stamp(signature)
                if len(answer) > LARGEST_STAMP:
                    raise NoStamp("Its answer is too large for a seal.")
                if abs(at - self._at) > CLOCKS_DIFFER:
                    raise NoStamp("Its clock differs from this machine's. Please set this machine's clock.")
            except NoStamp as failure:
                self._troubles.append(f"{each.name}: {failure.reason.rstrip('.')}")
            else:
                self.stamped_at, self.authority = at, each.name
                return answer
        return None
