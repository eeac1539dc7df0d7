"""Makes the static fonts of the letter from the variable Source Serif 4; run by hand, never by the service.

May import fontTools (not a dependency of the service) and the standard library. Give it the wheel named in
PROVENANCE.md and the folder to write to; the same wheel and fontTools give the same bytes again.

    python make_fonts.py fontpkg_source_serif_4-4.4-py3-none-any.whl .
"""

from __future__ import annotations

import hashlib
import io
import sys
import zipfile
from pathlib import Path

from fontTools.subset import Options, Subsetter  # type: ignore[import-not-found]
from fontTools.ttLib import TTFont  # type: ignore[import-not-found]
from fontTools.varLib.instancer import instantiateVariableFont  # type: ignore[import-not-found]

WHEEL_SHA256 = "6c33ac5d27b0396b0ed228e400d9c7ee4445c359ce21b3d8d9b9723e8c5c49a7"
UPRIGHT = "fontpkg_source_serif_4/files/SourceSerif4[opsz,wght].ttf"
ITALIC = "fontpkg_source_serif_4/files/SourceSerif4-Italic[opsz,wght].ttf"
FAMILY = "Coalition Serif"  # the fonts reserve the name "Source", which a changed copy may not bear (OFL 3)

# file stem -> (variable font, style name, weight, optical size in points)
CUTS = {
    "CoalitionSerif-Regular": (UPRIGHT, "Regular", 400, 11),
    "CoalitionSerif-Italic": (ITALIC, "Italic", 400, 11),
    "CoalitionSerif-Semibold": (UPRIGHT, "Semibold", 600, 11),
    "CoalitionSerif-SemiboldItalic": (ITALIC, "Semibold Italic", 600, 11),
    "CoalitionSerif-Caption": (UPRIGHT, "Caption", 400, 8),
    "CoalitionSerif-CaptionItalic": (ITALIC, "Caption Italic", 400, 8),
    "CoalitionSerif-CaptionSemibold": (UPRIGHT, "Caption Semibold", 600, 8),
}


def static_cut(variable: bytes, stem: str, style: str, weight: int, optical_size: int) -> bytes:
    """One static font with every encoded character and no layout tables (ReportLab reads none)."""
    font = TTFont(io.BytesIO(variable), recalcTimestamp=False)
    copyright_line = str(font["name"].getDebugName(0))
    instantiateVariableFont(font, {"wght": weight, "opsz": optical_size}, inplace=True)
    options = Options(layout_features=[], name_IDs=[0], notdef_outline=True, recalc_timestamp=False)
    options.drop_tables += ["STAT", "DSIG", "BASE", "GDEF", "GPOS", "GSUB", "gasp"]
    # A letter may hold the hyphen that must not break; it looks like any other.
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap.setdefault(0x2011, table.cmap[0x2010])
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=font.getBestCmap())
    subsetter.subset(font)
    names = font["name"]
    names.names = []
    for name_id, text in (
        (0, copyright_line),
        (1, FAMILY if style == "Regular" else f"{FAMILY} {style}"),
        (2, "Regular"),
        (3, f"{stem};{WHEEL_SHA256[:12]}"),
        (4, f"{FAMILY} {style}"),
        (5, str(font["head"].fontRevision)),
        (6, stem),
        (13, "Licensed under the SIL Open Font License, Version 1.1; see OFL.txt."),
        (14, "https://openfontlicense.org"),
    ):
        names.setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    out = io.BytesIO()
    font.save(out, reorderTables=True)
    return out.getvalue()


def main(wheel: Path, folder: Path) -> None:
    """Writes every cut and prints the lines of the table in PROVENANCE.md."""
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        sys.exit(f"{wheel.name} is not the recorded wheel: its SHA-256 is {found}")
    with zipfile.ZipFile(wheel) as archive:
        (folder / "OFL.txt").write_bytes(archive.read("fontpkg_source_serif_4/LICENSE"))
        for stem, (member, style, weight, optical_size) in CUTS.items():
            cut = static_cut(archive.read(member), stem, style, weight, optical_size)
            (folder / f"{stem}.ttf").write_bytes(cut)
            digest = hashlib.sha256(cut).hexdigest()
            print(f"| {stem}.ttf | {weight} | {optical_size} | {len(cut)} | {digest} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
