"""Mails before they go: as they will be, to nobody, and to oneself over real SMTP; nothing in them opens anything."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from signing.adapters.mail_matter import Outdated
from signing.adapters.mail_samples import END, LINK, SHORT, MailSamples
from signing.adapters.mail_text import MailTexts
from signing.adapters.smtp import SmtpTransport
from signing.adapters.worker import MailWorker
from signing.domain.wording import Wording
from signing.workflow.mail_ports import WORDED, MailSample, NoticeKind, NoticeStatus
from signing.workflow.ports import SampleOf, Services
from tests.adapters.builders import LETTER, NOW
from tests.adapters.mail_gallery import COORDINATOR, lay_out_gallery
from tests.adapters.mail_rules import broken_rules, read
from tests.mail_catcher import MailCatcher, text_of

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
OWN = {"subject": "{organisation}: {title}", "opening": "We met, {contact}.\nBy {deadline}.", "closing": "Ada\nGeneva"}


def sample(services: Services, kind: NoticeKind, language: str = "en", **own: str) -> MailSample:
    with services.unit_of_work() as uow:
        letter = uow.letters.get(LETTER)
        assert letter is not None
        version = uow.letters.version(LETTER, letter.version)
    return MailSamples().sample(services, SampleOf(letter, version, kind, language, own))


@pytest.fixture
def notices(services: Services) -> dict[str, Any]:
    return lay_out_gallery(services)


def test_every_kind_that_goes_to_organisations_is_shown(services: Services, notices: dict[str, Any]) -> None:
    assert tuple(MailSamples().kinds()) == WORDED
    for kind in WORDED:
        for language in ("en", "fr", "ar"):
            mail = sample(services, kind, language)
            assert mail.subject
            assert "Example Organisation" in mail.text.replace("\n", " ")
            assert f'lang="{language}"' in mail.html


def test_nothing_in_a_sample_opens_anything(services: Services, notices: dict[str, Any]) -> None:
    with services.unit_of_work() as uow:
        invitations = uow.invitations.of_letter(LETTER)
    real = {services.tokens.link(each.id, number) for each in invitations for number in (1, 2)}
    for kind in WORDED:
        mail = sample(services, kind)
        said = mail.text + mail.html
        assert not any(each in said for each in real)
        links = set(re.findall(r"/i/([\w-]+)|/reminders/example/([\w-]+)", said))
        assert links <= {(LINK, ""), ("", END)}
        assert services.tokens.link("example", 1) not in said
        assert services.tokens.short_code("example", 1)[:4] not in said
    assert f"/i/{LINK}" in sample(services, NoticeKind.INVITATION).text
    assert SHORT[:4] in sample(services, NoticeKind.INVITATION).text


def test_own_words_stand_around_what_stays_ours(services: Services, notices: dict[str, Any]) -> None:
    ours, mine = sample(services, NoticeKind.INVITATION), sample(services, NoticeKind.INVITATION, **OWN)
    assert mine.subject.startswith("Example Organisation: Joint letter")
    lines = mine.text.splitlines()
    assert "We met, Alex Example." in lines
    assert "By Thursday 24 December 2026, 10:30 (Brussels time)." in lines
    assert lines.index("Ada") + 1 == lines.index("Geneva")
    theirs = set(mine.text.splitlines())
    assert [line for line in ours.text.splitlines()[2:] if line not in theirs] == []
    assert lines.index("We met, Alex Example.") < lines.index("Ada")


def test_a_real_mail_says_the_same_words_and_a_reviewers_only_ours(
    services: Services, notices: dict[str, Any]
) -> None:
    with services.unit_of_work(write=True) as uow:
        for part, words in OWN.items():
            uow.wordings.save(Wording(LETTER, "invitation", "en", part, words), NOW)
        uow.wordings.save(Wording(LETTER, "reminder", "en", "closing", "For {deadline}"), NOW)
        uow.letters.arrange(replace(_letter(uow), hard_deadline=None, soft_deadline=None))
        uow.commit()
    texts = MailTexts("letters@example.org")
    written = {name: text_of(texts.write(services, notices[name]).message) for name in (
        "invitation", "invitation of a reviewer", "reminder",
    )}  # fmt: skip
    assert "Ada\nGeneva" in written["invitation"]
    # There is no deadline to name, so that part is ours, which says nothing.
    assert "We met" not in written["invitation"]
    assert "For " not in [line[:4] for line in written["reminder"].splitlines()]
    assert "Geneva" not in written["invitation of a reviewer"]


def _letter(uow: Any) -> Any:
    return uow.letters.get(LETTER)


def test_a_test_goes_to_its_own_account_over_smtp_and_is_marked(services: Services, notices: dict[str, Any]) -> None:
    trial = notices["trial of reminder"]
    elsewhere = replace(trial, id="notice-9999", to="eve@example.org", message_id="<9999@letters.example.org>")
    with services.unit_of_work(write=True) as uow:
        uow.outbox.add([trial, elsewhere])
        uow.commit()
    with MailCatcher() as mails:
        transport = SmtpTransport(mails.url)
        assert MailWorker(services, transport, MailTexts("letters@example.org")).run_once() == 2
        transport.close()
    ((to, message),) = mails.messages
    assert to == COORDINATOR
    assert message["Subject"].startswith("[Test] Reminder: Example Organisation")
    assert "This is a test, mailed to you alone." in " ".join(text_of(message).split())
    assert f"/i/{LINK}" in text_of(message)
    assert message["List-Unsubscribe"] is None
    assert broken_rules(mails.contents[0], "en", reminder=False) == []
    with services.unit_of_work() as uow:
        states = {each.id: each.status for each in uow.outbox.of_letter(LETTER)}
    assert states == {trial.id: NoticeStatus.SENT, "notice-9999": NoticeStatus.FAILED}


def test_a_digest_of_somebody_who_left_is_not_sent(services: Services, notices: dict[str, Any]) -> None:
    texts = MailTexts("letters@example.org")
    assert read(texts.write(services, notices["digest"]).message.as_bytes())["Subject"].startswith("0 approvals of 3")
    with services.unit_of_work(write=True) as uow:
        uow.members.remove(LETTER, "account-1")
        uow.commit()
    with pytest.raises(Outdated):
        texts.write(services, notices["digest"])
