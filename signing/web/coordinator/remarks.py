"""What contacts said about a letter beside their answers, beside its words, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from signing.domain.discussion import Settlement
from signing.domain.errors import NotFound, Refusal
from signing.web import letter_html
from signing.web.coordinator.rail import rail
from signing.web.guards import Door, Persona, door
from signing.web.page import said
from signing.web.refusals import answer_to
from signing.workflow import discussing, settling, tracking
from signing.workflow.discussing import Discussion, LetterRemark, Passage
from signing.workflow.ports import Services

# What of the remarks is shown, by the word in the address.
SHOWN: dict[str, Callable[[LetterRemark], bool]] = {
    "to-do": lambda each: each.to_do,
    "conditions": lambda each: each.remark.condition,
    "questions": lambda each: each.unanswered,
}
SETTLEMENTS = {"met": Settlement.ACCEPTED, "left-out": Settlement.DECLINED, "open": None}


@dataclass(frozen=True, slots=True)
class Row:
    """A block of the letter with what was said of it; or a stretch of blocks of which nothing was."""

    blocks: tuple[Markup, ...]
    passages: tuple[Passage, ...]


def blueprint(services: Services) -> Door:
    """The door to a letter's remarks."""
    made = door("remarks", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>/remarks")

    @made.get("/")
    def all_of_them(letter_id: str) -> ResponseReturnValue:
        return _page(services, letter_id)

    @made.post("/<remark_id>/answer")
    def answer(letter_id: str, remark_id: str) -> ResponseReturnValue:
        words = request.form.get("words", "")
        return _done(
            services, letter_id, remark_id, lambda: discussing.answer(services, letter_id, remark_id, words), words
        )

    @made.post("/<remark_id>/accept")
    def accept(letter_id: str, remark_id: str) -> ResponseReturnValue:
        return _done(services, letter_id, remark_id, lambda: settling.accept(services, letter_id, remark_id))

    @made.post("/<remark_id>/settle")
    def settle(letter_id: str, remark_id: str) -> ResponseReturnValue:
        chosen = request.form.get("settlement", "")
        if chosen not in SETTLEMENTS:
            raise NotFound("There is nothing at this address.")
        return _done(
            services, letter_id, remark_id,
            lambda: settling.settle(services, letter_id, remark_id, SETTLEMENTS[chosen]),
        )  # fmt: skip

    return made


def _done(
    services: Services, letter_id: str, remark_id: str, act: Callable[[], object], words: str = ""
) -> ResponseReturnValue:
    """Do it and go back to the remark; what is refused is said beside it, and what was typed stands there still."""
    try:
        act()
    except NotFound:
        raise
    except Refusal as refusal:
        page = _page(services, letter_id, refused=remark_id, words=words, error=said(refusal))
        return page, answer_to(refusal).status
    shown = url_for("remarks.all_of_them", letter_id=letter_id, only=_only(), _anchor=f"remark-{remark_id}")
    return redirect(shown, 303)


def _page(services: Services, letter_id: str, *, refused: str = "", words: str = "", error: str = "") -> str:
    status, only = tracking.summary(services, letter_id), _only()
    found = discussing.discussion(services, letter_id)
    remarks = found.remarks
    # An organisation is asked again once the open version meets all that it asked for.
    conditional = {each.entry.organisation_id for each in remarks if each.waits}
    waiting = {
        each.entry.organisation_id
        for each in remarks
        if each.waits and each.settled.step is not settling.Step.IN_LETTER
    }
    return render_template(
        "coordinator/remarks.html", status=status, rail=rail(status, "status"), only=only, found=found,
        whole=[each for each in _shown(found, only) if each.quote is None],
        texts=_beside(found, _shown(found, only)),
        counts={"all": len(remarks)} | {name: sum(map(which, remarks)) for name, which in SHOWN.items()},
        waiting=len(waiting), again=len(conditional - waiting),
        drafted=any(each.settled.step is settling.Step.IN_DRAFT for each in remarks),
        refused=refused, words=words, error=error, letter_html=letter_html,
    )  # fmt: skip


def _shown(found: Discussion, only: str | None) -> list[Passage]:
    passages = (each.only(SHOWN[only]) if only else each for each in found.passages)
    return [each for each in passages if each.remarks]


def _beside(found: Discussion, passages: list[Passage]) -> list[tuple[str, list[Row]]]:
    """Each text that was spoken of, block by block with what was said beside it; the letter's own language first.

    Words that are gone stand beside no block, where they stood.
    """
    spoken_of = {each.language for each in passages if each.language}
    texts = []
    for language in sorted(spoken_of, key=lambda tag: (tag != found.letter.language, tag)):
        text = found.texts.get(language)
        of = [each for each in passages if each.language == language]
        rows: list[Row] = []
        blocks = letter_html.blocks(text) if text else []
        for number, block in enumerate(blocks):
            gone = tuple(each for each in of if each.block is None and each.remarks[0].remark.block == number)
            here = tuple(each for each in of if each.block == number)
            rows += [Row((), (each,)) for each in gone]
            if not here and rows and not rows[-1].passages:
                rows[-1] = Row((*rows[-1].blocks, block), ())
            else:
                rows.append(Row((block,), here))
        late = [each for each in of if each.block is None and (each.remarks[0].remark.block or 0) >= len(blocks)]
        texts.append((language, [*rows, *(Row((), (each,)) for each in late)]))
    return texts


def _only() -> str | None:
    only = request.args.get("only")
    return only if only in SHOWN else None
