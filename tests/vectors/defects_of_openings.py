"""Openings of commitments: sound ones, and defects (EVIDENCE 4.3; 4.9, step 11)."""

from signing.evidence.statement import Commitment, commitment_of, opening_bytes
from tests.evidence.builders import LetterBuilder, commitment, opening, signatory
from tests.vectors.story import Files, finish, opened, vector

OTHER_SALT = b"another salt of thirty-two bytes"


def confidential(*numbers: int) -> LetterBuilder:
    letter = opened()
    letter.answer(signatory(0))
    for number in numbers:
        letter.answer(commitment(number))
        letter.openings[f"{number}.json"] = opening(number)
    return letter


@vector(exit_code=0)
def opened_confidential_approval() -> Files:
    return finish(confidential(4))


@vector("COMMITMENT_MISMATCH")
def opening_of_nothing_here() -> Files:
    letter = confidential(4)
    letter.openings["5.json"] = opening(5)
    return finish(letter)


@vector("COMMITMENT_MISMATCH")
def opening_in_another_spelling() -> Files:
    letter = confidential(4)
    letter.openings["4.json"] += b"\n"
    return finish(letter)


@vector("CONFIDENTIAL_DUPLICATE")
def organisation_under_two_commitments() -> Files:
    letter = confidential(4)
    again = opening_bytes(signatory(4), OTHER_SALT)
    letter.answer(Commitment(commitment_of(again)))
    letter.openings["again.json"] = again
    return finish(letter)


@vector("CONFIDENTIAL_DUPLICATE")
def organisation_listed_and_confidential() -> Files:
    return finish(confidential(0))


@vector(exit_code=0)
def organisation_that_became_confidential() -> Files:
    letter = opened()
    letter.answer(signatory(0))
    letter.answer(signatory(0), "withdraw")
    letter.answer(commitment(0))
    letter.openings["0.json"] = opening(0)
    return finish(letter)
