"""How a device's key becomes an organisation's: what is known of it, and the `key` statement the attestor signs.

EVIDENCE 4.2, 4.3. An answered code, or the receipt of an earlier letter, is what the attestor vouches for.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from signing.domain.binding import Binding
from signing.domain.errors import N_, Refusal
from signing.domain.letter import Letter
from signing.evidence.errors import EvidenceError
from signing.evidence.key_statement import KEY_FILE
from signing.evidence.keyring import PublicKey
from signing.evidence.schemes import LEVELS, openpgp
from signing.evidence.statement import Commitment, KeyStatement, Signatory, Subject
from signing.workflow.appending import append, attestor_of, grown, head_of, nonce, receipt_of, time_text
from signing.workflow.key_views import continued, key_phrase, speaks, vouchers_of
from signing.workflow.ports import InvitationView, LoggedEntry, LogHead, Services, UnitOfWork

# Their own texts name their holders (EVIDENCE 4.3).
NAMING_SCHEMES = ("sshsig", "openpgp")


class KeyUnfit(Refusal):
    """The key is of a kind that is not admitted, or proves nothing."""

    code = "key-unfit"


class KeyKnown(Refusal):
    """The key would tie a confidential answer to a name."""

    code = "key-known"


class KeyRevoked(Refusal):
    """The key was revoked in this letter."""

    code = "key-revoked"


class LevelTooLow(Refusal):
    """The letter asks for a stronger way of signing."""

    code = "level-too-low"


class KeyWaits(Refusal):
    """The key is bound by the attestor, and the letter asks for the coordinator's word too."""

    code = "key-waits"

    def __init__(self, public: PublicKey) -> None:
        self.phrase = key_phrase(public)
        self.public = public
        super().__init__(
            N_(
                "Your key is noted. This letter asks the coordinator to confirm it first: please telephone, and "
                "compare these words: {phrase}. We mail you when it is confirmed; then approve here."
            ),
            values={"phrase": self.phrase},
        )


