"""A seal made and opened: what the sealing increment may hold, and what becomes of hostile files."""

from __future__ import annotations

import dataclasses
import io
import random
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from pikepdf import Array, Dictionary, Name, String
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from signing.adapters import key_files
from signing.adapters.document_key import DocumentKey, fault_of, load_document_key
from signing.adapters.seal import making, opening
from signing.adapters.seal.making import seal
from signing.adapters.seal.opening import SealedPdf, open_sealed
from signing.adapters.sealer import DocumentSealer
from signing.domain.errors import Refusal
from signing.evidence.errors import Rejected
from tests.evidence.time_authority import TimeAuthority

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PASSPHRASE = b"a passphrase for tests"
BUNDLE = b"PK, and what follows" * 50
AUTHORITY = TimeAuthority()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("document") / "keys"
    key_files.make_missing(made, PASSPHRASE, "letters.example.org", NOW)
    return made


@pytest.fixture(scope="module")
def key(folder: Path) -> DocumentKey:
    return load_document_key(folder, PASSPHRASE)


@pytest.fixture(scope="module")
def root(folder: Path) -> str:
    return key_files.root_certificate(folder)


def unsealed(change: Callable[[pikepdf.Pdf], None] = lambda pdf: None) -> bytes:
    """A page with an empty signature field, as typesetting leaves it."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page().obj
    page.Contents = pdf.make_stream(b"0 0 m 100 100 l S")
    field = pdf.make_indirect(
        Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String("Seal"), F=132,
                   Rect=Array([0, 0, 0, 0]), P=page)
    )  # fmt: skip
    page.Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)
    change(pdf)
    out = io.BytesIO()
    pdf.save(out, min_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


@pytest.fixture(scope="module")
def page() -> bytes:
    return unsealed()


@pytest.fixture(scope="module")
def sealed(page: bytes, key: DocumentKey) -> bytes:
    return seal(page, BUNDLE, key, NOW, lambda signature: AUTHORITY.stamp(signature, NOW))


def said(data: bytes, root: str) -> list[str]:
    """The codes of everything that is wrong with it."""
    try:
        opened = open_sealed(data, [root], [AUTHORITY.root_pem])
    except Rejected as rejected:
        return [rejected.code]
    return [each.code for each in opened.findings if each.kind == "failure"]


def test_what_was_sealed_comes_out_as_it_went_in(page: bytes, sealed: bytes, root: str) -> None:
    opened = open_sealed(sealed, [root], [AUTHORITY.root_pem])
    assert opened == SealedPdf(page, BUNDLE, "letters.example.org documents", NOW, NOW, ())


def test_words_in_the_catalog_and_the_field_keep_their_bytes(key: DocumentKey, root: str) -> None:
    def named(pdf: pikepdf.Pdf) -> None:
        pdf.Root.AcroForm.Fields[0].TU = String("Le sceau, scellé à la publication: 印")
        pdf.Root.PieceInfo = Dictionary(Words=Array([String("é"), Dictionary(More=String(b"\xfe\xff\x00A"))]))

    assert said(seal(unsealed(named), BUNDLE, key, NOW), root) == []


def test_the_attachment_is_as_archives_want_it_and_names_no_other_time(sealed: bytes) -> None:
    with pikepdf.open(io.BytesIO(sealed)) as pdf:
        [described] = list(pdf.Root.AF)
        file = described.EF.F
        assert (described.AFRelationship, str(described.UF), file.Subtype) == (
            Name.Data, "evidence.zip", Name("/application/zip")
        )  # fmt: skip
        assert str(file.Params.ModDate) == str(file.Params.CreationDate) == "D:20261124120000Z"
        assert int(file.Params.Size) == len(BUNDLE)
        assert "/Version" not in pdf.Root


class Greedy(making._Increment):
    """A service that seals more than the evidence: `more` is done to the increment before it is written."""

    more: Callable[[Any], None]

    def write(self, stream: Any) -> None:
        type(self).more(self)
        super().write(stream)


def with_script(writer: Any) -> None:
    writer.root[pdf_name("/OpenAction")] = generic.DictionaryObject({pdf_name("/S"): pdf_name("/JavaScript")})


def with_other_page(writer: Any) -> None:
    with pikepdf.open(io.BytesIO(writer._pdf)) as pdf:
        number, generation = pdf.pages[0].obj.Contents.objgen
    writer.objects[generation, number] = generic.StreamObject(stream_data=b"0 0 m 9 9 l S")


def with_second_attachment(writer: Any) -> None:
    writer.root["/AF"].append(list.__getitem__(writer.root["/AF"], 0))


def with_appearance(writer: Any) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[pdf_name("/Rect")] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 500, 800)))
    writer.update_container(field)


@pytest.mark.parametrize("more", [with_script, with_other_page, with_second_attachment, with_appearance])
def test_a_service_that_seals_more_than_the_evidence_is_caught(
    more: Callable[[Any], None], page: bytes, key: DocumentKey, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "_Increment", type("Sly", (Greedy,), {"more": staticmethod(more)}))
    assert said(seal(page, BUNDLE, key, NOW), root) == ["SEAL_EXTENDED"]


def test_a_page_that_waits_for_its_words_in_the_increment_is_caught(key: DocumentKey, root: str) -> None:
    # The page names an object that is not there, by the number that the attachment will get.
    def refer(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Others = Array([pdf.make_indirect(Dictionary()) for _ in range(20)])
        pdf.pages[0].obj.Late = pdf.make_indirect(Dictionary(Late=True))

    with pikepdf.open(io.BytesIO(unsealed(refer))) as pdf:
        out = io.BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=False,
                 stream_decode_level=pikepdf.StreamDecodeLevel.generalized)  # fmt: skip
    plain = out.getvalue()
    with pikepdf.open(io.BytesIO(plain)) as pdf:
        late, size = pdf.pages[0].obj.Late.objgen[0], int(pdf.trailer.Size)
    named, waiting = b"/Late %d 0 R" % late, b"/Late %d 0 R" % (size + 1)
    assert plain.count(named) == 1
    assert len(named) == len(waiting)
    dangling = seal(plain.replace(named, waiting), BUNDLE, key, NOW)
    with pikepdf.open(io.BytesIO(dangling)) as pdf:
        assert pdf.pages[0].obj.Late.get("/Type") == Name.EmbeddedFile
    assert said(dangling, root) == ["SEAL_EXTENDED"]


def test_a_strangers_seal_is_not_trusted(page: bytes, root: str, tmp_path: Path) -> None:
    key_files.make_missing(tmp_path, PASSPHRASE, "letters.example.org", NOW)
    assert said(seal(page, BUNDLE, load_document_key(tmp_path, PASSPHRASE), NOW), root) == ["SEAL_UNTRUSTED"]


def test_a_seal_outlives_its_certificate_by_its_stamp_alone(page: bytes, key: DocumentKey, root: str) -> None:
    late = NOW + timedelta(days=365 * 6)
    assert said(seal(page, BUNDLE, key, late, lambda each: AUTHORITY.stamp(each, late)), root) == ["SEAL_UNTRUSTED"]
    assert said(seal(page, BUNDLE, key, late, lambda each: AUTHORITY.stamp(each, NOW)), root) == []


def test_what_an_auditor_would_reject_is_not_kept(page: bytes, key: DocumentKey) -> None:
    sealer = DocumentSealer(lambda: key, [])
    assert sealer.seal(page, BUNDLE, NOW, stamp=True).trouble.startswith("no time-stamping authority")
    with pytest.raises(Refusal, match="SEAL_UNTRUSTED"):
        sealer.seal(page, BUNDLE, NOW + timedelta(days=365 * 6), stamp=True)
    with pytest.raises(Refusal, match="could not be sealed"):
        sealer.seal(b"%PDF-1.7 and no more", BUNDLE, NOW, stamp=True)


def hole(data: bytes) -> tuple[int, int]:
    start = data.index(b"/Contents <") + len(b"/Contents <")
    return start, data.index(b">", start)


def test_nothing_hides_where_no_signature_reaches(sealed: bytes, root: str) -> None:
    start, end = hole(sealed)
    for changed in (
        sealed[: end - 2] + b"41" + sealed[end:],
        sealed[:start] + sealed[start:end].lower() + sealed[end:],
        sealed[: end - 2] + b" 0" + sealed[end:],
    ):
        assert said(changed, root) == ["SEAL_BROKEN"]


def test_no_flipped_byte_and_no_cut_passes_or_escapes(sealed: bytes, root: str) -> None:
    start, end = hole(sealed)
    used = start + len(sealed[start:end].rstrip(b"0"))
    chance = random.Random(4)
    places = [*chance.sample(range(start), 8), *chance.sample(range(start, used), 20), *range(end, len(sealed), 90)]
    for place in places:
        flipped = sealed[:place] + bytes([sealed[place] ^ 1 << chance.randrange(8)]) + sealed[place + 1 :]
        codes = said(flipped, root)
        assert codes, place
        assert all(code.startswith("SEAL_") or code == "TIMESTAMP_BAD" for code in codes), (place, codes)
    for length in (0, 5, 100, start, end, *chance.sample(range(len(sealed)), 10)):
        assert said(sealed[:length], root) != [], length


def test_a_bomb_in_the_attachment_is_not_unpacked(
    page: bytes, key: DocumentKey, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MAX_BUNDLE", 1 << 20)
    bomb = seal(page, bytes(64 << 20), key, NOW)
    assert len(bomb) < 400_000
    assert said(bomb, root) == ["SEAL_BROKEN"]


def looped(pdf: pikepdf.Pdf) -> None:
    field = pdf.Root.AcroForm.Fields[0]
    field.Kids = Array([field])


def test_a_loop_among_the_fields_ends_in_a_verdict(key: DocumentKey, root: str) -> None:
    assert said(seal(unsealed(looped), BUNDLE, key, NOW), root) == ["SEAL_BROKEN"]


def test_references_that_promise_millions_of_objects_are_not_counted(sealed: bytes, page: bytes, root: str) -> None:
    bomb = zlib.compress(bytes(40 << 20), 9)
    table = b"20 0 obj\n<< /Type /XRef /Size 8000000 /W [1 2 2] /Filter /FlateDecode /Length %d /Root 1 0 R >>"
    section = table % len(bomb) + b"\nstream\n" + bomb + b"\nendstream\nendobj\n"
    start = sealed[: len(page)].rindex(b"startxref")
    hostile = page[:start] + section + b"startxref\n%d\n%%%%EOF\n" % start
    after = sealed[len(page) :].replace(b"/Prev %d" % int(page[start:].split()[1]), b"/Prev %d" % start)
    assert said(hostile + after, root)[0].startswith("SEAL_")


def test_a_certificate_that_readers_or_time_would_not_believe_is_told(key: DocumentKey, folder: Path) -> None:
    usages = key.certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert ExtendedKeyUsageOID.EMAIL_PROTECTION in usages
    assert fault_of(key, folder, NOW) == ""
    assert "ends on 2031-11-" in fault_of(key, folder, NOW + timedelta(days=365 * 5 - 30))
    assert "not valid yet" in fault_of(key, folder, NOW - timedelta(days=1))
    swapped = dataclasses.replace(key, certificate=key.root)
    assert "of another key" in fault_of(swapped, folder, NOW)
