"""The coordinator compares twelve words over the telephone, and vouches for a key or revokes it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from signing.evidence.statement import KeyStatement, commitment_of
from signing.workflow import vouching
from signing.workflow.device_signing import KeyWaits
from signing.workflow.opening import Wishes
from tests.evidence import signers
from tests.said_to_database import said_to
from tests.web.coordinator_desk import SshKey, last, registers, signed_on, statements
from tests.web.installation import House
from tests.web.visitor import Visitor
from tests.workflow.desk import ONE, TWO, Desk, opened, passkey

BOTH = ("attestor", "coordinator")
LAPTOP = signers.browser_key("laptop")


@pytest.fixture
def letter_id(house: House) -> str:
    return opened(house, ONE, TWO, binders=BOTH)


@pytest.fixture
def path(letter_id: str) -> str:
    return f"/coordinator/letters/{letter_id}"


@pytest.fixture
def desk(house: House, letter_id: str) -> Desk:
    """A contact whose key waits for the coordinator's word."""
    made = Desk(house, letter_id)
    offers(made, LAPTOP)
    return made


def offers(desk: Desk, key: Any, **fields: Any) -> None:
    code = desk.asks_for_a_code()
    with pytest.raises(KeyWaits):
        desk.prepares(key, code=code, **fields)


def words_of(house: House, letter_id: str) -> str:
    return vouching.waiting(house.services, letter_id)[0].phrase


def test_a_waiting_key_is_shown_with_whom_to_call_and_its_words_in_fours(
    coordinator: Visitor, house: House, desk: Desk, letter_id: str, path: str
) -> None:
    assert "1 key waits for your word" in coordinator.goes_to(f"{path}/status").words
    coordinator.goes_to(f"{path}/keys")
    assert f"{ONE} Kim China, Advocacy director" in coordinator.words
    words = words_of(house, letter_id).split()
    for start in (0, 4, 8):
        assert f"<span>{' '.join(words[start:start + 4])}</span>" in coordinator.text
    assert "number that you know from elsewhere" in coordinator.words


@pytest.mark.parametrize("typed", ["whole", "first four letters", "capitals and commas", "ticked"])
def test_a_key_whose_words_were_compared_speaks_from_then_on(
    coordinator: Visitor, house: House, desk: Desk, letter_id: str, path: str, typed: str
) -> None:
    words = words_of(house, letter_id)
    sent = {
        "whole": {"phrase": words}, "first four letters": {"phrase": " ".join(word[:4] for word in words.split())},
        "capitals and commas": {"phrase": words.upper().replace(" ", ", ")}, "ticked": {"compared": "1"},
    }[typed]
    coordinator.goes_to(f"{path}/keys").sends(f"{path}/keys/vouch", **sent).follows()
    assert "confirmed by the code we mailed, the coordinator" in coordinator.words
    assert "waits for your word" not in coordinator.words
    said = last(house, letter_id)
    assert isinstance(said, KeyStatement)
    assert (said.action, said.bound.key) == ("bind", LAPTOP.public.key)
    desk.answers_with(LAPTOP, code=False)
    assert "by browser key" in coordinator.goes_to(f"{path}/status").words


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Type the words the contact reads to you"),
        ({"phrase": "zoo " * 12}, "These are not the twelve words of this key."),
        ({"phrase": "zoo " * 12, "compared": "1"}, "These are not the twelve words of this key."),
    ],
)
def test_a_key_whose_words_were_not_compared_goes_on_waiting(
    coordinator: Visitor, house: House, desk: Desk, letter_id: str, path: str, sent: dict[str, str], says: str
) -> None:
    before = len(statements(house, letter_id))
    coordinator.goes_to(f"{path}/keys").sends(f"{path}/keys/vouch", **sent)
    assert coordinator.status == 422
    assert says in coordinator.words
    assert sent.get("phrase", "").strip() in coordinator.text
    assert len(statements(house, letter_id)) == before
    assert len(vouching.waiting(house.services, letter_id)) == 1


def test_a_voucher_is_signed_with_ssh_keygen(
    coordinator: Visitor, house: House, tmp_path: Path
) -> None:
    ssh = SshKey(tmp_path)
    registers(coordinator, ssh)
    assert house.services.coordinator is not None
    held = house.services.coordinator.public.key
    letter_id = house.letter()
    house.roster(letter_id, ONE)
    house.open(letter_id, Wishes(coordinators=[held, ssh.name], binders=BOTH))
    house.invite(letter_id)
    offers(Desk(house, letter_id), LAPTOP)
    path = f"/coordinator/letters/{letter_id}"
    coordinator.goes_to(f"{path}/keys").sends(f"{path}/keys/vouch", signer=ssh.name, compared="1").follows()
    assert "Vouch for this key" in coordinator.words
    assert words_of(house, letter_id) in coordinator.words
    sign = coordinator.path
    coordinator.sends(sign, file=(io.BytesIO(signed_on(coordinator, ssh)), "statement.pae.sig")).follows()
    assert "The organisations' keys" in coordinator.words
    assert (last(house, letter_id).by, last(house, letter_id).bound.key) == (ssh.name, LAPTOP.public.key)


