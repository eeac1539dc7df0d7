"""A letter of about 20 kB with many invited organisations, and one approval of each, ready to be sent."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response
from werkzeug.test import EnvironBuilder

from signing import config
from signing.bootstrap import build, web_application
from signing.domain.invitation import Invitation
from signing.domain.letter_text import LetterText
from signing.domain.roster import RosterRow
from signing.evidence import verify_bundle
from signing.evidence.trust import Trust
from signing.web import invitation_cookie
from signing.workflow import auditing, bundling, closing, deciding, drafting, inviting, rostering
from signing.workflow.deciding import Access, DecisionView
from signing.workflow.inviting import OpenedLink
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.ports import Services, UnitOfWork
from tests.installation import Installation

LETTER_BYTES = 20_000


@dataclass(frozen=True)
class Approval:
    """What a browser holds when the contact is about to press the button."""

    email: str
    path: str
    cookies: str
    form: dict[str, str]

    def body(self) -> str:
        return urlencode(self.form)

    def headers(self, base_url: str) -> dict[str, str]:
        """The headers of the POST, but for host and length."""
        return {
            "Cookie": self.cookies, "Origin": base_url, "Sec-Fetch-Site": "same-origin", "Accept": "text/html",
            "Content-Type": "application/x-www-form-urlencoded",
        }


class Uncommitted:
    """A unit of work that somebody else will commit."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def __getattr__(self, name: str) -> Any:
        return getattr(self._uow, name)

    def commit(self) -> None:
        """Not yet."""


@dataclass
class Coalition:
    """One opened letter of an installation, and those who were invited to sign it."""

    services: Services
    application: Flask
    letter_id: str
    invitations: list[Invitation]

    def approvals(self) -> list[Approval]:
        """One approval of every invited organisation, each with a cookie and a code of its own."""
        opened = [self._open(each) for each in self.invitations]
        view = deciding.view(self.services, opened[0][0])
        session, token = self._page(*opened[0])
        codes = self._codes([access for access, _ in opened], view)
        return [
            self._approval(each, access, f"{session}; {cookie}", view, token, code)
            for each, (access, cookie), code in zip(self.invitations, opened, codes, strict=True)
        ]

    def answers(self) -> int:
        """How many answers the log holds; it has no hole and no answer stands outside it."""
        with self.services.unit_of_work() as uow:
            logged = uow.log.entries(self.letter_id)
            stands = [each.answer_index for each in uow.roster.entries(self.letter_id) if each.answered_at]
        assert [each.index for each in logged] == list(range(len(logged))), "the log has a hole"
        assert sorted(stands) == [each.index for each in logged if each.kind == "assent"], "log and roster differ"
        return len(stands)

    def proved(self) -> int:
        """Close the letter, verify its bundle, and give how many are on the proved list."""
        edition = closing.close(self.services, self.letter_id)
        trust = Trust.from_bytes(auditing.trust_bytes(self.services))
        report = verify_bundle(bundling.bundle_files(self.services, self.letter_id), trust)
        assert report.verdict == "PROVED", report.failures
        return edition.listed

    def _open(self, invitation: Invitation) -> tuple[Access, str]:
        """What a browser has after the link was opened: the cookie, and what we read in it."""
        base = self.services.installation.base_url
        response = Response()
        with self.application.request_context(EnvironBuilder(base_url=base).get_environ()):
            invitation_cookie.write(response, OpenedLink(self.letter_id, invitation.id, invitation.generation))
        cookie = response.headers["Set-Cookie"].partition(";")[0]
        headers = {"Cookie": cookie}
        with self.application.request_context(EnvironBuilder(base_url=base, headers=headers).get_environ()):
            access = invitation_cookie.read(invitation.id)
        assert access is not None
        return access, cookie

    def _page(self, access: Access, cookie: str) -> tuple[str, str]:
        """The session's cookie and the form's token, from the real page."""
        client = self.application.test_client(use_cookies=False)
        page = client.get(
            f"/invitation/{access.invitation_id}", base_url=self.services.installation.base_url,
            headers={"Cookie": cookie},
        )
        assert page.status_code == 200, page.status
        token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
        cookies = [each.partition(";")[0] for each in page.headers.getlist("Set-Cookie")]
        return "; ".join(cookies), token

    def _codes(self, opened: list[Access], view: DecisionView) -> list[str]:
        """A code asked for by each, all in one transaction: that takes a tenth of one each."""
        with self.services.unit_of_work(write=True) as uow:
            at_once = replace(self.services, unit_of_work=lambda *, write=False: nullcontext(Uncommitted(uow)))
            for access in opened:
                deciding.request_code(at_once, access, view.version, view.text_sha256)
            uow.commit()
            notices = uow.outbox.of_letter(self.letter_id)
        names = {each.invitation_id: each.subject_id for each in notices if each.kind is NoticeKind.CODE}
        return [self.services.tokens.code(names[access.invitation_id]) for access in opened]

    def _approval(
        self, invitation: Invitation, access: Access, cookies: str, view: DecisionView, token: str, code: str
    ) -> Approval:
        form = {
            "csrf_token": token, "version": str(view.version), "text_sha256": view.text_sha256, "head": view.head,
            "idempotency_key": f"page-of-{access.invitation_id}", "decision": "approve", "person": "Kim Example",
            "role": "Advocacy director", "listed_as": name_of(invitation.organisation_id), "acronym": "",
            "native_name": "", "sort_name": "", "reason": "", "authority": "yes", "code": code,
        }
        return Approval(address_of(invitation.organisation_id), f"/invitation/{access.invitation_id}", cookies, form)


def assembled(installation: Installation, members: int) -> Coalition:
    """A new letter of this installation with so many organisations invited."""
    settings = config.load(installation.environment, installation.folder)
    services = build(settings)
    letter_id = drafting.import_letter(services, _text()).letter_id
    rostering.import_roster(services, letter_id, [_row(number) for number in range(members)])
    drafting.open_letter(services, letter_id)
    inviting.invite(services, letter_id)
    with services.unit_of_work() as uow:
        invitations = uow.invitations.of_letter(letter_id)
    return Coalition(services, web_application(settings), letter_id, invitations)


def address_of(organisation_id: str) -> str:
    """Where this organisation gets its mails."""
    return f"contact@{organisation_id}.example"


def _text() -> LetterText:
    paragraph = "We write about the **three rivers** and about those who live beside them and speak for them. " * 5
    return LetterText(
        title="Joint letter: protect those who speak for rivers", date="2026-03-02", date_line="2 March 2026",
        language="en", addressees=(("Ms Ada Example", "Commissioner for Waters, Example Union"),),
        salutation="Dear Commissioner,", closing="Yours sincerely,",
        body="\n\n".join([paragraph.strip()] * (LETTER_BYTES // len(paragraph))) + "\n",
    )


def name_of(organisation_id: str) -> str:
    """How the roster calls a member; contacts confirm it as it stands."""
    return f"Organisation {organisation_id.removeprefix('org-')} of the coalition"


def _row(number: int) -> RosterRow:
    name = f"org-{number:05}"
    return RosterRow(
        line=number + 2, id=name, organisation=name_of(name), acronym=None, listed_as=None, native_name=None,
        sort_name=None, country=None, group=None, contact="Kim Example", email=address_of(f"org-{number:05}"),
        role="Advocacy director", language=None, stage=1,
    )
