"""Names stand where a reader of the letter's language looks for them."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from signing.adapters.collation import IcuCollation
from signing.evidence.statement import Signatory

COLLATION = IcuCollation()


def named(name: str, sort_name: str | None = None, org: str = "org") -> Signatory:
    return Signatory(None, name, None, org, "Person", "role", sort_name)


def ordered(names: list[str], language: str = "en", *, ignore_article: bool = False) -> list[str]:
    shuffled = random.Random(7).sample(names, len(names))
    key = COLLATION.sort_key(language, ignore_article=ignore_article)
    return [each.listed_as for each in sorted(map(named, shuffled), key=key)]


def check(names: list[str], language: str = "en", *, ignore_article: bool = False) -> None:
    assert ordered(names, language, ignore_article=ignore_article) == names


def test_accents_do_not_move_a_name_and_digits_come_first_and_other_scripts_last() -> None:
    check(
        [
            "21Wilberforce",
            "8 March Women",
            "Amnesty",
            "Écoles",
            "Free Tibet",
            "Łódź Forum",
            "Zebra",
            "Ελλάς",
            "عدالة",
            "བོད་",
            "河流",
        ]
    )


def test_each_language_has_its_own_order() -> None:
    names = ["Ängel", "Zebra"]
    check(names, "en")
    check(names[::-1], "sv")
    check(["Cena", "Hora", "Chata", "Ibis"], "cs")
    check(["Cena", "Chata", "Hora", "Ibis"], "en")


def test_spaces_and_punctuation_do_not_count() -> None:
    check(["Human Rights in China", "Human-Rights Watch", "Human Rights Without Frontiers"])


def test_an_article_counts_unless_the_letter_says_otherwise() -> None:
    check(["ISHR", "Rights Now", "The Rights Practice", "UNPO"])
    check(["ISHR", "Rights Now", "The Rights Practice", "UNPO"], ignore_article=True)
    check(["Safeguard", "The Rights Practice"])
    check(["The Rights Practice", "Safeguard"], ignore_article=True)
    check(["L’Aurore", "Boréal"], "fr", ignore_article=True)
    check(["Theatre Forum", "Zebra"], ignore_article=True)
    check(["Die Brücke", "Diesel"], "de-AT", ignore_article=True)


def test_a_name_that_is_an_article_only_is_left_as_it_is() -> None:
    check(["Sun", "The", "Una"], ignore_article=True)


def test_a_sort_name_wins_over_both() -> None:
    key = COLLATION.sort_key("en", ignore_article=True)
    names = [named("The Rights Practice", sort_name="The Rights Practice"), named("Safeguard"), named("河流", "Aa")]
    assert [each.listed_as for each in sorted(names, key=key)] == ["河流", "Safeguard", "The Rights Practice"]


def test_names_that_collate_alike_go_by_code_point() -> None:
    key = COLLATION.sort_key("en", ignore_article=False)
    names = [named("A-B"), named("A B"), named("AB"), named("AB", org="other")]
    for _ in range(3):
        random.shuffle(names)
        assert [(each.listed_as, each.org) for each in sorted(names, key=key)] == [
            ("A B", "org"),
            ("A-B", "org"),
            ("AB", "org"),
            ("AB", "other"),
        ]


def test_the_version_names_icu_and_unicode() -> None:
    name, _, unicode = COLLATION.version().partition("/")
    assert name.startswith("ICU ")
    assert unicode.startswith("Unicode ")


@given(
    st.lists(st.text(min_size=1, max_size=12), max_size=8), st.sampled_from(["en", "sv", "", "x-klingon", "zh-Hant"])
)
def test_the_order_is_total_whatever_the_names(names: list[str], language: str) -> None:
    key = COLLATION.sort_key(language, ignore_article=True)
    signatories = [named(name, org=f"org-{number}") for number, name in enumerate(names)]
    backwards = signatories[::-1]
    assert sorted(signatories, key=key) == sorted(backwards, key=key)
