"""The letter beside its PDF: as a web page of one file, as plain text, and as a Word document.

For those who must paste it, put it on a site of their own, or read it with other means; what was signed is the
`.md`, and what proves it the PDF. May import `typeset`'s words around a letter, `signing.domain`, `signing.evidence`,
`signing.locale`, and python-docx in the `word_` rooms alone. The same input gives the same bytes.
"""

from __future__ import annotations

from typing import Any

from signing.adapters.renderings.plain_text import letter_txt
from signing.adapters.renderings.web_page import letter_html
from signing.domain.letter_text import LetterText


def letter_docx(text: LetterText, **arguments: Any) -> bytes:
    """The letter as .docx; the arguments are those of `typeset.letter_pdf`."""
    # Loading python-docx takes longer than most commands do, and few of them write a document.
    from signing.adapters.renderings import word_document

    return word_document.letter_docx(text, **arguments)


RENDERINGS = {"html": letter_html, "txt": letter_txt, "docx": letter_docx}

__all__ = ["RENDERINGS", "letter_docx", "letter_html", "letter_txt"]