LEVEL_WORDS = {
    2: N_("This letter asks for an answer signed by a key in your browser, or stronger."),
    3: N_("This letter asks for an answer signed with a passkey, or with a key of your own."),
    4: N_("This letter asks for an answer signed with a key of your own (SSH or OpenPGP)."),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """An organisation in a letter, in the open or under its commitment."""

    organisation_id: str
    confidential: bool


@dataclass(frozen=True, slots=True)
class OfferedKey:
    """A key a contact wants to sign with; a passkey comes with its handle."""

    public: PublicKey
    credential_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class KeyStanding:
    """What is known of a key: who vouches for it here, and the earlier binding that makes a code needless."""

    vouchers: frozenset[str]
    speaks: bool
    earlier: Binding | None

    @property
    def needs_attestor(self) -> bool:
        """Whether the attestor has still to bind it, for a code or by continuity."""
        return not self.speaks and "attestor" not in self.vouchers

    def waits_for_others(self, letter: Letter) -> bool:
        """Whether somebody else's word is missing, the attestor's being there or to be had."""
        return not self.speaks and not speaks(letter, self.vouchers | {"attestor"})


def check_level(letter: Letter, level: int) -> None:
    """Refuse what is below the letter's least level (EVIDENCE 4.1). Raises LevelTooLow."""
    if level < letter.min_level:
        raise LevelTooLow(LEVEL_WORDS[letter.min_level])


def check_fit(public: PublicKey) -> None:
    """Refuse a key that proves nothing or that nobody could check (EVIDENCE 3). Raises KeyUnfit."""
    try:
        public.open()
    except EvidenceError:
        raise KeyUnfit(
            "This key cannot be used here: it is damaged, too weak, or of a kind we cannot check. Please use another."
        ) from None
    if public.scheme not in LEVELS or (public.scheme == openpgp.NAME and not openpgp.can_judge()):
        raise KeyUnfit("Keys of this kind cannot be used here. Please use another.")


def standing_of(
    uow: UnitOfWork, letter: Letter, identity: Identity, public: PublicKey, now: datetime
) -> KeyStanding:
    """What this key may do for the organisation here.

    Raises KeyRevoked; KeyKnown when the key would tie a confidential answer to a name; KeyUnfit when its kind does.
    """
    bindings = uow.bindings.of_key(public.key)
    ours = [binding for binding in bindings if _is_ours(binding, letter, identity)]
    _check_unlinked(uow, bindings, ours, identity, public)
    if any(binding.revoked_index is not None for binding in ours):
        raise KeyRevoked("This key was revoked. Please sign with another key.")
    if any(binding.public != public for binding in ours):
        raise KeyUnfit("This key is bound here already, as a key of another kind. Please sign with it as before.")
    siblings = uow.bindings.of_organisation(letter.id, identity.organisation_id) if ours else []
    vouchers = vouchers_of(siblings, public.key, now)
    known = [
        binding
        for binding in bindings
        if binding.organisation_id == identity.organisation_id and binding.public == public
    ]
    earlier = None if identity.confidential else continued(letter, known)
    if earlier is not None:
        other = uow.letters.get(earlier.letter_id)
        # The auditor checks the earlier receipt with this letter's log key: it must be of the same service.
        earlier = earlier if other is not None and other.host == letter.host else None
    return KeyStanding(vouchers, speaks(letter, vouchers), earlier)


def earlier_receipt(services: Services, earlier: Binding | None) -> bytes | None:
    """The receipt of the binding that continuity rests on; opens a unit of work of its own."""
    if earlier is None:
        return None
    with services.unit_of_work() as uow:
        letter = uow.letters.get(earlier.letter_id)
        logged = uow.log.entry(earlier.letter_id, earlier.index)
    return receipt_of(services, letter, logged) if letter and logged else None


def bind(
    services: Services,
    uow: UnitOfWork,
    seen: InvitationView,
    head: LogHead,
    offered: OfferedKey,
    signatory: Signatory | Commitment,
    now: datetime,
    *,
    history: bytes | None = None,
) -> tuple[LoggedEntry, LogHead]:
    """The attestor binds a key: by continuity where the earlier receipt is given, else because a code was answered.

    Gives the entry and the locked head after it.
    """
    letter, public = seen.letter, offered.public
    attestor = attestor_of(services, letter)
    basis = "code" if history is None else "continuity"
    payload = KeyStatement(
        by=attestor.public.key,
        letter=letter.origin,
        head=head_of(head),
        time=time_text(now),
        nonce=nonce(services),
        subject=(Subject.of(KEY_FILE, public.public_key.encode()),),
        action="bind",
        signatory=signatory,
        bound=public,
        basis=basis,
        history=None if history is None else hashlib.sha256(history).hexdigest(),
    ).to_bytes(letter.host)
    logged = append(services, uow, letter.origin, head, "key", payload, attestor, now)
    uow.bindings.add(
        Binding(
            letter_id=letter.id,
            index=logged.index,
            organisation_id=seen.entry.organisation_id,
            key=public.key,
            scheme=public.scheme,
            public_key=public.public_key,
            bound_by="attestor",
            basis=basis,
            until=None,
            at=now,
            confidential=isinstance(signatory, Commitment),
            credential_id=offered.credential_id,
            history=history,
        )
    )
    return logged, grown(head, logged)


def _is_ours(binding: Binding, letter: Letter, identity: Identity) -> bool:
    return (binding.letter_id, binding.organisation_id, binding.confidential) == (
        letter.id,
        identity.organisation_id,
        identity.confidential,
    )


def _check_unlinked(
    uow: UnitOfWork, bindings: list[Binding], ours: list[Binding], identity: Identity, public: PublicKey
) -> None:
    """The log is public: one key under a name and under a commitment would say whose the commitment is."""
    if identity.confidential and public.scheme in NAMING_SCHEMES:
        raise KeyUnfit(
            "A key of your own would name you. To stay confidential, sign with a key made in the browser, a passkey, "
            "or the mailed code."
        )
    if identity.confidential:
        # A coordinator's key is named by the letters it signs.
        linked = len(bindings) > len(ours) or uow.coordinator_keys.get(public.key) is not None
    else:
        linked = any(each.confidential for each in bindings)
    if linked:
        raise KeyKnown(
            "This key is known from another answer and could tie your organisation's name to a confidential one. "
            "Please sign with a new key."
        )
