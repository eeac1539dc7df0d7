"""Passwords are salted Argon2id of the strength OWASP asks for."""

from __future__ import annotations

import pytest

from signing.adapters.passwords import LONGEST, Argon2Passwords, Turns
from signing.domain.errors import Faulty, Unavailable

PASSWORDS = Argon2Passwords()


def test_a_password_fits_its_own_hash_only() -> None:
    hashed = PASSWORDS.hash("correct horse")
    assert PASSWORDS.verify("correct horse", hashed)
    assert not PASSWORDS.verify("correct horsE", hashed)
    assert not PASSWORDS.verify("", hashed)


def test_a_hash_says_how_strong_it_is_and_is_salted() -> None:
    first, second = PASSWORDS.hash("the same"), PASSWORDS.hash("the same")
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


def test_an_accent_is_the_same_however_a_keyboard_composes_it() -> None:
    assert PASSWORDS.verify("cafe\u0301 au lait", PASSWORDS.hash("caf\u00e9 au lait"))


def test_a_text_that_is_no_hash_is_of_no_password() -> None:
    for text in ("", "password", "$argon2id$v=19$m=1", "$2b$12$abc"):
        assert not PASSWORDS.verify("password", text)


def test_the_decoy_is_a_hash_that_stays_the_same_and_fits_nothing() -> None:
    assert PASSWORDS.decoy == PASSWORDS.decoy
    assert not PASSWORDS.verify("", PASSWORDS.decoy)


def test_a_password_nobody_types_is_refused_before_it_is_composed() -> None:
    accents = "e\u0301" * (LONGEST // 2)
    assert PASSWORDS.verify(accents, PASSWORDS.hash(accents))
    # Composed it would be short enough, but composing costs the square of what a stranger sends.
    hashed = PASSWORDS.hash("\u00e9" * (LONGEST // 2 + 1))
    assert not PASSWORDS.verify("e\u0301" * (LONGEST // 2 + 1), hashed)
    assert not PASSWORDS.verify("x" * (LONGEST + 1), PASSWORDS.hash(""))
    with pytest.raises(Faulty, match="1024"):
        PASSWORDS.hash("x" * (LONGEST + 1))


def test_more_hashes_at_once_than_memory_and_threads_allow_are_refused() -> None:
    turns = Turns(1, waiting=0)
    passwords = Argon2Passwords(turns)
    hashed = passwords.hash("correct horse")
    with turns.take():
        with pytest.raises(Unavailable):
            passwords.verify("correct horse", hashed)
        with pytest.raises(Unavailable):
            passwords.hash("correct horse")
    assert passwords.verify("correct horse", hashed)
