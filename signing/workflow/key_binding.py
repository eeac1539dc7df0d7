"""An organisation's keys in a letter: shown, revoked, and one key bound by another (EVIDENCE 4.2).

Rotation and delegation are signed by the organisation's own key, prepared here and judged under the lock as answers
are. A revocation is signed by the attestor for an answered code, by the key itself or by a sibling.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from signing.domain.binding import Binding
from signing.domain.errors import Faulty, NotFound, Refusal
from signing.domain.letter import Letter, LetterAction
from signing.evidence.envelope import Envelope
from signing.evidence.key_statement import KEY_FILE
from signing.evidence.keyring import PublicKey
from signing.evidence.schemes import LEVELS
from signing.evidence.statement import Commitment, KeyStatement, Signatory, Subject, parse
from signing.workflow import enrolment, key_views, waiting_keys
from signing.workflow.appending import (
    append,
    append_sealed,
    attestor_of,
    head_of,
    nonce,
    payload_of,
    receipt_of,
    time_text,
)
from signing.workflow.contact_access import Access, checked_code, invited
from signing.workflow.device_signing import judged
from signing.workflow.enrolment import Identity, OfferedKey, standing_of
from signing.workflow.identifiers import new_id
from signing.workflow.key_views import KeyView
from signing.workflow.ports import InvitationView, LoggedEntry, LogHead, Services, UnitOfWork
from signing.workflow.recording import mail_receipt
from signing.workflow.signatory_form import check_code_typed, tidy_code
from signing.workflow.waiting_assents import OWN_KEY_LASTS, SCRIPT_LASTS, StatementExpired
from signing.workflow.waiting_keys import WaitingKey


@dataclass(frozen=True, slots=True)
class KeyToSign:
    """A `key` statement that waits for the signature of the organisation's own key, over the PAE of `payload`."""

    prepared_id: str
    payload: bytes
    statement: KeyStatement
    letter: Letter
    key: PublicKey
    expires_at: datetime

    @property
    def pae(self) -> bytes:
        """The bytes to be signed."""
        return Envelope(self.payload, self.key.key, b"").pae


@dataclass(frozen=True, slots=True)
class KeyReceipt:
    """A logged `key` statement; `prove` makes its C2SP tlog-proof."""

    letter: Letter
    index: int
    prove: Callable[[], bytes]

    @property
    def receipt(self) -> bytes:
        return self.prove()

    @property
    def filename(self) -> str:
        return f"{self.letter.id}-{self.index}.tlog-proof"


def keys(services: Services, access: Access) -> list[KeyView]:
    """The organisation's keys in this letter, in the order they were bound. Raises the link refusals."""
    now = services.clock()
    with services.unit_of_work() as uow:
        seen = invited(services, uow, access, now)
        return key_views.keys_of(uow, seen.letter, seen.entry.organisation_id, now)


def earlier_keys(services: Services, access: Access) -> list[KeyView]:
    """Keys of earlier letters that go on speaking without a code, not used in this one yet; a passkey's handle is
    its binding's `credential_id`. Raises the link refusals."""
    now = services.clock()
    with services.unit_of_work() as uow:
        seen = invited(services, uow, access, now)
        return key_views.earlier(seen.letter, uow.bindings.known_of(seen.entry.organisation_id), now)


