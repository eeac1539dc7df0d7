"""The attacker played for each row of the threat table (EVIDENCE 4.10), as far as a bundle and a log can show it.

Every attack here is made with the keys the adversary of its row really holds, and no others.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from signing.evidence import Trust, verify_bundle
from signing.evidence.envelope import Envelope, seal
from signing.evidence.report import Report
from signing.evidence.signatory_list import ListedName, SignatoryList
from signing.evidence.statement import CloseStatement

from .builders import (
    ATTESTOR,
    AUTHORITY,
    COORDINATOR,
    HOST,
    LOG,
    STRANGER,
    WITNESS_LINE,
    LetterBuilder,
    letter_text,
    signatory,
    trust_of,
)
from .signers import browser_key, passkey

PHONE, PASSKEY = browser_key("phone"), passkey("passkey")
STAMPED = trust_of(roots=(AUTHORITY.root_pem,))
VICTIM, OTHER = signatory(0), signatory(1)


def story(**asked) -> LetterBuilder:
    """A letter with one organisation that has a key of its own, and one that is attested."""
    letter = LetterBuilder()
    letter.asks(**asked)
    letter.bind(VICTIM, PHONE)
    letter.answer(VICTIM, key=PHONE)
    letter.answer(OTHER)
    return letter


def closed(letter: LetterBuilder) -> dict[str, bytes]:
    letter.close()
    return letter.bundle()


def codes(report: Report) -> set[str]:
    return {failure.code for failure in report.failures}


def judged(files: dict[str, bytes], trust: Trust | None = None) -> set[str]:
    report = verify_bundle(files, trust or trust_of())
    assert (report.verdict == "REJECTED") == bool(report.failures)
    return codes(report)


def test_the_story_is_proved_before_anybody_attacks_it():
    assert judged(closed(story())) == set()


# Network attacker


def test_a_network_attacker_forges_a_statement():
    letter = story()
    letter.answer(VICTIM, "withdraw", key=replace(PHONE, sign=STRANGER.private.sign))
    assert judged(closed(letter)) == {"SIGNATURE_BAD"}


def test_a_network_attacker_lures_a_passkey_to_a_look_alike_site():
    letter = LetterBuilder()
    letter.version()
    letter.bind(VICTIM, PASSKEY)
    letter.answer(VICTIM, key=replace(PASSKEY, origin="https://assent-example.net"))
    letter.last_answer.clear()
    letter.answer(OTHER)
    assert judged(closed(letter)) == {"WEBAUTHN_ORIGIN"}


# Thief of the e-mailed link


def test_a_thief_of_the_link_signs_with_a_key_of_his_own():
    letter = story()
    letter.answer(VICTIM, "withdraw", key=STRANGER)
    assert judged(closed(letter)) == {"KEY_UNBOUND"}


def test_a_thief_of_the_link_binds_his_own_key_himself():
    letter = story()
    letter.bind(VICTIM, STRANGER, key=STRANGER)
    letter.answer(VICTIM, "withdraw", key=STRANGER)
    assert judged(closed(letter)) == {"BINDER_UNKNOWN", "KEY_UNBOUND"}


# Malicious coordinator


def test_a_coordinator_changes_the_words_after_the_assents():
    letter = story()
    names = letter.signatories()
    letter.version({"en": letter_text(words="We ask for **war**.")})
    letter.close(names=names)
    assert judged(letter.bundle()) == {"LIST_EXTRA"}


def test_a_coordinator_shows_other_words_under_a_version_that_was_signed():
    letter = story()
    files = closed(letter)
    assert judged({**files, "letter/1.en.md": letter_text(words="We ask for **war**.")}) == {"TEXT_FILE_MISMATCH"}


def test_a_coordinator_has_an_assent_to_one_text_count_for_another():
    other = LetterBuilder()
    other.version({"en": letter_text(words="We ask for **war**.")})
    letter = story()
    letter.answer(signatory(2), alter=lambda assent: replace(assent, subject=other.versions[0].subject))
    assert judged(closed(letter)) == {"TEXT_MISMATCH"}


def test_a_coordinator_adds_a_name_without_an_assent():
    letter = story()
    names = letter.signatories()
    letter.close(names=SignatoryList((*names.listed, ListedName(signatory(5), 3, None))))
    assert judged(letter.bundle()) == {"LIST_EXTRA"}


def test_a_coordinator_leaves_a_signatory_out():
    letter = story()
    letter.close(names=SignatoryList(letter.signatories().listed[1:]))
    assert judged(letter.bundle()) == {"LIST_MISSING"}


def test_a_coordinator_prints_a_name_in_other_words():
    letter = story()
    first, *rest = letter.signatories().listed
    reworded = replace(first, signatory=replace(first.signatory, listed_as="Ministry of Water"))
    letter.close(names=SignatoryList((reworded, *rest)))
    assert judged(letter.bundle()) == {"LIST_NAME_MISMATCH"}


def test_a_coordinator_forges_with_a_key_that_he_alone_bound():
    letter = story(min_level=1)
    letter.bind(signatory(5), STRANGER, key=COORDINATOR)
    letter.answer(signatory(5), key=STRANGER)
    assert judged(closed(letter)) == {"KEY_UNBOUND"}


# Malicious or seized service


def test_a_service_forges_for_a_key_that_is_bound_already():
    letter = story()
    letter.answer(VICTIM, "withdraw", key=replace(PHONE, sign=ATTESTOR.private.sign))
    assert judged(closed(letter)) == {"KEY_MISMATCH"}


def test_a_service_attests_where_the_letter_asks_for_a_key():
    letter = LetterBuilder()
    letter.asks(min_level=2)
    letter.bind(VICTIM, PHONE)
    letter.answer(VICTIM, key=PHONE)
    letter.answer(OTHER)
    assert judged(closed(letter)) == {"LEVEL_BELOW_POLICY"}


def test_a_service_binds_a_false_key_where_the_coordinator_is_asked_too():
    letter = LetterBuilder()
    letter.asks(binders=("attestor", "coordinator"))
    letter.answer(OTHER)
    letter.bind(VICTIM, STRANGER)
    letter.answer(VICTIM, key=STRANGER)
    assert judged(closed(letter)) == {"KEY_UNBOUND"}


def test_a_service_attests_over_a_bound_key_and_the_report_points_at_it():
    letter = story()
    letter.answer(VICTIM, "withdraw")
    report = verify_bundle(closed(letter), trust_of())
    assert "LEVEL_DROPPED" in {warning.code for warning in report.warnings}


@pytest.mark.parametrize("key", [ATTESTOR, LOG, STRANGER], ids=["attestor", "log", "stranger"])
def test_a_service_closes_a_letter_alone(key):
    letter = story()
    letter.close(key=key)
    assert judged(letter.bundle()) == {"CLOSE_UNSIGNED"}


def test_a_service_keeps_the_coordinators_signature_and_swaps_the_list():
    letter = story()
    files = closed(letter)
    names = letter.signatories().listed
    swapped = SignatoryList((replace(names[0], signatory=signatory(7)), *names[1:])).to_bytes()
    assert judged({**files, "signatories.json": swapped}) == {"LIST_FILE_MISMATCH"}


def rewritten(change: Callable[[list[bytes]], list[bytes]]) -> tuple[dict[str, bytes], bytes]:
    """The log signed anew over changed entries, and the receipt that a contact got before."""
    letter = story()
    receipt = letter.receipt(2)
    liar = LetterBuilder(files=letter.files, versions=letter.versions)
    for entry in change(list(letter.entries)):
        liar.append_entry(entry)
    return liar.bundle(), receipt


def dropped(entries: list[bytes]) -> list[bytes]:
    return entries[:2] + entries[3:]


def reordered(entries: list[bytes]) -> list[bytes]:
    return [*entries[:2], entries[3], entries[2]]


@pytest.mark.parametrize("change", [dropped, reordered])
def test_a_service_drops_or_reorders_what_was_receipted(change):
    files, receipt = rewritten(change)
    report = verify_bundle({**files, "receipts/mine.tlog-proof": receipt}, trust_of())
    assert "RECEIPT_FORKED" in codes(report)
    assert len(report.evidence) == 2, "both signed heads are shown: they convict the log"
    assert codes(verify_bundle(files, trust_of(), older=receipt)) >= {"RECEIPT_FORKED"}


@pytest.mark.parametrize("change", [dropped, reordered])
def test_a_service_drops_or_reorders_and_even_without_receipts_the_signers_heads_tell(change):
    files, _ = rewritten(change)
    assert judged(files) & {"HEAD_FORKED", "HEAD_FROM_FUTURE"}


@pytest.mark.parametrize("change", [dropped, reordered])
def test_whoever_cannot_sign_for_the_log_drops_or_reorders(change):
    letter = story()
    checkpoint = letter.checkpoint()
    liar = LetterBuilder(files=letter.files, versions=letter.versions)
    for entry in change(list(letter.entries)):
        liar.append_entry(entry)
    assert "ROOT_MISMATCH" in judged(liar.bundle(checkpoint))


def test_a_service_backdates_an_entry_after_a_stamp():
    letter = story()
    letter.stamp("2026-11-24T01:00:00")
    letter.answer(signatory(2))
    letter.answer(signatory(3))  # names a head beyond the stamped one and claims the first minute of the day
    letter.close(alter=_at("2026-11-24T01:00:30Z"))
    letter.stamp("2026-11-24T01:01:00")
    assert judged(letter.bundle(), STAMPED) == {"TIME_OUT_OF_BOUNDS"}


def _at(time: str) -> Callable[[CloseStatement], CloseStatement]:
    return lambda statement: replace(statement, time=time)


def test_a_service_shows_a_contact_a_history_that_no_witness_saw():
    files = closed(story())
    assert judged(files, trust_of(policy=WITNESS_LINE)) == {"WITNESS_QUORUM"}


def test_a_service_replays_an_assent_of_another_letter():
    other = LetterBuilder(f"{HOST}/l/another")
    other.version()
    other.answer(signatory(5))
    letter = story()
    letter.append_entry(other.entries[1])
    assert judged(closed(letter)) == {"LETTER_MISMATCH"}


def test_a_service_replays_an_assent_of_this_letter():
    letter = story()
    letter.answer(VICTIM, "withdraw", key=PHONE)
    letter.append_entry(letter.entries[2])
    assert judged(closed(letter)) == {"DUPLICATE_STATEMENT"}


def test_a_service_gives_an_old_signature_to_new_words():
    letter = story()
    old = Envelope.from_bytes(letter.entries[2])
    letter.answer(VICTIM, "withdraw", key=PHONE)
    forged = replace(Envelope.from_bytes(letter.entries.pop()), signature=old.signature)
    liar = LetterBuilder(files=letter.files, versions=letter.versions)
    for entry in [*letter.entries, forged.to_bytes()]:
        liar.append_entry(entry)
    assert judged(closed(liar)) == {"SIGNATURE_BAD"}


# Thief in the contact's mailbox


def test_a_mailbox_thief_rotates_the_key_without_the_old_one_and_is_seen():
    letter = story()
    letter.bind(VICTIM, STRANGER)
    letter.answer(VICTIM, "withdraw", key=STRANGER)
    report = verify_bundle(closed(letter), trust_of())
    assert "REKEYED" in {warning.code for warning in report.warnings}
    assert [row.rekeyed for row in report.organisations if row.org == "org-0"] == [True]


def test_a_mailbox_thief_gets_no_further_where_the_coordinator_compares_fingerprints():
    letter = LetterBuilder()
    letter.asks(binders=("attestor", "coordinator"), min_level=2)
    letter.bind(VICTIM, STRANGER)
    letter.answer(VICTIM, key=STRANGER)
    assert judged(letter.bundle()) == {"KEY_UNBOUND"}


# Thief of a key, later


def test_a_key_thief_signs_after_the_revocation():
    letter = story()
    letter.revoke(VICTIM, PHONE)
    letter.answer(VICTIM, "withdraw", key=PHONE)
    assert judged(closed(letter)) == {"KEY_REVOKED"}


def test_a_key_thief_puts_an_assent_into_the_past():
    letter = story()
    files = closed(letter)
    letter.entries[3] = seal(
        Envelope.from_bytes(letter.entries[2]).payload.replace(b"approve", b"withdraw"), PHONE.name, PHONE.sign
    )
    assert "ROOT_MISMATCH" in judged({**files, "entries/000003.dsse.json": letter.entries[3]})


def test_a_key_thief_claims_a_time_before_the_theft_and_the_stamps_say_otherwise():
    letter = LetterBuilder()
    letter.version()
    letter.bind(VICTIM, PHONE)
    letter.stamp("2026-11-24T00:04:00")
    letter.answer(OTHER)
    letter.answer(VICTIM, key=PHONE)  # claims the fourth second of the day
    letter.revoke(VICTIM, PHONE, compromised_since="2026-11-24T00:03:00Z")
    letter.close()
    letter.stamp("2026-11-24T00:05:00")
    report = verify_bundle(letter.bundle(), STAMPED)
    assert [row.disputed for row in report.organisations if row.org == "org-0"] == [True]
