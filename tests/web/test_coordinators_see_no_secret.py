"""A coordinator, however high, never sees a contact's link or code, and cannot answer for an organisation."""

from __future__ import annotations

import io
import zipfile

from flask import Flask

from signing.domain.invitation import Part
from signing.web.guards import NEEDS, Persona
from signing.workflow.mail_ports import NoticeKind
from tests.web.installation import House
from tests.web.lived_in import lived_in_letter
from tests.web.test_access_matrix import address_of, rules_of
from tests.web.visitor import Visitor


def secrets_of(house: House, letter_id: str) -> set[str]:
    """Every link, short code and code there ever was, and what stops reminders."""
    tokens, found = house.services.tokens, set()
    with house.services.unit_of_work() as uow:
        invitations = [each for part in Part for each in uow.invitations.of_letter(letter_id, part)]
        mails = uow.outbox.of_letter(letter_id)
    for each in invitations:
        for generation in range(1, each.generation + 1):
            short = tokens.short_code(each.id, generation)
            found |= {tokens.link(each.id, generation), short, f"{short[:4]}-{short[4:8]}-{short[8:]}"}
        found.add(tokens.reminders_token(each.id, each.email or ""))
    codes = [tokens.code(each.subject_id) for each in mails if each.kind is NoticeKind.CODE]
    return found | set(codes) | {f"{code[:4]} {code[4:]}" for code in codes}


def all_of(data: bytes) -> str:
    """What an answer holds, a packed one's files unpacked."""
    parts = [data]
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = [packed.read(name) for name in packed.namelist()]
    return "".join(part.decode("utf-8", "replace") for part in parts)


def test_no_page_of_a_coordinator_holds_a_link_or_a_code(app: Flask, house: House, coordinator: Visitor) -> None:
    letter_id = lived_in_letter(house)
    secrets = secrets_of(house, letter_id)
    assert len(secrets) > 30
    with house.services.unit_of_work() as uow:
        remark = uow.remarks.of_letter(letter_id)[0].id
    shown = 0
    for rule, persona, method in rules_of(app):
        if persona not in NEEDS or method != "GET":
            continue
        path = address_of(app, house, rule, letter_id, method).replace("e" * 16, remark)
        text = all_of(coordinator.goes_to(path).answer.data) + str(coordinator.answer.headers)
        leaked = {secret for secret in secrets if secret in text}
        assert leaked == set(), path
        shown += coordinator.status == 200
    assert shown > 25


def test_no_coordinator_answers_for_an_organisation(app: Flask, house: House, coordinator: Visitor) -> None:
    letter_id = lived_in_letter(house)
    token, tried = coordinator.token(), 0
    before = house.dump()
    for rule, persona, method in rules_of(app):
        if persona is Persona.CONTACT:
            path = address_of(app, house, rule, letter_id, method).replace(
                "e" * 16, house.invitation(letter_id, "Rivers China").id
            )
            coordinator.goes_to(path) if method == "GET" else coordinator.posts(
                path, csrf_token=token, decision="approve", authority="1", code="00000000", person="Eve", role="x"
            )
            assert coordinator.status == 404, (method, path)
            tried += 1
    assert tried > 20
    assert house.dump() == before
