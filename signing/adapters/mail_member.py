"""The mail to somebody who is let into a letter; may import the mail rooms.

Whoever has no password yet finds a link in it to set one: it is derived here, at the last moment, works once and for
three days, and stands nowhere but in the mail.
"""

from __future__ import annotations

from datetime import datetime

from signing.adapters.mail_matter import Outdated
from signing.adapters.mail_sheet import Sheet
from signing.adapters.mail_values import LONGEST_CONTACT, Shown, common
from signing.domain.access import MemberRole
from signing.domain.letter import Letter
from signing.locale import SOURCE
from signing.workflow.accounts import password_page
from signing.workflow.mail_ports import Notice
from signing.workflow.password_check import NO_PASSWORD
from signing.workflow.ports import Services, UnitOfWork


def member_sheet(services: Services, uow: UnitOfWork, notice: Notice, letter: Letter, now: datetime) -> Sheet:
    """What they may do, by whom, and the way in; in English, as the pages it leads to. Raises Outdated."""
    account, member = uow.accounts.get(notice.subject_id), uow.members.get(letter.id, notice.subject_id)
    if account is None or member is None or account.disabled_at is not None:
        raise Outdated("They are not on the letter any more.")
    shown, base_url = Shown(SOURCE), services.installation.base_url
    by = uow.accounts.get(member.added_by) if member.added_by else None
    new = account.password.startswith(NO_PASSWORD)
    page = password_page(services, account) if new else ""
    place = "auditor" if member.role is MemberRole.AUDITOR else "coordinator"
    letter_page = f"{base_url}/{place}/letters/{letter.id}"
    words = common(services, letter.title, SOURCE) | {
        "contact": shown(account.name, LONGEST_CONTACT),
        "role": member.role.value,
        "by": shown(by.name or by.email) if by else "",
        "new": new,
        "link": page or letter_page,
    }
    return Sheet("member", SOURCE, account.name, words, secrets=(page, page.rpartition("/")[2]) if page else ())
