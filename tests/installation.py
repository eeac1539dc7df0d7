"""An installation as its operator has it: a folder, an environment, the real commands, the real server."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from signing.cli import main

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
LETTERS = SHARED / "letters"

needs_real_letter = pytest.mark.skipif(
    not LETTERS.is_dir(), reason="the real letter is not part of the project: ../shared/letters is absent"
)
needs_chromium = pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")


# A thousand for each process of a run, below those that the kernel gives to connections: it would give away what a
# server is about to listen on.
_FIRST_PORT = 20_000 + 1_000 * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 12)
_PORTS = itertools.cycle(random.SystemRandom().sample(range(_FIRST_PORT, _FIRST_PORT + 1_000), 1_000))


def free_port() -> int:
    for port in _PORTS:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("the ports never end")


class Installation:
    """Runs `signing …` in `folder` as a person would."""

    def __init__(self, folder: Path, *, database_url: str = "", smtp_url: str = "") -> None:
        self.folder = folder
        self.port = free_port()
        self.base_url = f"http://localhost:{self.port}"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SIGNING_")}
        self.environment = inherited | {
            "PYTHONPATH": str(ROOT),
            "SIGNING_BASE_URL": self.base_url,
            "SIGNING_DATABASE_URL": database_url,
            "SIGNING_SMTP_URL": smtp_url,
        }
        folder.mkdir(parents=True, exist_ok=True)

    def run(self, *arguments: str | Path, code: int = 0, stdin: str = "") -> str:
        """Run a command, demand its exit code, and give what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "signing", *map(str, arguments)],
            cwd=self.folder, env=self.environment, input=stdin, capture_output=True, text=True, timeout=120,
        )
        assert done.returncode == code, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout if code == 0 else done.stdout + done.stderr

    def json(self, *arguments: str | Path, code: int = 0) -> Any:
        return json.loads(self.run(*arguments, "--json", code=code))

    def user(self, email: str, role: str) -> tuple[str, str]:
        return email, self.json("user", "add", email, "--role", role)["password"]

    @contextlib.contextmanager
    def serving(self, workers: int = 1, mail_worker: bool | None = None) -> Iterator[str]:
        """The web server, and the mail worker beside it on either database."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(
                self._process("serve", "--port", str(self.port), "--workers", str(workers), log="serve.log")
            )
            if mail_worker if mail_worker is not None else self.environment["SIGNING_DATABASE_URL"]:
                stack.enter_context(self._process("worker", log="worker.log"))
            self._wait_until_it_answers()
            yield self.base_url

    @contextlib.contextmanager
    def _process(self, *arguments: str, log: str) -> Iterator[subprocess.Popen[bytes]]:
        with (self.folder / log).open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "signing", *arguments],
                cwd=self.folder, env=self.environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL,
            )
            try:
                yield process
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=40)

    def _wait_until_it_answers(self) -> None:
        for _ in range(600):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.base_url}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
            # Only while a process starts: there is nothing to be told by before it listens.
            threading.Event().wait(0.05)
        raise AssertionError((self.folder / "serve.log").read_text())

    def logs(self) -> str:
        return "".join(path.read_text(errors="replace") for path in self.folder.glob("*.log"))


def typed(arguments: list[str], folder: Path, environment: dict[str, str], stdin: str = "") -> tuple[int, str, str]:
    """Exit code, output and errors of `signing …` in this process, which saves a command its start."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, environment, clear=True),
        mock.patch("sys.stdin", io.StringIO(stdin)),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
        # A thread of its own, as the test's may be inside the event loop of a browser.
        ThreadPoolExecutor(1) as thread,
    ):
        thread.submit(main, arguments).result()
    return int(ended.value.code or 0), out.getvalue(), err.getvalue()


class Desk(Installation):
    """The same commands in this process; what would go on running if it were not refused keeps one of its own."""

    def run(self, *arguments: str | Path, code: int = 0, stdin: str = "") -> str:
        """Run a command, demand its exit code, and give what it printed."""
        if arguments[0] in ("serve", "demo"):
            return super().run(*arguments, code=code, stdin=stdin)
        ended, out, err = typed([str(each) for each in arguments], self.folder, self.environment, stdin)
        assert ended == code, f"{arguments}: exit {ended}\n{out}\n{err}"
        return out if code == 0 else out + err
