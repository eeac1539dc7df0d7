"""Writes the mail of a notice from its template; may import jinja2 and the mail rooms beside it.

Each kind of mail is written once, `templates/mail/KIND.jinja`, and set twice: what the plain text says, the HTML says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import lru_cache
from typing import Any

import jinja2

from signing.adapters.mail_headers import address, header_words, new_message, offer_an_end
from signing.adapters.mail_matter import Matter, Matters
from signing.adapters.mail_values import Values, values_of
from signing.adapters.mail_words import folded
from signing.evidence.statement import KeyStatement
from signing.locale import spoken, translations
from signing.resources import templates_folder
from signing.workflow.auditing import receipt_bytes
from signing.workflow.mail_ports import Notice, NoticeKind
from signing.workflow.ports import Services

# A mail program that knows no more than ASCII and short lines still passes the words on as they are.
ENCODING = "quoted-printable"


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """A mail ready to go. `secrets` are the words in it that must not appear anywhere else."""

    message: EmailMessage
    sender: str
    to: str
    secrets: tuple[str, ...]


@dataclass(slots=True)
class MailTexts:
    """Writes mails from `sender`, a plain address whose server also takes `local+anything@` of it."""

    sender: str
    _matters: Matters = field(default_factory=Matters)

    def write(self, services: Services, notice: Notice) -> WrittenMail:
        """The mail that says what `notice` is about, as things stand now.

        Raises:
            Outdated: when a code has expired, an invitation was revoked or a reminder has lost its reason meanwhile.
            NotAnAddress: when the notice's address is not one.
        """
        now = services.clock()
        with services.unit_of_work() as uow:
            matter = self._matters.read(uow, notice, now)
        values = values_of(services, notice, matter, now)
        template = "key-receipt" if isinstance(matter.said, KeyStatement) else notice.kind.value
        language, host = spoken(matter.language), services.installation.host
        message = _message(language, template, values.words)
        # First: an attachment takes every header about content down into the part of the words.
        _attach(services, message, notice, matter, values)
        address(message, notice, matter.greeted(notice), sender=self.sender, host=host, language=language, now=now)
        if values.stop:
            offer_an_end(message, values.stop)
        local, _, domain = self.sender.rpartition("@")
        # An answer of a mail server then names the notice, whatever its text says (FLOORS 4).
        to = message["To"].addresses[0].addr_spec
        return WrittenMail(message, f"{local}+{notice.id}@{domain}", to, values.secrets)


def _attach(services: Services, message: EmailMessage, notice: Notice, matter: Matter, values: Values) -> None:
    """A receipt brings its proof, and the opening of a commitment to whom it may open."""
    if notice.kind is not NoticeKind.RECEIPT:
        return
    message.add_attachment(
        receipt_bytes(services, notice.letter_id, int(notice.subject_id)),
        maintype="application",
        subtype="octet-stream",
        filename=values.words["filename"],
    )
    if values.words["opening"]:
        opening = matter.view.entry.opening
        message.add_attachment(opening, maintype="application", subtype="json", filename=values.words["opening"])


def _message(language: str, name: str, words: dict[str, Any]) -> EmailMessage:
    """Subject and the two bodies: the first line of the plain text is the subject."""
    subject, _, text = _set(language, "txt", name, words).partition("\n")
    message = new_message()
    message["Subject"] = header_words(subject)
    message.set_content(folded(text), cte=ENCODING)
    message.add_alternative(_set(language, "html", name, words), subtype="html", cte=ENCODING)
    return message


def _set(language: str, form: str, name: str, words: dict[str, Any]) -> str:
    """The template set as `html` or `txt`, in the layout and with the parts of that form."""
    template = _templates(language, form).get_template(f"mail/{name}.jinja")
    return template.render(words, layout=f"mail/layout.{form}", parts=f"mail/parts.{form}")


@lru_cache(maxsize=64)
def _templates(language: str, form: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_folder()),
        extensions=["jinja2.ext.i18n"],
        # Plain text is no markup: it is kept harmless by `mail_values` alone.
        autoescape=form == "html",  # noqa: S701
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    return environment
