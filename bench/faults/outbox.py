"""FAULTS R5 and R8: mails through a mail server that has moods, by one and more workers over one outbox.

    python bench/faults/outbox.py [--mails 1000] [--workers 2] [--moods calm,busy,...]

Every mood meets the same number of digests of one letter: mails to accounts, the newest family. Time is the worker's
clock, which the bench sets ahead whenever nothing is due, so that two days of waiting cost nothing. Prints one line of
JSON for each mood: mails, copies received, lost, doubles, states, seconds, mails a second.
"""

from __future__ import annotations

import argparse
import json
import socketserver
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from signing.adapters import worker as worker_room
from signing.adapters.mail_text import MailTexts
from signing.adapters.smtp import SmtpTransport
from signing.adapters.worker import MailWorker
from signing.domain.access import Role
from signing.workflow.mail_ports import Notice, NoticeKind, NoticeStatus
from signing.workflow.notices import letter_notice
from tests import databases
from tests.web.installation import Clock, House, services_over

# Each says what becomes of every tenth mail, or of every one.
MOODS = ("calm", "busy", "greylist", "refuses", "hangs up after DATA", "slow")
PATIENCE = 0.5


class Server(socketserver.ThreadingTCPServer):
    """As much SMTP as a worker speaks; `mood` says what goes wrong."""

    allow_reuse_address = daemon_threads = True
    request_queue_size = 64

    def __init__(self, mood: str) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.mood = mood
        self.kept: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        self.lock = threading.Lock()

    def odd(self, name: str) -> bool:
        """Whether this is one of the tenth that meet the mood, for the first time."""
        with self.lock:
            self.seen[name] += 1
            return hash(name) % 10 == 0 and self.seen[name] == 1


class Talk(socketserver.StreamRequestHandler):
    server: Server
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline(2000).decode().strip():
            verb = line[:4].upper()
            if verb == "DATA":
                if not self.data():
                    return
            elif verb == "MAIL":
                self.sender = line
                odd = self.server.mood == "busy" and self.server.odd(line)
                self.say("421 too busy" if odd else "250 fine")
                if odd:
                    return
            elif verb == "RCPT":
                odd = self.server.mood in ("greylist", "refuses") and self.server.odd(self.sender)
                self.say({"greylist": "450 later", "refuses": "550 nobody"}[self.server.mood] if odd else "250 fine")
            else:
                self.say("221 bye" if verb == "QUIT" else "250 fine")
                if verb == "QUIT":
                    return

    def data(self) -> bool:
        """Take a mail; whether the conversation goes on."""
        self.say("354 go on")
        name = ""
        while (line := self.rfile.readline(2000)).rstrip(b"\r\n") != b".":
            if line.lower().startswith(b"message-id:"):
                name = line.decode().partition(":")[2].strip()
        if self.server.mood == "slow":
            for letter in "250 kept\r\n":
                self.wfile.write(letter.encode())
                time.sleep(0.001)
            self.keep(name)
            return True
        if self.server.mood == "hangs up after DATA" and self.server.odd(name):
            return False
        self.keep(name)
        self.say("250 kept")
        return True

    def keep(self, name: str) -> None:
        with self.server.lock:
            self.server.kept[name] += 1

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


def run(mood: str, mails: int, workers: int, template: Path, folder: Path) -> dict[str, object]:
    clock = Clock()
    database = databases.fresh_sqlite(template, folder)
    house = House(services_over(database, clock), clock, database)
    letter_id = queue(house, mails)
    with Server(mood) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        began = time.perf_counter()
        while waiting(house, letter_id):
            together(house, f"smtp://127.0.0.1:{server.server_address[1]}", workers)
            clock.pass_(minutes=61)
        took = time.perf_counter() - began
        server.shutdown()
    with house.services.unit_of_work() as uow:
        notices = uow.outbox.of_letter(letter_id)
    sent = {each.message_id for each in notices if each.status is NoticeStatus.SENT}
    return {
        "mood": mood, "mails": mails, "workers": workers, "copies": sum(server.kept.values()),
        "lost": len(sent - set(server.kept)), "doubles": sum(count - 1 for count in server.kept.values()),
        "states": dict(Counter(each.status.value for each in notices)), "seconds": round(took, 1),
        "a second": round(mails / took),
    }  # fmt: skip


def queue(house: House, mails: int) -> str:
    """So many daily mails of one letter to one account."""
    house.account("ada@example.org", Role.COORDINATOR)
    letter_id = house.letter()
    with house.services.unit_of_work(write=True) as uow:
        ((member, account),) = uow.members.of_letter(letter_id)
        uow.members.change(replace(member, digest=True))
        now = house.clock()
        span = f"{account.id} {(now - timedelta(days=1)).isoformat()} {now.isoformat()}"
        made: list[Notice] = [
            letter_notice(house.services, NoticeKind.DIGEST, letter_id, span, account.email, now) for _ in range(mails)
        ]
        uow.outbox.add(made)
        uow.commit()
    return letter_id


def waiting(house: House, letter_id: str) -> int:
    with house.services.unit_of_work() as uow:
        return uow.outbox.progress(letter_id).queued


def together(house: House, url: str, workers: int) -> None:
    """Everything that is due now, by so many workers at once."""

    def work() -> None:
        transport = SmtpTransport(url, patience=PATIENCE)
        worker = MailWorker(house.services, transport, MailTexts("letters@example.org"))
        while worker.run_once():
            pass
        transport.close()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--moods", default=",".join(MOODS))
    chosen = parser.parse_args()
    worker_room.log.setLevel("CRITICAL")
    faulty = False
    with tempfile.TemporaryDirectory() as folder:
        template = databases.migrated_file(Path(folder) / "template")
        for number, mood in enumerate(chosen.moods.split(",")):
            told = run(mood, chosen.mails, chosen.workers, template, Path(folder) / str(number))
            print(json.dumps(told), flush=True)
            faulty = faulty or bool(told["lost"] or told["doubles"])
    return int(faulty)


if __name__ == "__main__":
    sys.exit(main())
