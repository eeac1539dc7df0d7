"""When documents are sealed, what goes in, and which sealed PDF stays, over both databases."""

from __future__ import annotations

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from signing.adapters.seal_keeper import SealKeeper
from signing.domain.errors import NotAllowed, NotFound, Refusal
from signing.domain.organisation import Decision
from signing.workflow import closing, inviting, published_documents, publishing, sealing
from signing.workflow.bundling import bundle_files
from signing.workflow.evidence_ports import Sealing, TimeStamp
from tests.web.installation import House, letter_text
from tests.workflow.desk import ONE, TWO, Desk

AUTHORITY = "tsa"
FRENCH = letter_text(language="fr", title="Lettre commune")


@dataclass
class Sealer:
    """Puts a number behind the PDF; while it works, others must be able to write."""

    house: House
    stamps: bool = True
    refuses: bool = False
    bundles: list[bytes] = field(default_factory=list)

    def seal(self, pdf: bytes, bundle_zip: bytes, at: datetime, *, stamp: bool) -> Sealing:
        if self.refuses:
            raise Refusal("It could not be sealed.", code="not-sealed")
        with self.house.services.unit_of_work(write=True) as uow:
            uow.rates.hit("test", b"x" * 32, window=60, now=at)
            uow.commit()
        self.bundles.append(bundle_zip)
        content = pdf + f"sealed {len(self.bundles)}".encode()
        return Sealing(content, at, AUTHORITY, "") if stamp and self.stamps else Sealing(content, None, None, "down")


@pytest.fixture
def sealer(house: House) -> Sealer:
    made = Sealer(house)
    house.services = replace(house.services, sealer=made)
    return made


@pytest.fixture
def letter_id(house: House) -> str:
    letter_id = house.letter(letter_text(), FRENCH)
    house.roster(letter_id, ONE, TWO)
    house.open(letter_id)
    house.invite(letter_id)
    for number, organisation in enumerate((ONE, TWO)):
        Desk(house, letter_id, organisation).answers(Decision.APPROVE, f"key-of-this-page-{number}")
    closing.close(house.services, letter_id)
    return letter_id


def with_authority(house: House) -> None:
    installation = replace(house.services.installation, time_authorities=(AUTHORITY,))
    house.services = replace(house.services, installation=installation)


def stamped(house: House, letter_id: str) -> None:
    """The log's newest entry is stamped."""
    with house.services.unit_of_work(write=True) as uow:
        size = uow.log.head(letter_id).size
        uow.time_stamps.add(TimeStamp(letter_id, size, AUTHORITY, house.clock.now, b"token"))
        uow.commit()


def sealed(house: House, letter_id: str, language: str = "en", edition: int | None = None) -> bytes:
    document = published_documents.published_document(house.services, letter_id, language, edition)
    return published_documents.document_bytes(house.services, document)


def test_publishing_seals_every_language_with_the_evidence_but_no_document_once(
    house: House, letter_id: str, sealer: Sealer
) -> None:
    for language in ("en", "fr"):
        with pytest.raises(NotFound, match="no such letter"):
            published_documents.published_document(house.services, letter_id, language)
    publishing.publish(house.services, letter_id)
    first = {language: sealed(house, letter_id, language) for language in ("en", "fr")}
    assert all(data.startswith(b"%PDF") for data in first.values())
    assert first["en"] != first["fr"]
    names = zipfile.ZipFile(io.BytesIO(sealer.bundles[0])).namelist()
    assert "signatories.json" in names
    assert [name for name in names if name.startswith(("pdf/", "openings/"))] == []
    publishing.publish(house.services, letter_id)
    sealing.seal(house.services, letter_id)
    assert {language: sealed(house, letter_id, language) for language in ("en", "fr")} == first
    assert sealing.unsealed_letters(house.services) == []
    with pytest.raises(NotFound, match="nothing at this address"):
        published_documents.published_document(house.services, letter_id, "de")


def test_the_evidence_waits_for_the_logs_stamp_until_that_is_late_and_is_made_whole_when_it_comes(
    house: House, letter_id: str, sealer: Sealer
) -> None:
    with_authority(house)
    publishing.publish(house.services, letter_id)
    state = sealing.seal_state(house.services, letter_id)
    assert (state.waits_for, [each.sealed for each in state.documents]) == ((AUTHORITY,), [None, None])
    keeper = SealKeeper(house.services)
    keeper.run(house.clock.now)
    assert sealer.bundles == []
    house.clock.pass_(minutes=16)
    keeper.run(house.clock.now)
    provisional = sealed(house, letter_id)
    assert "the log's newest entry has no time stamp yet" in sealing.seal_state(house.services, letter_id).warnings[0]
    house.clock.pass_(minutes=10)
    keeper.run(house.clock.now)
    assert (len(sealer.bundles), sealed(house, letter_id)) == (2, provisional)
    stamped(house, letter_id)
    house.clock.pass_(minutes=10)
    keeper.run(house.clock.now)
    assert sealing.seal_state(house.services, letter_id).done
    assert b"checkpoints/4.tsa.tsr" in sealer.bundles[-1]


