"""Do the documents say the words that were signed? (EVIDENCE 4.9, step 11: the warning `PDF_TEXT`.)

May import the rooms here. How words are got out of a PDF is the caller's business. A document is a picture first,
so a word that cannot be found is a reason to look, not a failure: the hard check is the signed digest.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from .edition import PDF_FOLDER
from .errors import EvidenceError
from .ledger import Ledger
from .letter_file import LetterFile

# Gives a document's text page by page; raises Malformed when it cannot be read.
PdfText = Callable[[bytes], Iterable[str]]

CONTEXT: Final = 6
DIGITS: Final = "0123456789"

_WORD = re.compile(r"\w+")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_MARKUP: Final = (
    (re.compile(r"(?m)^\[\^[^\]]+\]:.*(?:\n[ \t]+.*)*"), " "),  # footnotes stand at the foot of some page
    (re.compile(r"\[\^[^\]]+\]"), " "),
    (re.compile(r"\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)"), "] "),
    (re.compile(r"(?m)^\s*(?:[-+*]|\d+[.)])\s+"), " "),
    (re.compile(r"\\(?=[!-/:-@\[-`{-~])"), ""),
)


def words_of_letter(body: str) -> list[str]:
    """Give the words of a letter's body in order, without markup, link targets, numbering and footnotes."""
    for pattern, instead in _MARKUP:
        body = pattern.sub(instead, body)
    return words_of(body)


def words_of(text: str) -> list[str]:
    """Give the words of a text as bare letters, without accents, ligatures and punctuation."""
    # Documents give accents and ligatures back in many ways: what is compared are the bare letters.
    bare = unicodedata.normalize("NFKD", _RAISED.sub(" ", text))
    return _WORD.findall("".join(character for character in bare if unicodedata.category(character) != "Mn"))


def missing_words(pages: Iterable[str], words: list[str]) -> str | None:
    """Give the first words that the pages lack, in order, with those before; None when all are there.

    Pages are read only as far as words are left to be found.
    """
    found = 0
    for word in (word for page in pages for word in words_of(page)):
        if found == len(words):
            return None
        # The number of a footnote can stand right behind a word.
        if words[found] in (word, word.rstrip(DIGITS)):
            found += 1
    return None if found == len(words) else " ".join(words[max(0, found - CONTEXT) : found + CONTEXT])


def documents_that_differ(files: Mapping[str, bytes], ledger: Ledger, text_of: PdfText) -> Iterator[str]:
    """Say of each document of the current edition which words of the letter were not found in it."""
    if not ledger.closings:
        return
    for language, file in ledger.closings[-1].version.statement.languages().items():
        path, letter = f"{PDF_FOLDER}{language}.pdf", f"letter/{file.name}"
        if path not in files or letter not in files:
            continue
        try:
            words = words_of_letter(LetterFile.from_bytes(files[letter]).body)
            missing = missing_words(text_of(files[path]), words)
        except EvidenceError as error:
            yield f"{path}: {error.message}"
        else:
            if missing is not None:
                yield f"{path} lacks words of {letter}, or has them in another order, near “{missing}”."
