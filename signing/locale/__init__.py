"""The languages the service itself speaks: one folder each with a gettext catalogue; may import babel only.

English is what the program is written in and needs none.
"""

from __future__ import annotations

from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.support import Translations

_FOLDER = Path(__file__).resolve().parent
_SOURCE = "en"


def translations(language: str) -> NullTranslations:
    """The catalogue of the nearest language we speak; English, as written, where there is none."""
    return _catalogue(spoken(language))


@lru_cache(maxsize=256)
def spoken(language: str) -> str:
    """The tag of the language a reader of `language` is spoken to in (for the `lang` of pages and mails)."""
    folders = {path.parent.parent.name.replace("_", "-").lower(): path.parent.parent.name for path in _catalogues()}
    wanted = language.replace("_", "-").lower()
    while wanted:
        if wanted in folders:
            return folders[wanted].replace("_", "-")
        wanted = wanted.rpartition("-")[0]
    return _SOURCE


def text_direction(language: str) -> str:
    """`rtl` for languages written from right to left, else `ltr`."""
    try:
        return Locale.parse(language, sep="-").text_direction
    except (ValueError, UnknownLocaleError):
        return "ltr"


@lru_cache(maxsize=64)
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(str(_FOLDER), [language.replace("-", "_")], "messages")


def _catalogues() -> list[Path]:
    return sorted(_FOLDER.glob("*/LC_MESSAGES/messages.mo"))
