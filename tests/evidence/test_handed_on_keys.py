"""What a key is worth after many binds, compared with the slowest way to work it out (EVIDENCE 4.2)."""

from hypothesis import given
from hypothesis import strategies as st

from signing.evidence.bindings import FOREVER, Bind, Bindings

from .signers import browser_key

KEYS = [browser_key(f"key {number}").public for number in range(5)]
PLACES = st.integers(0, len(KEYS) - 1)
ENDS = st.none() | st.sampled_from(["2026-11-24T00:00:00Z", "2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"])
SIGNERS = st.lists(st.sampled_from(["attestor", "coordinator"]), unique=True, max_size=2).map(tuple)
BINDS = st.lists(st.tuples(PLACES, SIGNERS, st.none() | PLACES, ENDS), max_size=12)
Step = tuple[int, tuple[str, ...], int | None, str | None]


def worked_out(steps: list[Step]) -> list[dict[str, str]]:
    """Go over all binds again and again until nothing changes."""
    worth: list[dict[str, str]] = [{} for _ in KEYS]
    for _ in range(len(KEYS) * (len(steps) + 1)):
        for child, signers, parent, until in steps:
            end = until or FOREVER
            handed = {} if parent is None else {who: min(last, end) for who, last in worth[parent].items()}
            for who, last in [*((who, end) for who in signers), *handed.items()]:
                worth[child][who] = max(last, worth[child].get(who, ""))
    return worth


@given(BINDS)
def test_a_key_is_worth_the_best_of_all_ways_that_lead_to_it(steps):
    bindings = Bindings()
    keys = [bindings.open("org", key, "2026-11-24T00:00:00Z") for key in KEYS]
    for entry, (child, signers, parent, until) in enumerate(steps):
        before = keys[parent] if parent is not None else None
        bindings.add(keys[child], Bind(entry, signers, before, None, "2026-11-24T00:00:00Z"), until, ("attestor",))
    assert [key.grants for key in keys] == worked_out(steps)
    assert [key.live_at is not None for key in keys] == ["attestor" in key.grants for key in keys]


@given(BINDS)
def test_nobody_is_worth_anything_whom_neither_attestor_nor_coordinator_vouches_for(steps):
    bindings = Bindings()
    keys = [bindings.open("org", key, "2026-11-24T00:00:00Z") for key in KEYS]
    for entry, (child, _, parent, until) in enumerate(steps):
        before = keys[parent] if parent is not None else None
        bindings.add(keys[child], Bind(entry, (), before, None, "2026-11-24T00:00:00Z"), until, ("attestor",))
    bindings.settle()
    assert all(not key.grants and key.live_at is None and not key.rekeyed for key in keys)
