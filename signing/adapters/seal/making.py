"""Makes the sealed PDF: the same bytes, and one incremental update with the evidence and the document key's seal.

May import pyhanko, asn1crypto, pikepdf, cryptography, `document_key`. The seal is a certifying PAdES signature (ETSI EN
319 142-1, level B-T, or B-B where nobody stamped it) with DocMDP "no changes" (ISO 32000-1, 12.8.2.2), in the field
that typesetting prepared.
"""

from __future__ import annotations

import asyncio
import io
import secrets
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Final

import pikepdf
from asn1crypto import cms, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing.adapters.document_key import DocumentKey
from signing.adapters.seal.names import ATTACHMENT, DESCRIPTION, FIELD

DIGEST: Final = "sha256"
# Hexadecimal digits kept free for the CMS object: 1.5 KB, and a time stamp of at most 12 KB.
RESERVED: Final = 2 * 16_384
COPIED_AT_ONCE: Final = 1 << 20
# Entries of a log are base64 of what cannot be compressed: more effort gains a few hundredths and costs ten times.
EFFORT: Final = 1

# Gives a DER TimeStampResp over these bytes, None when nobody stamps now.
Stamp = Callable[[bytes], bytes | None]


def seal(pdf: bytes, bundle_zip: bytes, key: DocumentKey, at: datetime, stamp: Stamp | None = None) -> bytes:
    """The PDF, byte for byte, followed by one increment with the bundle as attachment and the seal, made at `at`.

    Random, as ECDSA is: the same arguments never give the same bytes again. Raises what qpdf and pyHanko raise for a
    PDF that cannot be read, ValueError for one without an empty signature field `Seal`.
    """
    with ThreadPoolExecutor(1) as packer:
        # Deflating takes as long as all the rest, and leaves the interpreter to it.
        packed = packer.submit(zlib.compress, bundle_zip, EFFORT)
        writer = _Increment(pdf)
    _attach(writer, packed.result(), len(bundle_zip), at)
    embedder = PdfCMSEmbedder().write_cms(FIELD, writer, existing_fields_only=True)
    next(embedder)
    placeholder = SignatureObject(
        timestamp=at, subfilter=SigSeedSubFilter.PADES, reason=DESCRIPTION, bytes_reserved=RESERVED
    )
    rules = SigMDPSetup(md_algorithm=DIGEST, certify=True, docmdp_perms=MDPPerm.NO_CHANGES)
    embedder.send(SigObjSetup(placeholder, mdp_setup=rules))
    digest, out = embedder.send(SigIOSetup(md_algorithm=DIGEST, output=io.BytesIO(), chunk_size=COPIED_AT_ONCE))
    signer = _Sealer(key, stamp)
    embedder.send(asyncio.run(signer.async_sign(digest.document_digest, DIGEST, use_pades=True)))
    sealed: bytes = out.getvalue()
    return sealed


class _Increment(BasePdfFileWriter):
    """What is written behind a PDF: its catalog and its signature field anew, and what is added.

    pyHanko's own writer reads every object's place in Python before it changes two, which takes longer than all the
    rest; qpdf gives those two at once. Title, dates and producer stay as the coordinator signed them.
    """

    def __init__(self, pdf: bytes) -> None:
        self._pdf = pdf
        with pikepdf.open(io.BytesIO(pdf), attempt_recovery=False) as before:
            root, trailer = before.Root, before.trailer
            [field] = [each for each in root.AcroForm.Fields if each.get("/T") == FIELD and "/V" not in each]
            info = trailer.get("/Info")
            identity = generic.ByteStringObject(bytes(trailer.ID[0]))
            super().__init__(
                generic.IndirectObject(*root.objgen, self),
                generic.IndirectObject(*info.objgen, self) if info is not None else None,
                generic.ArrayObject([identity, generic.ByteStringObject(secrets.token_bytes(16))]),
                obj_id_start=int(trailer.Size),
            )
            for each in (root, field):
                number, generation = each.objgen
                place = generic.Reference(number, generation, self)
                text = io.BytesIO(each.unparse(resolved=True))
                self.objects[generation, number] = _as_it_was(generic.read_object(text, container_ref=place))

    def _write_header(self, stream: Any) -> None:
        stream.write(self._pdf)

    def _populate_trailer(self, trailer: Any) -> None:
        super()._populate_trailer(trailer)
        trailer[pdf_name("/Prev")] = generic.NumberObject(int(self._pdf.rsplit(b"startxref", 1)[1].split()[0]))

    def _update_meta(self) -> None:
        """Leave Info and XMP alone: both are signed, and must go on agreeing."""


