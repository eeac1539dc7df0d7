"""The JSON door: what coordinators do on the pages, done by programs; one file per noun.

`operations` says what an operation is; routes, checks and the OpenAPI document are made from the same table.
"""

from __future__ import annotations

from signing.web.api.door import LARGE, blueprints

__all__ = ["LARGE", "blueprints"]
