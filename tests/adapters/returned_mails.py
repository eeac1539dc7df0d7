"""Mails as servers send them back: reports of RFC 3464, and what older programs write instead."""

from __future__ import annotations

RETURNED_TO = "letters+{notice}@example.org"


def report(
    original: bytes,
    recipient: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "smtp; 550 5.1.1 <{recipient}>: Recipient address rejected: User unknown",
    to: str = "letters@example.org",
    headers_only: bool = False,
) -> bytes:
    """What Postfix sends: words, the report, and the mail or its headers."""
    head = original.split(b"\r\n\r\n")[0]
    kind, content = (b"text/rfc822-headers", head) if headers_only else (b"message/rfc822", original)
    lines = [
        f"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.net (Mail Delivery System)\r\nTo: {to}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n"
        "Message-Id: <20261124093115.4C1A0@mx.example.net>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="4C1A0.1/mx"\r\n\r\n'
        "--4C1A0.1/mx\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
        f"I'm sorry to have to inform you that your message could not be delivered.\r\n\r\n"
        f"<{recipient}>: said no\r\n\r\n"
        "--4C1A0.1/mx\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.net\r\nArrival-Date: Tue, 24 Nov 2026 09:31:15 +0000\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nOriginal-Recipient: rfc822;{recipient}\r\nAction: {action}\r\n"
        f"Status: {status}\r\nDiagnostic-Code: {said.format(recipient=recipient)}\r\n\r\n"
        "--4C1A0.1/mx\r\n".encode(),
        b"Content-Type: " + kind + b"\r\n\r\n",
        content,
        b"\r\n\r\n--4C1A0.1/mx--\r\n",
    ]
    return b"".join(lines)


def of_qmail(original: bytes, recipient: str) -> bytes:
    """No MIME at all: words, a line, and a copy of the mail below it."""
    words = (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@old.example.net\r\nTo: letters@example.org\r\n"
        "Subject: failure notice\r\n\r\n"
        "Hi. This is the qmail-send program at old.example.net.\r\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\r\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n"
        f"<{recipient}>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n"
        "--- Below this line is a copy of the message.\r\n\r\n"
    )
    return words.encode() + original


def of_exim(original: bytes, recipient: str, returned_to: str) -> bytes:
    """Whom it failed for stands in a header, and nothing of the mail is returned: only where it came to names it."""
    return (
        f"X-Failed-Recipients: {recipient}\r\nFrom: Mail Delivery System <Mailer-Daemon@exim.example.net>\r\n"
        f"To: {returned_to}\r\nSubject: Mail delivery failed: returning message to sender\r\n\r\n"
        "A message that you sent could not be delivered to one or more of its recipients.\r\n\r\n"
        f"  {recipient}\r\n    552 5.2.2 The mailbox is full\r\n"
    ).encode()
