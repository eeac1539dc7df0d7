"""The coordinator's word on an organisation's key: vouch for it once its phrase was compared, or revoke it.

The phrase is read over the telephone (EVIDENCE 4.2); what is appended is a `key` statement like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from signing.domain.binding import Binding
from signing.domain.errors import Faulty, NotAllowed, NotFound
from signing.domain.letter import Letter, LetterAction
from signing.domain.organisation import RosterEntry
from signing.evidence.keyring import PublicKey
from signing.evidence.phrase import digest_matches
from signing.evidence.statement import KeyStatement, Subject, parse
from signing.workflow.activity import Act, record
from signing.workflow.appending import append_sealed, head_of, nonce, payload_of, time_text
from signing.workflow.coordinator_statements import (
    check_named,
    chosen_key,
    composed,
    sealed,
    settled,
    sign_for_service,
)
from signing.workflow.evidence_ports import PreparedStatement
from signing.workflow.key_views import KeyView, here
from signing.workflow.letters import letter_of, locked_letter
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.notices import notice
from signing.workflow.ports import LoggedEntry, Services, UnitOfWork

VOUCHER = "coordinator"


@dataclass(frozen=True, slots=True)
class BoundKey:
    """A key of an organisation on this letter, as the coordinator sees it; `waits` until one vouches for it."""

    entry: RosterEntry
    view: KeyView

    @property
    def key(self) -> PublicKey:
        return self.view.binding.public

    @property
    def phrase(self) -> str:
        return self.view.phrase

    @property
    def level(self) -> int:
        return self.view.level

    @property
    def bound_by(self) -> tuple[str, ...]:
        return self.view.bound_by

    @property
    def since(self) -> datetime:
        return self.view.binding.at

    @property
    def waits(self) -> bool:
        return self.view.waiting

    @property
    def confidential(self) -> bool:
        return self.view.binding.confidential


def bound_keys(services: Services, letter_id: str) -> list[BoundKey]:
    """Every key that is bound in this letter and neither revoked nor expired, in the roster's order.

    Raises NotFound.
    """
    with services.unit_of_work() as uow:
        letter, roster = letter_of(uow, letter_id), uow.roster.entries(letter_id)
    return bound_keys_of(services, letter, roster)


def bound_keys_of(services: Services, letter: Letter, roster: Iterable[RosterEntry]) -> list[BoundKey]:
    """The same for those who have read letter and roster already."""
    now = services.clock()
    bindings: dict[str, list[Binding]] = {}
    with services.unit_of_work() as uow:
        for binding in uow.bindings.known_of_bound(letter.id):
            bindings.setdefault(binding.organisation_id, []).append(binding)
    return [
        BoundKey(entry, view)
        for entry in roster
        for view in here(letter, bindings.get(entry.organisation_id, ()), now)
        if not view.revoked and not view.expired
    ]


def waiting(services: Services, letter_id: str) -> list[BoundKey]:
    """The keys with which nobody can approve until the coordinator vouches for them. Raises NotFound."""
    return [each for each in bound_keys(services, letter_id) if each.waits]


def vouch(
    services: Services, letter_id: str, organisation_id: str, bound_key: str, *, phrase: str | None = None
) -> Binding:
    """Vouch with the coordinator's key that the service holds. Raises as `compose` and `finish` do."""
    prepared = compose(services, letter_id, organisation_id, bound_key, None, phrase=phrase)
    return finish(services, prepared, sign_for_service(services, prepared))


def revoke(
    services: Services,
    letter_id: str,
    organisation_id: str,
    bound_key: str,
    *,
    compromised_since: datetime | None = None,
) -> Binding:
    """Revoke a key with the coordinator's key that the service holds. Raises as `compose_revocation` and `finish`."""
    prepared = compose_revocation(
        services, letter_id, organisation_id, bound_key, None, compromised_since=compromised_since
    )
    return finish(services, prepared, sign_for_service(services, prepared))


def compose(
    services: Services,
    letter_id: str,
    organisation_id: str,
    bound_key: str,
    key: str | None,
    account_id: str | None = None,
    *,
    phrase: str | None = None,
) -> PreparedStatement:
    """The voucher for an organisation's key as this coordinator's key is to sign it.

    `phrase` is what was read over the telephone, None when the coordinator says that it was compared.
    Raises NotFound `key-unknown`, Faulty (field `phrase`) when the phrase is another key's, NotAllowed when the doors
    are shut or the key is vouched for already, KeyNotNamed and the refusals of `chosen_key`.
    """
    now = services.clock()
    with services.unit_of_work() as uow:
        binding = _bound(uow, letter_id, organisation_id, bound_key, now)
        if phrase is not None and not digest_matches(phrase, _key_subject(binding.public).sha256):
            raise Faulty(
                "These are not the twelve words of this key. Do not vouch for it: ask the contact to read them again.",
                field="phrase",
                code="phrase-differs",
            )
        return _composed(services, uow, binding, LetterAction.VOUCH, key, account_id, None)


