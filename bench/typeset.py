"""The letter with its list as a PDF, ours against the fastest peers, in one run.

    python bench/typeset.py [--names 10 1000 10000] [--rounds 7] [--real] [--only ours typst]

Every engine is warm (imported, its fonts read, one letter of the kind set) and works in this process, from its own
input to the finished bytes; reading the letter's CommonMark and writing a peer's source are not counted. Rounds of the
engines take turns, and medians count. No letter is set twice: every paragraph carries the number of the try and every
try has a list of its own, because typst keeps what it has laid out and would give the same letter again for nothing.
What an engine keeps of single words is its own merit: a server meets the same words again too. An engine that needed
more than five seconds for a letter is not asked again, and a peer is not asked for lists it would take minutes for.
Bars: 10 names at most 1.3 x typst; from 1,000 at most 0.6 x untagged typst, tagged at most 1.0 x tagged typst.

    python bench/typeset.py --memory 10000 100000

Memory: a fresh process for each engine and size sets one letter; peak, seconds, and how both grow.
Bars: less memory than typst, and no growth faster than the list's.
"""

import argparse
import datetime
import gc
import importlib
import itertools
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.typeset_document import Document, new_document  # noqa: E402
from signing.adapters.typeset import letter_pdf  # noqa: E402
from signing.evidence.signatory_list import ListedName, SignatoryList  # noqa: E402
from tests.adapters.typeset.specimens import PHRASE  # noqa: E402

BAR_FEW, BAR_MANY, BAR_TAGGED = 1.3, 0.6, 1.0
MANY_FROM = 1_000
SHORT_ROUNDS = 5  # short letters are set so much oftener, in a server and here
LINGERS = 5.0  # seconds after which an engine is not asked again


class Ours:
    """The product's typesetter, as closing calls it."""

    def prepared(self, document: Document, *, tagged: bool) -> Callable[[], bytes]:
        """The work that is timed: from the letter and its list to the file."""
        text = document.text
        listing = SignatoryList(tuple(ListedName(name, index, None) for index, name in enumerate(document.names)))
        return lambda: letter_pdf(
            text,
            listing=listing,
            version=3,
            text_sha256=text.sha256,
            phrase=PHRASE,
            document_date=datetime.date.fromisoformat(text.date),
            check_url=document.check_url,
            tagged=tagged,
        )


@dataclass(frozen=True)
class Row:
    """One line of the table: an engine with or without tags, and the longest list it is asked for."""

    label: str
    engine: str
    tagged: bool
    most: int


ROWS = (
    Row("typst", "bench.typeset_peers:Typst", False, 1_000_000),
    Row("ours", "bench.typeset:Ours", False, 1_000_000),
    Row("typst, tagged", "bench.typeset_peers:Typst", True, 1_000_000),
    Row("ours, tagged", "bench.typeset:Ours", True, 1_000_000),
    Row("fpdf2", "bench.typeset_peers:Fpdf", False, 10_000),
    Row("WeasyPrint", "bench.typeset_peers:WeasyPrint", False, 1_000),
    Row("WeasyPrint, tagged", "bench.typeset_peers:WeasyPrint", True, 1_000),
)


def engine(name: str) -> Any:
    """One engine; the fonts it keeps are read here. A peer is imported only where it is asked for."""
    module, _, kind = name.partition(":")
    try:
        return getattr(importlib.import_module(module), kind)()
    except ModuleNotFoundError as missing:
        sys.exit(f"{missing.name} is not installed: `pip install -r requirements/bench.txt` brings the peers.")


def require_words(pdf: bytes, names: Document, label: str) -> None:
    """Refuses figures for a file that does not hold the words of its names."""
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    found = set(done.stdout.decode().split())
    wanted = {word for name in names.names for word in name.listed_as.split()}
    lost = wanted - found
    assert len(lost) <= 0.01 * len(wanted), f"{label} lost {len(lost)} of {len(wanted)} words, as {sorted(lost)[:5]}"


def timed(work: Callable[[], bytes]) -> tuple[float, bytes]:
    """Wall seconds and the file."""
    gc.collect()
    begun = time.perf_counter()
    made = work()
    return time.perf_counter() - begun, made


def measure(names: int, rows: Sequence[Row], rounds: int, *, real: bool) -> dict[str, dict[str, Any]]:
    """Seconds of every round, and the size of the file, for each row."""
    attempts = itertools.count(names * 1000)
    engines = {row.engine: engine(row.engine) for row in rows}
    found: dict[str, dict[str, Any]] = {row.label: {"seconds": [], "bytes": 0} for row in rows}
    rounds *= SHORT_ROUNDS if names < MANY_FROM else 1
    for turn in range(rounds + 1):  # the first only warms
        for row in rows:
            seconds = found[row.label]["seconds"]
            if seconds and seconds[0] > LINGERS:
                continue
            job = new_document(names, next(attempts), real=real)
            spent, made = timed(engines[row.engine].prepared(job, tagged=row.tagged))
            if not turn:
                require_words(made, job, row.label)
                found[row.label]["bytes"] = len(made)
            if turn or spent > LINGERS:
                seconds.append(spent)
    return found


