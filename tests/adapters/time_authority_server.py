"""A time-stamping authority that listens on this machine and answers as the test says."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from signing.adapters.stamping import TimeAuthority

REPLY = "application/timestamp-reply"


@dataclass
class Answer:
    """What goes back for one question; `hold` is waited for before the body is sent."""

    body: bytes
    status: int = 200
    kind: str = REPLY
    location: str | None = None
    hold: threading.Event | None = None


@dataclass
class Server:
    """`answer` makes the answer to a DER question; `questions` are those that came."""

    answer: Callable[[bytes], Answer]
    root: str
    questions: list[bytes] = field(default_factory=list)
    port: int = 0

    def authority(self, name: str = "127-0-0-1", timeout: float = 20.0) -> TimeAuthority:
        return TimeAuthority(name, f"http://127.0.0.1:{self.port}/tsr", self.root, timeout)


@contextmanager
def listening(server: Server) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            question = self.rfile.read(int(self.headers["Content-Length"]))
            server.questions.append(question)
            answer = server.answer(question)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
            if answer.location:
                self.send_header("Location", answer.location)
            self.end_headers()
            if answer.hold is not None:
                answer.hold.wait(60)
            try:
                self.wfile.write(answer.body)
            except OSError:
                # Whoever asked has gone.
                self.close_connection = True

        def log_message(self, *arguments: object) -> None:
            """Tests look at answers, not at what a server mutters."""

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.daemon_threads = True
    server.port = web.server_address[1]
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        web.shutdown()
        thread.join()
        web.server_close()


CONFIGURATION = """
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:true
[signer]
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = authority
[authority]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class OpensslAuthority:
    """`openssl ts -reply` with keys made for this test; it stamps with the machine's own clock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "tsa.cnf").write_text(CONFIGURATION)
        (folder / "serial").write_text("01\n")
        new = ["req", "-config", "tsa.cnf", "-newkey", "rsa:2048", "-nodes"]
        self._run(*new, "-x509", "-days", "2", "-subj", "/CN=Root", "-extensions", "root", "-keyout", "root.key",
                  "-out", "root.pem")  # fmt: skip
        self._run(*new, "-subj", "/CN=Authority", "-keyout", "tsa.key", "-out", "tsa.csr")
        self._run("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
                  "-days", "2", "-extfile", "tsa.cnf", "-extensions", "signer", "-out", "tsa.pem")  # fmt: skip
        self.root_pem = (folder / "root.pem").read_text()

    def answer(self, question: bytes) -> bytes:
        (self._folder / "q.tsq").write_bytes(question)
        self._run("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "q.tsq", "-inkey", "tsa.key",
                  "-signer", "tsa.pem", "-out", "r.tsr")  # fmt: skip
        return (self._folder / "r.tsr").read_bytes()

    def _run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True)
