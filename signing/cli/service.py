"""Commands that create, run and look after an installation: init, serve, worker, doctor."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import click

from signing import config
from signing.adapters import key_files
from signing.adapters.database import connect
from signing.adapters.private_files import write_new
from signing.bootstrap import clock_keeper, log_keeper, mail_worker, webhook_keeper
from signing.cli.checks import DEMONSTRATION, demonstrates, examine, look_around
from signing.cli.finding import Finding
from signing.cli.printing import print_data
from signing.config import Settings, SettingsRefused
from signing.workflow.inviting import give_short_codes
from signing.workflow.tokens import Tokens


@click.command()
def init() -> None:
    """Create secrets, keys and database. What is there already is kept: run it as often as you like."""
    settings = config.load()
    refuse_demonstration(settings)
    for line in initialise(settings):
        click.echo(line)


def initialise(settings: Settings) -> list[str]:
    """Create what is missing of an installation and tell what was made."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    told = []
    if settings.secret_key is None and write_secret(settings.secret_key_file):
        told.append(f"made the secret key {settings.secret_key_file}")
    if settings.passphrase is None and write_secret(settings.passphrase_file):
        told.append(f"made the key passphrase {settings.passphrase_file}")
    made = key_files.make_missing(settings.keys, settings.key_passphrase(), settings.host)
    told.extend(f"made the key {name}" for name in made)
    database = connect(settings.database_url, settings.home)
    database.migrate()
    give_short_codes(database.unit_of_work, Tokens(settings.secret()), datetime.now(UTC))
    return [*told, "the database is up to date"]


def write_secret(path: Path) -> bool:
    """Make a random secret file only its owner can read; False when there is one."""
    return not path.exists() and write_new(path, (secrets.token_urlsafe(32) + "\n").encode())


@click.command()
@click.option("--host", help="Address to listen on (127.0.0.1).")
@click.option("--port", type=int, help="Port to listen on (that of the base URL, or 8000).")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Web processes.")
def serve(host: str | None, port: int | None, workers: int) -> None:
    """Serve the pages; on the embedded database the mail worker runs beside."""
    settings = config.load()
    refuse_demonstration(settings)
    run_server(settings, host or "127.0.0.1", port or urlsplit(settings.base_url).port or 8000, workers)


def run_server(settings: Settings, host: str, port: int, workers: int) -> None:
    """Refuse what cannot work, then run gunicorn until told to stop."""
    faults = [each for each in examine(settings) if each.fault]
    if faults:
        raise SettingsRefused("\n".join(f"{each.what}: {each.remedy}" for each in faults))
    refuse_taken_port(host, port)
    # Here and not above: no other command should wait for the web server's import.
    from signing.cli.web_server import Server

    Server(settings, host, port, workers, mailing=settings.embedded).run()


def refuse_taken_port(host: str, port: int) -> None:
    """Say so in words, before anything else is said, when another program listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsRefused(f"Port {port} cannot be used ({error.strerror}). Choose another: --port.") from None


def refuse_demonstration(settings: Settings) -> None:
    """The demonstration's accounts, letter and secrets must never become an installation people rely on."""
    if demonstrates(settings):
        raise SettingsRefused(DEMONSTRATION)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due and stop.")
@click.option("--beside", type=int, hidden=True, help="Stop when this process is gone.")
def worker(once: bool, beside: int | None) -> None:
    """Send mails from the outbox, with retries, do on letters what is due by the clock, and bring logs to witnesses
    and time stamps, until told to stop."""
    settings = config.load()
    sender, clock, keeper = mail_worker(settings), clock_keeper(settings), log_keeper(settings)
    hooks = webhook_keeper(settings)
    if once:
        clock.run_once()
        keeper.run_once()
        hooks.run_once()
        click.echo(f"{sender.run_once()} mails handled")
        return
    stop = threading.Event()

    def told_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, told_to_stop)
    signal.signal(signal.SIGINT, told_to_stop)

    def stopped() -> bool:
        # A worker whose web server was killed must not linger and send from a stopped installation.
        return stop.is_set() or (beside is not None and os.getppid() != beside)

    clock.start_beside(stopped)
    keeper.start_beside(stopped)
    hooks.start_beside(stopped)
    sender.run_forever(stopped)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def doctor(as_json: bool) -> None:
    """Check the configuration and say what to mend; exit code 1 when something must be mended."""
    settings = config.load()
    findings = [*examine(settings), *look_around(settings)]
    if demonstrates(settings):
        findings.insert(0, Finding("demonstration", "mend", DEMONSTRATION))
    print_data(
        [{"what": each.what, "state": each.state, "remedy": each.remedy} for each in findings],
        as_json,
        *(_line(each) for each in findings),
    )
    if any(each.fault for each in findings):
        sys.exit(1)


def _line(finding: Finding) -> str:
    return f"{finding.state:8} {finding.what}" + (f"\n         {finding.remedy}" if finding.remedy else "")
