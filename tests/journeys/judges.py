"""Judges of an exported bundle that are not ours; imports nothing of `signing`, and reads the files as they stand.

Each gives the number of things it found right, and raises `Refused` at the first that is wrong.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pymerkle
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from securesystemslib.dsse import Envelope as ForeignEnvelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey
from webauthn import verify_authentication_response
from webauthn.helpers import encode_cbor
from webauthn.helpers.exceptions import WebAuthnException

from tests import go_judge

TYPE = b"application/vnd.in-toto+json"


class Refused(Exception):
    """A judge says no."""


@dataclass(frozen=True)
class Entry:
    """A log entry, taken apart by the words of the specification alone."""

    index: int
    data: bytes

    @cached_property
    def envelope(self) -> dict[str, Any]:
        return dict(json.loads(self.data))

    @cached_property
    def payload(self) -> bytes:
        return base64.b64decode(self.envelope["payload"], validate=True)

    @cached_property
    def statement(self) -> dict[str, Any]:
        return dict(json.loads(self.payload))

    @property
    def by(self) -> str:
        return str(self.statement["predicate"]["by"])

    @property
    def signature(self) -> bytes:
        (one,) = self.envelope["signatures"]
        return base64.b64decode(one["sig"], validate=True)

    @property
    def pae(self) -> bytes:
        return b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE, len(self.payload), self.payload)


class Folder:
    """An exported bundle, and the log's public key from the trust file."""

    def __init__(self, path: Path, log_pem: str, witness_vkey: str) -> None:
        self.path, self.log_pem, self.witness_vkey = path, log_pem, witness_vkey

    def at(self, path: Path) -> Folder:
        """The same, of a copy."""
        return Folder(path, self.log_pem, self.witness_vkey)

    @cached_property
    def entries(self) -> list[Entry]:
        files = sorted((self.path / "entries").glob("*.dsse.json"))
        try:
            found = [Entry(int(file.name[:6]), file.read_bytes()) for file in files]
            return [each for each in found if each.statement]
        except (ValueError, KeyError) as error:
            raise Refused(f"an entry cannot be read: {error}") from None

    @cached_property
    def keys(self) -> dict[str, tuple[str, str]]:
        """Scheme and public key by name, from what coordinators and binders have signed."""
        found: dict[str, tuple[str, str]] = {}
        for entry in self.entries:
            said = entry.statement["predicate"]
            offered = [*said.get("coordinators", ()), said.get("attestor"), said if "public_key" in said else None]
            found |= {each["key"]: (each["scheme"], each["public_key"]) for each in offered if each}
        return found

    def signed_by(self, *schemes: str) -> Iterator[tuple[Entry, str]]:
        """Entries that a key of these schemes signed, with that key."""
        for entry in self.entries:
            scheme, public = self.keys[entry.by]
            if scheme in schemes:
                yield entry, public

    def of_kind(self, kind: str) -> list[Entry]:
        return [each for each in self.entries if each.statement["predicateType"].endswith(f"/{kind}/v1")]

    @property
    def log_vkey(self) -> str:
        """The log's key as signed notes name it."""
        origin = self.checkpoint("log/checkpoint")[0]
        der = base64.b64decode("".join(self.log_pem.strip().splitlines()[1:-1]))
        key = b"\x01" + der[-32:]
        digest = hashlib.sha256(origin.encode() + b"\n" + key).digest()
        return f"{origin}+{digest[:4].hex()}+{base64.b64encode(key).decode()}"

    @property
    def place(self) -> dict[str, Any]:
        return dict(self.of_kind("letter")[0].statement["predicate"])

    def checkpoint(self, name: str) -> tuple[str, int, bytes]:
        origin, size, root = (self.path / name).read_text().split("\n")[:3]
        try:
            return origin, int(size), base64.b64decode(root, validate=True)
        except ValueError as error:
            raise Refused(f"{name}: {error}") from None


