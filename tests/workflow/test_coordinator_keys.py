"""Registering and retiring the keys that coordinators keep themselves."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest

from signing.domain.access import Role
from signing.domain.errors import Conflict, Faulty, NotAllowed, NotFound
from signing.evidence.keyring import PublicKey
from signing.evidence.phrase import digest_matches
from signing.evidence.schemes import spki
from signing.evidence.schemes.ed25519 import SPKI_PREFIX
from signing.evidence.trust import Trust
from signing.workflow import auditing, coordinator_keys, signing_in
from signing.workflow.coordinator_signing import Wishes
from tests.evidence.signers import browser_key
from tests.web.installation import PASSWORD, House
from tests.workflow.coordinators import coordinator, without_service_key
from tests.workflow.desk import ONE

# A point of small order: any signature may fit it.
_SMALL = SPKI_PREFIX + b"\x01" + bytes(31)
WEAK = PublicKey(spki.name_of(_SMALL), "ed25519", spki.to_pem(_SMALL))


def test_a_registered_key_is_shown_with_its_owner_its_phrase_and_its_letters(house: House) -> None:
    ada = coordinator(house)
    letter_id = house.letter()
    (before,) = coordinator_keys.keys(house.services)
    assert (before.email, before.key.label) == ("ada@letters.example", "ada's key")
    assert coordinator_keys.letters_naming(house.services) == {}
    ada.opens(letter_id)
    (view,) = coordinator_keys.keys(house.services)
    assert [letter.id for letter in coordinator_keys.letters_naming(house.services)[ada.key]] == [letter_id]
    assert view.phrase == coordinator_keys.key_phrase(ada.signer.public)
    assert len(view.phrase.split()) == 12


def test_the_phrase_is_that_of_the_keys_text(house: House) -> None:
    public = browser_key("ada").public
    digest = sha256(public.public_key.encode()).digest()
    assert digest_matches(coordinator_keys.key_phrase(public), digest)


def test_a_key_is_registered_once_and_never_the_services_own(house: House) -> None:
    ada = coordinator(house)
    bob = coordinator(house, "bob")
    assert house.services.coordinator is not None
    held = [house.services.coordinator, house.services.attestor, house.services.log_key]
    for public in (ada.signer.public, *(signer.public for signer in held)):
        with pytest.raises(Conflict) as refusal:
            coordinator_keys.register(house.services, bob.account_id, public, "mine")
        assert refusal.value.code == "key-known"


def test_a_weak_or_misnamed_key_is_refused(house: House) -> None:
    account, _ = signing_in.add_account(house.services, "ada@letters.example", Role.COORDINATOR, PASSWORD)
    sound = browser_key("ada").public
    misnamed = PublicKey(browser_key("other").public.key, sound.scheme, sound.public_key)
    for public in (WEAK, misnamed, PublicKey(sound.key, "rot13", sound.public_key)):
        with pytest.raises(Faulty) as refusal:
            coordinator_keys.register(house.services, account.id, public, "mine")
        assert refusal.value.code == "key-unfit"
    with pytest.raises(NotFound):
        coordinator_keys.register(house.services, "nobody", sound, "mine")
    assert coordinator_keys.keys(house.services) == []


def test_only_the_owner_retires_a_key(house: House) -> None:
    ada = coordinator(house)
    bob = coordinator(house, "bob")
    with pytest.raises(NotFound):
        coordinator_keys.retire(house.services, bob.account_id, ada.key)
    coordinator_keys.retire(house.services, ada.account_id, ada.key)
    retired = {view.key.key: view.key.retired_at is not None for view in coordinator_keys.keys(house.services)}
    assert retired == {ada.key: True, bob.key: False}


def test_the_last_key_of_an_open_letter_is_not_retired_before_another_follows(house: House) -> None:
    ada = coordinator(house)
    bob = coordinator(house, "bob")
    letter_id = house.letter()
    house.roster(letter_id, ONE)
    ada.opens(letter_id)
    with pytest.raises(NotAllowed) as refusal:
        coordinator_keys.retire(house.services, ada.account_id, ada.key)
    assert refusal.value.code == "key-needed"
    ada.opens(letter_id, Wishes(coordinators=[ada.key, bob.key], rekey=True))
    coordinator_keys.retire(house.services, ada.account_id, ada.key)
    house.invite(letter_id)
    house.approve(letter_id, ONE)
    assert bob.closes(letter_id).listed == 1


def test_trust_names_every_key_and_which_one_the_service_holds(house: House) -> None:
    ada = coordinator(house)
    coordinator_keys.retire(house.services, ada.account_id, ada.key)
    bob = coordinator(house, "bob")
    named = _certified(house)
    assert house.services.coordinator is not None
    held = house.services.coordinator.public.key
    assert set(named.coordinators) == {held, ada.key, bob.key}
    assert named.held_by_service == (held,)
    bare = _certified(without_service_key(house))
    assert set(bare.coordinators) == {ada.key, bob.key}
    assert bare.held_by_service == ()


def _certified(house: House) -> Trust:
    services = replace(house.services, document_certificate="not looked at here")
    return Trust.from_bytes(auditing.trust_bytes(services))
