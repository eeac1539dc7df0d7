"""The auditor sees what is logged, in words and in bytes, and takes it away."""

from __future__ import annotations

import io
import json
import zipfile

from signing.evidence.envelope import Envelope
from signing.evidence.merkle import leaf_hash
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
