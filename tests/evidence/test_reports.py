"""The report for people and machines: who vouched, between when and when, what no check can prove."""

import json
import sys
from dataclasses import replace

from signing.evidence import verify_bundle
from signing.evidence.phrase import phrase, words_digest
from signing.evidence.report import LIMITS, LIMITS_BY_LEVEL, OrganisationRow, Report

from .builders import (
    ATTESTOR,
    AUTHORITY,
    COORDINATOR,
    HOST,
    WITNESS_LINE,
    LetterBuilder,
    closed_letter,
    commitment,
    letter_text,
    signatory,
    trust_of,
)
from .signers import BE, BS, UP, UV, browser_key, openpgp_key, passkey, ssh_key

PHONE, LAPTOP, SSH = browser_key("phone"), browser_key("laptop"), ssh_key("ssh")
PASSKEY = replace(passkey("passkey"), flags=UP | UV | BE | BS)
STAMPED = trust_of(roots=(AUTHORITY.root_pem,))


def earlier_bind(until: str | None = None) -> bytes:
    letter = LetterBuilder(f"{HOST}/l/earlier")
    letter.version()
    return letter.receipt(letter.bind(signatory(0), PHONE, until=until))


def letter_of_all_kinds() -> LetterBuilder:
    letter = LetterBuilder()
    letter.version({"en": letter_text(), "fr": letter_text("fr", title="Lettre ouverte")})
    letter.stamp("2026-11-24T00:00:00")
    letter.bind(signatory(0), PHONE, history=earlier_bind())
    letter.answer(signatory(0), key=PHONE)
    letter.bind(signatory(1), PASSKEY)
    letter.bind(signatory(1), PASSKEY, key=COORDINATOR)
    letter.answer(signatory(1), key=PASSKEY)
    letter.bind(signatory(2), LAPTOP)
    letter.bind(signatory(2), SSH, key=LAPTOP)
    letter.answer(signatory(2), key=SSH)
    letter.answer(signatory(3))
    letter.answer(commitment(4), "decline")
    letter.close()
    letter.stamp("2026-11-24T00:02:00")
    return letter


LETTER = letter_of_all_kinds()
REPORT = verify_bundle(LETTER.bundle(), STAMPED)


def row(org: str) -> OrganisationRow:
    [found] = [row for row in REPORT.organisations if row.org == org]
    return found


def test_each_row_says_level_and_who_vouched():
    assert REPORT.verdict == "PROVED", REPORT.to_text()
    assert {(each.org, each.level, each.level_name, each.bound_by) for each in REPORT.organisations} == {
        ("org-0", 2, "browser key", "attestor (continuity)"),
        ("org-1", 3, "passkey", "attestor (code), coordinator"),
        ("org-2", 4, "own key", f"the organisation's own key {LAPTOP.name}"),
        ("org-3", 1, "attested", "attestor"),
        (None, 1, "attested", "attestor"),
    }
    assert row("org-2").key == SSH.name


def test_a_bind_by_continuity_lasts_no_longer_than_the_one_it_continues():
    def codes(until: str | None) -> list[str]:
        letter = LetterBuilder()
        letter.version()
        letter.bind(signatory(0), PHONE, until=until, history=earlier_bind("2026-12-01T00:00:00Z"))
        return [failure.code for failure in verify_bundle(letter.bundle(), trust_of()).failures]

    assert codes("2026-12-01T00:00:00Z") == []
    assert codes("2026-12-01T00:00:01Z") == ["KEY_UNBOUND"]
    assert codes(None) == ["KEY_UNBOUND"]


def test_each_row_says_between_when_and_when():
    assert (row("org-0").not_before, row("org-0").not_after) == ("2026-11-24T00:00:00Z", "2026-11-24T00:02:00Z")
    assert "not before 2026-11-24T00:00:00Z, not after 2026-11-24T00:02:00Z" in row("org-0").to_text()
    unstamped = verify_bundle(LETTER.bundle(), trust_of())
    assert {(each.not_before, each.not_after) for each in unstamped.organisations} == {(None, None)}


def test_a_key_known_from_an_earlier_letter_is_said_to_be_the_same_since():
    assert row("org-0").same_key_since == "2026-11-24T00:00:01Z"
    assert "the same key since 2026-11-24T00:00:01Z" in REPORT.to_text()
    assert row("org-1").same_key_since is None


