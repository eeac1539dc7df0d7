"""An edition against its files: the list, its words, its PDFs (EVIDENCE 4.9, step 10).

May import `ledger`, `signatory_list`, `statement`, `errors`.
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Final

from .errors import EvidenceError
from .ledger import Closing, Failure
from .signatory import Signatory
from .signatory_list import ListedName, listed_names
from .statement import LIST_FILE

PDF_FOLDER: Final = "pdf/"


def edition_folder(edition: int, current: int) -> str:
    """Name the folder of a bundle that holds an edition's files: the top for the current one."""
    return "" if edition == current else f"editions/{edition}/"


def check_edition(
    closing: Closing, files: Mapping[str, bytes], folder: str, *, documents_apart: bool = False
) -> list[Failure]:
    """Compare an edition's files and list with what its closing signed and its log says.

    With `documents_apart` (a bundle out of a sealed PDF) PDFs that are not there are no defect.
    """
    return [
        Failure(code, closing.index, f"Edition {closing.statement.edition}: {message}")
        for code, message in _defects(closing, files, folder, documents_apart)
    ]


def _defects(
    closing: Closing, files: Mapping[str, bytes], folder: str, documents_apart: bool
) -> Iterator[tuple[str, str]]:
    signed = {file.name: file.sha256 for file in closing.statement.subject}
    list_digest = signed.pop(LIST_FILE)
    if signed.keys() != {f"{language}.pdf" for language in closing.version.statement.languages()}:
        yield "PDF_MISMATCH", "the closing does not name one PDF for each language of the letter."
    for name, digest in signed.items():
        path = f"{folder}{PDF_FOLDER}{name}"
        if documents_apart and path not in files:
            continue
        if path not in files:
            yield "PDF_MISMATCH", f"the file {path} is missing. Out of a sealed PDF? Then check the PDF itself."
        elif sha256(files[path]).hexdigest() != digest:
            yield "PDF_MISMATCH", f"the file {path} is not the one signed."
    path = f"{folder}{LIST_FILE}"
    data = files.get(path)
    if data is None or sha256(data).hexdigest() != list_digest:
        # A list nobody signed proves nothing about names, so there is nothing further to compare.
        yield "LIST_FILE_MISMATCH", f"the file {path} is not the one signed."
        return
    try:
        yield from _compare(closing, listed_names(data))
    except EvidenceError as error:
        yield error.code, error.message


def _compare(closing: Closing, printed: Iterable[ListedName]) -> Iterator[tuple[str, str]]:
    expected: dict[int, Signatory] = {}
    for answer in closing.approvals:
        if isinstance(answer.signatory, Signatory):
            expected[answer.index] = answer.signatory
    missing = dict(expected)
    count = 0
    for name in printed:
        count += 1
        if name.index not in expected:
            yield "LIST_EXTRA", f"{name.signatory.listed_as!r} is listed without an approval that stands."
        elif name.index not in missing:
            yield "LIST_EXTRA", f"{name.signatory.listed_as!r} is listed twice."
        elif missing.pop(name.index) != name.signatory:
            yield "LIST_NAME_MISMATCH", f"{name.signatory.listed_as!r} is listed in words it did not sign."
    for signatory in missing.values():
        yield "LIST_MISSING", f"{signatory.listed_as!r} approved and is not listed."
    if closing.statement.listed != count:
        yield "LIST_FILE_MISMATCH", "the closing counts another number of listed names."
    if closing.statement.confidential != len(closing.approvals) - len(expected):
        yield "CONFIDENTIAL_COUNT", "the closing counts another number of confidential signatories."
