"""Files that people bring, and those that somebody brings on purpose (FAULTS S1, S12).

    python bench/faults/intake.py [--samples 10000] [--json]

Traps: each is refused in a process of its own, through the importer that would read it; printed are the seconds of
processor time and the megabytes by which the process grew. Samples: as many made-up files for each importer, most of
them nearly right; whatever happens must be a letter, rows, or a refusal in words. Bars: refused in 0.2 s and with
50 MB at most; no exception but a refusal, none slower than 1 s.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import resource
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from signing.adapters.letter_intake import read_letter
from signing.adapters.roster_sheets import read_roster
from signing.domain.errors import Faulty
from tests.adapters import test_letter_intake, test_letter_intake_word, test_packed_files, test_roster_sheets
from tests.adapters.word_documents import CLOSED, TYPES, numbered, opening, packed, paragraph, word

SECONDS, MEGABYTES, SLOWEST = 0.2, 50, 1.0


def flat(size: int) -> bytes:
    """One part of this many zero bytes in an otherwise sound document."""
    out = io.BytesIO(CLOSED)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("word/a.xml", "w") as part:
        for _ in range(size // 1_000_000):
            part.write(b"\0" * 1_000_000)
    return out.getvalue()


def nested(depth: int) -> bytes:
    """A document in a document in a document."""
    data = CLOSED
    for _ in range(depth):
        data = packed({"[Content_Types].xml": TYPES, "word/document.xml": data})
    return data


def traps() -> dict[str, tuple[bytes, str]]:
    """Every trap with the name it comes under."""
    found = {name: (data, "letter.docx") for name, (data, _) in test_packed_files.CORPUS.items()}
    found |= {
        "ten megabytes in ten kilobytes": (flat(10_000_000), "letter.docx"),
        "two hundred megabytes": (flat(200_000_000), "letter.docx"),
        "a gigabyte of nothing in a megabyte": (flat(1_000_000_000), "letter.docx"),
        "five documents in each other": (nested(5), "letter.docx"),
        "a sheet with a bomb": (test_roster_sheets.repacked(test_roster_sheets.SHEET, {
            "xl/worksheets/a.xml": b"<a>" * 6_000_000}), "roster.xlsx"),
        "a sheet with entities": (test_roster_sheets.repacked(
            test_roster_sheets.SHEET, edit=lambda content: test_roster_sheets.BOMB + content), "roster.xlsx"),
        "twenty megabytes pasted": (b"x" * 20_000_000, "pasted.txt"),
        "twenty megabytes of Markdown": (b"**" * 10_000_000, "letter.md"),
        "twenty megabytes of rows": (b"a,b\n" * 5_000_000, "roster.csv"),
        "brackets without end": (b"---\ntitle: " + b"[" * 900_000, "letter.md"),
    }  # fmt: skip
    return found


def bring(data: bytes, name: str) -> None:
    """Bring a file as its name says."""
    (read_roster if name.startswith("roster") else read_letter)(data, name)


def refuse(data: bytes, name: str) -> tuple[float, float, str]:
    """Seconds, megabytes and the words of the refusal, in a process of its own."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(_refuse, (data, name))


def _refuse(data: bytes, name: str) -> tuple[float, float, str]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    words = "NOT REFUSED"
    try:
        bring(data, name)
    except Faulty as refusal:
        words = refusal.message
    taken = time.process_time() - began
    return taken, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, words


TEXT = st.text(max_size=300) | st.lists(
    st.sampled_from([
        *"\n\n\n*_[]()>#-|`<&;:!\"'\t 1.", "[^1]", "[^1]: ", "](https://x.example/)", "word", "\u202e", "- ",
    ])
).map("".join)
WORD = st.lists(test_letter_intake_word.TREES, max_size=6).map(
    lambda trees: word(opening() + paragraph("We ask.") + "".join(trees), numbering=numbered(("bullet", 1)))
)
KINDS: dict[str, tuple[st.SearchStrategy[bytes], str]] = {
    "md": (TEXT.map(lambda text: f"{test_letter_intake.FRONT}\n{text}".encode("utf-8", "replace")), "letter.md"),
    "txt": (TEXT.map(lambda text: (test_letter_intake.PLAIN + text).encode("utf-8", "replace")), "letter.txt"),
    "docx": (WORD, "letter.docx"),
    "csv": (TEXT.map(lambda text: (test_roster_sheets.HEADER + text).encode("utf-8", "replace")), "roster.csv"),
    "xlsx": (TEXT.map(lambda text: test_roster_sheets.repacked(test_roster_sheets.SHEET, edit=lambda content: (
        content.replace(b"River", text.replace("\0", "").encode("utf-8", "replace"))))), "roster.xlsx"),
    "any bytes": (st.binary(max_size=400), "letter.docx"),
}  # fmt: skip


def sample(files: st.SearchStrategy[bytes], name: str, samples: int) -> tuple[int, float]:
    """How many of the files were refused, and the slowest."""
    refused, slowest = 0, 0.0

    @settings(max_examples=samples, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(files)
    def brought(data: bytes) -> None:
        nonlocal refused, slowest
        began = time.process_time()
        try:
            bring(data, name)
        except Faulty:
            refused += 1
        slowest = max(slowest, time.process_time() - began)

    brought()
    return refused, slowest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    say: Callable[[str], None] = (lambda words: None) if options.json else print
    figures: dict[str, dict[str, object]] = {}
    good = True
    for name, (data, file) in traps().items():
        seconds, megabytes, words = refuse(data, file)
        met = seconds <= SECONDS and megabytes <= MEGABYTES and words != "NOT REFUSED"
        good &= met
        figures[name] = {"bytes": len(data), "seconds": seconds, "megabytes": megabytes, "met": met}
        say(f"{'  ' if met else '! '}{name:38} {len(data):>11,} B  {seconds:6.3f} s  {megabytes:6.1f} MB  {words[:70]}")
    for kind, (files, file) in KINDS.items():
        refused, slowest = sample(files, file, options.samples)
        met = slowest <= SLOWEST
        good &= met
        figures[kind] = {"samples": options.samples, "refused": refused, "slowest": slowest, "met": met}
        say(f"{'  ' if met else '! '}{kind:38} {options.samples:>11,}    {refused:,} refused, slowest {slowest:.3f} s")
    if options.json:
        print(json.dumps(figures))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
