"""Will we make it? One sentence, as plain and as sure as the figures are."""

from __future__ import annotations

from signing.domain.forecast import Outlook
from signing.domain.organisation import Standing
from signing.locale import translations
from signing.web.page import _, day, language
from signing.workflow.dashboard import Dashboard


def headline(board: Dashboard) -> str:
    """How many of how many."""
    if not board.organisations:
        return _("Nobody is on the roster yet")
    if board.forecast.outlook is Outlook.COMPLETE:
        return _("All %(all)s have approved", all=board.organisations)
    return _("%(approved)s of %(all)s have approved", approved=board.approved, all=board.organisations)


def outlook(board: Dashboard) -> str:
    """What it will come to, and what stands in the way; "" where there is nothing to say."""
    letter = board.letter
    if letter.abandoned_at is not None:
        return _("This letter was given up on %(day)s.", day=day(letter.abandoned_at, letter.zone))
    if not board.organisations:
        return ""
    return " ".join(words for words in (_ahead(board), _quorum(board), _unopened(board)) if words)


def _ahead(board: Dashboard) -> str:
    ahead, zone = board.forecast, board.letter.zone
    by = day(ahead.deadline, zone) if ahead.deadline is not None else ""
    if ahead.outlook is Outlook.TOO_EARLY:
        return f"{_('It is too early to say how many it will be.')} {_until(board)}".rstrip()
    if ahead.outlook is Outlook.STALLED:
        return f"{_('Nobody has approved within the last week.')} {_until(board)}".rstrip()
    if ahead.outlook is Outlook.OVER:
        if board.state.closed or ahead.deadline is None:
            return ""
        return _("The deadline was %(day)s.", day=by)
    if ahead.outlook is not Outlook.PACE:
        return ""
    pace = f"{ahead.pace:.1f}".rstrip("0").rstrip(".")
    if ahead.expected is None:
        return _("In the last week %(pace)s a day approved. There is no deadline to count up to.", pace=pace)
    soft = ahead.deadline == board.letter.soft_deadline != board.letter.hard_deadline
    if ahead.expected >= ahead.organisations:
        if soft:
            return f"{_('At the pace of the last week all of them will have by %(day)s.', day=by)} {_until(board)}"
        return _("At the pace of the last week all of them will have by the deadline on %(day)s.", day=by)
    if soft:
        words = _(
            "At the pace of the last week (%(pace)s a day) it will be about %(expected)s by %(day)s.",
            pace=pace, expected=ahead.expected, day=by,
        )  # fmt: skip
        return f"{words} {_until(board)}"
    return _(
        "At the pace of the last week (%(pace)s a day) it will be about %(expected)s by the deadline on %(day)s.",
        pace=pace, expected=ahead.expected, day=by,
    )


def _until(board: Dashboard) -> str:
    """Until when answers are asked for, and the last moment where that is another; "" where nothing is said."""
    asked, letter = board.forecast.deadline, board.letter
    if asked is None:
        return ""
    by = day(asked, letter.zone)
    if asked != letter.soft_deadline or asked == letter.hard_deadline:
        return _("The deadline is %(day)s.", day=by)
    if letter.hard_deadline is None:
        return _("Asked for by %(day)s.", day=by)
    return _("Asked for by %(day)s, last moment %(last)s.", day=by, last=day(letter.hard_deadline, letter.zone))


def _quorum(board: Dashboard) -> str:
    quorum, ahead = board.letter.quorum, board.forecast
    if not quorum > 0:
        return ""
    if board.approved >= quorum:
        return _("The %(quorum)s that you need are there.", quorum=quorum)
    if ahead.expected is not None and ahead.expected < quorum:
        return _("That is fewer than the %(quorum)s that you need.", quorum=quorum)
    return _("You need %(quorum)s.", quorum=quorum)


def _unopened(board: Dashboard) -> str:
    if board.state.closed or board.letter.opened_at is None:
        return ""
    found = translations(language())
    unopened = board.count(Standing.DELIVERED, Standing.SILENT)
    bounced = board.count(Standing.BOUNCED)
    parts = []
    if unopened:
        parts.append(
            found.ngettext("%(num)s has not opened the mail.", "%(num)s have not opened the mail.", unopened)
            % {"num": unopened}
        )
    if bounced:
        parts.append(
            found.ngettext("%(num)s mail came back.", "%(num)s mails came back.", bounced) % {"num": bounced}
        )
    return " ".join(parts)
