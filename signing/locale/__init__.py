"""The languages the service itself speaks: one folder each with a gettext catalogue; may import babel only.

English is what the program is written in and needs none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

SOURCE = "en"
FOLDER = Path(__file__).resolve().parent
_ISOLATE, _END = "\u2068", "\u2069"
_RIGHT_TO_LEFT = frozenset({"Adlm", "Arab", "Aran", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"})
_VALUE = re.compile(r"%\(\w+\)s/?|\{\w+\}")


def translations(language: str) -> NullTranslations:
    """The catalogue of the nearest language we speak; English, as written, where there is none."""
    return _catalogue(spoken(language))


def spoken(language: str) -> str:
    """The tag of the language a reader of `language` is spoken to in (for the `lang` of pages and mails)."""
    return _nearest(language) or SOURCE


def preferred(languages: Iterable[str]) -> str:
    """The first of a reader's `languages`, best first, that we speak; English when it is none of them."""
    return next((found for tag in languages if (found := _nearest(tag))), SOURCE)


def text_direction(language: str) -> str:
    """`rtl` for languages written from right to left, else `ltr`. A script in the tag decides: Uyghur has three."""
    script = next((part for part in language.split("-")[1:] if len(part) == 4 and part.isalpha()), None)
    if script:
        return "rtl" if script in _RIGHT_TO_LEFT else "ltr"
    try:
        return Locale.parse(language, sep="-").text_direction
    except (ValueError, UnknownLocaleError):
        return "ltr"


def catalogues() -> dict[str, Path]:
    """The catalogue of every language we have been translated into, by tag."""
    return {path.parents[1].name.replace("_", "-"): path for path in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))}


@lru_cache(maxsize=256)
def _nearest(language: str) -> str | None:
    tags = {tag.lower(): tag for tag in (SOURCE, *catalogues())}
    wanted = language.replace("_", "-").lower()
    while wanted and wanted not in tags:
        wanted = wanted.rpartition("-")[0]
    return tags.get(wanted)


@lru_cache(maxsize=64)
def _catalogue(language: str) -> NullTranslations:
    path = catalogues().get(language)
    return read_catalogue(path, language) if path else NullTranslations()


def read_catalogue(path: Path, language: str, *, isolate: bool = True) -> NullTranslations:
    """The words of the file that translators edit: there is nothing to compile, and so nothing to forget.

    What is marked fuzzy is left out: it was said of other English. In a language written from the right, values are
    kept apart from the words around them, unless that is done where they are set.
    """
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language.replace("-", "_"))
    if isolate and text_direction(language) == "rtl":
        for message in catalogue:
            # A Latin name or an address in an Arabic line must not carry the punctuation beside it away.
            if message.id and message.string:
                message.string = _isolated(message.string)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled, "messages")


def _isolated(said: str | Sequence[str]) -> str | tuple[str, ...]:
    """The words, or the words of each number, with every value in them kept apart."""
    if isinstance(said, str):
        return _VALUE.sub(rf"{_ISOLATE}\g<0>{_END}", said)
    return tuple(_VALUE.sub(rf"{_ISOLATE}\g<0>{_END}", form) for form in said)
