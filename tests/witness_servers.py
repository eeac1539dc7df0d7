"""Witnesses as their operators run them: a folder, the real command, a real process that can be killed."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil

from signing.evidence.note import NoteKey
from tests.installation import ROOT, free_port, typed

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("SIGNING_")}


def command(*arguments: str | Path, code: int = 0) -> str:
    """Run `signing witness …` as its operator does; only what may go on running needs a process of its own."""
    words = ["witness", *map(str, arguments)]
    if "serve" in words:
        done = subprocess.run(
            [sys.executable, "-m", "signing", *words],
            env=ENVIRONMENT | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60,
        )
        ended, out, err = done.returncode, done.stdout, done.stderr
    else:
        ended, out, err = typed(words, ROOT, ENVIRONMENT)
    assert ended == code, out + err
    return out if code == 0 else err


class RunningWitness:
    """One witness in `folder`; `log` are the arguments that name the logs it knows."""

    def __init__(self, folder: Path, name: str, *log: str | Path) -> None:
        self.folder, self.name, self.port = folder, name, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = tuple(map(str, log))
        command("init", "--name", name, "--folder", folder)
        self.key = NoteKey.from_vkey((folder / "witness.vkey").read_text().strip())
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def line(self) -> str:
        """Its line in a policy."""
        return f"witness {self.name} {self.key.vkey} {self.url}\n"

    def start(self) -> None:
        with (self.folder / "serve.log").open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "signing", "witness", "serve", "--folder", str(self.folder),
                 "--port", str(self.port), *self._log],
                env=ENVIRONMENT | {"PYTHONPATH": str(ROOT)}, stdout=output, stderr=output, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        for _ in range(600):
            with contextlib.suppress(OSError), urllib.request.urlopen(self.url, timeout=2) as answer:
                assert self.key.vkey in answer.read().decode()
                return
            # Only while a process starts: there is nothing to be told by before it listens.
            threading.Event().wait(0.05)
        raise AssertionError((self.folder / "serve.log").read_text())

    def kill(self) -> None:
        """kill -9, master and worker at once."""
        assert self.process is not None
        master = psutil.Process(self.process.pid)
        for process in (master, *master.children(recursive=True)):
            process.kill()
        self.process.wait(timeout=20)
        self.process = None

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=40)
            self.process = None

    def add_checkpoint(self, body: bytes) -> tuple[int, bytes, str]:
        """Status, answer and content type, as any client gets them."""
        request = urllib.request.Request(f"{self.url}/add-checkpoint", body, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read(), answer.headers["Content-Type"]
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read(), refused.headers["Content-Type"]

    def latest(self, digest: str) -> bytes | None:
        try:
            with urllib.request.urlopen(f"{self.url}/{digest}/checkpoint", timeout=20) as answer:
                data: bytes = answer.read()
                return data
        except urllib.error.HTTPError as refused:
            if refused.code != 404:
                raise
            return None


@contextlib.contextmanager
def running(*witnesses: RunningWitness) -> Iterator[None]:
    """All of them, stopped at the end however they are."""
    try:
        for each in witnesses:
            each.start()
        yield
    finally:
        for each in witnesses:
            each.stop()
