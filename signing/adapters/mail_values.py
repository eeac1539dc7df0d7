"""What the template of a notice may say; may import the mail rooms beside it.

Links and codes are derived here, at the last moment, and go into the mail only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from signing.adapters.mail_closing import closing_values
from signing.adapters.mail_matter import Matter, Outdated
from signing.adapters.mail_receipt import receipt_files, receipt_values
from signing.adapters.mail_sheet import Sheet
from signing.adapters.mail_words import isolated, lines_of, plain_line, shortened, without_links
from signing.domain.handover import masked
from signing.domain.invitation import Code, Part
from signing.domain.wording import MailPart, filled
from signing.evidence.statement import KeyStatement
from signing.locale import spoken, text_direction
from signing.locale.dates import moment
from signing.locale.zones import zone_of
from signing.workflow.mail_ports import Notice, NoticeKind
from signing.workflow.ports import Services

LONGEST_NAME = 160
# What contacts type may be mailed to somebody they name: no room for a letter of their own in it.
LONGEST_CONTACT = 60


@dataclass(frozen=True, slots=True)
class Values:
    """`words` are for the template; `secrets` and `stop` are those of its `Sheet`."""

    words: dict[str, Any]
    secrets: tuple[str, ...] = ()
    stop: str = ""


def sheet_of(services: Services, notice: Notice, matter: Matter, now: datetime) -> Sheet:
    """The mail of `notice` to an organisation's contact. Raises Outdated when its code is no longer good."""
    values = values_of(services, notice, matter, now)
    return Sheet(
        template="key-receipt" if isinstance(matter.said, KeyStatement) else notice.kind.value,
        language=spoken(matter.language),
        name=matter.greeted(notice),
        words=values.words,
        secrets=values.secrets,
        stop=values.stop,
        files=receipt_files(services, notice, matter, values.words) if notice.kind is NoticeKind.RECEIPT else (),
    )


def values_of(services: Services, notice: Notice, matter: Matter, now: datetime) -> Values:
    """Everything the mail of `notice` says. Raises Outdated when its code is no longer good."""
    words = _common(services, notice, matter, now)
    if notice.kind is NoticeKind.CODE:
        return _code(services, matter, words, now)
    if notice.kind is NoticeKind.RECEIPT:
        return Values(words | receipt_values(notice, matter, Shown(matter.language)))
    if notice.kind is NoticeKind.HANDED_OVER:
        return Values(words | _change(notice, matter))
    if notice.kind in (NoticeKind.CLOSED, NoticeKind.PUBLISHED):
        return Values(words | closing_values(notice, matter, Shown(matter.language)))
    return _with_way_in(services, notice, matter, words | _change(notice, matter) | _said(matter))


@dataclass(frozen=True, slots=True)
class Shown:
    """Makes words of people harmless, in a mail of this language."""

    language: str

    def __call__(self, text: str | None, longest: int = LONGEST_NAME) -> str:
        return self._line(shortened(plain_line(text or ""), longest))

    def lines(self, text: str | None) -> list[str]:
        return [self._line(line) for line in lines_of(text or "")]

    def _line(self, line: str) -> str:
        return isolated(without_links(line), text_direction(spoken(self.language)))


def common(services: Services, title: str, language: str, *, linked: bool = True) -> dict[str, Any]:
    """What every mail may say, whoever reads it: `title` is that of the letter in the reader's `language`."""
    base_url, tongue = services.installation.base_url, spoken(language)
    return {
        "lang": tongue,
        "direction": text_direction(tongue),
        "host": services.installation.host if linked else without_links(services.installation.host),
        "linked": linked,
        "base_url": base_url,
        "enter": _address(base_url, "enter", linked),
        "genuine": _address(base_url, "genuine", linked),
        "check": _address(base_url, "check", linked),
        "title": Shown(language)(title),
    }


def _common(services: Services, notice: Notice, matter: Matter, now: datetime) -> dict[str, Any]:
    letter, entry, shown = matter.view.letter, matter.view.entry, Shown(matter.language)
    return common(services, matter.title, matter.language, linked=letter.mail_links) | {
        "addressee": shown(matter.addressee),
        "organisation": shown(entry.listed_name),
        "contact": shown(matter.greeted(notice), LONGEST_CONTACT),
        "reviewer": matter.view.invitation.part is Part.REVIEWER,
        "version": letter.version,
        "fingerprint": matter.fingerprint,
        **_deadline(matter, now),
        **_own(notice, matter, now),
    }