def run(folder: Path, *command: str | Path, stdin: bytes = b"") -> bytes:
    """A stock tool's verdict."""
    done = subprocess.run([str(word) for word in command], cwd=folder, input=stdin, capture_output=True)
    if done.returncode:
        raise Refused(f"{command[0]}: {(done.stderr or done.stdout).decode(errors='replace').strip()}")
    return done.stdout


def openssl(folder: Folder) -> int:
    """Ed25519, P-256 and passkey signatures over the PAE, and what a passkey says it was asked."""
    count = 0
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for entry, public in folder.signed_by("ed25519", "p256", "webauthn"):
            scheme = folder.keys[entry.by][0]
            signature, signed = entry.signature, entry.pae
            if scheme == "webauthn":
                signature, signed = _assertion(entry)
            for file, data in {"key.pem": public.encode(), "signed": signed, "sig": signature}.items():
                (work / file).write_bytes(data)
            if scheme == "ed25519":
                run(work, "openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "signed",
                    "-sigfile", "sig")  # fmt: skip
            else:
                run(work, "openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "sig", "signed")
            count += 1
    return count


def _url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _assertion(entry: Entry) -> tuple[bytes, bytes]:
    try:
        parts = {name: _url(text) for name, text in json.loads(entry.signature).items()}
        client = json.loads(parts["clientDataJSON"])
    except (ValueError, KeyError) as error:
        raise Refused(f"the passkey's answer cannot be read: {error}") from None
    if _url(client["challenge"]) != hashlib.sha256(entry.pae).digest():
        raise Refused("the passkey was asked for something else")
    return parts["signature"], parts["authenticatorData"] + hashlib.sha256(parts["clientDataJSON"]).digest()


def ssh_keygen(folder: Folder) -> int:
    count = 0
    namespace = folder.place["ssh_namespace"]
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for entry, public in folder.signed_by("sshsig"):
            (work / "allowed").write_text(f"signer {public}\n")
            (work / "sig").write_bytes(entry.signature)
            run(work, "ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", "signer", "-n", namespace, "-s", "sig",
                stdin=entry.pae)  # fmt: skip
            count += 1
    return count


def gpgv(folder: Folder) -> int:
    count = 0
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for entry, public in folder.signed_by("openpgp"):
            (work / "ring.gpg").write_bytes(run(work, "gpg", "--homedir", work, "--dearmor", stdin=public.encode()))
            (work / "sig").write_bytes(entry.signature)
            (work / "pae").write_bytes(entry.pae)
            run(work, "gpgv", "--homedir", work, "--keyring", work / "ring.gpg", "sig", "pae")
            count += 1
    return count


def openssl_ts(folder: Folder) -> int:
    """Every stamp, over its checkpoint's file, at its own time."""
    count = 0
    for token in sorted((folder.path / "checkpoints").glob("*.tsr")):
        size, authority, _ = token.name.split(".")
        told = run(folder.path, "openssl", "ts", "-reply", "-in", token, "-text").decode()
        found = re.search(r"Time stamp: (.*) GMT", told)
        if found is None:
            raise Refused("a stamp without a time")
        stamped = datetime.strptime(" ".join(found[1].split()), "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)
        run(folder.path, "openssl", "ts", "-verify", "-data", f"checkpoints/{size}", "-in", token, "-CAfile",
            f"tsa/{authority}.pem", "-attime", str(int(stamped.timestamp())))  # fmt: skip
        count += 1
    return count


def sha256sum(folder: Folder) -> int:
    """The words, the list and the PDF are those that letter and close have signed."""
    named = {
        subject["name"]: subject["digest"]["sha256"]
        for entry in (*folder.of_kind("letter"), *folder.of_kind("close"))
        for subject in entry.statement["subject"]
    }
    files = [*folder.path.glob("letter/*.md"), *folder.path.glob("pdf/*.pdf"), folder.path / "signatories.json"]
    summed = run(folder.path, "sha256sum", *files).decode().splitlines()
    found = {line.split()[1].rsplit("/", 1)[1]: line.split()[0] for line in summed}
    if found != named:
        raise Refused(f"{found} is not {named}")
    return len(found)


def securesystemslib(folder: Folder) -> int:
    """DSSE as the people of TUF and in-toto read it."""
    count = 0
    for entry, public in folder.signed_by("ed25519", "p256"):
        if folder.keys[entry.by][0] == "ed25519":
            raw = load_pem_public_key(public.encode()).public_bytes_raw().hex()  # type: ignore[union-attr]
            kind = {"keyval": {"public": raw}, "keytype": "ed25519", "scheme": "ed25519"}
        else:
            kind = {"keyval": {"public": public}, "keytype": "ecdsa", "scheme": "ecdsa-sha2-nistp256"}
        key = SSlibKey.from_dict(entry.by, kind)
        try:
            accepted = ForeignEnvelope.from_dict(json.loads(entry.data)).verify([key], 1)
        except VerificationError as error:
            raise Refused(str(error)) from None
        count += list(accepted) == [entry.by]
    return count


def canonical(folder: Folder) -> int:
    """The rfc8785 package spells every envelope and payload, and the list, as they are."""
    texts = [text for entry in folder.entries for text in (entry.data, entry.payload)]
    texts.append((folder.path / "signatories.json").read_bytes())
    for text in texts:
        if rfc8785.dumps(json.loads(text)) != text:
            raise Refused("another spelling")
    return len(texts)


def merkle(folder: Folder) -> int:
    """The newest root, every entry in it, and every stored checkpoint before it, by pymerkle."""
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in folder.entries:
        tree.append_entry(entry.data)
    _, size, root = folder.checkpoint("log/checkpoint")
    if (tree.get_size(), tree.get_root()) != (size, root):
        raise Refused("another root")
    count = 1
    try:
        for entry in folder.entries:
            leaf = hashlib.sha256(b"\0" + entry.data).digest()
            pymerkle.verify_inclusion(leaf, root, tree.prove_inclusion(entry.index + 1, size))
            count += 1
        for file in (folder.path / "checkpoints").glob("*"):
            if file.name.isdigit():
                _, earlier, state = folder.checkpoint(f"checkpoints/{file.name}")
                pymerkle.verify_consistency(state, root, tree.prove_consistency(earlier, size))
                count += 1
    except pymerkle.InvalidProof as error:
        raise Refused(str(error)) from None
    return count


def py_webauthn(folder: Folder) -> int:
    """A relying party's own judge over every passkey's answer."""
    count = 0
    place = folder.place["rp"]
    for entry, public in folder.signed_by("webauthn"):
        _assertion(entry)
        key = load_pem_public_key(public.encode())
        assert isinstance(key, ec.EllipticCurvePublicKey), "Chromium's virtual authenticator makes P-256 keys"
        point = key.public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        credential = {"id": "aWQ", "rawId": "aWQ", "type": "public-key", "clientExtensionResults": {},
                      "response": json.loads(entry.signature)}  # fmt: skip
        try:
            verify_authentication_response(
                credential=credential, expected_challenge=hashlib.sha256(entry.pae).digest(),
                expected_rp_id=place["id"], expected_origin=place["origins"],
                credential_public_key=encode_cbor(cose), credential_current_sign_count=0,
                require_user_verification=True,
            )  # fmt: skip
        except WebAuthnException as error:
            raise Refused(str(error)) from None
        count += 1
    return count


def go(folder: Folder) -> int:
    """golang.org/x/mod/sumdb over notes, cosignature, tiles, entries and earlier checkpoints."""
    done = go_judge.judge(folder.log_vkey, folder.path, folder.witness_vkey)
    found = re.fullmatch(r"size (\d+), entries \1, earlier checkpoints (\d+), cosignatures 1\n", done.stdout)
    if done.returncode or found is None:
        raise Refused(done.stdout + done.stderr)
    return int(found[1]) + int(found[2])


JUDGES: dict[str, Callable[[Folder], int]] = {
    "openssl": openssl, "ssh-keygen": ssh_keygen, "gpgv": gpgv, "openssl ts": openssl_ts, "sha256sum": sha256sum,
    "securesystemslib": securesystemslib, "rfc8785": canonical, "pymerkle": merkle, "py_webauthn": py_webauthn,
    "go": go,
}  # fmt: skip
