"""What the workflow needs to remember of approvals that were told and not signed; `adapters/` fulfils this port."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from signing.domain.told import ToldApproval


class ToldApprovals(Protocol):
    def add(self, told: ToldApproval) -> None: ...
    def get(self, told_id: str) -> ToldApproval | None: ...
    def of_letter(self, letter_id: str) -> list[ToldApproval]:
        """Oldest first; those struck out are left away here and in `of_organisation`."""

    def of_organisation(self, letter_id: str, organisation_id: str) -> list[ToldApproval]: ...
    def strike_out(self, told_id: str, at: datetime) -> None: ...
