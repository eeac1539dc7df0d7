"""Whole check of a bundle against the bare signature checks in it, in one run.

    python bench/verify.py [--n 10000] [--rounds 3]

Floor: Ed25519 verification of the same N signatures on one core, keys loaded, nothing else.
Product: `signing.evidence.verify_bundle` over a bundle of N assents in memory, on one core and with the map
of a pool of two processes (pool start included). Reading the bundle from a zip is shown beside it.
Bars (FLOORS): one core at most 2 x the floor; two processes at most 0.6 x of one core.
"""

import argparse
import json
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
from tests.evidence.builders import ATTESTOR, LetterBuilder, signatory  # noqa: E402

BAR_ONE, BAR_TWO = 2.0, 0.6


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def bare(envelopes: list[Envelope]) -> bool:
    key = ed25519.open_raw(ATTESTOR.raw)
    signed = [(envelope.signature, envelope.pae) for envelope in envelopes]
    start = time.perf_counter()
    fits = all(key.verify(signature, message) for signature, message in signed)
    bare.seconds = time.perf_counter() - start  # type: ignore[attr-defined]
    return fits


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--n", type=int, default=10_000, help="assents in the bundle")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; the best of each figure counts")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    letter = LetterBuilder()
    letter.version()
    for number in range(options.n):
        letter.answer(signatory(number))
    letter.close()
    files, trust = letter.bundle(), letter.trust()
    envelopes = [Envelope.from_bytes(entry) for entry in letter.entries[1:-1]]

    floor = one = two = unzip = float("inf")
    for _ in range(options.rounds):
        assert bare(envelopes)
        floor = min(floor, bare.seconds)  # type: ignore[attr-defined]
        seconds, report = timed(lambda: verify_bundle(files, trust))
        assert report.verdict == "PROVED", report.to_json()["failures"][:3]
        one = min(one, seconds)

        def with_pool() -> Any:
            with ProcessPoolExecutor(2) as pool:
                return verify_bundle(files, trust, map=pool.map)

        seconds, report = timed(with_pool)
        assert report.verdict == "PROVED"
        two = min(two, seconds)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bundle.zip"
            write(path, files)
            seconds, read = timed(lambda at=path: Bundle.read(at))
            assert read == files
            unzip = min(unzip, seconds)

    result = {
        "assents": options.n,
        "floor_s": round(floor, 3),
        "one_core_s": round(one, 3),
        "two_processes_s": round(two, 3),
        "read_zip_s": round(unzip, 3),
        "one_core_over_floor": round(one / floor, 2),
        "two_over_one": round(two / one, 2),
        "bars": {"one_core_over_floor": BAR_ONE, "two_over_one": BAR_TWO},
        "met": one / floor <= BAR_ONE and two / one <= BAR_TWO,
    }
    if options.json:
        print(json.dumps(result))
        return
    print(f"{options.n} assents, best of {options.rounds}")
    print(f"  bare Ed25519 checks, one core   {floor:7.3f} s")
    print(f"  whole bundle, one core          {one:7.3f} s   {one / floor:.2f} x floor   (bar {BAR_ONE})")
    print(f"  whole bundle, two processes     {two:7.3f} s   {two / one:.2f} x one core (bar {BAR_TWO})")
    print(f"  reading the zip                 {unzip:7.3f} s")


if __name__ == "__main__":
    main()
