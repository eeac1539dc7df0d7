"""Writes the mail of a notice from its template; may import jinja2, babel and the standard library's email.

The outbox holds no link and no code: they are derived here, at the last moment, and go into the mail only.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime as rfc5322_date
from functools import lru_cache
from typing import Any

import jinja2

from signing.adapters.mail_headers import header_words, recipient
from signing.domain.errors import Refusal
from signing.domain.invitation import Code, InvitationStanding
from signing.domain.letter import Letter
from signing.domain.organisation import Decision
from signing.locale import spoken, text_direction, translations
from signing.locale.dates import moment
from signing.resources import templates_folder
from signing.workflow.auditing import receipt_bytes
from signing.workflow.letters import texts_of
from signing.workflow.ports import InvitationView, Notice, NoticeKind, RecordedAnswer, Services, UnitOfWork

LINE = 76


class Outdated(Refusal):
    """The notice has lost its sense before it was sent, and must not be sent any more."""

    code = "notice-outdated"


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """A mail ready to go. `secrets` are the words in it that must not appear anywhere else."""

    message: EmailMessage
    sender: str
    to: str
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database says about a notice, read in one go."""

    view: InvitationView
    code: Code | None
    answer: RecordedAnswer | None
    title: str
    addressee: str


@dataclass(slots=True)
class MailTexts:
    """Writes mails from `sender`, a plain address whose server also takes `local+anything@` of it."""

    sender: str
    _words: dict[tuple[str, int, str], tuple[str, str]] = field(default_factory=dict)

    def write(self, services: Services, notice: Notice) -> WrittenMail:
        """The mail that says what `notice` is about, as things stand now.

        Raises:
            Outdated: when a code has expired or an invitation was revoked meanwhile.
            NotAnAddress: when the notice's address is not one.
        """
        now = services.clock()
        with services.unit_of_work() as uow:
            known = self._known(uow, notice)
        language = spoken(known.view.entry.language or known.view.letter.language)
        values, secrets = _values(services, notice, known, language, now)
        message = _message(_templates(language), notice.kind, values)
        host = services.installation.host
        _address(message, notice, known, sender=self.sender, host=host, language=language, now=now)
        if notice.kind is NoticeKind.RECEIPT:
            message.add_attachment(
                receipt_bytes(services, notice.letter_id, int(notice.subject_id)),
                maintype="application",
                subtype="octet-stream",
                filename=values["filename"],
            )
        if "opening" in values:
            message.add_attachment(
                known.view.entry.opening, maintype="application", subtype="json", filename=values["opening"]
            )
        local, _, domain = self.sender.rpartition("@")
        # An answer of a mail server then names the notice, whatever its text says (FLOORS 4).
        return WrittenMail(message, f"{local}+{notice.id}@{domain}", message["To"].addresses[0].addr_spec, secrets)

    def _known(self, uow: UnitOfWork, notice: Notice) -> _Known:
        code = uow.codes.get(notice.subject_id) if notice.kind is NoticeKind.CODE else None
        view = uow.invitations.view(notice.invitation_id, code.browser_sha256 if code else b"")
        if view is None:
            raise Outdated("The invitation is gone.")
        answer = None
        if notice.kind is NoticeKind.RECEIPT:
            answers = uow.answers.of_organisation(notice.letter_id, notice.organisation_id)
            answer = next((each for each in answers if str(each.index) == notice.subject_id), None)
            if answer is None:
                raise Outdated("There is no such answer.")
        title, addressee = self._words_of(uow, view.letter, view.entry.language or view.letter.language)
        return _Known(view, code, answer, title, addressee)

    def _words_of(self, uow: UnitOfWork, letter: Letter, language: str) -> tuple[str, str]:
        """Title and addressees of the open version; opened words never change, so they are read once."""
        key = (letter.id, letter.version, language)
        if key not in self._words:
            version = uow.letters.version(letter.id, letter.version)
            texts = texts_of(version) if version else {}
            text = texts.get(language) or texts.get(letter.language)
            if text is None:
                return letter.title, ""
            self._words[key] = (text.title, "; ".join(", ".join(block[:2]) for block in text.addressees[:3]))
        return self._words[key]


