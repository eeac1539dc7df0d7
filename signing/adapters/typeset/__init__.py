"""The letter as a PDF. The only room that may import ReportLab, pikepdf and segno; it may also import
`signing.domain` and `signing.evidence`. The same words, list and fonts give the same bytes every time."""

from __future__ import annotations

from signing.adapters.typeset.fonts import printable
from signing.adapters.typeset.letter import letter_pdf
from signing.adapters.typeset.names_picture import names_picture
from signing.adapters.typeset.page_pictures import page_pictures

__all__ = ["letter_pdf", "names_picture", "page_pictures", "printable"]
