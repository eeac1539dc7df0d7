"""What contacts said about a letter beside their answers, and the coordinator's private answers to them."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import NotFound, Refusal
from signing.web import letter_html
from signing.web.coordinator.rail import rail
from signing.web.guards import Door, Persona, door
from signing.web.page import said
from signing.web.refusals import answer_to
from signing.workflow import discussing, tracking
from signing.workflow.ports import Services


def blueprint(services: Services) -> Door:
    """The door to a letter's remarks."""
    made = door("remarks", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>/remarks")

    @made.get("/")
    def all_of_them(letter_id: str) -> ResponseReturnValue:
        return _page(services, letter_id)

    @made.post("/<remark_id>/answer")
    def answer(letter_id: str, remark_id: str) -> ResponseReturnValue:
        words = request.form.get("words", "")
        try:
            discussing.answer(services, letter_id, remark_id, words)
        except NotFound:
            raise
        except Refusal as refusal:
            page = _page(services, letter_id, answered=remark_id, words=words, error=said(refusal))
            return page, answer_to(refusal).status
        shown = url_for("remarks.all_of_them", letter_id=letter_id, only=_only(), _anchor=f"remark-{remark_id}")
        return redirect(shown, 303)

    return made


def _page(services: Services, letter_id: str, *, answered: str = "", words: str = "", error: str = "") -> str:
    status, only = tracking.status(services, letter_id), _only()
    passages = discussing.by_passage(services, letter_id)
    shown = [passage for each in passages if (passage := each.conditions if only else each).remarks]
    return render_template(
        "coordinator/remarks.html", status=status, rail=rail(status, "status"), passages=shown, only=only,
        count=sum(len(each.remarks) for each in passages),
        conditions=sum(len(each.conditions.remarks) for each in passages),
        waiting=len({each.entry.organisation_id for passage in passages for each in passage.remarks if each.waits}),
        answered=answered, words=words, error=error, letter_html=letter_html,
    )


def _only() -> str | None:
    return "conditions" if request.args.get("only") == "conditions" else None
