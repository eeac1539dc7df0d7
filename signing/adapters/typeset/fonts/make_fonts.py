"""Puts the vendored fonts of the letter into this folder; run by hand, never by the service.

May import fontTools (not a dependency of the service), uharfbuzz and the standard library. Give it a folder that holds
the four packages named in SOURCES and the folder to write to:

    python make_fonts.py PACKAGES .

Every package must have the recorded SHA-256. All faces but one are copied byte for byte; the Chinese, Japanese and
Korean face is cut (`cjk_cut`). The same packages and the same tools give the same bytes: where `manifest.json` stands
already, a face that differs from it is refused unless `--accept` is given. Writes the faces, the licences and
`manifest.json`, and prints the table of PROVENANCE.md.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import uharfbuzz  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-not-found, import-untyped, unused-ignore]


class Source(NamedTuple):
    """A package the faces come from: its registry name, version, file name, SHA-256 and the licence text in it."""

    package: str
    version: str
    archive: str
    sha256: str
    licence_member: str
    licence: str


SOURCES = {
    "source-serif": Source(
        "PyPI fontpkg-source-serif-4", "4.4", "fontpkg_source_serif_4-4.4-py3-none-any.whl",
        "6c33ac5d27b0396b0ed228e400d9c7ee4445c359ce21b3d8d9b9723e8c5c49a7",
        "fontpkg_source_serif_4/LICENSE", "licences/SourceSerif4.txt",
    ),
    "scheherazade": Source(
        "npm @expo-google-fonts/scheherazade-new", "0.4.3", "expo-google-fonts-scheherazade-new-0.4.3.tgz",
        "ab792bb2d6d1b10d843dc1597a1642b83bc8f99f70ded3b5c08a8181df590836",
        "package/LICENSE_FONT", "licences/ScheherazadeNew.txt",
    ),
    "noto": Source(
        "Debian fonts-noto-core", "20201225-1", "fonts-noto-core_20201225-1_all.deb",
        "58f4f0bb6720f919f92096b3508e1412a0f1544424ade6c5b5bf1eb694dd64ba",
        "./usr/share/doc/fonts-noto-core/copyright", "licences/Noto.txt",
    ),
    "noto-cjk": Source(
        "Debian fonts-noto-cjk", "1:20220127+repack1-1", "fonts-noto-cjk_1%3a20220127+repack1-1_all.deb",
        "4a2515eb6db3978b897fef9709ed0d2b1f4c6c4df4d83d6c4ef65f71f1b1f502",
        "./usr/share/doc/fonts-noto-cjk/copyright", "licences/NotoCJK.txt",
    ),
}  # fmt: skip


class Face(NamedTuple):
    """One font file: its name here, where it comes from, what it draws (ISO 15924 codes)."""

    file: str
    source: str
    member: str
    family: str
    style: str
    scripts: tuple[str, ...]


NOTO = "./usr/share/fonts/truetype/noto/"
CJK_MEMBER = "./usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"
CJK_FACE_IN_COLLECTION = 2  # simplified Chinese: the shapes a run without a language gets
CJK_FAMILY = "Coalition Serif CJK"
LATIN = ("Latn", "Grek", "Cyrl")

# Noto family -> scripts, and whether the bold is small enough to carry for headings in that script.
NOTO_FACES: dict[str, tuple[tuple[str, ...], bool]] = {
    "NotoSerif": (LATIN, False),
    "NotoSerifTibetan": (("Tibt",), False),
    "NotoSerifDevanagari": (("Deva",), True),
    "NotoSerifHebrew": (("Hebr",), True),
    "NotoSerifArmenian": (("Armn",), True),
    "NotoSerifGeorgian": (("Geor",), True),
    "NotoSerifEthiopic": (("Ethi",), False),
    "NotoSerifThai": (("Thai",), True),
    "NotoSerifLao": (("Laoo",), True),
    "NotoSerifKhmer": (("Khmr",), False),
    "NotoSerifMyanmar": (("Mymr",), False),
    "NotoSerifSinhala": (("Sinh",), False),
    "NotoSerifBengali": (("Beng",), False),
    "NotoSerifTamil": (("Taml",), True),
    "NotoSerifTelugu": (("Telu",), False),
    "NotoSerifKannada": (("Knda",), False),
    "NotoSerifMalayalam": (("Mlym",), False),
    "NotoSerifGujarati": (("Gujr",), False),
    "NotoSerifGurmukhi": (("Guru",), True),
    "NotoSansMongolian": (("Mong",), False),
    "NotoSansCanadianAboriginal": (("Cans",), False),
    "NotoSansTifinagh": (("Tfng",), False),
    "NotoSansThaana": (("Thaa",), False),
    "NotoSansSyriac": (("Syrc",), False),
}


def faces() -> Iterator[Face]:
    """Every face in the order of the manifest: letter faces first, then Arabic, Noto by script, and the CJK cut."""
    for style, stem in (("Regular", "SourceSerif4[opsz,wght]"), ("Italic", "SourceSerif4-Italic[opsz,wght]")):
        member = f"fontpkg_source_serif_4/files/{stem}.ttf"
        yield Face(f"{stem}.ttf", "source-serif", member, "Source Serif 4", style, LATIN)
    for style, folder in (("Regular", "400Regular"), ("Bold", "700Bold")):
        member = f"package/{folder}/ScheherazadeNew_{folder}.ttf"
        yield Face(f"ScheherazadeNew-{style}.ttf", "scheherazade", member, "Scheherazade New", style, ("Arab",))
    for stem, (scripts, bold) in NOTO_FACES.items():
        for style in ("Regular", "Bold") if bold else ("Regular",):
            name = f"{stem}-{style}.ttf"
            yield Face(name, "noto", NOTO + name, _spaced(stem), style, scripts)
    scripts = ("Hani", "Hira", "Kana", "Hang", "Bopo")
    yield Face("CoalitionSerifCJK-Regular.otf", "noto-cjk", CJK_MEMBER, CJK_FAMILY, "Regular", scripts)


def _spaced(stem: str) -> str:
    return "".join(" " + letter if letter.isupper() else letter for letter in stem).strip()


def members(source: Source, packages: Path, wanted: set[str]) -> dict[str, bytes]:
    """The wanted members of a recorded package (wheel, npm tarball or Debian package); stops at any other package."""
    data = (packages / source.archive).read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != source.sha256:
        sys.exit(f"{source.archive} is not the recorded package: its SHA-256 is {found}")
    if source.archive.endswith(".whl"):
        with zipfile.ZipFile(io.BytesIO(data)) as wheel:
            return {name: wheel.read(name) for name in wanted}
    tarball = _data_of_deb(data) if source.archive.endswith(".deb") else data
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        held = {name: archive.extractfile(name) for name in wanted}
        return {name: file.read() for name, file in held.items() if file}


def _data_of_deb(deb: bytes) -> bytes:
    """The data tarball of a Debian package (deb(5): an `ar` archive of 60-byte headers, members padded to even)."""
    at = len(b"!<arch>\n")
    while at < len(deb):
        name, size = deb[at : at + 16].strip(b" /"), int(deb[at + 48 : at + 58])
        at += 60
        if name.startswith(b"data.tar"):
            return deb[at : at + size]
        at += size + size % 2
    sys.exit("the Debian package holds no data")


def encodable(codec: str, rows: range = range(256)) -> set[int]:
    """Code points a character set holds, optionally only those whose first byte lies in `rows`."""
    found = set()
    for code in (*range(0x20, 0xD800), *range(0xE000, 0x30000)):
        try:
            first = chr(code).encode(codec)[0]
        except UnicodeEncodeError:
            continue
        if first in rows:
            found.add(code)
    return found


def cjk_characters() -> set[int]:
    """Every character the CJK face is to draw.

    GB 2312, Big5 with Hong Kong's supplement, JIS X 0213 (0208 in it) and KS X 1001; the 20,902 unified ideographs of
    Unicode 1.1, because personal names use them (镕 is in none of the older sets); all hangul syllables and kana.
    Latin, Greek and Cyrillic stay with the letter's own faces, save ASCII and the dot that parts a name's words.
    """
    codes = encodable("gb2312") | encodable("big5hkscs") | encodable("euc_jis_2004") | encodable("euc_kr")
    codes |= {*range(0x4E00, 0x9FA6), *range(0xAC00, 0xD7A4), *range(0x3000, 0x3130)}
    return {code for code in codes if code >= 0x2010 or code < 0x7F or code == 0xB7}


def shaped_by_language() -> dict[str, set[int]]:
    """OpenType language -> characters that get that language's own shape; all others keep the common one."""
    return {
        "JAN ": encodable("euc_jp"),
        "KOR ": encodable("euc_kr"),
        "ZHT ": encodable("big5", range(0xA1, 0xC7)),  # level 1: the 5,401 in common use
    }


