"""`signing verify --rebuild`: sets type and sorts again from the files of a bundle alone, and compares.

May import the typesetter, the collation, `signing.domain` and `signing.evidence`. Only the whole program has all of
it: `verify` stands alone and imports this room when it is asked to, and not before.

Everything a document depends on is in the log, the letter files and the list, save the paper, which the `close`
statement does not name: it is read from the document's own page.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping
from typing import Final

from signing.adapters.collation import IcuCollation
from signing.adapters.typeset import letter_pdf
from signing.adapters.typeset.paper import PAPERS
from signing.adapters.typeset.unpacked import same_content
from signing.cli.pdf_text import sheet_of, text_of
from signing.domain.errors import Refusal
from signing.domain.letter_text import LetterText, is_language_tag
from signing.evidence import EvidenceError, Report
from signing.evidence.edition import PDF_FOLDER, edition_folder
from signing.evidence.ledger import Closing, Ledger
from signing.evidence.letter_file import LetterFile
from signing.evidence.pdf_words import missing_words, words_of, words_of_letter
from signing.evidence.phrase import phrase, words_digest
from signing.evidence.signatory_list import SignatoryList, first_out_of_order
from signing.evidence.statement import LIST_FILE
from signing.release import release

# Words shown of what a document says beside letter and list.
SHOWN: Final = 20


def rebuild(files: Mapping[str, bytes], ledger: Ledger, report: Report) -> None:
    """Make the documents of every edition again and sort its list again; note in the report what differs.

    `files` are those of a bundle by name (EVIDENCE 4.7); a document that is not among them is not made. Failures:
    `REBUILD_DIFFERS`, `LIST_ORDER`. Warnings: `REBUILD_WORDS` where another release made the document, so that only
    words could be compared, `REBUILD_PACKED` where only the packing differs, `LIST_ORDER` where another version of ICU
    sorted. Left open: `REBUILD_NOT_DONE`.
    """
    for closing in ledger.closings:
        folder = edition_folder(closing.statement.edition, ledger.closings[-1].statement.edition)
        try:
            listing = SignatoryList.from_bytes(files.get(f"{folder}{LIST_FILE}", b""), closing.statement.confidential)
        except EvidenceError:
            continue  # the verifier has said so: there is no list, or none that can be read
        _sort_again(closing, listing, report)
        for language, words in closing.version.statement.languages().items():
            path = f"{folder}{PDF_FOLDER}{language}.pdf"
            letter = files.get(f"letter/{words.name}")
            if path in files and letter is not None:
                _set_again(path, files[path], letter, closing, listing, report)


def _sort_again(closing: Closing, listing: SignatoryList, report: Report) -> None:
    recorded, collation = closing.statement.collation, IcuCollation()
    if not is_language_tag(recorded.locale):
        message = f"Edition {closing.statement.edition}: the list was sorted by no language, says its closing."
        report.leave_open("REBUILD_NOT_DONE", message)
        return
    astray = first_out_of_order(listing, collation.sort_key(recorded.locale, ignore_article=recorded.ignore_article))
    if astray is None:
        return
    message = f"Edition {closing.statement.edition}: {astray.signatory.listed_as!r} does not stand where it sorts"
    if collation.version() == recorded.version:
        report.fail("LIST_ORDER", f"{message}.", closing.index)
    else:
        report.warn("LIST_ORDER", f"{message} by {collation.version()}; the list was sorted by {recorded.version}.")


def _set_again(
    path: str, pdf: bytes, letter: bytes, closing: Closing, listing: SignatoryList, report: Report
) -> None:
    ours = closing.statement.release == release()
    try:
        made = _made(pdf, letter, closing, listing)
        if made == pdf:
            report.rebuilt.append(path)
        elif ours and same_content(pdf, made):
            message = f"{path}: made again it has the same content in other bytes: this machine packs otherwise."
            report.warn("REBUILD_PACKED", message)
        elif ours:
            report.fail("REBUILD_DIFFERS", f"{path}: {_difference(pdf, made, letter, listing)}", closing.index)
        else:
            _compare_words(path, pdf, made, letter, closing, listing, report)
    except (EvidenceError, Refusal) as error:
        message = f"{path} cannot be made again here. {error.message}"
        report.leave_open("REBUILD_NOT_DONE", message)


def _made(pdf: bytes, letter: bytes, closing: Closing, listing: SignatoryList) -> bytes:
    """The document made again from the bundle.

    Raises Malformed `PDF_TEXT` when the document's page cannot be read, Refusal when the words or a name cannot be set.
    """
    text = LetterText.from_bytes(letter)
    statement = closing.version.statement
    digests = {language: file.sha256 for language, file in statement.languages().items()}
    return letter_pdf(
        text,
        listing=listing,
        version=statement.version,
        text_sha256=text.sha256,
        phrase=phrase(words_digest(digests)),
        document_date=datetime.date.fromisoformat(closing.statement.document_date),
        check_url=f"{statement.rp.origins[0]}/check" if statement.rp.origins else None,
        paper=_paper(pdf),
    )


def _paper(pdf: bytes) -> str:
    """The name of the paper whose sides are nearest; another sheet then differs in its bytes."""
    width, height = sheet_of(pdf)
    return min(PAPERS, key=lambda name: abs(PAPERS[name].width - width) + abs(PAPERS[name].height - height))


def _difference(pdf: bytes, made: bytes, letter: bytes, listing: SignatoryList) -> str:
    """What to say of a document that this very release makes otherwise."""
    lacking = _lacking(pdf, letter, listing)
    if lacking is not None:
        return f"it is not the document made from these words and this list; it differs near “{lacking}”."
    if _words(pdf) != _words(made):
        return "it holds the words and the list, and others beside them that this release does not print."
    return "it has the same words as when made again, but other content: it may look otherwise."


def _compare_words(
    path: str, pdf: bytes, made: bytes, letter: bytes, closing: Closing, listing: SignatoryList, report: Report
) -> None:
    """Of another release's document: the same words as ours, or at least those of letter and list in their order."""
    by = f"{path} was made by {closing.statement.release}, and this is {release()}: only words were compared."
    if _words(pdf) == _words(made):
        report.warn("REBUILD_WORDS", f"{by} They are the same.")
    elif (lacking := _lacking(pdf, letter, listing)) is None:
        there = f"{by} Those of the letter and the list are all there; some around them differ"
        report.warn("REBUILD_WORDS", f"{there}{_more(pdf, made)}.")
    elif _lacking(made, letter, listing) is None:
        report.fail("REBUILD_DIFFERS", f"{by} They differ near “{lacking}”.", closing.index)
    else:
        # Readers give some scripts back in another order or form: then silence proves nothing.
        report.leave_open("REBUILD_NOT_DONE", f"{by} This installation cannot read them out of the document.")


def _words(pdf: bytes) -> list[str]:
    return [word for page in text_of(pdf) for word in words_of(page)]


def _more(pdf: bytes, made: bytes) -> str:
    """What the document says beyond the one made again: a name that nobody signed for would stand there."""
    left = Counter(_words(made))
    left.subtract(words := _words(pdf))
    more = [word for word in words if left[word] < 0]
    return f", this document says more: “{' '.join(more[:SHOWN])}{' …' if more[SHOWN:] else ''}”" if more else ""


def _lacking(pdf: bytes, letter: bytes, listing: SignatoryList) -> str | None:
    """The first words of body and listed names that the document lacks in this order."""
    expected = words_of_letter(LetterFile.from_bytes(letter).body)
    for name in listing.listed:
        expected += words_of(name.signatory.listed_as)
    return missing_words(text_of(pdf), expected)