def _own(notice: Notice, matter: Matter, now: datetime) -> dict[str, Any]:
    """The coordinator's own words, filled in; ours where one names what this mail has not."""
    shown, entry = Shown(matter.language), matter.view.entry
    known = {
        "organisation": entry.listed_name,
        "contact": shortened(matter.greeted(notice), LONGEST_CONTACT),
        "title": matter.title,
        "deadline": _deadline(matter, now)["deadline"],
    }
    own = {part: filled(matter.own.get(part, ""), known) or "" for part in MailPart}
    return {
        "own_subject": shown(own[MailPart.SUBJECT]),
        "own_opening": shown.lines(own[MailPart.OPENING]),
        "own_closing": shown.lines(own[MailPart.CLOSING]),
    }


def _deadline(matter: Matter, now: datetime) -> dict[str, str]:
    """The deadline that is asked for, by the letter's clock, and by the reader's where that is known and shows another
    hour; and when the doors are shut, where that is later."""
    letter, there = matter.view.letter, zone_of(matter.view.entry.country)
    at, shut, language = letter.asked_until(now), letter.hard_deadline, matter.language
    if at is None:
        return {"deadline": "", "deadline_there": "", "shut": ""}
    return {
        "deadline": moment(at, letter.zone, language),
        "deadline_there": moment(at, there, language) if there and _clock(at, there) != _clock(at, letter.zone) else "",
        "shut": moment(shut, letter.zone, language) if shut is not None and shut != at else "",
    }


def _clock(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _address(base_url: str, page: str, linked: bool) -> str:
    """A page of ours; to be typed, where mails carry no links: it looks the same and no mail program makes a link."""
    return f"{base_url}/{page}" if linked else without_links(f"{base_url.partition('://')[2]}/{page}")


def _code(services: Services, matter: Matter, words: dict[str, Any], now: datetime) -> Values:
    code = _live_code(matter, now)
    digits = services.tokens.code(code.id)
    spaced = f"{digits[:4]} {digits[4:]}"
    until = moment(code.expires_at, matter.view.letter.zone, matter.language)
    return Values(words | {"code": spaced, "until": until}, (digits, spaced))


def _live_code(matter: Matter, now: datetime) -> Code:
    code = matter.code
    if code is None or matter.view.code is None or matter.view.code.id != code.id:
        raise Outdated("A newer code was asked for before this one could be sent.")
    if not code.usable(now):
        raise Outdated("The code expired before it could be sent.")
    return code


def _with_way_in(services: Services, notice: Notice, matter: Matter, words: dict[str, Any]) -> Values:
    """With the link, where the letter's mails carry one, and the short code."""
    invitation, base_url, tokens = matter.view.invitation, services.installation.base_url, services.tokens
    token, code = (each(invitation.id, invitation.generation) for each in (tokens.link, tokens.short_code))
    parted = "-".join(code[start : start + 4] for start in range(0, len(code), 4))
    linked, secrets = matter.view.letter.mail_links, (token, code, parted)
    words = words | {"link": f"{base_url}/i/{token}" if linked else "", "short_code": parted, "stop": ""}
    if notice.kind is not NoticeKind.REMINDER:
        return Values(words, secrets)
    ending = tokens.reminders_token(invitation.id, notice.to)
    stop = f"{base_url}/reminders/{invitation.id}/{ending}"
    return Values(words | {"stop": stop if linked else ""}, (*secrets, ending), stop)


def _change(notice: Notice, matter: Matter) -> dict[str, Any]:
    """Who handed the letter to whom, until when; the whole address for whoever did it alone: that of a contact before
    them may have been a stranger's, typed by mistake."""
    change, shown, zone = matter.change, Shown(matter.language), matter.view.letter.zone
    if change is None:
        return {"asked_by": ""}
    address = change.to_email or ""
    return {
        "asked_by": shown(change.person, LONGEST_CONTACT),
        "colleague": shown(change.to_contact, LONGEST_CONTACT),
        "colleague_address": shown(address if notice.to == change.email else masked(address)),
        "until": moment(change.until, zone, matter.language) if change.until else "",
    }


def _said(matter: Matter) -> dict[str, Any]:
    """What was said of the letter: by a reviewer, or by the contact and then the coordinator."""
    shown, review, remark = Shown(matter.language), matter.review, matter.remark
    words: dict[str, Any] = {"wished": matter.wished, "review": review is not None}
    if review is not None:
        words |= {
            "agrees": review.agrees,
            "person": shown(review.person, LONGEST_CONTACT),
            "review_version": review.version,
            "review_words": shown.lines(review.words),
        }
    if remark is not None:
        words |= {
            "asked_at": moment(remark.at, matter.view.letter.zone, matter.language),
            "quote": shown.lines(remark.quote),
            "remark": shown.lines(remark.words),
            "wording": shown.lines(remark.wording),
            "answer": shown.lines(remark.answer),
        }
    return words