def test_the_worker_seals_when_the_stamp_has_come(house: House, letter_id: str, sealer: Sealer) -> None:
    with_authority(house)
    publishing.publish(house.services, letter_id)
    stamped(house, letter_id)
    SealKeeper(house.services).run(house.clock.now)
    assert sealing.seal_state(house.services, letter_id).done
    assert b"checkpoints/4.tsa.tsr" in sealer.bundles[0]


def test_a_seal_without_a_stamp_gives_way_to_one_with_and_to_no_other(
    house: House, letter_id: str, sealer: Sealer
) -> None:
    with_authority(house)
    stamped(house, letter_id)
    sealer.stamps = False
    publishing.publish(house.services, letter_id)
    unstamped = sealed(house, letter_id)
    state = sealing.seal_state(house.services, letter_id)
    assert "en.pdf of edition 1 is sealed without a time stamp: down" in state.warnings
    keeper = SealKeeper(house.services)
    keeper.run(house.clock.now)
    assert sealed(house, letter_id) == unstamped
    sealer.stamps = True
    keeper.run(house.clock.now)
    assert sealed(house, letter_id) == unstamped, "left alone for a minute"
    house.clock.pass_(minutes=2)
    keeper.run(house.clock.now)
    assert sealed(house, letter_id) != unstamped
    assert sealing.seal_state(house.services, letter_id).warnings == []


def test_an_answer_while_the_evidence_is_gathered_is_waited_for(
    house: House, letter_id: str, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_authority(house)
    stamped(house, letter_id)
    inviting.reissue(house.services, letter_id, house.invitation(letter_id, TWO).organisation_id)

    def gathered(*arguments: Any, **options: Any) -> dict[str, bytes]:
        Desk(house, letter_id, TWO).answers(Decision.WITHDRAW, "key-of-this-page-9")
        return bundle_files(*arguments, **options)

    monkeypatch.setattr(sealing, "bundle_files", gathered)
    assert sealing.seal(house.services, letter_id).waits_for == (AUTHORITY,)
    assert sealer.bundles == []
    monkeypatch.undo()
    stamped(house, letter_id)
    assert sealing.seal(house.services, letter_id).done
    assert b"checkpoints/5.tsa.tsr" in sealer.bundles[0]


def test_two_who_seal_at_once_keep_one_file_and_nobody_is_told_of_the_other(
    house: House, letter_id: str, sealer: Sealer
) -> None:
    both = Barrier(2)
    alone = sealer.seal

    def together(*arguments: Any, **options: Any) -> Sealing:
        both.wait(timeout=20)
        return alone(*arguments, **options)

    sealer.seal = together  # type: ignore[method-assign]
    publish = partial(sealing.seal, house.services, letter_id)
    with ThreadPoolExecutor(2) as people:
        states = [each.result() for each in [people.submit(publish) for _ in range(2)]]
    assert all(state.done for state in states)
    assert len(sealer.bundles) == 4


def test_where_nobody_can_be_asked_it_is_sealed_once_and_said(house: House, letter_id: str, sealer: Sealer) -> None:
    sealer.stamps = False
    publishing.publish(house.services, letter_id)
    SealKeeper(house.services).run(house.clock.now)
    state = sealing.seal(house.services, letter_id)
    assert (len(sealer.bundles), state.to_do, len(state.warnings)) == (2, (), 2)


def test_what_cannot_be_sealed_is_published_all_the_same_and_tried_again(
    house: House, letter_id: str, sealer: Sealer
) -> None:
    sealer.refuses = True
    assert publishing.publish(house.services, letter_id).published_at is not None
    assert sealing.unsealed_letters(house.services) == [letter_id]
    assert "en.pdf of edition 1 is not sealed yet" in sealing.seal_state(house.services, letter_id).warnings
    with pytest.raises(Refusal, match="could not be sealed"):
        sealing.seal(house.services, letter_id)
    sealer.refuses = False
    SealKeeper(house.services).run(house.clock.now)
    assert sealing.unsealed_letters(house.services) == []


def test_each_later_edition_is_sealed_and_the_earlier_one_stays(house: House, letter_id: str, sealer: Sealer) -> None:
    publishing.publish(house.services, letter_id)
    first = sealed(house, letter_id)
    house.clock.pass_(days=1)
    inviting.reissue(house.services, letter_id, house.invitation(letter_id, TWO).organisation_id)
    Desk(house, letter_id, TWO).answers(Decision.WITHDRAW, "key-of-this-page-9")
    closing.close(house.services, letter_id)
    assert sealing.unsealed_letters(house.services) == [letter_id]
    assert sealed(house, letter_id) == first
    SealKeeper(house.services).run(house.clock.now)
    assert sealed(house, letter_id) != first
    assert sealed(house, letter_id, edition=1) == first
    assert [each.edition for each in sealing.seal_state(house.services, letter_id).documents] == [2, 2, 1, 1]


def test_a_letter_that_is_not_closed_has_nothing_to_seal(house: House, sealer: Sealer) -> None:
    for letter_id in (house.opened(ONE), house.letter(letter_text())):
        with pytest.raises(NotAllowed, match="not closed yet"):
            sealing.seal(house.services, letter_id)
