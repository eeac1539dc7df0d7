"""The story of issue 3, told once: one letter, every way to answer it, all outsiders real, and a second letter after.

The real commands, a real server, SMTP, Chromium, ssh-keygen, gpg, a real witness and openssl as time-stamping
authority. On a machine without the real letter a made-up one takes its place.
"""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from signing.workflow.witness_state import witness_state
from tests.adapters.time_authority_server import Answer, OpensslAuthority, Server, listening
from tests.cli.coalition import services_of, ssh_key
from tests.durability.place import wait_until
from tests.installation import LETTERS, Desk, Installation
from tests.journeys.crawler import crawled
from tests.journeys.devices import Answering, Device
from tests.mail_catcher import MailCatcher
from tests.navigators import AccountHolder, chromium
from tests.web.device_contact import NO_ED25519
from tests.web.test_own_key import Gpg, Ssh
from tests.witness_servers import RunningWitness, running

COORDINATOR = "coordinator@coalition.example"
AUTHORITY = "127-0-0-1"
WITNESS = "witness.example/w1"
# Which line of the roster answers how.
BROWSER, PASSKEY, SSH, OPENPGP, ATTESTED, HIDDEN, DECLINER, OLD_BROWSER = range(8)
HIDDEN_PERSON, HIDDEN_ROLE = "Wilhelmine Verborgen", "Keeper of the lamp"
MADE_UP = """---
title: "Joint public letter: people beside rivers must be heard"
date: 2023-02-15
language: en
addressees:
  - - Ms Ada Example
    - Commissioner for Waters
salutation: "Dear Commissioner,"
---

After a "charm offensive" we ask for **water** - and to be heard.
"""
NAMES = ("River Watch", "Valley Friends", "Delta Union", "Spring Guard", "Lake Keepers", "Hidden Harbour", "Pond Law",
         "Rain Rights", "Snow Society", "Well Council")  # fmt: skip


@dataclass
class Story:
    """What is left of it: the bundles, and everything that anybody was shown."""

    place: Installation
    mails: MailCatcher
    roster: list[dict[str, str]]
    witness_vkey: str
    letter: str = ""
    second: str = ""
    receipts: Path = Path()
    shown: dict[str, dict[str, bytes]] = field(default_factory=dict)
    reports: dict[tuple[str, ...], Any] = field(default_factory=dict)

    @property
    def trust(self) -> Path:
        return self.place.folder / "trust.json"

    def bundle(self, name: str) -> Path:
        """`early`, `full`, `opened` and `public` of the first letter, `second` of the other."""
        return self.place.folder / name

    def name(self, position: int) -> str:
        return self.roster[position]["organisation"]

    def address(self, position: int) -> str:
        return self.roster[position]["email"]

    def report(self, name: str, *options: str | Path, code: int = 0) -> Any:
        """What `signing verify --json` says; asked once for each question."""
        asked = (str(self.bundle(name)), *map(str, options))
        if asked not in self.reports:
            self.reports[asked] = self.place.json("verify", *asked, "--trust", self.trust, code=code)
        return self.reports[asked]


def sources(folder: Path) -> tuple[Path, Path, Path]:
    """Letter, its second version in which only quotation marks differ, and roster."""
    first, second, roster = folder / "first.md", folder / "second.md", folder / "roster.csv"
    folder.mkdir(parents=True)
    if LETTERS.is_dir():
        words = (LETTERS / "joint-letter-eu-china.md").read_text()
        roster.write_bytes((LETTERS / "joint-letter-eu-china.roster.csv").read_bytes())
    else:
        words = MADE_UP
        lines = (f"{name},,,Contact {at},contact{at}@g{at}.example,Director,en,1" for at, name in enumerate(NAMES, 1))
        roster.write_text("organisation,acronym,country,contact,email,role,language,stage\n" + "\n".join(lines) + "\n")
    assert words.count('"charm offensive"') == 1
    first.write_text(words)
    second.write_text(words.replace('"charm offensive"', "“charm offensive”"))
    return first, second, roster


@contextlib.contextmanager
def told(folder: Path) -> Iterator[Story]:
    """Tell the whole story in `folder`."""
    first, second, roster = sources(folder / "sources")
    (folder / "authority").mkdir()
    openssl = OpensslAuthority(folder / "authority")
    with contextlib.ExitStack() as stack:
        mails = stack.enter_context(MailCatcher())
        stamping = Server(lambda asked: Answer(openssl.answer(asked)), openssl.root_pem)
        authority = stack.enter_context(listening(stamping))
        place = Desk(folder / "place", smtp_url=mails.url)
        place.run("init")
        place.run("keys", "export-trust", "--out", "for-the-witness.json")
        witness = RunningWitness(folder / "witness", WITNESS, "--log", place.folder / "for-the-witness.json")
        stack.enter_context(running(witness))
        (place.folder / "witnesses.policy").write_text(f"{witness.line}quorum {WITNESS}\n")
        (place.folder / "keys" / "tsa").mkdir()
        (place.folder / "keys" / "tsa" / f"{AUTHORITY}.pem").write_text(openssl.root_pem)
        place.environment |= {
            "SIGNING_WITNESSES": "witnesses.policy", "SIGNING_TSA_URLS": f"http://127.0.0.1:{authority.port}/tsr",
        }  # fmt: skip
        with roster.open() as lines:
            story = Story(place, mails, list(csv.DictReader(lines)), witness.key.vkey)
        _tell(story, folder, first, second, roster)
        yield story


