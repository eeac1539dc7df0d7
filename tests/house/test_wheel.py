"""A wheel built from the sdist is the whole product: the demonstration runs from an empty folder."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import ROOT, free_port


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files, as an installer lays them."""
    pytest.importorskip("build", reason="the build front end comes with requirements/build.txt")
    folder = tmp_path_factory.mktemp("wheel")
    # Without --wheel and --sdist, `build` makes the sdist and then the wheel out of it.
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        capture_output=True, text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_carries_pages_styles_migrations_and_fonts_but_no_keys(unpacked: Path) -> None:
    names = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()}
    for needed in (
        "signing/templates/base.html",
        "signing/templates/contact/letter.html",
        "signing/web/static/signing.css",
        "signing/locale/ar/LC_MESSAGES/messages.po",
        "signing/demo/letter.md",
        "signing/demo/letter.fr.md",
        "signing/demo/roster.csv",
        "signing/evidence/bip39_english.txt",
        "signing/evidence/bip39_english.LICENSE.txt",
    ):
        assert needed in names
    assert any(name.startswith("signing/templates/mail/") for name in names)
    assert any(name.startswith("signing/adapters/migrations/") for name in names)
    fonts = "signing/adapters/typeset/fonts"
    for face in json.loads((unpacked / fonts / "manifest.json").read_text()):
        assert {f"{fonts}/{face['file']}", f"{fonts}/{face['licence']}"} <= names
    assert not [name for name in names if name.endswith((".key", ".sqlite3")) or "secret" in name.lower()]


@pytest.fixture
def demonstration(unpacked: Path, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The address of a running demonstration and what it printed."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SIGNING_")}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "signing", "demo", "--port", str(port)],
        cwd=tmp_path, env=environment | {"PYTHONPATH": str(unpacked), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    printed = ""
    try:
        assert process.stdout is not None
        for line in process.stdout:
            printed += line
            if "Booting worker" in line or "signing is ready" in line:
                break
        yield f"http://localhost:{port}", printed
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=40)


def fetch(address: str) -> tuple[int, str]:
    with urllib.request.urlopen(address, timeout=20) as answer:
        return answer.status, answer.read().decode()


def test_the_demonstration_runs_from_an_empty_folder(demonstration: tuple[str, str], tmp_path: Path) -> None:
    base_url, printed = demonstration
    assert {path.name for path in tmp_path.iterdir()} == {"instance"}, printed
    status, home = fetch(base_url + "/")
    assert status == 200
    (style,) = set(re.findall(r'href="(/static/[^"]+\.css[^"]*)"', home))
    assert fetch(base_url + style)[0] == 200
    (link,) = re.findall(r"http://localhost:\d+/i/[\w-]+", printed)
    letter = urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open(link, timeout=20)
    assert letter.status == 200
    page = letter.read().decode()
    assert "Continental Water Council" in page
    assert "كارىز سۇ كۆزىتىش گۇرۇپپىسى" in page
    assert "Conseil continental de l’eau" in page
    # Who has said yes is shared; who said so without its name is counted.
    assert "Open Gauges International" in page
    assert "and 1 whose name is withheld" in page
    assert "Highland Spring Trust" not in page
