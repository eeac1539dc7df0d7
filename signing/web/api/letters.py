"""Letters, for programs: bring the words, open, ask, close, publish, and see where it stands."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from signing.domain.access import Permission
from signing.domain.api import Scope
from signing.domain.errors import Faulty
from signing.domain.letter import Letter
from signing.web.api.operations import Nothing, Operation, Shape
from signing.web.intake import Intake
from signing.workflow import closing, drafting, inviting, memberships, publishing, reminding, tracking
from signing.workflow.api_tokens import Caller
from signing.workflow.opening import Wishes
from signing.workflow.ports import Services

Parts = dict[str, str]


class BroughtFile(Shape):
    """A file: `text` as it is, or `content` in base64; its name tells what it is."""

    filename: Annotated[str, Field(min_length=1, max_length=200)]
    text: str | None = None
    content: str | None = None

    def data(self) -> bytes:
        """The bytes of it. Raises Faulty."""
        if (self.text is None) == (self.content is None):
            raise Faulty("Send the file as text, or as content in base64.", field="content", code="file-missing")
        try:
            if self.text is not None:
                return self.text.encode()
            return base64.b64decode(self.content or "", validate=True)
        except ValueError:
            raise Faulty("This is not base64, or no text.", field="content", code="file-unreadable") from None


class NewWords(BroughtFile):
    """`mend` joins paragraphs that a page break cut; `language` is of a file that does not say it."""

    language: str | None = None
    deadline: datetime | None = None
    mend: bool = True


class Warned(Shape):
    line: int | None
    code: str
    message: str


class Imported(Shape):
    letter: str
    version: int
    warnings: list[Warned]


class LetterShape(Shape):
    """`version` is the newest opened one, 0 while a draft; times are UTC."""

    id: str
    title: str
    language: str
    state: str
    version: int
    soft_deadline: datetime | None
    hard_deadline: datetime | None
    zone: str
    published_at: datetime | None


class OrganisationShape(Shape):
    id: str
    organisation: str
    state: str
    stage: int


class StatusShape(Shape):
    letter: str
    state: str
    version: int
    organisations: list[OrganisationShape]
    counts: dict[str, int]


class OpeningWishes(Shape):
    """`draft_as_is` opens the draft although newer words stand in the editor; without it that is refused."""

    min_level: Annotated[int | None, Field(ge=1, le=4)] = None
    binders: list[Literal["attestor", "coordinator"]] | None = None
    draft_as_is: bool = False


class OfStage(Shape):
    """`stage` None: everybody whose turn it is."""

    stage: Annotated[int | None, Field(ge=1, le=99)] = None


class Invited(Shape):
    letter: str
    invited: int


class Reminded(Shape):
    letter: str
    reminded: int
    left_out: dict[str, int]


class PublishNow(Shape):
    """`ends_embargo`: though the hour that was set has not come."""

    ends_embargo: bool = False


class EditionShape(Shape):
    letter: str
    edition: int
    version: int
    listed: int
    confidential: int


def operations(services: Services, intake: Intake) -> list[Operation]:
    """What can be done with letters."""
    return [*_words(services, intake), *_process(services)]


def _words(services: Services, intake: Intake) -> list[Operation]:
    """What brings words, and tells where letters stand."""

    def bring(caller: Caller, parts: Parts, words: NewWords) -> Imported:
        data = words.data()
        deadline = _aware(words.deadline)
        read = intake.letter(data, words.filename, language=words.language, mend=words.mend)
        made = drafting.import_letter(
            services, read.text, letter_id=parts.get("letter"), deadline=deadline, file_deadline=read.deadline
        )
        warnings = [
            Warned(line=each.line, code=getattr(each, "code", "warning"), message=each.message)
            for each in read.warnings
        ]
        return Imported(letter=made.letter_id, version=made.version, warnings=warnings)

    def all_of_them(caller: Caller, parts: Parts, nothing: Nothing) -> list[LetterShape]:
        found = memberships.letters_of(services, caller.account.id, Permission.LETTER_READ)
        only = caller.token.letter_id
        return [shape_of(each) for each in found if only in (None, each.id)]

    def one(caller: Caller, parts: Parts, nothing: Nothing) -> LetterShape:
        return shape_of(tracking.summary(services, parts["letter"]).letter)

    def status(caller: Caller, parts: Parts, nothing: Nothing) -> StatusShape:
        found = tracking.status(services, parts["letter"])
        return StatusShape(
            letter=found.letter.id, state=found.state.value, version=found.letter.version, counts=found.counts,
            organisations=[
                OrganisationShape(id=row.entry.organisation_id, organisation=row.entry.organisation,
                                  state=row.standing.in_short.value, stage=row.entry.stage)
                for row in found.rows
            ],
        )  # fmt: skip

    return [
        Operation("list_letters", "GET", "/letters", Scope.READ, "Your letters, newest first.",
                  Nothing, LetterShape, all_of_them, many=True),
        Operation("import_letter", "POST", "/letters", Scope.DRAFT, "Make a letter of a file (.md, .txt, .docx).",
                  NewWords, Imported, bring, status=201),
        Operation("read_letter", "GET", "/letters/{letter}", Scope.READ, "One letter.", Nothing, LetterShape, one),
        Operation("import_version", "POST", "/letters/{letter}/versions", Scope.DRAFT,
                  "Bring the draft of the next version, or another language of it.",
                  NewWords, Imported, bring, status=201),
        Operation("read_status", "GET", "/letters/{letter}/status", Scope.READ,
                  "Where every organisation stands.", Nothing, StatusShape, status),
    ]  # fmt: skip


def _process(services: Services) -> list[Operation]:
    """What leads a letter on its way: opening, asking, closing, publishing."""

    def open_(caller: Caller, parts: Parts, wishes: OpeningWishes) -> LetterShape:
        asked = Wishes(min_level=wishes.min_level, binders=wishes.binders, draft_as_is=wishes.draft_as_is)
        return shape_of(drafting.open_letter(services, parts["letter"], asked))

    def invite(caller: Caller, parts: Parts, stage: OfStage) -> Invited:
        return Invited(letter=parts["letter"], invited=inviting.invite(services, parts["letter"], stage=stage.stage))

    def remind(caller: Caller, parts: Parts, stage: OfStage) -> Reminded:
        done = reminding.remind(services, parts["letter"], stage=stage.stage)
        left_out = {why.value: count for why, count in done.left_out.items()}
        return Reminded(letter=parts["letter"], reminded=done.mailed, left_out=left_out)

    def close(caller: Caller, parts: Parts, nothing: Nothing) -> EditionShape:
        made = closing.close(services, parts["letter"])
        return EditionShape(letter=made.letter_id, edition=made.number, version=made.version, listed=made.listed,
                            confidential=made.confidential)  # fmt: skip

    def publish(caller: Caller, parts: Parts, wanted: PublishNow) -> LetterShape:
        return shape_of(publishing.publish(services, parts["letter"], ends_embargo=wanted.ends_embargo))

    return [
        Operation("open_letter", "POST", "/letters/{letter}/open", Scope.CLOSE,
                  "Freeze the draft as the next version, with the key that the service holds.",
                  OpeningWishes, LetterShape, open_),
        Operation("invite", "POST", "/letters/{letter}/invite", Scope.ASK,
                  "Mail every organisation that has no invitation yet.", OfStage, Invited, invite),
        Operation("remind", "POST", "/letters/{letter}/remind", Scope.ASK,
                  "Remind who has not answered; at most one mail a day each.", OfStage, Reminded, remind),
        Operation("close_letter", "POST", "/letters/{letter}/close", Scope.CLOSE,
                  "Close, or make the next edition, with the key that the service holds.",
                  Nothing, EditionShape, close),
        Operation("publish_letter", "POST", "/letters/{letter}/publish", Scope.CLOSE,
                  "Let everybody see a closed letter.", PublishNow, LetterShape, publish),
    ]  # fmt: skip


def _aware(moment: datetime | None) -> datetime | None:
    if moment is not None and moment.utcoffset() is None:
        raise Faulty(
            "Write the deadline with its zone, as 2026-12-01T17:00:00Z.", field="deadline", code="zone-missing"
        )
    return moment


def shape_of(letter: Letter) -> LetterShape:
    return LetterShape(
        id=letter.id, title=letter.title, language=letter.language, state=letter.state.value, version=letter.version,
        soft_deadline=letter.soft_deadline, hard_deadline=letter.hard_deadline, zone=letter.zone,
        published_at=letter.published_at,
    )  # fmt: skip
