"""What one check of `signing doctor` found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from signing.domain.errors import Refusal


@dataclass(frozen=True, slots=True)
class Finding:
    """`state` is ok, note (fine for trying out, not for the world) or mend."""

    what: str
    state: str
    remedy: str = ""

    @property
    def fault(self) -> bool:
        return self.state == "mend"


def fault_in(what: str, look: Callable[[], object]) -> Finding | None:
    """What keeps something from being looked at, None when it could be."""
    try:
        look()
    except Refusal as refusal:
        return Finding(what, "mend", refusal.message)
    return None
