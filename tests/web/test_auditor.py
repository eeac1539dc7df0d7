"""The auditor sees what is logged, in words and in bytes, and takes it away."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from signing.evidence.envelope import Envelope
from signing.evidence.keyring import public_key_from_raw
from signing.evidence.merkle import leaf_hash
from signing.evidence.signatory import Commitment, Signatory
from signing.evidence.statement import Head, KeyStatement, Subject, nonce_text
from signing.web import entry_words
from tests.web.installation import House
from tests.web.visitor import Visitor

ORGANISATION = "Human Rights in China"


def test_an_auditor_reads_the_log_in_words_and_takes_the_bytes(auditor: Visitor, house: House) -> None:
    letter_id = house.opened(ORGANISATION)
    house.approve(letter_id, ORGANISATION)
    auditor.goes_to("/auditor/")
    assert "Joint letter: protect those who speak for rivers" in auditor.words
    auditor.goes_to(f"/auditor/letters/{letter_id}")
    assert "Version 1 of the letter was opened." in auditor.words
    assert "Human Rights in China approves version 1." in auditor.words
    auditor.goes_to(f"/auditor/letters/{letter_id}/log/1.dsse.json")
    entry = auditor.answer.data
    assert json.loads(Envelope.from_bytes(entry).payload)["predicate"]["decision"] == "approve"
    digest = leaf_hash(entry).hex()
    shown = auditor.goes_to(f"/auditor/letters/{letter_id}/log/1").words
    assert digest in shown.replace(" ", "")
    assert '"decision": "approve"' in shown
    files = zipfile.ZipFile(io.BytesIO(auditor.goes_to(f"/auditor/letters/{letter_id}/bundle.zip").answer.data))
    assert any(name.endswith("checkpoint") for name in files.namelist())
    assert json.loads(auditor.goes_to("/auditor/trust.json").answer.data)


def test_drafts_are_nobodys_evidence(auditor: Visitor, house: House) -> None:
    letter_id = house.letter()
    assert "No letter has been opened yet." in auditor.goes_to("/auditor/").words
    assert auditor.goes_to(f"/auditor/letters/{letter_id}").status == 404


def test_an_entry_that_is_not_there_is_absent(auditor: Visitor, house: House) -> None:
    letter_id = house.opened(ORGANISATION)
    assert auditor.goes_to(f"/auditor/letters/{letter_id}/log/9").status == 404
    assert auditor.goes_to(f"/auditor/letters/{letter_id}/log/99999999999999999999999").status == 404


ATTESTOR, COORDINATOR, OTHER = (public_key_from_raw(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
                                for _ in range(3))
NAMED = Signatory(None, ORGANISATION, None, "org-china", "Kim", "Director", None)
UNNAMED = Commitment("sha256:" + "ab" * 32)


def key_statement(**fields: Any) -> KeyStatement:
    return KeyStatement(**({
        "by": ATTESTOR.key, "letter": "localhost/l/a", "head": Head(0, b"\0" * 32), "time": "2026-03-02T09:30:00Z",
        "nonce": nonce_text(b"\0" * 16), "subject": (Subject.of("key", OTHER.public_key.encode()),),
        "action": "bind", "signatory": NAMED, "bound": OTHER,
    } | fields))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"basis": "code"}, "Human Rights in China may sign with a browser key: the code we mailed was answered."),
        ({"basis": "continuity", "history": "ab" * 32, "signatory": UNNAMED},
         "An organisation that is not named may sign with a browser key: the same as in an earlier letter."),
        ({"by": COORDINATOR.key},
         "Human Rights in China may sign with a browser key: the coordinator vouches for it."),
        ({"by": OTHER.key, "until": "2026-04-01T00:00:00Z"},
         "Human Rights in China may sign with a browser key: an older key of theirs says so. "
         "It ends at 2026-04-01T00:00:00Z."),
        ({"action": "revoke", "compromised_since": "2026-03-01T00:00:00Z"},
         "Human Rights in China: a browser key no longer counts. It is said to have been in other hands since "
         "2026-03-01T00:00:00Z."),
    ],
)
def test_a_key_statement_says_in_words_whose_key_and_who_vouches(
    app: Flask, fields: dict[str, Any], says: str
) -> None:
    with app.test_request_context("/auditor/"):
        assert entry_words.in_words(key_statement(**fields), {COORDINATOR.key}) == says


@pytest.mark.parametrize(
    ("count", "says"),
    [
        (1, "and 1 organisation whose name is withheld for its safety"),
        (2, "and 2 organisations whose names are withheld for their safety"),
    ],
)
def test_the_withheld_are_counted_in_the_words_of_the_pdf(app: Flask, count: int, says: str) -> None:
    with app.test_request_context("/auditor/"):
        assert entry_words.withheld(count) == says
