"""A bundle on disk: folder and zip hold the same bytes, and hostile ones are refused before they are read."""

import io
import os
import shutil
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.evidence import Malformed, bundle, verify_bundle
from signing.evidence.bundle import Bundle

from .builders import closed_letter, refusal

LETTER = closed_letter(approvals=3)
FILES = LETTER.bundle()


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    bundle.write(tmp_path / "bundle.zip", FILES)
    return tmp_path / "bundle.zip"


@pytest.mark.parametrize("name", ["bundle.zip", "bundle"])
def test_what_is_written_is_read_back(tmp_path, name):
    bundle.write(tmp_path / name, FILES)
    assert Bundle.read(tmp_path / name) == FILES
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_same_files_give_the_same_zip(tmp_path):
    bundle.write(tmp_path / "a.zip", FILES)
    bundle.write(tmp_path / "b.zip", dict(reversed(FILES.items())))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == sorted(FILES)
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_unzip_and_python_read_the_zip_too(packed, tmp_path):
    shutil.unpack_archive(packed, tmp_path / "unpacked")
    assert Bundle.read(tmp_path / "unpacked") == FILES


def test_an_export_that_was_cut_short_can_be_run_again(tmp_path):
    left_over = tmp_path / ".bundle.part" / "entries"
    left_over.mkdir(parents=True)
    (left_over / "000000.dsse.json").write_bytes(b"half")
    (tmp_path / ".bundle.zip.part").write_bytes(b"half")
    for name in ("bundle", "bundle.zip"):
        bundle.write(tmp_path / name, FILES)
        bundle.write(tmp_path / name, FILES)
        assert Bundle.read(tmp_path / name) == FILES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle", "bundle.zip"]


def test_a_newer_export_takes_the_place_of_an_older_one_whole(tmp_path):
    bundle.write(tmp_path / "bundle", closed_letter(approvals=5).bundle())
    bundle.write(tmp_path / "bundle", FILES)
    assert Bundle.read(tmp_path / "bundle") == FILES


def test_a_folder_that_is_no_bundle_is_never_replaced(tmp_path):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "diary.txt").write_text("mine")
    with pytest.raises(Malformed, match="BUNDLE_EXISTS"):
        bundle.write(tmp_path / "papers", FILES)
    assert (tmp_path / "papers" / "diary.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["papers"]


def test_a_place_that_cannot_be_written_is_said_plainly(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Malformed, match="BUNDLE_UNREADABLE"):
        bundle.write(tmp_path / "file" / "bundle.zip", FILES)


def test_a_name_the_system_cannot_hold_is_said_plainly(tmp_path):
    with pytest.raises(Malformed, match="BUNDLE_UNREADABLE"):
        Bundle.read(tmp_path / ("x" * 300))


def test_a_huge_archive_is_not_read(tmp_path):
    with (tmp_path / "b.zip").open("wb") as file:
        file.truncate(bundle.MAX_TOTAL_BYTES)
    with zipfile.ZipFile(tmp_path / "b.zip", "a") as archive:
        archive.writestr("policy", b"quorum none\n")
    with pytest.raises(Malformed, match="too large"):
        Bundle.read(tmp_path / "b.zip")


def test_names_of_editions_receipts_and_checkpoints_are_those_written_down():
    letter = closed_letter(approvals=2)
    letter.receipts["7f3c9a-1.tlog-proof"] = letter.receipt(1)
    letter.close()
    assert sorted(letter.bundle()) == [
        "README.txt", "checkpoints/1", "checkpoints/4", "editions/1/pdf/en.pdf", "editions/1/signatories.json",
        "entries/000000.dsse.json", "entries/000001.dsse.json", "entries/000002.dsse.json",
        "entries/000003.dsse.json", "entries/000004.dsse.json", "entries/000005.dsse.json", "letter/1.en.md",
        "log/checkpoint", "log/tile/0/000.p/6", "pdf/en.pdf", "policy", "receipts/7f3c9a-1.tlog-proof",
        "signatories.json",
    ]  # fmt: skip


def test_a_name_that_is_none_of_a_bundles_is_not_built():
    letter = closed_letter(approvals=2)
    letter.files["../../etc/passwd"] = b""
    with pytest.raises(Malformed, match="BUNDLE_MALFORMED"):
        letter.bundle()


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.write_bytes(b""), lambda p: p.write_bytes(b"PK\3\4 no")])
def test_what_is_no_bundle_is_unreadable(tmp_path, make):
    make(tmp_path / "thing")
    with pytest.raises(Malformed, match="BUNDLE_UNREADABLE"):
        Bundle.read(tmp_path / "thing")


@pytest.mark.parametrize("target", ["/etc/hostname", "README.txt", "entries", "nowhere"])
def test_a_link_in_a_folder_is_refused(tmp_path, target):
    bundle.write(tmp_path / "bundle", FILES)
    (tmp_path / "bundle" / "policy").unlink()
    (tmp_path / "bundle" / "policy").symlink_to(target)
    with pytest.raises(Malformed, match="BUNDLE_MALFORMED"):
        Bundle.read(tmp_path / "bundle")


