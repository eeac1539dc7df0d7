"""The sealed PDF as operator and auditor meet it: made by `publish`, judged by ours and by stock tools."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms, tsp
from click.testing import CliRunner
from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signing import config
from signing.adapters import key_files
from signing.adapters.document_key import load_document_key
from signing.adapters.seal.making import seal
from signing.cli.verify import verify
from signing.workflow import published_documents
from tests.adapters.time_authority_server import Answer, Server, listening
from tests.adapters.typeset.archive_rules import faults
from tests.cli.coalition import approve, installed, letter, services_of
from tests.evidence.time_authority import TimeAuthority

AUTHORITY = TimeAuthority()
NAME = "127-0-0-1"


def stamping(question: bytes) -> Answer:
    return Answer(AUTHORITY.answer(question, datetime.now(UTC)))


def silent(question: bytes) -> Answer:
    return Answer(b"", 503)


class Published:
    """An installation with one published letter, its sealed PDF and its trust file."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.server = server
        self.place = installed(folder)
        self.place.environment["SIGNING_TSA_URLS"] = f"http://127.0.0.1:{server.port}/tsr"
        (folder / "keys" / "tsa").mkdir()
        (folder / "keys" / "tsa" / f"{NAME}.pem").write_text(AUTHORITY.root_pem)
        self.letter = letter(self.place)
        self.place.run("letter", "open", self.letter)
        self.place.run("invite", self.letter)
        approve(services_of(self.place), self.letter)
        self.place.run("close", self.letter, "--yes")
        self.told = self.place.json("publish", self.letter)
        self.trust = folder / "trust.json"
        self.place.run("keys", "export-trust", "--out", self.trust)
        self.sealed = self.bytes()
        services = services_of(self.place)
        with services.unit_of_work() as uow:
            newest = uow.editions.newest(self.letter)
        assert newest is not None
        self.unsealed = newest.files["en.pdf"]

    def bytes(self) -> bytes:
        services = services_of(self.place)
        document = published_documents.published_document(services, self.letter, "en")
        return published_documents.document_bytes(services, document)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with listening(Server(stamping, AUTHORITY.root_pem)) as server:
        yield Published(tmp_path_factory.mktemp("sealed"), server)


def judged(data: bytes, folder: Path, trust: Path | None) -> tuple[int, dict[str, object]]:
    """What `signing-verify` says of these bytes: exit code and report."""
    (folder / "letter.pdf").write_bytes(data)
    arguments = [str(folder / "letter.pdf"), "--json", *(["--trust", str(trust)] if trust else [])]
    result = CliRunner().invoke(verify, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, json.loads(result.stdout)


def codes(report: dict[str, object], kind: str = "failures") -> list[str]:
    rows = report[kind]
    assert isinstance(rows, list)
    return [str(row["code"]) for row in rows]


def test_publishing_seals_with_a_time_stamp_and_that_one_file_proves_everything(
    published: Published, tmp_path: Path
) -> None:
    [row] = published.told["sealed"]
    assert (row["edition"], row["language"], row["authority"], row["warning"]) == (1, "en", NAME, "")
    code, report = judged(published.sealed, tmp_path, published.trust)
    assert (code, report["verdict"], codes(report)) == (0, "PROVED", [])
    assert "SEAL_UNSTAMPED" not in codes(report, "warnings")
    assert report["document"] == {"name": "en.pdf", "edition": 1, "sha256": report["document"]["sha256"]}
    assert report["seal"]["stamped_time"] == row["stamped_at"]
    assert published.sealed.startswith(published.unsealed)


def test_without_a_trust_file_nobody_knows_whose_seal_it_is(published: Published, tmp_path: Path) -> None:
    code, report = judged(published.sealed, tmp_path, None)
    assert code == 3
    assert "SEAL_UNTRUSTED" in codes(report, "unproved")


def run(*command: str | Path) -> str:
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("pdfsig") is None or shutil.which("certutil") is None, reason="no pdfsig, no certutil")
def test_readers_built_on_nss_call_it_valid_and_trusted(published: Published, tmp_path: Path) -> None:
    (tmp_path / "nss").mkdir()
    (tmp_path / "sealed.pdf").write_bytes(published.sealed)
    run("certutil", "-N", "-d", f"sql:{tmp_path / 'nss'}", "--empty-password")
    root = published.place.folder / "keys" / "document-root.certificate.pem"
    run("certutil", "-A", "-d", f"sql:{tmp_path / 'nss'}", "-n", "root", "-t", "CT,C,C", "-i", root)
    told = run("pdfsig", "-nssdir", f"sql:{tmp_path / 'nss'}", tmp_path / "sealed.pdf")
    assert "Signature is Valid." in told
    assert "Certificate is Trusted." in told
    assert "Total document signed" in told
    assert "Signature #2" not in told


