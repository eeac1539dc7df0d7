"""Mails as they will go, to an example organisation that does not exist; may import the mail rooms beside it.

Fulfils `ports.MailSampling`. What opens a real invitation is never made here: where a mail has a link or a code, a
sample says that it stands there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

from signing.adapters.mail_matter import Matter, words_of
from signing.adapters.mail_sheet import Sheet
from signing.adapters.mail_text import set_mail
from signing.adapters.mail_values import sheet_of
from signing.domain.invitation import Invitation
from signing.domain.organisation import RosterEntry
from signing.evidence.phrase import phrase
from signing.locale import spoken
from signing.resources import templates_folder
from signing.workflow.letters import text_sha256
from signing.workflow.mail_ports import WORDED, MailSample, Notice, NoticeKind
from signing.workflow.ports import InvitationView, SampleOf, Services
from signing.workflow.tokens import Tokens

EXAMPLE = "example"
ADDRESS = "contact@organisation.example"
LINK, SHORT, END = "the-personal-link-stands-here", "XXXXXXXXXXXX", "the-link-that-ends-reminders-stands-here"
TRIED_OUT = "[Test]"


class NoTokens(Tokens):
    """Gives words in place of everything that opens or ends something."""

    def __init__(self) -> None:
        super().__init__(bytes(32))

    def link(self, invitation_id: str, generation: int) -> str:
        """Where the token would stand."""
        return LINK

    def short_code(self, invitation_id: str, generation: int) -> str:
        """Where the short code would stand."""
        return SHORT

    def reminders_token(self, invitation_id: str, address: str) -> str:
        """Where the token that ends reminders would stand."""
        return END


class MailSamples:
    """Sets the mails whose words may be the coordinator's own, as samples."""

    def kinds(self) -> Sequence[NoticeKind]:
        """The kinds of mail to organisations that there are."""
        folder = templates_folder() / "mail"
        return [kind for kind in WORDED if (folder / f"{kind.value}.jinja").exists()]

    def spoken(self, language: str) -> str:
        """The language that a reader of `language` is written to in."""
        return spoken(language)

    def sample(self, services: Services, about: SampleOf) -> MailSample:
        """One mail in one language, in the words that are given."""
        message = set_mail(sample_sheet(services, about))
        return MailSample(str(message["Subject"]), _body(message, "plain"), _body(message, "html"))


def sample_sheet(services: Services, about: SampleOf) -> Sheet:
    """What such a mail is set from."""
    letter, now = about.letter, services.clock()
    # A draft has no number yet, and only a later version is news.
    number = max(letter.version, 2 if about.kind is NoticeKind.NEW_VERSION else 1)
    entry = RosterEntry(
        letter_id=letter.id, organisation_id=EXAMPLE, position=1, organisation="Example Organisation", acronym=None,
        listed_as=None, native_name=None, sort_name=None, country=None, group=None, contact="Alex Example",
        email=ADDRESS, role=None, language=about.language, stage=1,
    )  # fmt: skip
    invitation = Invitation(EXAMPLE, letter.id, EXAMPLE, 1, b"", now, now + timedelta(days=90))
    notice = Notice(
        EXAMPLE, about.kind, letter.id, EXAMPLE, EXAMPLE, "1", ADDRESS, f"<{EXAMPLE}@{services.installation.host}>", now
    )
    published_at = letter.published_at or letter.publish_at or now
    title, addressee = words_of(letter, about.version, about.language)
    matter = Matter(
        view=InvitationView(invitation, replace(letter, version=number, published_at=published_at), entry),
        language=about.language,
        title=title,
        addressee=addressee,
        fingerprint=phrase(text_sha256(about.version)) if about.version is not None else "",
        languages=tuple(about.version.files) if about.version is not None else (),
        own=about.own,
    )
    return sheet_of(replace(services, tokens=NoTokens()), notice, matter, now)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


