"""Every mail is written in the contact's language: subject, sender, both bodies, dates, and the way it runs."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from babel.messages.pofile import read_po

from signing.adapters.mail_text import MailTexts
from signing.locale import FOLDER
from signing.workflow import deciding, drafting
from signing.workflow.deciding import Access
from signing.workflow.ports import NoticeKind
from tests.locale.languages import LANGUAGES, Spoken, plain
from tests.web.installation import House, letter_text

ORGANISATION = "Human Rights in China"
TEXTS = MailTexts("letters@example.org")


@dataclass(frozen=True)
class Mail:
    subject: str
    sender: str
    text: str
    html: str


def newest(house: House, letter_id: str, kind: NoticeKind) -> Mail:
    """The mail as it would be sent now."""
    with house.services.unit_of_work() as uow:
        notice = max((each for each in uow.outbox.of_letter(letter_id) if each.kind is kind), key=lambda each: each.due)
    message = TEXTS.write(house.services, notice).message
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return Mail(str(message["Subject"]), message["From"].addresses[0].display_name, text.get_content(),
                html.get_content())


def every_mail(house: House, letter_id: str) -> dict[NoticeKind, Mail]:
    """What one organisation is sent, from the invitation to a second version."""
    mails = {NoticeKind.INVITATION: newest(house, letter_id, NoticeKind.INVITATION)}
    invitation = house.invitation(letter_id, ORGANISATION)
    access = Access(letter_id, invitation.id, invitation.generation, "browser")
    view = deciding.view(house.services, access)
    deciding.request_code(house.services, access, view.version, view.text_sha256)
    mails[NoticeKind.CODE] = newest(house, letter_id, NoticeKind.CODE)
    house.clock.pass_(minutes=1)
    house.approve(letter_id, ORGANISATION)
    mails[NoticeKind.RECEIPT] = newest(house, letter_id, NoticeKind.RECEIPT)
    drafting.import_letter(house.services, letter_text(body="Other words."), letter_id=letter_id)
    house.open(letter_id)
    mails[NoticeKind.NEW_VERSION] = newest(house, letter_id, NoticeKind.NEW_VERSION)
    return mails


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.tag)
def test_all_four_mails_are_spoken(house: House, language: Spoken) -> None:
    with (FOLDER / "messages.pot").open("rb") as file:
        english = [text for each in read_po(file) if (text := str(each.id)).count(" ") > 1 and "%(" not in text]
    mails = every_mail(house, house.opened(ORGANISATION, language=language.tag))
    assert set(mails) == set(NoticeKind)
    for kind, mail in mails.items():
        assert language.subjects[kind] in plain(mail.subject)
        assert plain(mail.sender) == language.sender
        assert f'<html lang="{language.tag}" dir="{language.direction}">' in mail.html
        # Some mail programs throw html and body away, and the direction with them.
        assert f'<td class="paper" lang="{language.tag}" dir="{language.direction}"' in mail.html
        assert [sentence for sentence in english if sentence in plain(mail.text) + plain(mail.html)] == []
        assert all(len(line) <= 76 for line in mail.text.splitlines() if "://" not in line)
    for kind in (NoticeKind.INVITATION, NoticeKind.NEW_VERSION):
        assert language.deadline in plain(mails[kind].text)
        assert language.deadline in plain(mails[kind].html)
