"""The script that makes and uses keys, in a real browser: its bytes are those of EVIDENCE 2.1 and 6."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from playwright.sync_api import Browser, Page

from signing.evidence.envelope import Envelope
from signing.evidence.schemes import Place, open_key
from signing.web.page import static_files
from tests.installation import needs_chromium
from tests.web.test_pages_in_chromium import base_url, browser

__all__ = ["base_url", "browser"]
pytestmark = needs_chromium

# EVIDENCE 6, the signer's key of seed 00..1f.
SIGNATURE = "9MzQRmUh+y7JyIqoCPOlAr4FvQ6XQ11YMF36ZSk8M7aREuHbGcM8H/9wS1+bCwsb6GQ6oDmfddKiSQnbpgTRDw=="
KEYID = "spki:a050837d85070582ccf7394b0988847cc312cb88259b894899f6f239cf1791a5"
STATEMENT = (
    '{"_type":"https://in-toto.io/Statement/v1","predicate":{"decision":"approve","head":{"root":"47DEQpj8HBSa+/TImW+5'
    'JCeuQeRkm5NMpJWZG3hSuFU=","size":0},"key":"' + KEYID + '","letter":"assent.example/l/7f3c9a","nonce":"AAECAwQFBgc'
    'ICQoLDA0ODw","prev":null,"signatory":{"listed_as":"Société de l’Eau №1","org":"org-1","person":"A. Person","role"'
    ':"Director"},"time":"2026-11-24T00:00:00Z","version":3},"predicateType":"https://assent.example/assent/v1","subjec'
    't":[{"digest":{"sha256":"23591f1ccb420ddf3de5cad54753d1953b51b1c7750568ec1eb49f4d6a89f0eb"},"name":"3.md"},{"diges'
    't":{"sha256":"322d8ac402e5193605edc5be97dc106039664c2380d2c419158470704367c3f1"},"name":"3.txt"}]}'
)
NO_ED25519 = """
const made = crypto.subtle.generateKey.bind(crypto.subtle);
crypto.subtle.generateKey = (algorithm, ...rest) => (algorithm.name ?? algorithm) === "Ed25519"
  ? Promise.reject(new DOMException("not here", "NotSupportedError")) : made(algorithm, ...rest);
