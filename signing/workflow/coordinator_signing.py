"""The coordinator's signature in two steps: prepare what is to be signed, submit the signature (EVIDENCE 4.3).

With the key that the service holds both are one call: `drafting.open_letter`, `closing.close`, `vouching.vouch`.
"""

from __future__ import annotations

from datetime import datetime

from signing.domain.binding import Binding
from signing.domain.errors import NotAllowed, NotFound
from signing.domain.letter import Letter
from signing.workflow import closing, opening, vouching
from signing.workflow.coordinator_statements import (
    CoordinatorMustSign,
    KeyNotNamed,
    ToSignByCoordinator,
    service_signer,
    settled_index,
    shown,
    stored,
    waiting_statement,
)
from signing.workflow.evidence_ports import PreparedStatement
from signing.workflow.letters import letter_of
from signing.workflow.opening import Wishes
from signing.workflow.ports import Edition, Services

__all__ = [
    "CoordinatorMustSign",
    "KeyNotNamed",
    "ToSignByCoordinator",
    "Wishes",
    "prepare_closing",
    "prepare_opening",
    "prepare_revocation",
    "prepare_voucher",
    "service_signer",
    "submit",
    "to_sign",
    "waiting",
]


def prepare_opening(
    services: Services,
    letter_id: str,
    key: str,
    account_id: str | None = None,
    wishes: Wishes | None = None,
) -> ToSignByCoordinator:
    """The `letter` statement of the draft (with `Wishes(rekey=True)` of the same words once more) for this key.

    Raises as `opening.compose` does.
    """
    return stored(services, opening.compose(services, letter_id, key, account_id, wishes))


def prepare_closing(
    services: Services, letter_id: str, key: str, account_id: str | None = None
) -> ToSignByCoordinator:
    """The `close` statement with list and PDFs for this key; the doors are shut until it is signed, or 30 minutes.

    Raises as `closing.compose` does, EditionCurrent when there is nothing to sign.
    """
    return stored(services, closing.compose(services, letter_id, key, account_id))


def prepare_voucher(
    services: Services,
    letter_id: str,
    organisation_id: str,
    bound_key: str,
    key: str,
    account_id: str | None = None,
    *,
    phrase: str | None = None,
) -> ToSignByCoordinator:
    """The coordinator's voucher for an organisation's key, once its phrase was compared.

    Raises as `vouching.compose` does.
    """
    composed = vouching.compose(services, letter_id, organisation_id, bound_key, key, account_id, phrase=phrase)
    return stored(services, composed)


def prepare_revocation(
    services: Services,
    letter_id: str,
    organisation_id: str,
    bound_key: str,
    key: str,
    account_id: str | None = None,
    *,
    compromised_since: datetime | None = None,
) -> ToSignByCoordinator:
    """The coordinator's revocation of an organisation's key. Raises as `vouching.compose_revocation`."""
    return stored(
        services,
        vouching.compose_revocation(
            services, letter_id, organisation_id, bound_key, key, account_id, compromised_since=compromised_since
        ),
    )


def to_sign(services: Services, prepared_id: str, account_id: str | None = None) -> ToSignByCoordinator:
    """What was prepared, to be looked at or signed later.

    Raises NotFound `prepared-unknown`, NotAllowed `prepared-expired` or `signed-already`.
    """
    prepared = waiting_statement(services, prepared_id, account_id)
    if settled_index(prepared) is not None:
        raise NotAllowed("This is signed and recorded already.", code="signed-already")
    with services.unit_of_work() as uow:
        return shown(services, uow, prepared)


def waiting(services: Services, letter_id: str, kind: str, account_id: str | None = None) -> list[ToSignByCoordinator]:
    """What was prepared for coordinators' own keys and is not signed yet, newest first."""
    now = services.clock()
    with services.unit_of_work() as uow:
        owners = {account_id} if account_id else {key.account_id for key in uow.coordinator_keys.all()}
        found = [each for owner in owners for each in uow.prepared.of_owner(letter_id, kind, owner)]
        # A key that was retired signs nothing any more: what waited for it waits for nobody.
        usable = {key.key for key in uow.coordinator_keys.all() if key.retired_at is None}
        live = [
            each for each in found
            if each.key in usable and each.expires_at > now and settled_index(each) is None
        ]
        return [shown(services, uow, each) for each in sorted(live, key=lambda each: each.at, reverse=True)]


def submit(
    services: Services, prepared_id: str, signature: bytes, account_id: str | None = None
) -> Letter | Edition | Binding:
    """Judge the signature over what was prepared and append it; sent twice it gives the same result.

    Raises Faulty (field `signature`) when it does not fit, the refusals of `to_sign`, and what `opening.finish`,
    `closing.finish` and `vouching.finish` raise. Nothing is recorded then.
    """
    prepared = waiting_statement(services, prepared_id, account_id)
    index = settled_index(prepared)
    if index is not None:
        return _settled(services, prepared, index)
    if prepared.kind == "letter":
        return opening.finish(services, prepared, signature)
    if prepared.kind == "close":
        return closing.finish(services, prepared, signature)
    return vouching.finish(services, prepared, signature)


def _settled(services: Services, prepared: PreparedStatement, index: int) -> Letter | Edition | Binding:
    with services.unit_of_work() as uow:
        if prepared.kind == "letter":
            return letter_of(uow, prepared.letter_id)
        if prepared.kind == "close":
            found = [edition for edition in uow.editions.all(prepared.letter_id) if edition.index == index]
            if found:
                return found[0]
        for binding in uow.bindings.of_letter(prepared.letter_id):
            if index in (binding.index, binding.revoked_index):
                return binding
    raise NotFound("This is not in the log.", code="no-entry")
