"""Writes the mail of a notice from its template; may import jinja2 and the mail rooms beside it.

Each kind of mail is written once, `templates/mail/KIND.jinja`, and set twice: what the plain text says, the HTML says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from functools import lru_cache

import jinja2

from signing.adapters.mail_headers import address, header_words, new_message, offer_an_end
from signing.adapters.mail_letter import letter_sheet
from signing.adapters.mail_matter import Matters
from signing.adapters.mail_sheet import Sheet
from signing.adapters.mail_values import sheet_of
from signing.adapters.mail_words import folded
from signing.locale import translations
from signing.resources import templates_folder
from signing.workflow.mail_ports import Notice
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
            if notice.organisation_id is None:
                sheet = letter_sheet(services, uow, notice, now)
                matter = None
            else:
                matter = self._matters.read(uow, notice, now)
        if matter is not None:
            sheet = sheet_of(services, notice, matter, now)
        return self._written(services, notice, sheet, now)

    def _written(self, services: Services, notice: Notice, sheet: Sheet, now: datetime) -> WrittenMail:
        message = set_mail(sheet)
        host = services.installation.host
        address(message, notice, sheet.name, sender=self.sender, host=host, language=sheet.language, now=now)
        if sheet.stop:
            offer_an_end(message, sheet.stop)
        local, _, domain = self.sender.rpartition("@")
        # An answer of a mail server then names the notice, whatever its text says (FLOORS 4).
        to = message["To"].addresses[0].addr_spec
        return WrittenMail(message, f"{local}+{notice.id}@{domain}", to, sheet.secrets)


def set_mail(sheet: Sheet) -> EmailMessage:
    """Subject, the two bodies and the files: the first line of the plain text is the subject."""
    subject, _, text = _set(sheet, "txt").partition("\n")
    message = new_message()
    message["Subject"] = header_words(f"{sheet.mark} {subject}")
    message.set_content(folded(text), cte=ENCODING)
    message.add_alternative(_set(sheet, "html"), subtype="html", cte=ENCODING)
    # Before any other header: an attachment takes every header about content down into the part of the words.
    for file in sheet.files:
        maintype, _, subtype = file.type.partition("/")
        message.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=file.name)
    return message


def _set(sheet: Sheet, form: str) -> str:
    """The template set as `html` or `txt`, in the layout and with the parts of that form."""
    template = _templates(sheet.language, form).get_template(f"mail/{sheet.template}.jinja")
    return template.render(sheet.words, layout=f"mail/layout.{form}", parts=f"mail/parts.{form}")


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
