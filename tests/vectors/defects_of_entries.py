"""Defects of single entries: their shape, letters, assents (EVIDENCE 4.9, steps 6, 7, 9)."""

import json
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

from signing.evidence import canonical
from signing.evidence.envelope import Envelope, seal
from signing.evidence.keyring import PublicKey
from signing.evidence.letter_file import LetterFile
from signing.evidence.statement import Head, Subject
from tests.evidence.builders import (
    ATTESTOR,
    COORDINATOR,
    HOST,
    STRANGER,
    LetterBuilder,
    letter_text,
    signatory,
)
from tests.vectors.story import (
    Files,
    _loose_assent,
    another_history,
    answered,
    broken_signature,
    closed,
    finish,
    opened,
    resealed_assent,
    vector,
)

# 6. Each entry


@vector("ENVELOPE_MALFORMED")
def envelope_with_two_signatures() -> Files:
    letter = answered()
    value = canonical.from_bytes(_loose_assent(letter))
    value["signatures"] *= 2
    letter.append_entry(canonical.to_bytes(value))
    return finish(letter)


@vector("NOT_CANONICAL")
def envelope_with_a_space() -> Files:
    letter = answered()
    letter.append_entry(_loose_assent(letter).replace(b'"payload":', b'"payload": ', 1))
    return finish(letter)


@vector("ENVELOPE_MALFORMED")
def envelope_in_url_base64() -> Files:
    letter = answered()
    value = canonical.from_bytes(_loose_assent(letter))
    value["signatures"][0]["sig"] = value["signatures"][0]["sig"].replace("+", "-").replace("/", "_")
    letter.append_entry(canonical.to_bytes(value))
    return finish(letter)


@vector("NOT_CANONICAL")
def payload_with_members_out_of_order() -> Files:
    letter = answered()
    value = canonical.from_bytes(Envelope.from_bytes(_loose_assent(letter)).payload)
    spelled = json.dumps(dict(reversed(value.items())), ensure_ascii=False, separators=(",", ":"))
    letter.append(spelled.encode(), ATTESTOR)
    return finish(letter)


@vector("NOT_CANONICAL")
def payload_naming_a_member_twice() -> Files:
    letter = answered()
    payload = Envelope.from_bytes(_loose_assent(letter)).payload
    letter.append(payload.replace(b'"decision":"approve"', b'"decision":"decline","decision":"approve"'), ATTESTOR)
    return finish(letter)


@vector("TYPE_UNKNOWN")
def unknown_field() -> Files:
    return resealed_assent(lambda value: value["predicate"].update(note="by the way"))


@vector("TYPE_UNKNOWN")
def unknown_statement_type() -> Files:
    return resealed_assent(lambda value: value.update(predicateType=f"https://{HOST}/pledge/v1"))


@vector("TYPE_UNKNOWN")
def unknown_accepts_word() -> Files:
    return resealed_assent(lambda value: value["predicate"].update(accepts=["anything"]))


@vector("TYPE_UNKNOWN")
def decline_under_a_name() -> Files:
    return resealed_assent(lambda value: value["predicate"].update(decision="decline"))


@vector("LETTER_MISMATCH")
def assent_to_another_letter() -> Files:
    return resealed_assent(lambda value: value["predicate"].update(letter=f"{HOST}/l/another"))


@vector("DUPLICATE_STATEMENT")
def statement_logged_twice() -> Files:
    letter = answered()
    letter.append_entry(letter.entries[1])
    return finish(letter)


@vector("HEAD_FROM_FUTURE")
def head_from_the_future() -> Files:
    return resealed_assent(lambda value: value["predicate"]["head"].update(size=40))


@vector("HEAD_FORKED")
def head_of_another_history() -> Files:
    letter = answered()
    root = another_history().frontier.root()
    letter.answer(signatory(3), alter=lambda statement: replace(statement, head=Head(4, root)))
    return finish(letter)


# 7. letter


@vector("COORDINATOR_UNKNOWN")
def letter_by_a_stranger() -> Files:
    letter = LetterBuilder()
    own = (STRANGER.public,)
    letter.version(key=STRANGER, alter=lambda statement: replace(statement, coordinators=own))
    return letter.bundle()


@vector("SIGNATURE_BAD")
def letter_signature_damaged() -> Files:
    letter = opened()
    damaged = broken_signature(letter.entries[0])
    letter = LetterBuilder(files=letter.files)
    letter.append_entry(damaged)
    return letter.bundle()


@vector("PREV_BROKEN")
def version_out_of_sequence() -> Files:
    letter = answered()
    letter.version(alter=lambda statement: replace(statement, prev="0" * 64))
    letter.versions.pop()
    return finish(letter)


