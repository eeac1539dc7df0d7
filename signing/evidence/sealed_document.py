"""The one document of a sealed PDF in the bundle it carries, which holds none (EVIDENCE 4.7, 4.9 step 10).

May import `edition`, `ledger`, `report`, `statement`. How a sealed PDF is opened, and what its seal is worth, is for
whoever calls the verifier: here the unsealed bytes take their place among the files.
"""

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from hashlib import sha256
from typing import cast

from .edition import PDF_FOLDER, edition_folder
from .ledger import Closing, Ledger
from .report import Report
from .statement import LIST_FILE


def with_document(
    report: Report, files: Mapping[str, bytes], ledger: Ledger, document: bytes
) -> Mapping[str, bytes]:
    """Give the files with this document under its own name, and say in the report what it is and what was not seen.

    It is what a closing has signed its digest as; one that none has is the failure `PDF_MISMATCH`.
    """
    digest = sha256(document).hexdigest()
    found = [
        (closing, file.name)
        for closing in ledger.closings
        for file in closing.statement.subject
        if file.sha256 == digest and file.name != LIST_FILE
    ]
    if not found:
        if ledger.closings:
            report.fail("PDF_MISMATCH", "The document in this file is none that the coordinator signed.")
        return files
    closing, name = found[-1]
    current = ledger.closings[-1]
    report.document = {"name": name, "edition": closing.statement.edition, "sha256": digest}
    _say_unseen(report, closing, name)
    if closing is not current:
        report.warn(
            "EDITION_BEHIND",
            f"This document is edition {closing.statement.edition}; the log in it holds edition "
            f"{current.statement.edition} already.",
        )
    path = f"{edition_folder(closing.statement.edition, current.statement.edition)}{PDF_FOLDER}{name}"
    # Typed for those who write to it; nobody does.
    return ChainMap({path: document}, cast(MutableMapping[str, bytes], files))


def _say_unseen(report: Report, closing: Closing, seen: str) -> None:
    others = sorted({file.name for file in closing.statement.subject} - {LIST_FILE, seen})
    if others:
        report.warn(
            "LANGUAGES_NOT_SEEN",
            f"Only {seen} was seen. {', '.join(others)} of the same edition: the digests are signed with it, but the "
            "bytes are not in this file; each sealed PDF is checked by itself.",
        )
