"""Keys of organisations: sound binds of every kind, and defects of them (EVIDENCE 4.2; 4.9, steps 8 and 9)."""

from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

from signing.evidence.envelope import Envelope
from signing.evidence.keyring import PublicKey
from signing.evidence.receipt import Receipt
from tests.evidence.builders import (
    ATTESTOR,
    COORDINATOR,
    HOST,
    LOG,
    STRANGER,
    Key,
    LetterBuilder,
    commitment,
    signatory,
)
from tests.evidence.signers import Signer, browser_key, p256_key, ssh_key
from tests.vectors.story import Files, broken_signature, finish, flipped, opened, vector

PHONE, LAPTOP, P256, SSH = browser_key("phone"), browser_key("laptop"), p256_key("p256"), ssh_key("ssh")
BOTH = ("attestor", "coordinator")
ORG = signatory(0)


def bound(key: Signer = PHONE) -> LetterBuilder:
    """A letter with one key bound, so that the next entry is 2."""
    letter = opened()
    letter.bind(ORG, key)
    return letter


def signed(letter: LetterBuilder, key: Signer = PHONE) -> Files:
    letter.answer(ORG, key=key)
    return finish(letter)


def earlier_bind(key: Signer = PHONE, number: int = 0, log_key: Key = LOG) -> bytes:
    letter = LetterBuilder(f"{HOST}/l/earlier", log_key=log_key)
    letter.version()
    return letter.receipt(letter.bind(signatory(number), key))


# Nothing wrong


@vector(exit_code=0)
def keys_of_every_kind() -> Files:
    letter = opened()
    for number, key in enumerate((PHONE, P256, SSH)):
        letter.bind(signatory(number), key)
        letter.answer(signatory(number), key=key)
    return finish(letter)


@vector(exit_code=0)
def key_vouched_for_by_the_coordinator() -> Files:
    letter = LetterBuilder()
    letter.asks(binders=BOTH, min_level=2)
    letter.bind(ORG, PHONE)
    letter.bind(ORG, PHONE, key=COORDINATOR)
    return signed(letter)


@vector(exit_code=0)
def key_rotated() -> Files:
    letter = bound()
    letter.bind(ORG, LAPTOP, key=PHONE)
    letter.revoke(ORG, PHONE, key=LAPTOP)
    return signed(letter, LAPTOP)


@vector(exit_code=0)
def key_delegated() -> Files:
    letter = bound()
    letter.bind(ORG, LAPTOP, key=PHONE, until="2026-11-25T00:00:00Z")
    return signed(letter, LAPTOP)


@vector(exit_code=0)
def same_key_as_in_an_earlier_letter() -> Files:
    letter = opened()
    letter.bind(ORG, PHONE, history=earlier_bind())
    return signed(letter)


@vector(exit_code=0)
def confidential_with_a_key() -> Files:
    letter = opened()
    letter.bind(commitment(0), PHONE)
    letter.answer(commitment(0), key=PHONE)
    return finish(letter)


# Warnings


@vector(exit_code=0, warns=("KEY_SHARED",))
def key_bound_to_two_organisations() -> Files:
    letter = bound()
    letter.bind(signatory(1), PHONE)
    return signed(letter)


@vector(exit_code=0, warns=("REKEYED",))
def key_replaced_without_the_old_one() -> Files:
    letter = bound()
    letter.bind(ORG, LAPTOP)
    return signed(letter, LAPTOP)


@vector(exit_code=0, warns=("DISPUTED",))
def assent_after_the_theft_of_its_key() -> Files:
    letter = bound()
    letter.answer(ORG, key=PHONE)
    letter.revoke(ORG, PHONE, compromised_since="2026-11-24T00:00:01Z")
    return finish(letter)


@vector(exit_code=0, warns=("LEVEL_DROPPED",))
def attested_answer_after_one_with_a_key() -> Files:
    letter = bound()
    letter.answer(ORG, key=PHONE)
    letter.answer(ORG)
    return finish(letter)


