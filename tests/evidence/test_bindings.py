"""Which keys speak for whom: binds, vouchers, rotation, delegation, revocation (EVIDENCE 4.2; 4.9, steps 8 and 9)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from signing.evidence.ledger import Ledger, replay
from signing.evidence.stamp import Bounds

from .builders import ATTESTOR, COORDINATOR, STRANGER, LetterBuilder, commitment, letter_text, signatory
from .signers import browser_key, p256_key, passkey, ssh_key

PHONE, LAPTOP, TABLET = browser_key("phone"), browser_key("laptop"), browser_key("tablet")
PASSKEY, P256, SSH = passkey("passkey"), p256_key("p256"), ssh_key("ssh")
BOTH = ("attestor", "coordinator")
ORG, OTHER = signatory(0), signatory(1)


def opened(**asked) -> LetterBuilder:
    letter = LetterBuilder()
    letter.asks(**asked)
    return letter


def failures(letter: LetterBuilder) -> list[tuple[str, int | None]]:
    return [(failure.code, failure.entry) for failure in letter.ledger().failures]


def warnings(letter: LetterBuilder) -> list[str]:
    return [warning.code for warning in letter.ledger().warnings]


def standing(ledger: Ledger) -> list[tuple[str, int]]:
    return [(answer.identity, answer.level) for answer in ledger.approvals()]


def stamped(letter: LetterBuilder, times: dict[int, str]) -> Ledger:
    moments = [(size, datetime.fromisoformat(time).replace(tzinfo=UTC)) for size, time in times.items()]
    return replay(letter.entries, files=None, coordinators=None, bounds=Bounds(moments))


@pytest.mark.parametrize(
    ("key", "level"), [(PHONE, 2), (P256, 2), (PASSKEY, 3), (SSH, 4)], ids=["ed25519", "p256", "webauthn", "sshsig"]
)
def test_a_bound_key_speaks_at_the_level_of_its_scheme(key, level):
    letter = opened(min_level=level)
    letter.bind(ORG, key)
    letter.answer(ORG, key=key)
    ledger = letter.ledger()
    assert ledger.failures == []
    assert standing(ledger) == [("org-0", level)]


@pytest.mark.parametrize("key", [P256, PASSKEY, SSH], ids=["p256", "webauthn", "sshsig"])
def test_a_coordinator_signs_versions_and_closings_with_any_scheme(key):
    letter = LetterBuilder()
    letter.version(key=key, alter=lambda statement: replace(statement, coordinators=(key.public,)))
    letter.answer(ORG)
    letter.bind(OTHER, PHONE, key=key)
    letter.close(key=key)
    ledger = letter.ledger()
    assert ledger.failures == []
    assert len(ledger.closings) == 1


def test_a_passkey_of_another_page_signs_no_version():
    letter = LetterBuilder()
    phished = replace(PASSKEY, origin="https://assent.example.net")
    letter.version(key=phished, alter=lambda statement: replace(statement, coordinators=(PASSKEY.public,)))
    assert failures(letter) == [("WEBAUTHN_ORIGIN", 0)]


def test_a_version_cannot_move_its_own_signers_passkey_to_another_page():
    letter = LetterBuilder()
    coordinators = (PASSKEY.public,)
    letter.version(key=PASSKEY, alter=lambda statement: replace(statement, coordinators=coordinators))
    elsewhere = replace(PASSKEY, origin="https://evil.example")
    letter.version(
        key=elsewhere,
        alter=lambda statement: replace(
            statement, coordinators=coordinators, rp=replace(statement.rp, origins=("https://evil.example",))
        ),
    )
    assert failures(letter) == [("WEBAUTHN_ORIGIN", 1)]


def test_a_key_that_nobody_bound_speaks_for_nobody():
    letter = opened()
    letter.bind(OTHER, PHONE)
    letter.answer(ORG, key=PHONE)
    assert failures(letter) == [("KEY_UNBOUND", 2)]


def test_vouchers_add_up_to_what_the_letter_asks_for():
    letter = opened(binders=BOTH)
    letter.bind(ORG, PHONE)
    letter.answer(ORG, key=PHONE)
    assert failures(letter) == [("KEY_UNBOUND", 2)]
    del letter.last_answer["org-0"]
    letter.bind(ORG, PHONE, key=COORDINATOR)
    letter.answer(ORG, key=PHONE)
    assert failures(letter) == [("KEY_UNBOUND", 2)]
    assert standing(letter.ledger()) == [("org-0", 2)]


def test_a_coordinator_alone_binds_nobody_where_the_attestor_is_asked():
    letter = opened()
    letter.bind(ORG, PHONE, key=COORDINATOR)
    letter.answer(ORG, key=PHONE)
    assert failures(letter) == [("KEY_UNBOUND", 2)]


def test_a_rotation_is_worth_what_the_old_key_is_worth():
    letter = opened(binders=BOTH)
    letter.bind(ORG, PHONE)
    letter.bind(ORG, LAPTOP, key=PHONE)
    assert failures(letter) == [("BINDER_UNKNOWN", 2)], "half a voucher vouches for nobody"
    letter.bind(ORG, PHONE, key=COORDINATOR)
    letter.bind(ORG, LAPTOP, key=PHONE)
    letter.revoke(ORG, PHONE, key=LAPTOP)
    letter.answer(ORG, key=LAPTOP)
    ledger = letter.ledger()
    assert [failure.code for failure in ledger.failures] == ["BINDER_UNKNOWN"]
    assert standing(ledger) == [("org-0", 2)]
    assert "REKEYED" not in warnings(letter)


def test_a_letter_that_asks_for_more_asks_it_of_the_keys_that_were_handed_on_too():
    letter = opened()
    letter.bind(ORG, PHONE)
    letter.bind(ORG, LAPTOP, key=PHONE)
    letter.asks(binders=BOTH)
    letter.answer(ORG, key=LAPTOP)
    assert failures(letter) == [("KEY_UNBOUND", 4)]
    del letter.last_answer["org-0"]
    letter.bind(ORG, PHONE, key=COORDINATOR)
    letter.answer(ORG, key=LAPTOP)
    assert standing(letter.ledger()) == [("org-0", 2)]


def test_the_keys_of_another_organisation_hand_nothing_on():
    letter = opened()
    letter.bind(ORG, PHONE)
    letter.bind(OTHER, LAPTOP, key=PHONE)
    letter.revoke(OTHER, PHONE, key=PHONE)
    letter.bind(OTHER, LAPTOP, key=STRANGER)
    letter.bind(OTHER, LAPTOP, key=LAPTOP)
    assert [code for code, _ in failures(letter)] == ["BINDER_UNKNOWN"] * 4


def test_a_replaced_attestor_binds_nobody():
    letter = opened()
    letter.version(alter=lambda statement: replace(statement, attestor=STRANGER.public))
    letter.bind(ORG, PHONE)
    assert failures(letter) == [("BINDER_UNKNOWN", 2)]


def test_a_bind_that_another_key_signed_is_refused():
    letter = opened()
    impostor = replace(PHONE, public=ATTESTOR.public)
    letter.bind(ORG, PHONE, key=impostor, alter=lambda statement: replace(statement, basis="code"))
    assert failures(letter) == [("SIGNATURE_BAD", 1)]
    mixed = replace(PHONE, public=ATTESTOR.public, sign=COORDINATOR.private.sign)
    letter.bind(ORG, PHONE, key=mixed, alter=lambda statement: replace(statement, basis="code"))
    assert failures(letter)[1:] == [("KEY_MISMATCH", 2)]


@pytest.mark.parametrize(("key", "basis"), [(ATTESTOR, None), (COORDINATOR, "code")])
def test_the_attestor_says_what_a_bind_rests_on_and_nobody_else_does(key, basis):
    letter = opened()
    letter.bind(ORG, PHONE, key=key, alter=lambda statement: replace(statement, basis=basis))
    assert failures(letter) == [("TYPE_UNKNOWN", 1)]


def test_a_misnamed_a_weak_and_a_foreign_key_are_not_bound():
    letter = opened()
    for scheme, name in (("ed25519", LAPTOP.name), ("p256", PHONE.name), ("rsa", PHONE.name)):
        public = replace(PHONE.public, scheme=scheme, key=name)
        letter.bind(ORG, PHONE, alter=lambda statement, public=public: replace(statement, bound=public))
    assert [code for code, _ in failures(letter)] == ["KEY_NAME", "KEY_TYPE", "KEY_TYPE"]


def test_a_key_that_names_its_holder_is_not_bound_to_a_commitment():
    letter = opened()
    letter.bind(commitment(0), SSH)
    letter.bind(commitment(0), PASSKEY)
    letter.answer(commitment(0), key=PASSKEY)
    assert failures(letter) == [("KEY_TYPE", 1)]
    assert standing(letter.ledger()) == [(commitment(0).identity, 3)]


def test_one_key_in_two_schemes_is_two_keys_for_two_organisations_and_refused_for_one():
    # A passkey's public key is a plain key too: whoever sees it could bind it first, under the lower level.
    letter = opened()
    plain = replace(P256, public=replace(PASSKEY.public, scheme="p256"))
    letter.bind(OTHER, plain)
    letter.bind(ORG, PASSKEY)
    letter.bind(OTHER, PASSKEY)
    letter.answer(ORG, key=PASSKEY)
    assert failures(letter) == [("KEY_TYPE", 3)]
    assert standing(letter.ledger()) == [("org-0", 3)]
    assert warnings(letter) == ["KEY_SHARED"]


def test_a_decline_is_signed_by_the_attestor_alone_and_at_any_level():
    letter = opened(min_level=3)
    letter.bind(commitment(0), PASSKEY)
    letter.answer(commitment(0), "decline", key=PASSKEY)
    assert failures(letter) == [("KEY_UNBOUND", 2)]
    del letter.last_answer[commitment(0).identity]
    letter.answer(commitment(0), "decline")
    assert failures(letter) == [("KEY_UNBOUND", 2)]


def test_a_browser_key_is_below_a_letter_that_asks_for_a_passkey():
    letter = opened(min_level=3)
    letter.bind(ORG, PHONE)
    letter.answer(ORG, key=PHONE)
    assert failures(letter) == [("LEVEL_BELOW_POLICY", 2)]


@pytest.mark.parametrize("revoker", [PHONE, LAPTOP, ATTESTOR, COORDINATOR], ids=["itself", "sibling", "attestor", "c"])
def test_a_revoked_key_speaks_no_longer_and_what_it_said_stands(revoker):
    letter = opened()
    letter.bind(ORG, PHONE)
    letter.bind(ORG, LAPTOP)
    letter.answer(ORG, key=PHONE)
    letter.revoke(ORG, PHONE, key=revoker)
    letter.answer(ORG, "withdraw", key=PHONE)
    assert failures(letter) == [("KEY_REVOKED", 5)]
    assert standing(letter.ledger()) == [("org-0", 2)]


def test_a_revoked_key_is_not_bound_again_and_revokes_and_binds_nothing():
    letter = opened()
    letter.bind(ORG, PHONE)
    letter.bind(ORG, LAPTOP)
    letter.revoke(ORG, PHONE)
    letter.bind(ORG, PHONE)
    letter.bind(ORG, TABLET, key=PHONE)
    letter.revoke(ORG, LAPTOP, key=PHONE)
    letter.revoke(ORG, PHONE, key=PHONE, compromised_since="2020-01-01T00:00:00Z")
    letter.revoke(ORG, TABLET)
    assert [code for code, _ in failures(letter)] == [
        "KEY_REVOKED", "BINDER_UNKNOWN", "BINDER_UNKNOWN", "BINDER_UNKNOWN", "KEY_UNBOUND",
    ]  # fmt: skip


def test_what_a_stolen_key_signed_after_the_theft_is_disputed():
    letter = opened()
    letter.bind(ORG, PHONE)
    letter.answer(ORG, key=PHONE)  # claims 00:00:02
    letter.revoke(ORG, PHONE, compromised_since="2026-11-24T00:00:01Z")
    assert warnings(letter) == ["DISPUTED"]
    assert standing(letter.ledger()) == [("org-0", 2)], "disputed, and still counted"
    letter.revoke(ORG, PHONE, compromised_since="2026-11-24T00:00:02Z")
    assert warnings(letter) == ["DISPUTED"], "a second word never takes the first one back"
    late = opened()
    late.bind(ORG, PHONE)
    late.answer(ORG, key=PHONE)
    late.revoke(ORG, PHONE, compromised_since="2026-11-24T00:00:02Z")
    assert warnings(late) == []
    assert [w.code for w in stamped(late, {0: "2026-11-24T00:00:03"}).warnings] == ["DISPUTED"]


def test_a_key_that_only_a_thief_vouches_for_is_disputed_with_the_stolen_one():
    letter = opened()
    letter.bind(ORG, PHONE)
    letter.bind(ORG, LAPTOP, key=PHONE)
    letter.bind(ORG, TABLET, key=LAPTOP)
    letter.answer(ORG, key=TABLET)
    letter.revoke(ORG, PHONE, compromised_since="2026-11-24T00:00:01Z")
    assert warnings(letter) == ["DISPUTED"]
    letter.bind(ORG, TABLET, key=TABLET)
    assert warnings(letter) == ["DISPUTED"], "its own word adds nothing"
    letter.bind(ORG, TABLET)
    assert warnings(letter) == []


def test_a_thief_s_keys_cannot_clear_themselves_or_one_another():
    letter = opened()
    letter.bind(ORG, PHONE)
    letter.bind(ORG, LAPTOP, key=PHONE)
    letter.bind(ORG, TABLET, key=LAPTOP)
    letter.bind(ORG, LAPTOP, key=LAPTOP)
    letter.bind(ORG, LAPTOP, key=TABLET)
    letter.answer(ORG, key=LAPTOP)
    letter.revoke(ORG, PHONE, compromised_since="2026-11-24T00:00:01Z")
    assert failures(letter) == []
    assert warnings(letter) == ["DISPUTED"]


def test_whoever_casts_doubt_on_an_answer_is_named():
    letter = opened()
    letter.bind(ORG, PHONE)
    letter.bind(ORG, LAPTOP, key=PHONE)
    letter.answer(ORG, key=PHONE)
    letter.revoke(ORG, PHONE, key=LAPTOP, compromised_since="2026-11-24T00:00:02Z")
    letter.revoke(ORG, PHONE, key=COORDINATOR, compromised_since="2026-11-24T00:00:01Z")
    (warning,) = letter.ledger().warnings
    assert "in entry 5 by the coordinator" in warning.message
    letter.revoke(ORG, PHONE, compromised_since="2026-11-24T00:00:01Z")
    assert "in entry 5 by the coordinator" in letter.ledger().warnings[0].message, "the first who said so"


def test_a_delegation_ends_and_nobody_prolongs_it_by_handing_on():
    end = "2026-11-24T00:00:06Z"
    letter = opened()
    letter.bind(ORG, PHONE)
    letter.bind(ORG, LAPTOP, key=PHONE, until=end)
    letter.bind(ORG, LAPTOP, key=LAPTOP)
    letter.bind(ORG, TABLET, key=LAPTOP)
    letter.answer(ORG, key=LAPTOP)
    letter.answer(ORG, key=TABLET)
    letter.answer(ORG, key=LAPTOP)  # claims 00:00:07
    letter.answer(ORG, key=TABLET)
    assert failures(letter) == [("KEY_EXPIRED", 7), ("KEY_EXPIRED", 8)]
    letter.bind(ORG, STRANGER, key=LAPTOP)
    assert failures(letter)[2:] == [("BINDER_UNKNOWN", 9)]


def test_a_later_bind_prolongs_a_key():
    letter = opened()
    letter.bind(ORG, PHONE, until="2026-11-24T00:00:01Z")
    letter.bind(ORG, PHONE, until="2026-11-25T00:00:00Z")
    letter.answer(ORG, key=PHONE)
    assert failures(letter) == []


def test_with_stamps_an_expired_key_cannot_claim_an_earlier_time():
    letter = opened()
    letter.bind(ORG, PHONE, until="2026-11-24T00:02:00Z")
    letter.answer(ORG, key=PHONE)  # claims 00:00:02, within 300 seconds of the stamp
    assert failures(letter) == []
    assert [f.code for f in stamped(letter, {1: "2026-11-24T00:03:00"}).failures] == ["KEY_EXPIRED"]
    assert stamped(letter, {1: "2026-11-24T00:02:00"}).failures == []


def test_a_claimed_time_outside_the_stamps_counts_for_nothing():
    letter = opened()
    letter.answer(ORG)  # entry 1, head 1, claims 00:00:01
    assert stamped(letter, {0: "2026-11-24T00:05:01", 2: "2026-11-24T00:05:02"}).failures == []
    backdated = stamped(letter, {0: "2026-11-24T00:05:02"})
    assert [(f.code, f.entry) for f in backdated.failures] == [("TIME_OUT_OF_BOUNDS", 1)]
    assert backdated.live == {}
    ahead = stamped(letter, {2: "2026-11-23T23:55:00"})
    assert [(f.code, f.entry) for f in ahead.failures] == [("TIME_OUT_OF_BOUNDS", 1)]


def test_a_new_key_without_the_old_ones_word_is_said_to_be_re_keyed():
    letter = opened()
    letter.bind(ORG, PHONE)
    letter.bind(ORG, LAPTOP)
    letter.bind(OTHER, P256)
    assert warnings(letter) == ["REKEYED"]
    letter.bind(ORG, LAPTOP, key=PHONE)
    assert warnings(letter) == []


def test_two_new_keys_that_bind_one_another_continue_no_older_one():
    letter = opened()
    letter.bind(ORG, PHONE)
    letter.bind(ORG, LAPTOP)
    letter.bind(ORG, TABLET, key=LAPTOP)
    letter.bind(ORG, LAPTOP, key=TABLET)
    (warning,) = letter.ledger().warnings
    assert (warning.code, warning.entry) == ("REKEYED", 2)


def test_a_key_that_was_never_good_enough_is_no_key_to_continue():
    letter = opened(binders=BOTH)
    letter.bind(ORG, PHONE)
    letter.bind(ORG, LAPTOP)
    letter.bind(ORG, LAPTOP, key=COORDINATOR)
    assert warnings(letter) == []


def test_a_key_bound_to_two_organisations_is_a_warning_and_no_failure():
    letter = opened()
    letter.bind(ORG, PHONE)
    letter.bind(OTHER, PHONE)
    letter.bind(commitment(2), PHONE)
    letter.answer(ORG, key=PHONE)
    assert failures(letter) == []
    assert warnings(letter) == ["KEY_SHARED"]


def test_an_attested_answer_after_one_with_a_key_is_pointed_out():
    letter = opened()
    letter.bind(ORG, PHONE)
    letter.answer(ORG, key=PHONE)
    letter.answer(ORG, "withdraw")
    assert failures(letter) == []
    assert warnings(letter) == ["LEVEL_DROPPED"]


def test_a_key_statement_before_the_letter_is_refused():
    letter = LetterBuilder()
    letter.bind(ORG, PHONE)
    assert failures(letter) == [("LETTER_UNKNOWN", 0)]


def test_the_title_that_was_signed_is_the_title_of_a_file():
    letter = LetterBuilder()
    letter.version({"en": letter_text(), "fr": letter_text("fr", title="Lettre ouverte")})
    assert failures(letter) == []
    letter.version(alter=lambda statement: replace(statement, title="Another letter"))
    assert failures(letter) == [("TEXT_FILE_MISMATCH", 1)]
    assert len(letter.ledger().versions) == 2


def test_a_wrong_guess_of_the_reader_changes_nothing():
    # A refused version, a refused bind: what they say about keys and places must not reach any judgement.
    letter = opened()
    letter.bind(ORG, PASSKEY)
    letter.version(key=STRANGER, alter=lambda s: replace(s, rp=replace(s.rp, id="evil.example", origins=("x",))))
    letter.versions.pop()
    plain = replace(P256, public=replace(PASSKEY.public, scheme="p256"))
    letter.bind(OTHER, plain, key=STRANGER)
    letter.answer(ORG, key=PASSKEY)
    assert failures(letter) == [("COORDINATOR_UNKNOWN", 2), ("BINDER_UNKNOWN", 3)]
    assert standing(letter.ledger()) == [("org-0", 3)]
