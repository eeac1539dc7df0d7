"""A small pool of contacts who press the button until they are told that it worked, and keep what they were told."""

from __future__ import annotations

import http.client
import queue
import threading
from dataclasses import dataclass

from tests.durability.coalition import Approval
from tests.durability.place import LONGEST, wait_until

CALLERS = 6


@dataclass
class Told:
    """What one contact was told: the answer was recorded (once it is 303), and the receipt."""

    approval: Approval
    receipt: bytes = b""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


def send(port: int, approval: Approval, method: str, path: str) -> Answer:
    """One request of a contact's browser, over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST)
    try:
        headers = approval.headers(f"http://localhost:{port}") | {"Host": f"localhost:{port}", "Connection": "close"}
        connection.request(method, path, approval.body() if method == "POST" else None, headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.read())
    finally:
        connection.close()


class Callers:
    """`with Callers(...)` sends all approvals; leaving waits until everybody has a receipt."""

    def __init__(self, port: int, approvals: list[Approval]) -> None:
        self._port = port
        self._waiting: queue.SimpleQueue[Approval] = queue.SimpleQueue()
        for each in approvals:
            self._waiting.put(each)
        self.told: list[Told] = []
        self._acknowledged = 0
        self._changed = threading.Condition()
        self._faults: list[BaseException] = []
        self._threads = [threading.Thread(target=self._call) for _ in range(CALLERS)]

    def __enter__(self) -> Callers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        for thread in self._threads:
            thread.join()
        if self._faults:
            raise self._faults[0]

    def wait_for(self, acknowledged: int) -> None:
        """Until so many answers have been acknowledged."""
        with self._changed:
            came = self._changed.wait_for(lambda: self._acknowledged >= acknowledged or bool(self._faults), LONGEST)
        assert came, f"only {self._acknowledged} answers were acknowledged, not {acknowledged}"

    def _call(self) -> None:
        try:
            while True:
                try:
                    approval = self._waiting.get_nowait()
                except queue.Empty:
                    return
                self._answer(approval)
        except BaseException as fault:  # a thread has nobody else to tell
            self._faults.append(fault)
            with self._changed:
                self._changed.notify_all()

    def _answer(self, approval: Approval) -> None:
        told = Told(approval)

        def acknowledged() -> bool:
            return self._send(told, "POST", approval.path).status == 303

        def handed_out() -> bool:
            answer = self._send(told, "GET", f"{approval.path}/receipt.tlog-proof")
            told.receipt = answer.body if answer.status == 200 else b""
            return answer.status == 200

        # The same page, pressed again and again, as a person does whose answer did not come through.
        wait_until(acknowledged, f"{approval.email} is acknowledged")
        with self._changed:
            self._acknowledged += 1
            self._changed.notify_all()
        wait_until(handed_out, f"{approval.email} has a receipt")
        self.told.append(told)

    def _send(self, told: Told, method: str, path: str) -> Answer:
        try:
            answer = send(self._port, told.approval, method, path)
        except (OSError, http.client.HTTPException):
            return Answer(0, b"")
        # What a person may be told while something is down; anything else is a fault of ours.
        assert answer.status in (200, 303, 500, 503), answer
        return answer
