"""Webhooks, for programs: who is told when a letter goes on."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from signing.domain.api import Event, Scope, Webhook
from signing.web.api.letters import Parts
from signing.web.api.operations import Nothing, Operation, Shape
from signing.workflow import webhooks
from signing.workflow.api_ports import WebhookMessage
from signing.workflow.api_tokens import Caller
from signing.workflow.ports import Services


class NewWebhook(Shape):
    """`events` empty: all of them."""

    url: Annotated[str, Field(max_length=webhooks.LONGEST_URL)]
    events: tuple[Event, ...] = ()


class Told(Shape):
    """A message: `reply` is how its receiver took it, `status` queued, sending, sent or failed."""

    id: str
    event: str
    at: datetime
    status: str
    attempts: int
    reply: str | None


class WebhookShape(Shape):
    """`messages` are the newest five."""

    id: str
    url: str
    events: list[str]
    created_at: datetime
    messages: list[Told]


def operations(services: Services) -> list[Operation]:
    """What can be done with webhooks."""

    def all_of_them(caller: Caller, parts: Parts, nothing: Nothing) -> list[WebhookShape]:
        return [_shape(each, messages) for each, messages in webhooks.of_letter(services, parts["letter"])]

    def add(caller: Caller, parts: Parts, wanted: NewWebhook) -> WebhookShape:
        made = webhooks.add(services, parts["letter"], caller.account.id, wanted.url, set(wanted.events))
        return _shape(made, [])

    def stop(caller: Caller, parts: Parts, nothing: Nothing) -> Nothing:
        webhooks.stop(services, parts["letter"], parts["webhook"])
        return Nothing()

    return [
        Operation("list_webhooks", "GET", "/letters/{letter}/webhooks", Scope.READ,
                  "Who is told, and how it went.", Nothing, WebhookShape, all_of_them, many=True),
        Operation("add_webhook", "POST", "/letters/{letter}/webhooks", Scope.ASK,
                  "Have an address told from now on.", NewWebhook, WebhookShape, add, status=201),
        Operation("stop_webhook", "DELETE", "/letters/{letter}/webhooks/{webhook}", Scope.ASK,
                  "Tell it nothing any more.", Nothing, Nothing, stop),
    ]  # fmt: skip


def _shape(webhook: Webhook, messages: list[WebhookMessage]) -> WebhookShape:
    return WebhookShape(
        id=webhook.id, url=webhook.url, events=list(webhook.events), created_at=webhook.created_at,
        messages=[Told(id=each.id, event=each.event, at=each.at, status=each.status.value, attempts=each.attempts,
                       reply=each.last_reply) for each in messages],
    )  # fmt: skip
