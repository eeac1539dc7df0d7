"""Commands of a witness: a small server that any member organisation can run, without database or settings."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from signing.adapters import key_files
from signing.adapters.private_files import write_new
from signing.adapters.witness_files import WitnessFiles
from signing.cli.service import refuse_taken_port, write_secret
from signing.domain.errors import Refusal
from signing.evidence.keyring import public_key_from_pem
from signing.evidence.trust import MAX_TRUST_BYTES, Trust, TrustedLog
from signing.workflow.witnessing import Witness, witness_key

KEY = "witness"
NAME_FILE = "witness.vkey"
PASSPHRASE_FILE = "passphrase"  # noqa: S105

FOLDER = click.option(
    "--folder", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="The witness's folder: key, passphrase, memory.",
)
PASSPHRASE = click.option(
    "--passphrase-file", type=click.Path(dir_okay=False, path_type=Path),
    help="File that holds the key's passphrase (FOLDER/passphrase).",
)


@click.group()
def witness() -> None:
    """Cosign a coalition's logs, so that nobody can be shown another history than you were."""


@witness.command()
@click.option("--name", required=True, help="Its name, like an address without https://: witness.example/w1")
@FOLDER
@PASSPHRASE
def init(name: str, folder: Path, passphrase_file: Path | None) -> None:
    """Make the witness's key, and print the line to hand to the coordinator. What is there is kept."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if write_secret(passphrase_file or folder / PASSPHRASE_FILE):
        click.echo(f"made the passphrase {passphrase_file or folder / PASSPHRASE_FILE}")
    if key_files.make_signer(folder, KEY, _passphrase(folder, passphrase_file)):
        click.echo(f"made the key {folder / KEY}.pem")
    key = witness_key(name, _signer(folder, passphrase_file))
    write_new(folder / NAME_FILE, f"{key.vkey}\n".encode())
    if _name(folder) != name:
        raise Refusal(f"This folder is that of the witness {_name(folder)}: give another one a folder of its own.")
    click.echo(f"The verifier key of {name}:\n  {key.vkey}")
    click.echo("Hand this line to the coordinator, by a way they know to be yours, with the address it is reached at:")
    click.echo(f"  witness {name} {key.vkey} https://{name}")


@witness.command()
@FOLDER
@PASSPHRASE
@click.option(
    "--log", "trust", type=click.Path(dir_okay=False, path_type=Path), multiple=True,
    help="A coalition's trust file (`signing keys export-trust`): its logs are known. May be given again.",
)
@click.option(
    "--log-key", type=click.Path(dir_okay=False, path_type=Path),
    help="Instead: a log's public key (PEM), with --prefix.",
)
@click.option("--prefix", help="What the origins of that key's logs begin with: letters.example/l/")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, default=8100, show_default=True, help="Port to listen on.")
def serve(
    folder: Path, passphrase_file: Path | None, trust: tuple[Path, ...], log_key: Path | None, prefix: str | None,
    host: str, port: int,
) -> None:
    """Answer to the logs it knows until told to stop."""
    made = Witness(
        _name(folder), _signer(folder, passphrase_file), _logs(trust, log_key, prefix),
        WitnessFiles(folder / "checkpoints"), lambda: datetime.now(UTC),
    )
    refuse_taken_port(host, port)
    # Here and not above: making a key should not wait for the web server's import.
    from signing.cli.witness_server import WitnessServer

    WitnessServer(made, host, port).run()


def _logs(trust: tuple[Path, ...], log_key: Path | None, prefix: str | None) -> list[TrustedLog]:
    known: list[TrustedLog] = []
    for path in trust:
        with path.open("rb") as file:
            known.extend(Trust.from_bytes(file.read(MAX_TRUST_BYTES + 1)).logs)
    if (log_key is None) != (prefix is None):
        raise Refusal("Give --log-key and --prefix together: the key, and whose origins it signs.")
    if log_key is not None and prefix is not None:
        known.append(TrustedLog(prefix, public_key_from_pem(log_key.read_text("ascii")).public_key))
    if not known:
        raise Refusal("A witness has to know a log. Give --log TRUSTFILE, as the coordinator hands it on.")
    # Written and read once more, so that a prefix given here is held to the same rules as one in a file.
    return list(Trust.from_bytes(Trust(logs=tuple(known)).to_bytes()).logs)


def _name(folder: Path) -> str:
    try:
        return (folder / NAME_FILE).read_text("utf-8").partition("+")[0]
    except FileNotFoundError:
        raise _missing(folder) from None


def _signer(folder: Path, passphrase_file: Path | None) -> key_files.FileSigner:
    if not (folder / f"{KEY}.pem").exists():
        raise _missing(folder)
    return key_files.load_signer(folder, KEY, _passphrase(folder, passphrase_file))


def _passphrase(folder: Path, passphrase_file: Path | None) -> bytes:
    path = passphrase_file or folder / PASSPHRASE_FILE
    passphrase = path.read_bytes().strip() if path.exists() else b""
    if not passphrase:
        raise Refusal(f"There is no passphrase in {path}. Run `signing witness init`, or give --passphrase-file.")
    return passphrase


def _missing(folder: Path) -> Refusal:
    return Refusal(f"There is no witness in {folder} yet. Run: signing witness init --name NAME --folder {folder}")
