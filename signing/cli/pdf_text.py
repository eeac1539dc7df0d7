"""The text of a PDF for the verifier, by pypdf, which only the full install has; may import click and pypdf."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

from signing.evidence import Malformed


def text_of(pdf: bytes) -> Iterator[str]:
    """Give a document's text page by page.

    Raises:
        Malformed: `PDF_TEXT` when pypdf is not installed, or cannot read the document.
    """
    try:
        from pypdf import PdfReader
    except ImportError:
        raise Malformed("PDF_TEXT", "The text of documents cannot be read here: pypdf is not installed.") from None
    # It tells its own log of every odd object; the auditor gets our verdict.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        for page in PdfReader(io.BytesIO(pdf)).pages:
            yield page.extract_text()
    except Exception:
        # The document is a stranger's, and pypdf raises whatever its parsing meets.
        raise Malformed("PDF_TEXT", "The text of this document cannot be read.") from None
