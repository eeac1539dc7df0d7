"""`signing verify` and `signing-verify`: the offline verifier at the command line (DESIGN 6).

May import click and `signing.evidence`, nothing else of this house: it needs no database, network or Flask.
"""

import gc
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from signing.evidence import EvidenceError, Malformed, Report, Trust, verify_bundle, verify_receipt
from signing.evidence.bundle import Bundle
from signing.evidence.note import NoteKey
from signing.evidence.report import EXIT_CODES, UNREADABLE, visible

# Below this a pool costs more than it saves.
POOL_FROM = 2_000
RECEIPT_HEADER = b"c2sp.org/tlog-proof@"
MAX_INPUT = 1_000_000


@contextmanager
def signature_map(entries: int) -> Iterator[Callable[..., Iterable[Any]]]:
    """Give the builtin map, or for a long log that of a process pool."""
    if entries < POOL_FROM:
        yield map
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor() as pool:
        yield pool.map


@contextmanager
def collector_off() -> Iterator[None]:
    """Spare a verification the garbage collector: it makes no cycles, and looking for them costs a tenth."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _read_small(path: Path, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_INPUT + 1)
    except OSError as error:
        raise Malformed("BUNDLE_UNREADABLE", f"The {what} cannot be read: {error.strerror}.") from None
    if len(data) > MAX_INPUT:
        raise Malformed("BUNDLE_UNREADABLE", f"The {what} is too large to be one.")
    return data


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(RECEIPT_HEADER))
    except OSError as error:
        raise Malformed("BUNDLE_UNREADABLE", f"It cannot be read: {error.strerror}.") from None


def judge(
    path: Path, trust: Trust | None, log_key: NoteKey | None, coordinator: str | None, since: Path | None
) -> Report:
    """Read what is at the path, a bundle or a receipt, and judge it.

    Raises:
        Malformed: `BUNDLE_UNREADABLE` or `BUNDLE_MALFORMED` when there is nothing to judge.
    """
    if not path.is_dir():
        start = _first_bytes(path)
        if start == RECEIPT_HEADER:
            if since is not None or coordinator is not None:
                raise Malformed("MISUSED", "A receipt is judged without --since and --coordinator.")
            return verify_receipt(_read_small(path, "receipt"), trust, log_key=log_key)
        if start.startswith(b"%PDF-"):
            raise Malformed(
                "BUNDLE_UNREADABLE",
                "Sealed PDFs cannot be checked yet. Ask for the letter's bundle (evidence.zip) and check that.",
            )
    with collector_off():
        files = Bundle.read(path)
        older = Bundle.read(since) if since is not None else None
        with signature_map(sum(name.startswith("entries/") for name in files)) as mapper:
            return verify_bundle(files, trust, map=mapper, older=older, log_key=log_key, coordinator=coordinator)


def _show(report: Report, as_json: bool) -> None:
    click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2) if as_json else report.to_text(), nl=as_json)


def _show_unread(error: EvidenceError, as_json: bool) -> int:
    """Say why there is no verdict, and give the exit code."""
    # A bundle that breaks the rules is a finding; something that is no bundle is a mistake of the caller.
    report = Report()
    report.fail(error.code, error.message)
    if error.code == "BUNDLE_MALFORMED":
        _show(report, as_json)
        return report.exit_code
    if as_json:
        click.echo(json.dumps({**report.to_json(), "verdict": UNREADABLE}, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{error.code}: {visible(error.message)}", err=True)
    return EXIT_CODES[UNREADABLE]


@click.command("verify")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--trust", "trust_file", type=click.Path(path_type=Path), help="Keys you trust, from outside the bundle.")
@click.option("--log-key", metavar="VKEY", help="The log's key, instead of the trust file's.")
@click.option("--coordinator", metavar="KEYNAME", help="The coordinator's key name, instead of the trust file's.")
@click.option("--since", type=click.Path(path_type=Path), help="An earlier copy that this one must continue.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def verify(
    path: Path,
    trust_file: Path | None,
    log_key: str | None,
    coordinator: str | None,
    since: Path | None,
    as_json: bool,
) -> None:
    """Check a bundle (folder or zip) or a receipt, offline.

    Exit code: 0 proved, 1 rejected, 2 unreadable or misused, 3 not all proved.
    """
    try:
        trust = Trust.from_bytes(_read_small(trust_file, "trust file")) if trust_file else None
        key = NoteKey.from_vkey(log_key) if log_key else None
        report = judge(path, trust, key, coordinator, since)
    except EvidenceError as error:
        raise SystemExit(_show_unread(error, as_json)) from None
    _show(report, as_json)
    raise SystemExit(report.exit_code)


def main() -> None:
    """Run the script `signing-verify`."""
    verify(prog_name="signing-verify")
