"""An installation with a letter to sign, for the commands about coordinators' keys."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from signing import config
from signing.bootstrap import build
from signing.domain.organisation import Decision
from signing.evidence.keyring import PublicKey
from signing.workflow import deciding, device_signing, inviting, rostering
from signing.workflow.deciding import Access
from signing.workflow.device_signing import OfferedKey
from signing.workflow.enrolment import KeyWaits
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.ports import Services
from signing.workflow.signatory_form import DecisionForm
from tests.installation import Desk, Installation

LETTER = """---
title: "An open letter"
date: 2026-03-02
language: en
addressees:
  - - Ms Ada Example
    - Commissioner for Waters
---

We ask for **water**.
"""
ROSTER = "organisation,contact,email\nRiver Watch,Kim,kim@river.example\nValley Watch,Lee,lee@valley.example\n"
EMAIL = "ada@letters.example"

needs_ssh_keygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def installed(folder: Path, kind: type[Installation] = Desk) -> Installation:
    place = kind(folder)
    place.run("init")
    place.user(EMAIL, "coordinator")
    return place


def letter(place: Installation) -> str:
    (place.folder / "letter.md").write_text(LETTER)
    (place.folder / "roster.csv").write_text(ROSTER)
    letter_id = str(place.json("letter", "import", "letter.md")["letter"])
    place.run("roster", "import", letter_id, "roster.csv")
    return letter_id


def services_of(place: Installation) -> Services:
    return build(config.load(place.environment, place.folder))


def approve(services: Services, letter_id: str, position: int = 0) -> None:
    """What a contact does with the two mails."""
    deciding.decide(services, *_form(services, letter_id, position))


def _form(services: Services, letter_id: str, position: int) -> tuple[Access, DecisionForm]:
    entry = rostering.entries(services, letter_id)[position]
    opened = inviting.open_link(services, inviting.link_of(services, letter_id, entry.organisation_id))
    access = Access(opened.letter_id, opened.invitation_id, opened.generation, "browser")
    view = deciding.view(services, access)
    deciding.request_code(services, access, view.version, view.text_sha256)
    with services.unit_of_work() as uow:
        mails = [each for each in uow.outbox.of_letter(letter_id) if each.kind is NoticeKind.CODE]
    mine = [each for each in mails if each.organisation_id == entry.organisation_id]
    code = services.tokens.code(max(mine, key=lambda each: each.due).subject_id)
    return access, DecisionForm(
        decision=Decision.APPROVE, person=entry.contact, role="Director", listed_as=entry.organisation, acronym=None,
        native_name=None, sort_name=None, authority=True, reason=None, code=code, version=view.version,
        text_sha256=view.text_sha256, head=view.head, idempotency_key="0123456789abcdef",
    )  # fmt: skip


def bound(services: Services, letter_id: str, key: PublicKey, position: int = 0) -> None:
    """A contact brings a key of their own with the mailed code; the letter then has it wait for the coordinator."""
    access, form = _form(services, letter_id, position)
    with pytest.raises(KeyWaits):
        device_signing.prepare(services, access, form, OfferedKey(key))


def ssh_key(place: Installation, name: str = "id", kind: str = "ed25519") -> Path:
    key = place.folder / name
    subprocess.run(
        ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "", "-f", str(key)], check=True, stdin=subprocess.DEVNULL
    )
    return key


def printed_command(told: str, program: str, key: Path) -> list[str]:
    """The command that was printed for another machine, with the key's path put in."""
    (line,) = re.findall(rf"^  ({program} .*)$", told, re.MULTILINE)
    return [word.replace("YOUR_KEY.pem", str(key)).replace("YOUR_KEY", str(key)) for word in line.split()]
