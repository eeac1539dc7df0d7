"""A coordinator's desk: keys of their own (one of them ssh-keygen's), and letters as far as a test needs them."""

from __future__ import annotations

import re
import subprocess
from base64 import b64encode
from pathlib import Path
from typing import Any

from signing.evidence.statement import LetterStatement, Statement, parse
from signing.workflow.appending import payload_of
from tests.web.installation import House, Key
from tests.web.visitor import Visitor

ORGANISATION = "Human Rights in China"
OTHER = "Front Line Defenders"


class SshKey:
    """A key of the real ssh-keygen."""

    def __init__(self, home: Path, kind: str = "ed25519") -> None:
        self.home, self.file = home, home / "id_key"
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "ada@office", "-f", self.file], check=True)
        self.public = self.file.with_suffix(".pub").read_text()

    @property
    def name(self) -> str:
        shown = subprocess.run(["ssh-keygen", "-lf", self.file], check=True, capture_output=True, text=True)
        return f"ssh:{shown.stdout.split()[1]}"

    def sign(self, data: bytes, command: str) -> bytes:
        """What the command of the page makes of the file of the page."""
        target = self.home / "statement.pae"
        target.write_bytes(data)
        words = command.split()
        words[words.index("-f") + 1] = str(self.file)
        subprocess.run(words, cwd=self.home, check=True, capture_output=True)
        signature = self.home / "statement.pae.sig"
        data = signature.read_bytes()
        signature.unlink()
        return data


def command_on(page: Visitor) -> str:
    """The command the page tells to run."""
    found = re.search(r'<pre[^>]*class="command"><code>([^<]+)</code>', page.text)
    assert found, page.words
    return found[1]


def signed_on(page: Visitor, key: SshKey) -> bytes:
    """Download what is to be signed and sign it as the page says."""
    command, path = command_on(page), page.path
    data = page.goes_to(f"{path}/statement.pae").answer.data
    page.goes_to(path)
    return key.sign(data, command)


def registers(coordinator: Visitor, key: SshKey, label: str = "Office") -> None:
    token = coordinator.token()
    coordinator.posts("/coordinator/keys/", csrf_token=token, way="ssh", public_key=key.public, label=label)
    assert coordinator.status == 303, coordinator.words


def statements(house: House, letter_id: str) -> list[Statement]:
    with house.services.unit_of_work() as uow:
        return [parse(payload_of(logged.entry)) for logged in uow.log.entries(letter_id)]


def last(house: House, letter_id: str) -> Any:
    return statements(house, letter_id)[-1]


def letter_statement(house: House, letter_id: str) -> LetterStatement:
    found = [each for each in statements(house, letter_id) if isinstance(each, LetterStatement)]
    return found[-1]


def begins(coordinator: Visitor, page: str, signer: str, **typed: object) -> str:
    """Choose the key and come to the page where it signs; its address."""
    coordinator.goes_to(page).sends(page, signer=signer, **typed)
    assert coordinator.status == 303, coordinator.words
    return coordinator.follows().path


def opens(coordinator: Visitor, path: str, key: Key, **typed: object) -> str:
    sign = begins(coordinator, f"{path}/open", key.public.key, **typed)
    return signs(coordinator, sign, key)


def signs(coordinator: Visitor, sign: str, key: Key) -> str:
    data = coordinator.goes_to(f"{sign}/statement.pae").answer.data
    coordinator.goes_to(sign).sends(sign, signature=b64encode(key.sign(data)).decode())
    assert coordinator.status == 303, coordinator.words
    return sign
