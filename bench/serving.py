"""Servers under gunicorn as `signing serve` runs it, their processor time, and wrk with prepared requests."""

import json
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.installation import ROOT, free_port

CONNECTIONS = 16
WORKERS, THREADS = 2, 4
LONGEST = 120
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Round:
    """What one round of requests came to; times in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    web_cpu: float
    database_cpu: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


@dataclass(frozen=True)
class Server:
    port: int
    process: int

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def serving(application: str, environment: dict[str, str], folder: Path, port: int | None = None) -> Iterator[Server]:
    """`application` under gunicorn with the worker class, workers, threads and options of `signing serve`."""
    port = port or free_port()
    command = [
        sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
        "--workers", str(WORKERS), "--threads", str(THREADS), "--no-control-socket", "--chdir", str(folder),
        *(["--worker-tmp-dir", "/dev/shm"] if Path("/dev/shm").is_dir() else []),
    ]
    log = folder / f"{application.partition(':')[0]}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=os.environ | environment | {"PYTHONPATH": str(ROOT)}, stdout=output, stderr=output
        )
        try:
            server = Server(port, process.pid)
            _wait(server, process, log)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        with suppress(OSError):
            try:
                urllib.request.urlopen(server.url("/ready"), timeout=2).close()
            except urllib.error.HTTPError:
                return  # whatever it says, it answers
            return
        threading.Event().wait(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")


def processes_under(parent: int) -> list[int]:
    """The process and all that it started, and those started."""
    found = [parent]
    for process in found:
        with suppress(OSError):
            for children in Path(f"/proc/{process}/task").glob("*/children"):
                found.extend(map(int, children.read_text().split()))
    return found


def processor_seconds(parent: int) -> float:
    """User and system time so far of a process, its living descendants, and those it has waited for."""
    ticks = 0
    for process in processes_under(parent):
        with suppress(OSError):
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / TICKS


def write_requests(path: Path, requests: Sequence[bytes]) -> Path:
    with path.open("wb") as file:
        for request in requests:
            file.write(b"%d\n%b" % (len(request), request))
    return path


def post(path: str, host: str, body: str, headers: dict[str, str]) -> bytes:
    """A POST as a browser sends it over a connection that is kept."""
    lines = [
        f"POST {path} HTTP/1.1", f"Host: {host}", "User-Agent: Mozilla/5.0 (bench)",
        *(f"{name}: {value}" for name, value in headers.items()), f"Content-Length: {len(body)}", "", body,
    ]
    return "\r\n".join(lines).encode()


def run(server: Server, requests: Sequence[bytes], folder: Path, *, status: int, database: int | None) -> Round:
    """Send each request once over sixteen connections; refuses to give figures unless every answer was `status`."""
    path = write_requests(folder / "requests", requests)
    web_before = processor_seconds(server.process)
    database_before = processor_seconds(database) if database else 0.0
    done = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{LONGEST}s", "--timeout", "30s", "-s",
         Path(__file__).with_name("prepared.lua"), server.url("/"), "--", path, str(status)],
        capture_output=True, text=True, timeout=LONGEST + 60,
    )
    web = processor_seconds(server.process) - web_before
    data = processor_seconds(database) - database_before if database else 0.0
    told = next((line[7:] for line in done.stdout.splitlines() if line.startswith("RESULT ")), None)
    if told is None:
        raise RuntimeError(f"wrk gave no figures:\n{done.stdout}\n{done.stderr}")
    result = json.loads(told)
    if result["answered"] != len(requests) or result["wrong"] or result["errors"]:
        raise RuntimeError(f"not every answer was {status}: {result}")
    count = len(requests)
    return Round(count, result["seconds"], result["p50"], result["p99"], web / count * 1000, data / count * 1000)
