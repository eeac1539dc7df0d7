"""The letter as files: a contact's marked draft, the coordinator's draft and edition, and what anybody may take."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import docx
import pytest

from signing.web.app import create_app
from signing.workflow import closing, printing, publishing
from signing.workflow.evidence_ports import SealedDocument
from tests.web.installation import BASE_URL, House, Mailbox, Typesetter, intake, letter_text
from tests.web.visitor import Visitor

ORGANISATION = "Human Rights in China"
ARABIC = letter_text(language="ar", title="رسالة مشتركة", body="نكتب إليكم.")


@pytest.fixture
def letter_id(house: House) -> str:
    letter_id = house.letter(letter_text(), ARABIC)
    house.roster(letter_id, ORGANISATION, "Front Line Defenders")
    house.open(letter_id)
    house.invite(letter_id)
    house.approve(letter_id, ORGANISATION, acronym="HRIC", native_name="中国人权")
    house.approve(letter_id, "Front Line Defenders", confidential=True)
    return letter_id


def words_of(document: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(document)).paragraphs)


def test_a_contact_takes_a_draft_that_names_the_organisation(house: House, letter_id: str, visitor: Visitor) -> None:
    asked: list[tuple[str | None, str, int]] = []

    class Printer(Typesetter):
        def letter_pdf(self, *arguments, draft_for=None, paper, version, **options):  # type: ignore[no-untyped-def]
            asked.append((draft_for, paper, version))
            return b"%PDF-1.7"

    services = replace(house.services, typesetter=Printer())
    visitor = Visitor(create_app(services, intake=intake(), mailbox=Mailbox()).test_client(), BASE_URL)
    visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()
    page = visitor.path
    for kind in ("pdf", "docx", "txt"):
        assert f'href="{page}/letter/ar.{kind}"' in visitor.text
    text = visitor.goes_to(f"{page}/letter/en.txt").answer
    assert text.data.decode().startswith(f"[draft for {ORGANISATION}, version 1]\n\nMs Ada Example")
    assert text.headers["Content-Disposition"] == f'attachment; filename="{letter_id}-en-draft-1.txt"'
    assert text.headers["Cache-Control"] == "no-store"
    assert "رسالة مشتركة" in words_of(visitor.goes_to(f"{page}/letter/ar.docx").answer.data)
    assert visitor.goes_to(f"{page}/letter/en.pdf").answer.data == b"%PDF-1.7"
    assert asked == [(ORGANISATION, "a4", 1)]
    assert visitor.goes_to(f"{page}/letter/fr.txt").status == 404
    assert visitor.goes_to(f"{page}/letter/en.exe").status == 404


def test_nobody_takes_anothers_draft(house: House, letter_id: str, visitor: Visitor) -> None:
    other = house.invitation(letter_id, "Front Line Defenders").id
    visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()
    assert visitor.goes_to(f"/invitation/{other}/letter/en.txt").status == 404


def test_a_coordinator_takes_the_draft_and_the_edition(house: House, letter_id: str, coordinator: Visitor) -> None:
    path = f"/coordinator/letters/{letter_id}"
    assert f'href="{path}/draft/en.docx"' in coordinator.goes_to(f"{path}/preview").text
    draft = coordinator.goes_to(f"{path}/draft/en.txt").answer.data.decode()
    assert draft.startswith("[draft for the coordinators, version 1]")
    assert ORGANISATION not in draft.partition("\n")[2]
    assert coordinator.goes_to(f"{path}/en.txt").status == 404
    closing.close(house.services, letter_id)
    assert f'href="{path}/ar.html"' in coordinator.goes_to(f"{path}/close").text
    edition = coordinator.goes_to(f"{path}/en.txt").answer.data.decode()
    assert f"{ORGANISATION} (HRIC) · 中国人权\n\nand 1 organisation whose name is withheld" in edition
    assert "Front Line Defenders" not in edition
    assert f"{BASE_URL}/check" in edition
    assert ORGANISATION in words_of(coordinator.goes_to(f"{path}/en.docx").answer.data)


@pytest.mark.parametrize("kind", ["html", "txt", "docx"])
def test_anybody_takes_a_published_edition_and_nothing_before(
    house: House, letter_id: str, visit: Callable[[], Visitor], kind: str
) -> None:
    visitor, address = visit(), f"/l/{letter_id}/en.{kind}"
    assert visitor.goes_to(address).status == 404
    closing.close(house.services, letter_id)
    assert visitor.goes_to(address).status == 404
    publishing.publish(house.services, letter_id)
    answer = visitor.goes_to(address).answer
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{letter_id}-en.{kind}"'
    words = words_of(answer.data) if kind == "docx" else answer.data.decode()
    assert ORGANISATION in words
    again = visitor.client.get(address, base_url=BASE_URL, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert visitor.goes_to(f"/l/{letter_id}/fr.{kind}").status == 404


def test_the_pdf_of_an_edition_is_printed_sealed_where_it_is(house: House, letter_id: str) -> None:
    edition = closing.close(house.services, letter_id)
    found = printing.find_edition(house.services, letter_id, public=False)
    printed = printing.print_edition(house.services, found, "pdf")
    assert (printed.content, printed.sealed) == (edition.files["en.pdf"], False)
    with house.services.unit_of_work(write=True) as uow:
        sealed = SealedDocument(letter_id, 1, "en", house.clock.now, None, None, "", "0" * 64)
        uow.sealed_documents.put(sealed, b"%PDF-s")
        uow.commit()
    printed = printing.print_edition(house.services, found, "pdf")
    assert (printed.content, printed.sealed) == (b"%PDF-s", True)
