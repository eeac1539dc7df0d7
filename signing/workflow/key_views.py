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

ORGANISATION = "organisation"


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


def vouchers_of(bindings: Sequence[Binding], key: str, now: datetime) -> frozenset[str]:
    """Whose word stands behind a key now, out of one organisation's bindings in one letter.

    A binding by another key of the organisation hands on what that key was granted, never more and never longer
    (EVIDENCE 4.2). That the older key was revoked later takes nothing back.
    """
    ours = [binding for binding in bindings if binding.key == key]
    if any(binding.revoked_index is not None for binding in ours):
        return frozenset()
    granted: set[str] = set()
    waiting, met = [key], {key}
    while waiting:
        name = waiting.pop()
        for binding in bindings:
            if binding.key != name or (binding.until is not None and now >= binding.until):
                continue
            if binding.bound_by != ORGANISATION:
                granted.add(binding.bound_by)
            elif binding.basis is not None and binding.basis not in met:
                met.add(binding.basis)
                waiting.append(binding.basis)
    return frozenset(granted)


def speaks(letter: Letter, vouchers: Iterable[str]) -> bool:
    """Whether these vouchers are all that the letter asks for."""
    given = set(vouchers)
    return bool(given) and given.issuperset(letter.binders)


def here(letter: Letter, bindings: Sequence[Binding], now: datetime) -> list[KeyView]:
    """The keys bound in this letter, in the order of their first binding, out of all bindings of an organisation."""
    ours = [binding for binding in bindings if binding.letter_id == letter.id]
    return [_view(letter, key, bindings, now) for key in dict.fromkeys(binding.key for binding in ours)]


def earlier(letter: Letter, bindings: Sequence[Binding], now: datetime) -> list[KeyView]:
    """Keys of earlier letters for which the attestor vouches here without a code (`continued`)."""
    ours = {binding.key for binding in bindings if binding.letter_id == letter.id}
    others = dict.fromkeys(binding.key for binding in bindings if binding.key not in ours)
    return [
        _view(letter, key, bindings, now)
        for key in others
        if continued(letter, (binding for binding in bindings if binding.key == key))
    ]


def continued(letter: Letter, bindings: Iterable[Binding]) -> Binding | None:
    """The first binding in another letter that a binding by continuity here may rest on (EVIDENCE 4.2).

    `bindings` are those of one key to one organisation, oldest first. A key that was revoked in any letter, or
    that stood under a commitment anywhere, goes on nowhere. One that only another key bound, or that was to end,
    was vouched for by nobody here for longer than that letter: it takes a code once more.
    """
    known = list(bindings)
    if any(binding.revoked_index is not None or binding.confidential for binding in known):
        return None
    lasting = (each for each in known if each.bound_by != ORGANISATION and each.until is None)
    return next((each for each in lasting if each.letter_id != letter.id), None)


def keys_of(uow: UnitOfWork, letter: Letter, organisation_id: str, now: datetime) -> list[KeyView]:
    """The organisation's keys in this letter."""
    return here(letter, uow.bindings.known_of(organisation_id), now)


def end_of(bindings: Iterable[Binding], key: str, now: datetime) -> datetime | None:
    """When a key of a letter stops speaking at the latest, None when nothing ends it."""
    ends = [binding.until for binding in bindings if binding.key == key and binding.live(now)]
    return None if None in ends else max((end for end in ends if end is not None), default=None)


def _view(letter: Letter, key: str, bindings: Sequence[Binding], now: datetime) -> KeyView:
    all_of_key = [binding for binding in bindings if binding.key == key]
    ours = [binding for binding in all_of_key if binding.letter_id == letter.id]
    first = (ours or all_of_key)[0]
    elsewhere = [each for each in all_of_key if each.letter_id != letter.id and not each.confidential]
    revoked = any(binding.revoked_index is not None for binding in ours)
    bound_by = tuple(dict.fromkeys(binding.bound_by for binding in ours if binding.live(now)))
    here_only = [binding for binding in bindings if binding.letter_id == letter.id]
    vouchers = vouchers_of(here_only, key, now)
    live = speaks(letter, vouchers)
    return KeyView(
        binding=first,
        bound_by=bound_by,
        phrase=key_phrase(first.public),
        level=LEVELS[first.scheme],
        live=live,
        waiting=bool(vouchers) and not live,
        revoked=revoked,
        expired=bool(ours) and not revoked and not vouchers,
        since=elsewhere[0].at if elsewhere else None,
    )
