"""Coordinators with keys of their own, for tests: an account, a registered key of some scheme, and its signatures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from signing.domain.access import Role
from signing.workflow import coordinator_keys, coordinator_signing, signing_in
from signing.workflow.coordinator_signing import ToSignByCoordinator
from tests.evidence.signers import browser_key, openpgp_key, p256_key, passkey, ssh_key
from tests.web.installation import BASE_URL, PASSWORD, House

KINDS: dict[str, Callable[[str], Any]] = {
    "ed25519": browser_key,
    "p256": p256_key,
    "passkey": lambda seed: replace(passkey(seed), rp_id="localhost", origin=BASE_URL),
    "ssh": lambda seed: replace(ssh_key(seed), namespace="assent@localhost"),
    "ssh-sk": lambda seed: replace(ssh_key(seed, "sk-ssh-ed25519@openssh.com"), namespace="assent@localhost"),
    "openpgp": openpgp_key,
}


@dataclass(frozen=True)
class Coordinator:
    """One coordinator with one key."""

    house: House
    account_id: str
    signer: Any

    @property
    def key(self) -> str:
        return str(self.signer.public.key)

    def signs(self, asked: ToSignByCoordinator) -> Any:
        return coordinator_signing.submit(
            self.house.services, asked.prepared_id, self.signer.sign(asked.pae), self.account_id
        )

    def opens(self, letter_id: str, wishes: coordinator_signing.Wishes | None = None) -> Any:
        return self.signs(
            coordinator_signing.prepare_opening(self.house.services, letter_id, self.key, self.account_id, wishes)
        )

    def closes(self, letter_id: str) -> Any:
        services = self.house.services
        return self.signs(coordinator_signing.prepare_closing(services, letter_id, self.key, self.account_id))


def coordinator(house: House, name: str = "ada", kind: str = "ed25519") -> Coordinator:
    """A coordinator whose key is registered."""
    account, _ = signing_in.add_account(house.services, f"{name}@letters.example", Role.COORDINATOR, PASSWORD)
    signer = KINDS[kind](name)
    coordinator_keys.register(house.services, account.id, signer.public, f"{name}'s key")
    return Coordinator(house, account.id, signer)


def without_service_key(house: House) -> House:
    """The same house, whose service holds no coordinator's key."""
    return House(replace(house.services, coordinator=None), house.clock, house.database)
