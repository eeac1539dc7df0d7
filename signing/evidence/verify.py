"""The offline verifier: EVIDENCE 4.9, step by step, with its numbers.

May import the rooms here. It is given bytes, reads no files, no clock and no network, and never stops at a
failure: failures collect, a bad entry counts for nothing and the rest is still judged.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from .auditor import Auditor, auditor_of
from .checkpoint import Checkpoint
from .edition import check_edition, edition_folder
from .entries import Mapper, Reading
from .errors import EvidenceError
from .heads import CHECKPOINT, Heads
from .ledger import Ledger, replay
from .logged_entries import read_tree
from .moments import Bounds
from .note import NoteKey
from .openings import Openings
from .organisations import Rows, signers_of, words_of
from .pdf_words import PdfText, documents_that_differ
from .remarks import remark
from .report import Report
from .sealed_document import with_document
from .signatory import Signatory
from .trust import Trust

OPENINGS: Final = "openings/"

# Makes documents and lists again from a bundle's files, and notes in the report what differs (EVIDENCE 4.3).
Rebuild = Callable[[Mapping[str, bytes], Ledger, Report], None]

_NAMES = re.compile(
    r"README\.txt|policy|signatories\.json|pdf/[A-Za-z0-9-]+\.pdf"
    r"|letter/[1-9][0-9]*\.[A-Za-z0-9-]+\.(md|txt)"
    r"|entries/[0-9]{6,8}\.(dsse\.json|pae|sig)|keys/[^/]+"
    r"|log/checkpoint|log/tile/[0-9]+/(x[0-9]{3}/)*[0-9]{3}(\.p/[0-9]{1,3})?"
    r"|checkpoints/(0|[1-9][0-9]*)(\.cosigs|\.[A-Za-z0-9-]+\.tsr)?|tsa/[^/]+\.pem"
    r"|receipts/[^/]+\.tlog-proof|history/[^/]+\.tlog-proof|openings/[^/]+"
    r"|editions/[1-9][0-9]*/(signatories\.json|pdf/[A-Za-z0-9-]+\.pdf)",
    re.ASCII,
)


def is_bundle_name(name: str) -> bool:
    """Tell whether a bundle may hold a file of this name (EVIDENCE 4.7)."""
    return _NAMES.fullmatch(name) is not None


def verify_bundle(
    files: Mapping[str, bytes],
    trust: Trust | None,
    *,
    map: Mapper = map,  # the builtin's name, because a pool's map takes its place
    older: Mapping[str, bytes] | bytes | None = None,
    log_key: NoteKey | None = None,
    coordinator: str | None = None,
    openings: Mapping[str, bytes] | None = None,
    pdf_text: PdfText | None = None,
    rebuild: Rebuild | None = None,
    document: bytes | None = None,
) -> Report:
    """Judge a bundle.

    Args:
        files: the bundle's files by name.
        trust: the keys the auditor trusts; without them the report says what is not proved.
        map: a map that keeps the order, to share the signatures out.
        older: an earlier copy that this one must continue: a bundle's files, or a receipt.
        log_key: the log's key; goes before the trust file.
        coordinator: the name of the coordinator's key; goes before the trust file.
        openings: openings of commitments that the auditor was shown, beside those in the bundle.
        pdf_text: gives the text of a PDF page by page, to compare the documents with the words; without it they
            are compared by their signed digests alone.
        rebuild: makes the documents and sorts the lists again, to compare; without it this is not looked at.
        document: the unsealed PDF that the bundle was found in; it stands in the place of the bundle's PDFs.
    """
    report = Report()
    try:
        _verify(report, files, trust, map, older, log_key, coordinator, openings or {}, pdf_text, rebuild, document)
    except EvidenceError as error:
        report.fail(error.code, error.message)
    return report


def _verify(
    report: Report,
    files: Mapping[str, bytes],
    trust: Trust | None,
    mapper: Mapper,
    older: Mapping[str, bytes] | bytes | None,
    log_key: NoteKey | None,
    coordinator: str | None,
    openings: Mapping[str, bytes],
    pdf_text: PdfText | None,
    rebuild: Rebuild | None,
    document: bytes | None,
) -> None:
    # 1. Files
    for name in files:
        if not is_bundle_name(name):
            report.fail("BUNDLE_MALFORMED", f"A bundle has no file {name!a}.")
    # 2. Newest checkpoint
    newest, note = Checkpoint.from_note(files.get(CHECKPOINT, b""))
    report.letter = newest.origin
    auditor = _auditor(report, newest.origin, files, trust, log_key, coordinator)
    heads = Heads(report, files, auditor)
    heads.check_newest(newest, note)
    # 3. Tree
    entries, leaves = read_tree(report, files, newest)
    # 4. The receipts of earlier letters, which binds may lean on; 5. Stamps
    reading = Reading(entries, mapper)
    history = heads.earlier_letters(newest.origin)
    bounds = _stamped(report, files, auditor, newest.size)
    # 6. to 10. Each entry, in order
    ledger = replay(
        entries, files=files, coordinators=auditor.coordinators, origin=newest.origin, leaves=leaves,
        reading=reading, history=history, bounds=bounds,
    )  # fmt: skip
    heads.check_root(newest, ledger)
    # 4. Other heads
    heads.check_others(ledger)
    if older is not None:
        heads.check_older(older, ledger)
    report.failures.extend(ledger.failures)
    # 10. The editions' files
    if document is not None:
        files = with_document(report, files, ledger, document)
    _check_editions(report, files, ledger, documents_apart=document is not None)
    # 11. Openings
    shown = [(name, files[name]) for name in files if name.startswith(OPENINGS)]
    opened = Openings(ledger, [*shown, *openings.items()])
    report.failures.extend(opened.failures)
    _read_documents(report, files, ledger, pdf_text, rebuild)
    # 12. Report
    _describe(report, ledger, opened)
    remark(report, ledger, auditor)


def _read_documents(
    report: Report, files: Mapping[str, bytes], ledger: Ledger, pdf_text: PdfText | None, rebuild: Rebuild | None
) -> None:
    if pdf_text is not None:
        for message in documents_that_differ(files, ledger, pdf_text):
            report.warn("PDF_TEXT", message)
    if rebuild is not None:
        rebuild(files, ledger, report)
    elif report.document is not None:
        report.warn(
            "PAGES_AS_SIGNED",
            "What the pages show is what the coordinator signed; that they show these words and these organisations "
            "alone was not looked at. Leave --no-rebuild out for that.",
        )


def _auditor(
    report: Report,
    origin: str,
    files: Mapping[str, bytes],
    trust: Trust | None,
    log_key: NoteKey | None,
    coordinator: str | None,
) -> Auditor:
    try:
        return auditor_of(origin, trust, log_key, coordinator, files.get("policy", b""))
    except EvidenceError as error:
        report.fail("BUNDLE_MALFORMED", f"The file policy cannot be read. {error.message}")
        return auditor_of(origin, trust, log_key, coordinator, b"quorum none\n")


def _stamped(report: Report, files: Mapping[str, bytes], auditor: Auditor, size: int) -> Bounds | None:
    if not auditor.tsa_roots:
        report.warn("TIMES_CLAIMED", "All times are the signers' claims: no time stamps are trusted.")
        return None
    from .stamp import check_stamps  # the judge of certificates is slow to load, and most checks have no use for it

    stamps = check_stamps(files, auditor.tsa_roots)
    report.failures.extend(stamps.failures)
    report.authorities = dict(stamps.authorities)
    if stamps.unjudged:
        report.leave_open("TIMESTAMP_MISSING", stamps.unjudged)
    elif not stamps.covers(size):
        report.leave_open("TIMESTAMP_MISSING", "No sound time stamp covers the newest checkpoint.")
    return stamps.bounds


def _check_editions(report: Report, files: Mapping[str, bytes], ledger: Ledger, *, documents_apart: bool) -> None:
    if not ledger.closings:
        report.leave_open("NOT_CLOSED", "The coordinator has not signed a list yet.")
        return
    current = ledger.closings[-1]
    for closing in ledger.closings:
        folder = edition_folder(closing.statement.edition, current.statement.edition)
        report.failures.extend(check_edition(closing, files, folder, documents_apart=documents_apart))
    if any(answer.index > current.index for answer in ledger.live.values()):
        report.warn("EDITION_BEHIND", "Somebody has answered since the newest edition was closed.")


def _describe(report: Report, ledger: Ledger, openings: Openings) -> None:
    report.title = ledger.versions[-1].statement.title if ledger.versions else ""
    report.words = words_of(ledger)
    report.confidential = sum(not isinstance(answer.signatory, Signatory) for answer in ledger.approvals())
    report.organisations = Rows(ledger, openings.opened)
    report.signers.extend(signers_of(ledger))
