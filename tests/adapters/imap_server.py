"""As much of an IMAP server (RFC 3501) as a reader of one folder talks to, on a free port of the loopback."""

from __future__ import annotations

import re
import shlex
import socketserver
import threading
from collections.abc import Sequence
from typing import cast


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = cast(_Listening, self.server).owner
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline(10_000):
            try:
                tag, command, *words = shlex.split(line.decode())
            except (ValueError, UnicodeDecodeError):
                return
            if command.upper() == "UID":
                command, *words = words
            for reply in server.answers(command.upper(), words):
                self.wfile.write(reply)
            state = server.verdict(command.upper(), words)
            self.wfile.write(f"{tag} {state} done\r\n".encode())
            if command.upper() == "LOGOUT":
                return


class _Listening(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    owner: ImapServer


class ImapServer:
    """`with ImapServer(mails) as server:`; `seen` are the numbers of the mails that were flagged so."""

    def __init__(self, mails: Sequence[bytes], password: str | None = None) -> None:
        self.mails = mails
        self.seen: set[int] = set()
        self.logins: set[tuple[str, str]] = set()
        self._password = password
        self._server = _Listening(("127.0.0.1", 0), _Talk)
        self._server.owner = self
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> ImapServer:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answers(self, command: str, words: list[str]) -> list[bytes]:
        """The untagged replies."""
        if command == "CAPABILITY":
            return [b"* CAPABILITY IMAP4rev1\r\n"]
        if command in ("SELECT", "EXAMINE"):
            return [f"* {len(self.mails)} EXISTS\r\n".encode()]
        if command == "SEARCH":
            unseen = [str(number) for number in range(1, len(self.mails) + 1) if number not in self.seen]
            return [f"* SEARCH {' '.join(unseen)}\r\n".encode()]
        if command == "FETCH":
            size = re.search(r"BODY\.PEEK\[\]<0\.(\d+)>", " ".join(words))
            assert size is not None, words
            content = self.mails[int(words[0]) - 1][: int(size[1])]
            head = f"* {words[0]} FETCH (UID {words[0]} BODY[]<0> {{{len(content)}}}\r\n".encode()
            return [head + content + b")\r\n"]
        if command == "STORE":
            self.seen |= {int(each) for each in words[0].split(",")}
        return []

    def verdict(self, command: str, words: list[str]) -> str:
        if command == "LOGIN":
            self.logins.add((words[0], words[1]))
            return "OK" if self._password in (None, words[1]) else "NO"
        return "NO" if command in ("SELECT", "EXAMINE") and words != ["INBOX"] else "OK"
