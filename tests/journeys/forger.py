"""A letter that the product made, and a liar who starts from it with the keys that the product's service holds."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from signing.adapters.stamp_keeper import StampKeeper
from signing.evidence.checkpoint import Checkpoint
from signing.evidence.envelope import Envelope, seal
from signing.evidence.keyring import raw_from_pem
from signing.evidence.merkle import inclusion_path, leaf_hash, root
from signing.evidence.receipt import Receipt
from signing.evidence.report import Report
from signing.evidence.signatory_list import SignatoryList
from signing.evidence.statement import (
    LIST_FILE,
    AssentStatement,
    CloseStatement,
    Commitment,
    Head,
    KeyStatement,
    Statement,
    Subject,
    nonce_text,
    parse,
    payload_digest,
)
from signing.evidence.tiles import tiles
from signing.evidence.trust import Trust
from signing.evidence.verify import verify_bundle
from signing.workflow import auditing, bundling, coordinator_signing, inviting
from signing.workflow.appending import time_text
from tests.evidence import signers
from tests.evidence.time_authority import TimeAuthority
from tests.web.installation import House
from tests.workflow.coordinators import Coordinator, coordinator, without_service_key
from tests.workflow.desk import Desk, Signs, passkey

VICTIM, ATTESTED, GUARDED = "Rivers China", "Valley Watch", "Delta Friends"
PHONE, STRANGER, PASSKEY = signers.browser_key("phone"), signers.browser_key("stranger"), passkey("guarded")
HOST = "localhost"
AUTHORITY = "authority"


class Stamping:
    """An authority that stamps by the house's clock, asked as the product asks any."""

    name = AUTHORITY

    def __init__(self, house: House) -> None:
        self.authority, self._house = TimeAuthority(AUTHORITY), house

    def stamp(self, data: bytes) -> tuple[bytes, datetime]:
        now = self._house.clock.now
        return self.authority.stamp(data, now), now


@dataclass
class Coalition:
    """A house whose coordinator has the only key that opens and closes, and whose logs are stamped."""

    house: House
    ada: Coordinator
    keeper: StampKeeper

    @classmethod
    def of(cls, house: House, policy: str = "") -> Self:
        stamping = Stamping(house)
        installation = replace(
            house.services.installation, time_authorities=(AUTHORITY,), witness_policy=policy,
            tsa_roots={AUTHORITY: stamping.authority.root_pem},
        )  # fmt: skip
        house = House(replace(house.services, installation=installation, document_certificate="not looked at here"),
                      house.clock, house.database)  # fmt: skip
        ada = coordinator(house)
        house = without_service_key(house)
        return cls(house, replace(ada, house=house), StampKeeper(house.services, [stamping]))  # type: ignore[list-item]

    def opens(self, *organisations: str, **wishes: Any) -> str:
        letter_id = self.house.letter()
        self.house.roster(letter_id, *organisations)
        self.ada.opens(letter_id, coordinator_signing.Wishes(**wishes))
        inviting.invite(self.house.services, letter_id)
        self.stamps()
        return letter_id

    def three_answer(self) -> str:
        """A letter with a browser key, an attested answer and a passkey; not closed yet."""
        letter_id = self.opens(VICTIM, ATTESTED, GUARDED)
        for name, key in {VICTIM: PHONE, ATTESTED: None, GUARDED: PASSKEY}.items():
            approves(Desk(self.house, letter_id, name), key)
        return letter_id

    def stamps(self) -> None:
        """An hour passes, and what has changed is stamped."""
        self.house.clock.pass_(hours=1, minutes=1)
        self.keeper.run(self.house.clock.now)

    def closes(self, letter_id: str) -> None:
        self.ada.closes(letter_id)
        self.house.clock.pass_(seconds=5)
        self.keeper.run(self.house.clock.now)

    @property
    def trust(self) -> Trust:
        """What the auditor has from elsewhere; nobody lies about that."""
        return Trust.from_bytes(auditing.trust_bytes(self.house.services))

    def bundle(self, letter_id: str) -> dict[str, bytes]:
        return bundling.bundle_files(self.house.services, letter_id)

    def report(self, files: dict[str, bytes], **options: Any) -> Report:
        return verify_bundle(files, self.trust, **options)

    def judged(self, files: dict[str, bytes], **options: Any) -> set[str]:
        """The codes of all failures."""
        report = self.report(files, **options)
        assert (report.verdict == "REJECTED") == bool(report.failures)
        return {failure.code for failure in report.failures}


