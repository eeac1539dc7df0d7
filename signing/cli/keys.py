"""Commands about keys: the installation's own, and those that coordinators keep themselves."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from signing import config
from signing.adapters import key_files, own_keys
from signing.adapters.document_key import fault_of, load_document_key
from signing.bootstrap import build, load_keys, services_from_environment
from signing.cli.coordinator_signature import FILE
from signing.cli.printing import AS_JSON, print_data
from signing.domain.access import Account, Role
from signing.domain.errors import Faulty, NotFound
from signing.evidence.keyring import PublicKey
from signing.workflow import auditing, coordinator_keys, signing_in
from signing.workflow.ports import Services


@click.group()
def keys() -> None:
    """The keys of log, attestor, coordinator and documents."""


@keys.command()
def new() -> None:
    """Make the keys that are missing, encrypted, for their owner's eyes only. No key is ever overwritten."""
    settings = config.load()
    made = key_files.make_missing(settings.keys, settings.key_passphrase(), settings.host)
    for name in made:
        click.echo(f"made {name}")
    fault = fault_of(
        load_document_key(settings.keys, settings.key_passphrase()), settings.keys, datetime.now(UTC)
    )
    if fault:
        click.echo(fault)
    if not made:
        click.echo(f"All keys are there, in {settings.keys}. Nothing was changed.")


@keys.command("list")
@AS_JSON
def list_(as_json: bool) -> None:
    """Name the keys of this installation, and who holds each."""
    settings = config.load()
    rows = [
        {"purpose": purpose, "key": signer.public.key, "holder": "service", "retired": False}
        for purpose, signer in load_keys(settings).items()
    ]
    document = load_document_key(settings.keys, settings.key_passphrase())
    rows.append({"purpose": "document", "key": document.name, "holder": "service", "retired": False})
    rows += [
        {
            "purpose": "coordinator",
            "key": view.key.key,
            "holder": f"coordinator {view.email}",
            "retired": view.key.retired_at is not None,
        }
        for view in coordinator_keys.keys(build(settings))
    ]
    print_data(
        rows,
        as_json,
        *(f"{row['purpose']:12} {row['key']}  {row['holder']}{'  retired' if row['retired'] else ''}" for row in rows),
        f"The document key's certificate is good until {document.certificate.not_valid_after_utc:%Y-%m-%d}.",
    )


@keys.command("register-coordinator")
@click.option("--account", required=True, help="Address of the coordinator whose key it is.")
@click.option("--ssh", type=FILE, help="The public half of an SSH key: id_ed25519.pub, id_ecdsa.pub, …_sk.pub.")
@click.option("--pem", type=FILE, help="The public half of an Ed25519 or P-256 key in PEM.")
@click.option("--label", default="", help="What the coordinator calls it.")
@AS_JSON
def register_coordinator(account: str, ssh: Path | None, pem: Path | None, label: str, as_json: bool) -> None:
    """Let letters name a key that a coordinator keeps. Only its public half comes here."""
    file = ssh or pem
    if file is None or (ssh is not None and pem is not None):
        raise click.UsageError("Give --ssh FILE.pub or --pem FILE.")
    services = services_from_environment()
    owner = _coordinator(services, account)
    public = own_keys.public_key_file(file, ssh=ssh is not None)
    _tell_registered(coordinator_keys.register(services, owner.id, public, label or file.stem).public, owner, as_json)


@keys.command("retire-coordinator")
@click.option("--account", required=True, help="Address of the coordinator whose key it is.")
@click.argument("key")
def retire_coordinator(account: str, key: str) -> None:
    """Have a coordinator's KEY (its name) sign nothing any more. Letters that name it keep naming it."""
    services = services_from_environment()
    coordinator_keys.retire(services, _coordinator(services, account).id, key)
    click.echo(f"{key} signs nothing any more.")


@keys.command("release-coordinator")
@click.option("--to", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder to move it to.")
@click.option("--account", help="Address of the coordinator who takes it; may be left out when there is only one.")
@click.option("--passphrase-file", type=FILE, help="A new passphrase, which the service does not know.")
def release_coordinator(to: Path, account: str | None, passphrase_file: Path | None) -> None:
    """Hand the coordinator's key that the service holds to a coordinator: the service then holds none."""
    settings = config.load()
    services = build(settings)
    owner = _coordinator(services, account)
    public = key_files.released(settings.keys)
    if public is None:
        passphrase = _new_passphrase(passphrase_file)
        public = key_files.release_coordinator(settings.keys, settings.key_passphrase(), to, passphrase)
        click.echo(f"Moved the coordinator's key to {to / 'coordinator.pem'}. Take it away from this machine.")
        if passphrase is None:
            click.echo(
                "Its passphrase is still the service's. Give it one of its own: "
                "openssl pkey -aes256 -in coordinator.pem -out own.pem"
            )
    after = build(settings)
    if public.key not in {view.key.key for view in coordinator_keys.keys(after)}:
        coordinator_keys.register(after, owner.id, public, "released by the service")
    _tell_registered(public, owner, as_json=False)
    click.echo("Restart the service: until then it still has the key in memory.")


@keys.command("export-trust")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write (standard output)."
)
def export_trust(out: Path | None) -> None:
    """Write the trust file that an auditor needs. Hand it on by another way than the bundle."""
    data = auditing.trust_bytes(services_from_environment())
    if out is None:
        click.echo(data.decode())
    else:
        out.write_bytes(data)
        click.echo(f"Wrote {out}")


def _coordinator(services: Services, email: str | None) -> Account:
    wanted = email.strip().lower() if email is not None else None
    found = [
        account
        for account in signing_in.accounts(services)
        if account.role is Role.COORDINATOR and wanted in (None, account.email)
    ]
    if not found:
        raise NotFound("There is no such coordinator. See `signing user add`.", code="account-unknown")
    if len(found) > 1:
        raise Faulty("There are several coordinators. Say who takes the key: --account EMAIL", field="account")
    return found[0]


def _new_passphrase(file: Path | None) -> bytes | None:
    if file is not None:
        if not (words := file.read_bytes().strip()):
            raise Faulty(f"There is no passphrase in {file}.", field="passphrase", code="key-passphrase")
        return words
    if not sys.stdin.isatty():
        return None
    typed = click.prompt("A new passphrase for the key", hide_input=True, confirmation_prompt=True, err=True)
    return str(typed).encode()


def _tell_registered(public: PublicKey, owner: Account, as_json: bool) -> None:
    phrase = coordinator_keys.key_phrase(public)
    print_data(
        {"key": public.key, "holder": f"coordinator {owner.email}", "phrase": phrase},
        as_json,
        f"{public.key} is a key of {owner.email}. In words: {phrase}",
    )
