"""The doors of the API: a token at each, JSON in and out, every refusal a problem document."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import NotFound as NotHere

from signing.domain.errors import Faulty, Refusal
from signing.web.api import arrangements, letters, remarks, rosters, webhooks
from signing.web.api.operations import PREFIX, Nothing, Operation, Problem, openapi, route_name
from signing.web.fault_trace import without_values
from signing.web.guards import Door, Persona, door
from signing.web.intake import Intake
from signing.web.refusals import answer_to
from signing.workflow import api_tokens
from signing.workflow.ports import Services
from signing.workflow.webhooks import public_key

log = logging.getLogger("signing.web")
# Where files are brought: these may be larger than a page (headers.IMPORT_BODY).
LARGE = frozenset({"api.import_letter", "api.import_version", "api.import_roster"})


def blueprints(services: Services, intake: Intake) -> list[Door]:
    """The door of the operations, and the open one of their description."""
    operations = [
        *letters.operations(services, intake),
        *rosters.operations(services, intake),
        *arrangements.operations(services),
        *remarks.operations(services),
        *webhooks.operations(services),
    ]
    made = door("api", Persona.API, url_prefix=PREFIX)
    for each in operations:
        made.add_url_rule(
            each.rule, endpoint=each.name, methods=[each.method], view_func=_view(each), provide_automatic_options=False
        )
    made.add_url_rule("/<path:anything>", endpoint="nothing", view_func=_nothing, provide_automatic_options=False,
                      methods=["GET", "POST", "PUT", "DELETE", "PATCH"])  # fmt: skip
    made.register_error_handler(Refusal, refused)
    made.register_error_handler(HTTPException, http)
    made.register_error_handler(Exception, unforeseen)
    return [made, _description(services, operations)]


def _view(operation: Operation) -> Callable[..., ResponseReturnValue]:
    def view(**parts: str) -> ResponseReturnValue:
        letter_id = parts.get(route_name("letter"))
        api_tokens.check(g.caller, operation.scope, letter_id)
        taken = operation.takes.model_validate(_body(operation))
        given = operation.run(g.caller, {name: parts[route_name(name)] for name in operation.parameters}, taken)
        if isinstance(given, list | tuple):
            data: Any = [each.model_dump(mode="json") for each in given]
        else:
            data = given.model_dump(mode="json")  # type: ignore[union-attr]
        return _json(data, operation.status)

    return view


def _body(operation: Operation) -> dict[str, Any]:
    if operation.method == "GET" or operation.takes is Nothing:
        return {}
    data = request.get_data()
    if not data:
        return {}
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        raise Faulty("The body is not JSON.", code="not-json") from None
    if not isinstance(body, dict):
        raise Faulty("The body must be one JSON object.", code="not-json")
    return body


def _nothing(anything: str) -> ResponseReturnValue:
    raise NotHere


def refused(refusal: Refusal) -> Response:
    """The problem document of a refusal."""
    answer = answer_to(refusal)
    field = refusal.field if isinstance(refusal, Faulty) else None
    return _problem(Problem(title=answer.heading, status=answer.status, code=refusal.code, detail=refusal.message,
                            field=field or None))  # fmt: skip


def http(error: HTTPException) -> Response:
    status = error.code or 500
    return _problem(Problem(title=error.name, status=status, code=f"http-{status}", detail=error.name))


def unforeseen(error: Exception) -> Response:
    """A body of another shape, named field by field; else a fault of ours, of which nothing is told."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(map(str, first["loc"]))
        return _problem(Problem(title="Something needs mending", status=422, code="body-shape",
                                detail=f"{field or 'body'}: {first['msg']}.", field=field or None))  # fmt: skip
    log.error("unforeseen at %s: %s", request.endpoint, without_values(error))
    return _problem(Problem(title="Something went wrong on our side", status=500, code="http-500",
                            detail="It was either recorded whole or not at all; repeating it is safe."))  # fmt: skip


def _problem(problem: Problem) -> Response:
    response = _json(problem.model_dump(mode="json", exclude_none=True), problem.status)
    response.content_type = "application/problem+json"
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _json(data: Any, status: int) -> Response:
    return Response(json.dumps(data, ensure_ascii=False) + "\n", status, content_type="application/json")


def _description(services: Services, operations: list[Operation]) -> Door:
    """What the API is, for people and for programs: it tells nothing of any letter."""
    made = door("api_description", Persona.PUBLIC, url_prefix="/api")

    @cache
    def described() -> dict[str, Any]:
        # Made when it is first asked for: it takes longer than all else that an application begins with.
        return openapi(operations, services.installation.base_url, services.installation.release)

    @made.get("/")
    def page() -> ResponseReturnValue:
        return render_template("public/api.html", operations=operations, prefix=PREFIX,
                               webhook_key=public_key(services))  # fmt: skip

    @made.get("/openapi.json")
    def document() -> ResponseReturnValue:
        return _json(described(), 200)

    return made
