"""One letter's words: as they stand, and as they will be printed."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import NotFound, Refusal
from signing.domain.language_check import Disagreement, disagreements
from signing.domain.letter_text import LetterText
from signing.web import letter_html
from signing.web.coordinator import letter_import
from signing.web.coordinator.rail import rail
from signing.web.guards import Door, Persona, door
from signing.web.intake import Intake
from signing.web.page import language_name
from signing.web.refusals import answer_to
from signing.workflow import comparing, drafting, tracking
from signing.workflow.drafting import LetterView
from signing.workflow.ports import Services
from signing.workflow.words_ahead import words_ahead


def blueprint(services: Services, intake: Intake) -> Door:
    """The door to a letter's words."""
    made = door("words", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>")

    @made.get("/")
    def letter(letter_id: str) -> ResponseReturnValue:
        return _read(services, letter_id, "words", "coordinator/words.html")

    @made.get("/import")
    def importing(letter_id: str) -> ResponseReturnValue:
        return letter_import.form(tracking.summary(services, letter_id))

    @made.post("/import")
    def bring(letter_id: str) -> ResponseReturnValue:
        return letter_import.take(services, intake, letter_id)

    @made.post("/paper")
    def paper(letter_id: str) -> ResponseReturnValue:
        try:
            drafting.set_paper(services, letter_id, request.form.get("paper", ""))
        except NotFound:
            raise
        except Refusal as refusal:
            return _page(services, letter_id, "words", "coordinator/words.html", refusal), answer_to(refusal).status
        return redirect(url_for("words.letter", letter_id=letter_id), 303)

    @made.get("/preview")
    def preview(letter_id: str) -> ResponseReturnValue:
        return _read(services, letter_id, "preview", "coordinator/preview.html")

    @made.get("/redline")
    def redline(letter_id: str) -> ResponseReturnValue:
        older, newer = (request.args.get(name, type=int) for name in ("from", "to"))
        compared = comparing.compare_versions(services, letter_id, older, newer)
        status = tracking.summary(services, letter_id)
        return render_template(
            "coordinator/redline.html", compared=compared, status=status, rail=rail(status, "words"),
            letter_html=letter_html,
        )

    @made.get("/versions")
    def versions(letter_id: str) -> ResponseReturnValue:
        status = tracking.summary(services, letter_id)
        return render_template(
            "coordinator/versions.html", history=comparing.history(services, letter_id), status=status,
            rail=rail(status, "words"),
        )

    @made.get("/preview.pdf")
    def preview_pdf(letter_id: str) -> ResponseReturnValue:
        response = Response(
            drafting.preview_pdf(services, letter_id, request.args.get("language")),
            content_type="application/pdf",
        )
        response.headers["Content-Disposition"] = f'inline; filename="{letter_id}-draft.pdf"'
        return response

    return made


def _read(services: Services, letter_id: str, step: str, template: str) -> ResponseReturnValue:
    if not drafting.read(services, letter_id).texts:
        # A letter that was begun in the editor and is not a draft yet.
        return redirect(url_for("editing.form", letter_id=letter_id), 303)
    return _page(services, letter_id, step, template)


def _page(services: Services, letter_id: str, step: str, template: str, refusal: Refusal | None = None) -> str:
    status, view = tracking.summary(services, letter_id), drafting.read(services, letter_id)
    return render_template(
        template, view=view, status=status, rail=rail(status, step), letter_html=letter_html, in_order=_in_order,
        refusal=refusal, differs=differing(view), ahead=words_ahead(services, letter_id),
    )


def differing(view: LetterView) -> list[Disagreement] | None:
    """Where the languages of the newest words differ; None where there is one language only."""
    if len(view.texts) < 2:
        return None
    return disagreements(dict(_in_order(view)), name=language_name)


def _in_order(view: LetterView) -> list[tuple[str, LetterText]]:
    """The texts by language tag, the letter's own language first."""
    return sorted(view.texts.items(), key=lambda item: (item[0] != view.letter.language, item[0]))
