"""kill -9 says nothing about power cuts: the kernel keeps its pages. So: no answer leaves before the disk was asked
to keep it (FAULTS, "Crash": at least one fdatasync for each acknowledgement), as strace sees it."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.durability.callers import Callers
from tests.durability.coalition import assembled
from tests.durability.place import Place, PostgresqlServer, wait_until

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")

ANSWERS = 10
SYNC = re.compile(r"\b(?:fsync|fdatasync)\(\d+.*= 0$|<\.\.\. (?:fsync|fdatasync) resumed>.*= 0$")
ACKNOWLEDGED = re.compile(r'\b(?:sendto|send|write|sendmsg)\(.*"HTTP/1\.1 303')


@contextlib.contextmanager
def traced(processes: list[int], to: Path) -> Iterator[None]:
    """Every sync and every answer of these processes, in the order in which they happened."""
    with (to.parent / "strace.log").open("wb") as told:
        strace = subprocess.Popen(
            ["strace", "-f", "-s", "16", "-e", "trace=fsync,fdatasync,sendto,sendmsg,write", "-o", to,
             *(word for process in processes for word in ("-p", str(process)))],
            stdin=subprocess.DEVNULL, stdout=told, stderr=told,
        )
    try:
        attached = to.parent / "strace.log"
        wait_until(
            lambda: strace.poll() is not None or all(
                f"Process {process} attached" in attached.read_text() for process in processes
            ), "strace watches",
        )
        if strace.poll() is not None:
            pytest.skip(f"strace may not watch here: {attached.read_text().strip()}")
        yield
    finally:
        strace.terminate()
        strace.wait(timeout=30)


def test_no_answer_leaves_before_the_disk_was_asked_to_keep_it(
    database_kind: str, server: PostgresqlServer | None, tmp_path: Path
) -> None:
    place = Place(tmp_path / "place", database_url=server.url if server else "")
    place.run("init")
    coalition = assembled(place, ANSWERS)
    approvals = coalition.approvals()
    # Whoever sends mails commits too, and those syncs are none of ours.
    with place.running(mailing=False):
        watched = [each.pid for each in place.web_workers()]
        if server is not None:
            watched += [server.process.pid, *(each.pid for each in server.process.children())]
        with traced(watched, tmp_path / "trace"):
            for approval in approvals:
                with Callers(place.port, [approval]) as callers:
                    callers.wait_for(1)
    assert syncs_before_each_answer((tmp_path / "trace").read_text()) >= 1
    assert coalition.answers() == ANSWERS


def syncs_before_each_answer(trace: str) -> int:
    """The fewest syncs that came between two acknowledgements."""
    counts, since = [], 0
    for line in trace.splitlines():
        if ACKNOWLEDGED.search(line):
            counts.append(since)
            since = 0
        elif SYNC.search(line):
            since += 1
    assert len(counts) == ANSWERS, f"{len(counts)} acknowledgements were seen"
    return min(counts)
