"""What a seal is worth: intact, over the whole file, by a trusted document key, stamped or not.

May import pyhanko, asn1crypto and `evidence`. The time stamp is judged as every other one here (`evidence.stamp`),
and by pyHanko too; the certificates are judged at its time, and without one at the time that the service claims.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from asn1crypto import cms, tsp, x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificates
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from signing.evidence.errors import EvidenceError, Malformed
from signing.evidence.stamp import can_judge, stamp_time

STAMP: Final = "signature_time_stamp_token"
# A seal carries two certificates, a stamp up to five. Where names are alike, pyHanko tries every path among them.
MAX_CARRIED: Final = 6


@dataclass(frozen=True, slots=True)
class Finding:
    """Something for the report: a failure, a warning, or what is left open, with its code and plain words."""

    kind: Literal["failure", "warning", "open"]
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Judged:
    """`sound`: intact, over the whole file, and by a document key that is trusted."""

    signer: str
    sound: bool
    stamped_at: datetime | None
    findings: tuple[Finding, ...]


def judge_seal(
    signature: EmbeddedPdfSignature, claimed: datetime | None, roots: Sequence[str], tsa_roots: Sequence[str]
) -> Judged:
    """Judge it. Raises what pyHanko and asn1crypto raise for a seal that cannot be read."""
    signer = signature.signer_cert.subject.native.get("common_name", "")
    token = _token(signature)
    carriers = [signature.signed_data] if token is None else [signature.signed_data, token["content"]]
    if any(len(each["certificates"]) > MAX_CARRIED for each in carriers):
        return Judged(signer, False, None, (_broken(),))
    findings: list[Finding] = []
    stamped_at = _stamped(token, signature, tsa_roots, findings)
    trusted = _certificates(roots)
    carried = list(signature.other_embedded_certs)
    anchors = trusted or carried
    moment = stamped_at or claimed
    status = asyncio.run(
        async_validate_pdf_signature(
            signature,
            signer_validation_context=_context(anchors, carried, moment),
            ts_validation_context=_context(_certificates(tsa_roots), (), moment),
        )
    )
    whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    if not (status.intact and status.valid and status.docmdp_ok and whole and _is_spelt_right(signature)):
        findings.append(_broken())
    elif not trusted:
        findings.append(
            Finding("open", "SEAL_UNTRUSTED", "Whose seal to trust is not known: no document certificate was given.")
        )
    elif not status.trusted:
        words = f"The seal is not by a document key that the trust file leads to. It calls itself {signer!a}."
        findings.append(Finding("failure", "SEAL_UNTRUSTED", words))
    elif not _belong(carried, trusted) or (stamped_at is not None and not status.bottom_line):
        findings.append(_broken())
    sound = bool(trusted) and not any(each.kind == "failure" for each in findings)
    return Judged(signer, sound, stamped_at, tuple(findings))


def _broken() -> Finding:
    return Finding("failure", "SEAL_BROKEN", "The PDF was changed after it was sealed: the seal does not fit.")


def _token(signature: EmbeddedPdfSignature) -> cms.ContentInfo | None:
    attributes = signature.signer_info["unsigned_attrs"]
    if not attributes:
        return None
    [attribute] = attributes
    if attribute["type"].native != STAMP:
        raise ValueError("an attribute that no seal has")
    [token] = attribute["values"]
    return token


def _stamped(
    token: Any, signature: EmbeddedPdfSignature, tsa_roots: Sequence[str], findings: list[Finding]
) -> datetime | None:
    """The stamp's own time, if there is one that is trusted."""
    if token is None:
        findings.append(
            Finding("warning", "SEAL_UNSTAMPED", "The seal has no time stamp: when it was made is the service's word.")
        )
        return None
    if not tsa_roots:
        return None
    if not can_judge():
        words = "The seal's time stamp was not judged: this installation lacks the package rfc3161-client."
        findings.append(Finding("open", "TIMESTAMP_MISSING", words))
        return None
    answer = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump()
    try:
        return stamp_time(answer, signature.signer_info["signature"].native, tsa_roots)
    except EvidenceError as error:
        findings.append(Finding("failure", "TIMESTAMP_BAD", f"The seal: {error.message}"))
        return None


def _is_spelt_right(signature: EmbeddedPdfSignature) -> bool:
    """Whether its unsigned parts are the only ones there can be: no byte of them may be another unseen."""
    said, signer = signature.signer_info, signature.signer_cert
    info = {
        "version": "v1",
        "sid": {"issuer_and_serial_number": {"issuer": signer.issuer, "serial_number": signer.serial_number}},
        "digest_algorithm": {"algorithm": "sha256"},
        "signed_attrs": said["signed_attrs"],
        "signature_algorithm": {"algorithm": "sha256_ecdsa"},
        "signature": said["signature"].native,
    }
    if said["unsigned_attrs"]:
        info["unsigned_attrs"] = said["unsigned_attrs"]
    content = {
        "version": "v1",
        "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": {"content_type": "data"},
        "certificates": signature.signed_data["certificates"],
        "signer_infos": [info],
    }
    spelt = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(content)}).dump()
    return bytes(signature.pkcs7_content).rstrip(b"\0") == bytes(spelt).rstrip(b"\0")


def _belong(carried: Sequence[Any], trusted: Sequence[x509.Certificate]) -> bool:
    """Whether the certificates beside the signer's are those trusted: no signature covers their bytes."""
    ours = {each.dump() for each in trusted}
    return all(each.dump() in ours for each in carried)


def _certificates(texts: Sequence[str]) -> list[x509.Certificate]:
    try:
        found = [each for text in texts for each in load_pem_x509_certificates(text.encode())]
    except (ValueError, TypeError):
        raise Malformed("TRUST_MALFORMED", "A certificate in the trust file is not in PEM form.") from None
    return [x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in found]


def _context(
    roots: Sequence[x509.Certificate], others: Sequence[x509.Certificate], moment: datetime | None
) -> ValidationContext:
    # Our root issues no revocation lists: a stolen document key is answered with a new trust file.
    return ValidationContext(
        trust_roots=list(roots), other_certs=list(others), moment=moment, best_signature_time=moment,
        allow_fetching=False, revocation_mode="soft-fail",
    )