@pytest.mark.skipif(shutil.which("qpdf") is None or shutil.which("mutool") is None, reason="no qpdf, no mutool")
def test_qpdf_and_mutool_find_nothing_wrong_and_pdfdetach_gives_the_evidence(
    published: Published, tmp_path: Path
) -> None:
    (tmp_path / "sealed.pdf").write_bytes(published.sealed)
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", tmp_path / "sealed.pdf")
    assert "unchanged since signing" in run("mutool", "sign", "-v", tmp_path / "sealed.pdf")
    # The seal takes nothing from what the document was built to, but that it was written in one go.
    assert faults(published.unsealed) == []
    assert faults(published.sealed) == ["revisions"]
    run("pdfdetach", "-save", "1", "-o", tmp_path / "evidence.zip", tmp_path / "sealed.pdf")
    code, report = _judge_bundle(tmp_path / "evidence.zip", published.trust)
    # The document is what holds it, so by itself the bundle lacks nothing else.
    assert (code, codes(report)) == (1, ["PDF_MISMATCH"])


def _judge_bundle(path: Path, trust: Path) -> tuple[int, dict[str, object]]:
    result = CliRunner().invoke(verify, [str(path), "--json", "--trust", str(trust)])
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_judges_signature_and_stamp(published: Published, tmp_path: Path) -> None:
    keys = published.place.folder / "keys"
    data = published.sealed
    ranges = re.search(rb"/ByteRange \[ ?(\d+) (\d+) (\d+) (\d+)", data)
    assert ranges is not None
    _, length, second, rest = map(int, ranges.groups())
    seal = bytes.fromhex(data[length + 1 : second - 1].decode())
    content = cms.ContentInfo.load(seal)
    (tmp_path / "signed").write_bytes(data[:length] + data[second : second + rest])
    (tmp_path / "seal.der").write_bytes(content.dump())
    told = run(
        "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "seal.der", "-content",
        tmp_path / "signed", "-CAfile", keys / "document-root.certificate.pem", "-purpose", "any", "-out", "/dev/null",
    )  # fmt: skip
    assert "successful" in told
    [said] = content["content"]["signer_infos"]
    [attribute] = said["unsigned_attrs"]
    answer = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": attribute["values"][0]})
    (tmp_path / "stamp.tsr").write_bytes(answer.dump())
    (tmp_path / "signature").write_bytes(said["signature"].native)
    told = run(
        "openssl", "ts", "-verify", "-data", tmp_path / "signature", "-in", tmp_path / "stamp.tsr", "-CAfile",
        keys / "tsa" / f"{NAME}.pem",
    )  # fmt: skip
    assert "Verification: OK" in told