def compose_revocation(
    services: Services,
    letter_id: str,
    organisation_id: str,
    bound_key: str,
    key: str | None,
    account_id: str | None = None,
    *,
    compromised_since: datetime | None = None,
) -> PreparedStatement:
    """The revocation of an organisation's key as this coordinator's key is to sign it.

    With `compromised_since`, approvals given later than that are shown as disputed. Raises NotFound `key-unknown`,
    Faulty for a time that is still to come, NotAllowed when the doors are shut, KeyNotNamed and `chosen_key`'s.
    """
    now = services.clock()
    if compromised_since is not None and compromised_since > now:
        raise Faulty("This time is still to come.", field="compromised_since", code="time-to-come")
    with services.unit_of_work() as uow:
        binding = _bound(uow, letter_id, organisation_id, bound_key, now)
        return _composed(services, uow, binding, LetterAction.REVOKE_KEY, key, account_id, compromised_since)


def finish(services: Services, prepared: PreparedStatement, signature: bytes) -> Binding:
    """Judge the signature, append the statement, and tell the contact of a voucher.

    Raises Faulty `signature` when it does not fit, and the refusals of `compose` as things stand now.
    """
    now = services.clock()
    statement = parse(prepared.payload)
    if not isinstance(statement, KeyStatement):
        raise NotFound("There is no voucher of this name to be signed.", code="prepared-unknown")
    organisation_id = str(prepared.context["organisation"])
    vouching = statement.action == "bind"
    with services.unit_of_work(write=True) as uow:
        letter, head = locked_letter(uow, prepared.letter_id)
        letter.after(LetterAction.VOUCH if vouching else LetterAction.REVOKE_KEY, now)
        binding = _bound(uow, letter.id, organisation_id, statement.bound.key, now)
        if vouching:
            _check_not_vouched(uow, binding, now)
        check_named(uow, letter.id, chosen_key(services, uow, prepared.key).public)
        entry = sealed(services, uow, prepared, signature, letter)
        logged = append_sealed(services, uow, letter.origin, head, "key", entry, now)
        if vouching:
            binding = _remember(services, uow, binding, logged)
        else:
            uow.bindings.revoke(letter.id, organisation_id, binding.key, logged.index)
            binding = replace(binding, revoked_index=logged.index)
        settled(uow, prepared, logged.index)
        record(services, uow, Act.KEY_VOUCHED if vouching else Act.KEY_REVOKED, letter.id, organisation_id)
        uow.commit()
    services.high_water.advance(letter.origin, logged.index + 1, logged.root)
    return binding


def _bound(uow: UnitOfWork, letter_id: str, organisation_id: str, key: str, now: datetime) -> Binding:
    letter_of(uow, letter_id)
    for binding in uow.bindings.of_organisation(letter_id, organisation_id):
        if binding.key == key and binding.live(now):
            return binding
    raise NotFound("No key of this name speaks for this organisation here.", code="key-unknown")


def _check_not_vouched(uow: UnitOfWork, binding: Binding, now: datetime) -> None:
    for each in uow.bindings.of_organisation(binding.letter_id, binding.organisation_id):
        if each.key == binding.key and each.bound_by == VOUCHER and each.live(now):
            raise NotAllowed("A coordinator has vouched for this key already.", code="vouched-already")


def _key_subject(public: PublicKey) -> Subject:
    return Subject.of("key", public.public_key.encode())


def _composed(
    services: Services,
    uow: UnitOfWork,
    binding: Binding,
    action: LetterAction,
    key: str | None,
    account_id: str | None,
    compromised_since: datetime | None,
) -> PreparedStatement:
    now = services.clock()
    letter = letter_of(uow, binding.letter_id)
    letter.after(action, now)
    if action is LetterAction.VOUCH:
        _check_not_vouched(uow, binding, now)
    chosen = chosen_key(services, uow, key, account_id)
    check_named(uow, letter.id, chosen.public)
    logged = uow.log.entry(letter.id, binding.index)
    bound = parse(payload_of(logged.entry)) if logged else None
    if not isinstance(bound, KeyStatement):
        raise NotFound("No key of this name speaks for this organisation here.", code="key-unknown")
    vouching = action is LetterAction.VOUCH
    payload = KeyStatement(
        by=chosen.public.key,
        letter=letter.origin,
        head=head_of(uow.log.head(letter.id)),
        time=time_text(now),
        nonce=nonce(services),
        subject=(_key_subject(binding.public),),
        action="bind" if vouching else "revoke",
        # The name as the organisation gave it, or the commitment that stands for it.
        signatory=bound.signatory,
        bound=binding.public,
        until=bound.until if vouching else None,
        compromised_since=time_text(compromised_since) if compromised_since else None,
    ).to_bytes(letter.host)
    context = {"organisation": binding.organisation_id}
    return composed(services, letter, "key", chosen, payload, at=now, context=context)


def _remember(services: Services, uow: UnitOfWork, bound: Binding, logged: LoggedEntry) -> Binding:
    binding = replace(
        bound, index=logged.index, bound_by=VOUCHER, basis=None, history=None, at=logged.at, revoked_index=None
    )
    uow.bindings.add(binding)
    entry = uow.roster.entry(bound.letter_id, bound.organisation_id)
    for invitation in uow.invitations.of_letter(bound.letter_id):
        if entry and invitation.organisation_id == bound.organisation_id and invitation.revoked_at is None:
            told = notice(services, NoticeKind.KEY_VOUCHED, entry, invitation.id, str(logged.index), logged.at)
            uow.outbox.add([told])
    return binding