def test_a_pipe_in_a_folder_is_refused_without_waiting_for_it(tmp_path):
    bundle.write(tmp_path / "bundle", FILES)
    os.mkfifo(tmp_path / "bundle" / "receipts")
    with pytest.raises(Malformed, match="BUNDLE_MALFORMED"):
        Bundle.read(tmp_path / "bundle")


def test_folders_that_nest_without_end_are_refused(tmp_path):
    (tmp_path / "bundle" / "/".join("a" * 40)).mkdir(parents=True)
    with pytest.raises(Malformed, match="BUNDLE_MALFORMED"):
        Bundle.read(tmp_path / "bundle")
    with pytest.raises(Malformed, match="BUNDLE_EXISTS"):
        bundle.write(tmp_path / "bundle", FILES)


def test_a_zip_that_promises_a_million_files_is_refused_before_it_is_opened(tmp_path):
    path = zipped(tmp_path / "b.zip", ("policy", b"PK\x01\x02" * (bundle.MAX_FILES + 1)))
    with pytest.raises(Malformed, match="BUNDLE_MALFORMED"):
        Bundle.read(path)


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    bundle.write(tmp_path / "bundle", FILES)
    with (tmp_path / "bundle" / "policy").open("wb") as file:
        file.truncate(bundle.MAX_FILE_BYTES + 1)
    with pytest.raises(Malformed, match="BUNDLE_MALFORMED"):
        Bundle.read(tmp_path / "bundle")


def zipped(path: Path, *members: tuple[zipfile.ZipInfo | str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for member, data in members:
            archive.writestr(member, data)
    return path


def linked() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("policy")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    "name", ["../policy", "/etc/passwd", "letter/../../x", "a//b", "./policy", "C:\\x", "x" * 300, "п", "a\x07"]
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, name):
    with pytest.raises(Malformed, match="BUNDLE_MALFORMED"):
        Bundle.read(zipped(tmp_path / "b.zip", (zipfile.ZipInfo(name), b"x")))


def test_links_compression_and_repeated_names_are_refused(tmp_path):
    hostile = [
        zipped(tmp_path / "link.zip", (linked(), b"/etc/passwd")),
        zipped(tmp_path / "bomb.zip", ("policy", bytes(40_000_000)), method=zipfile.ZIP_DEFLATED),
        zipped(tmp_path / "lzma.zip", ("policy", bytes(1_000)), method=zipfile.ZIP_LZMA),
    ]
    with pytest.warns(UserWarning, match="Duplicate name"):
        hostile.append(zipped(tmp_path / "twice.zip", ("policy", b"a"), ("policy", b"b")))
    for path, reason in zip(hostile, ["a link", "is compressed", "is compressed", "a name twice"], strict=True):
        with pytest.raises(Malformed, match=reason):
            Bundle.read(path)


def overlapping(depth: int) -> tuple[bytes, int]:
    """A sound zip whose every member is the rest of the archive: together they promise many times its size."""
    body, members = b"x" * 2_000, []
    for number in reversed(range(depth)):
        name, size = b"keys/%02d" % number, len(body)
        about = struct.pack("<5H3I2H", 20, 0, 0, 0, 33, zlib.crc32(body), size, size, len(name), 0)
        body = b"PK\x03\x04" + about + name + body
        members.append((name, about, len(body)))
    central = b"".join(
        b"PK\x01\x02" + struct.pack("<H", 20) + about + struct.pack("<3H2I", 0, 0, 0, 0, len(body) - end) + name
        for name, about, end in members
    )
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, depth, depth, len(central), len(body), 0)
    return body + central + tail, len(members)


def test_a_zip_whose_files_overlap_is_refused(tmp_path):
    archive, records = overlapping(40)
    (tmp_path / "b.zip").write_bytes(archive)
    assert records == 40
    with pytest.raises(Malformed, match="promises more than it holds"):
        Bundle.read(tmp_path / "b.zip")


def test_folders_inside_a_zip_are_passed_over(tmp_path):
    path = zipped(tmp_path / "b.zip", ("letter/", b""), *FILES.items())
    assert Bundle.read(path) == FILES


def test_every_byte_of_a_zip_may_change_without_a_false_proof(packed):
    sound, trust = packed.read_bytes(), LETTER.trust()
    outcomes = set()
    for at in [*range(0, len(sound), 17), *range(len(sound) - 60, len(sound))]:
        packed.write_bytes(sound[:at] + bytes([sound[at] ^ 1 << at % 8]) + sound[at + 1 :])
        refused = refusal(lambda: Bundle.read(packed))
        outcomes.add(refused)
        # What the zip says about dates and rights is nobody's concern; else the verifier sees the difference.
        assert refused or Bundle.read(packed) == FILES or verify_bundle(Bundle.read(packed), trust).exit_code == 1
    assert outcomes == {"", "BUNDLE_MALFORMED", "BUNDLE_UNREADABLE"}


@given(st.data())
def test_reading_made_up_zips_raises_nothing_but_malformed(tmp_path_factory, data):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("policy", b"quorum none\n")
        archive.writestr("README.txt", b"hello\n")
    made = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(made) - 1))
        made[at] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("zips") / "b.zip"
    path.write_bytes(bytes(made[: data.draw(st.integers(0, len(made)))]) + bytes(made))
    assert refusal(lambda: Bundle.read(path)) in {"", "BUNDLE_MALFORMED", "BUNDLE_UNREADABLE"}
