"""The words around a letter: whole in every language we have them in, English elsewhere, counted by its rules."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from signing.adapters.typeset.fixed_words import FixedWords
from signing.locale import FOLDER, document, extraction, text_direction

PLACEHOLDER = re.compile(r"%\(\w+\)s|%")
LANGUAGES = sorted(document.catalogues())


def _said(message: Message) -> list[tuple[str, str]]:
    """Each English form beside the form said for it; of plurals the last, which holds for most numbers."""
    if isinstance(message.id, tuple):
        return [(message.id[1], message.string[-1])]
    return [(message.id, message.string)]


def test_ten_languages_have_them() -> None:
    assert LANGUAGES == ["ar", "de", "es", "fa", "fr", "he", "pt", "ru", "zh", "zh-Hant"]


def test_the_script_of_a_tag_decides_which_way_its_letters_run() -> None:
    from_the_right = ["ar", "ug", "ku-Arab-IQ", "tt-Arab", "yi", "man-Nkoo"]
    from_the_left = ["en", "ug-Cyrl", "ar-Latn", "ku", "abc", "de-1996"]
    assert [text_direction(tag) for tag in from_the_right] == ["rtl"] * len(from_the_right)
    assert [text_direction(tag) for tag in from_the_left] == ["ltr"] * len(from_the_left)


def test_gathering_the_words_of_documents_again_changes_nothing() -> None:
    gathered = extraction.document_catalogue()
    assert extraction.written(gathered) == (FOLDER / "document.pot").read_bytes()
    for tag, path in document.catalogues().items():
        assert extraction.updated(path, tag, gathered) == path.read_bytes(), f"{tag}: run make messages"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_word_is_said_with_what_stands_in_it(tag: str) -> None:
    with document.catalogues()[tag].open("rb") as file:
        catalogue = read_po(file, locale=tag.replace("-", "_"))
    messages = [message for message in catalogue if message.id]
    assert len(messages) == len(extraction.document_catalogue())
    for message in messages:
        assert not message.fuzzy
        assert all(message.string) if isinstance(message.string, tuple) else message.string, message.id
        for english, said in _said(message):
            assert sorted(PLACEHOLDER.findall(said)) == sorted(PLACEHOLDER.findall(english)), said
            assert not re.search("[\u064b-\u0652]", said), "readers of files misplace short vowels"


@pytest.mark.parametrize(
    ("language", "count", "line"),
    [
        ("en", 1, "and 1 organisation whose name is withheld for its safety"),
        ("fr", 1, "et 1 organisation dont le nom n’est pas divulgué pour sa sécurité"),
        ("ru", 3, "и 3 организации, названия которых не указаны в целях их безопасности"),
        ("ru", 11, "и 11 организаций, названия которых не указаны в целях их безопасности"),
        ("ar", 2, "ومنظمتان حجب اسماهما حفاظا على سلامتهما"),
        ("ar", 5, "و5 منظمات حجبت أسماؤها حفاظا على سلامتها"),
        ("zh-TW", 2, "以及 2 個基於安全考量不公開名稱的組織"),
    ],
)
def test_withheld_names_are_counted_by_the_rules_of_the_language(language: str, count: int, line: str) -> None:
    assert FixedWords(language).withheld(count, after_names=True) == line


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "12,345"), ("de", "12.345"), ("fr", "12\u00a0345"), ("ar", "12,345"), ("ug", "12,345")],
)
def test_counts_are_grouped_by_the_language_in_western_digits(language: str, shown: str) -> None:
    assert FixedWords(language).number(12345) == shown


def test_languages_without_words_are_spoken_to_in_english_and_it_is_known() -> None:
    words = FixedWords("ug")
    assert (words.language, words.letterhead) == ("en", "Joint public letter")
    assert FixedWords("pt-BR").language == "pt"
    assert FixedWords("zh-HK").language == "zh-Hant"


@pytest.mark.parametrize(
    ("language", "line", "rest"),
    [
        ("en", "Cc: Ms Example", "Ms Example"),
        ("en", "copy to:", ""),
        ("en", "Cc Ms Example", None),
        ("fr", "Copie à\u00a0: M. Exemple", "M. Exemple"),
        ("zh", "抄送：市长", "市长"),
        ("fr", "Cc: M. Exemple", "M. Exemple"),
        ("en", "Copenhagen: City Hall", None),
    ],
)
def test_a_line_that_says_it_is_for_a_copy_is_known(language: str, line: str, rest: str | None) -> None:
    assert FixedWords(language).of_a_copy(line) == rest
