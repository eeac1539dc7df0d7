"""What two languages of a letter must share is compared without reading a word."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signing.domain.errors import Faulty
from signing.domain.figures import figures
from signing.domain.language_check import disagreements
from signing.domain.letter_text import LetterText

EN = LetterText(
    title="Water in 2023", date="2023-02-15", date_line="15 February 2023", language="en",
    addressees=(("Ms Brook", "Minister"),), salutation="Dear Minister,",
    body="# Why\n\nOn 15 February 2023, 1,000 people (25.5%) in six towns asked [you](https://w.example/en/ask).[^1]\n\n"
    "- one\n- two\n  - inner\n\n> Said.\n\n[^1]: Page 12 of 300.",
)  # fmt: skip
FR = replace(
    EN, title="L’eau en 2023", language="fr", date_line="15 février 2023", salutation="Madame,",
    body="# Pourquoi\n\nLe 15 février 2023, 1 000 personnes (25,5 %) dans 6 villes [vous](https://w.example/fr/ask) ont"
    " écrit.[^1]\n\n- un\n- deux\n  - dedans\n\n> Dit.\n\n[^1]: Page 12 de 300.",
)  # fmt: skip
AR = replace(
    EN, title="الماء في ٢٠٢٣", language="ar",
    body="# لماذا\n\nفي ١٥ فبراير ٢٠٢٣ طلب ١٬٠٠٠ شخص (٢٥٫٥٪) [منكم](https://w.example/ar/ask).[^1]\n\n- واحد\n- اثنان\n"
    "  - داخل\n\n> قيل.\n\n[^1]: صفحة ١٢ من ٣٠٠.",
)  # fmt: skip
ZH = replace(
    EN, title="2023年的水", language="zh",
    body="# 为何\n\n二〇二三年2月十五日，1000人（25.5%）在六个城镇向[您](https://w.example/zh/ask)请求。[^1]\n\n"
    "- 一\n- 二\n  - 内\n\n> 说。\n\n[^1]: 第12页，共300页。",
)  # fmt: skip


def found(**changes):
    """What is said of a French text that differs from the English one as told."""
    fr = replace(FR, **changes)
    return [(each.block, each.code) for each in disagreements({"en": EN, "fr": fr})]


def test_four_languages_of_one_letter_agree():
    assert disagreements({"en": EN, "fr": FR, "ar": AR, "zh": ZH}) == []
    assert disagreements({"zh": ZH, "ar": AR, "fr": FR, "en": EN}) == []
    assert disagreements({"en": EN}) == disagreements({}) == []


@pytest.mark.parametrize(
    ("before", "after", "block", "code"),
    [
        ("1 000", "1 100", 1, "figure"),
        ("2023, 1", "2024, 1", 1, "figure"),
        ("25,5 %", "25,6 %", 1, "figure"),
        ("6 villes", "7 villes", None, None),  # English has a word here
        ("/fr/ask", "/fr/other", 1, "link"),
        ("- deux\n", "- deux\n- trois\n", 2, "list-items"),
        ("  - dedans", "- dedans", 2, "list-items"),
        ("- deux\n  - dedans", "- deux, dedans", 2, "list-nesting"),
        ("- un\n- deux\n", "1. un\n2. deux\n ", 2, "list-kind"),
        ("# Pourquoi", "## Pourquoi", 0, "heading"),
        ("> Dit.", "Dit.", 3, "passages"),
        ("> Dit.", "> Dit.\n>\n> Redit.", 3, "quotation"),
        ("Page 12", "Page 13", None, "figure"),
    ],
)
def test_what_differs_is_told_with_its_place(before, after, block, code):
    assert before in FR.body
    told = found(body=FR.body.replace(before, after, 1))
    assert (not told) if code is None else told[0] == (block, code)


def test_the_opening_is_compared():
    assert found(date="2023-02-16") == [(None, "date")]
    assert found(addressees=(*FR.addressees, ("Mr Stone",))) == [(None, "addressees")]
    assert found(salutation=None) == [(None, "salutation")]
    assert found(title="L’eau en 2024") == [(None, "figure")] * 2
    assert disagreements({"en": EN, "fr": replace(FR, salutation=None)}, name=str.upper)[0].message == (
        "There is a salutation in EN and none in FR."
    )


def test_a_paragraph_more_is_told_once_and_its_neighbours_stay_compared():
    told = disagreements({"en": EN, "fr": replace(FR, body=FR.body.replace("# Pourquoi", "# Pourquoi\n\nEncore."))})
    assert [(each.block, each.code) for each in told] == [(1, "passages")]
    assert told[0].message == "1 paragraph in en, 2 in fr."
    # A paragraph and a list in the other order are no other counts.
    swapped = replace(FR, body=FR.body.replace("# Pourquoi\n\n", "").replace("\n\n> Dit.", "\n\n# Pourquoi\n\n> Dit."))
    assert disagreements({"en": EN, "fr": swapped})[0].code == "order"


@pytest.mark.parametrize(
    ("written", "language", "values"),
    [
        ("1,000.5 and 10,000", "en", [1000.5, 10000]),
        ("1.000,5 und 10.000", "de", [1000.5, 10000]),
        ("12 500 personnes en 2023", "fr", [12500, 2023]),
        ("1.4 billion, 14亿", "en", [1_400_000_000, 1_400_000_000]),
        ("1400 millones o 1,4 mil millones", "es", [1_400_000_000, 1_400_000_000]),
        ("14亿人，1万", "zh", [1_400_000_000, 10000]),
        ("٣٫٥ و ١٢٬٠٠٠", "ar", [3.5, 12000]),
        ("2023-02-15", "en", [2023, 2, 15]),
        ("15.02.2023", "de", [2023, 15, 2]),
        ("§ 2.3.1", "en", [2, 3, 1]),
        ("COVID-19, 21st", "en", [19, 21]),
    ],
)
def test_figures_are_read_by_the_custom_of_their_language(written, language, values):
    assert [float(figure.value) for figure in figures(written, language)] == values


def in_languages(number):
    """One number as five languages write it."""
    with_commas = f"{number:,}"
    arabic = str.maketrans("0123456789,", "٠١٢٣٤٥٦٧٨٩٬")
    return {
        "en": with_commas, "fr": with_commas.replace(",", "\u202f"), "de": with_commas.replace(",", "."),
        "ar": with_commas.translate(arabic), "zh": str(number),
    }  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.integers(13, 10**12), st.integers(13, 10**12))
def test_one_number_agrees_in_every_language_and_another_does_not(number, other):
    written, others = in_languages(number), in_languages(other)
    texts = {tag: replace(EN, language=tag, body=f"We are {words} of us.") for tag, words in written.items()}
    assert disagreements(texts) == []
    changed = {**texts, "ar": replace(texts["ar"], body=f"We are {others['ar']} of us.")}
    assert bool(disagreements(changed)) == (number != other)


@settings(max_examples=60, deadline=None)
@given(*[st.text(st.sampled_from(list("ab 12.,’%٣一十月\n#->[](*)^:&\\")) | st.characters(), max_size=80)] * 2)
def test_any_two_texts_can_be_compared_and_a_text_agrees_with_itself(one, two):
    texts = {"en": replace(EN, body=one), "zh": replace(EN, language="zh", body=two)}
    try:
        told = disagreements(texts)
        assert disagreements({"en": texts["en"], "fr": texts["en"]}) == []
    except Faulty:
        return
    assert all(each.message for each in told)
