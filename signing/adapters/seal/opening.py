"""Opens a sealed PDF that comes from a stranger: the document, the bundle in it, and what its seal is worth.

May import its siblings, pyhanko, asn1crypto and `evidence`. Nothing is parsed before the layout of the bytes is sound,
and sizes are bounded before anything is unpacked. What pyHanko says of bytes it does not like with many kinds of error
leaves this room as `Rejected`.
"""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from pyhanko.pdf_utils.decode_limits import DEFAULT_PURPOSE_LIMITS, DecodeLimits, DecodePurpose, StreamDecodeLimits
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, read_certification_data

from signing.adapters.seal.increment import check_increment
from signing.adapters.seal.judging import Finding, judge_seal
from signing.adapters.seal.layout import MAX_BYTES, covered_range, document_of
from signing.adapters.seal.names import ATTACHMENT, FIELD
from signing.evidence.errors import EvidenceError, Rejected

_MIB: Final = 1024 * 1024
MAX_BUNDLE: Final = 256 * _MIB
# A letter of a hundred thousand names has cross-references of some MB; each of theirs takes a hundred bytes of memory.
LIMITS: Final = DecodeLimits(
    per_purpose={**DEFAULT_PURPOSE_LIMITS, DecodePurpose.XREF_STREAM: StreamDecodeLimits(max_output_size=16 * _MIB)}
)


@dataclass(frozen=True, slots=True)
class SealedPdf:
    """What was in it: the unsealed PDF, the bundle's zip, who sealed it by the certificate, and the findings.

    `sealed_at` is the service's own word, `stamped_at` that of a time-stamping authority that is trusted, else None.
    """

    document: bytes
    bundle: bytes
    signer: str
    sealed_at: datetime | None
    stamped_at: datetime | None
    findings: tuple[Finding, ...]


def open_sealed(data: bytes, roots: Sequence[str], tsa_roots: Sequence[str]) -> SealedPdf:
    """Open it and judge its seal; `roots` are the PEM roots of document keys that are trusted, `tsa_roots` those of
    time-stamping authorities.

    Raises:
        Rejected: `SEAL_MISSING`, `SEAL_EXTENDED`, or `SEAL_BROKEN` when it cannot be read far enough to judge it.
    """
    if len(data) > MAX_BYTES:
        raise Rejected("SEAL_BROKEN", "The file is too large to be a sealed letter.")
    document = document_of(data)
    # It tells its own log of every odd object; whoever checks gets our verdict.
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        return _open(data, document, roots, tsa_roots)
    except EvidenceError:
        raise
    except Exception:
        # The file is a stranger's: whatever a parser meets in it, recursion without end too, is said in our words.
        raise Rejected("SEAL_BROKEN", "The seal of this PDF cannot be read: the file is damaged.") from None


def _open(data: bytes, document: bytes, roots: Sequence[str], tsa_roots: Sequence[str]) -> SealedPdf:
    reader = PdfFileReader(io.BytesIO(data), strict=True, decode_limits=LIMITS)
    signature = _only_signature(reader)
    _check_hole(data, signature)
    opened = SealedPdf(document, _attachment(reader), "", signature.self_reported_timestamp, None, ())
    judged = judge_seal(signature, opened.sealed_at, roots, tsa_roots)
    findings = list(judged.findings)
    if judged.sound:
        # Only a file that the document key has sealed is worth, and safe enough for, looking at every object of it.
        findings += check_increment(document, data, seal_number=signature.sig_field.raw_get("/V").idnum)
    return replace(opened, signer=judged.signer, stamped_at=judged.stamped_at, findings=tuple(findings))


def _only_signature(reader: Any) -> EmbeddedPdfSignature:
    if reader.encrypted:
        raise Rejected("SEAL_BROKEN", "This PDF is encrypted; a sealed letter never is.")
    signatures = reader.embedded_signatures
    if len(signatures) != 1:
        raise Rejected("SEAL_EXTENDED", "There is not exactly one signature in this PDF.")
    signature: EmbeddedPdfSignature = signatures[0]
    certified = read_certification_data(reader)
    if (
        signature.field_name != FIELD
        or certified is None
        or certified.author_sig.container_ref != signature.sig_object.container_ref
        or certified.permission is not MDPPerm.NO_CHANGES
        or signature.docmdp_level is not MDPPerm.NO_CHANGES
    ):
        raise Rejected("SEAL_BROKEN", "The signature in this PDF is not a letter's seal.")
    return signature


def _check_hole(data: bytes, signature: EmbeddedPdfSignature) -> None:
    """What no signature can cover: nothing but the seal's own bytes may stand there, in one spelling."""
    first, length, second, rest = covered_range(data)
    contents = bytes(signature.pkcs7_content)
    if (
        first != 0
        or second + rest != len(data)
        or data[length:second] != b"<" + contents.hex().upper().encode() + b">"
        or not re.fullmatch(rb"\x30\x82..", contents[:4], re.DOTALL)
        or any(contents[4 + int.from_bytes(contents[2:4]) :])
    ):
        raise Rejected("SEAL_BROKEN", "The seal of this PDF was written over.")


def _attachment(reader: Any) -> bytes:
    """The bundle's zip, unpacked no further than a bundle can go."""
    try:
        if reader.root["/Names"]["/EmbeddedFiles"]["/Names"][0] != ATTACHMENT:
            raise KeyError
        file = reader.root["/AF"][0]["/EF"]["/F"]
        packed, how = file.encoded_data, file.get("/Filter", None)
    except (KeyError, ValueError, TypeError, IndexError):
        raise Rejected("SEAL_BROKEN", "The evidence is not in this PDF.") from None
    if how != "/FlateDecode" or "/DecodeParms" in file:
        raise Rejected("SEAL_BROKEN", "The evidence in this PDF is packed in an unknown way.")
    unpacker = zlib.decompressobj()
    bundle = unpacker.decompress(packed, MAX_BUNDLE)
    if not unpacker.eof or unpacker.unused_data:
        raise Rejected("SEAL_BROKEN", "The evidence in this PDF is cut, or too large.")
    return bundle
