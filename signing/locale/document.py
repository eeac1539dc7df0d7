"""The words around a letter, in the languages letters are written in; may import its siblings and babel.

They are more than the service itself speaks: a catalogue of their own (`document.po`) in each language's folder.
"""

from __future__ import annotations

from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal

from signing.locale import FOLDER, SOURCE, read_catalogue

DOMAIN = "document"


def catalogues() -> dict[str, Path]:
    """The catalogue of every language we have these words in, by tag."""
    found = sorted(FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    return {path.parents[1].name.replace("_", "-"): path for path in found}


@lru_cache(maxsize=64)
def words(language: str) -> tuple[str, NullTranslations]:
    """The nearest language to a letter's that we have words in, and the words: English where there is none."""
    known = catalogues()
    for tag in _nearest_first(language):
        if tag in known:
            return tag, read_catalogue(known[tag], tag, isolate=False)
    return SOURCE, NullTranslations()


def number(count: int, language: str) -> str:
    """A count with the separators of the language and Western digits. The no-break space is the common one, which
    every face has."""
    return format_decimal(count, locale=_locale(language)).replace("\u202f", "\u00a0")


def _nearest_first(language: str) -> list[str]:
    """The tags that may stand for a language, `zh-Hant` for `zh-TW` before `zh`."""
    base = language.split("-")[0]
    return [language, f"{base}-{_locale(language).script}", base]


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale(SOURCE)
