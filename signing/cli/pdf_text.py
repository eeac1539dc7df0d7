"""The text and the page of a PDF for the verifier, by pypdf, which only the full install has; may import pypdf."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from signing.evidence import Malformed

if TYPE_CHECKING:
    from pypdf import PdfReader


def text_of(pdf: bytes) -> Iterator[str]:
    """Give a document's text page by page.

    Raises:
        Malformed: `PDF_TEXT` when pypdf is not installed, or cannot read the document.
    """
    reader = _reader(pdf)
    try:
        for page in reader.pages:
            yield page.extract_text()
    except Exception:
        # The document is a stranger's, and pypdf raises whatever its parsing meets.
        raise Malformed("PDF_TEXT", "The text of this document cannot be read.") from None


def sheet_of(pdf: bytes) -> tuple[float, float]:
    """Give the width and height of a document's first page (its MediaBox, ISO 32000-1 14.11.2) in points.

    Raises:
        Malformed: `PDF_TEXT` as `text_of`.
    """
    reader = _reader(pdf)
    try:
        box = reader.pages[0].mediabox
        return float(box.width), float(box.height)
    except Exception:
        raise Malformed("PDF_TEXT", "The page of this document cannot be read.") from None


def _reader(pdf: bytes) -> PdfReader:
    try:
        from pypdf import PdfReader
    except ImportError:
        raise Malformed("PDF_TEXT", "The text of documents cannot be read here: pypdf is not installed.") from None
    # It tells its own log of every odd object; the auditor gets our verdict.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        return PdfReader(io.BytesIO(pdf))
    except Exception:
        raise Malformed("PDF_TEXT", "The text of this document cannot be read.") from None
