"""The local mailbox of an installation without a mail server: for trying things out, on this machine only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.message import EmailMessage
from ipaddress import ip_address
from typing import Protocol

from flask import abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from signing.domain.errors import NotFound
from signing.web.download import attachment
from signing.web.guards import Door, Persona, door

ADDRESS = re.compile(r"https?://[^\s<>\"\u2066-\u2069]+[^\s<>\".,;:!?)\u2066-\u2069]")


class MailSummary(Protocol):
    """One line of the list."""

    @property
    def id(self) -> str: ...
    @property
    def to(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def date(self) -> str: ...


class Mailbox(Protocol):
    """Mails that were not sent anywhere; `message` raises KeyError for an unknown id."""

    def messages(self) -> Sequence[MailSummary]: ...
    def message(self, id: str) -> EmailMessage: ...


def linked(text: str, base_url: str) -> Markup:
    """`text` with the addresses of this service made into links, everything else as it is."""
    parts, end = [], 0
    for found in ADDRESS.finditer(text):
        if found[0].startswith(base_url.rstrip("/") + "/"):
            parts += [escape(text[end : found.start()]), Markup('<a href="{0}">{0}</a>').format(found[0])]
            end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def blueprint(mailbox: Mailbox) -> Door:
    """The mailbox's door: public, but only for a browser on this very machine."""
    made = door("mailbox", Persona.PUBLIC, url_prefix="/mailbox")

    @made.before_request
    def only_here() -> None:
        forwarded = {"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} & set(request.headers.keys())
        try:
            here = ip_address(request.remote_addr or "").is_loopback
        except ValueError:
            here = False
        if forwarded or not here:
            abort(404)

    @made.get("")
    def index() -> ResponseReturnValue:
        return render_template("public/mailbox.html", messages=mailbox.messages())

    @made.get("/<mail_id>")
    def mail(mail_id: str) -> ResponseReturnValue:
        message = _found(mailbox, mail_id)
        body = message.get_body(("plain",))
        files = [part.get_filename() or "file" for part in message.iter_attachments()]
        return render_template(
            "public/mail.html", mail_id=mail_id, message=message, files=files,
            text=linked(str(body.get_content()) if body else "", current_app.config["BASE_URL"]),
            back=url_for("mailbox.index"),
        )

    @made.get("/<mail_id>/<int:number>")
    def enclosed(mail_id: str, number: int) -> ResponseReturnValue:
        parts = list(_found(mailbox, mail_id).iter_attachments())
        if number >= len(parts):
            abort(404)
        content = parts[number].get_content()
        data = content.encode() if isinstance(content, str) else bytes(content)
        return attachment(data, parts[number].get_filename() or "file", "application/octet-stream")

    return made


def _found(mailbox: Mailbox, mail_id: str) -> EmailMessage:
    try:
        return mailbox.message(mail_id)
    except KeyError:
        raise NotFound("There is no such mail.") from None


