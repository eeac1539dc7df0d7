"""Small repairs are proposed one by one, and made only where they are chosen."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signing.adapters.letter_intake import EVERYTHING, read_letter
from signing.domain.errors import Faulty

FRONT = "---\ntitle: Water\ndate: 2026-03-01\nlanguage: {}\naddressees: []\n---\n\n"


def read(body, language="en", mend=EVERYTHING):
    return read_letter((FRONT.format(language) + body).encode(), "letter.md", mend=mend)


@pytest.mark.parametrize(
    ("language", "before", "after", "codes"),
    [
        ("en", 'They said "no" - it\'s so.', "They said “no” – it’s so.", ["quotes", "apostrophe", "dash"]),
        ("fr", 'Il dit: "non" ; et alors ?', "Il dit\u00a0: «\u00a0non\u00a0»\u202f; et alors\u202f?",
         ["quotes", "french-space"]),
        ("de", 'Er sagt "nein".', "Er sagt „nein“.", ["quotes"]),
        ("es", 'Dice "no"...', "Dice «no»…", ["quotes", "dots"]),
        ("en", "An inter- national\nlaw , and short- and long-term.", "An international law, and short- and long-term.",
         ["hyphen", "space"]),
        ("en", 'A 5" pipe.', 'A 5" pipe.', []),  # an inch
        ("en", "See https://x.example/a-b ... ok", "See https://x.example/a-b … ok", ["dots"]),
        ("en", "At 12:30, 3 - 2 = 1 or -- so", "At 12:30, 3 – 2 = 1 or – so", ["dash"]),
        ("en", "**'Tis** the *dogs' tail*", "**'Tis** the *dogs’ tail*", ["apostrophe"]),
        ("en", '"**Bold**" and "[link](https://x.example/)"', "“**Bold**” and “[link](https://x.example/)”",
         ["quotes"]),
    ],
)  # fmt: skip
def test_what_is_proposed_and_made(language, before, after, codes):
    draft = read(before, language)
    assert draft.text.body == after
    assert [proposal.code for proposal in draft.proposals] == codes
    assert read(before, language, mend=False).text.body == before.replace("\n", " ")
    assert read(after, language).proposals == ()


def test_a_proposal_says_where_what_and_why():
    (proposal,) = read('First.\n\n- one "two" three').proposals
    assert (proposal.id, proposal.line, proposal.code, proposal.sure) == ("quotes-1", 10, "quotes", False)
    assert (proposal.before, proposal.after) == ('one "two" three', "one “two” three")
    assert proposal.why == "Straight quotation marks; print has curved ones. (2 places)"


def test_only_what_is_chosen_is_made_and_each_by_itself():
    body = 'It\'s "so".\n\nWe go to the\n\nriver, and it\'s ours.\n\n- the first and\n\nlast\n\n- another'
    everything = read(body)
    ids = [proposal.id for proposal in everything.proposals]
    assert ids == ["quotes-0", "apostrophe-0", "apostrophe-2", "join-2", "join-4"]
    assert everything.text.body == (
        "It’s “so”.\n\nWe go to the river, and it’s ours.\n\n- the first and last\n- another"
    )
    for id_ in ids:
        one = read(body, mend=[id_])
        assert one.made == {id_}
        assert one.text.body != read(body, mend=False).text.body
    assert read(body, mend=["join-2"]).text.body.startswith('It\'s "so".\n\nWe go to the river, and it\'s ours.')


def test_a_footnote_is_repaired_as_well():
    assert read('So.[^1]\n\n[^1]: See "this".').text.body == "So.[^1]\n\n[^1]: See “this”."


@settings(max_examples=80, deadline=None)
@given(st.text(st.sampled_from(list("ab \"'.-,;:!?«»\n*[](1)_>")) | st.characters(codec="utf-8"), max_size=120),
       st.sampled_from(["en", "fr", "de", "zh"]))  # fmt: skip
def test_any_choice_of_repairs_leaves_a_letter(body, language):
    try:
        plain = read(body, language, mend=False)
    except Faulty:
        return
    ids = [proposal.id for proposal in plain.proposals]
    assert len(set(ids)) == len(ids)
    assert all(one.line <= other.line for one, other in pairwise(plain.proposals))
    for chosen in (ids, ids[::2], ids[1::2]):
        assert read(body, language, mend=chosen).made == set(chosen)
