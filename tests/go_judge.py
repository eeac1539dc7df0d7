"""golang.org/x/mod/sumdb as a judge of our logs: `evidence/gocheck`, built from Debian's packages alone."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "evidence" / "gocheck"
GOPATH = Path("/usr/share/gocode")
needs_go = pytest.mark.skipif(
    shutil.which("go") is None or not (GOPATH / "src/golang.org/x/mod/sumdb/note").is_dir(),
    reason="go, or Debian's golang-golang-x-mod-dev, is not installed",
)
_folder = tempfile.TemporaryDirectory(prefix="gocheck-")


@functools.cache
def built() -> Path:
    """The program, built once in a session."""
    program = Path(_folder.name) / "gocheck"
    offline = {"GO111MODULE": "off", "GOPATH": str(GOPATH), "GOPROXY": "off", "GOFLAGS": ""}
    done = subprocess.run(
        ["go", "build", "-o", str(program), "."], cwd=SOURCE, env=os.environ | offline, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return program


def judge(log_vkey: str, folder: Path, *witness_vkeys: str) -> subprocess.CompletedProcess[str]:
    """Run it over a folder that holds `log/`, and perhaps `entries/` and `checkpoints/`."""
    return subprocess.run(
        [str(built()), log_vkey, str(folder), *witness_vkeys], capture_output=True, text=True, timeout=120
    )