def revoke(
    services: Services, access: Access, key: str, code: str, compromised_since: datetime | None = None
) -> KeyReceipt:
    """Revoke a key for a code that was answered: the attestor signs.

    With `compromised_since`, approvals the key signed later than that are shown as disputed.
    Raises the link refusals, Faulty for the code and for a time that is still to come, NotFound `key-unknown`,
    NotAllowed while the letter is being closed.
    """
    now = services.clock()
    typed = tidy_code(code)
    check_code_typed(typed)
    with services.unit_of_work(write=True) as uow:
        head = uow.log.lock(access.letter_id)
        seen = invited(services, uow, access, now)
        seen.letter.after(LetterAction.REVOKE_KEY, now)
        binding = _unrevoked(uow, seen, key)
        _check_past(compromised_since, now)
        answered = checked_code(services, uow, seen, access, typed, seen.letter.version, now)
        attestor = attestor_of(services, seen.letter)
        payload = _statement(
            services, seen.letter, head, attestor.public.key, "revoke", binding.public,
            _named_in(uow, binding), now, compromised_since=compromised_since,
        )  # fmt: skip
        logged = append(services, uow, seen.letter.origin, head, KeyStatement.KIND, payload, attestor, now)
        uow.codes.use(answered.id, now)
        if seen.invitation.opened_at is None:
            uow.invitations.note_opened(seen.invitation.id, now)
        uow.bindings.revoke(seen.letter.id, seen.entry.organisation_id, key, logged.index)
        mail_receipt(services, uow, access.invitation_id, seen.entry, logged.index, now)
        uow.commit()
    return _receipt(services, seen.letter, logged)


def prepare_binding(
    services: Services, access: Access, signer_key: str, new: OfferedKey, until: datetime | None = None
) -> KeyToSign:
    """Compose the statement by which one of the organisation's keys binds another: for good (rotation), or `until` a
    time (delegation).

    Raises the link refusals, NotFound `key-unknown` for a signer that does not speak here, KeyUnfit, KeyKnown,
    KeyRevoked, LevelTooLow, Refusal `key-bound`, Faulty (field `until`), NotAllowed when the doors are shut.
    """
    now = services.clock()
    enrolment.check_fit(new.public)
    until = until.replace(microsecond=0) if until is not None else None
    with services.unit_of_work(write=True) as uow:
        head = uow.log.lock(access.letter_id)
        seen = invited(services, uow, access, now)
        signer = _speaking(uow, seen, signer_key, now)
        end = key_views.end_of(uow.bindings.of_organisation(seen.letter.id, signer.organisation_id), signer_key, now)
        _check_end(until, end, now)
        _check_may_be_bound(uow, seen, signer, new.public, now)
        # What a key hands on never lasts longer than it does itself.
        until = until or end
        payload = _statement(
            services, seen.letter, head, signer_key, "bind", new.public, _named_in(uow, signer), now, until=until
        )
        kept = _kept(services, seen, signer, payload, until, new.credential_id, now)
        waiting_keys.keep(uow, kept)
        uow.commit()
    return _to_sign(seen.letter, kept)


