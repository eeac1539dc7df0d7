"""A digest in twelve words: always the same, far apart for different words, and forgiving to whoever types them."""

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.evidence import canonical, phrase
from signing.evidence.phrase import digest_matches, words_digest

from .builders import refusal

WORD_LIST = Path(phrase.__file__).with_name("bip39_english.txt")
digests = st.binary(min_size=32, max_size=32)

GOLDEN = {
    "00" * 32: "abandon " * 11 + "abandon",
    "ff" * 32: "zoo " * 11 + "zoo",
    # SHA-256 of the PAE of EVIDENCE 6; a BIP-39 tool given its first 128 bits says the same but for the last word.
    "cde16b29f93cc84797094add33fa8624249d4b2c8634b244923bb6ea8d65dbcb": (
        "social area skill venue smart cat found citizen tag panther pave embark"
    ),
}


@pytest.mark.parametrize(("digest", "words"), GOLDEN.items())
def test_a_digest_has_the_words_it_always_had(digest, words):
    assert phrase.phrase(digest) == phrase.phrase(bytes.fromhex(digest)) == words


def test_the_word_list_is_the_published_one():
    assert sha256(WORD_LIST.read_bytes()).hexdigest() == (
        "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
    )
    assert "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda" in (phrase.__doc__ or "")
    assert "MIT" in WORD_LIST.with_name("bip39_english.LICENSE.txt").read_text()


def test_four_letters_tell_the_words_apart():
    words = WORD_LIST.read_text().split()
    assert len(words) == len({word[:4] for word in words}) == 2048


@given(digests)
def test_the_words_are_the_first_132_bits_and_nothing_else(digest):
    words = WORD_LIST.read_text().split()
    bits = "".join(f"{words.index(word):011b}" for word in phrase.phrase(digest).split())
    assert bits == f"{int.from_bytes(digest, 'big'):0256b}"[:132]


@given(digests, st.integers(0, 131))
def test_a_change_of_one_bit_changes_the_words(digest, at):
    other = (int.from_bytes(digest, "big") ^ 1 << (255 - at)).to_bytes(32, "big")
    assert phrase.phrase(digest) != phrase.phrase(other)
    assert not digest_matches(phrase.phrase(other), digest)


@given(digests)
def test_case_and_what_stands_between_the_words_are_free(digest):
    words = phrase.phrase(digest)
    for typed in (
        words,
        words.upper(),
        words.title(),
        f"  {words}\r\n",
        words.replace(" ", "\n"),
        words.replace(" ", "-"),
    ):
        assert digest_matches(typed, digest)
        assert digest_matches(typed, digest.hex())
    grouped = words.split()
    assert digest_matches("\n".join(" ".join(grouped[at : at + 4]) for at in (0, 4, 8)), digest)


@given(digests, st.integers(3, 8))
def test_four_letters_of_a_word_are_enough_and_three_are_not(digest, letters):
    words = phrase.phrase(digest).split()
    short = [word[:letters] for word in words]
    assert digest_matches(" ".join(short), digest) == (letters > 3 or short == words)


@given(digests, st.integers(0, 11))
def test_a_wrong_a_missing_a_swapped_or_another_word_does_not_match(digest, at):
    words = phrase.phrase(digest).split()
    wrong = "zoo" if words[at] != "zoo" else "zone"
    assert not digest_matches(" ".join([*words[:at], wrong, *words[at + 1 :]]), digest)
    assert not digest_matches(" ".join([*words[:at], *words[at + 1 :]]), digest)
    assert not digest_matches(" ".join([*words, words[at]]), digest)
    assert not digest_matches(" ".join([*words[:at], words[at] + "x", *words[at + 1 :]]), digest)
    turned = [*words[1:], words[0]]
    assert digest_matches(" ".join(turned), digest) == (turned == words)


@given(st.text(max_size=200))
def test_whatever_is_typed_only_the_words_match(typed):
    assert not digest_matches(typed, "00" * 32) or typed.lower().split()[0].startswith("aban")


def test_a_long_text_is_not_a_phrase():
    assert not digest_matches("abandon " * 100_000, "00" * 32)


@pytest.mark.parametrize("digest", ["", "hello", "00" * 31, "00" * 33, b"", bytes(31), bytes(64)])
def test_what_is_no_sha256_has_no_words(digest):
    assert refusal(lambda: phrase.phrase(digest)) == "DIGEST"
    assert refusal(lambda: digest_matches("zoo", digest)) == "DIGEST"


def test_the_digest_of_a_version_is_over_all_its_languages():
    english, french = sha256(b"en").hexdigest(), sha256(b"fr").hexdigest()
    expected = sha256(f'{{"en":"{english}","fr":"{french}"}}'.encode()).hexdigest()
    assert words_digest({"fr": french, "en": english}) == words_digest({"en": english, "fr": french}) == expected
    assert words_digest({"en": english}) == sha256(canonical.to_bytes({"en": english})).hexdigest()
    assert words_digest({"en": french, "fr": english}) != expected
    assert words_digest({"en": sha256(b"a").hexdigest(), "fr": sha256(b"b").hexdigest()}) == (
        "78e1a42333ef7f34d6451ef162c712dd4a0e30b854fe0e42e86f73630f7fdbbb"
    )
