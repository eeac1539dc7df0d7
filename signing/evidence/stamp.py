"""RFC 3161 time stamps over checkpoints, and the bounds they set to what anybody claims (EVIDENCE 2.11, 4.5).

May import `errors`, `entries`, `stamp_token`; certificates and rfc3161_client only when there is a root or a stamp
to read: they take long to load, and certificates bring sockets along, which nobody here needs.
The judge gives the chain the token's own time, never today's, so a stamp outlives its authority's certificate.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from .entries import Failure
from .errors import EvidenceError, Malformed, Rejected
from .stamp_token import named_certificates

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

MAX_TOKEN_BYTES: Final = 65_536
SHA256_OID: Final = "2.16.840.1.101.3.4.2.1"

_STAMP = re.compile(r"checkpoints/(0|[1-9][0-9]{0,15})\.([A-Za-z0-9-]+)\.tsr", re.ASCII)
_FOREIGN_PANIC: Final = "PanicException"


def can_judge() -> bool:
    """Tell whether this machine has the library that judges time stamps."""
    try:
        import rfc3161_client  # noqa: F401
    except ImportError:
        return False
    return True


def open_roots(roots: Sequence[str]) -> "list[Certificate]":
    """Read the PEM certificates of authorities that are trusted.

    Raises:
        Malformed: `TRUST_MALFORMED` when one is no certificate.
    """
    if not roots:
        return []
    from cryptography import x509

    try:
        found = [each for pem in roots for each in x509.load_pem_x509_certificates(pem.encode())]
    except (ValueError, TypeError):
        raise Malformed(
            "TRUST_MALFORMED", "A time-stamping authority's root is not a certificate in PEM form."
        ) from None
    return list(dict.fromkeys(found))


def stamp_time(token: bytes, imprinted: bytes, roots: Sequence[str], *, nonce: int | None = None) -> datetime:
    """Judge a DER TimeStampResp over exactly these bytes and give the authority's time.

    With `nonce` the answer must also be the one to the question that held it. Needs `can_judge()`.

    Raises:
        Malformed: `TIMESTAMP_BAD` when it cannot be read; `TRUST_MALFORMED` for the roots.
        Rejected: `TIMESTAMP_BAD` when it proves nothing: refused, other bytes, no chain to a root at its own time,
            a certificate that is not for stamping alone, a bad signature.
    """
    trusted = open_roots(roots)
    if not trusted:
        raise Rejected("TIMESTAMP_BAD", "Nobody named a root for this time stamp.")
    if len(token) > MAX_TOKEN_BYTES:
        raise Malformed("TIMESTAMP_BAD", "The time stamp is too large.")
    try:
        return _judge(token, imprinted, trusted, nonce)
    except EvidenceError:
        raise
    # The judge is foreign: it says of bytes it does not like with many kinds of error, one of them no Exception.
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != _FOREIGN_PANIC:
            raise
        raise Malformed("TIMESTAMP_BAD", "The time stamp cannot be read.") from None


def _judge(token: bytes, imprinted: bytes, trusted: "list[Certificate]", nonce: int | None) -> datetime:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    answer = decode_timestamp_response(token)
    imprint = answer.tst_info.message_imprint
    if imprint.hash_algorithm.dotted_string != SHA256_OID or imprint.message != sha256(imprinted).digest():
        raise Rejected("TIMESTAMP_BAD", "The time stamp is over other bytes than this checkpoint.")
    try:
        VerifierBuilder(roots=trusted, nonce=nonce).build().verify_message(answer, imprinted)
    except VerificationError:
        raise Rejected(
            "TIMESTAMP_BAD", "The time stamp is not signed by a certificate that led to a trusted root at its time."
        ) from None
    signer = _signer(answer)
    usage = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise Rejected("TIMESTAMP_BAD", "The authority's certificate is not for time stamping alone.")
    named = named_certificates(answer.time_stamp_token())
    if not named or not named[0].names(signer):
        raise Rejected("TIMESTAMP_BAD", "The time stamp does not name the certificate it is signed with.")
    moment: datetime = answer.tst_info.gen_time
    return moment


def _signer(answer: Any) -> "Certificate":
    from cryptography import x509

    # The judge has seen that there is exactly one, and that its certificate is in the token.
    [said] = answer.signed_data.signer_infos
    certificates = [x509.load_der_x509_certificate(each) for each in answer.signed_data.certificates]
    [signer] = [
        each for each in certificates if each.issuer == said.issuer and each.serial_number == said.serial_number
    ]
    return signer


class Bounds:
    """Between when and when an entry came to be, by judged stamps alone (EVIDENCE 4.5).

    Where several authorities stamped one size, the weaker of their times counts: the *earlier* as not-before, the
    *later* as not-after. Both are then true as long as one of the authorities is honest; a liar can widen the
    bounds, never move an entry out of them or back in time.
    """

    def __init__(self, stamps: Iterable[tuple[int, datetime]]) -> None:
        by_size: dict[int, list[datetime]] = {}
        for size, moment in stamps:
            by_size.setdefault(size, []).append(moment)
        self._sizes = sorted(by_size)
        self._earlier = [min(by_size[size]) for size in self._sizes]
        self._later = [max(by_size[size]) for size in self._sizes]

    def not_before(self, head_size: int) -> datetime | None:
        """The time of the largest stamped checkpoint that the signer's head had grown beyond, None without one.

        A checkpoint is stamped some time after it was first shown: at a quiet hour, after an outage, much later.
        So a head of just the stamped size may well have been signed before the stamp, by an honest person; only
        a larger one was not yet there when the stamp was asked for.
        """
        place = bisect_left(self._sizes, head_size) - 1
        return self._earlier[place] if place >= 0 else None

    def not_after(self, index: int) -> datetime | None:
        """The time of the smallest stamped checkpoint that holds this entry, None without one."""
        place = bisect_right(self._sizes, index)
        return self._later[place] if place < len(self._sizes) else None


@dataclass(frozen=True, slots=True)
class Stamps:
    """What the time stamps of a bundle say. `unjudged` tells in words why none was judged, if so.

    `authorities` counts the sound stamps of each authority by the name in the file's name, which proves nothing.
    """

    bounds: Bounds = field(default_factory=lambda: Bounds(()))
    failures: tuple[Failure, ...] = ()
    authorities: Mapping[str, int] = field(default_factory=dict)
    sizes: frozenset[int] = frozenset()
    unjudged: str = ""

    def covers(self, size: int) -> bool:
        """Tell whether a sound stamp is over the checkpoint of just this size."""
        return size in self.sizes


def check_stamps(files: Mapping[str, bytes], roots: Sequence[str]) -> Stamps:
    """Judge every `checkpoints/<size>.<authority>.tsr` over `checkpoints/<size>` (EVIDENCE 4.9 step 5).

    Without roots nothing is judged and there are no bounds: all times are then claims.

    Raises:
        Malformed: `TRUST_MALFORMED` when a root is no certificate.
    """
    open_roots(roots)
    if not roots:
        return Stamps(unjudged="No time-stamping authority is trusted: all times are the signers' claims.")
    found = sorted((int(match[1]), match[2], name) for name in files if (match := _STAMP.fullmatch(name)))
    if found and not can_judge():
        return Stamps(
            unjudged="The time stamps were not judged: this installation lacks the package rfc3161-client."
        )
    sound: list[tuple[int, datetime]] = []
    failures: list[Failure] = []
    authorities: Counter[str] = Counter()
    for size, authority, name in found:
        try:
            imprinted = files.get(f"checkpoints/{size}")
            if imprinted is None:
                raise Rejected("TIMESTAMP_BAD", "The checkpoint it stamps is missing.")
            sound.append((size, stamp_time(files[name], imprinted, roots)))
            authorities[authority] += 1
        except EvidenceError as error:
            failures.append(Failure(error.code, None, f"{name}: {error.message}"))
    return Stamps(Bounds(sound), tuple(failures), dict(authorities), frozenset(size for size, _ in sound))
