"""The letter beside its PDF: as a web page of one file, as plain text, and as a Word document.

For those who must paste it, put it on a site of their own, or read it with other means; what was signed is the
`.md`, and what proves it the PDF. May import `typeset`'s words around a letter, `signing.domain`, `signing.evidence`,
`signing.locale`, and python-docx in the `word_` rooms alone. The same input gives the same bytes.
"""

from __future__ import annotations

from signing.adapters.renderings.plain_text import letter_txt
from signing.adapters.renderings.web_page import letter_html
from signing.adapters.renderings.word_document import letter_docx

RENDERINGS = {"html": letter_html, "txt": letter_txt, "docx": letter_docx}

__all__ = ["RENDERINGS", "letter_docx", "letter_html", "letter_txt"]
