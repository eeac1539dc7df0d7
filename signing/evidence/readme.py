"""The README.txt of a bundle: what it is, and how to check it with tools that are not ours (EVIDENCE 5)."""

from typing import Final

BUNDLE_README: Final = """\
EVIDENCE OF AN OPEN LETTER

This folder holds the words of a letter, every signed answer of the organisations that were asked, and the
signed list of those who stand behind it. It can be checked years from now, without the service that made it.

With the verifier:

    signing-verify THIS_FOLDER --trust TRUST_FILE

The trust file holds the keys of the service and of the letter's coordinator. Get it from somebody you trust,
not from here: a forged folder would bring forged keys along.

What is where

    policy               the log's key. Compare it with the one you know.
    letter/              the words: V.LANGUAGE.md is what was signed, .txt a copy for reading only, not checked
    entries/             the log, one signed statement a file, in order
    log/checkpoint       the log's signature over all entries;  log/tile/ the hashes in between
    checkpoints/         earlier checkpoints, as they were first given out
    signatories.json     the signatory list of the current edition;  pdf/ its documents
    editions/N/          the same for earlier editions
    receipts/            proofs that single entries are in the log

With tools every Debian has

An entry's words, what was signed, and the signature ($e is a file of entries/):

    sed 's/.*"payload":"\\([^"]*\\)".*/\\1/' $e | base64 -d > payload
    { printf 'DSSEv1 28 application/vnd.in-toto+json %d ' $(stat -c %s payload); cat payload; } > pae
    sed 's/.*"sig":"\\([^"]*\\)".*/\\1/' $e | base64 -d > sig

The payload names the key that signed it ("by"). The keys themselves stand in the letter statement, which is
entries/000000.dsse.json, under "attestor" and "coordinators", as PEM text. With that text in key.pem:

    openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in pae -sigfile sig
    openssl pkey -pubin -in key.pem -outform DER | sha256sum        # is the key's name after "spki:"

Refuse a key if the next line prints one of the weak ones (all zeros; 01 and zeros; ecff...ff7f;
26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05;
c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a), the first bit of the last byte aside:

    openssl pkey -pubin -in key.pem -outform DER | tail -c 32 | xxd -p -c 32

The words and the documents: their sums stand in the payloads under "subject".

    sha256sum letter/*.md signatories.json pdf/*.pdf

The newest checkpoint, with the log's public key in log.pem:

    sed '/^$/,$d' log/checkpoint > body
    tail -1 log/checkpoint | cut -d' ' -f3 | base64 -d | tail -c 64 > sig
    openssl pkeyutl -verify -pubin -inkey log.pem -rawin -in body -sigfile sig

What no check can prove

That nobody was pressed to sign; that the person was entitled to speak for the organisation; and, where the
level is 1 (attested), anything beyond the service's word that a code mailed to the contact was typed.
"""
