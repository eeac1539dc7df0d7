"""The one family of errors that domain and workflow raise: a rule says no, in words the person can act on."""

from __future__ import annotations

from collections.abc import Mapping


def N_(words: str) -> str:
    """Mark `words` for the translators where they are written; they are translated where they are shown."""
    return words


class Refusal(Exception):
    """A rule says no; `code` is stable for programs, `message` is plain words that say what to do.

    `words` is the message with `{names}` in place of `values`, so that it can be translated before it is filled
    in. It is written to be shown; it holds no secret and no address the reader does not already know.
    """

    code = "refused"

    def __init__(self, words: str, *, code: str | None = None, values: Mapping[str, object] | None = None) -> None:
        self.words = words
        self.values = dict(values or {})
        self.message = self.fill(words)
        super().__init__(self.message)
        if code is not None:
            self.code = code

    def fill(self, words: str) -> str:
        """Put the values into `words`, this refusal's own or their translation."""
        return words.format(**self.values) if self.values else words


class NotFound(Refusal):
    """What was asked for is not here, or not for this person (the two look the same)."""

    code = "not-found"


class NotAllowed(Refusal):
    """The state of the letter, or the person's role, does not permit this action now."""

    code = "not-allowed"


class Unavailable(Refusal):
    """The service cannot store or read anything now; nothing was done by halves, a later try may succeed."""

    code = "unavailable"


class Conflict(Refusal):
    """Somebody else did the same thing at the same moment, and was quicker."""

    code = "conflict"


class Faulty(Refusal):
    """What a person brought (a form field, a file) cannot be taken as it is.

    `field` names the form field or column, `line` the line of the file, where there is one.
    """

    code = "faulty"

    def __init__(
        self,
        words: str,
        *,
        code: str | None = None,
        values: Mapping[str, object] | None = None,
        field: str | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(words, code=code, values=values)
        self.field = field
        self.line = line
