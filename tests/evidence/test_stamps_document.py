"""The commands of docs/stamps.md, as they are printed, over a bundle with stamps of two authorities."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from signing.evidence.bundle import write
from tests.evidence.builders import closed_letter
from tests.evidence.time_authority import TimeAuthority

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "stamps.md"
COMMANDS = re.findall(r"^```sh\n(.*?)^```$", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
AT = datetime(2026, 11, 24, 10, 0, 7, tzinfo=UTC)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    letter = closed_letter(approvals=2)
    letter.keep_checkpoint()
    files = dict(letter.bundle())
    for name in ("first-example", "second-example"):
        authority = TimeAuthority(name)
        files[f"tsa/{name}.pem"] = authority.root_pem.encode()
        for size, note in letter.checkpoints.items():
            files[f"checkpoints/{size}.{name}.tsr"] = authority.stamp(note, AT)
    write(tmp_path / "bundle", files)
    return tmp_path / "bundle"


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=folder, capture_output=True, text=True)


def test_every_command_runs_as_printed(bundle: Path) -> None:
    assert len(COMMANDS) == 3
    for command in COMMANDS:
        done = run(command, bundle)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
    assert done.stdout.count("Verification: OK") == 6
    assert "1 entries existed by Nov 24 10:00:07 2026 GMT says first-example" in done.stdout


@pytest.mark.parametrize("command", COMMANDS[1:])
def test_the_commands_fail_when_a_checkpoint_was_changed(bundle: Path, command: str) -> None:
    checkpoint = bundle / "checkpoints" / "1"
    checkpoint.write_bytes(checkpoint.read_bytes().replace(b"\n1\n", b"\n2\n"))
    assert run(command, bundle).returncode != 0
