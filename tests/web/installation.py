"""A working installation in one process: the real workflow over a real SQLite file, with quick stand-ins for
type, passwords and collation. Mails stay in the outbox; links and codes are derived as the worker does it."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signing.adapters import typeset
from signing.adapters.database import Database
from signing.adapters.exports import SHEETS
from signing.adapters.letter_intake import read_letter
from signing.adapters.mail_samples import MailSamples
from signing.adapters.renderings import RENDERINGS
from signing.adapters.roster_sheets import read_roster
from signing.adapters.tables import metadata
from signing.domain.access import MemberRole, Role
from signing.domain.address_book import BookOrganisation
from signing.domain.letter_text import LetterText
from signing.domain.organisation import Decision, RosterEntry
from signing.evidence.keyring import public_key_from_pem
from signing.evidence.signatory_list import SignatoryList
from signing.evidence.statement import Signatory
from signing.web.intake import Intake
from signing.web.sign_in import acting
from signing.workflow import coordinator_keys, deciding, drafting, inviting, memberships, signing_in
from signing.workflow.deciding import Access
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.opening import Wishes
from signing.workflow.ports import Installation, Services
from signing.workflow.printing_ports import PictureLine
from signing.workflow.signatory_form import DecisionForm
from signing.workflow.tokens import Tokens

BASE_URL = "http://localhost:8000"
PASSWORD = "correct horse battery"


class Key:
    """An Ed25519 key that lives as long as the test."""

    def __init__(self) -> None:
        self._private = Ed25519PrivateKey.generate()
        public = self._private.public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        self.public = public_key_from_pem(pem)

    def sign(self, data: bytes) -> bytes:
        return self._private.sign(data)


class HighWater:
    def check(self, origin: str, size: int, root: bytes) -> None:
        """Everything is fine: rolling back is not what these tests are about."""

    def mark(self, origin: str) -> None:
        """Nothing was ever signed."""

    def advance(self, origin: str, size: int, root: bytes) -> None:
        """Nothing is kept."""


class Typesetter:
    def letter_pdf(
        self, text: LetterText, *, listing: SignatoryList | None, version: int, text_sha256: str, phrase: str,
        document_date: date, check_url: str | None, draft_for: str | None = None, paper: str = "a4",
    ) -> bytes:
        return b"%PDF-1.7\n% " + text.title.encode() + b"\n%%EOF\n"

    def printable(self, text: str, place: str) -> str:
        return typeset.printable(text, place)

    def names_picture(
        self, lines: Sequence[PictureLine], *, language: str, withheld: int = 0, prefix: str = "n"
    ) -> str:
        return typeset.names_picture(lines, language=language, withheld=withheld, prefix=prefix)

    def page_pictures(
        self, text: LetterText, *, version: int, text_sha256: str, draft_for: str, paper: str = "a4"
    ) -> tuple[str, ...]:
        return typeset.page_pictures(
            text, version=version, text_sha256=text_sha256, draft_for=draft_for, paper=paper
        )


class Collation:
    def version(self) -> str:
        return "code points"

    def sort_key(self, language: str, *, ignore_article: bool) -> Callable[[Signatory], Any]:
        return lambda signatory: (signatory.sort_name or signatory.listed_as).casefold()


class Passwords:
    def hash(self, password: str) -> str:
        return hashlib.sha256(password.encode()).hexdigest()

    def verify(self, password: str, hashed: str) -> bool:
        return self.hash(password) == hashed

    @property
    def decoy(self) -> str:
        return "0" * 64


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(frozen=True)
class Mail:
    id: str
    to: str
    subject: str
    date: str


class Mailbox:
    """One mail, with a link and an attachment."""

    def messages(self) -> list[Mail]:
        return [Mail("1", "contact@china.example", "Will you sign?", "2 March 2026")]

    def message(self, id: str) -> EmailMessage:
        if id != "1":
            raise KeyError(id)
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "letters@example.org", "contact@china.example", "Will you sign?"
        mail["Date"] = "Mon, 02 Mar 2026 09:30:00 +0000"
        mail.set_content(f"Open {BASE_URL}/i/abcdef.\n\nNot this: https://elsewhere.example/x <b>bold</b>\n")
        mail.add_attachment(b"proof", maintype="application", subtype="octet-stream", filename="../1.tlog-proof")
        return mail


def intake() -> Intake:
    return Intake(letter=read_letter, roster=read_roster)


def services_over(database: Database, clock: Clock, base_url: str = BASE_URL) -> Services:
    return Services(
        unit_of_work=database.unit_of_work, clock=clock, random=secrets.token_bytes,
        tokens=Tokens(b"a secret only for tests, 32 bytes"), log_key=Key(), attestor=Key(), coordinator=Key(),
        document_certificate="", high_water=HighWater(), typesetter=Typesetter(), renderings=RENDERINGS,
        collation=Collation(), passwords=Passwords(),
        installation=Installation(base_url, base_url.split("//")[1].split(":")[0], "coalition-signing test"),
        actor=acting, sheets=SHEETS, samples=MailSamples(),
    )


def letter_text(**fields: Any) -> LetterText:
    words: dict[str, Any] = {
        "title": "Joint letter: protect those who speak for rivers",
        "date": "2026-03-02", "date_line": "2 March 2026", "language": "en",
        "addressees": (("Ms Ada Example", "Commissioner for Waters, Example Union"),),
        "salutation": "Dear Commissioner,",
        "body": "We write about **three rivers** and the people beside them.\n\n"
                "We ask you to:\n\n- publish the [report](https://example.org/report) in full;\n"
                "- hear the people of the valley.\n\nWe thank you for your attention.",
        "closing": "Yours sincerely,",
    }
    return LetterText(**(words | fields))


@dataclass
class House:
    """What a test can do without a browser."""

    services: Services
    clock: Clock
    database: Database

    def account(self, email: str, role: Role) -> None:
        """An account; it has a part in every letter that the house makes after it, and in no earlier one."""
        signing_in.add_account(self.services, email, role, PASSWORD)

    def joins(self, letter_id: str, email: str, role: MemberRole = MemberRole.LEAD) -> None:
        """Somebody with an account, or without one, takes part in a letter."""
        memberships.add(self.services, letter_id, email, role)

    def letter(self, *texts: LetterText, deadline: datetime | None = None) -> str:
        first, *rest = texts or (letter_text(),)
        made = drafting.import_letter(self.services, first, deadline=deadline)
        for text in rest:
            drafting.import_letter(self.services, text, letter_id=made.letter_id)
        return made.letter_id

    def roster(self, letter_id: str, *organisations: str, **fields: Any) -> None:
        with self.services.unit_of_work(write=True) as uow:
            for position, name in enumerate(organisations, start=1):
                slug = name.split()[-1].lower()
                uow.address_book.remember([(name.casefold(), BookOrganisation(f"org-{slug}", name))])
                uow.roster.save(RosterEntry(**({
                    "letter_id": letter_id, "organisation_id": f"org-{slug}", "position": position,
                    "organisation": name, "acronym": None, "listed_as": None, "native_name": None,
                    "sort_name": None, "country": None, "group": None, "contact": f"Kim {slug.title()}",
                    "email": f"contact@{slug}.example", "role": "Advocacy director", "language": None, "stage": 1,
                } | fields)))
            uow.commit()

    def open(self, letter_id: str, wishes: Wishes | None = None) -> None:
        drafting.open_letter(self.services, letter_id, wishes)

    def own_key(self, email: str = "coordinator@example.org") -> Key:
        """A key of a coordinator's own, registered here."""
        with self.services.unit_of_work() as uow:
            account = next(account for account in uow.accounts.all() if account.email == email)
        key = Key()
        coordinator_keys.register(self.services, account.id, key.public, "Own key")
        return key

    def invite(self, letter_id: str) -> None:
        inviting.invite(self.services, letter_id)

    def opened(self, *organisations: str, wishes: Wishes | None = None, **fields: Any) -> str:
        """A letter that is open, with these organisations invited."""
        letter_id = self.letter(deadline=self.clock.now + timedelta(days=20))
        self.roster(letter_id, *organisations, **fields)
        self.open(letter_id, wishes)
        self.invite(letter_id)
        return letter_id

    def invitation(self, letter_id: str, organisation: str) -> Any:
        slug = f"org-{organisation.split()[-1].lower()}"
        with self.services.unit_of_work() as uow:
            return next(each for each in uow.invitations.of_letter(letter_id) if each.organisation_id == slug)

    def token(self, letter_id: str, organisation: str) -> str:
        invitation = self.invitation(letter_id, organisation)
        return self.services.tokens.link(invitation.id, invitation.generation)

    def code(self, letter_id: str, organisation: str) -> str:
        """The digits of the newest code mail."""
        slug = f"org-{organisation.split()[-1].lower()}"
        with self.services.unit_of_work() as uow:
            mails = [each for each in uow.outbox.of_letter(letter_id)
                     if each.kind is NoticeKind.CODE and each.organisation_id == slug]
        return self.services.tokens.code(max(mails, key=lambda each: each.due).subject_id)

    def approve(self, letter_id: str, organisation: str, **fields: Any) -> None:
        """An approval, straight through the workflow."""
        invitation = self.invitation(letter_id, organisation)
        access = Access(letter_id, invitation.id, invitation.generation, "browser")
        view = deciding.view(self.services, access)
        deciding.request_code(self.services, access, view.version, view.text_sha256)
        deciding.decide(self.services, access, replace(DecisionForm(
            decision=Decision.APPROVE, person="Kim", role="Director", listed_as=organisation, acronym=None,
            native_name=None, sort_name=None, authority=True, reason=None,
            code=self.code(letter_id, organisation), version=view.version, text_sha256=view.text_sha256,
            head=view.head, idempotency_key="0123456789abcdef",
        ), **fields))

    def dump(self, *, without: str = "") -> str:
        """Everything the database holds, `without` one table of it, in an order that does not change."""
        with self.database.engine.connect() as connection:
            rows = {table.name: sorted(map(repr, connection.execute(table.select())))
                    for table in metadata.sorted_tables if table.name != without}
        return json.dumps(rows)


