"""A published letter's log as C2SP tlog-tiles lays it out; before that there is nothing at these addresses."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue

from signing.web.guards import Door, Persona, door
from signing.workflow import log_serving
from signing.workflow.ports import Services

FOREVER = "public, max-age=31536000, immutable"
SECONDS = "public, max-age=5"


def blueprint(services: Services) -> Door:
    """The door to the logs."""
    made = door("log", Persona.PUBLIC, url_prefix="/l/<letter_id>/log")

    @made.get("/checkpoint")
    def checkpoint(letter_id: str) -> ResponseReturnValue:
        data = log_serving.published_checkpoint(services, letter_id)
        return _file(data, "text/plain; charset=utf-8", SECONDS)

    # A tile of n hashes never changes: a longer log has another tile, under another name.
    @made.get("/tile/<path:tile>")
    def tile(letter_id: str, tile: str) -> ResponseReturnValue:
        data = log_serving.published_tile(services, letter_id, f"tile/{tile}")
        return _file(data, "application/octet-stream", FOREVER)

    return made


def _file(data: bytes, kind: str, kept: str) -> Response:
    response = Response(data, content_type=kind)
    response.headers["Cache-Control"] = kept
    response.add_etag()
    response.make_conditional(request)
    return response
