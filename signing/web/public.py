"""What anybody may see: the front page, our static files, and whether the service is well."""

from __future__ import annotations

from flask import Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from signing.web.guards import Door, Persona, door
from signing.web.page import StaticFile
from signing.workflow.ports import Services
from signing.workflow.readiness import Readiness


def blueprint(services: Services, *, mailbox: bool) -> Door:
    """The public door."""
    made = door("public", Persona.PUBLIC)
    readiness = Readiness(services)

    @made.get("/")
    def home() -> ResponseReturnValue:
        return render_template("public/home.html", mailbox=mailbox)

    @made.get("/check")
    def check() -> ResponseReturnValue:
        return render_template("public/check.html")

    @made.get("/static/<digest>/<name>")
    def static(digest: str, name: str) -> ResponseReturnValue:
        files: dict[str, StaticFile] = current_app.config["STATIC_FILES"]
        file = files.get(name)
        if file is None or file.digest != digest:
            abort(404)
        zipped = request.accept_encodings["gzip"] > 0
        response = Response(file.gzipped if zipped else file.data, content_type=file.type)
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    @made.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return Response("ok\n", content_type="text/plain; charset=utf-8")

    @made.get("/readyz")
    def readyz() -> ResponseReturnValue:
        readiness.check()
        return Response("ready\n", content_type="text/plain; charset=utf-8")

    return made
