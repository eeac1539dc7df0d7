"""The one table from refusal to status and page, and the pages for what nobody foresaw (DESIGN 2)."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException

from signing.domain.errors import N_, Faulty, NotAllowed, NotFound, Refusal
from signing.web.fault_trace import without_values
from signing.web.page import said

log = logging.getLogger("signing.web")


@dataclass(frozen=True, slots=True)
class Answer:
    """`next_steps` are paragraphs on what to do now, in plain words. All are translated where they are shown.

    With `ways_in` the page offers the other ways to a letter: a short code, a fresh link.
    """

    status: int
    heading: str
    next_steps: tuple[str, ...] = ()
    ways_in: bool = False


NOTHING_HERE = Answer(404, N_("There is nothing here"), (
    N_("Check the address, or start again from the link you were given."),
))
STOPPED = Answer(503, N_("We have stopped to be safe"), (
    N_("Nothing you did caused this and nothing is lost. The people who run this service have to look at it before "
       "anything more is recorded. Please come back later."),
))
ANSWERS: dict[str, Answer] = {
    # One page for all of them: an old link tells nobody whom it once was for (FAULTS S5).
    "link-closed": Answer(404, N_("This link does not open a letter"), (
        N_("Copy the whole link from the newest mail into the address bar, or take one of the ways below. Nothing is "
           "lost: what your organisation has answered stays recorded."),
    ), ways_in=True),
    "other-part": Answer(404, N_("This page is not for you")),
    "no-cookie": Answer(404, N_("This page opens from your mail"), (
        N_("For your safety this page opens only in the browser in which the link was opened. If you have just "
           "done that, your browser may be blocking cookies: allow them for this site. We use one cookie, to "
           "know which invitation is yours, and none to follow you."),
    ), ways_in=True),
    "not-found": NOTHING_HERE,
    "letter-unknown": NOTHING_HERE,
    "member-may-not": Answer(403, N_("You may not do this"), (N_("Nothing was changed."),)),
    "signed-out": Answer(401, N_("Your session has ended"), (N_("Sign in again, then send it once more."),)),
    "password-link-closed": Answer(404, N_("This link does not set a password"), (
        N_("Ask whoever invited you, or the people who run this service, for a new one."),
    )),
    "second-step-over": Answer(401, N_("Please sign in again")),
    "sign-in-failed": Answer(401, N_("Please sign in again")),
    "token-refused": Answer(401, N_("This needs a token")),
    "scope-missing": Answer(403, N_("This token is not good for this")),
    "too-many-attempts": Answer(429, N_("Too many attempts")),
    "too-many-codes": Answer(429, N_("Enough codes for now")),
    "letter-abandoned": Answer(410, N_("This letter was given up"), (
        N_("There is nothing that you have to do. Whatever was answered is used for nothing."),
    )),
    "page-used": Answer(409, N_("Please look at your answer once more")),
    "stale-version": Answer(409, N_("The words have changed")),
    "code-wrong": Answer(422, N_("That code does not fit")),
    "code-used-up": Answer(422, N_("Please ask for a new code")),
    "log-rolled-back": STOPPED,
    "log-head-unreadable": STOPPED,
    "unavailable": Answer(503, N_("We cannot do this at the moment"), (
        N_("Nothing was recorded. Please try again in a few minutes."),
    )),
}
BY_KIND: list[tuple[type[Refusal], Answer]] = [
    (NotFound, ANSWERS["not-found"]),
    (NotAllowed, Answer(409, N_("This is not possible now"))),
    (Faulty, Answer(422, N_("Something needs mending"))),
    (Refusal, Answer(422, N_("This is not possible"))),
]
BY_STATUS: dict[int, Answer] = {
    400: Answer(400, N_("We could not read that"), (N_("Go back, reload the page and try again."),)),
    403: Answer(403, N_("This came from somewhere else"), (
        N_("For your safety we accept answers only from our own pages. Open the page here and try again."),
    )),
    404: ANSWERS["not-found"],
    405: Answer(405, N_("That does not work this way"), (N_("Go back and use the buttons of the page."),)),
    413: Answer(413, N_("That is too large"), (
        N_("A page takes up to 2 MB, an imported file up to 5 MB. Send the words alone, without pictures."),
    )),
    421: Answer(421, N_("You have reached us by another name"), (N_("Use the address of this service:"),)),
    500: Answer(500, N_("Something went wrong on our side"), (
        N_("What you sent was either recorded whole or not at all; repeating it is safe. Please try again in a few "
           "minutes, and tell the people who run this service if it stays."),
    )),
}
PAGE_TOO_OLD = Answer(400, N_("Please send that once more"), (
    N_("This page had been open too long, or your browser did not send our cookie."),
    N_("Reload the page and send it again."),
))
NOT_KEPT = frozenset({
    "csrf_token", "password", "present", "again", "held", "code", "version", "text_sha256", "head", "idempotency_key",
})


def answer_to(refusal: Refusal) -> Answer:
    """The row of the table for this refusal, by its code, else by its kind; a fault of ours is told to the operator."""
    answer = ANSWERS.get(refusal.code) or next(answer for kind, answer in BY_KIND if isinstance(refusal, kind))
    if answer.status >= 500:
        # Neither its message nor that of its cause: they may hold what a person typed.
        cause = refusal.__cause__ or refusal.__context__
        log.error("%s at %s, caused by %s", refusal.code, request.endpoint, type(cause).__qualname__)
    return answer


def refused(refusal: Refusal) -> Response:
    """The page of a refusal: what happened, and what to do next."""
    return _page(answer_to(refusal), said(refusal), refusal.code)


def page_too_old() -> Response:
    """What to say of a form whose token is too old, where no page of its own can come back filled in."""
    return _page(PAGE_TOO_OLD, "", "csrf")


def register(app: Flask) -> None:
    """Answer every error with a page that says what to do next and nothing about our insides."""

    app.register_error_handler(Refusal, refused)

    @app.errorhandler(CSRFError)
    def too_old(error: CSRFError) -> Response:
        return page_too_old()

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        status = error.code or 500
        if status < 400:
            return make_response(error.get_response())
        answer = BY_STATUS.get(status) or Answer(status, N_("This did not work"), (N_("Go back and try again."),))
        return _page(answer, "", f"http-{status}")

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        log.error("unforeseen at %s: %s", request.endpoint, without_values(error))
        return _page(BY_STATUS[500], "", "http-500")


def _page(answer: Answer, message: str, code: str) -> Response:
    typed: dict[str, str] = {}
    if code in ("csrf", "signed-out", "no-cookie", "member-may-not"):
        typed = {name: value for name, value in request.form.items() if name not in NOT_KEPT and value.strip()}
    body = render_template("public/refusal.html", answer=answer, message=message, code=code, typed=typed)
    return make_response(body, answer.status)
