"""What can be proved, by anybody, offline: standard library and cryptography only (DESIGN 2).

`verify_bundle` and `verify_receipt` judge bytes that are already in memory; `Bundle.read` in the room `bundle`
brings them from a folder or zip. The other rooms are imported by their own names.
"""

from .errors import EvidenceError, Malformed, Rejected
from .receipt_check import verify_receipt
from .report import Report
from .trust import Trust
from .verify import verify_bundle

__all__ = [
    "EvidenceError",
    "Malformed",
    "Rejected",
    "Report",
    "Trust",
    "verify_bundle",
    "verify_receipt",
]
