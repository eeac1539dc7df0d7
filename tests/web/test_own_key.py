"""Signing with a key of one's own through the pages alone, with the real ssh-keygen and the real gpg."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from signing.evidence.statement import KeyStatement
from signing.workflow import auditing, device_signing
from signing.workflow.contact_access import Access
from tests.web.device_contact import asks_for, assents, binds, statements
from tests.web.installation import House
from tests.web.visitor import Visitor

ORGANISATION = "Human Rights in China"


@pytest.fixture
def letter_id(house: House) -> str:
    return house.opened(ORGANISATION, acronym="HRIC")


@pytest.fixture
def own(house: House, letter_id: str) -> str:
    return f"/invitation/{house.invitation(letter_id, ORGANISATION).id}/own-key"


@pytest.fixture
def contact(house: House, letter_id: str, visitor: Visitor) -> Visitor:
    return visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()


class Ssh:
    """A key of ssh-keygen's."""

    signature_name = "assent.pae.sig"

    def __init__(self, home: Path, kind: str) -> None:
        self.file, self.home = home / f"key_{kind}", home
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "kim@hric", "-f", self.file], check=True)
        self.public = self.file.with_suffix(".pub").read_text()

    def sign(self, data: bytes, command: str) -> bytes:
        target = self.home / "assent.pae"
        target.write_bytes(data)
        target.with_suffix(".pae.sig").unlink(missing_ok=True)
        words = command.split()
        words[words.index("-f") + 1] = str(self.file)
        subprocess.run(words, cwd=self.home, check=True, capture_output=True)
        return (self.home / "assent.pae.sig").read_bytes()


class Gpg:
    """A key of gpg's."""

    signature_name = "assent.pae.asc"

    def __init__(self, home: Path) -> None:
        self.home = home / "gnupg"
        self.home.mkdir(mode=0o700)
        self.run("--quick-gen-key", "Kim <kim@hric.example>", "ed25519", "sign", "1y")
        self.public = self.run("--armor", "--export-options", "export-minimal", "--export").decode()

    def run(self, *words: str) -> bytes:
        return subprocess.run(
            ["gpg", "--homedir", str(self.home), "--batch", "--pinentry-mode", "loopback", "--passphrase", "", *words],
            check=True, capture_output=True, cwd=self.home,
        ).stdout

    def sign(self, data: bytes, command: str) -> bytes:
        (self.home / "assent.pae").write_bytes(data)
        (self.home / "assent.pae.asc").unlink(missing_ok=True)
        self.run(*command.split()[1:])
        return (self.home / "assent.pae.asc").read_bytes()


def tool(kind: str, home: Path) -> Ssh | Gpg:
    return Gpg(home) if kind == "gpg" else Ssh(home, kind)


def offers(contact: Visitor, house: House, letter_id: str, own: str, public: str) -> None:
    """From the own key page to the page of what is to be signed."""
    contact.goes_to(own)
    contact.sends(f"{own}/code", decision="approve", authority="1", public_key=public)
    assert contact.status == 200, contact.words
    contact.sends(f"{own}/statement", code=house.code(letter_id, ORGANISATION))
    assert contact.status == 303, contact.words
    contact.follows()


def signs(contact: Visitor, key: Ssh | Gpg) -> None:
    """From the page of what is to be signed to the record of it."""
    page, command = contact.path, command_on(contact)
    data = contact.goes_to(f"{page}/assent.pae").answer.data
    contact.goes_to(page).sends(page, signature=key.sign(data, command).decode())
    assert contact.status == 303, contact.words


def command_on(contact: Visitor) -> str:
    found = re.search(r"<pre[^>]*><code>([^<]+)</code>", contact.text)
    assert found
    return found[1]


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "gpg"])
def test_a_key_of_ones_own_signs_by_the_commands_on_the_page(
    contact: Visitor, house: House, letter_id: str, own: str, tmp_path: Path, kind: str
) -> None:
    key = tool(kind, tmp_path)
    offers(contact, house, letter_id, own, key.public)
    page, command = contact.path, command_on(contact)
    for words in (f"{ORGANISATION} approves the letter.", "Kim China, Advocacy director", f"{ORGANISATION} (HRIC)"):
        assert words in contact.words
    data = contact.goes_to(f"{page}/assent.pae").answer.data
    assert data.startswith(b"DSSEv1 28 application/vnd.in-toto+json ")
    signature = key.sign(data, command)
    contact.goes_to(page).sends(page, signature_file=(io.BytesIO(signature), key.signature_name))
    assert contact.status == 303, contact.words
    assert "By your own key" in contact.follows().words
    (bound,), (assent,) = binds(house, letter_id), assents(house, letter_id)
    assert bound.basis == "code"
    assert assent.by == bound.bound.key
    assert assent.by.startswith("pgp:" if kind == "gpg" else "ssh:SHA256:")
    # Whoever comes back to the page finds the receipt, not a second signature to give.
    assert contact.goes_to(page).follows().path.endswith("/receipt")