def _as_it_was(read: Any) -> Any:
    """The object with every string in its own bytes, which pyHanko would write in an encoding of its choice."""
    if isinstance(read, generic.TextStringObject):
        plain = read.isascii() and read.original_bytes == read.encode()
        return read if plain else generic.ByteStringObject(read.original_bytes)
    if isinstance(read, generic.DictionaryObject):
        for name in read:
            read[name] = _as_it_was(read.raw_get(name))
    elif isinstance(read, generic.ArrayObject):
        read[:] = [_as_it_was(read.raw_get(place)) for place in range(len(read))]
    return read


class _Sealer(Signer):
    """Signs with the document key, and has the signature stamped at once, so that the stamp can be judged over it."""

    def __init__(self, key: DocumentKey, stamp: Stamp | None) -> None:
        certificates = SimpleCertificateStore()
        certificate, root = (x509.Certificate.load(each) for each in key.der())
        certificates.register(root)
        super().__init__(signing_cert=certificate, cert_registry=certificates)
        self._key = key.private
        self._stamp = stamp

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return self._key.sign(data, ECDSA(hashes.SHA256()))

    async def unsigned_attrs(
        self, digest_algorithm: str, signature: bytes, signed_attrs: Any, timestamper: Any = None, dry_run: bool = False
    ) -> Any:
        answer = self._stamp(signature) if self._stamp is not None else None
        if answer is None:
            return None
        token = tsp.TimeStampResp.load(answer)["time_stamp_token"]
        return cms.CMSAttributes([cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})])


def _attach(writer: BasePdfFileWriter, packed: bytes, size: int, at: datetime) -> None:
    """Embed the bundle and associate it with the whole document (ISO 19005-3, 6.8; ISO 32000-1, 7.11.4)."""
    date = generic.pdf_date(at)
    file = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/EmbeddedFile"),
            pdf_name("/Subtype"): pdf_name("/application/zip"),
            pdf_name("/Filter"): pdf_name("/FlateDecode"),
            pdf_name("/Params"): generic.DictionaryObject(
                {
                    pdf_name("/Size"): generic.NumberObject(size),
                    pdf_name("/CreationDate"): date,
                    pdf_name("/ModDate"): date,
                }
            ),
        },
        encoded_data=packed,
    )
    stored = writer.add_object(file)
    described = writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Filespec"),
                pdf_name("/F"): pdf_string(ATTACHMENT),
                pdf_name("/UF"): pdf_string(ATTACHMENT),
                pdf_name("/Desc"): pdf_string(DESCRIPTION),
                pdf_name("/AFRelationship"): pdf_name("/Data"),
                pdf_name("/EF"): generic.DictionaryObject({pdf_name("/F"): stored, pdf_name("/UF"): stored}),
            }
        )
    )
    named = generic.ArrayObject([pdf_string(ATTACHMENT), described])
    names = generic.DictionaryObject(writer.root.get("/Names", {}))
    names[pdf_name("/EmbeddedFiles")] = generic.DictionaryObject({pdf_name("/Names"): named})
    writer.root[pdf_name("/Names")] = names
    writer.root[pdf_name("/AF")] = generic.ArrayObject([described])