def _values(
    services: Services, notice: Notice, known: _Known, language: str, now: datetime
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What the template of this notice may say, and what of it is secret."""
    invitation, letter, entry = known.view.invitation, known.view.letter, known.view.entry
    gettext = translations(language).gettext
    values: dict[str, Any] = {
        "lang": language,
        "direction": text_direction(language),
        "host": services.installation.host,
        "base_url": services.installation.base_url,
        "title": known.title,
        "addressee": known.addressee,
        "organisation": entry.listed_name,
        "contact": entry.contact,
        "version": letter.version,
        "deadline": moment(letter.hard_deadline, letter.zone, language) if letter.hard_deadline else "",
    }
    if notice.kind is not NoticeKind.RECEIPT:
        _check_still_meant(notice, known.view, now)
    if notice.kind is NoticeKind.CODE:
        code = _live_code(known, now)
        digits = services.tokens.code(code.id)
        spaced = f"{digits[:4]} {digits[4:]}"
        values |= {"code": spaced, "until": moment(code.expires_at, letter.zone, language)}
        return values, (digits, spaced)
    if known.answer is not None:
        answer = known.answer
        outcomes = {
            Decision.APPROVE: gettext("your approval is recorded. Thank you."),
            Decision.DECLINE: gettext("it is recorded that you decline. Your organisation is named nowhere."),
            Decision.WITHDRAW: gettext("your approval is withdrawn, and this is recorded."),
        }
        values |= {
            "decision": answer.decision,
            "outcome": outcomes[Decision(answer.decision)],
            "version": answer.version,
            "person": answer.person,
            "role": answer.role,
            "at": moment(answer.at, letter.zone, language),
            "index": answer.index,
            "filename": f"{letter.id}-{answer.index}.tlog-proof",
        }
        if answer.decision == Decision.DECLINE and entry.opening is not None:
            values["opening"] = f"{letter.id}-{answer.index}.opening.json"
        return values, ()
    token = services.tokens.link(invitation.id, invitation.generation)
    return values | {"link": f"{services.installation.base_url}/i/{token}"}, (token,)


def _check_still_meant(notice: Notice, view: InvitationView, now: datetime) -> None:
    """Links and codes go only to the address of now, and a link only as long as it is the newest."""
    invitation = view.invitation
    if invitation.standing(invitation.generation, now) is not InvitationStanding.LIVE:
        raise Outdated("The invitation was revoked or expired before the mail could be sent.")
    if notice.to != view.entry.email:
        raise Outdated("The address of the organisation was changed before the mail could be sent.")
    if notice.kind is NoticeKind.INVITATION and notice.subject_id != str(invitation.generation):
        raise Outdated("A newer link was issued before this one could be sent.")


def _live_code(known: _Known, now: datetime) -> Code:
    code = known.code
    if code is None or known.view.code is None or known.view.code.id != code.id:
        raise Outdated("A newer code was asked for before this one could be sent.")
    if not code.usable(now):
        raise Outdated("The code expired before it could be sent.")
    return code


def _message(templates: jinja2.Environment, kind: NoticeKind, values: dict[str, Any]) -> EmailMessage:
    """Subject and the two bodies: the text template's first line is the subject."""
    subject, _, text = templates.get_template(f"mail/{kind}.txt").render(values).partition("\n")
    message = EmailMessage()
    message["Subject"] = header_words(subject)
    message.set_content(folded(text))
    html = templates.get_template(f"mail/{kind}.html").render(values, subject=header_words(subject))
    message.add_alternative(html, subtype="html")
    return message


def _address(
    message: EmailMessage, notice: Notice, known: _Known, *, sender: str, host: str, language: str, now: datetime
) -> None:
    service = translations(language).gettext("Joint letters at %(host)s") % {"host": host}
    message["From"] = Address(header_words(service), addr_spec=sender)
    message["To"] = recipient(known.view.entry.contact, notice.to)
    message["Date"] = rfc5322_date(now)
    message["Message-ID"] = notice.message_id
    # One thread for each letter and organisation, whichever of its mails came first.
    thread = f"<{notice.letter_id}.{notice.organisation_id}@{host}>"
    message["In-Reply-To"] = thread
    message["References"] = thread
    # RFC 3834: whoever is away must not answer, and we answer nobody's machine.
    message["Auto-Submitted"] = "auto-generated"


def folded(text: str) -> str:
    """`text` in lines of a mail's width; a line without blanks (a link) stays whole, blank lines are single."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        if line.strip() or (lines and lines[-1]):
            indent = line[: len(line) - len(line.lstrip())]
            wrapped = textwrap.wrap(
                line, LINE, break_long_words=False, break_on_hyphens=False, subsequent_indent=indent
            )
            lines.extend(wrapped or [""])
    return "\n".join(lines) + "\n"


@lru_cache(maxsize=64)
def _templates(language: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_folder()),
        extensions=["jinja2.ext.i18n"],
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    return environment
