"""Other words in place of a block: what did not change keeps its manner, and all of it reads back as written."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from signing.domain.errors import Faulty
from signing.domain.letter_text import LetterText, plain_block
from signing.domain.rewording import reword

BODY = """We **ask** you, [the report](https://example.org) in hand,[^1] to act.

## What we ask

1. Publish *everything*.
2. Hear the people.

> The river is ours.

- one

  two

[^1]: A note."""


def letter(body: str = BODY) -> LetterText:
    return LetterText("Title", "2026-11-24", "24 November 2026", "en", (("Ada",),), body)


@pytest.mark.parametrize(("block", "wording", "spelled"), [
    (0, "We ask you, the report in hand,[1] to act at once.",
     "We **ask** you, [the report](https://example.org) in hand,[^1] to act at once."),
    (0, "We ask you, the report in hand,[1] to act.\n\nAnd soon: 5 * 3 < 16.",
     "We **ask** you, [the report](https://example.org) in hand,[^1] to act.\n\nAnd soon: 5 \\* 3 \\< 16."),
    (1, "What we all ask", "## What we all ask"),
    (2, "1. Publish everything.\n2. Hear all people.\n3. Pay.",
     "1. Publish *everything*.\n2. Hear all people.\n3. Pay."),
    (3, "The river is everybody's.", "> The river is everybody's."),
])  # fmt: skip
def test_the_words_that_stay_keep_their_manner(block: int, wording: str, spelled: str) -> None:
    assert spelled in reword(letter(), block, wording).body


@pytest.mark.parametrize(("block", "wording"), [
    (0, "We ask you to act."), (0, "Twice[1] the note[1]."), (1, "Two\n\nheadings"), (2, "No list at all"),
    (4, "• one"),
])  # fmt: skip
def test_what_plain_words_cannot_stand_for_is_put_in_by_hand(block: int, wording: str) -> None:
    with pytest.raises(Faulty) as refusal:
        reword(letter(), block, wording)
    assert refusal.value.code == "by-hand"


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40),
       st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40))  # fmt: skip
def test_any_words_read_back_as_they_were_typed(first: str, second: str) -> None:
    # As it comes from a remark, which is tidied first.
    wording = unicodedata.normalize("NFC", f"{first} {second}")
    try:
        made = reword(letter("Old *words* here."), 0, wording)
    except Faulty as refused:
        # Words that the letter's own rules do not take are refused, never changed.
        event(f"refused: {refused.code}")
        return
    assert plain_block(made.blocks[0]) == wording
    assert len(made.blocks) == 1
