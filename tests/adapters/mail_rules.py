"""What a mail of ours must keep to, read from its bytes as a stranger's program reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

from signing.adapters.mail_headers import LONGEST

# RFC 5322 3.6: what there may be once; we always have all of them.
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type",
        "Auto-Submitted", "Content-Language")  # fmt: skip
OF_REMINDERS = ("List-Unsubscribe", "List-Unsubscribe-Post")
LINK = re.compile(r"https?://[^\s<>\"]+")
# What mail programs make links of although nobody wrote an address.
LOOKS_LIKE_A_LINK = re.compile(r"(?:https?|ftp):/|\bwww\.\w|\b[\w-]{2,}\.(?:com|org|example|net)\b|[\w.]+@[\w-]+\.\w")
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028-\u202e\u2066\u2067]")
VOID = {"meta", "br", "hr", "img"}


def read(data: bytes) -> EmailMessage:
    return message_from_bytes(data, policy=policy.default)


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None, f"no {kind} part"
    return str(part.get_content()).replace("\r\n", "\n")


def broken_rules(data: bytes, language: str, *, reminder: bool) -> list[str]:
    """Every rule that the mail breaks, in words."""
    message = read(data)
    return [
        *_of_the_wire(data),
        *_of_the_head(message, language, reminder=reminder),
        *_of_the_parts(message),
        *_of_the_html(text_of(message, "html")),
        *_of_the_text(text_of(message)),
        *([] if said(text_of(message)) == Seen(text_of(message, "html")).words else ["text and HTML say other words"]),
    ]


def _of_the_wire(data: bytes) -> Iterator[str]:
    """RFC 5322 2.1.1 and 2.3, RFC 2045 6.7."""
    if re.search(rb"(?<!\r)\n|\r(?!\n)|\0", data):
        yield "a bare line end, or NUL"
    if max(map(len, data.split(b"\r\n"))) > 76 + 42 * (b"List-Unsubscribe" in data):
        yield "a line longer than 76"
    if not data.isascii():
        yield "bytes beyond ASCII"


def _of_the_head(message: EmailMessage, language: str, *, reminder: bool) -> Iterator[str]:
    expected = [*ONCE, *(OF_REMINDERS if reminder else ())]
    if sorted(message.keys()) != sorted(expected):
        yield f"headers are {sorted(message.keys())}"
    if len(message["To"].addresses) != 1 or len(message["From"].addresses) != 1:
        yield "not one sender and one recipient"
    if message["Auto-Submitted"] != "auto-generated":  # RFC 3834 5
        yield "not marked as automatic"
    if message["Content-Language"] != language:
        yield f"language is {message['Content-Language']}"
    if message["Date"].datetime is None or message["Date"].datetime.tzinfo is None:
        yield "no date"
    for name in ("Message-ID", "In-Reply-To", "References"):
        if not re.fullmatch(r"<[\w.-]+@[\w.-]+>", str(message[name]).strip()):
            yield f"{name} is {message[name]}"
    if not 3 <= len(str(message["Subject"])) <= LONGEST or UNSEEN.search(str(message["Subject"])):
        yield f"subject is {message['Subject']!r}"
    if reminder:  # RFC 8058 3.1
        if not re.fullmatch(r"<https://[^>,]+/reminders/[^>,]+>", str(message["List-Unsubscribe"])):
            yield "no address that ends the reminders"
        if message["List-Unsubscribe-Post"] != "List-Unsubscribe=One-Click":
            yield "no one-click post"


def _of_the_parts(message: EmailMessage) -> Iterator[str]:
    """RFC 2045 and 2046: the plain text first, then the HTML, in UTF-8 and printable."""
    for part in message.walk():
        if part.defects or [each for header in part.values() for each in getattr(header, "defects", ())]:
            yield f"defects in {part.get_content_type()}"
    body = message.get_body(("related", "html", "plain"))
    kinds = [part.get_content_type() for part in message.walk() if part.get_content_maintype() == "text"]
    if body is None or kinds != ["text/plain", "text/html"]:
        yield f"parts are {kinds}"
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        if part is None or part.get_content_charset() != "utf-8":
            yield f"{kind} is not UTF-8"
        elif part["Content-Transfer-Encoding"] != "quoted-printable":
            yield f"{kind} goes as {part['Content-Transfer-Encoding']}"


def _of_the_html(html: str) -> Iterator[str]:
    seen = Seen(html)
    if seen.open:
        yield f"tags left open: {seen.open}"
    if seen.forbidden:
        yield f"fetches or runs: {seen.forbidden}"
    if UNSEEN.search(html):
        yield "unseen characters in the HTML"


def _of_the_text(text: str) -> Iterator[str]:
    if UNSEEN.search(text):
        yield "unseen characters in the text"
    long = [line for line in text.split("\n") if len(line) > 76 and " " in line.strip()]
    if long:
        yield f"long lines: {long}"


class Seen(HTMLParser):
    """What a reader of the HTML sees: `words`, and where its `links` lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.forbidden: list[str] = []
        self._texts: list[str] = []
        self.feed(html)

    @property
    def words(self) -> list[str]:
        return said(" ".join(self._texts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        values = {name: value or "" for name, value in attrs}
        if tag in ("img", "link", "script", "iframe", "object", "form", "input", "base", "svg", "video", "audio"):
            self.forbidden.append(tag)
        self.forbidden += [name for name in values if name in ("src", "background") or name.startswith("on")]
        self.forbidden += [value for value in values.values() if "url(" in value or "javascript:" in value]
        if tag in ("p", "h1", "h2", "td", "br", "blockquote"):
            self._texts.append(" ")
        if "href" in values:
            self.links.append(values["href"])
            # Where the link itself is not read, the text has it in its place.
            self._texts.append(f" {values['href']} ")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.open.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if "@import" in data or "url(" in data:
            self.forbidden.append("style")
        if not {"style", "title"} & set(self.open):
            self._texts.append(data)


def said(text: str) -> list[str]:
    """The words of a body in no order, however they are set: a link is written out or behind words."""
    bare = re.sub(r"(?m)^>(?: |$)|_{3,}", "", re.sub("[\u2066-\u2069]", "", text))
    # Chinese has no blanks between words, and lines end anywhere.
    bare = re.sub("([\u2e80-\u9fff\uff00-\uff60])", r" \1 ", bare)
    return sorted({word.casefold().strip(":：") for word in bare.split()} - {""})
