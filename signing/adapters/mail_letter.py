"""Mails about a letter that go to no contact but to coordinators, members, addressees; may import the mail rooms.

Each kind has a room of its own with one function, which reads what the mail is about and gives its `Sheet`; a line in
`_writers` and `templates/mail/KIND.jinja` make it a mail. What such a function is given:

- `notice`: `to` and `subject_id` say whom and what it is about, `language` what its reader reads, if that is known;
- `common(...)`: the words that every layout needs; add your own with `|`, each word of a person through `Shown`.

It raises Outdated when the mail has lost its sense. A template may use every part of `parts.*` and `sections.jinja`
whose words it is given; there is no way in, no link and no code of anybody in these mails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from signing.adapters.mail_matter import Outdated
from signing.adapters.mail_sheet import Sheet
from signing.domain.letter import Letter
from signing.workflow.mail_ports import Notice, NoticeKind
from signing.workflow.ports import Services, UnitOfWork

Writer = Callable[[Services, UnitOfWork, Notice, Letter, datetime], Sheet]


def letter_sheet(services: Services, uow: UnitOfWork, notice: Notice, now: datetime) -> Sheet:
    """The mail of a notice to somebody who is no organisation's contact. Raises Outdated."""
    letter = uow.letters.get(notice.letter_id)
    writer = _writers().get(notice.kind)
    if letter is None or writer is None:
        raise Outdated("There is nothing that this mail could tell of.")
    return writer(services, uow, notice, letter, now)


def _writers() -> Mapping[NoticeKind, Writer]:
    """Who writes which kind."""
    from signing.adapters.mail_delivery import delivery_sheet
    from signing.adapters.mail_digest import digest_sheet
    from signing.adapters.mail_member import member_sheet
    from signing.adapters.mail_trial import trial_sheet

    return {
        NoticeKind.DIGEST: digest_sheet,
        NoticeKind.TRIAL: trial_sheet,
        NoticeKind.DELIVERY: delivery_sheet,
        NoticeKind.MEMBER: member_sheet,
    }
