"""Writing a letter in the page, beside what it will look like; and who else is writing it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import Faulty, NotAllowed, NotFound, Refusal
from signing.domain.language_check import Disagreement, disagreements
from signing.domain.letter_text import LetterText
from signing.domain.letter_words import LetterWords
from signing.domain.redline import compare
from signing.web import letter_html
from signing.web.coordinator import editor_form
from signing.web.coordinator.editor_form import Found, Reading
from signing.web.coordinator.rail import rail
from signing.web.guards import Door, Persona, door
from signing.web.intake import Intake
from signing.web.page import language_name, said
from signing.web.refusals import answer_to
from signing.workflow import editing, tracking
from signing.workflow.editing import Desk, NewerWords
from signing.workflow.ports import Services


@dataclass(frozen=True, slots=True)
class Preview:
    """What stands beside the words: how they read, the pages of the PDF by count or why there are none, the text in
    another language, where the languages differ (None: there is one)."""

    reading: Reading
    pages: int
    unprintable: str
    beside: LetterText | None
    disagreements: list[Disagreement] | None


def blueprint(services: Services, intake: Intake) -> Door:
    """The door to the editor."""
    made = door("editing", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>/edit")

    @made.get("")
    def form(letter_id: str) -> ResponseReturnValue:
        desk = editing.desk(services, letter_id, request.args.get("language"))
        return _page(services, intake, desk, desk.words, desk.revision)

    @made.post("")
    def send(letter_id: str) -> ResponseReturnValue:
        desk = editing.desk(services, letter_id, request.form.get("language"))
        return _sent(services, intake, desk)

    @made.post("/keep")
    def keep(letter_id: str) -> ResponseReturnValue:
        desk = editing.desk(services, letter_id, request.form.get("language"))
        words = editor_form.typed(desk.language)
        try:
            revision = editing.keep(services, letter_id, words, _revision())
        except NewerWords as newer:
            return render_template("coordinator/editor_said.html", message=said(newer)), answer_to(newer).status
        preview = _preview(services, intake, desk, words)
        return render_template(
            "coordinator/editor_kept.html", desk=desk, preview=preview, letter_html=letter_html, revision=revision,
            at=services.clock(),
        )

    @made.post("/here")
    def here(letter_id: str) -> ResponseReturnValue:
        others = editing.here(services, letter_id, request.form.get("language", ""))
        return render_template("coordinator/editor_others.html", others=others)

    @made.get("/page-<int:number>.svg")
    def picture(letter_id: str, number: int) -> ResponseReturnValue:
        desk = editing.desk(services, letter_id, request.args.get("language"))
        text = _text(intake, desk, desk.words)
        pages = editing.page_pictures(services, desk, text) if text else ()
        if not 1 <= number <= len(pages):
            raise NotFound("There is no such page.")
        return Response(pages[number - 1], content_type="image/svg+xml")

    return made


def _sent(services: Services, intake: Intake, desk: Desk) -> ResponseReturnValue:
    """The whole form, sent by a button."""
    letter_id, step = desk.letter.id, request.form.get("step", "preview")
    words = editor_form.typed(desk.language)
    remarks: tuple[Found, ...] = ()
    try:
        if step == "apart":
            words, remarks = editor_form.taken_apart(intake, words)
        else:
            words = editor_form.with_opening(intake, words)
        text = _text(intake, desk, words)
        if step == "save" and text is not None:
            editing.save(services, letter_id, words, text, _revision())
            return redirect(url_for("words.letter", letter_id=letter_id), 303)
        revision = editing.keep(services, letter_id, words, _revision())
    except NewerWords as newer:
        return _conflict(services, desk, words, newer), answer_to(newer).status
    except Faulty as fault:
        revision = editing.keep(services, letter_id, words, _revision())
        return _page(services, intake, desk, words, revision, refusal=fault), answer_to(fault).status
    if step == "save" or remarks:
        page = _page(services, intake, desk, words, revision, tried=step == "save", remarks=remarks)
        return page, 422 if step == "save" else 200
    return redirect(url_for("editing.form", letter_id=letter_id, language=desk.language,
                            beside=request.form.get("beside") or None, _anchor="preview"), 303)


def _page(
    services: Services, intake: Intake, desk: Desk, words: LetterWords, revision: int, *, tried: bool = False,
    refusal: Refusal | None = None, remarks: tuple[Found, ...] = (),
) -> str:
    status = tracking.summary(services, desk.letter.id)
    return render_template(
        "coordinator/editor.html", desk=desk, words=words, revision=revision, preview=_preview(
            services, intake, desk, words
        ), tried=tried, refusal=refusal, remarks=remarks, beside=_beside_tag(desk), status=status,
        rail=rail(status, "words"), letter_html=letter_html, at=desk.standing.saved_at if desk.standing else None,
    )


def _preview(services: Services, intake: Intake, desk: Desk, words: LetterWords) -> Preview:
    reading = editor_form.read(intake, words)
    pages, unprintable = 0, ""
    if reading.text is not None:
        try:
            text = editing.dated_as_before(reading.text, desk.drafted)
            pages = len(editing.page_pictures(services, desk, text))
        except NotAllowed:
            raise
        except Refusal as refusal:
            unprintable = said(refusal)
    beside = None
    if tag := _beside_tag(desk):
        other = editing.desk(services, desk.letter.id, tag)
        beside = _text(intake, other, other.words) or other.words.as_plain_text()
    texts = desk.texts | ({desk.language: reading.text} if reading.text else {})
    ordered = {tag: texts[tag] for tag in desk.languages if tag in texts}
    differ = disagreements(ordered, name=language_name) if len(ordered) > 1 else None
    return Preview(reading, pages, unprintable, beside, differ)


def _conflict(services: Services, desk: Desk, mine: LetterWords, newer: NewerWords) -> str:
    status = tracking.summary(services, desk.letter.id)
    theirs = LetterWords.from_file(newer.theirs.words)
    return render_template(
        "coordinator/editor_conflict.html", desk=desk, mine=mine, theirs=theirs, newer=newer,
        redline=compare(theirs.as_plain_text(), mine.as_plain_text()), status=status, rail=rail(status, "words"),
        letter_html=letter_html,
    )


def _text(intake: Intake, desk: Desk, words: LetterWords) -> LetterText | None:
    text = editor_form.read(intake, words).text
    return editing.dated_as_before(text, desk.drafted) if text else None


def _beside_tag(desk: Desk) -> str | None:
    tag = request.values.get("beside")
    return tag if tag in desk.languages and tag != desk.language else None


def _revision() -> int:
    try:
        return max(int(request.form.get("revision", "0")), 0)
    except ValueError:
        return 0
