"""The evidence story's bundle before judges that are not ours: each finds it right, and finds one changed byte."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.go_judge import needs_go
from tests.journeys.judges import JUDGES, Folder, Refused, openssl, ssh_keygen
from tests.journeys.judges import gpgv as gpgv_judge
from tests.journeys.story import Story
from tests.journeys.test_evidence_story import needs_chromium, needs_tools

pytestmark = [needs_chromium, needs_tools, pytest.mark.timeout(900)]

# At least so much each must have judged: binds and answers by each scheme, two stamps, four files.
AT_LEAST = {"openssl": 13, "ssh-keygen": 4, "gpgv": 1, "openssl ts": 2, "sha256sum": 4, "securesystemslib": 11,
            "rfc8785": 39, "pymerkle": 25, "py_webauthn": 2, "go": 20}  # fmt: skip
NAMES = [pytest.param(name, marks=needs_go) if name == "go" else name for name in JUDGES]


@pytest.fixture(scope="module")
def folder(story: Story) -> Folder:
    (log,) = json.loads(story.trust.read_text())["logs"]
    return Folder(story.bundle("full"), log["public_key"], story.witness_vkey)


@pytest.mark.parametrize("name", NAMES)
def test_a_judge_finds_everything_of_its_kind_right(folder: Folder, name: str) -> None:
    assert JUDGES[name](folder) >= AT_LEAST[name]


def test_the_stock_tools_together_judged_every_entry(folder: Folder) -> None:
    assert openssl(folder) + ssh_keygen(folder) + gpgv_judge(folder) == len(folder.entries)
    schemes = {folder.keys[entry.by][0] for entry in folder.entries}
    assert schemes == {"ed25519", "p256", "webauthn", "sshsig", "openpgp"}


def flipped(path: Path, at: int = -1) -> None:
    data = bytearray(path.read_bytes())
    data[at if at >= 0 else len(data) // 2] ^= 1
    path.write_bytes(data)


def other_payload(*schemes: str, kind: str = "assent") -> Callable[[Folder], None]:
    """One byte of what such a key has signed, every name of a key and every shape left as it is."""
    def change(folder: Folder) -> None:
        entry = next(
            entry for entry, _ in folder.signed_by(*schemes) if entry.statement["predicateType"].endswith(f"{kind}/v1")
        )
        nonce = entry.statement["predicate"]["nonce"].encode()
        other = nonce[:-1] + (b"A" if nonce[-1:] != b"A" else b"Q")
        payload = entry.payload.replace(nonce, other)
        rewrite(folder, entry.index, payload)

    return change


def rewrite(folder: Folder, index: int, payload: bytes) -> None:
    file = folder.path / "entries" / f"{index:06d}.dsse.json"
    envelope = json.loads(file.read_bytes())
    envelope["payload"] = base64.b64encode(payload).decode()
    file.write_text(json.dumps(envelope, sort_keys=True, separators=(",", ":")))


def misspelt(folder: Folder) -> None:
    payload = folder.entries[1].payload
    rewrite(folder, 1, payload.replace(b'"by":', b'"zy":', 1))


def byte_of(*names: str, at: int = -1) -> list[Callable[[Folder], None]]:
    """One byte of each of these files; the middle one unless said."""
    def change(name: str) -> Callable[[Folder], None]:
        return lambda folder: flipped(folder.path / name, at)

    return [change(name) for name in names]


SPOILT: dict[str, list[Callable[[Folder], None]]] = {
    "openssl": [other_payload("ed25519"), other_payload("p256"), other_payload("webauthn")],
    "ssh-keygen": [other_payload("sshsig"), other_payload("sshsig", kind="close")],
    "gpgv": [other_payload("openpgp")],
    "openssl ts": byte_of("checkpoints/1"),
    "sha256sum": byte_of("letter/1.en.md", "letter/2.en.md", "pdf/en.pdf", "signatories.json"),
    "securesystemslib": [other_payload("ed25519"), other_payload("p256")],
    "rfc8785": [misspelt],
    "pymerkle": [other_payload("openpgp"), *byte_of("checkpoints/1", at=len("localhost/l/0123456789abcdef\n1\n") + 4)],
    "py_webauthn": [other_payload("webauthn")],
    "go": [other_payload("sshsig"), *byte_of("log/checkpoint")],
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_judge_refuses_once_a_byte_is_changed(folder: Folder, name: str, tmp_path: Path) -> None:
    assert SPOILT[name]
    for turn, spoil in enumerate(SPOILT[name]):
        copy = tmp_path / f"{name}-{turn}"
        shutil.copytree(folder.path, copy)
        spoil(folder.at(copy))
        with pytest.raises(Refused):
            JUDGES[name](folder.at(copy))
