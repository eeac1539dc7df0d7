"""gunicorn as this service runs it: our settings, our masked logs, and the mail worker kept alive beside it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from signing.config import Settings
from signing.web.access_log import AccessLog

THREADS = 4
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
# Whoever ran so long has not died of what it died of before.
SETTLED = 120.0
STOP_WITHIN = 30.0

log = logging.getLogger("gunicorn.error")


class MailBeside:
    """The mail worker as a child of this process, started again whenever it dies, after a pause that grows.

    It is looked after by the web server's own loop: a thread here could hold a lock while a web worker is forked.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._started = self._due = 0.0
        self._pause = FIRST_PAUSE

    def keep(self) -> None:
        """Start the worker when there is none and its pause is over."""
        now = time.monotonic()
        if self._process is not None and self._process.poll() is not None:
            self._pause = FIRST_PAUSE if now - self._started > SETTLED else min(2 * self._pause, LONGEST_PAUSE)
            self._process, self._due = None, now + self._pause
            log.error("The mail worker has ended. It is started again in %.0f seconds.", self._pause)
        if self._process is None and now >= self._due:
            self._started = now
            command = [sys.executable, "-m", "signing", "worker", "--beside", str(os.getpid())]
            self._process = subprocess.Popen(command)  # noqa: S603

    def end(self) -> None:
        """Ask the worker to stop; it finishes the mail it is sending."""
        if self._process is not None:
            self._process.terminate()

    def wait(self) -> None:
        """Wait for an asked worker to be gone."""
        if self._process is not None:
            try:
                self._process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                self._process.kill()


class Master(Arbiter):  # type: ignore[misc]
    """gunicorn's master, which looks after the mail worker as it does after the web workers."""

    def __init__(self, application: BaseApplication, mail: MailBeside | None) -> None:
        super().__init__(application)
        self._mail = mail

    def manage_workers(self) -> None:
        """Called about once a second, and whenever a child has died."""
        super().manage_workers()
        if self._mail is not None:
            self._mail.keep()

    def stop(self, graceful: bool = True) -> None:
        """Called in the master only, never in a web worker that ends."""
        if self._mail is not None:
            self._mail.end()
        super().stop(graceful)
        if self._mail is not None:
            self._mail.wait()


class Server(BaseApplication):  # type: ignore[misc]
    """The pages on `host` and `port`; with `mailing` the mail worker runs beside them."""

    def __init__(self, settings: Settings, host: str, port: int, workers: int, *, mailing: bool) -> None:
        self._settings = settings
        self._bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._workers = workers
        self._mailing = mailing
        super().__init__()

    def load_config(self) -> None:
        """What differs from gunicorn's defaults."""
        for name, value in {
            "bind": self._bind,
            "workers": self._workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "logger_class": AccessLog,
            # FLOORS 1: a control socket appears under the home folder otherwise.
            "control_socket_disable": True,
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108
            "proc_name": "signing",
            "graceful_timeout": 20,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, once in each web worker."""
        from signing.bootstrap import web_application

        return web_application(self._settings)

    def run(self) -> None:
        """Serve until told to stop."""
        Master(self, MailBeside() if self._mailing else None).run()