"""


@pytest.fixture
def page(browser: Browser, base_url: str) -> Iterator[Page]:
    """A page of our origin that may import the module."""
    context = browser.new_context(base_url=base_url, bypass_csp=True)
    opened = context.new_page()
    opened.goto("/healthz")
    yield opened
    context.close()


def runs(page: Page, work: str, argument: Any = None) -> Any:
    """What `work`, a function of the module `k` and an argument, gives."""
    address = f"/static/{static_files()['signing-keys.js'].digest}/signing-keys.js"
    return page.evaluate(
        f"async ([address, argument]) => {{ const k = await import(address); return await ({work})(k, argument); }}",
        [address, argument],
    )


def test_the_bytes_that_are_signed_are_those_of_the_specification(page: Page) -> None:
    assert runs(page, "(k) => k.text(k.pae(k.utf8('hello world'), 'http://example.com/HelloWorld'))") == (
        "DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    digest = runs(page, "async (k, s) => k.toBase64url(await k.sha256(k.pae(k.utf8(s))))", STATEMENT)
    assert digest == "zeFrKfk8yEeXCUrdM_qGJCSdSyyGNLJEkju26o1l28s"
    assert runs(page, "(k, s) => k.canonical(JSON.parse(s)) === s", STATEMENT)


def test_an_envelope_is_the_log_entry_to_the_byte(page: Page) -> None:
    given = runs(page, "(k, [s, id, sig]) => k.toBase64(k.envelope(k.utf8(s), id, k.fromBase64(sig)))",
                 [STATEMENT, KEYID, SIGNATURE])
    data = base64.b64decode(given)
    assert hashlib.sha256(data).hexdigest() == "56283218c4f372e0bb30157968690f09ff1b1856fb902611f85b4c110fe521b7"
    assert Envelope.from_bytes(data).payload == STATEMENT.encode()


def test_base64_has_one_spelling(page: Page, subtests: pytest.Subtests) -> None:
    asked = "(k, s) => { try { k.fromBase64(s); return ''; } catch (e) { return e.code; } }"
    for spelled in ("AA", "AAA", "AB==", "A A=", "AA==\n", "A-_=", "====", "AAA=="):
        with subtests.test(spelled):
            assert runs(page, asked, spelled) == "base64"
    assert runs(page, asked, "AA==") == ""


@pytest.mark.parametrize("scheme", ["ed25519", "p256"])
def test_a_key_of_this_device_signs_what_the_evidence_floor_accepts(
    browser: Browser, base_url: str, scheme: str
) -> None:
    context = browser.new_context(base_url=base_url, bypass_csp=True)
    if scheme == "p256":
        context.add_init_script(NO_ED25519)
    page = context.new_page()
    page.goto("/healthz")
    made = runs(page, "async (k) => { const r = await k.deviceKey('org:a'); return [r.scheme, r.key, r.publicKey]; }")
    page.reload()
    found = runs(page, "async (k) => { const r = await k.deviceKey('org:a'); return [r.scheme, r.key, r.publicKey]; }")
    other = runs(page, "async (k) => (await k.deviceKey('org:b')).key")
    # Many signatures, so that numbers that begin with zeros are among them.
    signatures = runs(page, """async (k) => {
        const key = await k.find('org:a'), all = [];
        for (let turn = 0; turn < 300; turn += 1) all.push(k.toBase64(await k.sign(key, k.utf8(`words ${turn}`))));
        return all;
    }""")
    refused = runs(page, """async (k) => {
        try { await crypto.subtle.exportKey('pkcs8', (await k.find('org:a')).privateKey); return 'exported'; }
        catch (error) { return error.name; }
    }""")
    context.close()
    assert made == found
    assert made[0] == scheme
    assert other != made[1]
    opened = open_key(scheme, made[2])
    assert (opened.name, opened.text) == (made[1], made[2])
    for turn, each in enumerate(signatures):
        assert opened.judge(base64.b64decode(each), b"words %d" % turn, Place()) == ""
    assert refused == "InvalidAccessError"


def test_two_tabs_that_make_a_key_at_once_have_one_key(page: Page) -> None:
    names = runs(page, """async (k) =>
        (await Promise.all([1, 2, 3, 4].map(() => k.deviceKey('org:c')))).map((each) => each.key)""")
    assert len(set(names)) == 1
    assert runs(page, "async (k) => { await k.forget('org:c'); return (await k.find('org:c')) === undefined; }")


@pytest.mark.parametrize("able", [True, False])
def test_a_passkey_signs_over_our_words_only_when_the_person_was_verified(page: Page, able: bool) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": able, "automaticPresenceSimulation": True,
    }})
    made = runs(page, """async (k) => { try {
        const key = await k.createPasskey({ rp: {id: 'localhost', name: 'Joint letters'},
            user: {id: 'AAAA', name: 'a', displayName: 'A'}, challenge: 'AAECAwQFBgcICQoLDA0ODw' });
        const kept = await k.notePasskey('passkey:org:a', key);
        const signature = await k.signWith(kept, k.pae(k.utf8('words')), 'localhost');
        return [key.key, key.publicKey, k.toBase64(signature), key.registration.id === kept.credentialId];
    } catch (error) { return error.code; } }""")
    if not able:
        assert made == "passkey-not-given"
        return
    name, pem, signature, same = made
    assert same
    opened = open_key("webauthn", pem)
    assert opened.name == name
    assert load_pem_public_key(pem.encode())
    origin = page.url.removesuffix("/healthz")
    message = b"DSSEv1 28 application/vnd.in-toto+json 5 words"
    assert opened.judge(base64.b64decode(signature), message, Place("localhost", (origin,))) == ""
    assert opened.judge(base64.b64decode(signature), message + b"x", Place("localhost", (origin,))) != ""


def test_no_script_is_imported_by_an_address_that_could_go_stale() -> None:
    files = static_files()
    for name, file in files.items():
        if name.endswith(".js"):
            assert b'"./' not in file.data, name
            for imported in files:
                if f'/{imported}"'.encode() in file.data:
                    assert f'"../{files[imported].digest}/{imported}"'.encode() in file.data
