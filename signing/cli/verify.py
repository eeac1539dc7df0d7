"""`signing verify` and `signing-verify`: the offline verifier at the command line (DESIGN 6).

May import click and `signing.evidence`, nothing else of this house: it needs no database, network or Flask. Only
for a sealed PDF, and when `--rebuild` asks for it, does it look whether the rest of the house is there.
"""

import gc
import json
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import click

from signing.cli.pdf_text import text_of
from signing.evidence import EvidenceError, Malformed, Rejected, Report, Trust, verify_bundle, verify_receipt
from signing.evidence.bundle import Bundle
from signing.evidence.entries import BATCH
from signing.evidence.ledger import Ledger
from signing.evidence.note import NoteKey
from signing.evidence.report import EXIT_CODES, UNREADABLE, visible

# Below this a pool costs more than it saves.
POOL_FROM = 2_000
BATCHES_AHEAD = 4 * (os.cpu_count() or 1)
RECEIPT_HEADER = b"c2sp.org/tlog-proof@"
MAX_INPUT = 1_000_000


@contextmanager
def signature_map(entries: int) -> Iterator[Callable[..., Iterable[Any]]]:
    """Give the builtin map, or for a long log that of a process pool, a few batches ahead of whoever asks.

    The pool's own map would read the whole log before it gives anything.
    """
    if entries < POOL_FROM:
        yield map
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor() as pool:

        def pool_map(judge: Callable[[Any], Any], batches: Iterable[Any]) -> Iterator[Any]:
            source = iter(batches)
            # Filled here and not in the generator, so that the pool works before anybody asks.
            ahead = deque(pool.submit(judge, batch) for batch in islice(source, BATCHES_AHEAD))

            def results() -> Iterator[Any]:
                while ahead:
                    done = ahead.popleft()
                    ahead.extend(pool.submit(judge, batch) for batch in islice(source, 1))
                    yield done.result()

            return with_progress(results(), entries)

        yield pool_map


def with_progress(results: Iterator[Any], entries: int) -> Iterator[Any]:
    """Hand the batches on, and show somebody who waits at a terminal how far they are."""
    if not sys.stderr.isatty():
        yield from results
        return
    with click.progressbar(length=entries, label="Checking signatures", file=sys.stderr) as bar:
        for each in results:
            yield each
            bar.update(BATCH)


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


def _read_openings(path: Path | None) -> dict[str, bytes]:
    if path is None:
        return {}
    try:
        files = sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else [path]
    except OSError as error:
        raise Malformed("BUNDLE_UNREADABLE", f"The openings cannot be read: {error.strerror}.") from None
    if not files:
        raise Malformed("BUNDLE_UNREADABLE", "There are no openings in this folder.")
    return {file.name: _read_small(file, "opening") for file in files}


def _read_older(path: Path | None) -> Mapping[str, bytes] | bytes | None:
    if path is None:
        return None
    if not path.is_dir() and _first_bytes(path) == RECEIPT_HEADER:
        return _read_small(path, "receipt")
    return Bundle.read(path)


def _read_trust(path: Path | None) -> Trust | None:
    if path is None:
        return None
    trust = Trust.from_bytes(_read_small(path, "trust file"))
    if trust.tsa_roots:
        from signing.evidence.stamp import open_roots  # slow to load, and most trust files have no use for it

        open_roots(trust.tsa_roots)
    return trust


def make_again(files: Mapping[str, bytes], ledger: Ledger, report: Report) -> None:
    """Make documents and lists again, or note that this needs the whole program."""
    try:
        from signing.cli.rebuild import rebuild
    except ImportError as error:
        report.leave_open(
            "REBUILD_NOT_DONE",
            f"Documents and lists were not made again: {error.name} is not installed here. Install the whole program "
            "(coalition-signing) to do so.",
        )
    else:
        rebuild(files, ledger, report)


