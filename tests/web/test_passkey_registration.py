"""What is no passkey of our asking is refused in words, at the contact's door and at the coordinator's."""

from __future__ import annotations

import json
import re

import pytest

from signing.evidence.base64_text import to_base64url
from signing.workflow import coordinator_keys
from tests.web.installation import House
from tests.web.visitor import Visitor

ORGANISATION = "Human Rights in China"
KEYS = "/coordinator/keys/"


def hollow(attestation: bytes) -> str:
    return json.dumps({
        "id": "AA", "rawId": "AA", "type": "public-key",
        "response": {"clientDataJSON": "e30", "attestationObject": to_base64url(attestation)},
    })


ANSWERS = {
    "nothing": "", "null": "null", "a list": "[]", "half": "{", "empty": "{}", "a number for a name": '{"id": 1}',
    "hollow": hollow(b"\xa0"), "nested CBOR": hollow(b"\x81" * 7_000), "no CBOR": hollow(b"\xff"),
    "too long": "9" * 30_000, "nested JSON": "[" * 10_000, "nested objects": '{"id":' * 3_000,
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_coordinator_registers_nothing_but_what_answers_our_challenge(
    coordinator: Visitor, house: House, answer: str
) -> None:
    token = coordinator.token()
    coordinator.posts(f"{KEYS}passkey-options", csrf_token=token)
    assert json.loads(coordinator.answer.data)["rp"]["id"] == "localhost"
    coordinator.posts(KEYS, csrf_token=token, way="passkey", registration=ANSWERS[answer])
    assert coordinator.status == 422
    assert "The passkey was not registered." in coordinator.words
    assert coordinator_keys.keys(house.services) == []


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_contact_is_given_no_proof_of_a_passkey_we_did_not_ask_for(
    visitor: Visitor, house: House, answer: str
) -> None:
    letter_id = house.opened(ORGANISATION)
    visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()
    found = re.search(r'name="csrf_token" value="([^"]+)"', visitor.text)
    assert found
    address = f"/invitation/{house.invitation(letter_id, ORGANISATION).id}/passkey"
    visitor.posts(address, csrf_token=found[1])
    assert json.loads(visitor.answer.data)["rp"]["id"] == "localhost"
    visitor.posts(f"{address}/registered", csrf_token=found[1], registration=ANSWERS[answer])
    assert 400 <= visitor.status < 500
    assert "We could not check this passkey." in visitor.words
