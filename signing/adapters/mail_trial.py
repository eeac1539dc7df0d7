"""The test mail that somebody sends to themselves; may import the mail rooms beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from signing.adapters.mail_matter import Outdated
from signing.adapters.mail_samples import TRIED_OUT, MailSamples, sample_sheet
from signing.adapters.mail_sheet import Sheet
from signing.domain.letter import Letter
from signing.locale import spoken
from signing.workflow.mail_ports import Notice
from signing.workflow.ports import SampleOf, Services, UnitOfWork


def trial_sheet(services: Services, uow: UnitOfWork, notice: Notice, letter: Letter, now: datetime) -> Sheet:
    """The sample of a kind of mail, marked as a test; to the address of an account and no other. Raises Outdated."""
    account_id, _, name = notice.subject_id.partition(" ")
    account = uow.accounts.get(account_id)
    kind = next((each for each in MailSamples().kinds() if each.value == name), None)
    if kind is None or account is None or account.email != notice.to or account.disabled_at is not None:
        raise Outdated("The account is gone, or has another address now.")
    language = notice.language or letter.language
    version = uow.letters.version(letter.id, letter.version) if letter.version else uow.letters.draft(letter.id)
    own = uow.wordings.of_mail(letter.id, kind.value, spoken(language))
    sheet = sample_sheet(services, SampleOf(letter, version, kind, language, own))
    # No button of its reader's mail program must lead to an address that is none.
    words = sheet.words | {"trial": True}
    return replace(sheet, words=words, name=account.name, mark=TRIED_OUT, stop="", secrets=())
