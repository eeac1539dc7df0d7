"""An RFC 3161 authority for tests: the same question gives the same token, sound or with one named defect.

Its keys are in the repository and stamp nothing but tests. `openssl ts -verify` takes what it makes
(test_stamps demands it).
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Literal

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

KEYS = Path(__file__).with_name("time_authority_test_keys")
POLICY = "1.2.3.4.1"
VALID_FROM = datetime(2025, 1, 1, tzinfo=UTC)
VALID_UNTIL = datetime(2035, 1, 1, tzinfo=UTC)
# The certificate of the defect `expired` ends here: stamp later than this.
EXPIRED_AT = datetime(2025, 6, 1, tzinfo=UTC)
DEFECTS = (
    "other-root", "no-usage", "wrong-usage", "usage-not-critical", "more-usages", "expired", "damaged-signature",
    "damaged-time", "refused", "other-hash", "no-certificate", "two-signers",
    "no-signing-certificate", "other-signing-certificate",
)  # fmt: skip
Defect = Literal[
    "other-root", "no-usage", "wrong-usage", "usage-not-critical", "more-usages", "expired", "damaged-signature",
    "damaged-time", "refused", "other-hash", "no-certificate", "two-signers",
    "no-signing-certificate", "other-signing-certificate",
]  # fmt: skip


@cache
def _key(name: str) -> RSAPrivateKey:
    pem = (KEYS / f"{name}-for-tests-only.pem").read_bytes()
    key = load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(key, RSAPrivateKey)
    return key


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _number(*parts: bytes) -> int:
    return int.from_bytes(sha256(b"\0".join(parts)).digest()[:8]) >> 1 | 1


class TimeAuthority:
    """Stamps under a root of its own name; `root_pem` is what an auditor trusts."""

    def __init__(self, name: str = "authority") -> None:
        self.name = name
        self.root = self._root("root")

    @property
    def root_pem(self) -> str:
        return self.root.public_bytes(Encoding.PEM).decode()

    def stamp(
        self,
        data: bytes,
        at: datetime,
        *,
        imprint: bytes | None = None,
        nonce: int | None = None,
        defect: Defect | None = None,
        certificate_in_it: bool = True,
    ) -> bytes:
        """The DER TimeStampResp over `data` (or over this SHA-256 `imprint` instead), made at `at`."""
        if defect == "refused":
            status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {"system_failure"}}).dump()
            return b"\x30" + bytes([len(status)]) + status  # the library takes no answer without a token
        digest, algorithm = imprint or sha256(data).digest(), "sha256"
        if defect == "other-hash":
            whole = hashes.Hash(hashes.SHA512())
            whole.update(data)
            digest, algorithm = whole.finalize(), "sha512"
        info = {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": digest},
            "serial_number": _number(self.name.encode(), digest, at.isoformat().encode()),
            "gen_time": at.astimezone(UTC).replace(microsecond=0),
        }
        content = tsp.TSTInfo(info if nonce is None else info | {"nonce": nonce}).dump()
        signed = self._signed_data(content, at, defect, certificate_in_it and defect != "no-certificate")
        token = cms.ContentInfo({"content_type": "signed_data", "content": signed})
        answer = bytes(tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump())
        if defect == "damaged-time":
            moved = at.astimezone(UTC).replace(microsecond=0, year=at.year - 1)
            return answer.replace(f"{at.astimezone(UTC):%Y%m%d%H%M%SZ}".encode(), f"{moved:%Y%m%d%H%M%SZ}".encode())
        return answer

    def answer(self, request: bytes, at: datetime, *, defect: Defect | None = None) -> bytes:
        """Answer a DER TimeStampReq as an authority on the web does, its nonce included."""
        asked = tsp.TimeStampReq.load(request, strict=True)
        imprint = asked["message_imprint"]
        assert imprint["hash_algorithm"]["algorithm"].native == "sha256"
        return self.stamp(
            b"",
            at,
            imprint=imprint["hashed_message"].native,
            nonce=asked["nonce"].native,
            defect=defect,
            certificate_in_it=bool(asked["cert_req"].native),
        )

    def _root(self, key: str) -> x509.Certificate:
        name = _name(f"Test root of {self.name}")
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(_key(key).public_key())
            .serial_number(_number(b"root", self.name.encode()))
            .not_valid_before(VALID_FROM)
            .not_valid_after(VALID_UNTIL)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(_key(key), hashes.SHA256())
        )

    def _certificate(self, defect: Defect | None) -> x509.Certificate:
        # A root of the same name with another key: only the signature tells them apart.
        issuer = "stranger" if defect == "other-root" else "root"
        usages = [ExtendedKeyUsageOID.TIME_STAMPING]
        if defect == "wrong-usage":
            usages = [ExtendedKeyUsageOID.CODE_SIGNING]
        elif defect == "more-usages":
            usages.append(ExtendedKeyUsageOID.CODE_SIGNING)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(f"Test time authority {self.name}"))
            .issuer_name(self.root.subject)
            .public_key(_key("signer").public_key())
            .serial_number(_number(b"signer", self.name.encode()))
            .not_valid_before(VALID_FROM)
            .not_valid_after(EXPIRED_AT if defect == "expired" else VALID_UNTIL)
        )
        if defect != "no-usage":
            builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=defect != "usage-not-critical")
        return builder.sign(_key(issuer), hashes.SHA256())

    def _signed_data(self, content: bytes, at: datetime, defect: Defect | None, whole: bool) -> cms.SignedData:
        certificate = self._certificate(defect)
        der = certificate.public_bytes(Encoding.DER)
        named = sha256(der + b"another" if defect == "other-signing-certificate" else der).digest()
        said = [
            {"type": "content_type", "values": ["tst_info"]},
            {"type": "signing_time", "values": [cms.Time({"utc_time": at.astimezone(UTC).replace(microsecond=0)})]},
            {"type": "message_digest", "values": [sha256(content).digest()]},
        ]
        if defect != "no-signing-certificate":
            said.append({"type": "signing_certificate_v2", "values": [{"certs": [{"cert_hash": named}]}]})
        attributes = cms.CMSAttributes(said)
        signature = _key("signer").sign(attributes.dump(), PKCS1v15(), hashes.SHA256())
        if defect == "damaged-signature":
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        parsed = asn1_x509.Certificate.load(der)
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.IssuerAndSerialNumber({"issuer": parsed.issuer, "serial_number": parsed.serial_number}),
                "digest_algorithm": {"algorithm": "sha256"},
                "signed_attrs": attributes,
                "signature_algorithm": {"algorithm": "rsassa_pkcs1v15"},
                "signature": signature,
            }
        )
        signed = {
            "version": "v3",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(content)},
            "signer_infos": [signer, signer] if defect == "two-signers" else [signer],
        }
        return cms.SignedData(signed | {"certificates": [parsed]} if whole else signed)
