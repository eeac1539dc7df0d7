"""How far the witnesses have followed a letter's log, and whether that is too little."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from signing.evidence.note import NoteKey
from signing.evidence.policy import NONE, Policy
from signing.workflow.evidence_ports import Cosignature
from signing.workflow.letters import letter_of
from signing.workflow.ports import Services, UnitOfWork

QUORUM_WITHIN = timedelta(minutes=15)
PAGE = 100


@dataclass(frozen=True, slots=True)
class WitnessState:
    """A log of `size` entries, of which a quorum has cosigned the first `covered`.

    `waiting_since` is when the first entry beyond was made, None when nothing waits; `missing` are the witnesses,
    by their names in the policy, that have not cosigned the newest size yet.
    """

    size: int
    covered: int
    waiting_since: datetime | None
    late: bool
    missing: tuple[str, ...]


def witness_policy(services: Services) -> Policy | None:
    """The installation's policy; None when it asks for no witness."""
    text = services.installation.witness_policy
    policy = Policy.from_text(text) if text.strip() else None
    return policy if policy is not None and policy.quorum != NONE else None


def witness_state(services: Services, letter_id: str) -> WitnessState | None:
    """How far the witnesses are with a letter's log; None when none are asked for.

    Raises NotFound for a letter that does not exist or was never opened.
    """
    policy = witness_policy(services)
    if policy is None:
        return None
    with services.unit_of_work() as uow:
        letter_of(uow, letter_id)
        size = uow.log.head(letter_id).size
        covered = _covered(uow, letter_id, policy)
        waiting = uow.log.entry(letter_id, covered) if covered < size else None
        present = keys_of(policy, uow.cosignatures.over(letter_id, size))
    since = waiting.at if waiting else None
    late = since is not None and services.clock() - since > QUORUM_WITHIN
    missing = tuple(name for name, key in policy.witnesses.items() if key not in present)
    return WitnessState(size, covered, since, late, missing if size else ())


def keys_of(policy: Policy, cosignatures: Iterable[Cosignature]) -> set[NoteKey]:
    """Those of the policy's keys that made some of these cosignatures, which were verified when they came."""
    by_vkey = {key.vkey: key for key in policy.witnesses.values()}
    return {by_vkey[each.witness] for each in cosignatures if each.witness in by_vkey}


def _covered(uow: UnitOfWork, letter_id: str, policy: Policy) -> int:
    below: int | None = None
    # The newest page nearly always answers; only a quorum that was never met is looked for to the end.
    while page := uow.cosignatures.newest(letter_id, below=below, limit=PAGE):
        whole = page if len(page) < PAGE else [each for each in page if each.size > page[-1].size] or page
        for _, group in groupby(whole, key=lambda each: each.size):
            over_one_size = list(group)
            if policy.is_met(keys_of(policy, over_one_size)):
                return over_one_size[0].size
        below = whole[-1].size
    return 0
