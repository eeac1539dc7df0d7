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

    policy               the log's key and the witnesses asked for. Compare them with those you know.
    letter/              the words: V.LANGUAGE.md is what was signed, .txt a copy for reading only, not checked
    entries/             the log, one signed statement a file, in order
    log/checkpoint       the log's signature over all entries, and the witnesses';  log/tile/ the hashes in between
    checkpoints/         earlier checkpoints, as they were first given out; SIZE.cosigs the witnesses' lines,
                         SIZE.AUTHORITY.tsr the time stamps over them
    tsa/                 the authorities' root certificates. Compare them with those you know.
    signatories.json     the signatory list of the current edition;  pdf/ its documents
    editions/N/          the same for earlier editions
    receipts/ history/   proofs that single entries are in this log, or in the log of an earlier letter
    openings/            the names of confidential signatories, if you were given them

With tools every Debian has

An entry's words, what was signed, and the signature ($e is a file of entries/):

    sed 's/.*"payload":"\\([^"]*\\)".*/\\1/' $e | base64 -d > payload
    { printf 'DSSEv1 28 application/vnd.in-toto+json %d ' $(stat -c %s payload); cat payload; } > pae
    sed 's/.*"sig":"\\([^"]*\\)".*/\\1/' $e | base64 -d > sig

The payload names the key that signed it ("by"). The attestor's and the coordinators' keys stand in the letter
statement, entries/000000.dsse.json; an organisation's own key stands in the key statement that bound it, and
whoever signed that vouches for it. With the key's text in key (\\n are line ends), by its "scheme":

    openssl pkeyutl -verify -pubin -inkey key -rawin -in pae -sigfile sig              # ed25519
    openssl dgst -sha256 -verify key -signature sig pae                                # p256
    printf 'signer %s' "$(cat key)" > allowed
    ssh-keygen -Y verify -f allowed -I signer -n NAMESPACE -s sig < pae                # sshsig
    gpg --dearmor < key > ring.gpg; gpgv --keyring ./ring.gpg sig pae                  # openpgp

For a passkey (webauthn) sig is JSON of three parts in base64url. With each decoded into a file of its name, the
challenge in clientDataJSON must be what the first line prints, and the last must say OK:

    openssl dgst -sha256 -binary pae | base64 | tr '/+' '_-' | tr -d =
    { cat authenticatorData; openssl dgst -sha256 -binary clientDataJSON; } > signed
    openssl dgst -sha256 -verify key -signature signature signed

The key's name after "spki:", and for Ed25519 whether it is sound: refuse it if the second line prints one of the
weak ones (all zeros; 01 and zeros; ecff...ff7f;
26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05;
c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a), the first bit of the last byte aside:

    openssl pkey -pubin -in key -outform DER | sha256sum
    openssl pkey -pubin -in key -outform DER | tail -c 32 | xxd -p -c 32

The words and the documents: their sums stand in the payloads under "subject".

    sha256sum letter/*.md signatories.json pdf/*.pdf

The newest checkpoint, with the log's public key in log.pem (other lines of signatures are the witnesses'):

    sed '/^$/,$d' log/checkpoint > body
    grep "^— $(head -1 log/checkpoint) " log/checkpoint | cut -d' ' -f3 | base64 -d | tail -c 64 > sig
    openssl pkeyutl -verify -pubin -inkey log.pem -rawin -in body -sigfile sig

A time stamp over a checkpoint, with the authority's root in ca.pem and its own time in seconds:

    openssl ts -verify -data checkpoints/SIZE -in checkpoints/SIZE.AUTHORITY.tsr -CAfile ca.pem -attime SECONDS

A confidential signatory's opening: its sum is the commitment in the entry.

    sha256sum openings/*

What no check can prove

That nobody was pressed to sign; that the person was entitled to speak for the organisation; at levels 2 and 3
(browser key, passkey) that the screen showed the words that were signed; and at level 1 (attested) anything
beyond the service's word that a code mailed to the contact was typed.
"""
