"""The log of a letter: numbered without holes, by whomever, and gone where it was not committed."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from signing.adapters.database import Database
from signing.domain.errors import Conflict, NotFound
from signing.evidence.errors import Malformed
from signing.evidence.merkle import (
    EMPTY_ROOT,
    consistency_path,
    consistency_ranges,
    leaf_hash,
    root,
    verify_inclusion,
)
from signing.workflow.ports import LoggedEntry, OpenUnitOfWork
from tests.adapters.builders import LETTER, NOW, an_answer, lay_out
from tests.faults import fail_everywhere

REPOSITORY = Path(__file__).resolve().parents[2]


def append(unit_of_work: OpenUnitOfWork, entry: bytes, key: str | None = None) -> LoggedEntry:
    """One assent as a use case writes it: lock, number, entry, answer, commit."""
    with unit_of_work(write=True) as uow:
        logged = uow.log.append(uow.log.lock(LETTER), "assent", entry, NOW)
        uow.answers.add(an_answer(logged.index, key or entry.decode()))
        uow.commit()
    return logged


def entries(unit_of_work: OpenUnitOfWork) -> list[LoggedEntry]:
    with unit_of_work() as uow:
        return uow.log.entries(LETTER)


def assert_whole(unit_of_work: OpenUnitOfWork) -> None:
    """No hole, every root and path right, the head at the end, one answer for each entry."""
    with unit_of_work() as uow:
        logged = uow.log.entries(LETTER)
        head = uow.log.head(LETTER)
        answers = uow.answers.of_organisation(LETTER, "org-1")
    leaves = [leaf_hash(each.entry) for each in logged]
    assert [each.index for each in logged] == list(range(len(logged)))
    for each, leaf in zip(logged, leaves, strict=True):
        assert verify_inclusion(leaf, each.index, each.index + 1, each.path, each.root)
    assert (head.size, head.frontier.root()) == (len(logged), root(leaves))
    assert [answer.index for answer in answers] == list(range(len(logged)))


def test_entries_are_numbered_and_proved_as_they_come(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    logged = [append(unit_of_work, f"entry {number}".encode()) for number in range(9)]
    assert entries(unit_of_work) == logged
    assert_whole(unit_of_work)
    with unit_of_work() as uow:
        assert uow.log.entry(LETTER, 4) == logged[4]
        assert uow.log.entry(LETTER, 9) is None
        assert uow.log.root_at(LETTER, 0) == EMPTY_ROOT
        assert uow.log.root_at(LETTER, 5) == logged[4].root
        assert uow.log.root_at(LETTER, 10) is None
        assert uow.log.root_at(LETTER, -1) is None


def test_the_newest_entry_of_a_kind_is_found_among_the_others(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    with unit_of_work(write=True) as uow:
        for kind, entry in (("letter", b"1"), ("assent", b"2"), ("letter", b"3"), ("assent", b"4")):
            uow.log.append(uow.log.lock(LETTER), kind, entry, NOW)
        uow.commit()
    with unit_of_work() as uow:
        newest = uow.log.newest(LETTER, "letter")
        assert newest == uow.log.entry(LETTER, 2)
        assert uow.log.newest(LETTER, "close") is None


def test_creating_a_log_again_leaves_it_alone(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    append(unit_of_work, b"entry")
    with unit_of_work(write=True) as uow:
        uow.log.create(LETTER)
        uow.commit()
    assert_whole(unit_of_work)


def test_a_letter_without_a_log_cannot_be_locked(unit_of_work: OpenUnitOfWork) -> None:
    with unit_of_work(write=True) as uow, pytest.raises(NotFound):
        uow.log.lock(LETTER)


def test_a_head_that_is_no_longer_the_newest_cannot_be_appended_to(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    with unit_of_work(write=True) as uow:
        head = uow.log.lock(LETTER)
        uow.log.append(head, "assent", b"first", NOW)
        with pytest.raises(Conflict):
            uow.log.append(head, "assent", b"second", NOW)


def test_leaving_without_commit_leaves_nothing(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)

    def append_and_fail() -> None:
        with unit_of_work(write=True) as uow:
            uow.log.append(uow.log.lock(LETTER), "assent", b"entry", NOW)
            raise LookupError

    with pytest.raises(LookupError):
        append_and_fail()
    with unit_of_work(write=True) as uow:
        uow.log.append(uow.log.lock(LETTER), "assent", b"entry", NOW)
    assert entries(unit_of_work) == []
    append(unit_of_work, b"entry")
    assert_whole(unit_of_work)


def test_whichever_statement_fails_the_log_holds_all_of_an_assent_or_nothing(database: Database) -> None:
    lay_out(database.unit_of_work)
    before: list[int] = [0]

    def check(succeeded: bool) -> None:
        assert_whole(database.unit_of_work)
        size = len(entries(database.unit_of_work))
        assert size - before[0] == int(succeeded)
        before[0] = size

    points = fail_everywhere(database, lambda: append(database.unit_of_work, b"assent"), check)
    assert points >= 5  # lock, head, entry, answer, commit


def in_threads(count: int, act: Callable[[int], None]) -> None:
    """Run `act(0)` … `act(count - 1)` at the same time and hand on what one of them raised."""
    raised: list[BaseException] = []

    def run(number: int) -> None:
        try:
            act(number)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


def test_threads_that_append_at_once_leave_no_hole_and_lose_nothing(database: Database) -> None:
    lay_out(database.unit_of_work)

    def write(number: int) -> None:
        for turn in range(10):
            append(database.unit_of_work, f"{number}/{turn}".encode())

    in_threads(8, write)
    assert_whole(database.unit_of_work)
    assert {each.entry for each in entries(database.unit_of_work)} == {
        f"{number}/{turn}".encode() for number in range(8) for turn in range(10)
    }


WRITER = """
import sys
from pathlib import Path
from signing.adapters.database import connect
from tests.adapters.test_log_store import append

