"""Increments written by hand and sealed with the true document key: nothing hides between or beside their objects."""

from __future__ import annotations

import asyncio
import re
import zlib
from hashlib import sha256

import pymupdf
import pytest

from signing.adapters.document_key import DocumentKey
from signing.adapters.seal import making
from signing.adapters.seal.making import seal
from signing.adapters.seal.opening import open_sealed
from signing.evidence.errors import Rejected
from tests.adapters.test_seal import BUNDLE, NOW, folder, key, page, root, said

__all__ = ("folder", "key", "page", "root")

_OBJECT = re.compile(rb"(\d+) 0 obj\n.*?(?<=\n)endobj\n", re.DOTALL)
_SHOWN = b"6 0 obj\n<<\n/Length 17\n>>\nstream\n0 0 m 9 9 l S    \nendstream\nendobj\n"
_OUTSIDE = 10**9


class Hand:
    """A service that writes its increment itself; `rows` are more cross-references, as kind, number and place."""

    def __init__(self, page: bytes, key: DocumentKey) -> None:
        self.page, self.key = page, key
        increment = seal(page, BUNDLE, key, NOW)[len(page) :]
        self.objects = [(int(each[1]), each[0]) for each in _OBJECT.finditer(increment)][:-1]

    def seal(
        self, *, beside: bytes = b"", rows: tuple[tuple[int, int, int], ...] = (), trailer: bytes = b"",
        index: bytes | None = None, widths: bytes = b"1 8 2",
    ) -> bytes:  # fmt: skip
        out, places = bytearray(self.page), []
        for number, written in self.objects:
            places.append((1, number, len(out)))
            out += written
        out += beside
        start, number = len(out), self.objects[-1][0] + 1
        places += [(1, number, start), *rows]
        packed = zlib.compress(b"".join(b"%c%b\0\0" % (kind, at.to_bytes(8, "big")) for kind, _, at in places))
        before = int(self.page.rsplit(b"startxref", 1)[1].split()[0])
        entries = {
            b"W": b"[ %b ]" % widths,
            b"Index": index or b"[ %b ]" % b" ".join(b"%d 1" % each for _, each, _ in places),
            b"ID": b"[ %b <00> ]" % re.findall(rb"/ID ?\[ ?(<[0-9a-f]+>)", self.page)[-1],
            b"Size": b"%d" % (number + 1),
            b"Length": b"%d" % len(packed),
        }
        about = b"".join(b"/%b %b\n" % entry for entry in entries.items())
        out += b"%d 0 obj\n<<\n/Type /XRef\n/Filter /FlateDecode\n/Root 2 0 R\n" % number
        out += b"%b%b/Prev %d\n>>\nstream\n" % (about, trailer, before)
        out += packed + b"\nendstream\nendobj\n\nstartxref\n%d\n%%%%EOF\n" % start
        return self._signed(bytes(out))

    def _signed(self, data: bytes) -> bytes:
        hole = re.search(rb"<[0-9A-F]{20000,}>", data)
        covered = re.search(rb"/ByteRange \[[\d ]+\] *", data)
        assert hole is not None
        assert covered is not None
        ranges = b"/ByteRange [0 %d %d %d]" % (hole.start(), hole.end(), len(data) - hole.end())
        data = data.replace(covered[0], ranges.ljust(len(covered[0])))
        digest = sha256(data[: hole.start()] + data[hole.end() :]).digest()
        made = asyncio.run(making._Sealer(self.key, None).async_sign(digest, making.DIGEST, use_pades=True))
        filled = made.dump().hex().upper().encode().ljust(len(hole[0]) - 2, b"0")
        return data.replace(hole[0], b"<" + filled + b">")


@pytest.fixture(scope="module")
def hand(page: bytes, key: DocumentKey) -> Hand:
    return Hand(page, key)


def picture(pdf: bytes) -> bytes:
    with pymupdf.open(stream=pdf) as document:  # type: ignore[no-untyped-call]
        return bytes(document[0].get_pixmap().samples)


def test_cross_references_that_make_a_reader_look_for_objects_itself_are_caught(hand: Hand, root: str) -> None:
    honest, sly = hand.seal(), hand.seal(beside=_SHOWN, rows=((7, 50, 0),))
    assert said(honest, root) == []
    assert picture(honest) != picture(sly)
    for beside, rows in ((_SHOWN, ((7, 50, 0),)), (b"", ((7, 50, 0),)), (b"", ((1, 50, _OUTSIDE),)), (_SHOWN, ())):
        assert said(hand.seal(beside=beside, rows=rows), root) == ["SEAL_EXTENDED"], rows


def test_a_trailer_says_of_the_document_what_it_said_before(hand: Hand, root: str) -> None:
    for trailer in (b"/Info 9 0 R\n", b"/XRefStm 17\n"):
        assert said(hand.seal(trailer=trailer), root) == ["SEAL_EXTENDED"]


@pytest.mark.parametrize("trailer", [b"%/Prev 17\n", b"/Prev 17\n", b"/X (\n/Prev 17)", b"/X << /Prev 17 >>\n"])
def test_there_is_one_way_back_to_the_document(hand: Hand, root: str, trailer: bytes) -> None:
    assert said(hand.seal(trailer=trailer), root) == ["SEAL_BROKEN"]


@pytest.mark.parametrize("index", [b"[ 0 3000000 ]", b"[ 0 +3000000 ]", b"\0[ 0 3000000 ]", b"12 0 R"])
def test_rows_of_no_width_are_not_counted_by_the_million(
    hand: Hand, root: str, index: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Once they are read it is too late: they take no byte of the file, and a gigabyte of memory.
    monkeypatch.setattr("signing.adapters.seal.opening.PdfFileReader", None)
    with pytest.raises(Rejected, match="more objects"):
        open_sealed(hand.seal(index=index, widths=b"0 0 0"), [root], [])
