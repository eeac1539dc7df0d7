"""gunicorn as a witness runs it: one process, a few threads, the masked access log of the service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from signing.web.access_log import AccessLog
from signing.web.witness import create_witness_app
from signing.workflow.witnessing import Witness

THREADS = 4


class WitnessServer(BaseApplication):  # type: ignore[misc]
    """The witness on `host` and `port`."""

    def __init__(self, witness: Witness, host: str, port: int) -> None:
        self._witness = witness
        self._bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        """What differs from gunicorn's defaults."""
        for name, value in {
            "bind": self._bind,
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "logger_class": AccessLog,
            "control_socket_disable": True,
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108
            "proc_name": "signing-witness",
            "graceful_timeout": 20,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application."""
        return create_witness_app(self._witness)
