"""How a command gets the coordinator's signature: from the service, a key file, ssh-keygen, or in two steps."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from signing.adapters import own_keys
from signing.domain.binding import Binding
from signing.domain.errors import Faulty, NotFound, Refusal
from signing.domain.letter import Letter
from signing.workflow import closing, coordinator_keys, coordinator_signing, drafting
from signing.workflow.coordinator_signing import CoordinatorMustSign, ToSignByCoordinator
from signing.workflow.ports import Edition, Services, Signer

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
MAX_SIGNATURE_BYTES = 65_536
COMMANDS = {
    "sshsig": "ssh-keygen -Y sign -f YOUR_KEY -n {namespace} {file}",
    "ed25519": "openssl pkeyutl -sign -inkey YOUR_KEY.pem -rawin -in {file} -out {file}.sig",
    "p256": "openssl dgst -sha256 -sign YOUR_KEY.pem -out {file}.sig {file}",
    "openpgp": "gpg --armor --output {file}.sig --detach-sign {file}",
}

Result = TypeVar("Result", Letter, Edition, Binding)


@dataclass(frozen=True, slots=True)
class Way:
    """How the coordinator signs; nothing given is the key that the service holds."""

    key_file: Path | None
    passphrase_file: Path | None
    ssh_key: Path | None
    statement: Path | None
    signature: Path | None
    key: str | None

    def check(self) -> None:
        ways = [self.key_file, self.ssh_key, self.statement, self.signature]
        if len([each for each in ways if each is not None]) > 1:
            raise click.UsageError("Give one of --key-file, --ssh-key, --statement and --signature.")


def signed_by_coordinator(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of `Way` to a command, which gets it as `way`."""

    @click.option("--key-file", type=FILE, help="Sign with this private key (PEM, Ed25519 or P-256).")
    @click.option("--passphrase-file", type=FILE, help="Passphrase of the key file; else asked at a terminal.")
    @click.option("--ssh-key", type=FILE, help="Sign with ssh-keygen: a key file, or a .pub whose key the agent holds.")
    @click.option(
        "--statement", type=click.Path(dir_okay=False, path_type=Path),
        help="Write what is to be signed, for a key on another machine.",
    )  # fmt: skip
    @click.option("--signature", type=FILE, help="Hand in the signature over what --statement wrote.")
    @click.option("--key", help="Name of the registered key, where several could sign.")
    @functools.wraps(command)
    def with_way(**options: Any) -> None:
        fields = Way.__dataclass_fields__
        way = Way(**{name: options.pop(name) for name in fields})
        way.check()
        command(way=way, **options)

    return with_way


def obtain(
    services: Services,
    letter_id: str,
    way: Way,
    kind: str,
    *,
    prepare: Callable[[str], ToSignByCoordinator],
    at_once: Callable[[], Result],
    again: str,
    result: type[Result],
) -> Result | None:
    """Have the statement signed in the chosen way; None when it was only written out to be signed elsewhere.

    `again` is the command that hands the signature in.
    """
    if way.signature is not None:
        made = _hand_in(services, letter_id, way.signature, kind, way.key)
    elif way.statement is not None:
        # Looked at first: preparing a closing shuts the doors.
        _check_place(way.statement)
        _write_out(prepare(_key_elsewhere(services, way.key)), way.statement, again)
        return None
    elif way.key_file is not None or way.ssh_key is not None:
        signer = _signer(services, letter_id, way)
        made = _sign(services, prepare(signer.public.key), signer)
    else:
        try:
            return at_once()
        except CoordinatorMustSign as refusal:
            raise CoordinatorMustSign(f"{refusal.message} Give --ssh-key, --key-file or --statement.") from None
    if not isinstance(made, result):
        raise NotFound("There is nothing of this kind to be signed.", code="prepared-unknown")
    return made


def _signer(services: Services, letter_id: str, way: Way) -> Signer:
    if way.ssh_key is not None:
        letter = drafting.read(services, letter_id).letter
        host = letter.host if letter.version else services.installation.host
        return own_keys.open_ssh_key(way.ssh_key, f"assent@{host}")
    if way.key_file is None:
        raise click.UsageError("Give --key-file or --ssh-key.")
    return own_keys.open_key_file(way.key_file, _passphrase(way.key_file, way.passphrase_file))


def _passphrase(key_file: Path, passphrase_file: Path | None) -> bytes | None:
    if not own_keys.encrypted(key_file):
        return None
    if passphrase_file is not None:
        return passphrase_file.read_bytes().strip()
    if not sys.stdin.isatty():
        raise Faulty(f"{key_file} needs a passphrase. Give it with --passphrase-file.", code="key-passphrase")
    return str(click.prompt(f"Passphrase of {key_file}", hide_input=True, err=True)).encode()


def _sign(services: Services, asked: ToSignByCoordinator, signer: Signer) -> Letter | Edition | Binding:
    try:
        return coordinator_signing.submit(services, asked.prepared_id, signer.sign(asked.pae))
    except BaseException:
        # The doors were shut for this signature alone.
        if asked.kind == "close":
            closing.cancel_closing(services, asked.letter.id)
        raise


def _key_elsewhere(services: Services, name: str | None) -> str:
    """The registered key that is to sign a file; a passkey signs on the letter's page only."""
    found = [
        view.key
        for view in coordinator_keys.keys(services)
        if view.key.retired_at is None and view.key.scheme in COMMANDS and name in (None, view.key.key)
    ]
    if not found:
        raise NotFound(
            "No such key that signs files is registered. Run: signing keys register-coordinator", code="key-unknown"
        )
    if len(found) > 1:
        names = ", ".join(key.key for key in found)
        raise Faulty(f"Several keys could sign. Name one with --key: {names}", code="key-not-chosen")
    return found[0].key


def _check_place(file: Path) -> None:
    if file.is_dir() or not file.parent.is_dir() or not os.access(file.parent, os.W_OK):
        raise Refusal(f"{file} cannot be written. Choose another place; nothing was prepared.", code="not-writable")


def _write_out(asked: ToSignByCoordinator, file: Path, again: str) -> None:
    command = COMMANDS[asked.key.scheme]
    file.write_bytes(asked.pae)
    click.echo(f"Wrote {file}: exactly what {asked.key.key} is to sign.")
    if asked.files:
        folder = file.with_name(f"{file.name}.files")
        folder.mkdir(exist_ok=True)
        for name, data in asked.files.items():
            (folder / name).write_bytes(data)
        click.echo(f"Wrote {', '.join(sorted(asked.files))} to {folder}: look at them before you sign.")
    click.echo(f"Sign before {asked.expires_at:%Y-%m-%d %H:%M} UTC:")
    click.echo(f"  {command.format(file=file.name, namespace=f'assent@{asked.letter.host}')}")
    click.echo(f"Then: signing {again} --signature {file.name}.sig")


def _hand_in(
    services: Services, letter_id: str, file: Path, kind: str, key: str | None
) -> Letter | Edition | Binding:
    found = [
        each for each in coordinator_signing.waiting(services, letter_id, kind) if key is None or each.key.key == key
    ]
    if not found:
        raise NotFound("Nothing waits for this signature. Begin with --statement.", code="prepared-unknown")
    with file.open("rb") as opened:
        signature = opened.read(MAX_SIGNATURE_BYTES)
    refused: Faulty | None = None
    for asked in found:
        try:
            return coordinator_signing.submit(services, asked.prepared_id, signature)
        except Faulty as refusal:
            if refusal.code != "signature-unfit":
                raise
            refused = refused or refusal
    raise refused or NotFound("Nothing waits for this signature.", code="prepared-unknown")
