"""One operation of the API: its address, what it needs, what it takes and gives; the OpenAPI document of all of them.

May import pydantic.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from signing.domain.api import Scope
from signing.workflow.api_tokens import Caller

VERSION = "1"
PREFIX = "/api/v1"


class Shape(BaseModel):
    """A JSON object of the API; a field that is not known is refused, so that a misspelled wish is not passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Shape):
    """No fields."""


class Problem(Shape):
    """What went wrong (RFC 9457): `code` is stable for programs, `detail` says what to do, `field` which field."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None


Taken = TypeVar("Taken", bound=Shape)
# The letter of the address ("" where there is none), further parts of it by name, and the body.
Run = Callable[[Caller, dict[str, str], Any], BaseModel | Sequence[BaseModel]]


@dataclass(frozen=True, slots=True)
class Operation:
    """`path` is below the prefix, with `{letter}` and such; `gives` is what a good answer holds (`many`: a list)."""

    name: str
    method: str
    path: str
    scope: Scope
    summary: str
    takes: type[Shape]
    gives: type[Shape]
    run: Run
    status: int = 200
    many: bool = False

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.path)

    @property
    def rule(self) -> str:
        """The path as the router spells it; the letter by the name that every guard looks at."""
        return re.sub(r"\{(\w+)\}", lambda found: f"<{route_name(found[1])}>", self.path)


def route_name(parameter: str) -> str:
    return f"{parameter}_id"


def openapi(operations: Sequence[Operation], base_url: str, release: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of these operations."""
    shapes: set[type[Shape]] = {shape for each in operations for shape in (each.takes, each.gives)}
    shapes = (shapes | {Problem}) - {Nothing}
    ordered: list[type[Shape]] = sorted(shapes, key=lambda shape: shape.__name__)
    modes: tuple[JsonSchemaMode, ...] = ("validation", "serialization")
    references, definitions = models_json_schema(
        [(shape, mode) for shape in ordered for mode in modes],
        ref_template="#/components/schemas/{model}",
    )
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        answer: dict[str, Any] = references[(each.gives, "serialization")] if each.gives is not Nothing else {}
        schema = {"type": "array", "items": answer} if each.many else answer or {"type": "object"}
        paths.setdefault(each.path, {})[each.method.lower()] = _described(each, schema, references)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Joint letters",
            "version": VERSION,
            "description": f"What a coordinator does, for programs. {release}. Errors are RFC 9457 problem documents.",
        },
        "servers": [{"url": f"{base_url}{PREFIX}"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _described(each: Operation, answer: dict[str, Any], references: Any) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": references[(Problem, "serialization")]}}
    described: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.summary,
        "description": f"Scope: `{each.scope.value}`.",
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in each.parameters
        ],
        "responses": {
            str(each.status): {"description": "Done.", "content": {"application/json": {"schema": answer}}},
            "400": {"description": "The request cannot be read.", "content": problem},
            "401": {"description": "No token that is good.", "content": problem},
            "404": {"description": "There is no such thing, or it is not yours.", "content": problem},
            "409": {"description": "Not possible now, or not with this token.", "content": problem},
            "413": {"description": "Too large.", "content": problem},
            "422": {"description": "Something in it cannot be taken; nothing was done.", "content": problem},
            "503": {"description": "Nothing can be stored just now; try again.", "content": problem},
        },
    }
    if each.method != "GET" and each.takes is not Nothing:
        schema = references[(each.takes, "validation")]
        required = bool(each.takes.model_json_schema().get("required"))
        described["requestBody"] = {"required": required, "content": {"application/json": {"schema": schema}}}
    return described
