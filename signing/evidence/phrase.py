"""Digests as words that two people compare over the telephone; may import the standard library, `canonical`
and `errors`.

The first 132 bits of a SHA-256 digest are twelve words of the English list of BIP-39 (eleven bits a word, highest
bits first). Fewer would not do: whoever writes the words could seek two texts with one phrase, and finding such a
pair takes only the square root of all phrases; with 132 bits that is 2^66 tries.

`bip39_english.txt` is `english.txt` of BIP-39 as trezor/python-mnemonic 0.21 carries it, unchanged (MIT licence, in
`bip39_english.LICENSE.txt`): 2,048 words told apart by their first four letters, SHA-256
2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda. The list is all that is BIP-39's: our last word
holds no checksum, so a phrase opens nobody's wallet.
"""

import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from . import canonical
from .errors import Malformed

WORDS: Final = 12

_BITS = 11
_DIGEST_BYTES = 32
_FILE = "bip39_english.txt"
_TELLING_LETTERS = 4
_MAX_CHARACTERS = 500
_WORD = re.compile(r"[a-z]+")


def phrase(digest: bytes | str) -> str:
    """Give the twelve words of a SHA-256 digest (32 bytes or their hex), lower case with single spaces.

    Raises:
        Malformed: `DIGEST` when it is no such digest.
    """
    try:
        data = bytes.fromhex(digest) if isinstance(digest, str) else digest
    except ValueError:
        data = b""
    if len(data) != _DIGEST_BYTES:
        raise Malformed("DIGEST", "This is not a SHA-256 digest.")
    number = int.from_bytes(data, "big") >> _DIGEST_BYTES * 8 - WORDS * _BITS
    words = _word_list()
    places = (number >> _BITS * place & (1 << _BITS) - 1 for place in reversed(range(WORDS)))
    return " ".join(words[place] for place in places)


def digest_matches(typed: str, digest: bytes | str) -> bool:
    """Tell whether what a person typed is a digest's phrase.

    Case and what stands between the words are free; four letters of a word are enough, more must be right.

    Raises:
        Malformed: `DIGEST` when there is no digest to compare with.
    """
    # A phrase a person types is short: of more, only so much is read that it cannot match.
    words = _WORD.findall(typed[:_MAX_CHARACTERS].lower())
    expected = phrase(digest).split()
    return len(words) == WORDS and all(
        word == whole or (len(word) >= _TELLING_LETTERS and whole.startswith(word))
        for word, whole in zip(words, expected, strict=True)
    )


def words_digest(languages: Mapping[str, str]) -> str:
    """Give the digest of a version over all its languages, in hex.

    It is the SHA-256 of the canonical JSON (RFC 8785) of an object that names, for each language, the SHA-256 of
    its file in hex; the same in mail, page, PDF and verifier.
    """
    return sha256(canonical.to_bytes(dict(languages))).hexdigest()


@cache
def _word_list() -> tuple[str, ...]:
    return tuple(Path(__file__).with_name(_FILE).read_text("ascii").split())
