"""Watches over a whole application that nothing a coordinator changes goes without a line in the record of activity."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, request
from sqlalchemy import event

from signing.web.guards import NEEDS, Door

# Counters, sessions and the record itself are no doings; neither is it that somebody is looking, or has not saved yet.
_NO_DOING = {"activity", "rate", "login", "editing", "working_text", "brought_roster", "api_token"}
_CHANGES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)", re.IGNORECASE)


def watch(app: Flask, engine: Any) -> set[str]:
    """The endpoints, as they are found out, that changed something and recorded no act."""
    silent: set[str] = set()
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found = _CHANGES.match(statement)
        if found:
            said.append(found[1].lower())

    event.listen(engine, "before_cursor_execute", note)

    @app.before_request
    def begin() -> None:
        said.clear()

    @app.after_request
    def end(response: Any) -> Any:
        door = app.blueprints.get(request.blueprint or "")
        of_accounts = isinstance(door, Door) and door.persona in NEEDS
        done = of_accounts and request.method != "GET" and response.status_code < 400
        if done and set(said) - _NO_DOING and "activity" not in said:
            silent.add(str(request.endpoint))
        return response

    return silent
