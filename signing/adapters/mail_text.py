"""Writes the mail of a notice from its template; may import jinja2, babel and the standard library's email.

The outbox holds no link and no code: they are derived here, at the last moment, and go into the mail only.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime as rfc5322_date
from functools import lru_cache
from typing import Any

import jinja2

from signing.adapters.mail_headers import header_words, recipient
from signing.domain.binding import Binding
from signing.domain.errors import Refusal
from signing.domain.invitation import Code, InvitationStanding
from signing.domain.letter import Letter
from signing.domain.organisation import Decision
from signing.evidence.phrase import phrase
from signing.evidence.schemes import LEVELS
from signing.evidence.statement import AssentStatement, Commitment, KeyStatement, parse
from signing.locale import spoken, text_direction, translations
from signing.locale.dates import moment
from signing.resources import templates_folder
from signing.workflow.appending import payload_of
from signing.workflow.auditing import receipt_bytes
from signing.workflow.key_views import key_phrase
from signing.workflow.letters import text_sha256, texts_of
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
    """What the database says about a notice, read in one go.

    `said` is the logged statement that a receipt proves, `bound` the key that was bound together with an answer,
    `level` how that was signed; `fingerprint` are twelve words of the digest of the letter's.
    """

    view: InvitationView
    code: Code | None
    answer: RecordedAnswer | None
    title: str
    addressee: str
    fingerprint: str
    said: AssentStatement | KeyStatement | None = None
    bound: Binding | None = None
    level: int = 1

    @property
    def confidential(self) -> bool:
        """Whether the statement stands under a commitment in place of the name."""
        return self.said is not None and isinstance(self.said.signatory, Commitment)


@dataclass(slots=True)
class MailTexts:
    """Writes mails from `sender`, a plain address whose server also takes `local+anything@` of it."""

    sender: str
    _words: dict[tuple[str, int, str], tuple[str, str]] = field(default_factory=dict)
    _fingerprints: dict[tuple[str, int], str] = field(default_factory=dict)

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
        template = "key-receipt" if isinstance(known.said, KeyStatement) else notice.kind.value
        message = _message(_templates(language), template, values)
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
        title, addressee = self._words_of(uow, view.letter, view.entry.language or view.letter.language)
        fingerprint = self._fingerprint_of(uow, view.letter, view.letter.version)
        known = _Known(view, code, None, title, addressee, fingerprint)
        return self._logged(uow, notice, known) if notice.kind is NoticeKind.RECEIPT else known

    def _logged(self, uow: UnitOfWork, notice: Notice, known: _Known) -> _Known:
        """What a receipt is about: an answer with the key that signed it, or a key statement alone."""
        logged = uow.log.entry(notice.letter_id, int(notice.subject_id))
        said = parse(payload_of(logged.entry)) if logged else None
        if isinstance(said, KeyStatement):
            return replace(known, said=said)
        answers = uow.answers.of_organisation(notice.letter_id, notice.organisation_id)
        answer = next((each for each in answers if str(each.index) == notice.subject_id), None)
        if answer is None or not isinstance(said, AssentStatement):
            raise Outdated("There is no such answer.")
        bindings = uow.bindings.of_organisation(notice.letter_id, notice.organisation_id)
        signer = next((each for each in bindings if each.key == said.by), None)
        bound = next((each for each in bindings if each.index == answer.index - 1 and each.key == said.by), None)
        return replace(
            known,
            answer=answer,
            said=said,
            bound=bound,
            fingerprint=self._fingerprint_of(uow, known.view.letter, answer.version),
            level=LEVELS[signer.scheme] if signer else 1,
        )

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

    def _fingerprint_of(self, uow: UnitOfWork, letter: Letter, number: int) -> str:
        """Twelve words of a version's digest, the same in mail, page, PDF and verifier."""
        key = (letter.id, number)
        if key not in self._fingerprints:
            version = uow.letters.version(letter.id, number)
            if version is None:
                return ""
            self._fingerprints[key] = phrase(text_sha256(version))
        return self._fingerprints[key]


def _values(
    services: Services, notice: Notice, known: _Known, language: str, now: datetime
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What the template of this notice may say, and what of it is secret."""
    invitation, letter, entry = known.view.invitation, known.view.letter, known.view.entry
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
        "fingerprint": known.fingerprint,
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
    if known.said is not None:
        return values | _said(known, known.said, notice, language), ()
    token = services.tokens.link(invitation.id, invitation.generation)
    return values | {"link": f"{services.installation.base_url}/i/{token}"}, (token,)


def _said(
    known: _Known, said: AssentStatement | KeyStatement, notice: Notice, language: str
) -> dict[str, Any]:
    """What a receipt says of the statement it proves."""
    letter, entry, index = known.view.letter, known.view.entry, int(notice.subject_id)
    values: dict[str, Any] = {
        "index": index,
        "filename": f"{letter.id}-{index}.tlog-proof",
        "confidential": known.confidential,
        "new_key": key_phrase(known.bound.public) if known.bound else "",
    }
    # The opening tells whose the commitment is: it goes to nobody who was invited by mistake.
    if known.confidential and entry.opening is not None and notice.to == entry.email:
        values["opening"] = f"{letter.id}-{index}.opening.json"
    if isinstance(said, KeyStatement):
        until = datetime.fromisoformat(said.until) if said.until is not None else None
        return values | {
            "action": said.action,
            "key": key_phrase(said.bound),
            "until": moment(until, letter.zone, language) if until is not None else "",
        }
    answer = known.answer
    assert answer is not None, "an answer's receipt is about an answer"
    return values | {
        "decision": answer.decision,
        "outcome": _outcome(Decision(answer.decision), known.confidential, language),
        "how": _how(known.level, language),
        "version": answer.version,
        "person": answer.person,
        "role": answer.role,
        "at": moment(answer.at, letter.zone, language),
    }


def _outcome(decision: Decision, confidential: bool, language: str) -> str:
    gettext = translations(language).gettext
    if decision is Decision.DECLINE:
        return gettext("it is recorded that you decline. Your organisation is named nowhere.")
    if decision is Decision.WITHDRAW:
        return gettext("your approval is withdrawn, and this is recorded.")
    if confidential:
        return gettext(
            "your approval is recorded. Your organisation is counted on the list and named nowhere. Thank you."
        )
    return gettext("your approval is recorded. Thank you.")


def _how(level: int, language: str) -> str:
    """The level of an answer in plain words (EVIDENCE 4.1)."""
    gettext = translations(language).gettext
    words = {
        1: gettext("with the mailed code; this service vouches for it (level 1 of 4)"),
        2: gettext("with a key in your browser (level 2 of 4)"),
        3: gettext("with your passkey (level 3 of 4)"),
        4: gettext("with a key of your own (level 4 of 4)"),
    }
    return words[level]


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


def _message(templates: jinja2.Environment, name: str, values: dict[str, Any]) -> EmailMessage:
    """Subject and the two bodies: the text template's first line is the subject."""
    subject, _, text = templates.get_template(f"mail/{name}.txt").render(values).partition("\n")
    message = EmailMessage()
    message["Subject"] = header_words(subject)
    message.set_content(folded(text))
    html = templates.get_template(f"mail/{name}.html").render(values, subject=header_words(subject))
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