database = connect(sys.argv[1], Path())
for turn in range(int(sys.argv[3])):
    print(append(database.unit_of_work, f"{sys.argv[2]}/{turn}".encode()).index, turn, flush=True)
"""


def start_writer(url: str, name: str, turns: int) -> subprocess.Popen[str]:
    """Another process that prints the index of each entry once it is acknowledged."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, url, name, str(turns)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )


def test_processes_that_append_at_once_leave_no_hole_and_lose_nothing(database: Database, database_url: str) -> None:
    lay_out(database.unit_of_work)
    writers = [start_writer(database_url, name, 25) for name in ("a", "b")]
    acknowledged = [line for writer in writers for line in writer.communicate()[0].splitlines()]
    assert [writer.returncode for writer in writers] == [0, 0]
    assert len(acknowledged) == 50
    assert_whole(database.unit_of_work)
    assert {each.entry for each in entries(database.unit_of_work)} == {
        f"{name}/{turn}".encode() for name in "ab" for turn in range(25)
    }


def test_killing_a_writer_loses_nothing_that_was_acknowledged(database: Database, database_url: str) -> None:
    lay_out(database.unit_of_work)
    for kill in range(4):
        survivor = start_writer(database_url, f"survivor {kill}", 6)
        victim = start_writer(database_url, f"victim {kill}", 10_000)
        assert victim.stdout is not None
        acknowledged = [victim.stdout.readline().split() for _ in range(1 + 5 * kill)]
        victim.send_signal(signal.SIGKILL)
        acknowledged += [line.split() for line in victim.communicate()[0].splitlines()]
        survivor.communicate()
        assert survivor.returncode == 0
        assert_whole(database.unit_of_work)
        stored = {each.index: each.entry for each in entries(database.unit_of_work)}
        for index, turn in acknowledged:
            assert stored[int(index)] == f"victim {kill}/{turn}".encode()


def test_a_forked_process_talks_over_connections_of_its_own(database: Database) -> None:
    import os

    lay_out(database.unit_of_work)
    append(database.unit_of_work, b"before the fork")
    child = os.fork()
    if child == 0:
        try:
            append(database.unit_of_work, b"of the child")
            os._exit(0)
        except BaseException:
            os._exit(1)
    append(database.unit_of_work, b"of the parent")
    assert os.waitpid(child, 0)[1] == 0
    append(database.unit_of_work, b"after the child")
    assert_whole(database.unit_of_work)
    assert len(entries(database.unit_of_work)) == 4


def test_the_root_over_any_range_a_proof_needs_is_read_from_its_last_entry(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    for number in range(13):
        append(unit_of_work, b"entry %d" % number)
    leaves = [leaf_hash(b"entry %d" % number) for number in range(13)]
    with unit_of_work() as uow:
        for first in range(1, 14):
            ranges = consistency_ranges(first, 13)
            assert tuple(uow.log.roots(LETTER, ranges)) == consistency_path(leaves, first)
        assert uow.log.roots(LETTER, [(4, 8), (0, 1), (0, 13), (4, 8)]) == [
            root(leaves[4:8]), leaves[0], root(leaves), root(leaves[4:8]),
        ]
        assert uow.log.roots(LETTER, []) == []
        with pytest.raises(NotFound):
            uow.log.roots(LETTER, [(0, 1), (0, 14)])
        with pytest.raises(Malformed):
            uow.log.roots(LETTER, [(1, 8)])
