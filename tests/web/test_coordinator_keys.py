"""A coordinator registers keys of their own, sees whose they are, and retires them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from signing.domain.access import Role
from signing.workflow import coordinator_keys
from tests.evidence import signers
from tests.web.coordinator_desk import SshKey, registers
from tests.web.installation import House, Key
from tests.web.visitor import Visitor

PAGE = "/coordinator/keys/"
NO_SSH_KEY = "This is not one line with an SSH key"
# The point of order one, for which 64 fixed bytes sign everything.
WEAK = """-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
-----END PUBLIC KEY-----
"""


@pytest.fixture
def ssh(tmp_path: Path) -> SshKey:
    return SshKey(tmp_path)


def test_the_page_says_why_and_what_the_service_holds(coordinator: Visitor, house: House) -> None:
    coordinator.goes_to(PAGE)
    assert "With a key of your own, this service alone can do neither" in coordinator.words
    assert "You have no key of your own yet." in coordinator.words
    assert house.services.coordinator is not None
    assert coordinator_keys.key_phrase(house.services.coordinator.public) in coordinator.words
    assert "convenient and weaker" in coordinator.words


def test_a_pasted_ssh_key_is_listed_with_its_words_in_fours(
    coordinator: Visitor, house: House, ssh: SshKey
) -> None:
    registers(coordinator, ssh)
    coordinator.follows()
    assert "Office SSH key" in coordinator.words
    assert ssh.name in coordinator.words
    (view,) = coordinator_keys.keys(house.services)
    words = view.phrase.split()
    groups = re.findall(r"<span>([a-z ]+)</span>", coordinator.text)
    assert [group.split() for group in groups[:3]] == [words[:4], words[4:8], words[8:]]


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"way": "ssh", "public_key": ""}, "There is no key in this."),
        ({"way": "ssh", "public_key": "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ=="}, NO_SSH_KEY),
        ({"way": "ssh", "public_key": "hello"}, NO_SSH_KEY),
        ({"way": "browser", "scheme": "ed25519", "public_key": "hello"}, "This is not a public key in PEM."),
        ({"way": "browser", "scheme": "webauthn", "public_key": "hello"}, "There is no key in this."),
        ({"way": "browser", "scheme": "nonsense", "public_key": "hello"}, "There is no key in this."),
        ({"way": "elsewhere", "public_key": "hello"}, "There is no key in this."),
        ({"way": "passkey", "registration": "{}"}, "The passkey was not registered."),
        ({}, "There is no key in this."),
    ],
)
def test_what_is_no_key_is_refused_in_words_and_nothing_is_registered(
    coordinator: Visitor, house: House, sent: dict[str, str], says: str
) -> None:
    coordinator.posts(PAGE, csrf_token=coordinator.token(), **sent)
    assert coordinator.status == 422
    assert says in coordinator.words
    assert coordinator_keys.keys(house.services) == []


def test_a_weak_key_is_refused(coordinator: Visitor, house: House) -> None:
    coordinator.posts(PAGE, csrf_token=coordinator.token(), way="browser", scheme="ed25519", public_key=WEAK)
    assert coordinator.status == 422
    assert coordinator_keys.keys(house.services) == []


def test_each_asking_has_a_challenge_of_its_own(coordinator: Visitor) -> None:
    token = coordinator.token()
    challenges = set()
    for _ in range(2):
        coordinator.posts(f"{PAGE}passkey-options", csrf_token=token)
        challenges.add(json.loads(coordinator.answer.data)["challenge"])
    assert len(challenges) == 2


def test_the_same_key_is_registered_once(coordinator: Visitor, house: House, ssh: SshKey) -> None:
    registers(coordinator, ssh)
    coordinator.posts(PAGE, csrf_token=coordinator.token(), way="ssh", public_key=ssh.public)
    assert coordinator.status in (409, 422)
    assert "This key is registered already." in coordinator.words
    assert len(coordinator_keys.keys(house.services)) == 1


def test_a_retired_key_stays_in_sight_and_signs_no_more(coordinator: Visitor, house: House, ssh: SshKey) -> None:
    registers(coordinator, ssh)
    coordinator.follows().sends(f"{PAGE}retire").follows()
    assert "Retired on 2 March 2026" in coordinator.words
    letter_id = house.letter()
    assert "Office" not in coordinator.goes_to(f"/coordinator/letters/{letter_id}/open").words


def test_another_coordinators_key_is_seen_and_not_retired(
    coordinator: Visitor, house: House, visit: Callable[[], Visitor], ssh: SshKey
) -> None:
    house.account("second@example.org", Role.COORDINATOR)
    registers(visit().signs_in("second@example.org"), ssh, "Lou's laptop")
    coordinator.goes_to(PAGE)
    assert "Other coordinators' keys Lou's laptop SSH key second@example.org" in coordinator.words
    coordinator.posts(f"{PAGE}retire", csrf_token=coordinator.token(), key=ssh.name)
    assert coordinator.status == 404
    assert coordinator_keys.keys(house.services)[0].key.retired_at is None


def test_a_key_that_alone_can_close_an_open_letter_is_kept(coordinator: Visitor, house: House) -> None:
    key = house.own_key()
    letter_id = house.letter()
    path = f"/coordinator/letters/{letter_id}/open"
    coordinator.goes_to(path).sends(path, signer=key.public.key)
    sign = coordinator.answer.headers["Location"]
    data = coordinator.goes_to(f"{sign}/statement.pae").answer.data
    coordinator.posts(sign, csrf_token=coordinator.token(), signature=base64_of(key, data))
    assert coordinator.status == 303, coordinator.words
    coordinator.posts(f"{PAGE}retire", csrf_token=coordinator.token(), key=key.public.key)
    assert coordinator.status == 409
    assert "No other key could close" in coordinator.words
    assert coordinator_keys.keys(house.services)[0].key.retired_at is None


def test_without_a_token_of_the_page_nothing_is_registered(coordinator: Visitor, house: House) -> None:
    key = signers.browser_key("x").public
    for path in (PAGE, f"{PAGE}retire", f"{PAGE}passkey-options"):
        coordinator.posts(path, way="browser", scheme=key.scheme, public_key=key.public_key, key=key.key)
        assert coordinator.status == 400, path
    assert coordinator_keys.keys(house.services) == []


def base64_of(key: Key, data: bytes) -> str:
    from base64 import b64encode

    return b64encode(key.sign(data)).decode()
