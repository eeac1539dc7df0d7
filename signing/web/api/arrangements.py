"""How a letter goes its way, for programs: rules and deadlines, stages, contacts put right, giving it up."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from signing.domain.api import Scope
from signing.web.api.letters import Invited, LetterShape, Parts, shape_of
from signing.web.api.operations import Nothing, Operation, Shape
from signing.workflow import abandoning, correcting, letter_policy, staging, telling
from signing.workflow.api_tokens import Caller
from signing.workflow.letter_policy import PolicyForm
from signing.workflow.ports import Services
from signing.workflow.telling import ToldForm

Text = Annotated[str, Field(max_length=300)]
# As browsers send it: a date and a time by the letter's own clock.
LocalTime = Annotated[str, Field(max_length=16, pattern=r"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})?$")]


class Rules(Shape):
    """What is left away stays as it is. Deadlines are by the clock of `zone`, as 2026-12-01T17:00; empty: none."""

    zone: Text | None = None
    soft_deadline: LocalTime | None = None
    hard_deadline: LocalTime | None = None
    quorum: Annotated[int | None, Field(ge=0, le=100_000)] = None
    rhythm: Text | None = None
    allows_confidential: bool | None = None
    allows_carry: bool | None = None
    shares: Literal["nobody", "count", "names"] | None = None
    mail_links: bool | None = None


class Contact(Shape):
    contact: Annotated[str, Field(min_length=1, max_length=300)]
    email: Annotated[str, Field(min_length=3, max_length=254)]
    role: Text = ""


class Corrected(Shape):
    """`reinvited`: the old link is dead, and a new one is on its way to the new address."""

    organisation: str
    reinvited: bool


class Told(Shape):
    """An approval that was told: no assent, and nobody is listed for it. `told_on` is a day, as 2026-11-24."""

    way: Literal["paper", "telephone", "e-mail", "in-person"]
    person: Annotated[str, Field(min_length=1, max_length=200)]
    role: Text = ""
    words: Annotated[str, Field(max_length=2000)] = ""
    told_on: Annotated[str, Field(max_length=10)]


class WrittenDown(Shape):
    id: str
    organisation: str


class Title(Shape):
    """The letter's title, so that the letter that is meant is given up."""

    title: Annotated[str, Field(min_length=1, max_length=1000)]


def operations(services: Services) -> list[Operation]:
    """What is arranged around a letter."""

    def rules(caller: Caller, parts: Parts, wanted: Rules) -> LetterShape:
        typed = wanted.model_dump(exclude={"quorum"}, exclude_none=True)
        quorum = None if wanted.quorum is None else str(wanted.quorum)
        return shape_of(letter_policy.change(services, parts["letter"], PolicyForm(quorum=quorum, **typed)).letter)

    def open_stage(caller: Caller, parts: Parts, nothing: Nothing) -> Invited:
        number = parts["stage"]
        count = staging.open_stage(services, parts["letter"], int(number) if number.isdecimal() else 0)
        return Invited(letter=parts["letter"], invited=count)

    def correct(caller: Caller, parts: Parts, person: Contact) -> Corrected:
        done = correcting.correct(services, parts["letter"], parts["organisation"], contact=person.contact,
                                  email=person.email, role=person.role)  # fmt: skip
        return Corrected(organisation=parts["organisation"], reinvited=done.reinvited)

    def told(caller: Caller, parts: Parts, said: Told) -> WrittenDown:
        made = telling.write_down(services, parts["letter"], parts["organisation"], ToldForm(**said.model_dump()))
        return WrittenDown(id=made.id, organisation=made.organisation_id)

    def abandon(caller: Caller, parts: Parts, typed: Title) -> LetterShape:
        return shape_of(abandoning.abandon(services, parts["letter"], typed.title))

    return [
        Operation("set_rules", "POST", "/letters/{letter}/rules", Scope.CLOSE,
                  "Change rules and deadlines; a later deadline is mailed to whoever has not answered.",
                  Rules, LetterShape, rules),
        Operation("open_stage", "POST", "/letters/{letter}/stages/{stage}/open", Scope.ASK,
                  "Invite the organisations of a stage now.", Nothing, Invited, open_stage),
        Operation("correct_contact", "POST", "/letters/{letter}/organisations/{organisation}/contact", Scope.ASK,
                  "Put right who the contact is; with another address its link alone is issued anew.",
                  Contact, Corrected, correct),
        Operation("write_down_told", "POST", "/letters/{letter}/organisations/{organisation}/told", Scope.ASK,
                  "Write down an approval that was told on paper or by telephone; it is no assent.",
                  Told, WrittenDown, told, status=201),
        Operation("abandon_letter", "POST", "/letters/{letter}/abandon", Scope.CLOSE,
                  "Give a letter up for good, and tell those who were asked.", Title, LetterShape, abandon),
    ]  # fmt: skip