def test_without_pyhanko_a_pdf_is_not_judged_and_the_way_out_is_said(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = ("pyhanko", "signing.adapters.seal.", "signing.cli.sealed_pdf")
    for name in [each for each in sys.modules if each.startswith(loaded)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyhanko", None)
    (tmp_path / "letter.pdf").write_bytes(published.sealed)
    result = CliRunner().invoke(verify, [str(tmp_path / "letter.pdf")])
    assert result.exit_code == 2
    assert "evidence.zip" in result.output


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def with_another_attachment(data: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    file = EmbeddedFileObject.from_file_data(writer, b"more")
    embed_file(writer, FileSpec("more.txt", embedded_data=file))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def written_anew(data: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(out)
    return out.getvalue()


def test_each_tampering_is_caught_by_name(published: Published, tmp_path: Path) -> None:
    data, unsealed = published.sealed, published.unsealed
    stamp = data.index(bytes.fromhex("060B2A864886F70D010910020E").hex().upper().encode())
    tampered = {
        "a byte of the page": (flipped(data, len(unsealed) // 2), "SEAL_BROKEN"),
        "a byte of the evidence": (flipped(data, len(unsealed) + 2000), "SEAL_BROKEN"),
        "a byte of the stamp": (flipped(data, stamp + 3000), ("TIMESTAMP_BAD", "SEAL_BROKEN")),
        "an attachment afterwards": (with_another_attachment(data), "SEAL_EXTENDED"),
        "a word afterwards": (data + b"% and more\n", "SEAL_EXTENDED"),
        "a second seal": (data + data[len(unsealed) :], "SEAL_EXTENDED"),
        "no seal": (unsealed, "SEAL_MISSING"),
        "cut": (data[: len(data) // 2], "SEAL_BROKEN"),
        "cut at the end": (data[:-20], "SEAL_BROKEN"),
        "written anew": (written_anew(data), "SEAL_"),
    }
    for what, (bytes_, expected) in tampered.items():
        code, report = judged(bytes_, tmp_path, published.trust)
        assert code == 1, what
        assert any(each.startswith(expected) for each in codes(report)), (what, codes(report))


def test_a_page_that_was_never_signed_is_another_document(published: Published, tmp_path: Path) -> None:
    code, report = judged(flipped(published.sealed, len(published.unsealed) // 2), tmp_path, published.trust)
    assert (code, {"SEAL_BROKEN", "PDF_MISMATCH"} <= set(codes(report))) == (1, True)


def test_an_attachment_that_is_no_evidence_is_no_evidence(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = config.load(published.place.environment, published.place.folder)
    key = load_document_key(settings.keys, settings.key_passphrase())
    code, report = judged(seal(published.unsealed, b"no zip", key, datetime.now(UTC)), tmp_path, published.trust)
    assert (code, codes(report)) == (1, ["BUNDLE_MALFORMED"])
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "full"))
    code, report = judged(published.sealed, tmp_path, published.trust)
    assert (code, codes(report)) == (2, ["BUNDLE_UNREADABLE"])


def test_another_installations_seal_is_not_trusted(published: Published, tmp_path: Path) -> None:
    trust = json.loads(published.trust.read_text())
    key_files.make_missing(tmp_path / "other", b"passphrase", "localhost")
    trust["document_certificates"] = [key_files.root_certificate(tmp_path / "other")]
    (tmp_path / "trust.json").write_text(json.dumps(trust))
    code, report = judged(published.sealed, tmp_path, tmp_path / "trust.json")
    assert (code, codes(report)) == (1, ["SEAL_UNTRUSTED"])


def test_without_a_stamp_it_is_said_everywhere_and_sealed_again_when_there_is_one(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    def only_checkpoints(question: bytes) -> Answer:
        # The log's newest entry is stamped, and then the authority fails.
        server.answer = silent
        return stamping(question)

    with listening(Server(only_checkpoints, AUTHORITY.root_pem)) as server:
        letter = Published(tmp_path_factory.mktemp("unstamped"), server)
        [row] = letter.told["sealed"]
        assert row["stamped_at"] is None
        assert "sealed without a time stamp" in row["warning"]
        assert "503" in row["warning"]
        told = letter.place.run("publish", letter.letter)
        assert "WARNING: en.pdf of edition 1 is sealed without a time stamp" in told
        assert "Warning: en.pdf of edition 1 is sealed without" in letter.place.run("status", letter.letter)
        findings = {each["what"]: each for each in letter.place.json("doctor", code=1)}
        assert findings[f"sealed PDFs of letter {letter.letter}"]["state"] == "mend"
        code, report = judged(letter.sealed, tmp_path, letter.trust)
        assert (code, report["verdict"]) == (0, "PROVED")
        assert "SEAL_UNSTAMPED" in codes(report, "warnings")

        server.answer = stamping
        [row] = letter.place.json("seal", letter.letter)
        assert (row["authority"], row["warning"]) == (NAME, "")
        assert letter.bytes() != letter.sealed
        assert letter.bytes().startswith(letter.unsealed)
        _, report = judged(letter.bytes(), tmp_path, letter.trust)
        assert "SEAL_UNSTAMPED" not in codes(report, "warnings")
