"""A contact at work, and the keys on the contact's desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from signing.domain.organisation import Decision
from signing.evidence.keyring import PublicKey
from signing.evidence.ledger import Ledger, replay
from signing.evidence.statement import Statement, parse
from signing.workflow import deciding, device_signing, drafting, inviting
from signing.workflow.appending import payload_of
from signing.workflow.deciding import Access, AnswerReceipt
from signing.workflow.device_signing import OfferedKey, ToSign
from signing.workflow.letters import letter_files
from signing.workflow.signatory_form import DecisionForm
from tests.evidence import signers
from tests.web.installation import BASE_URL, House

ONE = "Rivers China"
TWO = "Valley Watch"


class Signs(Protocol):
    """A key of tests/evidence/signers.py."""

    @property
    def public(self) -> PublicKey: ...
    def sign(self, message: bytes, /) -> bytes: ...


def passkey(seed: str) -> Signs:
    """A passkey of this house's own pages."""
    return replace(signers.passkey(seed), rp_id="localhost", origin=BASE_URL)


def ssh_key(seed: str, kind: str = "ssh-ed25519") -> Signs:
    """An SSH key whose holder signs for this house."""
    return replace(signers.ssh_key(seed, kind), namespace="assent@localhost")


class Desk:
    """One contact at work: link opened, code asked for, form filled in."""

    def __init__(self, house: House, letter_id: str, organisation: str = ONE, browser: str = "browser") -> None:
        self.house = house
        self.letter_id = letter_id
        self.organisation = organisation
        opened = inviting.open_link(house.services, house.token(letter_id, organisation))
        self.access = Access(opened.letter_id, opened.invitation_id, opened.generation, browser)

    def asks_for_a_code(self) -> str:
        self.house.clock.pass_(seconds=1)
        view = deciding.view(self.house.services, self.access)
        deciding.request_code(self.house.services, self.access, view.version, view.text_sha256)
        return self.house.code(self.letter_id, self.organisation)

    def form(self, decision: Decision = Decision.APPROVE, **fields: object) -> DecisionForm:
        view = deciding.view(self.house.services, self.access)
        return replace(
            DecisionForm(
                decision=decision, person="Kim Example", role="Director", listed_as=self.organisation, acronym=None,
                native_name=None, sort_name=None, authority=True, reason=None, code="", version=view.version,
                text_sha256=view.text_sha256, head=view.head, idempotency_key="key-of-this-page-1",
            ),
            **fields,
        )

    def sends(self, form: DecisionForm) -> AnswerReceipt:
        return deciding.decide(self.house.services, self.access, form)

    def answers(self, decision: Decision, key: str) -> AnswerReceipt:
        code = self.asks_for_a_code()
        return self.sends(self.form(decision, code=code, idempotency_key=key))

    def prepares(self, key: Signs, form: DecisionForm | None = None, **fields: Any) -> ToSign:
        form = form or self.form(**({"idempotency_key": "key-of-a-device-page"} | fields))
        return device_signing.prepare(self.house.services, self.access, form, OfferedKey(key.public))

    def signs(self, key: Signs, prepared: ToSign) -> AnswerReceipt:
        signature = key.sign(prepared.pae)
        return device_signing.submit(self.house.services, self.access, prepared.prepared_id, signature)

    def answers_with(self, key: Signs, *, code: bool = True, **fields: Any) -> AnswerReceipt:
        """Code (where the key is new), statement, signature."""
        digits = self.asks_for_a_code() if code else ""
        return self.signs(key, self.prepares(key, **({"code": digits} | fields)))


def entries(house: House, letter_id: str) -> list[bytes]:
    with house.services.unit_of_work() as uow:
        return [logged.entry for logged in uow.log.entries(letter_id)]


def statements(house: House, letter_id: str) -> list[Statement]:
    return [parse(payload_of(entry)) for entry in entries(house, letter_id)]


def proved(house: House, letter_id: str) -> Ledger:
    """What the product's own log adds up to; every entry of it verifies."""
    with house.services.unit_of_work() as uow:
        files = {f"letter/{name}": data for name, data in letter_files(uow.letters.versions(letter_id)).items()}
    ledger = replay(entries(house, letter_id), files=files, coordinators=None)
    assert ledger.failures == []
    return ledger


def opened(
    house: House, *organisations: str, min_level: int = 1, binders: Sequence[str] = ("attestor",), **fields: Any
) -> str:
    """A letter with a policy, open, these organisations invited."""
    letter_id = house.letter()
    drafting.set_policy(house.services, letter_id, min_level=min_level, binders=binders)
    house.roster(letter_id, *organisations, **fields)
    house.open(letter_id)
    inviting.invite(house.services, letter_id)
    return letter_id
