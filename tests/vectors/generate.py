"""Writes the vectors: one bundle, one defect, one code (EVIDENCE 4.9); running it again changes nothing.

    python tests/vectors/generate.py [--out FOLDER]

`base/` is a sound, closed bundle of three answers. Each other file is what a vector changes in it: whole files
by name, null for a file taken away, `base64:` before bytes that are no text.
"""

import argparse
import json
import sys
from base64 import b64encode
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.vectors import (  # noqa: E402
    defects_of_bundles,
    defects_of_entries,
    defects_of_keys,
    defects_of_openings,
    defects_of_passkeys,
    defects_of_times,
)
from tests.vectors.story import TRUSTS, VECTORS, closed  # noqa: E402

DECLARED_BY = (
    defects_of_bundles,
    defects_of_entries,
    defects_of_keys,
    defects_of_openings,
    defects_of_passkeys,
    defects_of_times,
)  # fmt: skip  (importing them fills VECTORS)


def spell(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return "base64:" + b64encode(data).decode()
    return text if not text.startswith("base64:") else "base64:" + b64encode(data).decode()


def generate(out: Path) -> None:
    base = closed().bundle()
    for name, data in base.items():
        path = out / "base" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for name, (trust, _) in TRUSTS.items():
        (out / f"{name}.json").write_bytes(trust.to_bytes())
    for name, about in VECTORS.items():
        files = about["make"]()
        changes = {at: spell(data) for at, data in sorted(files.items()) if base.get(at) != data}
        changes |= dict.fromkeys(sorted(base.keys() - files.keys()))
        value = {key: about[key] for key in ("expect", "exit", "trust", "warnings")} | {"files": changes}
        (out / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent)
    generate(parser.parse_args().out)
