"""What anybody may take away of a letter: nothing before it is published, then sealed PDFs and evidence, cacheable."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import datetime

import pytest

from signing.workflow import closing, publishing
from signing.workflow.evidence_ports import Sealing, TimeStamp
from tests.web.installation import BASE_URL, House
from tests.web.visitor import Visitor

ORGANISATION = "Rivers China"


class Sealer:
    stamps = True

    def seal(self, pdf: bytes, bundle_zip: bytes, at: datetime, *, stamp: bool) -> Sealing:
        assert stamp, "the log is stamped, so the seal is to be"
        return Sealing(pdf + b"sealed", at, "tsa", "") if self.stamps else Sealing(pdf, None, None, "tsa: It is down")


@pytest.fixture
def sealer() -> Sealer:
    return Sealer()


@pytest.fixture
def house(house: House, sealer: Sealer) -> House:
    installation = replace(house.services.installation, time_authorities=("tsa",))
    house.services = replace(house.services, sealer=sealer, installation=installation)
    return house


@pytest.fixture
def letter_id(house: House) -> str:
    """A closed letter, its log stamped."""
    letter_id = house.opened(ORGANISATION)
    house.approve(letter_id, ORGANISATION)
    closing.close(house.services, letter_id)
    with house.services.unit_of_work(write=True) as uow:
        uow.time_stamps.add(TimeStamp(letter_id, uow.log.head(letter_id).size, "tsa", house.clock.now, b"token"))
        uow.commit()
    return letter_id


def test_before_it_is_published_a_letter_looks_like_one_that_does_not_exist(letter_id: str, visitor: Visitor) -> None:
    for name in ("en.pdf", "editions/1/en.pdf", "evidence.zip"):
        unknown = visitor.goes_to(f"/l/aaaaaaaaaaaaaaaa/{name}")
        assert unknown.status == 404
        words = unknown.words
        assert visitor.goes_to(f"/l/{letter_id}/{name}").status == 404
        assert visitor.words == words


def test_the_sealed_pdf_is_for_everybody_and_its_bytes_are_sent_once(
    house: House, letter_id: str, visitor: Visitor
) -> None:
    publishing.publish(house.services, letter_id)
    for name in ("en.pdf", "editions/1/en.pdf"):
        visitor.goes_to(f"/l/{letter_id}/{name}")
        assert (visitor.status, visitor.answer.content_type) == (200, "application/pdf")
        assert visitor.answer.data.startswith(b"%PDF")
        assert visitor.answer.data.endswith(b"sealed")
        assert visitor.answer.headers["Cache-Control"] == "public, max-age=60"
        tag = visitor.answer.headers["ETag"]
        again = visitor.client.get(f"/l/{letter_id}/{name}", base_url=BASE_URL, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
    for name in ("fr.pdf", "editions/2/en.pdf", "editions/9999999999/en.pdf"):
        assert visitor.goes_to(f"/l/{letter_id}/{name}").status == 404


def test_the_evidence_is_made_when_it_changed_and_not_else(
    house: House, letter_id: str, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    publishing.publish(house.services, letter_id)
    visitor.goes_to(f"/l/{letter_id}/evidence.zip")
    first = visitor.answer.data
    assert {"pdf/en.pdf", "log/checkpoint"} <= set(zipfile.ZipFile(io.BytesIO(first)).namelist())
    tag = visitor.answer.headers["ETag"]
    monkeypatch.setattr("signing.workflow.published_documents.bundle_files", None)
    assert visitor.goes_to(f"/l/{letter_id}/evidence.zip").answer.data == first
    again = visitor.client.get(f"/l/{letter_id}/evidence.zip", base_url=BASE_URL, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    monkeypatch.undo()
    with house.services.unit_of_work(write=True) as uow:
        uow.time_stamps.add(TimeStamp(letter_id, 1, "tsa", house.clock.now, b"token"))
        uow.commit()
    assert visitor.goes_to(f"/l/{letter_id}/evidence.zip").answer.data != first
    assert visitor.answer.headers["ETag"] != tag


def test_the_coordinators_page_says_loudly_what_has_no_time_stamp_and_seals_again(
    house: House, letter_id: str, coordinator: Visitor, sealer: Sealer
) -> None:
    sealer.stamps = False
    path = f"/coordinator/letters/{letter_id}/close"
    coordinator.goes_to(path)
    assert "Sealed PDFs" not in coordinator.words
    coordinator.sends(f"/coordinator/letters/{letter_id}/publish").follows()
    assert "Sealed without a time stamp at" in coordinator.words
    assert "tsa: It is down." in coordinator.words
    assert "Seal again" in coordinator.words
    sealer.stamps = True
    coordinator.sends(f"/coordinator/letters/{letter_id}/seal").follows()
    assert "Sealed with a time stamp by tsa at" in coordinator.words
    assert "Seal again" not in coordinator.words
    assert f"/l/{letter_id}/editions/1/en.pdf" in coordinator.text
