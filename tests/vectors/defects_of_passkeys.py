"""Passkeys: a sound one, and each defect of what an authenticator gives (EVIDENCE 2.13; 4.9, step 9)."""

from dataclasses import replace

from tests.evidence.builders import LetterBuilder, signatory
from tests.evidence.signers import BE, BS, UP, UV, Authenticator, passkey, passkey_ed25519
from tests.vectors.story import Files, finish, opened, vector

KEY = passkey("passkey")


def answered_with(key: Authenticator) -> Files:
    letter = opened()
    letter.bind(signatory(0), KEY)
    letter.answer(signatory(0), key=key)
    letter.last_answer.clear()
    letter.answer(signatory(1))
    return finish(letter)


@vector(exit_code=0)
def passkeys_of_two_kinds() -> Files:
    letter = LetterBuilder()
    letter.asks(min_level=3)
    for number, key in enumerate((replace(KEY, flags=UP | UV | BE | BS), passkey_ed25519("other passkey"))):
        letter.bind(signatory(number), key)
        letter.answer(signatory(number), key=key)
    return finish(letter)


@vector(exit_code=0)
def letter_and_list_signed_with_a_passkey() -> Files:
    letter = opened()
    letter.version(alter=lambda statement: replace(statement, coordinators=(*statement.coordinators, KEY.public)))
    letter.version(
        key=KEY, alter=lambda statement: replace(statement, coordinators=(*statement.coordinators, KEY.public))
    )
    letter.answer(signatory(0))
    letter.close(key=KEY)
    return letter.bundle()


@vector("WEBAUTHN_CHALLENGE")
def passkey_that_signed_other_words() -> Files:
    return answered_with(replace(KEY, challenge=bytes(32)))


@vector("WEBAUTHN_ORIGIN")
def passkey_on_a_look_alike_page() -> Files:
    return answered_with(replace(KEY, origin="https://assent.example.net"))


@vector("WEBAUTHN_ORIGIN")
def passkey_in_a_frame_of_another_page() -> Files:
    return answered_with(replace(KEY, cross_origin=True))


@vector("WEBAUTHN_RPID")
def passkey_of_another_site() -> Files:
    return answered_with(replace(KEY, rp_id="assent.example.net"))


@vector("WEBAUTHN_FLAGS")
def passkey_without_recognising_the_person() -> Files:
    return answered_with(replace(KEY, flags=UP))


@vector("WEBAUTHN_FLAGS")
def passkey_backed_up_and_not_made_for_it() -> Files:
    return answered_with(replace(KEY, flags=UP | UV | BS))


@vector("SIGNATURE_BAD")
def passkey_signature_of_another() -> Files:
    return answered_with(replace(KEY, sign_raw=passkey("another").sign_raw))


@vector("CLOSE_UNSIGNED")
def list_signed_with_a_passkey_on_a_look_alike_page() -> Files:
    letter = opened()
    letter.version(alter=lambda statement: replace(statement, coordinators=(*statement.coordinators, KEY.public)))
    letter.answer(signatory(0))
    letter.close(key=replace(KEY, origin="https://assent.example.net"))
    letter.editions.clear()
    letter.close()
    return letter.bundle()
