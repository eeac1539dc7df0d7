"""`signing demo`: a working installation in ./instance with an invented letter, ten organisations, a mailbox."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import click

from signing import config
from signing.adapters.letter_intake import read_letter
from signing.adapters.private_files import write_new
from signing.adapters.roster_sheets import read_roster
from signing.bootstrap import build
from signing.cli.checks import DEMO_ACCOUNTS
from signing.cli.service import initialise, refuse_taken_port, run_server
from signing.domain.access import Role
from signing.domain.organisation import Decision, RosterEntry
from signing.workflow import confirming, deciding, discussing, drafting, inviting, rostering, signing_in
from signing.workflow.contact_access import Access, mailed_code
from signing.workflow.discussing import RemarkForm
from signing.workflow.ports import Services
from signing.workflow.signatory_form import DecisionForm

ACCOUNTS = {Role.COORDINATOR: "coordinator@demo.example", Role.AUDITOR: "auditor@demo.example"}
ANSWER_WITHIN = timedelta(days=21)
WITHHELD, ASKS_FOR_CHANGES = "Highland Spring Trust", "Marsh Voices"
APPROVE = {"Open Gauges International", "Three Rivers Legal Aid", WITHHELD}
OPENING_PARAGRAPH = 0
# Whatever the surroundings say, the demonstration touches nothing but ./instance and mails nobody.
OVERRULED = ("SIGNING_DATABASE_URL", "SIGNING_SMTP_URL", "SIGNING_MAIL_FROM", "SIGNING_SECRET_KEY",
             "SIGNING_SECRET_KEY_FILE", "SIGNING_KEY_PASSPHRASE", "SIGNING_KEY_PASSPHRASE_FILE")


@dataclass(frozen=True, slots=True)
class Demonstration:
    letter_id: str
    contact: str
    contact_token: str
    passwords: dict[str, str]


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def demo(port: int) -> None:
    """Serve a demonstration at http://localhost:PORT. Its data stay in ./instance between runs."""
    base_url = f"http://localhost:{port}"
    os.environ.update(dict.fromkeys(OVERRULED, ""), SIGNING_HOME="instance", SIGNING_KEYS="instance/keys",
                      SIGNING_BASE_URL=base_url)
    settings = config.load()
    refuse_taken_port("127.0.0.1", port)
    for line in initialise(settings):
        click.echo(line, err=True)
    made = prepare(build(settings), settings.home)
    click.echo(f"""
The demonstration runs at {base_url}  (Ctrl-C stops it; ./instance keeps its data)

  Coordinator   {base_url}/sign-in   {ACCOUNTS[Role.COORDINATOR]}   {made.passwords["coordinator"]}
  Auditor       {base_url}/sign-in   {ACCOUNTS[Role.AUDITOR]}   {made.passwords["auditor"]}
  Contact       {base_url}/i/{made.contact_token}
                {made.contact}; the mails of all ten are at {base_url}/mailbox

  Commands such as `.venv/bin/signing status` work on it from this folder after
  export SIGNING_KEYS=instance/keys SIGNING_BASE_URL={base_url}
""")
    run_server(settings, "127.0.0.1", port, workers=2)


def prepare(services: Services, home: Path) -> Demonstration:
    """Fill an empty installation; what an earlier (or interrupted) run made is kept."""
    passwords = _accounts(services, home / DEMO_ACCOUNTS)
    letters = drafting.letters(services)
    if letters:
        letter_id = letters[-1].id
    else:
        draft, french = (read_letter(_data(name), name) for name in ("letter.md", "letter.fr.md"))
        deadline = services.clock().replace(hour=16, minute=0, second=0, microsecond=0) + ANSWER_WITHIN
        letter_id = drafting.import_letter(services, draft.text, deadline=deadline).letter_id
        drafting.import_letter(services, french.text, letter_id=letter_id)
        drafting.set_sharing(services, letter_id, shares="names")
    if not rostering.entries(services, letter_id):
        rostering.import_roster(services, letter_id, read_roster(_data("roster.csv"), "roster.csv").rows)
    if not letters or not letters[-1].version:
        drafting.open_letter(services, letter_id)
        inviting.invite(services, letter_id)
        _first_answers(services, letter_id)
    entry = rostering.entries(services, letter_id)[4]
    token = inviting.link_of(services, letter_id, entry.organisation_id)
    return Demonstration(letter_id, f"{entry.contact} of {entry.organisation}", token, passwords)


def _first_answers(services: Services, letter_id: str) -> None:
    """Some have said yes, and one says "yes, if", each by a mailed code: there is something to see on every page."""
    for entry in rostering.entries(services, letter_id):
        if entry.organisation in APPROVE | {ASKS_FOR_CHANGES}:
            opened = inviting.open_link(services, inviting.link_of(services, letter_id, entry.organisation_id))
            access = Access(letter_id, opened.invitation_id, opened.generation, browser="demonstration")
            if entry.organisation == ASKS_FOR_CHANGES:
                _ask_for_changes(services, access)
            else:
                _approve(services, access, entry)


def _approve(services: Services, access: Access, entry: RosterEntry) -> None:
    view = deciding.view(services, access)
    deciding.request_code(services, access, view.version, view.text_sha256)
    deciding.decide(services, access, DecisionForm(
        decision=Decision.APPROVE,
        person=entry.contact,
        role=entry.role or "",
        listed_as=entry.organisation,
        acronym=entry.acronym,
        native_name=entry.native_name,
        sort_name=entry.sort_name,
        authority=True,
        reason=None,
        code=mailed_code(services, access),
        version=view.version,
        text_sha256=view.text_sha256,
        head=view.head,
        idempotency_key=services.random(16).hex(),
        confidential=entry.organisation == WITHHELD,
    ))  # fmt: skip


def _ask_for_changes(services: Services, access: Access) -> None:
    place = discussing.place(services, access, "en", OPENING_PARAGRAPH)
    confirming.send_code(services, access)
    discussing.remark(services, access, RemarkForm(
        version=place.version.number,
        language="en",
        block=OPENING_PARAGRAPH,
        words="The marshes lie downstream. We can sign once those who live there are meant as well.",
        wording=(place.quote or "").replace("upstream governments", "governments upstream and downstream"),
        condition=True,
        wants_answer=False,
        code=mailed_code(services, access),
        idempotency_key=services.random(16).hex(),
    ))  # fmt: skip


def _accounts(services: Services, file: Path) -> dict[str, str]:
    if file.exists():
        passwords: dict[str, str] = json.loads(file.read_text())
    else:
        # Written before the accounts are made, so that an interrupted first run loses no password.
        passwords = {role.value: signing_in.new_password(services) for role in ACCOUNTS}
        write_new(file, json.dumps(passwords).encode())
    there = {account.email for account in signing_in.accounts(services)}
    for role, email in ACCOUNTS.items():
        if email not in there:
            signing_in.add_account(services, email, role, passwords[role.value])
    return passwords


def _data(name: str) -> bytes:
    return (files("signing.demo") / name).read_bytes()
