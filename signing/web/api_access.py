"""Who calls the API: the token of the request, looked up before anything else is done."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app, g, request

from signing.workflow import api_tokens
from signing.workflow.api_tokens import Caller
from signing.workflow.ports import Services

_EXTENSION = "signing.api.caller"


def prepare(app: Flask, services: Services) -> None:
    """Let the guard look tokens up."""
    app.extensions[_EXTENSION] = lambda secret, letter_id: api_tokens.caller(services, secret, letter_id)


def pass_token() -> None:
    """Note whose program calls. Raises TokenRefused.

    No cookie opens these doors: what a foreign page can make a browser send is never enough.
    """
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip().startswith(api_tokens.PREFIX):
        raise api_tokens.TokenRefused
    look: Callable[[str, str | None], Caller] = current_app.extensions[_EXTENSION]
    g.caller = look(secret.strip(), (request.view_args or {}).get("letter_id"))
