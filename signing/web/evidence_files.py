"""Evidence to take away: bundle, trust file, entries, receipts, PDFs, with the names they are known by."""

from __future__ import annotations

from flask import Response

from signing.evidence import bundle
from signing.web.download import attachment
from signing.workflow import auditing, bundling
from signing.workflow.ports import Services


def bundle_zip(services: Services, letter_id: str) -> Response:
    """The whole evidence of a letter in one file."""
    data = bundle.zipped(bundling.bundle_files(services, letter_id))
    return attachment(data, f"{letter_id}-evidence.zip", "application/zip")


def trust_file(services: Services) -> Response:
    """The public keys of this installation."""
    return attachment(auditing.trust_bytes(services), "trust.json", "application/json")


def entry_file(services: Services, letter_id: str, index: int) -> Response:
    """One entry, the exact bytes of the log."""
    view = auditing.entry(services, letter_id, index)
    return attachment(view.logged.entry, f"{letter_id}-{index}.dsse.json", "application/json")


def receipt_file(services: Services, letter_id: str, index: int) -> Response:
    """The receipt of one entry."""
    data = auditing.receipt_bytes(services, letter_id, index)
    return attachment(data, f"{letter_id}-{index}.tlog-proof", "text/plain; charset=utf-8")
