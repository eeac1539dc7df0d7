"""Every mail is written in the contact's language: subject, sender, both bodies, dates, and the way it runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from babel.messages.pofile import read_po

from signing.adapters.mail_text import MailTexts
from signing.domain.organisation import Decision
from signing.locale import FOLDER
from signing.workflow import drafting, key_binding, vouching
from signing.workflow.delivery_ports import DeliveryAddress
from signing.workflow.device_signing import KeyWaits, OfferedKey
from signing.workflow.mail_ports import Notice, NoticeKind
from signing.workflow.opening import Wishes
from signing.workflow.ports import Edition
from tests.adapters.builders import LETTER, NOW
from tests.adapters.mail_gallery import ADDRESSEE, lay_out_gallery
from tests.evidence import signers
from tests.locale.languages import (
    ABANDONED,
    DECLINED,
    LANGUAGES,
    NOTED,
    REVOKED,
    SEALED,
    Spoken,
    columns,
    plain,
)
from tests.web.installation import House, letter_text
from tests.workflow.desk import Desk

ORGANISATION = "Human Rights in China"
ASKED = (NoticeKind.INVITATION, NoticeKind.NEW_VERSION, NoticeKind.CARRIED, NoticeKind.KEY_VOUCHED)
# Their pages are English, and so are these.
TO_ACCOUNTS = {NoticeKind.DIGEST, NoticeKind.MEMBER}
LAPTOP, PHONE, TABLET = (signers.browser_key(name) for name in ("laptop", "phone", "tablet"))
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
    return written(house, notice)


def written(house: House, notice: Notice) -> Mail:
    message = TEXTS.write(house.services, notice).message
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return Mail(str(message["Subject"]), message["From"].addresses[0].display_name, text.get_content(),
                html.get_content())


def mails_of_a_letter(house: House, tag: str) -> dict[str, Mail]:
    """From the invitation to other words, with a key of the contact's device."""
    letter_id = house.opened(ORGANISATION, language=tag)
    mails: dict[str, Mail] = {NoticeKind.INVITATION: newest(house, letter_id, NoticeKind.INVITATION)}
    desk = Desk(house, letter_id, ORGANISATION)
    digits = desk.asks_for_a_code()
    mails[NoticeKind.CODE] = newest(house, letter_id, NoticeKind.CODE)
    desk.signs(LAPTOP, desk.prepares(LAPTOP, code=digits, accepts=True))
    mails[NoticeKind.RECEIPT] = newest(house, letter_id, NoticeKind.RECEIPT)
    body = letter_text().body
    for kind, words in ((NoticeKind.CARRIED, body.replace(" ", "  ", 1)), (NoticeKind.NEW_VERSION, "Other words.")):
        drafting.import_letter(house.services, letter_text(body=words), letter_id=letter_id)
        house.open(letter_id)
        mails[kind] = newest(house, letter_id, kind)
    return mails | mails_of_keys(house, desk)


def mails_of_keys(house: House, desk: Desk) -> dict[str, Mail]:
    """One key of the contact's speaks for another, until a day, and is revoked."""
    mails: dict[str, Mail] = {}
    house.clock.pass_(minutes=1)
    offered, until = OfferedKey(PHONE.public), house.clock() + timedelta(days=3)
    waits = key_binding.prepare_binding(house.services, desk.access, LAPTOP.public.key, offered, until)
    key_binding.submit_binding(house.services, desk.access, waits.prepared_id, LAPTOP.sign(waits.pae))
    mails[NOTED] = newest(house, desk.letter_id, NoticeKind.RECEIPT)
    house.clock.pass_(minutes=1)
    key_binding.revoke(house.services, desk.access, PHONE.public.key, desk.asks_for_a_code())
    mails[REVOKED] = newest(house, desk.letter_id, NoticeKind.RECEIPT)
    return mails


