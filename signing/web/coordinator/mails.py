"""The mails to organisations before they go: how they read, which words may be the coordinator's, a test to oneself."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import NotFound, Refusal
from signing.domain.wording import LONGEST, PARTS, PLACEHOLDERS
from signing.web.coordinator.rail import rail
from signing.web.guards import Door, Persona, door
from signing.web.page import _, faults
from signing.web.refusals import answer_to
from signing.workflow import tracking, wordings
from signing.workflow.ports import Services

# The mail in its frame: what looks like a link is there to be looked at.
_STILL = "<style>a { pointer-events: none; }</style></head>"


def blueprint(services: Services) -> Door:
    """The door to a letter's mails."""
    made = door("mails", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>/mails")

    @made.get("")
    def index(letter_id: str) -> ResponseReturnValue:
        return _page(services, letter_id)

    @made.get("/<kind>/<language>")
    def show(letter_id: str, kind: str, language: str) -> ResponseReturnValue:
        return _page(services, letter_id, kind, language)

    @made.get("/<kind>/<language>/mail.html")
    def html(letter_id: str, kind: str, language: str) -> ResponseReturnValue:
        mail = wordings.view(services, letter_id, kind, language)
        g.framed = True
        return Response(mail.sample.html.replace("</head>", _STILL, 1), mimetype="text/html")

    @made.post("/<kind>/<language>")
    def word(letter_id: str, kind: str, language: str) -> ResponseReturnValue:
        back = request.form.get("ours", "")
        typed = {part.value: request.form.get(part.value, "") for part in PARTS if part.value in request.form}
        if back in PARTS:
            # What was typed in the other parts is kept as if that had been asked for.
            typed[back] = ""
        try:
            wordings.word(services, letter_id, kind, language, typed)
        except NotFound:
            raise
        except Refusal as refusal:
            return _page(services, letter_id, kind, language, typed, refusal), answer_to(refusal).status
        return redirect(url_for("mails.show", letter_id=letter_id, kind=kind, language=language, kept=1), 303)

    @made.post("/<kind>/<language>/test")
    def try_out(letter_id: str, kind: str, language: str) -> ResponseReturnValue:
        try:
            wordings.try_out(services, letter_id, kind, language)
        except NotFound:
            raise
        except Refusal as refusal:
            return _page(services, letter_id, kind, language, refusal=refusal), answer_to(refusal).status
        return redirect(url_for("mails.show", letter_id=letter_id, kind=kind, language=language, tested=1), 303)

    return made


def kind_words(kind: str) -> str:
    """A kind of mail, for people."""
    return {
        "invitation": _("Invitation"), "reminder": _("Reminder"), "new-version": _("New version"),
        "deadline": _("New deadline"), "closed": _("Letter closed"), "published": _("Letter published"),
    }.get(kind, kind)


def _page(
    services: Services,
    letter_id: str,
    kind: str = "",
    language: str = "",
    typed: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
) -> str:
    mail = wordings.view(services, letter_id, kind, language)
    status = tracking.summary(services, letter_id)
    g.framing = True
    return render_template(
        "coordinator/mails.html", status=status, rail=rail(status, "invite"), mail=mail, kind_words=kind_words,
        words={**mail.own, **(typed or {})}, longest=LONGEST, placeholders=PLACEHOLDERS,
        error=faults(refusal), refusal=refusal,
        kept=request.args.get("kept") == "1", tested=request.args.get("tested") == "1",
    )  # fmt: skip
