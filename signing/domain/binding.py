"""A binding: a key that speaks for an organisation on a letter, and the keys of coordinators; may import evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from signing.evidence.keyring import PublicKey


@dataclass(frozen=True, slots=True)
class Binding:
    """One `bind` statement of a letter's log, as the service remembers it.

    `bound_by` is attestor, coordinator or organisation; `basis` is the attestor's reason (code, continuity), or the
    name of the organisation's own key that signed.
    `confidential` bindings stand under the organisation's commitment. `history` is the receipt that a continuity
    rests on. `revoked_index` is the log entry that revoked the key. `credential_id` is a passkey's handle.
    """

    letter_id: str
    index: int
    organisation_id: str
    key: str
    scheme: str
    public_key: str
    bound_by: str
    basis: str | None
    until: datetime | None
    at: datetime
    confidential: bool = False
    credential_id: bytes | None = None
    history: bytes | None = None
    revoked_index: int | None = None

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.key, self.scheme, self.public_key)

    def live(self, now: datetime) -> bool:
        """Whether it still speaks at this time."""
        return self.revoked_index is None and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class CoordinatorKey:
    """A key with which a coordinator signs openings and closings; its private half is not the service's."""

    key: str
    scheme: str
    public_key: str
    account_id: str
    label: str
    created_at: datetime
    credential_id: bytes | None = None
    retired_at: datetime | None = None

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.key, self.scheme, self.public_key)