def prepare_revocation(
    services: Services, access: Access, signer_key: str, key: str, compromised_since: datetime | None = None
) -> KeyToSign:
    """Compose the statement by which a key gives itself up, or a sibling revokes it.

    Raises as `revoke` does, but for the code, and NotFound `key-unknown` for a signer that does not speak here.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        head = uow.log.lock(access.letter_id)
        seen = invited(services, uow, access, now)
        seen.letter.after(LetterAction.REVOKE_KEY, now)
        binding = _unrevoked(uow, seen, key)
        signer = binding if key == signer_key else _speaking(uow, seen, signer_key, now)
        _check_same_identity(signer, binding)
        _check_past(compromised_since, now)
        payload = _statement(
            services, seen.letter, head, signer_key, "revoke", binding.public, _named_in(uow, binding), now,
            compromised_since=compromised_since,
        )  # fmt: skip
        kept = _kept(services, seen, signer, payload, None, None, now)
        waiting_keys.keep(uow, kept)
        uow.commit()
    return _to_sign(seen.letter, kept)


def key_to_sign(services: Services, access: Access, prepared_id: str) -> KeyToSign:
    """A key statement that was prepared, the same bytes as before. Raises the link refusals, NotFound,
    StatementExpired."""
    now = services.clock()
    with services.unit_of_work() as uow:
        seen = invited(services, uow, access, now)
        kept = waiting_keys.found(uow, seen, prepared_id)
    _check_fresh(kept, now)
    return _to_sign(seen.letter, kept)


def submit_binding(services: Services, access: Access, prepared_id: str, signature: bytes) -> KeyReceipt:
    """Log a prepared bind or revocation with the signature of the organisation's own key.

    Twice the same gives the same receipt. Raises what preparing raises, NotFound `statement-unknown`,
    StatementExpired, Faulty `signature-bad` with field `signature`.
    """
    now = services.clock()
    with services.unit_of_work() as uow:
        seen = invited(services, uow, access, now)
        kept = waiting_keys.found(uow, seen, prepared_id)
        if kept.index is not None:
            return _receipt_again(services, uow, seen.letter, kept.index)
    entry = judged(seen.letter, kept.signer, kept.payload, signature)
    with services.unit_of_work(write=True) as uow:
        head = uow.log.lock(access.letter_id)
        seen = invited(services, uow, access, now)
        kept = waiting_keys.found(uow, seen, prepared_id)
        if kept.index is not None:
            return _receipt_again(services, uow, seen.letter, kept.index)
        _check_fresh(kept, now)
        said = kept.statement
        if said.action == "bind":
            signer = _speaking(uow, seen, said.by, now)
            end = key_views.end_of(uow.bindings.of_organisation(seen.letter.id, signer.organisation_id), said.by, now)
            _check_end(kept.until, end, now)
            _check_may_be_bound(uow, seen, signer, said.bound, now)
        else:
            seen.letter.after(LetterAction.REVOKE_KEY, now)
            signer = _unrevoked(uow, seen, said.bound.key)
            if said.by != said.bound.key:
                _speaking(uow, seen, said.by, now)
        logged = append_sealed(services, uow, seen.letter.origin, head, KeyStatement.KIND, entry, now)
        if said.action == "bind":
            uow.bindings.add(_binding(seen, signer, kept, logged))
        else:
            uow.bindings.revoke(seen.letter.id, seen.entry.organisation_id, said.bound.key, logged.index)
        mail_receipt(services, uow, access.invitation_id, seen.entry, logged.index, now)
        waiting_keys.settle(uow, kept, logged.index)
        uow.commit()
    return _receipt(services, seen.letter, logged)


def _statement(
    services: Services,
    letter: Letter,
    head: LogHead,
    by: str,
    action: str,
    bound: PublicKey,
    signatory: Signatory | Commitment,
    now: datetime,
    *,
    until: datetime | None = None,
    compromised_since: datetime | None = None,
) -> bytes:
    return KeyStatement(
        by=by,
        letter=letter.origin,
        head=head_of(head),
        time=time_text(now),
        nonce=nonce(services),
        subject=(Subject.of(KEY_FILE, bound.public_key.encode()),),
        action=action,
        signatory=signatory,
        bound=bound,
        until=time_text(until) if until is not None else None,
        compromised_since=time_text(compromised_since) if compromised_since is not None else None,
    ).to_bytes(letter.host)


def _kept(
    services: Services,
    seen: InvitationView,
    signer: Binding,
    payload: bytes,
    until: datetime | None,
    credential_id: bytes | None,
    now: datetime,
) -> WaitingKey:
    own = signer.scheme in enrolment.NAMING_SCHEMES
    return WaitingKey(
        id=new_id(services),
        letter_id=seen.letter.id,
        owner=seen.invitation.id,
        payload=payload,
        at=now,
        expires_at=now + (OWN_KEY_LASTS if own else SCRIPT_LASTS),
        signer=signer.public,
        until=until,
        credential_id=credential_id,
        generation=seen.invitation.generation,
    )


def _binding(seen: InvitationView, signer: Binding, kept: WaitingKey, logged: LoggedEntry) -> Binding:
    bound = kept.statement.bound
    return Binding(
        letter_id=seen.letter.id,
        index=logged.index,
        organisation_id=seen.entry.organisation_id,
        key=bound.key,
        scheme=bound.scheme,
        public_key=bound.public_key,
        bound_by=key_views.ORGANISATION,
        basis=signer.key,
        until=kept.until,
        at=logged.at,
        confidential=signer.confidential,
        credential_id=kept.credential_id,
    )


def _of_key(uow: UnitOfWork, seen: InvitationView, key: str) -> list[Binding]:
    bindings = uow.bindings.of_organisation(seen.letter.id, seen.entry.organisation_id)
    found = [binding for binding in bindings if binding.key == key]
    if not found:
        raise NotFound("Your organisation has no key of this name in this letter.", code="key-unknown")
    return found


def _unrevoked(uow: UnitOfWork, seen: InvitationView, key: str) -> Binding:
    first = _of_key(uow, seen, key)[0]
    if first.revoked_index is not None:
        raise Refusal("This key is revoked already.", code="key-revoked")
    return first


def _speaking(uow: UnitOfWork, seen: InvitationView, key: str, now: datetime) -> Binding:
    """The first binding of a key that speaks for the organisation here. Raises NotFound."""
    found = _of_key(uow, seen, key)
    siblings = uow.bindings.of_organisation(seen.letter.id, seen.entry.organisation_id)
    if not key_views.speaks(seen.letter, key_views.vouchers_of(siblings, key, now)):
        raise NotFound("This key does not speak for your organisation (any more).", code="key-unknown")
    return found[0]


def _check_may_be_bound(
    uow: UnitOfWork, seen: InvitationView, signer: Binding, new: PublicKey, now: datetime
) -> None:
    seen.letter.after(LetterAction.VOUCH, now)
    enrolment.check_level(seen.letter, LEVELS[new.scheme])
    identity = Identity(signer.organisation_id, signer.confidential)
    if standing_of(uow, seen.letter, identity, new, now).speaks:
        raise Refusal("This key speaks for your organisation already.", code="key-bound")


def _check_same_identity(signer: Binding, revoked: Binding) -> None:
    if signer.confidential != revoked.confidential:
        raise Refusal(
            "A key of an open answer cannot revoke one of a confidential answer, nor the other way round: the log "
            "would show that they belong together. Please use the mailed code.",
            code="key-known",
        )


def _check_end(until: datetime | None, end: datetime | None, now: datetime) -> None:
    if until is not None and until <= now:
        raise Faulty("This time is past. Please choose a later one.", field="until", code="until-past")
    if until is not None and end is not None and until > end:
        raise Faulty(
            "The key that signs ends before that. Please choose an earlier time.", field="until", code="until-late"
        )


def _check_past(since: datetime | None, now: datetime) -> None:
    if since is not None and since > now:
        raise Faulty("This time is still to come.", field="compromised_since", code="time-to-come")


def _check_fresh(kept: WaitingKey, now: datetime) -> None:
    if now >= kept.expires_at:
        raise StatementExpired(
            "This statement was made too long ago. Please start again on the page of your keys. Nothing was recorded."
        )


def _named_in(uow: UnitOfWork, binding: Binding) -> Signatory | Commitment:
    """Who the key was bound to, as its bind says: the name as it was given, or the commitment in its place."""
    logged = uow.log.entry(binding.letter_id, binding.index)
    said = parse(payload_of(logged.entry)) if logged is not None else None
    if not isinstance(said, KeyStatement):
        raise NotFound("Your organisation has no key of this name in this letter.", code="key-unknown")
    return said.signatory


def _receipt(services: Services, letter: Letter, logged: LoggedEntry) -> KeyReceipt:
    services.high_water.advance(letter.origin, logged.index + 1, logged.root)
    return KeyReceipt(letter, logged.index, partial(receipt_of, services, letter, logged))


def _receipt_again(services: Services, uow: UnitOfWork, letter: Letter, index: int) -> KeyReceipt:
    logged = uow.log.entry(letter.id, index)
    if logged is None:
        raise NotFound("This statement is not in the log.", code="no-entry")
    return KeyReceipt(letter, index, partial(receipt_of, services, letter, logged))


def _to_sign(letter: Letter, kept: WaitingKey) -> KeyToSign:
    return KeyToSign(kept.id, kept.payload, kept.statement, letter, kept.signer, kept.expires_at)
