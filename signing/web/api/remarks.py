"""What organisations said beside their answers, and what was done on the letter, for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from signing.domain.api import Scope
from signing.domain.discussion import Settlement
from signing.web.api.letters import Parts
from signing.web.api.operations import Nothing, Operation, Shape
from signing.workflow import discussing, memberships, settling
from signing.workflow.api_tokens import Caller
from signing.workflow.discussing import LetterRemark
from signing.workflow.ports import Services

ACTS_TOLD = 200
SETTLEMENTS = {"met": Settlement.ACCEPTED, "left-out": Settlement.DECLINED, "open": None}


class RemarkShape(Shape):
    """`wording` is what should stand in place of `quote`; `step` is how far it has come, in `in_version`."""

    id: str
    organisation: str
    kind: str
    condition: bool
    version: int
    language: str | None
    block: int | None
    quote: str | None
    wording: str | None
    words: str
    at: datetime
    answer: str | None
    step: str
    in_version: int | None


class AnswerWords(Shape):
    words: Annotated[str, Field(min_length=1, max_length=4000)]


class Chosen(Shape):
    """`accepted` takes the proposed words into the draft; the others say what became of the remark, and no more."""

    settlement: Literal["accepted", "met", "left-out", "open"]


class Act(Shape):
    act: str
    actor: str
    at: datetime
    subject: str | None
    detail: dict[str, str]


def operations(services: Services) -> list[Operation]:
    """What can be done with remarks, and the record of what was done."""

    def all_of_them(caller: Caller, parts: Parts, nothing: Nothing) -> list[RemarkShape]:
        return [_shape(each) for each in discussing.of_letter(services, parts["letter"])[1]]

    def one(letter_id: str, remark_id: str) -> RemarkShape:
        return next(
            _shape(each) for each in discussing.of_letter(services, letter_id)[1] if each.remark.id == remark_id
        )

    def answer(caller: Caller, parts: Parts, said: AnswerWords) -> RemarkShape:
        discussing.answer(services, parts["letter"], parts["remark"], said.words)
        return one(parts["letter"], parts["remark"])

    def settle(caller: Caller, parts: Parts, chosen: Chosen) -> RemarkShape:
        if chosen.settlement == "accepted":
            settling.accept(services, parts["letter"], parts["remark"])
        else:
            settling.settle(services, parts["letter"], parts["remark"], SETTLEMENTS[chosen.settlement])
        return one(parts["letter"], parts["remark"])

    def activity(caller: Caller, parts: Parts, nothing: Nothing) -> list[Act]:
        found = memberships.activity_of(services, parts["letter"], limit=ACTS_TOLD)
        return [Act(act=each.act, actor=each.actor, at=each.at, subject=each.subject, detail=each.detail)
                for each in found.acts]  # fmt: skip

    return [
        Operation("list_remarks", "GET", "/letters/{letter}/remarks", Scope.READ,
                  "All remarks on a letter, oldest first.", Nothing, RemarkShape, all_of_them, many=True),
        Operation("answer_remark", "POST", "/letters/{letter}/remarks/{remark}/answer", Scope.ASK,
                  "Answer privately; mailed to whoever made the remark.", AnswerWords, RemarkShape, answer),
        Operation("settle_remark", "POST", "/letters/{letter}/remarks/{remark}/settlement", Scope.DRAFT,
                  "Take the proposed words into the draft, or say what became of the remark.",
                  Chosen, RemarkShape, settle),
        Operation("list_activity", "GET", "/letters/{letter}/activity", Scope.READ,
                  "What coordinators did with the letter, the newest 200 acts.", Nothing, Act, activity, many=True),
    ]  # fmt: skip


def _shape(each: LetterRemark) -> RemarkShape:
    remark = each.remark
    return RemarkShape(
        id=remark.id, organisation=remark.organisation_id, kind=remark.kind.value, condition=remark.condition,
        version=remark.version, language=remark.language, block=remark.block, quote=remark.quote,
        wording=remark.wording, words=remark.words, at=remark.at, answer=remark.answer,
        step=each.settled.step.value, in_version=each.settled.version,
    )  # fmt: skip
