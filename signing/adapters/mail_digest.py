"""The daily mail to coordinators; may import the mail rooms beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from signing.adapters.mail_matter import Outdated
from signing.adapters.mail_sheet import Sheet
from signing.adapters.mail_values import Shown, common
from signing.domain.letter import Letter
from signing.locale import SOURCE
from signing.locale.dates import moment
from signing.workflow import digests
from signing.workflow.digests import Digest
from signing.workflow.mail_ports import Notice
from signing.workflow.ports import Services, UnitOfWork

# So many organisations are named of each kind; the dashboard has the others.
MOST_NAMED = 12


def digest_sheet(services: Services, uow: UnitOfWork, notice: Notice, letter: Letter, now: datetime) -> Sheet:
    """What happened since the last one; raises Outdated where its reader has ended it, or has left the letter."""
    account_id, since, until = digests.read_span(notice.subject_id)
    account = digests.still_wanted(uow, letter.id, account_id, notice.to)
    if account is None:
        raise Outdated("Its reader does not want the daily mail of this letter any more.")
    digest = digests.digest_of(uow, letter, since, until)
    place = f"{services.installation.base_url}/coordinator/letters/{letter.id}"
    # Accounts read English, as their pages do.
    words = common(services, letter.title, SOURCE) | _words(digest, since, now) | {
        "greeted": Shown(SOURCE)(account.name, 60),
        "dashboard": f"{place}/status",
        "remarks_page": f"{place}/remarks",
        "settings": f"{place}/people",
    }
    return Sheet(template=notice.kind.value, language=SOURCE, name=account.name, words=words)


def _words(digest: Digest, since: datetime, now: datetime) -> dict[str, Any]:
    letter, news, shown = digest.letter, digest.news, Shown(SOURCE)
    deadline = letter.asked_until(now)
    left = (deadline - now).days if deadline is not None and deadline > now else None
    return {
        "since": moment(since, letter.zone, SOURCE),
        "asked": digest.asked,
        "approved": digest.approved,
        "silent": digest.silent,
        "lacking": digest.lacking,
        "deadline": moment(deadline, letter.zone, SOURCE) if deadline is not None else "",
        "days_left": left,
        "questions": digest.questions,
        "withheld": news.withheld,
        "happened": [
            (kind, _named(shown, names), max(0, len(names) - MOST_NAMED))
            for kind, names in (
                ("approved", news.approved), ("declined", news.declined), ("withdrawn", news.withdrawn),
                ("said", news.said), ("handed-over", news.handed_over),
                ("bounced", [f"{each.organisation} ({each.reason})" for each in news.bounced]),
            )
            if names
        ],
    }  # fmt: skip


def _named(shown: Shown, names: Sequence[str]) -> list[str]:
    return [shown(each, 240) for each in names[:MOST_NAMED]]
