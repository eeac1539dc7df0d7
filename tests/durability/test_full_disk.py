"""FAULTS R4 at CI size: a disk that is full, or gone, costs an answer now and nothing for good."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.durability.callers import Answer, send
from tests.durability.coalition import Approval, assembled
from tests.durability.place import Place
from tests.mail_catcher import MailCatcher

ROOM = "3m"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes."""
    folder = tmp_path / "place" / "instance"
    folder.mkdir(parents=True)
    if os.geteuid() != 0 or mount("-t", "tmpfs", "-o", f"size={ROOM},mode=700", "small", folder).returncode:
        pytest.skip("only root can mount a small disk, and not everywhere")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def mount(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["mount", *arguments], capture_output=True, check=False)


@pytest.fixture
def place(disk: Path, tmp_path: Path) -> Iterator[Place]:
    """An installation on that disk, whose mails go elsewhere."""
    with MailCatcher() as mails:
        place = Place(tmp_path / "place", smtp_url=mails.url)
        place.run("init")
        yield place


def approves(place: Place, approval: Approval) -> Answer:
    return send(place.port, approval, "POST", approval.path)


def reads(place: Place, approval: Approval) -> Answer:
    return send(place.port, approval, "GET", approval.path)


def assert_refused_in_plain_words(answer: Answer) -> None:
    assert answer.status == 503
    words = answer.body.decode()
    assert "Please try again" in words
    for inside in ("Traceback", "sqlite", "OperationalError", "disk"):
        assert inside not in words


def test_a_full_disk_refuses_answers_keeps_reading_and_needs_no_restart(disk: Path, place: Place) -> None:
    coalition = assembled(place, 8)
    approvals = coalition.approvals()
    ballast = disk / "ballast"
    with place.running():
        assert [approves(place, each).status for each in approvals[:2]] == [303, 303]
        fill(ballast, shutil.disk_usage(disk).free)
        for each in approvals[2:6]:
            assert_refused_in_plain_words(approves(place, each))
        assert coalition.answers() == 2
        assert reads(place, approvals[0]).status == reads(place, approvals[5]).status == 200
        ballast.unlink()
        assert [approves(place, each).status for each in approvals[2:]] == [303] * 6
    assert coalition.answers() == coalition.proved() == 8
    assert "Traceback" not in place.logs()


def test_a_disk_that_fills_while_answers_come_loses_none(disk: Path, place: Place) -> None:
    """Room goes block by block, so that the disk is full at another step of storing each time."""
    coalition = assembled(place, 24)
    approvals = coalition.approvals()
    ballast = disk / "ballast"
    with place.running():
        acknowledged = 0
        for number, each in enumerate(approvals[:20]):
            ballast.unlink(missing_ok=True)
            fill(ballast, max(0, shutil.disk_usage(disk).free - 4096 * number))
            answer = approves(place, each)
            acknowledged += answer.status == 303
            if answer.status != 303:
                assert_refused_in_plain_words(answer)
            assert acknowledged <= coalition.answers()
        assert 0 < acknowledged < 20
        ballast.unlink()
        assert [approves(place, each).status for each in approvals] == [303] * 24
    assert coalition.answers() == coalition.proved() == 24


def test_a_folder_that_is_gone_for_a_while_refuses_answers_and_is_whole_when_it_is_back(tmp_path: Path) -> None:
    """A network disk that is not there for a moment."""
    with MailCatcher() as mails:
        place = Place(tmp_path / "place", smtp_url=mails.url)
        # A process that starts just then would make the folder anew: everything is up before it goes.
        place.workers = 1
        place.run("init")
        coalition = assembled(place, 6)
        approvals = coalition.approvals()
        with place.running():
            assert approves(place, approvals[0]).status == 303
            mails.wait(approvals[0].email, 2)
            (place.folder / "instance").rename(place.folder / "away")
            for each in approvals[1:]:
                assert_refused_in_plain_words(approves(place, each))
            (place.folder / "away").rename(place.folder / "instance")
            assert [approves(place, each).status for each in approvals] == [303] * 6
    assert coalition.answers() == coalition.proved() == 6
    assert "Traceback" not in place.logs()


def fill(ballast: Path, size: int) -> None:
    with ballast.open("wb", buffering=0) as file:
        try:
            for _ in range(size // 4096):
                file.write(b"\0" * 4096)
        except OSError:
            pass  # full, as it should be
