"""Somebody with a browser, without the browser: follows links, fills in forms, keeps cookies."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.installation import PASSWORD


class Form(HTMLParser):
    """The fields of the page's form that posts to `action` (or holds a button that does)."""

    def __init__(self, page: str, action: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.found = False
        self._action = action
        self._inside: dict[str, str] | None = None
        self._area: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = {}
            self._right = values.get("action") == self._action
        if self._inside is None:
            return
        if tag == "button" and values.get("formaction") == self._action:
            self._right = True
        if tag == "input" and "name" in values and values.get("type") != "file":
            ticked = values.get("type") not in ("radio", "checkbox") or "checked" in values
            if ticked:
                self._inside[values["name"]] = values.get("value", "")
        if tag == "textarea" and "name" in values:
            self._area = values["name"]
            self._inside[self._area] = ""

    def handle_data(self, data: str) -> None:
        if self._area is not None and self._inside is not None:
            self._inside[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None and self._inside is not None:
            # HTML drops the line end that follows the opening tag.
            self._inside[self._area] = self._inside[self._area].removeprefix("\n")
            self._area = None
        if tag == "form" and self._inside is not None:
            if self._right and not self.found:
                self.fields, self.found = self._inside, True
            self._inside = None


class Visitor:
    """Keeps the last answer in `answer` and its text in `text`."""

    def __init__(self, client: FlaskClient, base_url: str) -> None:
        self.client = client
        self.base_url = base_url
        self.path = "/"

    def goes_to(self, path: str) -> Visitor:
        self._took(self.client.get(path, base_url=self.base_url), path)
        return self

    def sends(self, action: str, **typed: Any) -> Visitor:
        """Fill in and send the form of the present page that goes to `action`."""
        form = Form(self.text, action)
        assert form.found, f"no form to {action} on {self.path}"
        return self.posts(action, **(form.fields | typed))

    def posts(self, action: str, headers: dict[str, str] | None = None, **fields: Any) -> Visitor:
        """Post without a page, as a program would."""
        data = {name: value for name, value in fields.items() if value is not None}
        self._took(self.client.post(action, data=data, headers=headers, base_url=self.base_url), action)
        return self

    def follows(self) -> Visitor:
        """Go where the answer sends us."""
        assert self.answer.status_code == 303, self.answer.status_code
        return self.goes_to(urlsplit(self.answer.headers["Location"])._replace(scheme="", netloc="").geturl())

    def signs_in(self, email: str) -> Visitor:
        self.goes_to("/sign-in").sends("/sign-in", email=email, password=PASSWORD)
        assert self.answer.status_code == 303, self.text
        return self.follows()

    def token(self) -> str:
        """The CSRF token of this browser, as any page with a form shows it."""
        for path in ("/sign-in", "/coordinator/", "/auditor/"):
            found = re.search(r'name="csrf_token" value="([^"]+)"', self.goes_to(path).text)
            if found:
                return found[1]
        raise AssertionError("no page shows a token")

    @property
    def token_shown(self) -> str:
        """The CSRF token in the present page's first form."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.text)
        assert found, f"no form on {self.path}"
        return found[1]

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def words(self) -> str:
        """The page without its markup, one space between words."""
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.text)).split())

    def _took(self, answer: TestResponse, path: str) -> None:
        self.answer, self.path = answer, path
        self.text = answer.get_data(as_text=True) if "text/html" in answer.content_type else ""