def cjk_cut(collection: bytes) -> bytes:
    """One CFF font with the characters above and their shapes by language (`locl`), without hints or vertical setting.

    HarfBuzz cuts by character; then substitutions for characters outside a language's own standard are taken out and
    it cuts again, so that shapes nobody asked for go too. The result is a changed font and bears a name of its own.
    """
    first = _subset(uharfbuzz.Face(collection, CJK_FACE_IN_COLLECTION))
    font = TTFont(io.BytesIO(first), recalcTimestamp=False)
    _keep_shapes(font["GSUB"].table, font.getBestCmap())
    trimmed = io.BytesIO()
    font.save(trimmed)
    font = TTFont(io.BytesIO(_subset(uharfbuzz.Face(trimmed.getvalue()))), recalcTimestamp=False)
    postscript = f"{CJK_FAMILY.replace(' ', '')}-Regular"
    names = font["name"]
    kept = {number: str(names.getDebugName(number)) for number in (0, 5, 13, 14)}
    own = {1: CJK_FAMILY, 2: "Regular", 3: f"{postscript};{SOURCES['noto-cjk'].sha256[:12]}", 4: CJK_FAMILY}
    names.names = []
    for number, text in sorted({**kept, **own, 6: postscript}.items()):
        names.setName(text, number, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [postscript]
    cff.topDictIndex[0].FullName = cff.topDictIndex[0].FamilyName = CJK_FAMILY
    out = io.BytesIO()
    font.save(out, reorderTables=True)
    return out.getvalue()


def _subset(face: uharfbuzz.Face) -> bytes:
    request = uharfbuzz.SubsetInput()
    sets = uharfbuzz.SubsetInputSets
    request.sets(sets.UNICODE).set(cjk_characters())
    request.sets(sets.LAYOUT_FEATURE_TAG).set({_tag("locl"), _tag("ccmp")})
    request.sets(sets.DROP_TABLE_TAG).update({_tag(table) for table in ("GPOS", "vhea", "vmtx", "VORG", "BASE")})
    request.sets(sets.NAME_ID).set({0, 5, 13, 14})
    request.flags = uharfbuzz.SubsetFlags.NO_HINTING
    return bytes(uharfbuzz.subset(face, request).blob.data)


def _tag(name: str) -> int:
    return int.from_bytes(name.encode(), "big")


def _keep_shapes(substitutions: Any, glyphs: dict[int, str]) -> None:
    """Leaves in each language's substitutions only the characters of its own standard; Hong Kong gets Taiwan's shapes.

    All scripts of the font share the lookups of a language; a lookup that several languages share stays whole.
    """
    owners: dict[int, set[str]] = {}
    for record in substitutions.ScriptList.ScriptRecord:
        systems = {language.LangSysTag: language for language in record.Script.LangSysRecord}
        if "ZHH " in systems:
            systems["ZHH "].LangSys = systems["ZHT "].LangSys
        for tag, system in systems.items():
            for number in _locl_lookups(substitutions, system.LangSys):
                owners.setdefault(number, set()).add("ZHT " if tag == "ZHH " else tag)
    for language, codes in shaped_by_language().items():
        kept = {glyphs[code] for code in codes if code in glyphs}
        for number in (number for number, tags in owners.items() if tags == {language}):
            for table in substitutions.LookupList.Lookup[number].SubTable:
                table = getattr(table, "ExtSubTable", table)
                table.mapping = {old: new for old, new in table.mapping.items() if old in kept}


def _locl_lookups(substitutions: Any, system: Any) -> Iterator[int]:
    for index in system.FeatureIndex:
        record = substitutions.FeatureList.FeatureRecord[index]
        if record.FeatureTag == "locl":
            yield from record.Feature.LookupListIndex


def described(face: Face, data: bytes) -> dict[str, object]:
    """The manifest's entry of one face; `axes` is tag -> [least, default, most] of a variable font."""
    font = TTFont(io.BytesIO(data), lazy=True)
    variable = font["fvar"].axes if "fvar" in font else []
    source = SOURCES[face.source]
    return {
        "file": face.file,
        "index": 0,
        "family": face.family,
        "style": face.style,
        "scripts": list(face.scripts),
        "axes": {axis.axisTag: [axis.minValue, axis.defaultValue, axis.maxValue] for axis in variable},
        "source": f"{source.package} {source.version}: {face.member.removeprefix('./')}",
        "version": str(font["name"].getDebugName(5)).removeprefix("Version ").split(";")[0],
        "sha256": hashlib.sha256(data).hexdigest(),
        "licence": source.licence,
    }


def main(packages: Path, folder: Path, accept: bool) -> None:
    """Writes faces, licences and manifest; stops at a face whose bytes are not those of the manifest there."""
    manifest_path = folder / "manifest.json"
    recorded = json.loads(manifest_path.read_text()) if manifest_path.exists() and not accept else []
    digests = {entry["file"]: entry["sha256"] for entry in recorded}
    entries = []
    (folder / "licences").mkdir(exist_ok=True)
    held: dict[str, dict[str, bytes]] = {}
    for key, source in SOURCES.items():
        wanted = {face.member for face in faces() if face.source == key} | {source.licence_member}
        held[key] = members(source, packages, wanted)
        (folder / source.licence).write_bytes(held[key][source.licence_member])
    for face in faces():
        data = held[face.source][face.member]
        data = cjk_cut(data) if face.member == CJK_MEMBER else data
        entry = described(face, data)
        if digests.get(face.file, entry["sha256"]) != entry["sha256"]:
            sys.exit(f"{face.file} came out different from the manifest: {entry['sha256']}")
        (folder / face.file).write_bytes(data)
        entries.append(entry)
        print(f"| {face.file} | {', '.join(face.scripts)} | {entry['version']} | {len(data):,} | {entry['sha256']} |")
    manifest_path.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), "--accept" in sys.argv[3:])