@vector(exit_code=0, warns=("POLICY_RAISED",))
def level_raised_over_approvals_that_carry() -> Files:
    letter = opened()
    letter.answer(ORG)
    texts = {"en": letter.files["1.en.md"]}
    letter.version(texts, alter=lambda statement: replace(statement, min_level=2))
    return finish(letter)


# 8. key


@vector("KEY_NAME")
def bound_key_under_anothers_name() -> Files:
    letter = opened()
    misnamed = replace(PHONE.public, key=LAPTOP.name)
    letter.bind(ORG, PHONE, alter=lambda statement: replace(statement, bound=misnamed))
    letter.answer(ORG)
    return finish(letter)


@vector("KEY_TYPE")
def bound_key_of_an_unknown_scheme() -> Files:
    letter = opened()
    foreign = replace(PHONE.public, scheme="dkim")
    letter.bind(ORG, PHONE, alter=lambda statement: replace(statement, bound=foreign))
    letter.answer(ORG)
    return finish(letter)


@vector("KEY_TYPE")
def commitment_bound_to_an_ssh_key() -> Files:
    letter = opened()
    letter.bind(commitment(0), SSH)
    letter.answer(commitment(0))
    return finish(letter)


@vector("KEY_WEAK")
def bound_key_of_small_order() -> Files:
    spki = bytes.fromhex("302a300506032b6570032100") + b"\x01" + bytes(31)
    text = f"-----BEGIN PUBLIC KEY-----\n{b64encode(spki).decode()}\n-----END PUBLIC KEY-----\n"
    weak = Signer(PublicKey("spki:" + sha256(spki).hexdigest(), "ed25519", text), lambda _: b"")
    letter = opened()
    letter.bind(ORG, weak)
    letter.answer(ORG)
    return finish(letter)


@vector("BINDER_UNKNOWN")
def key_bound_by_a_stranger() -> Files:
    letter = opened()
    letter.bind(ORG, PHONE, key=STRANGER)
    letter.answer(ORG)
    return finish(letter)


@vector("BINDER_UNKNOWN")
def key_bound_by_another_organisations_key() -> Files:
    letter = bound()
    letter.bind(signatory(1), LAPTOP, key=PHONE)
    return signed(letter)


@vector("BINDER_UNKNOWN")
def key_bound_by_a_revoked_one() -> Files:
    letter = bound()
    letter.revoke(ORG, PHONE)
    letter.bind(ORG, LAPTOP, key=PHONE)
    letter.answer(ORG)
    return finish(letter)


@vector("SIGNATURE_BAD")
def bind_signature_damaged() -> Files:
    letter = bound()
    damaged = broken_signature(letter.entries[1])
    letter = opened()
    letter.append_entry(damaged)
    letter.answer(ORG)
    return finish(letter)


@vector("KEY_MISMATCH")
def bind_signed_by_another_key_than_it_names() -> Files:
    letter = bound()
    unsigned = Envelope.from_bytes(letter.entries[1])
    letter = opened()
    signature = COORDINATOR.private.sign(unsigned.pae)
    letter.append_entry(replace(unsigned, signature=signature).to_bytes())
    letter.answer(ORG)
    return finish(letter)


@vector("TYPE_UNKNOWN")
def attestors_bind_without_a_reason() -> Files:
    letter = opened()
    letter.bind(ORG, PHONE, alter=lambda statement: replace(statement, basis=None))
    letter.answer(ORG)
    return finish(letter)


@vector("KEY_UNBOUND")
def continuity_without_its_receipt() -> Files:
    letter = opened()
    letter.bind(ORG, PHONE, history=earlier_bind())
    letter.history.clear()
    letter.answer(ORG)
    return finish(letter)


@vector("KEY_UNBOUND")
def continuity_of_another_organisation() -> Files:
    letter = opened()
    letter.bind(ORG, PHONE, history=earlier_bind(number=1))
    letter.answer(ORG)
    return finish(letter)


