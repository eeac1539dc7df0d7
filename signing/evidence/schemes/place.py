"""Where signatures of a letter belong: what its `letter` statement says of passkeys and SSH (EVIDENCE 4.3).

Imports nothing of ours.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """The passkeys' relying party and origins, and the SSH namespace; empty where nothing belongs."""

    rp_id: str = ""
    origins: tuple[str, ...] = ()
    ssh_namespace: str = ""