def bar_of(label: str, names: int) -> tuple[str, float] | None:
    """The peer and the ratio that a row of ours is held to."""
    if label == "ours":
        return "typst", BAR_MANY if names >= MANY_FROM else BAR_FEW
    if label == "ours, tagged":
        return "typst, tagged", BAR_TAGGED if names >= MANY_FROM else BAR_FEW
    return None


def judged(found: dict[str, dict[str, Any]], names: int) -> list[dict[str, Any]]:
    """Median seconds of each row, its ratio to typst (of rounds side by side) and whether its bar is met."""
    told = []
    for label, figures in found.items():
        bar = bar_of(label, names)
        peer = bar[0] if bar else "typst"
        if figures["seconds"][1:] and peer in found:
            pairs = zip(figures["seconds"], found[peer]["seconds"], strict=False)
            ratio: float | None = statistics.median(mine / theirs for mine, theirs in pairs)
        else:
            ratio = figures["seconds"][0] / statistics.median(found[peer]["seconds"]) if peer in found else None
        told.append(
            {
                "engine": label,
                "names": names,
                "seconds": statistics.median(figures["seconds"]),
                "bytes": figures["bytes"],
                "over": peer,
                "ratio": ratio,
                "bar": bar[1] if bar else None,
                "met": None if bar is None or ratio is None else ratio <= bar[1],
            }
        )
    return told


def peak(label: str, names: int, *, real: bool) -> None:
    """Sets one letter and prints seconds and the peak of this process in bytes (for a fresh process)."""
    row = next(row for row in ROWS if row.label == label)
    job = new_document(names, 1, real=real)
    before = _high_water()
    spent, made = timed(engine(row.engine).prepared(job, tagged=row.tagged))
    print(json.dumps({"seconds": spent, "peak": _high_water(), "before": before, "bytes": len(made)}))


def _high_water() -> int:
    # Not getrusage: its peak begins with the size of the process that started this one.
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) * 1024


def memory(sizes: Sequence[int], rows: Sequence[Row], *, real: bool) -> list[dict[str, Any]]:
    """Peak and seconds of each engine at two sizes, each in a process of its own."""
    told: list[dict[str, Any]] = []
    for row in rows:
        if row.most < max(sizes):
            continue
        measured = []
        for names in sizes:
            command = [sys.executable, __file__, "--peak", row.label, str(names)] + ["--real"] * real
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
            measured.append(json.loads(done.stdout))
        few, many = measured
        grown = {key: many[key] / few[key] for key in ("seconds", "peak")}
        told.append({"engine": row.label, "sizes": list(sizes), "figures": measured, "growth": grown})
    return told


def show(told: Sequence[dict[str, Any]]) -> None:
    """Prints the rows of one size."""
    print(f"{told[0]['names']:,} names")
    for row in told:
        line = f"  {row['engine']:20}{row['seconds']:9.4f} s {row['bytes'] / 1e3:9.1f} kB"
        if row["ratio"] is not None and row["engine"] != row["over"]:
            line += f"   {row['ratio']:6.2f} x {row['over']}"
        if row["bar"] is not None:
            line += f" (bar {row['bar']}: {'met' if row['met'] else 'NOT MET'})"
        print(line)


def show_memory(told: Sequence[dict[str, Any]]) -> None:
    """Prints peaks at both sizes, their growth, and the bars."""
    peaks = {row["engine"]: row["figures"][1]["peak"] for row in told}
    for row in told:
        few, many = row["figures"]
        line = f"  {row['engine']:20}"
        for names, figures in zip(row["sizes"], (few, many), strict=True):
            line += f"{names:>9,}: {figures['seconds']:7.2f} s {figures['peak'] / 1e6:7.0f} MB "
        line += f"  grows {row['growth']['seconds']:.1f} x in time, {row['growth']['peak']:.1f} x in memory"
        bar = bar_of(row["engine"], MANY_FROM)
        if bar and bar[0] in peaks:
            times = row["sizes"][1] / row["sizes"][0]
            met = peaks[row["engine"]] < peaks[bar[0]] and max(row["growth"].values()) <= 1.1 * times
            line += f"; {peaks[row['engine']] / peaks[bar[0]]:.2f} x {bar[0]} ({'met' if met else 'NOT MET'})"
        print(line)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--names", type=int, nargs="+", default=[10, 1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=7, help="rounds that count; one more comes before, to warm")
    parser.add_argument("--only", nargs="+", help="engines by the beginning of their names")
    parser.add_argument("--real", action="store_true", help="the real letter in place of the invented one")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--memory", type=int, nargs=2, metavar=("FEW", "MANY"), help="measure memory instead")
    parser.add_argument("--peak", nargs=2, metavar=("ENGINE", "NAMES"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        peak(options.peak[0], int(options.peak[1]), real=options.real)
        return
    rows = [row for row in ROWS if not options.only or row.label.startswith(tuple(options.only))]
    if options.memory:
        grown = memory(options.memory, rows, real=options.real)
        print(json.dumps(grown, indent=1)) if options.json else show_memory(grown)
        return
    told = []
    for names in options.names:
        asked = [row for row in rows if names <= row.most]
        told.append(judged(measure(names, asked, options.rounds, real=options.real), names))
        if not options.json:
            show(told[-1])
    if options.json:
        print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
