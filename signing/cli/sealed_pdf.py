"""A sealed PDF for the verifier: opened by `adapters.seal`, its bundle handed on to `evidence` (DESIGN 2).

May import `adapters.seal` and `signing.evidence`. Imported by `verify` when it is given a PDF and not before: pyHanko
takes a second to load, and only the full install has it.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from signing.evidence import Malformed, Report, Trust
from signing.evidence.bundle import Bundle
from signing.evidence.report import SealRow

try:
    from signing.adapters.seal.layout import MAX_BYTES
    from signing.adapters.seal.opening import SealedPdf, open_sealed
except ImportError:
    raise Malformed(
        "BUNDLE_UNREADABLE",
        "Sealed PDFs cannot be checked here: pyhanko and pikepdf are not installed. Install the whole package, or ask "
        "for the letter's bundle (evidence.zip) and check that.",
    ) from None


@dataclass(frozen=True, slots=True)
class OpenedPdf:
    """The bundle's files, and what is known of the PDF around them."""

    files: Bundle
    pdf: SealedPdf

    def tell(self, report: Report) -> None:
        """Put what is known of the seal into the report."""
        report.seal = SealRow(self.pdf.signer, _iso(self.pdf.sealed_at), _iso(self.pdf.stamped_at))
        put = {"failure": report.fail, "warning": report.warn, "open": report.leave_open}
        for finding in self.pdf.findings:
            put[finding.kind](finding.code, finding.message)


def open_pdf(path: Path, trust: Trust | None) -> OpenedPdf:
    """Open the sealed PDF at the path.

    Raises:
        Rejected: `SEAL_MISSING`, `SEAL_EXTENDED`, `SEAL_BROKEN`.
        Malformed: `BUNDLE_UNREADABLE`; `BUNDLE_MALFORMED` for the bundle in it; `TRUST_MALFORMED`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Malformed("BUNDLE_UNREADABLE", f"It cannot be read: {error.strerror}.") from None
    roots, tsa_roots = (trust.document_certificates, trust.tsa_roots) if trust is not None else ((), ())
    pdf = open_sealed(data, roots, tsa_roots)
    return OpenedPdf(_bundle(pdf.bundle), pdf)


def _bundle(data: bytes) -> Bundle:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise Malformed("BUNDLE_MALFORMED", "What this PDF carries as its evidence is none.")
    try:
        # A bundle stays on the disk while it is read; its name is gone as soon as it is open.
        with tempfile.NamedTemporaryFile(suffix=".zip") as file:
            file.write(data)
            file.flush()
            return Bundle.read(Path(file.name))
    except OSError as error:
        raise Malformed(
            "BUNDLE_UNREADABLE", f"The evidence in this PDF cannot be put aside to be read: {error.strerror}."
        ) from None


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")
