"""The verifier stands alone: a fresh interpreter without the house's other libraries verifies a bundle."""

import json
import subprocess
import sys
from pathlib import Path

from signing.evidence import bundle

from .builders import closed_letter, trust_of

ROOT = Path(__file__).resolve().parents[2]

ALONE = """
import json, sys
FORBIDDEN = {"flask", "werkzeug", "sqlalchemy", "alembic", "reportlab", "jinja2", "sqlite3", "_sqlite3", "socket",
    "_socket", "ssl", "subprocess", "_posixsubprocess", "asyncio", "multiprocessing", "concurrent", "http",
    "click", "babel", "icu", "markdown_it", "yaml", "psycopg"}

class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in FORBIDDEN or name in {"urllib.request", "urllib.error"}:
            raise ImportError(f"{name} is not for the verifier")

for name in [name for name in sys.modules if name.partition(".")[0] in FORBIDDEN]:
    raise SystemExit(f"{name} was there before")
sys.meta_path.insert(0, Wall())
from pathlib import Path
from signing.evidence import Trust, verify_bundle
from signing.evidence.bundle import Bundle
import pkgutil, importlib, signing.evidence
for room in pkgutil.walk_packages(signing.evidence.__path__, "signing.evidence."):
    importlib.import_module(room.name)
trust = Trust.from_bytes(Path(sys.argv[2]).read_bytes())
report = verify_bundle(Bundle.read(Path(sys.argv[1])), trust)
house = {name.split(".")[1] for name in sys.modules if name.startswith("signing.")}
third = {name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names) - {"__main__", "__mp_main__"}
print(json.dumps({"verdict": report.verdict, "house": sorted(house), "third": sorted(third)}))
"""


def test_a_fresh_interpreter_verifies_with_everything_else_walled_off(tmp_path):
    bundle.write(tmp_path / "bundle.zip", closed_letter().bundle())
    (tmp_path / "trust.json").write_bytes(trust_of().to_bytes())
    arguments = [sys.executable, "-c", ALONE, str(tmp_path / "bundle.zip"), str(tmp_path / "trust.json")]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["verdict"] == "PROVED"
    assert found["house"] == ["evidence"]
    unexpected = {name for name in found["third"] if not name.startswith(("signing", "cryptography", "_cffi", "__"))}
    assert unexpected <= {"_virtualenv", "_distutils_hack", "_rust", "_openssl"}
