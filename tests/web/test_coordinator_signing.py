"""Opening and signing with a coordinator's own key, through the pages alone, with the real ssh-keygen."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask

from signing.domain.access import Role
from signing.evidence.letter_file import LetterFile
from signing.evidence.statement import CloseStatement, LetterStatement
from signing.web.app import create_app
from signing.workflow import auditing, drafting
from tests.web.coordinator_desk import (
    ORGANISATION,
    OTHER,
    SshKey,
    begins,
    last,
    letter_statement,
    opens,
    registers,
    signed_on,
    signs,
    statements,
)
from tests.web.installation import BASE_URL, House, Mailbox, intake, letter_text
from tests.web.visitor import Visitor


@pytest.fixture
def ssh(tmp_path: Path, coordinator: Visitor) -> SshKey:
    key = SshKey(tmp_path)
    registers(coordinator, key)
    return key


@pytest.fixture
def draft(house: House) -> str:
    letter_id = house.letter()
    house.roster(letter_id, ORGANISATION, OTHER)
    return letter_id


@pytest.fixture
def path(draft: str) -> str:
    return f"/coordinator/letters/{draft}"


def test_own_keys_come_first_and_the_services_last(coordinator: Visitor, ssh: SshKey, path: str) -> None:
    words = coordinator.goes_to(f"{path}/open").words
    assert words.index("Office SSH key") < words.index("The key this service holds weaker")


def test_a_letter_is_opened_and_closed_with_ssh_keygen_and_without_scripts(
    coordinator: Visitor, house: House, ssh: SshKey, draft: str, path: str
) -> None:
    sign = begins(coordinator, f"{path}/open", ssh.name, min_level="1", binders="attestor")
    assert "Sign the opening of version 1" in coordinator.words
    assert "ssh-keygen -Y sign -f ~/.ssh/id_ed25519 -n assent@localhost statement.pae" in coordinator.words
    assert statements(house, draft) == []
    coordinator.sends(sign, file=(io.BytesIO(signed_on(coordinator, ssh)), "statement.pae.sig")).follows()
    assert "Invite 2 organisations?" in coordinator.words
    opened = last(house, draft)
    assert isinstance(opened, LetterStatement)
    assert (opened.by, [key.key for key in opened.coordinators]) == (ssh.name, [ssh.name])

    house.invite(draft)
    house.approve(draft, ORGANISATION)
    sign = begins(coordinator, f"{path}/close", ssh.name)
    assert "Sign the list, edition 1" in coordinator.words
    assert "30 minutes left to sign" in coordinator.words
    assert "1. Human Rights in China" in coordinator.words or ORGANISATION in coordinator.words
    assert len(statements(house, draft)) == 2
    pdf = coordinator.goes_to(f"{sign}/files/en.pdf").answer.data
    names = json.loads(coordinator.goes_to(f"{sign}/files/signatories.json").answer.data)
    assert [name["listed_as"] for name in names] == [ORGANISATION]
    coordinator.goes_to(sign)
    signature = signed_on(coordinator, ssh)
    # Browsers turn line ends of what is pasted into those of mail.
    coordinator.sends(sign, pasted=signature.decode().replace("\n", "\r\n")).follows()
    assert "Edition 1, signed on 2 March 2026, lists 1 organisation." in coordinator.words
    closed = last(house, draft)
    assert isinstance(closed, CloseStatement)
    assert closed.by == ssh.name
    assert {each.name: each.sha256 for each in closed.subject}["en.pdf"] == sha256(pdf).hexdigest()
    assert auditing.edition(house.services, draft).files["en.pdf"] == pdf


def test_policy_and_keys_for_later_are_signed_as_they_were_chosen(
    coordinator: Visitor, house: House, draft: str, path: str
) -> None:
    key, second = house.own_key(), house.own_key()
    opens(coordinator, path, key, min_level="3", binders="both", also=second.public.key)
    statement = letter_statement(house, draft)
    assert (statement.min_level, statement.binders) == (3, ("attestor", "coordinator"))
    assert [each.key for each in statement.coordinators] == [key.public.key, second.public.key]
    coordinator.goes_to(f"{path}/open")
    assert "At least a passkey" in coordinator.words
    assert "The mailed code and your word" in coordinator.words


def test_the_services_key_opens_with_a_policy_too(coordinator: Visitor, house: House, draft: str, path: str) -> None:
    coordinator.goes_to(f"{path}/open").sends(f"{path}/open", min_level="2", binders="both").follows()
    statement = letter_statement(house, draft)
    assert (statement.min_level, statement.binders) == (2, ("attestor", "coordinator"))


def test_a_policy_is_not_lowered_with_a_new_version(coordinator: Visitor, house: House, draft: str, path: str) -> None:
    coordinator.goes_to(f"{path}/open").sends(f"{path}/open", min_level="3")
    drafting.import_letter(house.services, letter_text(title="Other words"), letter_id=draft)
    coordinator.goes_to(f"{path}/open")
    assert "Any way, also without scripts" not in coordinator.words
    coordinator.sends(f"{path}/open", min_level="1")
    assert coordinator.status == 422
    assert "never lowered" in coordinator.words


def test_before_a_new_version_the_page_says_who_carries_and_who_lapses(
    coordinator: Visitor, house: House, draft: str, path: str
) -> None:
    house.open(draft)
    house.invite(draft)
    house.approve(draft, ORGANISATION, accepts=True)
    house.approve(draft, OTHER)
    body = letter_text().body
    spaced = letter_text(body=body.replace("We write about", "We  write about"))
    assert LetterFile.from_bytes(spaced.to_bytes()).body != LetterFile.from_bytes(letter_text().to_bytes()).body
    drafting.import_letter(house.services, spaced, letter_id=draft)
    words = coordinator.goes_to(f"{path}/open").words
    assert "Only spaces, quotation marks or dashes differ" in words
    assert f"Carry 1 organisation: {ORGANISATION}" in words
    assert f"Lapse 1 organisation: {OTHER}" in words
    drafting.import_letter(house.services, letter_text(body=body + " Now."), letter_id=draft)
    words = coordinator.goes_to(f"{path}/open").words
    assert "The words differ: approvals lapse." in words
    assert "Lapse 2 organisations" in words


def test_the_same_words_are_opened_again_for_other_keys_and_every_approval_carries(
    coordinator: Visitor, house: House, draft: str, path: str
) -> None:
    key, second = house.own_key(), house.own_key()
    opens(coordinator, path, key, also=key.public.key)
    house.invite(draft)
    house.approve(draft, ORGANISATION)
    sign = begins(coordinator, f"{path}/open", key.public.key, also=second.public.key)
    assert "Sign the opening of version 2" in coordinator.words
    signs(coordinator, sign, key)
    assert [each.key for each in letter_statement(house, draft).coordinators] == [key.public.key, second.public.key]
    words = coordinator.goes_to(f"{path}/status").words
    assert "1 of 2 have approved" in words
    assert "carried from version 1" in words


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"signature": "AAAA"}, "The signature is not that of the key"),
        ({"signature": b64encode(bytes(64)).decode()}, "The signature is not that of the key"),
        ({"signature": "%%%"}, "damaged on the way"),
        ({"signature": ""}, "The signature is not that of the key"),
    ],
)
def test_a_signature_that_does_not_fit_opens_nothing(
    coordinator: Visitor, house: House, draft: str, path: str, sent: dict[str, str], says: str
) -> None:
    sign = begins(coordinator, f"{path}/open", house.own_key().public.key)
    coordinator.sends(sign, **sent)
    assert coordinator.status == 422
    assert says in coordinator.words
    assert statements(house, draft) == []
    assert coordinator.goes_to(sign).status == 200


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Choose the file with the signature: statement.pae.sig"),
        ({"file": (io.BytesIO(b"hello"), "x.sig")}, "This is not a signature of ssh-keygen."),
        ({"file": (io.BytesIO(b"\xff" * 30_000), "x.sig")}, "This is not a signature of ssh-keygen."),
        ({"pasted": "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----"}, "The signature is not that"),
    ],
)
def test_a_file_that_is_no_signature_is_refused_in_words(
    coordinator: Visitor, house: House, ssh: SshKey, draft: str, path: str, sent: dict[str, object], says: str
) -> None:
    sign = begins(coordinator, f"{path}/open", ssh.name)
    coordinator.sends(sign, **sent)
    assert coordinator.status == 422
    assert says in coordinator.words
    assert statements(house, draft) == []


def test_a_signature_over_another_statement_is_refused(
    coordinator: Visitor, house: House, ssh: SshKey, draft: str, path: str
) -> None:
    begins(coordinator, f"{path}/open", ssh.name)
    stale = signed_on(coordinator, ssh)
    sign = begins(coordinator, f"{path}/open", ssh.name)
    coordinator.sends(sign, file=(io.BytesIO(stale), "statement.pae.sig"))
    assert coordinator.status == 422
    assert statements(house, draft) == []


def test_a_signature_handed_in_twice_is_recorded_once(
    coordinator: Visitor, house: House, draft: str, path: str
) -> None:
    key = house.own_key()
    sign = begins(coordinator, f"{path}/open", key.public.key)
    signature = b64encode(key.sign(coordinator.goes_to(f"{sign}/statement.pae").answer.data)).decode()
    coordinator.goes_to(sign)
    for _ in range(2):
        coordinator.posts(sign, csrf_token=coordinator.token(), signature=signature)
        assert coordinator.status == 303
    assert len(statements(house, draft)) == 1


def test_what_waits_for_one_is_not_there_for_another(
    coordinator: Visitor, house: House, draft: str, path: str, visit: Callable[[], Visitor], auditor: Visitor
) -> None:
    sign = begins(coordinator, f"{path}/open", house.own_key().public.key)
    house.account("second@example.org", Role.COORDINATOR)
    second = visit().signs_in("second@example.org")
    for page in (sign, f"{sign}/statement.pae", f"{sign}/statement.json", f"{sign}/files/1.en.md"):
        assert coordinator.goes_to(page).status == 200, page
        assert second.goes_to(page).status == 404, page
        assert auditor.goes_to(page).status == 404, page
        assert coordinator.goes_to(page.replace(draft, house.letter())).status == 404, page
        assert coordinator.goes_to(page.replace(sign, f"{path}/sign/{'a' * 16}")).status == 404, page
    second.posts(sign, csrf_token=second.token(), signature="AAAA")
    assert second.status == 404
    assert coordinator.goes_to(f"{sign}/files/2.en.md").status == 404


@pytest.mark.parametrize("step", ["open", "close", "keys/vouch", "keys/revoke"])
@pytest.mark.parametrize("signer", ["nonsense", "ssh:SHA256:x", "another's"])
def test_a_key_that_is_not_ones_own_signs_nothing(
    coordinator: Visitor, house: House, path: str, draft: str, step: str, signer: str
) -> None:
    if signer == "another's":
        house.account("second@example.org", Role.COORDINATOR)
        signer = house.own_key("second@example.org").public.key
    if step != "open":
        house.open(draft)
        house.invite(draft)
        house.approve(draft, ORGANISATION)
    before = len(statements(house, draft))
    token = coordinator.token()
    sent = {"organisation": "org-china", "key": "k", "compared": "1"}
    coordinator.posts(f"{path}/{step}", csrf_token=token, signer=signer, **sent)
    assert coordinator.status == 409, coordinator.words
    assert len(statements(house, draft)) == before


def test_without_a_token_of_the_page_nothing_is_signed(
    coordinator: Visitor, house: House, draft: str, path: str
) -> None:
    sign = begins(coordinator, f"{path}/open", house.own_key().public.key)
    before = house.dump()
    for page in (f"{path}/open", f"{path}/close", f"{path}/close/cancel", f"{path}/publish", sign, f"{path}/keys/vouch",
                 f"{path}/keys/revoke"):
        coordinator.posts(page)
        assert coordinator.status == 400, page
    assert house.dump() == before


def test_where_the_service_holds_no_key_only_own_keys_are_offered(house: House, draft: str, path: str) -> None:
    services = replace(house.services, coordinator=None)
    app: Flask = create_app(services, intake=intake(), mailbox=Mailbox())
    coordinator = Visitor(app.test_client(), BASE_URL).signs_in("coordinator@example.org")
    words = coordinator.goes_to("/coordinator/keys/").words
    assert "None. Only coordinators' own keys open and close letters here." in words
    coordinator.goes_to(f"{path}/open")
    assert "No key of yours may sign this letter, and this service holds none." in coordinator.words
    coordinator.sends(f"{path}/open")
    assert coordinator.status == 422
    assert "This service holds no coordinator's key." in coordinator.words
    key = house.own_key()
    opens(coordinator, path, key)
    assert last(house, draft).by == key.public.key
