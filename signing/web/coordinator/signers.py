"""Which coordinators' keys may sign a letter, and the person's choice among them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from flask_login import current_user  # type: ignore[import-untyped]

from signing.evidence.keyring import PublicKey
from signing.web.entry_words import key_kind
from signing.web.page import _
from signing.workflow import coordinator_keys
from signing.workflow.ports import Services

SERVICE = "service"  # what the form says for the key that the service holds


@dataclass(frozen=True, slots=True)
class Signer:
    """A key as a choice: `value` is what the form sends, `named` whether the newest version names it.

    `mine`: of the account that is signed in. `held`: the service's own.
    """

    value: str
    public: PublicKey
    label: str
    kind: str
    phrase: str
    named: bool
    mine: bool = False
    held: bool = False
    credential_id: bytes | None = None


def account_id() -> str:
    """The account that is signed in."""
    return str(current_user.account.id)


def signers(services: Services, letter_id: str) -> list[Signer]:
    """Every key that is not retired: one's own, the other coordinators', last the one that the service holds."""
    named = coordinator_keys.named_in(services, letter_id)
    views = [view for view in coordinator_keys.keys(services) if view.key.retired_at is None]
    found = [
        Signer(
            view.key.key, view.key.public, view.key.label if view.key.account_id == account_id()
            else f"{view.key.label}, {view.email}", key_kind(view.key.scheme), view.phrase,
            named is None or view.key.key in named, view.key.account_id == account_id(), False, view.key.credential_id,
        )
        for view in views
    ]
    if services.coordinator is not None:
        held = services.coordinator.public
        found.append(Signer(
            SERVICE, held, _("The key this service holds"), _("weaker"), coordinator_keys.key_phrase(held),
            named is None or held.key in named, held=True,
        ))
    return sorted(found, key=lambda each: (each.held, not each.mine))


def able(found: list[Signer]) -> list[Signer]:
    """Those with which the account that is signed in may sign this letter now."""
    return [each for each in found if each.named and (each.mine or each.held)]


def chosen(services: Services) -> str | None:
    """The name of the key that was chosen, None for the service's own, however it is named."""
    typed = request.form.get("signer", "")
    own = services.coordinator.public.key if services.coordinator is not None else SERVICE
    return typed if typed not in ("", SERVICE, own) else None
