"""The witness's own small application: two addresses of C2SP tlog-witness, and one that says what this is."""

from __future__ import annotations

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from signing.evidence.witness import MAX_SUBMISSION_BYTES
from signing.workflow.witnessing import TEXT, MemoryUnreadable, Witness


def create_witness_app(witness: Witness) -> Flask:
    """Build the application; it needs neither templates nor sessions."""
    app = Flask("signing.web.witness", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_SUBMISSION_BYTES

    @app.get("/")
    def about() -> ResponseReturnValue:
        return _text(f"A C2SP tlog-witness. It cosigns checkpoints of the logs it knows.\n{witness.key.vkey}\n")

    @app.post("/add-checkpoint")
    def add_checkpoint() -> ResponseReturnValue:
        answer = witness.add_checkpoint(request.get_data(cache=False))
        return Response(answer.body, answer.status, content_type=answer.content_type)

    @app.get("/<digest>/checkpoint")
    def latest(digest: str) -> ResponseReturnValue:
        note = witness.latest(digest)
        return _text("Nothing was cosigned for this origin.\n", 404) if note is None else _text(note)

    @app.errorhandler(MemoryUnreadable)
    def unreadable(refusal: MemoryUnreadable) -> ResponseReturnValue:
        return _text(f"{refusal.message}\n", 503)

    @app.errorhandler(HTTPException)
    def plainly(error: HTTPException) -> ResponseReturnValue:
        return _text(f"{error.code} {error.name}\n", error.code or 500)

    @app.after_request
    def not_kept(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app


def _text(body: str | bytes, status: int = 200) -> Response:
    return Response(body, status, content_type=TEXT)