@vector("KEY_UNBOUND")
def continuity_of_another_key() -> Files:
    letter = opened()
    letter.bind(ORG, PHONE, history=earlier_bind(LAPTOP))
    letter.answer(ORG)
    return finish(letter)


@vector("RECEIPT_BAD", "KEY_UNBOUND")
def continuity_from_the_same_letter() -> Files:
    letter = bound()
    receipt = letter.receipt(1)
    letter.bind(ORG, PHONE, history=receipt)
    return signed(letter)


@vector("CHECKPOINT_BAD", "KEY_UNBOUND")
def continuity_by_a_damaged_receipt() -> Files:
    receipt = Receipt.from_bytes(earlier_bind())
    head, _, signature = receipt.checkpoint.rpartition(b" ")
    damaged = replace(receipt, checkpoint=head + b" " + flipped(signature, 20))
    letter = opened()
    letter.bind(ORG, PHONE, history=damaged.to_bytes())
    letter.answer(ORG)
    return finish(letter)


@vector("LOG_KEY_UNKNOWN", "KEY_UNBOUND")
def continuity_from_another_service() -> Files:
    letter = opened()
    letter.bind(ORG, PHONE, history=earlier_bind(log_key=STRANGER))
    letter.answer(ORG)
    return finish(letter)


# 9. assent, as far as keys go


@vector("KEY_UNBOUND")
def assent_with_half_a_voucher() -> Files:
    letter = LetterBuilder()
    letter.asks(binders=BOTH)
    letter.bind(ORG, PHONE)
    return signed(letter)


@vector("KEY_UNBOUND")
def assent_with_another_organisations_key() -> Files:
    letter = bound()
    letter.answer(signatory(1), key=PHONE)
    return finish(letter)


@vector("KEY_UNBOUND")
def decline_by_a_key_of_its_own() -> Files:
    letter = opened()
    letter.bind(commitment(0), PHONE)
    letter.answer(commitment(0), "decline", key=PHONE)
    letter.answer(signatory(1))
    return finish(letter)


@vector("KEY_REVOKED")
def assent_with_a_revoked_key() -> Files:
    letter = bound()
    letter.revoke(ORG, PHONE)
    return signed(letter)


@vector("KEY_REVOKED")
def revoked_key_bound_again() -> Files:
    letter = bound()
    letter.revoke(ORG, PHONE)
    letter.bind(ORG, PHONE)
    letter.answer(ORG)
    return finish(letter)


@vector("KEY_EXPIRED")
def assent_after_the_end_of_a_delegation() -> Files:
    letter = bound()
    letter.bind(ORG, LAPTOP, key=PHONE, until="2026-11-24T00:00:02Z")
    return signed(letter, LAPTOP)


@vector("SIGNATURE_BAD")
def assent_signature_of_a_p256_key_damaged() -> Files:
    letter = bound(P256)
    letter.answer(ORG, key=P256)
    damaged = broken_signature(letter.entries[2])
    letter = bound(P256)
    letter.append_entry(damaged)
    letter.answer(ORG)
    return finish(letter)


@vector("KEY_MISMATCH")
def assent_signed_by_another_key_of_the_organisation() -> Files:
    letter = bound()
    letter.bind(ORG, LAPTOP, key=PHONE)
    letter.answer(ORG, key=replace(PHONE, sign=LAPTOP.sign))
    letter.last_answer.clear()
    letter.answer(ORG)
    return finish(letter)


@vector("LEVEL_BELOW_POLICY")
def browser_key_where_a_passkey_is_asked_for() -> Files:
    letter = LetterBuilder()
    letter.asks(min_level=3)
    letter.bind(ORG, PHONE)
    return signed(letter)


@vector("PREV_BROKEN")
def approval_with_a_key_put_before_the_attested_one() -> Files:
    letter = bound()
    letter.answer(ORG, key=PHONE)
    letter.answer(ORG, "withdraw", key=ATTESTOR, alter=lambda statement: replace(statement, prev=None))
    return finish(letter)
