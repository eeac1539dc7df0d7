"""The format pages' commands, run as they stand: they prove a sound entry, and stop at a damaged one.

A comment before a block says what it is about: `run` must end well, `judge` must besides say certain words, and must
not do so once the words are others. `$e`, `$r` and `$o` are set as the page says; blocks of a page share a folder.
"""

import os
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from signing.evidence import bundle
from signing.evidence.envelope import Envelope
from signing.evidence.key_statement import KeyStatement
from signing.evidence.statement import Subject, commitment_of, opening_bytes
from tests.evidence.builders import ATTESTOR, LOG, LetterBuilder, commitment, signatory
from tests.evidence.signers import browser_key, openpgp_key, p256_key, passkey, ssh_key
from tests.installation import ROOT

PAGES = ROOT / "docs" / "formats"
BLOCK = re.compile(r"(?:<!-- (?P<verb>run|judge): (?P<about>[^>]*?) -->\n)?```sh\n(?P<commands>.*?)```", re.DOTALL)
SAYS = re.compile(r'says="((?:[^"\\]|\\.)*)"')
TOOLS = ("openssl", "ssh-keygen", "gpg", "gpgv", "xxd", "base64", "sha256sum")

missing = [tool for tool in TOOLS if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(bool(missing), reason=f"not installed here: {', '.join(missing)}")


class Story:
    """A closed letter with one answer of each scheme, its bundle in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        letter = LetterBuilder()
        letter.version()
        keys = {
            "ed25519": browser_key("browser"), "p256": p256_key("browser"), "webauthn": passkey("phone"),
            "sshsig": ssh_key("own"), "openpgp": openpgp_key("own"),
        }  # fmt: skip
        self.binds: dict[str, int] = {}
        self.entries: dict[str, int] = {}
        for number, (scheme, key) in enumerate(keys.items(), 1):
            bind = KeyStatement(
                **letter._common(ATTESTOR, (Subject.of("key", key.public.public_key.encode()),)),
                action="bind", signatory=signatory(number), bound=key.public, basis="code",
            )  # fmt: skip
            self.binds[scheme] = letter.append_statement(bind, ATTESTOR)
            self.entries[scheme] = letter.answer(signatory(number), key=key)
        self.entries["confidential"] = letter.answer(commitment(9))
        self.receipt = letter.receipt(self.entries["p256"])
        self.entries["close"] = letter.close()
        bundle.write(folder, letter.bundle())

    def entry(self, name: str) -> Path:
        return self.folder / f"entries/{self.entries[name]:06d}.dsse.json"


@pytest.fixture(scope="module")
def story(tmp_path_factory) -> Story:
    return Story(tmp_path_factory.mktemp("stock") / "bundle")


def blocks(page: str) -> list[tuple[str, str, str]]:
    text = (PAGES / page).read_text("utf-8")
    return [(m["verb"] or "run", m["about"] or "entry=ed25519", m["commands"]) for m in BLOCK.finditer(text)]


def shell(commands: str, place: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(place), "LC_ALL": "C.UTF-8", **variables}
    script = "set -euo pipefail\n" + commands
    return subprocess.run(
        ["bash", "-c", script], cwd=place, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


CUT = blocks("entry.md")[0][2]


def laid_out(story: Story, about: str, place: Path) -> dict[str, str]:
    """Put down what the page says the reader has before the block, and give the variables it names."""
    shutil.copytree(story.folder, place, dirs_exist_ok=True)
    name = {"opening": "confidential", "close": "close", "receipt": "p256"}.get(about.split()[0]) or re.match(
        r"entry=([a-z0-9]+)", about
    )[1]
    entry = str(story.entry(name))
    assert shell(CUT, place, e=entry).returncode == 0
    if name in story.binds:
        bind = story.folder / f"entries/{story.binds[name]:06d}.dsse.json"
        (place / "bind").write_bytes(Envelope.from_bytes(bind.read_bytes()).payload)
        taken = shell(blocks("keys.md")[0][2], place)
        assert taken.returncode == 0
    (place / "log.pem").write_text(LOG.public.public_key)
    (place / "receipt").write_bytes(story.receipt)
    opening = opening_bytes(signatory(9), sha256(b"salt9").digest())
    assert commitment_of(opening) == commitment(9).commitment
    (place / "opening").write_bytes(opening)
    return {"e": entry, "r": "receipt", "o": "opening"}


@pytest.mark.parametrize("page", sorted(path.name for path in PAGES.glob("*.md")))
def test_the_commands_of_the_page_do_what_it_says(page: str, story: Story, tmp_path: Path) -> None:
    judged = 0
    for verb, about, commands in blocks(page):
        variables = laid_out(story, about, tmp_path)
        done = shell(commands, tmp_path, **variables)
        assert done.returncode == 0, f"{page}: {commands}\n{done.stdout}{done.stderr}"
        if verb == "judge":
            said = SAYS.search(about)[1].replace('\\"', '"')
            assert said in done.stdout + done.stderr
            judged += 1
    assert judged or page in {"entry.md", "bundle.md", "opening.md"}


@pytest.mark.parametrize(
    ("page", "number"),
    [(path.name, n) for path in sorted(PAGES.glob("*.md")) for n, each in enumerate(blocks(path.name))
     if each[0] == "judge"],
)
def test_a_judge_of_the_page_refuses_other_words(page: str, number: int, story: Story, tmp_path: Path) -> None:
    _, about, commands = blocks(page)[number]
    variables = laid_out(story, about, tmp_path)
    said = SAYS.search(about)[1].replace('\\"', '"')
    if page == "receipt.md":
        shell(blocks(page)[0][2], tmp_path, **variables)
        changed = tmp_path / "note"
        changed.write_text(re.sub(r"(?m)^\d+$", "999", changed.read_text(), count=1))
    else:
        changed = tmp_path / "pae"
        changed.write_bytes(changed.read_bytes().replace(b'"decision":"approve"', b'"decision":"decline"'))
    done = shell(commands, tmp_path, **variables)
    assert done.returncode != 0
    assert said not in done.stdout + done.stderr


def test_a_leaf_that_is_not_the_entrys_is_noticed(story: Story, tmp_path: Path) -> None:
    variables = laid_out(story, "entry=ed25519", tmp_path)
    tile = next((tmp_path / "log/tile/0").rglob("000.p/*"))
    tile.write_bytes(bytes(len(tile.read_bytes())))
    assert shell(blocks("entry.md")[1][2], tmp_path, **variables).returncode != 0


def test_a_changed_word_is_noticed_by_its_sum(story: Story, tmp_path: Path) -> None:
    variables = laid_out(story, "entry=ed25519", tmp_path)
    words = next((tmp_path / "letter").glob("*.md"))
    words.write_bytes(words.read_bytes() + b" ")
    assert shell(blocks("bundle.md")[1][2], tmp_path, **variables).returncode != 0
