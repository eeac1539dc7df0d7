"""`signing serve` and a server of one's own, really running: mails go out whatever dies, logs tell nothing."""

from __future__ import annotations

import ast
import contextlib
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.cli.test_commands import LETTER, ROSTER, written
from tests.installation import ROOT, Desk
from tests.mail_catcher import MailCatcher

UNREADABLE = b"GET /i/SECRET-two\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def mails() -> Iterator[MailCatcher]:
    with MailCatcher() as catcher:
        yield catcher


def mail_worker() -> psutil.Process:
    (found,) = [each for each in psutil.Process().children(recursive=True) if "--beside" in each.cmdline()]
    return found


def test_a_mail_worker_that_was_killed_is_started_again_and_sends(tmp_path: Path, mails: MailCatcher) -> None:
    place = Desk(tmp_path, smtp_url=mails.url)
    place.run("init")
    letter = place.json("letter", "import", written(place, "letter.md", LETTER))["letter"]
    place.run("roster", "import", letter, written(place, "roster.csv", ROSTER))
    place.run("letter", "open", letter)
    with place.serving():
        first = mail_worker()
        first.kill()
        place.run("invite", letter)
        mails.wait("kim@river.example")
        mails.wait("lee@valley.example")
        second = mail_worker()
        assert second.pid != first.pid
    # Whoever stops the server stops its worker: nothing is sent from an installation that was stopped.
    assert not second.is_running()


def speak(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        return connection.recv(100)


def fetch(url: str) -> None:
    with contextlib.suppress(urllib.error.HTTPError), urllib.request.urlopen(url, timeout=20):
        pass


def test_links_and_senders_of_requests_nobody_can_read_stay_out_of_the_servers_log(tmp_path: Path) -> None:
    place = Desk(tmp_path)
    place.run("init")
    with place.serving() as base_url:
        fetch(f"{base_url}/i/SECRET-one")
        assert b"400" in speak(place.port, UNREADABLE)
    told = place.logs()
    assert "Invalid request from ip=…" in told
    assert "/i/…" in told
    assert "SECRET" not in told
    assert "ip=127" not in told


def test_the_command_for_a_server_of_ones_own_masks_its_access_log_too(tmp_path: Path) -> None:
    place = Desk(tmp_path)
    place.run("init")
    docstring = ast.get_docstring(ast.parse((ROOT / "wsgi.py").read_text())) or ""
    command = docstring[docstring.index("gunicorn ") :].split()
    more = ["--bind", f"127.0.0.1:{place.port}", "--access-logfile", "-"]
    with (tmp_path / "own.log").open("ab") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", *command, *more],
            cwd=place.folder, env=place.environment, stdout=output, stderr=output,
        )
        try:
            place._wait_until_it_answers()
            fetch(f"{place.base_url}/i/SECRET-one?next=SECRET")
            assert b"400" in speak(place.port, UNREADABLE)
        finally:
            server.terminate()
            server.wait(timeout=40)
    told = place.logs()
    assert '"GET /i/… HTTP/1.1" 404' in told
    assert "Invalid request from ip=…" in told
    assert "SECRET" not in told
    assert "127.0.0.1 -" not in told
