"""Reads what mail servers send back; may import flufl.bounce and the standard library's email.

Whatever comes is untrusted, odd, or huge: it is cut to a size that nothing can be slow at, and what cannot be read is
no report. Only what the report says is told, not whether it is true (`workflow/bounces`).
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator
from email import message_from_bytes, message_from_string
from email.message import Message
from email.utils import getaddresses

from flufl.bounce import all_failures

from signing.adapters.mail_words import plain_line, shortened
from signing.workflow.mail_ports import DeliveryReport

LONGEST_REASON = 240
LARGEST = 256 * 1024
MOST_LINES = 4000
MOST_PARTS = 20
LONGEST_LINE = 998
# A header that goes on for longer is no header of a mail server.
LONGEST_FOLD = 40
_MESSAGE_ID = re.compile(
    r"^[> \t]*(?:message-id|in-reply-to|references):\s{0,9}((?:<[!-;=?-~]{3,200}>\s{0,9}){1,20})", re.I | re.M
)
_ONE_ID = re.compile(r"<[^<>\s]+>")
# Our own return addresses: the name of the notice stands behind the plus.
_RETURNED = re.compile(r"\+([a-z2-7]{16})@")
_RETURN_HEADERS = ("To", "Delivered-To", "X-Original-To", "X-Envelope-To", "Envelope-To")
_SAYS_WHY = re.compile(r"^.*\b5(?:\d\d\b|\.\d{1,3}\.\d{1,3}).*$", re.M)
# A server that quotes from a mail may quote its link or its code.
_SECRET = re.compile(
    r"https?://\S+|/i/\S+|\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b|\b\d{4}[ \u00a0]?\d{4}\b"
    r"|(?<![\w@.-])[\w-]{32,}(?![\w@.-])"
)

# It logs each message that it stumbles over, with a trace.
logging.getLogger("flufl.bounce").disabled = True


def read_report(data: bytes) -> DeliveryReport:
    """What a mail in the return mailbox says; an empty report where it says nothing of mails of ours."""
    try:
        return _report(_tamed(data))
    except Exception:
        # Nobody can foresee what a stranger's program sends, and one mail must not stop the others.
        return DeliveryReport()


def _tamed(data: bytes) -> bytes:
    """The beginning of a mail, without lines, headers and parts so long or many that only a trap has them."""
    lines: list[bytes] = []
    folds = parts = 0
    for line in data[:LARGEST].splitlines()[:MOST_LINES]:
        folds = folds + 1 if line[:1] in (b" ", b"\t") else 0
        parts += b"multipart/" in line.lower()
        if parts > MOST_PARTS:
            break
        if folds <= LONGEST_FOLD:
            lines.append(line[:LONGEST_LINE])
    return b"\n".join(lines) + b"\n"


def _report(data: bytes) -> DeliveryReport:
    message = message_from_bytes(data)
    failed, delivered, others, reason = _statuses(message)
    if failed or not (delivered or others):
        # Where a report says that nobody failed, what its words look like is no news.
        failed |= _found(message)
    texts = "\n".join([data.decode("utf-8", "replace"), *_texts(message)])
    return DeliveryReport(
        message_ids=frozenset(each for row in _MESSAGE_ID.findall(texts) for each in _ONE_ID.findall(row)),
        notices=frozenset(_returned(message)),
        failed=frozenset(failed),
        delivered=frozenset(delivered - failed),
        written_to=frozenset(_written_to(message)),
        reason=_plain(reason or _why(message)) if failed else "",
    )


def _statuses(message: Message) -> tuple[set[str], set[str], bool, str]:
    """Who failed and whom it was delivered to, as a report of RFC 3464 says it; whether it speaks of anybody else; and
    why it failed."""
    failed: set[str] = set()
    delivered: set[str] = set()
    others, reason = False, ""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
            continue
        for block in _messages(part):
            action = str(block.get("action", "")).strip().casefold()
            addresses = {
                str(block.get(name, "")).rpartition(";")[2].strip(" <>\t\r\n")
                for name in ("original-recipient", "final-recipient")
            }
            addresses = {each for each in addresses if "@" in each}
            if action.startswith(("fail", "error")):
                failed |= addresses
                said = str(block.get("diagnostic-code", "")).partition(";")
                reason = reason or said[2] or said[0] or f"status {block.get('status', '')}"
            elif action.startswith("delivered"):
                delivered |= addresses
            others = others or bool(action)
    return failed, delivered, others, reason


def _messages(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    yield from (each for each in payload if isinstance(each, Message)) if isinstance(payload, list) else ()


def _found(message: Message) -> set[str]:
    """The addresses that failed for good, in whatever form the server says so."""
    try:
        _temporary, permanent = all_failures(message)
    except Exception:
        # Its detectors trip over mails that no server would write.
        return set()
    return {each.decode("ascii", "replace") for each in permanent}


def _texts(message: Message) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_maintype() == "text":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                yield payload.decode("utf-8", "replace")


def _returned(message: Message) -> Iterator[str]:
    for name in _RETURN_HEADERS:
        for value in message.get_all(name, [])[:5]:
            yield from _RETURNED.findall(str(value))


def _written_to(message: Message) -> Iterator[str]:
    """Where the mail went that is returned, by its own headers."""
    for part in list(message.walk())[1:]:
        kind = part.get_content_type()
        original = None
        if kind == "message/rfc822":
            original = next(_messages(part), None)
        elif kind == "text/rfc822-headers":
            decoded = part.get_payload(decode=True)
            original = message_from_string(decoded.decode("utf-8", "replace")) if isinstance(decoded, bytes) else None
        if original is not None:
            with contextlib.suppress(Exception):
                yield from (each for _, each in getaddresses([str(original.get("To", ""))[:2000]]) if "@" in each)


def _why(message: Message) -> str:
    """The first line in which a server's words speak of what is for good."""
    text = next(_texts(message), "")
    found = _SAYS_WHY.search(text)
    return found[0] if found else ""


def _plain(reason: str) -> str:
    """The server's words on one line, harmless and without what must appear nowhere."""
    return shortened(_SECRET.sub("…", plain_line(reason)), LONGEST_REASON)
