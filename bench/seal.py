"""Sealing a PDF with its evidence against the least that it takes, in one run.

    python bench/seal.py [--n 10000] [--rounds 5]

Floor: deflating the same bundle with the same effort, SHA-256 over PDF and bundle, one ECDSA signature, copying the
bytes: what any attachment with any signature costs.
Product: `signing.adapters.seal.making.seal` on the PDF of a letter with N names and the bundle of its N assents,
without a time stamp: how long an authority lets wait is its own affair. `open_sealed` judges what was made; no bar.
Processor time, so that a busy machine does not count; the best of each figure. The zip of the bundle is made before.
Bar (issue 4): at most 0.2 s for 10,000 names.
"""

import argparse
import json
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cryptography.hazmat.primitives import hashes  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA  # noqa: E402

from bench.organisations import organisations  # noqa: E402
from bench.verify import closed_bundle  # noqa: E402
from signing.adapters import key_files, typeset  # noqa: E402
from signing.adapters.document_key import DocumentKey, load_document_key  # noqa: E402
from signing.adapters.seal.making import EFFORT, seal  # noqa: E402
from signing.adapters.seal.opening import open_sealed  # noqa: E402
from signing.evidence.bundle import zipped  # noqa: E402
from signing.evidence.signatory_list import ListedName, SignatoryList  # noqa: E402
from tests.adapters.typeset.specimens import river_letter  # noqa: E402

BAR_SECONDS = 0.2
PASSPHRASE = b"a passphrase for measuring"


def document(names: int) -> bytes:
    """The PDF of a letter with that many names."""
    text = river_letter()
    listed = tuple(ListedName(each, number, None) for number, each in enumerate(organisations(names, seed=1), start=1))
    return typeset.letter_pdf(
        text, listing=SignatoryList(listed, 0), version=1, text_sha256=text.sha256, phrase="twelve words",
        check_url=None, document_date=date(2026, 1, 1),
    )  # fmt: skip


def evidence(names: int) -> bytes:
    """The bundle's zip as it goes into a sealed PDF."""
    return zipped({name: data for name, data in closed_bundle(names)[0].items() if not name.startswith("pdf/")})


def floor(pdf: bytes, bundle_zip: bytes, key: DocumentKey) -> bytes:
    whole = pdf + zlib.compress(bundle_zip, EFFORT)
    return whole + key.private.sign(sha256(whole).digest(), ECDSA(hashes.SHA256()))


def best_of(rounds: int, work: Callable[[], Any]) -> tuple[float, float]:
    """Processor and wall seconds."""
    figures = []
    for _ in range(rounds):
        wall, processor = time.perf_counter(), time.process_time()
        work()
        figures.append((time.process_time() - processor, time.perf_counter() - wall))
    return min(figures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--n", type=int, default=10_000, help="names on the list, and assents in the bundle")
    parser.add_argument("--rounds", type=int, default=5, help="rounds; the best of each figure counts")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        key_files.make_missing(folder, PASSPHRASE, "bench.example")
        key = load_document_key(folder, PASSPHRASE)
        root = key_files.root_certificate(folder)
    pdf, bundle_zip = document(options.n), evidence(options.n)
    now = datetime.now(UTC)
    sealed = seal(pdf, bundle_zip, key, now)
    assert not [each for each in open_sealed(sealed, [root], []).findings if each.kind != "warning"]
    least = best_of(options.rounds, lambda: floor(pdf, bundle_zip, key))
    made = best_of(options.rounds, lambda: seal(pdf, bundle_zip, key, now))
    opened = best_of(options.rounds, lambda: open_sealed(sealed, [root], []))
    sizes = {"pdf": len(pdf), "bundle": len(bundle_zip), "sealed": len(sealed)}
    if options.json:
        seconds = {"floor": least, "seal": made, "open": opened}
        figures = {"names": options.n, "bytes": sizes, "cpu_wall_seconds": seconds, "bar": BAR_SECONDS}
        print(json.dumps(figures, indent=1))
        return
    told = ", ".join(f"{name} {size / 1e6:.2f} MB" for name, size in sizes.items())
    print(f"{options.n} names, best of {options.rounds}; {told}")
    print(f"  deflate, digest, signature, copy  {least[0]:7.3f} cpu  {least[1]:7.3f} wall")
    print(f"  sealing                           {made[0]:7.3f} cpu  {made[1]:7.3f} wall   ", end="")
    print(f"{made[0] / least[0]:.2f} x the floor (bar {BAR_SECONDS} s)")
    print(f"  opening and judging the seal      {opened[0]:7.3f} cpu  {opened[1]:7.3f} wall")


if __name__ == "__main__":
    main()
