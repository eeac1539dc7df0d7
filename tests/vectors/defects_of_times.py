"""Time stamps and what they bound: sound ones, and defects (EVIDENCE 4.5; 4.9, steps 5, 6 and 9)."""

from dataclasses import replace
from datetime import UTC, datetime

from signing.evidence.statement import AssentStatement
from tests.evidence.builders import AUTHORITY, LetterBuilder, signatory
from tests.evidence.time_authority import TimeAuthority
from tests.vectors.defects_of_keys import PHONE
from tests.vectors.story import Files, opened, vector

OPENED_AT, CLOSED_AT = "2026-11-24T00:00:00", "2026-11-24T00:01:00"


def _at(statement: AssentStatement, time: str) -> AssentStatement:
    return replace(statement, time=time)


def stamped_opening(at: str = OPENED_AT) -> LetterBuilder:
    letter = opened()
    letter.stamp(at)
    letter.answer(signatory(1))
    return letter


def stamped_closing(letter: LetterBuilder, authority: TimeAuthority = AUTHORITY) -> Files:
    letter.close()
    letter.stamp(CLOSED_AT, authority)
    return letter.bundle()


@vector(exit_code=0, trust="trust-stamps")
def sound_stamped() -> Files:
    return stamped_closing(stamped_opening())


@vector("TIMESTAMP_MISSING", exit_code=3, trust="trust-stamps")
def closing_not_stamped() -> Files:
    letter = stamped_opening()
    letter.close()
    return letter.bundle()


@vector("TIMESTAMP_MISSING", exit_code=3, trust="trust-stamps")
def nothing_stamped() -> Files:
    letter = opened()
    letter.answer(signatory(1))
    letter.close()
    return letter.bundle()


@vector("TIMESTAMP_BAD", trust="trust-stamps")
def stamp_of_another_authority() -> Files:
    return stamped_closing(stamped_opening(), TimeAuthority("stranger"))


@vector("TIMESTAMP_BAD", trust="trust-stamps")
def stamp_over_another_checkpoint() -> Files:
    letter = stamped_opening()
    files = stamped_closing(letter)
    return {**files, "checkpoints/3.authority.tsr": files["checkpoints/1.authority.tsr"]}


@vector("TIMESTAMP_BAD", trust="trust-stamps")
def stamp_with_a_damaged_signature() -> Files:
    letter = stamped_opening()
    files = stamped_closing(letter)
    moment = datetime.fromisoformat(OPENED_AT).replace(tzinfo=UTC)
    damaged = AUTHORITY.stamp(files["checkpoints/1"], moment, defect="damaged-signature")
    return {**files, "checkpoints/1.authority.tsr": damaged}


@vector("TIMESTAMP_BAD", trust="trust-stamps")
def stamp_without_its_checkpoint() -> Files:
    files = stamped_closing(stamped_opening())
    del files["checkpoints/1"]
    return files


@vector("TIME_OUT_OF_BOUNDS", trust="trust-stamps")
def assent_backdated() -> Files:
    letter = opened()
    letter.answer(signatory(1))
    letter.stamp("2026-11-24T00:05:00")
    letter.answer(signatory(2))  # its head is still the state that was stamped; the next one's is beyond
    letter.answer(signatory(3), alter=lambda statement: _at(statement, "2026-11-23T23:59:59Z"))
    letter.close()
    letter.stamp("2026-11-24T00:05:01")
    return letter.bundle()


@vector("TIME_OUT_OF_BOUNDS", trust="trust-stamps")
def assent_dated_ahead() -> Files:
    letter = opened()
    letter.answer(signatory(1), alter=lambda statement: _at(statement, "2026-11-25T00:00:00Z"))
    letter.last_answer.clear()
    letter.stamp("2026-11-24T00:00:30")
    letter.answer(signatory(1))
    return stamped_closing(letter)


@vector("KEY_EXPIRED", trust="trust-stamps")
def assent_after_an_end_that_it_claims_to_precede() -> Files:
    letter = opened()
    letter.bind(signatory(0), PHONE, until="2026-11-24T00:00:30Z")
    letter.stamp("2026-11-24T00:01:00")
    letter.answer(signatory(1))
    letter.answer(signatory(0), key=PHONE)
    letter.close()
    letter.stamp("2026-11-24T00:02:00")
    return letter.bundle()


@vector(exit_code=0, trust="trust-stamps", warns=("DISPUTED",))
def stolen_key_that_claims_an_earlier_time() -> Files:
    letter = opened()
    letter.bind(signatory(0), PHONE)
    letter.stamp("2026-11-24T00:01:00")
    letter.answer(signatory(1))
    letter.answer(signatory(0), key=PHONE)
    letter.revoke(signatory(0), PHONE, compromised_since="2026-11-24T00:00:30Z")
    letter.close()
    letter.stamp("2026-11-24T00:02:00")
    return letter.bundle()
