"""The auditor's pages: letters, their logs, each entry as words and as bytes, and everything to take away."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user  # type: ignore[import-untyped]

from signing.domain.access import Permission
from signing.evidence.statement import KeyStatement
from signing.web import entry_words, evidence_files
from signing.web.guards import Door, Persona, door
from signing.workflow import auditing, memberships
from signing.workflow.ports import Services

LETTER = "/letters/<letter_id>"
# No larger number fits in JSON or in either database.
ENTRY = f"{LETTER}/log/<int(max=9007199254740991):index>"


def blueprint(services: Services) -> Door:
    """The auditor's door."""
    made = door("auditor", Persona.AUDITOR, url_prefix="/auditor")

    @made.get("/")
    def index() -> ResponseReturnValue:
        own = memberships.letters_of(services, current_user.account.id, Permission.EVIDENCE_READ)
        # A draft is nobody's evidence.
        return render_template("auditor/letters.html", letters=[letter for letter in own if letter.version])

    @made.get("/trust.json")
    def trust() -> ResponseReturnValue:
        return evidence_files.trust_file(services)

    @made.get(LETTER)
    def letter(letter_id: str) -> ResponseReturnValue:
        log = auditing.log(services, letter_id)
        coordinators = entry_words.coordinators_of([view.statement for view in log])
        return render_template("auditor/log.html", log=log, words=entry_words, coordinators=coordinators)

    @made.get(f"{LETTER}/bundle.zip")
    def bundle(letter_id: str) -> ResponseReturnValue:
        return evidence_files.bundle_zip(services, letter_id)

    @made.get(ENTRY)
    def entry(letter_id: str, index: int) -> ResponseReturnValue:
        view = auditing.entry(services, letter_id, index)
        # Only who vouches for a key depends on the rest of the log.
        log = auditing.log(services, letter_id) if isinstance(view.statement, KeyStatement) else []
        coordinators = entry_words.coordinators_of([each.statement for each in log])
        return render_template("auditor/entry.html", view=view, words=entry_words, coordinators=coordinators)

    @made.get(f"{ENTRY}.dsse.json")
    def entry_file(letter_id: str, index: int) -> ResponseReturnValue:
        return evidence_files.entry_file(services, letter_id, index)

    @made.get(f"{ENTRY}.tlog-proof")
    def receipt_file(letter_id: str, index: int) -> ResponseReturnValue:
        return evidence_files.receipt_file(services, letter_id, index)

    return made
