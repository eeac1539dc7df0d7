"""Keys that coordinators keep themselves: registered here, so that letters can name them (EVIDENCE 4.2, 4.3)."""

from __future__ import annotations

from dataclasses import dataclass

from signing.domain.binding import CoordinatorKey
from signing.domain.errors import Conflict, Faulty, NotAllowed, NotFound
from signing.domain.letter import Letter
from signing.evidence.errors import EvidenceError
from signing.evidence.keyring import PublicKey
from signing.workflow.activity import Act, record
from signing.workflow.coordinator_statements import newest_version
from signing.workflow.key_views import key_phrase
from signing.workflow.ports import Services, UnitOfWork

__all__ = ["CoordinatorKeyView", "key_phrase", "keys", "letters_naming", "register", "retire"]

LABEL_LONGEST = 80


@dataclass(frozen=True, slots=True)
class CoordinatorKeyView:
    """A registered key, its phrase, and whose it is."""

    key: CoordinatorKey
    phrase: str
    email: str


def register(
    services: Services, account_id: str, public: PublicKey, label: str, credential_id: bytes | None = None
) -> CoordinatorKey:
    """Register a key whose private half this coordinator keeps.

    Raises NotFound for an unknown account, Faulty `key-unfit` for a weak, foreign or misspelled key, Conflict
    `key-known` for one that is registered, or held by the service, already.
    """
    _check(services, public)
    told = " ".join(label.split())[:LABEL_LONGEST] or public.scheme
    key = CoordinatorKey(
        public.key, public.scheme, public.public_key, account_id, told, services.clock(), credential_id
    )
    with services.unit_of_work(write=True) as uow:
        if account_id not in {account.id for account in uow.accounts.all()}:
            raise NotFound("There is no such account.", code="account-unknown")
        if uow.coordinator_keys.get(public.key) is not None:
            raise Conflict("This key is registered already.", code="key-known")
        if any(binding.confidential for binding in uow.bindings.of_key(public.key)):
            raise Conflict(
                "This key has signed for an organisation that is not named. Please register another one.",
                code="key-known",
            )
        uow.coordinator_keys.add(key)
        record(services, uow, Act.KEY_REGISTERED, None, account_id, key=key.key)
        uow.commit()
    return key


def retire(services: Services, account_id: str, key: str) -> None:
    """Have a key of this account sign nothing any more.

    Raises NotFound `key-unknown` (also for another account's), NotAllowed `key-needed` while an open letter could
    not be closed without it: a new version that names other keys comes first.
    """
    with services.unit_of_work(write=True) as uow:
        known = uow.coordinator_keys.get(key)
        if known is None or known.account_id != account_id:
            raise NotFound("No key of yours has this name.", code="key-unknown")
        usable = {each.key for each in uow.coordinator_keys.all() if each.retired_at is None} - {key}
        if services.coordinator is not None:
            usable.add(services.coordinator.public.key)
        left_alone = [
            letter
            for letter, named in _opened(uow)
            if key in named and not letter.state.closed and not usable & named
        ]
        if left_alone:
            raise NotAllowed(
                "No other key could close “{title}”. Open it once more with the keys that are to follow, then retire "
                "this one.",
                values={"title": left_alone[0].title},
                code="key-needed",
            )
        uow.coordinator_keys.retire(key, services.clock())
        record(services, uow, Act.KEY_RETIRED, None, account_id, key=key)
        uow.commit()


def keys(services: Services) -> list[CoordinatorKeyView]:
    """Every registered key, the retired ones too, oldest first."""
    with services.unit_of_work() as uow:
        emails = {account.id: account.email for account in uow.accounts.all()}
        return [
            CoordinatorKeyView(each, key_phrase(each.public), emails.get(each.account_id, ""))
            for each in uow.coordinator_keys.all()
        ]


def letters_naming(services: Services) -> dict[str, list[Letter]]:
    """By the name of a coordinator's key, the opened letters whose newest version names it; reads them all."""
    found: dict[str, list[Letter]] = {}
    with services.unit_of_work() as uow:
        for letter, named in _opened(uow):
            for key in named:
                found.setdefault(key, []).append(letter)
    return found


def named_in(services: Services, letter_id: str) -> set[str] | None:
    """The names of the keys that the newest version names as coordinators', None before the letter is opened."""
    with services.unit_of_work() as uow:
        newest = newest_version(uow, letter_id)
    return {key.key for key in newest[1].coordinators} if newest else None


def _check(services: Services, public: PublicKey) -> None:
    try:
        public.open()
    except EvidenceError as error:
        raise Faulty(
            "This key cannot be used: {why}", values={"why": error.message}, field="key", code="key-unfit"
        ) from None
    own = (services.coordinator, services.attestor, services.log_key)
    if public.key in {signer.public.key for signer in own if signer is not None}:
        raise Conflict("The service holds this key: it cannot be a coordinator's own.", code="key-known")


def _opened(uow: UnitOfWork) -> list[tuple[Letter, set[str]]]:
    found = [(letter, newest_version(uow, letter.id)) for letter in uow.letters.all() if letter.version]
    return [(letter, {key.key for key in newest[1].coordinators}) for letter, newest in found if newest]
