"""Whole check of a bundle against the bare signature checks in it, in one run.

    python bench/verify.py [--n 10000] [--rounds 3]

Floor: Ed25519 verification of the same N signatures on one core, keys loaded, nothing else.
Product: `signing.evidence.verify_bundle` over a bundle of N assents in memory, on one core (processor time, so
that a busy machine does not count) and with the map of a pool of two processes (wall time, pool start included,
against the wall time of one core). Two processes of bare checks show what this machine gives two at this moment.
The garbage collector is off for all of them, as in the command.
Bars (FLOORS): one core at most 2 x the floor; two processes at most 0.6 x of one core.

    python bench/verify.py --memory 10000 100000

Memory: a fresh process verifies a zip of each size on one core; how much its peak grows from one to the other,
against how much the bundle grows. Bar: less than the bundle.
"""

import argparse
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from signing.evidence import verify_bundle  # noqa: E402
from signing.evidence.bundle import Bundle, write  # noqa: E402
from signing.evidence.envelope import Envelope  # noqa: E402
from signing.evidence.schemes import ed25519  # noqa: E402
from tests.evidence.builders import ATTESTOR, LetterBuilder, signatory, trust_of  # noqa: E402

BAR_ONE, BAR_TWO, BAR_MEMORY = 2.0, 0.6, 1.0
PEAK = """
import json, re, sys
from pathlib import Path
from signing.cli.verify import collector_off
from signing.evidence import Trust, verify_bundle
from signing.evidence.bundle import Bundle
trust = Trust.from_bytes(Path(sys.argv[2]).read_bytes())
with collector_off():
    verdict = verify_bundle(Bundle.read(Path(sys.argv[1])), trust).verdict
# Not getrusage: its peak begins with the size of the process that started this one.
peak = re.search("VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())
print(json.dumps([verdict, int(peak[1]) * 1024]))
"""


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Give wall seconds, processor seconds, and the result."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - wall, time.process_time() - processor, result


def bare(signed: list[tuple[bytes, bytes]]) -> bool:
    key = ed25519.open_raw(ATTESTOR.raw)
    return all(key.verify(signature, message) for signature, message in signed)


def closed_bundle(assents: int) -> tuple[dict[str, bytes], list[tuple[bytes, bytes]]]:
    letter = LetterBuilder()
    letter.version()
    for number in range(assents):
        letter.answer(signatory(number))
    letter.close()
    envelopes = [Envelope.from_bytes(entry) for entry in letter.entries[1:-1]]
    return letter.bundle(), [(envelope.signature, envelope.pae) for envelope in envelopes]


def measure(files: dict[str, bytes], signed: list[tuple[bytes, bytes]], rounds: int) -> dict[str, float]:
    trust = trust_of()
    best: dict[str, float] = {}

    def keep(name: str, seconds: float) -> None:
        best[name] = min(seconds, best.get(name, seconds))

    def proved(**more: Any) -> None:
        assert verify_bundle(files, trust, **more).verdict == "PROVED"

    def two_bare() -> None:
        half = len(signed) // 2
        with ProcessPoolExecutor(2) as pool:
            assert all(pool.map(bare, [signed[:half], signed[half:]]))

    def two_whole() -> None:
        with ProcessPoolExecutor(2) as pool:
            proved(map=pool.map)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"
        write(path, files)
        for _ in range(rounds):
            wall, processor, fits = timed(lambda: bare(signed))
            assert fits
            keep("floor_cpu", processor)
            keep("floor_wall", wall)
            keep("floor_two_wall", timed(two_bare)[0])
            wall, processor, _ = timed(proved)
            keep("one_cpu", processor)
            keep("one_wall", wall)
            keep("two_wall", timed(two_whole)[0])
            keep("read_zip_wall", timed(lambda: Bundle.read(path))[0])
    return best


def memory(sizes: list[int]) -> dict[str, Any]:
    """Verify a zip of each size in a process of its own and give bytes of zip and peak."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        trust = Path(folder) / "trust.json"
        trust.write_bytes(trust_of().to_bytes())
        for assents in sizes:
            path = Path(folder) / f"{assents}.zip"
            write(path, closed_bundle(assents)[0])
            command = [sys.executable, "-c", PEAK, str(path), str(trust)]
            told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
            verdict, peak = json.loads(told.stdout)
            assert verdict == "PROVED"
            rows.append({"assents": assents, "bundle": path.stat().st_size, "peak": peak})
    first, last = rows[0], rows[-1]
    growth = (last["peak"] - first["peak"]) / (last["bundle"] - first["bundle"])
    return {"rows": rows, "peak_growth_over_bundle_growth": growth, "bar": BAR_MEMORY}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--n", type=int, default=10_000, help="assents in the bundle")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; the best of each figure counts")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--memory", type=int, nargs=2, metavar=("FEW", "MANY"), help="measure memory instead")
    options = parser.parse_args()
    if options.memory:
        found = memory(options.memory)
        for row in found["rows"]:
            sizes = f"bundle {row['bundle'] / 1e6:7.1f} MB  peak {row['peak'] / 1e6:7.1f} MB"
            print(f"{row['assents']:>8} assents  {sizes}")
        print(f"peak grows {found['peak_growth_over_bundle_growth']:.2f} x the bundle (bar {BAR_MEMORY})")
        return
    gc.disable()  # as the command does
    best = measure(*closed_bundle(options.n), options.rounds)
    one, two = best["one_cpu"] / best["floor_cpu"], best["two_wall"] / best["one_wall"]
    machine = best["floor_two_wall"] / best["floor_wall"]
    if options.json:
        ratios = {"one_over_floor": one, "two_over_one": two, "bare_two_over_one": machine}
        bars = {"one_over_floor": BAR_ONE, "two_over_one": BAR_TWO}
        print(json.dumps({"assents": options.n, "seconds": best, "ratios": ratios, "bars": bars}, indent=1))
        return
    print(f"{options.n} assents, best of {options.rounds}, seconds")
    print(f"  bare checks, one core       {best['floor_cpu']:7.3f} cpu  {best['floor_wall']:7.3f} wall")
    print(f"  whole bundle, one core      {best['one_cpu']:7.3f} cpu  {best['one_wall']:7.3f} wall", end="")
    print(f"   {one:.2f} x the bare checks (bar {BAR_ONE})")
    print(f"  whole bundle, two processes              {best['two_wall']:7.3f} wall", end="")
    print(f"   {two:.2f} x one core (bar {BAR_TWO})")
    print(f"  bare checks, two processes               {best['floor_two_wall']:7.3f} wall", end="")
    print(f"   {machine:.2f} x one core: what this machine gives two now")
    print(f"  reading the zip                          {best['read_zip_wall']:7.3f} wall")


if __name__ == "__main__":
    main()