def judge(
    path: Path,
    trust: Trust | None,
    log_key: NoteKey | None,
    coordinator: str | None,
    since: Path | None,
    openings: Path | None,
    read_pdf: bool,
    rebuild: bool | None,
) -> Report:
    """Read what is at the path, a bundle, a receipt or a sealed PDF, and judge it.

    Raises:
        Malformed: `BUNDLE_UNREADABLE` or `BUNDLE_MALFORMED` when there is nothing to judge.
        Rejected: `SEAL_MISSING`, `SEAL_EXTENDED`, `SEAL_BROKEN` for a PDF that no bundle can be taken from.
    """
    if not path.is_dir():
        start = _first_bytes(path)
        if start == RECEIPT_HEADER:
            if since is not None or coordinator is not None or openings is not None or rebuild:
                raise Malformed(
                    "MISUSED", "A receipt is judged without --since, --coordinator, --openings and --rebuild."
                )
            return verify_receipt(_read_small(path, "receipt"), trust, log_key=log_key)
        if start.startswith(b"%PDF-"):
            # Slow to load, and bundles and receipts have no use for it.
            from signing.cli.sealed_pdf import open_pdf

            sealed = open_pdf(path, trust)
            # Whoever holds a sealed PDF has its pages before them: whether they say what was signed is the question.
            again = rebuild is not False
            report = judge_files(
                sealed.files, trust, log_key, coordinator, since, openings, read_pdf, again, sealed.pdf.document
            )
            sealed.tell(report)
            return report
    with collector_off():
        files = Bundle.read(path)
    return judge_files(files, trust, log_key, coordinator, since, openings, read_pdf, bool(rebuild))


def judge_files(
    files: Bundle,
    trust: Trust | None,
    log_key: NoteKey | None,
    coordinator: str | None,
    since: Path | None,
    openings: Path | None,
    read_pdf: bool,
    rebuild: bool,
    document: bytes | None = None,
) -> Report:
    """Judge a bundle that is open; one out of a sealed PDF with the unsealed one as its document."""
    with collector_off():
        older, shown = _read_older(since), _read_openings(openings)
        with signature_map(sum(name.startswith("entries/") for name in files)) as mapper:
            return verify_bundle(
                files, trust, map=mapper, older=older, log_key=log_key, coordinator=coordinator, openings=shown,
                pdf_text=text_of if read_pdf else None, rebuild=make_again if rebuild else None, document=document,
            )  # fmt: skip


def _show(report: Report, as_json: bool) -> None:
    click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2) if as_json else report.to_text(), nl=as_json)


def _show_unread(error: EvidenceError, as_json: bool) -> int:
    """Say why there is no verdict, and give the exit code."""
    # What breaks the rules is a finding; something that is no evidence is a mistake of the caller.
    report = Report()
    report.fail(error.code, error.message)
    if error.code == "BUNDLE_MALFORMED" or isinstance(error, Rejected):
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
@click.option("--since", type=click.Path(path_type=Path), help="An earlier copy or receipt that this must continue.")
@click.option("--openings", type=click.Path(path_type=Path), help="Openings of commitments: a file or a folder.")
@click.option("--read-pdf", is_flag=True, help="Also look for the letter's words in the text of the PDFs (slower).")
@click.option(
    "--rebuild/--no-rebuild",
    default=None,
    help="Also make the PDFs and sort the list again, and compare (done for a sealed PDF unless you say no).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def verify(
    path: Path,
    trust_file: Path | None,
    log_key: str | None,
    coordinator: str | None,
    since: Path | None,
    openings: Path | None,
    read_pdf: bool,
    rebuild: bool | None,
    as_json: bool,
) -> None:
    """Check a bundle (folder or zip), a receipt or a sealed PDF, offline.

    Exit code: 0 proved, 1 rejected, 2 unreadable or misused, 3 not all proved.
    """
    try:
        trust = _read_trust(trust_file)
        key = NoteKey.from_vkey(log_key) if log_key else None
        report = judge(path, trust, key, coordinator, since, openings, read_pdf, rebuild)
    except EvidenceError as error:
        raise SystemExit(_show_unread(error, as_json)) from None
    _show(report, as_json)
    raise SystemExit(report.exit_code)


def main() -> None:
    """Run the script `signing-verify`."""
    verify(prog_name="signing-verify")
