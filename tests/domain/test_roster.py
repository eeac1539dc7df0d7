"""The rows of a roster: what keeps a row out, and what is only said."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.domain.roster import KnownOrganisation, RosterRow, check_rows, name_key, warn_of_known

ROW = RosterRow(
    line=2,
    id=None,
    organisation="River Watch",
    acronym=None,
    listed_as=None,
    native_name=None,
    sort_name=None,
    country=None,
    group=None,
    contact="Ada Brook",
    email="ada@river.example",
    role=None,
    language=None,
    stage=1,
)


def rows(*names):
    return [
        replace(ROW, line=line, organisation=name, email=f"c{line}@x.example")
        for line, name in enumerate(names, start=2)
    ]


def warned(*names):
    good, faults, warnings = check_rows(rows(*names))
    assert faults == ()
    assert len(good) == len(names)
    return [(warning.line, warning.code) for warning in warnings]


def test_a_full_row_is_good():
    full = replace(
        ROW, id="org-1", acronym="RW", native_name="دیدبان رود", sort_name="River", language="zh-Hant", stage=99
    )
    assert check_rows([full]) == ((full,), (), ())


def test_the_listed_name_is_the_one_asked_for_or_the_organisations():
    assert ROW.listed_name == "River Watch"
    assert replace(ROW, listed_as="RiverWatch e.V.").listed_name == "RiverWatch e.V."


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("organisation", None, "is empty"),
        ("contact", " ", "is empty"),
        ("email", None, "is empty"),
        ("organisation", "=HYPERLINK(1)", "looks like a formula"),
        ("contact", "+SUM(1)", "looks like a formula"),
        ("role", "-1+1", "looks like a formula"),
        ("acronym", "@RW", "looks like a formula"),
        ("country", "\tChad", "looks like a formula"),
        ("group", "\rA", "looks like a formula"),
        ("native_name", "＝1+1", "looks like a formula"),
        ("organisation", "River\r\nBcc: x@y.example", "line break"),
        ("listed_as", "River\u2028Watch", "line break"),
        ("sort_name", "River\x0bWatch", "line break"),
        ("organisation", "River\u202eWatch", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("organisation", "River\u200bWatch", "U+200B ZERO WIDTH SPACE"),
        ("contact", "Ada\x00", "U+0000"),
        ("organisation", "x" * 301, "longer than 300"),
        ("email", "ada", "not an address"),
        ("email", "a@b.example, c@d.example", "not an address"),
        ("email", "a" * 250 + "@b.example", "not an address"),
        ("id", "a b", "id may hold"),
        ("id", "x" * 65, "id may hold"),
        ("language", "English", "must be a tag"),
        ("stage", 0, "whole number from 1 to 99"),
        ("stage", 100, "whole number from 1 to 99"),
    ],
)
def test_a_faulty_cell_keeps_its_row_out_and_no_other(field, value, said):
    bad = replace(ROW, line=7, organisation="Other", email="o@x.example")
    bad = replace(bad, **{field: value})
    good, faults, _ = check_rows([ROW, bad])
    assert good == (ROW,)
    assert [(fault.line, fault.field) for fault in faults] == [(7, field)]
    assert said in faults[0].message


@pytest.mark.parametrize("other", ["River Watch", "river  WATCH", "Ｒiver Watch"])
def test_an_organisation_may_stand_there_once(other):
    good, faults, _ = check_rows(rows("River Watch", other))
    assert [row.line for row in good] == [2]
    assert [(fault.line, fault.field) for fault in faults] == [(3, "organisation")]
    assert "line 2" in faults[0].message


def test_an_id_may_stand_there_once():
    first, second = rows("River Watch", "Delta")
    _, faults, _ = check_rows([replace(first, id="org-1"), replace(second, id="org-1")])
    assert [(fault.line, fault.field) for fault in faults] == [(3, "id")]


def test_one_contact_of_two_organisations_is_a_warning():
    first, second = rows("River Watch", "Delta")
    good, faults, warnings = check_rows([first, replace(second, email=first.email.upper())])
    assert (len(good), faults) == (2, ())
    assert [(warning.line, warning.code) for warning in warnings] == [(3, "same-email")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Karisma", "Fundación Karisma, Colombia"),
        ("Fundacion Karisma, Colombia", "Fundación Karisma, Colombia"),
        ("Freedom of Press Foundation", "Freedom of the Press Foundation"),
        ("Association for Progressive Communications", "Association for Progressive Communications (APC)"),
        ("EFF", "Electronic Frontier Foundation (EFF)"),
        ("Alternative Information & Development Centre", "Alternative Information and Development Centre"),
        ('Centro "Montes Mozo S.J"', 'Centro "Montes Mozo SJ" (CSMM)'),
    ],
)
def test_names_that_look_alike_are_warned_of_and_kept_as_two(one, other):
    assert warned(one, other) == [(3, "near-duplicate")]
    assert warned(other, one) == [(3, "near-duplicate")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Internet Society", "Internet Society – Bulgaria"),
        ("Reporters without Borders", "Reporters without Borders Germany"),
        ("Reporters Without Borders, Austria", "Reporters without Borders (Germany)"),
        ("Amnesty International", "Amnesty International Ghana"),
        ("Attac Norway", "ATTAC Hungary Association"),
        ("Friends of the Earth Spain", "Friends of the Earth, the Netherlands"),
    ],
)
def test_chapters_of_one_body_are_told_apart_from_doubles(one, other):
    assert warned(one, other) == [(3, "chapter")]
    assert warned(other, one) == [(3, "chapter")]


def test_a_place_that_belongs_to_the_name_makes_no_chapter():
    assert warned("Human Rights in China", "Human Rights in Iran", "Campaign for Tibet", "Campaign for Chad") == []
    assert warned("Karisma (Colombia)", "Hiperderecho (Colombia)") == []


def test_organisations_of_the_address_book_are_proposed_and_nothing_is_merged():
    known = [
        KnownOrganisation("org-k", "Fundación Karisma, Colombia"),
        KnownOrganisation("org-r", "Reporters without Borders", here=True),
        KnownOrganisation("org-d", "Delta"),
        KnownOrganisation("org-i", "Other words altogether", acronym="DIFF"),
    ]
    brought = rows("Karisma", "Reporters without Borders Germany", "Delta", "Diff")
    brought[3] = replace(brought[3], id="org-i")
    found = list(warn_of_known(brought, known))
    assert [(each.line, each.code, each.proposes) for each in found] == [
        (2, "known-near-duplicate", "org-k"), (3, "known-chapter", None)
    ]
    assert "in the address book" in found[0].message
    assert "on this roster already" in found[1].message


VOCABULARY = ("Rivers", "Watch", "Foundation", "of", "the", "Valley", "Ghana", "Chad", "International", "–", ",", "(")
WORDS = st.lists(st.sampled_from(VOCABULARY))


@given(st.lists(WORDS.map(" ".join).filter(str.strip), max_size=12))
def test_likeness_says_the_same_whichever_comes_first_and_of_each_at_most_once(names):
    """Whatever the names are: nobody is lost, nobody told of twice, and two are alike in either order."""
    brought = rows(*names)
    good, faults, warnings = check_rows(brought)
    assert len(good) + len({fault.line for fault in faults}) == len(names)
    told = [each.line for each in warnings if each.code != "same-email"]
    assert len(told) == len(set(told))
    for one, other in itertools.pairwise(names):
        if name_key(one) != name_key(other):
            assert warned(one, other) == warned(other, one)


def test_an_acronym_that_is_anothers_name_is_warned_of():
    first, second = rows("International Campaign for Tibet", "ICT")
    _, _, warnings = check_rows([replace(first, acronym="ICT"), second])
    assert [(warning.line, warning.code) for warning in warnings] == [(3, "near-duplicate")]


def test_names_that_share_words_are_not_alike():
    assert warned("Human Rights Watch", "Human Rights in China (HRIC)", "The Rights Practice", "人权观察", "人权") == []


def test_thousands_of_rows_are_compared_all_the_same():
    names = [f"Organisation {number} (O{number}), Country" for number in range(5_000)]
    assert warned(*names, "O4999") == [(5_002, "near-duplicate")]


def test_case_width_and_spaces_do_not_make_another_name():
    assert name_key(" ARTICLE  19 ") == name_key("Article 19") == name_key("Ａrticle 19")
    assert name_key("Karisma") != name_key("Fundación Karisma")
