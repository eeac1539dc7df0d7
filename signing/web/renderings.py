"""The letter as files beside the sealed PDF: copies of a draft for its contact, and a published edition for anybody.

They are always attachments: a page of the letter's own would stand outside our style and policy.
"""

from __future__ import annotations

from functools import lru_cache

from flask import Response, g, request
from flask.typing import ResponseReturnValue

from signing.web.decision_page import PAGE
from signing.web.download import attachment
from signing.web.guards import Door, Persona, door
from signing.workflow import printing
from signing.workflow.ports import Services
from signing.workflow.printing import PrintedFile

A_MINUTE = "public, max-age=60"
# Setting ten thousand names takes seconds: many readers of few letters cost few settings.
KEPT = 8


def file(printed: PrintedFile) -> Response:
    """The answer that hands a printed file out."""
    return attachment(printed.content, printed.name, printed.type)


def for_contacts(services: Services) -> Door:
    """The door to the contact's own copies."""
    made = door("copies", Persona.CONTACT)

    @made.get(f"{PAGE}/letter/<language>.<any(pdf,txt,docx):kind>")
    def copy(invitation_id: str, language: str, kind: str) -> ResponseReturnValue:
        return file(printing.print_copy(services, g.access, kind, language))

    return made


def for_everybody(services: Services) -> Door:
    """The door to renderings of published letters; before that there is nothing here."""
    made = door("renderings", Persona.PUBLIC, url_prefix="/l/<letter_id>")

    @lru_cache(maxsize=KEPT)
    def kept(letter_id: str, edition: int, kind: str, language: str) -> PrintedFile:
        found = printing.find_edition(services, letter_id, edition, public=True)
        return printing.print_edition(services, found, kind, language)

    @made.get("/<language>.<any(html,txt,docx):kind>")
    def rendering(letter_id: str, language: str, kind: str) -> ResponseReturnValue:
        number = printing.find_edition(services, letter_id, public=True).edition.number
        tag = f"{number}-{services.installation.release}".replace(" ", "-")
        if request.if_none_match.contains(tag):
            response = Response(status=304)
        else:
            response = file(kept(letter_id, number, kind, language))
        response.headers["Cache-Control"] = A_MINUTE
        response.set_etag(tag)
        return response

    return made
