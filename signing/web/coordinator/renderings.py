"""The letter as files for the coordinator: the draft, and an edition beside its PDF."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from signing.web.guards import Door, Persona, door
from signing.web.renderings import file
from signing.workflow import printing
from signing.workflow.ports import Services


def blueprint(services: Services) -> Door:
    """The door to a letter's files."""
    made = door("prints", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>")

    @made.get("/draft/<language>.<any(pdf,html,txt,docx):kind>")
    def draft(letter_id: str, language: str, kind: str) -> ResponseReturnValue:
        return file(printing.print_words(services, letter_id, kind, language))

    @made.get("/<language>.<any(html,txt,docx):kind>")
    def edition(letter_id: str, language: str, kind: str) -> ResponseReturnValue:
        found = printing.find_edition(services, letter_id, public=False)
        return file(printing.print_edition(services, found, kind, language))

    return made
