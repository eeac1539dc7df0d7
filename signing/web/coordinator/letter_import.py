"""Bringing the words in: read, shown with every remark by line, and stored only when the coordinator says so."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import Faulty, NotFound, Refusal
from signing.web import letter_html
from signing.web.coordinator.brought_file import BroughtFile, brought
from signing.web.coordinator.rail import rail
from signing.web.intake import Intake, LetterFile
from signing.web.page import _, said
from signing.web.refusals import answer_to
from signing.workflow import drafting, tracking
from signing.workflow.ports import Services
from signing.workflow.tracking import Status

FIELDS = ("pasted", "language", "deadline", "paper")
# The fields of a letter that is begun without a file, by the names a refusal gives them.
OF_NEW = {"title": "new-title", "language": "new-language"}


def form(
    status: Status | None = None, error: Refusal | None = None, *, of_new: bool = False
) -> ResponseReturnValue:
    """The empty form, or the filled one with what is wrong: of the file, or (`of_new`) of the letter begun here."""
    errors: dict[str, str] = {}
    if error is not None:
        field = error.field if isinstance(error, Faulty) and error.field in ("file", *FIELDS, *OF_NEW) else "file"
        line = f"{_('Line %(line)s', line=error.line)}: " if isinstance(error, Faulty) and error.line else ""
        errors[OF_NEW.get(field, "new-title") if of_new else field] = line + said(error)
    page = render_template(
        "coordinator/letter_import.html", errors=errors, typed={
            name: request.form.get(name, "") for name in (*FIELDS, *OF_NEW.values())
        },
        mend=request.method == "GET" or bool(request.form.get("mend")), status=status,
        rail=rail(status, "words") if status else None,
    )
    return page, answer_to(error).status if error else 200


def take(services: Services, intake: Intake, letter_id: str | None = None) -> ResponseReturnValue:
    """Read what was brought; show it, or store it when that was asked for."""
    status = tracking.status(services, letter_id) if letter_id else None
    try:
        file = brought(pasted_as="pasted.md" if _has_header() else "pasted.txt")
        deadline = _deadline(request.form.get("deadline", ""))
        read = intake.letter(file.data, file.name, language=request.form.get("language") or None,
                             mend=bool(request.form.get("mend")))
        if request.form.get("step") == "save":
            made = drafting.import_letter(services, read.text, letter_id=letter_id,
                                          deadline=deadline, file_deadline=read.deadline,
                                          paper=request.form.get("paper") or None)
            return redirect(url_for("words.letter", letter_id=made.letter_id), 303)
    except NotFound:
        raise
    except Refusal as refusal:
        return form(status, refusal)
    return _check(file, read, status)


def _has_header() -> bool:
    return request.form.get("pasted", "").lstrip().startswith("---")


def _check(file: BroughtFile, read: LetterFile, status: Status | None) -> ResponseReturnValue:
    return render_template(
        "coordinator/letter_check.html", file=file, read=read, letter_html=letter_html,
        typed={name: request.form.get(name, "") for name in FIELDS}, mend=bool(request.form.get("mend")),
        status=status, rail=rail(status, "words") if status else None,
    )


def _deadline(typed: str) -> datetime | None:
    if not typed.strip():
        return None
    try:
        return datetime.strptime(typed.strip(), "%Y-%m-%dT%H:%M").replace(tzinfo=UTC)
    except ValueError:
        raise Faulty(_("Write the deadline as 2026-03-31T18:00."), field="deadline") from None