@vector("PREV_BROKEN")
def version_asking_for_less() -> Files:
    letter = LetterBuilder()
    letter.version(alter=lambda statement: replace(statement, min_level=2))
    letter.version()
    return letter.bundle()


@vector("PREV_BROKEN")
def version_asking_for_fewer_binders() -> Files:
    letter = LetterBuilder()
    letter.version(alter=lambda statement: replace(statement, binders=("attestor", "coordinator")))
    letter.version()
    return letter.bundle()


@vector("PREV_BROKEN")
def version_after_closing() -> Files:
    letter = closed()
    letter.version({"en": letter_text(words="Other words.")})
    return letter.bundle()


@vector("TEXT_FILE_MISMATCH")
def word_of_the_letter_changed() -> Files:
    files = closed().bundle()
    files["letter/1.en.md"] = files["letter/1.en.md"].replace(b"water", b"wafer")
    return files


@vector("TEXT_UNSAFE")
def letter_with_a_direction_override() -> Files:
    letter = LetterBuilder()
    text = LetterFile.from_bytes(letter_text())
    letter.version({"en": replace(text, body=text.body.replace("ask", "as\u202ek")).to_bytes()})
    letter.answer(signatory(0))
    return finish(letter)


@vector("TEXT_UNSAFE")
def letter_file_in_another_language_than_its_name() -> Files:
    letter = LetterBuilder()
    letter.version({"en": letter_text("de")})
    letter.answer(signatory(0))
    return finish(letter)


@vector("KEY_WEAK")
def letter_with_a_weak_attestor() -> Files:
    spki = bytes.fromhex("302a300506032b6570032100") + b"\x01" + bytes(31)
    text = f"-----BEGIN PUBLIC KEY-----\n{b64encode(spki).decode()}\n-----END PUBLIC KEY-----\n"
    weak = PublicKey("spki:" + sha256(spki).hexdigest(), "ed25519", text)
    letter = LetterBuilder()
    letter.version(alter=lambda statement: replace(statement, attestor=weak))
    return letter.bundle()


@vector("KEY_NAME")
def letter_with_a_misnamed_attestor() -> Files:
    misnamed = PublicKey(STRANGER.name, "ed25519", ATTESTOR.public.public_key)
    letter = LetterBuilder()
    letter.version(alter=lambda statement: replace(statement, attestor=misnamed))
    return letter.bundle()


@vector("KEY_TYPE")
def letter_with_an_unknown_scheme() -> Files:
    unknown = replace(ATTESTOR.public, scheme="rsa")
    letter = LetterBuilder()
    letter.version(alter=lambda statement: replace(statement, attestor=unknown))
    return letter.bundle()


# 9. assent


@vector("LETTER_UNKNOWN")
def assent_before_the_letter() -> Files:
    source = opened()
    letter = LetterBuilder(versions=source.versions, files=source.files)
    letter.answer(signatory(0))
    return letter.bundle()


@vector("KEY_MISMATCH")
def assent_signed_by_another_known_key() -> Files:
    letter = answered()
    payload = Envelope.from_bytes(_loose_assent(letter)).payload
    letter.append_entry(seal(payload, ATTESTOR.name, COORDINATOR.private.sign))
    return finish(letter)


@vector("KEY_UNBOUND")
def assent_by_a_stranger() -> Files:
    letter = answered()
    letter.answer(signatory(3), key=STRANGER)
    return finish(letter)


@vector("KEY_REVOKED")
def assent_by_a_replaced_attestor() -> Files:
    letter = opened()
    letter.answer(signatory(0))
    letter.version(alter=lambda statement: replace(statement, attestor=STRANGER.public))
    letter.answer(signatory(3))
    return finish(letter)


@vector("SIGNATURE_BAD")
def assent_signature_damaged() -> Files:
    letter = answered()
    letter.append_entry(broken_signature(_loose_assent(letter)))
    return finish(letter)


@vector("LEVEL_BELOW_POLICY")
def assent_below_the_level_asked_for() -> Files:
    letter = LetterBuilder()
    letter.version(alter=lambda statement: replace(statement, min_level=3))
    letter.answer(signatory(0))
    return finish(letter)


@vector("VERSION_UNKNOWN")
def assent_to_a_version_to_come() -> Files:
    letter = answered()
    letter.answer(signatory(3), alter=lambda statement: replace(statement, version=2))
    return finish(letter)


@vector("TEXT_MISMATCH")
def assent_to_other_words() -> Files:
    letter = answered()
    other = (Subject.of("1.en.md", letter_text(words="Other words.")),)
    letter.answer(signatory(3), alter=lambda statement: replace(statement, subject=other))
    return finish(letter)


@vector("PREV_BROKEN")
def assent_out_of_its_chain() -> Files:
    letter = answered()
    letter.answer(signatory(0), "withdraw", alter=lambda statement: replace(statement, prev=None))
    return finish(letter)
