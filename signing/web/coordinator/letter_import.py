"""Bringing the words in: read, shown with every remark by line, and stored only when the coordinator says so."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import Faulty, NotFound, Refusal
from signing.web import letter_html
from signing.web.coordinator.brought_file import BroughtFile, brought
from signing.web.coordinator.rail import rail
from signing.web.intake import EVERYTHING, Intake, LetterFile, Proposal
from signing.web.page import _, said
from signing.web.refusals import answer_to
from signing.workflow import drafting, tracking
from signing.workflow.ports import Services
from signing.workflow.tracking import Summary

FIELDS = ("pasted", "language", "deadline", "paper", "title", "date")
# The fields of a letter that is begun without a file, by the names a refusal gives them.
OF_NEW = {"title": "new-title", "language": "new-language"}
# What a file may lack can be said beside it.
LACKING = {"missing-title": "title", "missing-date": "date", "missing-language": "language"}
# Proposals are shown with what they would change, and so not told a second time.
PROPOSED = frozenset({"joined", "cut-paragraph"})
# White space of its own kind, drawn where it is what changes.
DRAWN = str.maketrans({" ": "␣", "\u00a0": "⍽", "\u202f": "⍽"})


def form(
    status: Summary | None = None,
    error: Refusal | None = None,
    *,
    of_new: bool = False,
    file: BroughtFile | None = None,
) -> ResponseReturnValue:
    """The empty form, or the filled one with what is wrong: of the file, or (`of_new`) of the letter begun here."""
    errors: dict[str, str] = {}
    if error is not None:
        field = LACKING.get(error.code, getattr(error, "field", None) or "file")
        field = field if field in ("file", *FIELDS, *OF_NEW) else "file"
        errors[OF_NEW.get(field, "new-title") if of_new else field] = said(error)
        if field == "file" and file is not None and file.pasted:
            errors["pasted"] = errors.pop("file")
    page = render_template(
        "coordinator/letter_import.html", errors=errors, typed={
            name: request.form.get(name, "") for name in (*FIELDS, *OF_NEW.values())
        },
        # A file that was read and only lacks something need not be chosen again.
        held=file if file is not None and not file.pasted and "file" not in errors else None,
        status=status, rail=rail(status, "words") if status else None,
    )
    return page, answer_to(error).status if error else 200


def take(services: Services, intake: Intake, letter_id: str | None = None) -> ResponseReturnValue:
    """Read what was brought; show it, or store it when that was asked for."""
    status = tracking.summary(services, letter_id) if letter_id else None
    file: BroughtFile | None = None
    try:
        file = brought(pasted_as="pasted.md" if _has_header() else "pasted.txt")
        deadline = _deadline(request.form.get("deadline", ""))
        read = intake.letter(
            file.data, file.name, language=request.form.get("language") or None, mend=_chosen(),
            title=request.form.get("title", "").strip() or None, date=request.form.get("date") or None,
        )
        if request.form.get("step") == "save":
            made = drafting.import_letter(services, read.text, letter_id=letter_id,
                                          deadline=deadline, file_deadline=read.deadline,
                                          paper=request.form.get("paper") or None)
            return redirect(url_for("words.letter", letter_id=made.letter_id), 303)
    except NotFound:
        raise
    except Refusal as refusal:
        return form(status, refusal, file=file)
    return _check(file, read, status)


def _has_header() -> bool:
    return request.form.get("pasted", "").lstrip().startswith("---")


def _chosen() -> Container[str]:
    """The repairs to make: those that are ticked; before they were shown, and where it was asked for, all."""
    if request.form.get("step") == "mend-none":
        return ()
    return request.form.getlist("mend") if request.form.get("proposed") else EVERYTHING


def _check(file: BroughtFile, read: LetterFile, status: Summary | None) -> ResponseReturnValue:
    kinds: dict[str, list[Change]] = {}
    for proposal in read.proposals:
        kinds.setdefault(proposal.code, []).append(_change(proposal))
    return render_template(
        "coordinator/letter_check.html", file=BroughtFile(read.kept, file.name), read=read, letter_html=letter_html,
        typed={name: request.form.get(name, "") for name in FIELDS}, kinds=kinds,
        warnings=[warning for warning in read.warnings if warning.code not in PROPOSED],
        status=status, rail=rail(status, "words") if status else None,
    )


@dataclass(frozen=True, slots=True)
class Change:
    """A proposal with what changes set apart from the words around it."""

    proposal: Proposal
    begins: str
    old: str
    new: str
    ends: str


def _change(proposal: Proposal) -> Change:
    before, after = proposal.before, proposal.after
    first = _shared(before, after)
    rest = _shared(before[first:][::-1], after[first:][::-1])
    old, new = before[first : len(before) - rest], after[first : len(after) - rest]
    return Change(proposal, before[:first], _drawn(old), _drawn(new), before[len(before) - rest :] if rest else "")


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (mine, others) in pairs if mine != others), min(len(one), len(other)))


def _drawn(piece: str) -> str:
    return piece.translate(DRAWN) if not piece.strip() else piece


def _deadline(typed: str) -> datetime | None:
    if not typed.strip():
        return None
    try:
        return datetime.strptime(typed.strip(), "%Y-%m-%dT%H:%M").replace(tzinfo=UTC)
    except ValueError:
        raise Faulty(_("Write the deadline as 2026-03-31T18:00."), field="deadline") from None
