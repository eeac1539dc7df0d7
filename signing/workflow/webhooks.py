"""Webhooks: programs that are told when a letter goes on.

What happened is read from the log and the letter's state, not sent along with it: an answer costs nothing more, and
nothing that is logged can be missed. Each message is signed by the installation as Standard Webhooks has it
(`v1a`, Ed25519 over id, time and body), so that whoever gets it can tell it from a forged one.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signing.domain.api import WEBHOOKS_MOST, Event, Webhook
from signing.domain.errors import Faulty, NotFound
from signing.workflow.activity import Act, record
from signing.workflow.api_ports import WebhookMessage
from signing.workflow.appending import time_text
from signing.workflow.identifiers import new_id
from signing.workflow.letters import letter_of
from signing.workflow.ports import Services, UnitOfWork

LONGEST_URL = 500
KEPT = timedelta(days=30)


def add(services: Services, letter_id: str, account_id: str, url: str, events: Collection[str] = ()) -> Webhook:
    """Have `url` told of what happens to the letter from now on; the same address once more is the same webhook.

    Raises NotFound, Faulty with `field` (`url`, `events`).
    """
    address, now = url.strip(), services.clock()
    _check_address(address, services.installation.base_url.startswith("https://"))
    wanted = [event.value for event in Event if event.value in events]
    if len(wanted) != len(set(events)):
        raise Faulty(
            "The events are {events}.", values={"events": ", ".join(Event)}, field="events", code="event-unknown"
        )
    with services.unit_of_work(write=True) as uow:
        letter = letter_of(uow, letter_id)
        known = uow.webhooks.of_letter(letter_id)
        if same := next((each for each in known if each.url == address and each.events == tuple(wanted)), None):
            return same
        if len(known) >= WEBHOOKS_MOST:
            raise Faulty("This letter has very many webhooks. Stop one that is not needed any more.", code="too-many")
        size = uow.log.head(letter_id).size
        made = Webhook(
            new_id(services), letter_id, account_id, address, tuple(wanted), now, None, size, letter.state
        )
        uow.webhooks.add(made)
        record(services, uow, Act.WEBHOOK_ADDED, letter_id, made.id, host=urlsplit(address).hostname or "")
        uow.commit()
    return made


def stop(services: Services, letter_id: str, webhook_id: str) -> None:
    """Tell it nothing any more; twice is once. Raises NotFound."""
    with services.unit_of_work(write=True) as uow:
        known = uow.webhooks.get(webhook_id)
        if known is None or known.letter_id != letter_id:
            raise NotFound("There is no such webhook.", code="webhook-unknown")
        if known.stopped_at is None:
            uow.webhooks.stop(webhook_id, services.clock())
            record(services, uow, Act.WEBHOOK_STOPPED, letter_id, webhook_id, host=urlsplit(known.url).hostname or "")
            uow.commit()


def stop_those_of(services: Services, uow: UnitOfWork, letter_id: str, account_id: str) -> None:
    """Tell nothing any more to what somebody set up who has no part in the letter from now on."""
    for each in uow.webhooks.of_letter(letter_id):
        if each.account_id == account_id:
            uow.webhooks.stop(each.id, services.clock())
            record(services, uow, Act.WEBHOOK_STOPPED, letter_id, each.id, host=urlsplit(each.url).hostname or "")


def of_letter(services: Services, letter_id: str) -> list[tuple[Webhook, list[WebhookMessage]]]:
    """The webhooks of a letter, each with the newest messages to it. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter_of(uow, letter_id)
        return [(each, uow.webhooks.messages(each.id, 5)) for each in uow.webhooks.of_letter(letter_id)]


def behind(services: Services) -> list[str]:
    """The webhooks whose letter went on since they were told."""
    with services.unit_of_work() as uow:
        return uow.webhooks.behind()


def tell(services: Services, webhook_id: str) -> int:
    """Queue what a webhook has not been told yet, once, whoever else does so too; gives how much it was."""
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        known = uow.webhooks.get(webhook_id)
        if known is None or known.stopped_at is not None:
            return 0
        letter = letter_of(uow, known.letter_id)
        size = uow.log.head(letter.id).size
        news: list[tuple[Event, dict[str, object]]] = []
        for change in uow.webhooks.changes(letter.id, known.told_size) if size > known.told_size else []:
            about = {"index": change.index, "version": change.version, "organisation": change.organisation_id,
                     "answer": change.answer, "edition": change.edition}  # fmt: skip
            given = {name: value for name, value in about.items() if value is not None}
            news.append((change.event, {"at": time_text(change.at), **given}))
        if letter.state is not known.told_state:
            news.append((Event.LETTER_STATE, {"at": time_text(now), "state": letter.state.value,
                                              "before": known.told_state.value}))  # fmt: skip
        if not uow.webhooks.told(known, size=size, state=letter.state):
            return 0
        wanted = [(event, data) for event, data in news if known.wants(event)]
        # A microsecond apart, so that they are sent in the order in which they happened.
        messages = [
            _message(services, known, event, data, now - timedelta(microseconds=len(wanted) - number))
            for number, (event, data) in enumerate(wanted)
        ]
        uow.webhooks.queue(messages)
        uow.commit()
    return len(messages)


def forget(services: Services) -> None:
    """Remove messages of more than a month ago."""
    with services.unit_of_work(write=True) as uow:
        uow.webhooks.forget_before(services.clock() - KEPT)
        uow.commit()


def signed(services: Services, message: WebhookMessage) -> dict[str, str]:
    """The headers that prove a message (Standard Webhooks 1.0.0, asymmetric signatures), made as it is sent."""
    at = str(int(services.clock().timestamp()))
    signature = _key(services).sign(f"{message.id}.{at}.{message.body}".encode())
    return {
        "webhook-id": message.id,
        "webhook-timestamp": at,
        "webhook-signature": f"v1a,{base64.b64encode(signature).decode()}",
    }


def public_key(services: Services) -> str:
    """The key that messages are verified with, as Standard Webhooks spells it."""
    raw = _key(services).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"whpk_{base64.b64encode(raw).decode()}"


def _key(services: Services) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(services.tokens.webhook_seed())


def _message(
    services: Services, known: Webhook, event: Event, data: dict[str, object], at: datetime
) -> WebhookMessage:
    body = json.dumps(
        {"type": event.value, "timestamp": data.pop("at"), "data": {"letter": known.letter_id, **data}},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return WebhookMessage(f"msg_{new_id(services)}", known.id, event.value, body, at, at)


def _check_address(url: str, public: bool) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if not parts.hostname or len(url) > LONGEST_URL or not url.isascii() or any(each.isspace() for each in url):
        raise Faulty("Write the address as https://example.org/path.", field="url", code="url-malformed")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Faulty("The address must hold no user, password or #part.", field="url", code="url-malformed")
    # A service on this machine alone may be tried with a program on this machine.
    if parts.scheme != "https" and (public or parts.scheme != "http"):
        raise Faulty("The address must begin with https://.", field="url", code="url-not-https")
    if public and port not in (None, 443):
        raise Faulty("The address must be on the usual port, 443.", field="url", code="url-port")