def _tell(story: Story, folder: Path, first: Path, second: Path, roster: Path) -> None:
    place = story.place
    account = place.user(COORDINATOR, "coordinator")
    auditor = place.user("auditor@journal.example", "auditor")
    key = ssh_key(place, "coordinator-key")
    place.run("keys", "register-coordinator", "--account", COORDINATOR, "--ssh", f"{key}.pub")
    story.letter = _opened(place, first, roster, key)
    story.receipts = folder / "receipts"
    story.receipts.mkdir()
    with place.serving() as base_url, chromium() as browser:
        place.run("invite", story.letter)
        people = _answers(story, browser, base_url, folder)
        place.run("vouch", story.letter, story.name(SSH), "--yes", "--ssh-key", key)
        _is_covered(place, story.letter, stamped=False)
        place.run("export", story.letter, "--out", "early")

        place.run("letter", "import", second, "--letter", story.letter)
        place.run("letter", "open", story.letter, "--ssh-key", key)
        story.shown["lapsed"] = crawled(people[PASSKEY].context, people[PASSKEY].home, within=base_url)
        people[PASSKEY].signs(story.letter, code=False, accepts=False)
        place.run("close", story.letter, "--ssh-key", key)
        place.run("publish", story.letter)

        story.second = _opened(place, first, roster, key)
        place.run("invite", story.second)
        for position in (BROWSER, PASSKEY):
            people[position].signs(story.second, code=False)
        place.run("close", story.second, "--ssh-key", key)
        for letter in (story.letter, story.second):
            _is_covered(place, letter)
        _look_around(story, browser, base_url, people, {"coordinator": account, "auditor": auditor})
    commands = [
        ("export", story.letter, "--out", "full"), ("export", story.letter, "--out", "opened", "--with-openings"),
        ("export", story.letter, "--out", "public", "--edition", "public"),
        ("export", story.second, "--out", "second"), ("keys", "export-trust", "--out", str(story.trust)),
    ]  # fmt: skip
    for command in commands:
        place.run(*command)


def _opened(place: Installation, letter: Path, roster: Path, key: Path) -> str:
    letter_id = str(place.json("letter", "import", letter)["letter"])
    place.run("roster", "import", letter_id, roster)
    place.run("letter", "open", letter_id, "--ssh-key", key)
    return letter_id


def _answers(story: Story, browser: Browser, base_url: str, folder: Path) -> dict[int, Any]:
    """Everybody answers the first version, each in a way of their own; two stay silent."""
    def device(position: int, **settings: str) -> Device:
        return Device(browser, base_url, story.mails, story.address(position), **settings)

    people: dict[int, Any] = {
        BROWSER: device(BROWSER), PASSKEY: device(PASSKEY, way="passkey"), HIDDEN: device(HIDDEN),
        OLD_BROWSER: device(OLD_BROWSER, script=NO_ED25519),
    }  # fmt: skip
    for position in (SSH, OPENPGP, ATTESTED, DECLINER):
        people[position] = Answering(browser, base_url, story.mails, story.address(position))
    letter = story.letter
    people[BROWSER].signs(letter)
    people[PASSKEY].signs(letter, accepts=False)
    people[OLD_BROWSER].signs(letter)
    people[HIDDEN].signs(letter, confidential=True, person=HIDDEN_PERSON, role=HIDDEN_ROLE)
    people[SSH].signs_with_an_own_key(letter, Ssh(folder, "ed25519"), folder)
    people[OPENPGP].signs_with_an_own_key(letter, Gpg(folder), folder)
    people[ATTESTED].attests(letter)
    people[DECLINER].declines(letter, reason="Our board has not met yet.")
    for position, person in people.items():
        person.downloads("Download the receipt", story.receipts / f"{position}.tlog-proof")
    return people


def _is_covered(place: Installation, letter: str, *, stamped: bool = True) -> None:
    """The witness, and at a closing the authority, have signed the newest state of the log."""
    services = services_of(place)

    def covered() -> bool:
        seen = witness_state(services, letter)
        with services.unit_of_work() as uow:
            size = uow.log.head(letter).size
            sizes = {each.size for each in uow.time_stamps.of_letter(letter)}
        return seen is not None and seen.covered == size and (size in sizes or not stamped)

    wait_until(covered, "witness and authority have signed")


def _look_around(
    story: Story, browser: Browser, base_url: str, people: dict[int, Any], accounts: dict[str, tuple[str, str]]
) -> None:
    """Everything that each of them can reach, and that a stranger can."""
    for position, person in people.items():
        story.shown[f"contact {position}"] = crawled(person.context, person.home, within=base_url)
        person.leaves()
    for role, start in {"coordinator": "/coordinator/letters/{}/status", "auditor": "/auditor/letters/{}"}.items():
        holder = AccountHolder(browser, base_url, width=1280)
        holder.signs_in(*accounts[role])
        path = start.format(story.letter)
        # Both letters have the same pages; the coordinator's may name everybody, and one is enough to see that.
        within = f"{base_url}{path}"
        story.shown[role] = crawled(holder.context, within, within=within)
        holder.leaves()
    stranger = browser.new_context()
    log = f"{base_url}/l/{story.letter}"
    story.shown["stranger"] = crawled(
        stranger, f"{base_url}/", log, f"{log}/en.pdf", f"{log}/log/checkpoint", f"{base_url}/metrics",
        f"{base_url}/healthz", *(f"{log}/log/tile/0/000.p/{size}" for size in range(1, 25)), within=base_url,
    )  # fmt: skip
    stranger.close()
