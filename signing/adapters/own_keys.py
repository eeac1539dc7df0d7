"""A coordinator's own private key, used where the coordinator keeps it: a PEM file, or whatever `ssh-keygen` reaches
(a file, an agent, a security key). May import cryptography and run ssh-keygen; both fulfil `ports.Signer`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from signing.adapters.key_files import KeyRefused
from signing.evidence.errors import EvidenceError
from signing.evidence.keyring import PublicKey, public_key_from_pem
from signing.evidence.schemes import open_key


@dataclass(frozen=True, slots=True)
class OwnKeyFile:
    """An Ed25519 or P-256 key that was opened."""

    public: PublicKey
    _key: Ed25519PrivateKey | EllipticCurvePrivateKey

    def sign(self, data: bytes) -> bytes:
        if isinstance(self._key, Ed25519PrivateKey):
            return self._key.sign(data)
        return self._key.sign(data, ECDSA(SHA256()))


@dataclass(frozen=True, slots=True)
class SshKeygen:
    """Signs with `ssh-keygen -Y sign`, which asks for passphrase or touch itself."""

    public: PublicKey
    file: Path
    namespace: str

    def sign(self, data: bytes) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            message = Path(folder) / "statement.pae"
            message.write_bytes(data)
            _run(["-Y", "sign", "-f", str(self.file), "-n", self.namespace, str(message)])
            return message.with_name("statement.pae.sig").read_bytes()


def encrypted(path: Path) -> bool:
    """Whether a passphrase is needed to open this key file. Raises KeyRefused when it is no PEM key."""
    try:
        load_pem_private_key(path.read_bytes(), None)
    except TypeError:
        return True
    except ValueError:
        raise _unfit(path) from None
    return False


def open_key_file(path: Path, passphrase: bytes | None) -> OwnKeyFile:
    """Open a PEM file with an Ed25519 or P-256 private key.

    Raises:
        KeyRefused: `key-unfit` when it holds another kind of key, `key-passphrase` when the passphrase is wrong.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), passphrase)
    except (ValueError, TypeError):
        if passphrase is None:
            raise _unfit(path) from None
        raise KeyRefused(f"The passphrase does not open {path}.", code="key-passphrase") from None
    if isinstance(key, Ed25519PrivateKey):
        scheme = "ed25519"
    elif isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1):
        scheme = "p256"
    else:
        raise _unfit(path)
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return OwnKeyFile(public_key_from_pem(pem, scheme), key)


def open_ssh_key(path: Path, namespace: str) -> SshKeygen:
    """Find the public half beside an SSH private key (or take the .pub itself, whose key an agent holds).

    Raises:
        KeyRefused: when there is no public half, or it is of a kind that is not admitted.
    """
    public = path if path.suffix == ".pub" else path.with_name(f"{path.name}.pub")
    return SshKeygen(public_key_file(public, ssh=True), path, namespace)


def public_key_file(path: Path, *, ssh: bool = False) -> PublicKey:
    """Read a public key from a file: one OpenSSH line, or PEM (Ed25519 or P-256).

    Raises:
        KeyRefused: `key-unfit`, `key-missing`.
    """
    try:
        text = path.read_text("ascii")
    except OSError as error:
        raise KeyRefused(f"The public key {path} cannot be read ({error.strerror}).", code="key-missing") from None
    except ValueError:
        raise _unfit(path) from None
    told = ""
    for scheme in ("sshsig",) if ssh else ("ed25519", "p256"):
        try:
            opened = open_key(scheme, text)
        except EvidenceError as error:
            told = error.message
        else:
            return PublicKey(opened.name, scheme, opened.text)
    raise KeyRefused(f"{path} cannot be used: {told}", code="key-unfit")


def _unfit(path: Path) -> KeyRefused:
    return KeyRefused(
        f"{path} is no Ed25519 or P-256 private key in PEM. For an OpenSSH key use --ssh-key.", code="key-unfit"
    )


def _run(arguments: list[str]) -> None:
    program = shutil.which("ssh-keygen")
    if program is None:
        raise KeyRefused("There is no ssh-keygen on this machine. Use --statement and sign elsewhere.", code="key")
    terminal = sys.stdin is not None and sys.stdin.isatty()
    # Without a terminal nothing may wait for somebody to type.
    environment = os.environ if terminal else os.environ | {"SSH_ASKPASS_REQUIRE": "never"}
    done = subprocess.run(  # noqa: S603 - a fixed program, arguments never through a shell
        [program, *arguments],
        stdin=None if terminal else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=environment,
        start_new_session=not terminal,
        check=False,
    )
    if done.returncode != 0:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise KeyRefused(f"ssh-keygen did not sign: {told[-1] if told else 'no reason given'}", code="key-unused")