def mails_of_persons(house: House, tag: str) -> dict[str, Mail]:
    """Whatever comes of reminders, of handing over, of a reviewer, of remarks, and of the end of a letter."""
    notices = lay_out_gallery(house.services, tag)
    named = {
        NoticeKind.REMINDER: "reminder",
        NoticeKind.FRESH_LINK: "fresh link",
        NoticeKind.HANDED_OVER: "handed over",
        NoticeKind.REVIEWED: "reviewer agrees",
        NoticeKind.REMARK_ANSWERED: "remark answered",
        NoticeKind.DEADLINE: "deadline",
        NoticeKind.CLOSED: "closed",
        ABANDONED: "abandoned",
        NoticeKind.PUBLISHED: "published",
        NoticeKind.TRIAL: "trial of invitation",
    }
    mails = {kind: written(house, notices[name]) for kind, name in named.items()}
    return mails | {NoticeKind.DELIVERY: written(house, delivery_in(house, tag, notices["delivery"]))}


def delivery_in(house: House, tag: str, notice: Notice) -> Notice:
    """The mail to one of those the letter is addressed to, of an edition in the language they read."""
    with house.services.unit_of_work(write=True) as uow:
        # Closed by an entry of its own: here the log's first.
        uow.editions.add(Edition(LETTER, 2, 2, 0, 3, 1, NOW, {f"{tag}.pdf": b"%PDF-1.7 an edition"}))
        uow.delivery_addresses.replace(LETTER, [DeliveryAddress(LETTER, 0, "Person", ADDRESSEE, language=tag)])
        uow.commit()
    return replace(notice, subject_id="2:0")


def every_mail(house: House, tag: str) -> dict[str, Mail]:
    """Whatever one organisation can be sent."""
    letter_id = house.opened(ORGANISATION, wishes=Wishes(binders=("attestor", "coordinator")), language=tag)
    with pytest.raises(KeyWaits):
        Desk(house, letter_id, ORGANISATION).answers_with(TABLET)
    vouching.vouch(house.services, letter_id, "org-china", TABLET.public.key)
    mails: dict[str, Mail] = {NoticeKind.KEY_VOUCHED: newest(house, letter_id, NoticeKind.KEY_VOUCHED)}
    mails |= mails_of_a_letter(house, tag) | mails_of_persons(house, tag)
    for name, decision in ((SEALED, Decision.APPROVE), (DECLINED, Decision.DECLINE)):
        desk = Desk(house, house.opened(ORGANISATION, language=tag), ORGANISATION)
        code = desk.asks_for_a_code()
        desk.sends(desk.form(decision, code=code, confidential=decision is Decision.APPROVE))
        mails[name] = newest(house, desk.letter_id, NoticeKind.RECEIPT)
    return mails


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.tag)
def test_every_mail_is_spoken(house: House, language: Spoken) -> None:
    with (FOLDER / "messages.pot").open("rb") as file:
        english = [text for each in read_po(file) if (text := str(each.id)).count(" ") > 1 and "%(" not in text]
    mails = every_mail(house, language.tag)
    assert mails.keys() == language.subjects.keys() == (
        {*NoticeKind, SEALED, DECLINED, NOTED, REVOKED, ABANDONED} - TO_ACCOUNTS
    )
    for kind, mail in mails.items():
        assert language.subjects[kind] in plain(mail.subject)
        assert plain(mail.sender) == language.sender
        assert f'<html lang="{language.tag}" dir="{language.direction}">' in mail.html
        # Some mail programs throw html and body away, and the direction with them.
        assert f'<td class="paper" lang="{language.tag}" dir="{language.direction}"' in mail.html
        assert [sentence for sentence in english if sentence in plain(mail.text) + plain(mail.html)] == []
        assert all(columns(line) <= 76 for line in mail.text.splitlines() if "://" not in line)
    for kind in ASKED:
        assert language.deadline in plain(mails[kind].text)
        assert language.deadline in plain(mails[kind].html)