@dataclass
class Liar:
    """Rewrites a bundle that the product made, and signs the log anew with the product's own log key."""

    house: House
    files: dict[str, bytes]
    entries: list[bytes]
    nonces: Any = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def over(cls, coalition: Coalition, letter_id: str) -> Self:
        files = coalition.bundle(letter_id)
        names = sorted(name for name in files if name.startswith("entries/"))
        return cls(coalition.house, files, [files[name] for name in names])

    @property
    def statements(self) -> list[Statement]:
        return [parse(Envelope.from_bytes(entry).payload) for entry in self.entries]

    @property
    def head(self) -> Head:
        return Head(len(self.entries), root([leaf_hash(entry) for entry in self.entries]))

    @property
    def origin(self) -> str:
        return self.statements[0].letter

    def newest(self, organisation: str) -> tuple[bytes, AssentStatement]:
        """The newest assent of an organisation in the open, and its payload."""
        for entry in reversed(self.entries):
            payload = Envelope.from_bytes(entry).payload
            said = parse(payload)
            named = isinstance(said, AssentStatement) and not isinstance(said.signatory, Commitment)
            if named and said.signatory.listed_as == organisation:
                return payload, said
        raise AssertionError(f"{organisation} has not answered")

    def fresh(self, key: Any, **more: Any) -> dict[str, Any]:
        """What is new in every statement."""
        time = time_text(self.house.clock.now)
        return {"by": key.public.key, "head": self.head, "nonce": nonce_text(next(self.nonces).to_bytes(16, "big")),
                "time": time} | more  # fmt: skip

    def appends(self, statement: Statement, key: Any) -> None:
        self.entries.append(seal(statement.to_bytes(HOST), key.public.key, key.sign))

    def answers(self, organisation: str, key: Any, **changes: Any) -> None:
        """An answer that follows on the organisation's newest one, signed by `key` whatever `by` says."""
        payload, said = self.newest(organisation)
        self.appends(replace(said, **self.fresh(key, prev=payload_digest(payload)) | changes), key)

    def binds(self, organisation: str, bound: Signs, key: Any) -> None:
        """A bind of a false key, signed by somebody who may or may not."""
        _, said = self.newest(organisation)
        fields = self.fresh(key, letter=self.origin, subject=(Subject.of("key", bound.public.public_key.encode()),))
        basis = "code" if key is self.house.services.attestor else None
        self.appends(
            KeyStatement(**fields, action="bind", signatory=said.signatory, bound=bound.public, basis=basis), key
        )

    def closes(self, key: Any, change: Callable[[SignatoryList], SignatoryList] = lambda names: names) -> None:
        """The closing once more, over another list."""
        closing = parse(Envelope.from_bytes(self.entries.pop()).payload)
        assert isinstance(closing, CloseStatement)
        names = change(SignatoryList.from_bytes(self.files[LIST_FILE], closing.confidential))
        self.files[LIST_FILE] = names.to_bytes()
        subject = tuple(
            Subject.of(LIST_FILE, names.to_bytes()) if each.name == LIST_FILE else each for each in closing.subject
        )
        fields = self.fresh(key, subject=subject, listed=len(names.listed))
        self.appends(replace(closing, **fields), key)

    def signs(self, entries: list[bytes]) -> bytes:
        """The checkpoint over these entries; the log key never says no to the service that holds it."""
        key = self.house.services.log_key
        checkpoint = Checkpoint(self.origin, len(entries), root([leaf_hash(entry) for entry in entries]))
        return checkpoint.sign(raw_from_pem(key.public.public_key), key.sign)

    def receipt(self, index: int) -> bytes:
        leaves = [leaf_hash(entry) for entry in self.entries]
        return Receipt(index, inclusion_path(leaves, index), self.signs(self.entries), self.entries[index]).to_bytes()

    def bundle(self, *, checkpoint: bytes | None = None, stamped: bool = False) -> dict[str, bytes]:
        """The files as the liar hands them out: with what outsiders signed, or without."""
        gone = ("entries/", "log/") if stamped else ("entries/", "log/", "checkpoints/", "tsa/")
        files = {name: data for name, data in self.files.items() if not name.startswith(gone)}
        files |= {f"entries/{index:06d}.dsse.json": entry for index, entry in enumerate(self.entries)}
        files |= {f"log/{path}": data for path, data in tiles([leaf_hash(entry) for entry in self.entries]).items()}
        return files | {"log/checkpoint": checkpoint or self.signs(self.entries)}

    def stamps(self, at: datetime) -> None:
        """An honest authority stamps whatever the liar shows it."""
        size, note = len(self.entries), self.signs(self.entries)
        self.files[f"checkpoints/{size}"] = note
        self.files[f"checkpoints/{size}.{AUTHORITY}.tsr"] = TimeAuthority(AUTHORITY).stamp(note, at)


def approves(desk: Desk, key: Signs | None = None) -> None:
    """A contact's approval, by a key or by the mailed code; each press is one of its own."""
    desk.house.clock.pass_(seconds=5)
    press = f"key-of-page-{desk.house.clock.now:%H-%M-%S}"
    if key is None:
        desk.sends(desk.form(code=desk.asks_for_a_code(), idempotency_key=press))
    else:
        desk.answers_with(key, idempotency_key=press)
    desk.house.clock.pass_(seconds=5)


LATER = timedelta(hours=2)
