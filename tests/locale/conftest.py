"""The installation and the visitors of the web's tests, for contacts of every language."""

from __future__ import annotations

from tests.web.conftest import app, coordinator, house, visit, visitor

__all__ = ["app", "coordinator", "house", "visit", "visitor"]
