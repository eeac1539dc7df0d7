"""An organisation's keys as its pages show them: who confirmed each, whether it speaks, since when it is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from signing.domain.binding import Binding
from signing.domain.letter import Letter
from signing.evidence.keyring import PublicKey
from signing.evidence.phrase import phrase
from signing.evidence.schemes import LEVELS
from signing.workflow.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class KeyView:
    """One key of an organisation. `binding` is its first in the letter, or for a key of an earlier letter the first
    of all; `bound_by` is everybody who vouched for it and still does.

    `live`: it speaks for the organisation here. `waiting`: the coordinator has still to confirm it. `since`: when
    it was first bound in an earlier letter, if it was.
    """

    binding: Binding
    bound_by: tuple[str, ...]
    phrase: str
    level: int
    live: bool
    waiting: bool
    revoked: bool
    expired: bool
    since: datetime | None


def key_phrase(public: PublicKey) -> str:
    """Twelve words of the SHA-256 of the key's text: the digest that its `key` statement names (EVIDENCE 4.3)."""
    return phrase(hashlib.sha256(public.public_key.encode()).digest())


def speaks(letter: Letter, bound_by: Iterable[str]) -> bool:
    """Whether these vouchers are all that the letter asks for: an organisation's own bound key suffices alone."""
    vouchers = set(bound_by)
    return "organisation" in vouchers or (bool(vouchers) and vouchers.issuperset(letter.binders))


def here(letter: Letter, bindings: Sequence[Binding], now: datetime) -> list[KeyView]:
    """The keys bound in this letter, in the order of their first binding, out of all bindings of an organisation."""
    ours = [binding for binding in bindings if binding.letter_id == letter.id]
    return [_view(letter, key, bindings, now) for key in dict.fromkeys(binding.key for binding in ours)]


def earlier(letter: Letter, bindings: Sequence[Binding], now: datetime) -> list[KeyView]:
    """Keys of earlier letters that go on speaking without a code: open ones, not revoked anywhere, not expired."""
    ours = {binding.key for binding in bindings if binding.letter_id == letter.id}
    others = dict.fromkeys(binding.key for binding in bindings if binding.key not in ours)
    return [
        _view(letter, key, bindings, now)
        for key in others
        if continued(letter, (binding for binding in bindings if binding.key == key), now)
    ]


def continued(letter: Letter, bindings: Iterable[Binding], now: datetime) -> Binding | None:
    """The first binding in another letter that a binding by continuity here may rest on (EVIDENCE 4.2).

    `bindings` are those of one key to one organisation, oldest first. A key that was revoked in any letter, or
    that stood under a commitment anywhere, goes on nowhere.
    """
    known = list(bindings)
    if any(binding.revoked_index is not None or binding.confidential for binding in known):
        return None
    return next((each for each in known if each.letter_id != letter.id and each.live(now)), None)


def keys_of(uow: UnitOfWork, letter: Letter, organisation_id: str, now: datetime) -> list[KeyView]:
    """The organisation's keys in this letter."""
    return here(letter, uow.bindings.known_of(organisation_id), now)


def _view(letter: Letter, key: str, bindings: Sequence[Binding], now: datetime) -> KeyView:
    all_of_key = [binding for binding in bindings if binding.key == key]
    ours = [binding for binding in all_of_key if binding.letter_id == letter.id]
    first = (ours or all_of_key)[0]
    elsewhere = [each for each in all_of_key if each.letter_id != letter.id and not each.confidential]
    revoked = any(binding.revoked_index is not None for binding in ours)
    vouchers = tuple(dict.fromkeys(binding.bound_by for binding in ours if binding.live(now)))
    live = speaks(letter, vouchers)
    return KeyView(
        binding=first,
        bound_by=vouchers,
        phrase=key_phrase(first.public),
        level=LEVELS[first.scheme],
        live=live,
        waiting=bool(vouchers) and not live,
        revoked=revoked,
        expired=bool(ours) and not revoked and not vouchers,
        since=elsewhere[0].at if elsewhere else None,
    )