def test_a_synced_passkey_is_said_to_be_one():
    assert row("org-1").synced_passkey is True
    assert row("org-0").synced_passkey is None
    assert "level 3 (passkey, synced)" in row("org-1").to_text()


def test_who_signed_letter_and_list_is_said_and_whether_the_service_holds_the_key():
    assert [(each.what, each.index, each.key, each.held_by_service) for each in REPORT.signers] == [
        ("Version 1", 0, COORDINATOR.name, True),
        ("Edition 1", 11, COORDINATOR.name, True),
    ]
    elsewhere = verify_bundle(LETTER.bundle(), replace(STAMPED, held_by_service=(ATTESTOR.name,)))
    assert {each.held_by_service for each in elsewhere.signers} == {False}
    assert "a key that the service does not hold" in elsewhere.to_text()
    silent = verify_bundle(LETTER.bundle(), replace(STAMPED, held_by_service=None))
    assert {each.held_by_service for each in silent.signers} == {None}


def test_the_words_have_a_fingerprint_that_is_compared_by_telephone():
    digest = words_digest({file.name.split(".")[1]: file.sha256 for file in LETTER.versions[0].subject})
    assert REPORT.to_json()["words"] == {"sha256": digest, "phrase": phrase(digest)}
    assert phrase(digest) in REPORT.to_text()


def test_the_limits_are_those_of_the_levels_that_occur():
    every = [*LIMITS, *(limit for level in LIMITS_BY_LEVEL.values() for limit in level)]
    assert set(REPORT.limits) == set(every)
    attested = verify_bundle(closed_letter().bundle(), trust_of())
    assert attested.limits == [*LIMITS, *LIMITS_BY_LEVEL[1]]
    assert Report().limits == list(LIMITS)


def test_a_re_keyed_and_a_disputed_row_say_so():
    letter = LetterBuilder()
    letter.version()
    letter.bind(signatory(0), PHONE)
    letter.bind(signatory(0), LAPTOP)
    letter.answer(signatory(0), key=LAPTOP)
    letter.revoke(signatory(0), LAPTOP, compromised_since="2026-11-24T00:00:00Z")
    letter.close()
    report = verify_bundle(letter.bundle(), trust_of())
    [found] = report.organisations
    assert (found.rekeyed, found.disputed) == (True, True)
    assert "RE-KEYED" in report.to_text()
    assert "DISPUTED" in report.to_text()
    assert report.verdict == "PROVED"


def test_a_signature_that_cannot_be_judged_here_is_listed_and_leaves_the_proof_open(monkeypatch):
    key = openpgp_key("organisation")
    letter = LetterBuilder()
    letter.version()
    letter.bind(signatory(0), key)
    letter.answer(signatory(0), key=key)
    letter.close()
    assert verify_bundle(letter.bundle(), trust_of()).verdict == "PROVED"
    monkeypatch.setitem(sys.modules, "pysequoia", None)
    report = verify_bundle(letter.bundle(), trust_of())
    assert report.exit_code == 3
    assert [each.code for each in report.unproved] == ["SCHEME_NOT_CHECKED"]
    assert [(each.listed, each.signature_checked) for each in report.organisations] == [(True, False)]
    assert "SIGNATURE NOT CHECKED" in report.to_text()


def test_all_that_an_auditor_can_ask_for_leaves_no_warning():
    letter = closed_letter()
    newest = letter.cosign()
    letter.stamp("2026-11-24T00:02:00")
    trust = trust_of(policy=WITNESS_LINE, roots=(AUTHORITY.root_pem,))
    report = verify_bundle(letter.bundle(newest), replace(trust, held_by_service=()))
    assert (report.verdict, report.warnings) == ("PROVED", [])
    assert report.authorities == {"authority": 1}


def test_the_json_holds_all_that_the_text_says():
    value = json.loads(json.dumps(REPORT.to_json()))
    assert {"words", "signers", "authorities", "continues", "limits"} <= value.keys()
    assert {"same_key_since", "synced_passkey", "rekeyed", "disputed", "confidential", "signature_checked"} <= value[
        "organisations"
    ][0].keys()