def test_the_page_can_be_left_and_found_again_and_the_signature_pasted(
    contact: Visitor, house: House, letter_id: str, own: str, tmp_path: Path, visit: Callable[[], Visitor]
) -> None:
    key = Ssh(tmp_path, "ed25519")
    offers(contact, house, letter_id, own, key.public)
    data = contact.goes_to(f"{contact.path}/assent.pae").answer.data
    house.clock.pass_(days=2)
    later = visit().goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows().goes_to(own)
    assert "Waiting for your signature" in later.words
    found = re.search(rf'href="({re.escape(own)}/[^"]+)"', later.text)
    assert found
    later.goes_to(found[1])
    assert later.goes_to(f"{found[1]}/assent.pae").answer.data == data
    signature = key.sign(data, command_on(later.goes_to(found[1]))).decode()
    later.sends(found[1], signature=signature.replace("\n", "\r\n"))
    assert later.status == 303, later.words
    assert len(assents(house, letter_id)) == 1


def test_the_next_letter_asks_for_no_code(
    contact: Visitor, house: House, letter_id: str, own: str, tmp_path: Path
) -> None:
    key = Ssh(tmp_path, "ed25519")
    offers(contact, house, letter_id, own, key.public)
    page, command = contact.path, command_on(contact)
    data = contact.goes_to(f"{page}/assent.pae").answer.data
    contact.goes_to(page).sends(page, signature=key.sign(data, command).decode())
    second = house.opened(ORGANISATION)
    contact.goes_to(f"/i/{house.token(second, ORGANISATION)}").follows()
    again = f"{contact.path}/own-key"
    contact.goes_to(again).sends(f"{again}/statement", decision="approve", authority="1")
    assert contact.status == 303, contact.words
    contact.follows()
    page = contact.path
    data = contact.goes_to(f"{page}/assent.pae").answer.data
    contact.goes_to(page).sends(page, signature=key.sign(data, command).decode())
    assert contact.status == 303, contact.words
    (bound,) = binds(house, second)
    assert bound.basis == "continuity"


WRONG = {
    "nothing": "Choose the signature's file",
    "rubbish": "This is not a signature of that kind",
    "another file": "does not fit",
    "another key": "does not fit",
    "another namespace": "does not fit",
}


@pytest.mark.parametrize("what", list(WRONG))
def test_a_signature_that_does_not_fit_is_told_and_records_nothing(
    contact: Visitor, house: House, letter_id: str, own: str, tmp_path: Path, what: str
) -> None:
    key = Ssh(tmp_path, "ed25519")
    offers(contact, house, letter_id, own, key.public)
    page, command = contact.path, command_on(contact)
    data = contact.goes_to(f"{page}/assent.pae").answer.data
    other = tmp_path / "other"
    other.mkdir()
    sent = {
        "nothing": lambda: b"",
        "rubbish": lambda: b"hello",
        "another file": lambda: key.sign(data + b" ", command),
        "another key": lambda: Ssh(other, "ed25519").sign(data, command),
        "another namespace": lambda: key.sign(data, command.replace("assent@", "file@")),
    }[what]()
    contact.goes_to(page).sends(page, signature=sent.decode())
    assert contact.status == 422
    assert WRONG[what] in contact.words
    assert '<a href="#signature">' in contact.text
    assert len(statements(house, letter_id)) == 1
    contact.sends(page, signature=key.sign(data, command).decode())
    assert contact.status == 303


@pytest.mark.parametrize("public", ["", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ==", "hello", "-----BEGIN PGP PUBLIC"])
def test_what_is_no_key_we_know_is_told_and_nothing_typed_is_lost(
    contact: Visitor, house: House, own: str, public: str
) -> None:
    contact.goes_to(own).sends(f"{own}/code", decision="approve", authority="1", person="Kim Q", public_key=public)
    assert contact.status == 422
    assert '<a href="#public_key">' in contact.text
    assert 'value="Kim Q"' in contact.text


def test_what_was_typed_on_the_letters_page_comes_along(contact: Visitor, own: str) -> None:
    page = own.removesuffix("/own-key")
    contact.sends(own, decision="approve", authority="1", person="Kim Q")
    assert contact.status == 200
    assert 'value="Kim Q"' in contact.text
    assert "Read the letter first" in contact.words
    assert page in contact.text


def test_a_key_that_the_coordinator_has_to_confirm_shows_the_words_to_read_aloud(
    contact: Visitor, house: House, letter_id: str, own: str, tmp_path: Path
) -> None:
    asks_for(house, letter_id, binders=("attestor", "coordinator"))
    key = Ssh(tmp_path, "ed25519")
    contact.goes_to(own).sends(f"{own}/code", decision="approve", authority="1", public_key=key.public)
    contact.sends(f"{own}/statement", code=house.code(letter_id, ORGANISATION))
    assert contact.status == 409
    assert "Read these words to the coordinator when they call" in contact.words
    assert "your answer is not recorded yet" in contact.words
    said = statements(house, letter_id)
    assert [type(each) for each in said[1:]] == [KeyStatement]
    assert assents(house, letter_id) == []
    assert len(auditing.log(house.services, letter_id)) == 2
    access = Access(letter_id, house.invitation(letter_id, ORGANISATION).id, 1, "x")
    assert device_signing.waiting(house.services, access) == []