def test_a_revoked_key_signs_no_more_and_says_since_when_it_is_in_doubt(
    coordinator: Visitor, house: House, desk: Desk, letter_id: str, path: str
) -> None:
    coordinator.goes_to(f"{path}/keys")
    coordinator.sends(f"{path}/keys/revoke", compromised_since="2026-03-01T18:00").follows()
    assert "No organisation has a key here yet." in coordinator.words
    said = last(house, letter_id)
    assert (said.action, said.compromised_since) == ("revoke", "2026-03-01T18:00:00Z")
    words = coordinator.goes_to(f"/auditor/letters/{letter_id}").words
    assert f"{ONE}: a browser key no longer counts." in words


@pytest.mark.parametrize(
    ("since", "says"), [("soon", "Write the time as"), ("2999-01-01T00:00", "This time is still to come.")]
)
def test_a_time_that_cannot_be_is_refused(
    coordinator: Visitor, house: House, desk: Desk, letter_id: str, path: str, since: str, says: str
) -> None:
    before = len(statements(house, letter_id))
    coordinator.goes_to(f"{path}/keys").sends(f"{path}/keys/revoke", compromised_since=since)
    assert coordinator.status == 422
    assert says in coordinator.words
    assert len(statements(house, letter_id)) == before


def test_keys_of_others_are_vouched_for_nowhere(
    coordinator: Visitor, house: House, desk: Desk, letter_id: str, path: str
) -> None:
    elsewhere = opened(house, ONE, binders=BOTH)
    token = coordinator.token()
    known = {"organisation": "org-china", "key": LAPTOP.public.key, "compared": "1"}
    for act in ("vouch", "revoke"):
        for changed in ({"organisation": "org-watch"}, {"key": "spki:" + "0" * 64}, {"organisation": ""}):
            coordinator.posts(f"{path}/keys/{act}", csrf_token=token, **(known | changed))
            assert coordinator.status == 409, changed
            assert "No key of this name speaks for this organisation here." in coordinator.words
        coordinator.posts(f"/coordinator/letters/{elsewhere}/keys/{act}", csrf_token=token, **known)
        assert coordinator.status == 409
        coordinator.posts(f"/coordinator/letters/{'a' * 16}/keys/{act}", csrf_token=token, **known)
        assert coordinator.status == 404
    assert len(statements(house, elsewhere)) == 1


def test_the_status_tells_level_confidence_and_hands_out_the_opening(coordinator: Visitor, house: House) -> None:
    letter_id = opened(house, ONE, TWO)
    path = f"/coordinator/letters/{letter_id}"
    Desk(house, letter_id).answers_with(passkey("phone"), confidential=True)
    house.approve(letter_id, TWO)
    coordinator.goes_to(f"{path}/status")
    assert "by passkey" in coordinator.words
    assert "by mailed code" in coordinator.words
    assert "name withheld on the list" in coordinator.words
    coordinator.goes_to(f"{path}/organisations/org-china/opening.json")
    opening = coordinator.answer.data
    assert json.loads(opening)["listed_as"] == ONE
    assert last(house, letter_id) != opening
    committed = [each.signatory for each in statements(house, letter_id) if hasattr(each, "signatory")]
    assert commitment_of(opening) in {getattr(each, "commitment", None) for each in committed}
    assert coordinator.goes_to(f"{path}/organisations/org-watch/opening.json").status == 303
    coordinator.goes_to(f"{path}/close")
    assert "and 1 organisation whose name is withheld for its safety" in coordinator.words
    assert ONE not in coordinator.words


def test_the_status_page_asks_no_more_for_many_keys_and_other_letters_than_for_one(
    coordinator: Visitor, house: House, desk: Desk, letter_id: str, path: str
) -> None:
    def asked() -> tuple[int, int]:
        with said_to(house.database) as status:
            coordinator.goes_to(f"{path}/status")
        with said_to(house.database) as keys:
            coordinator.goes_to(f"{path}/keys")
        return len(status), len(keys)

    before = asked()
    offers(Desk(house, letter_id, TWO), signers.p256_key("phone"))
    opened(house, ONE)
    assert asked() == before
    assert before[0] <= 8
