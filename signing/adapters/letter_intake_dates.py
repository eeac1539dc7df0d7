"""Dates as people write them: read from a letter's opening, and printed in its language.

May import Babel (the CLDR's names of months), `signing.domain` and the standard library. A date in figures only
(02/03/2023) is not read: it is two days at once.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from signing.domain.letter_text import is_language_tag

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z", re.ASCII)
_EAST_ASIAN = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日\Z")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_SMALL_WORDS = frozenset(
    ("st", "nd", "rd", "th", "er", "de", "del", "di", "le", "el", "il", "den", "am", "the", "of", "do", "da", "al")
)
_LONGEST = 60


def locale_of(language: str) -> Locale | None:
    """Find the CLDR's locale of a language tag, or None when it is no tag or no language known there."""
    if not is_language_tag(language):
        return None
    parts = language.split("-")
    while parts:
        try:
            return Locale.parse("-".join(parts), sep="-")
        except (UnknownLocaleError, ValueError):
            if len(parts) == 1:
                return None
            parts.pop()
    return None


def date_line_for(day: date, language: str) -> str:
    """Print a day in the words of a language; plain English is dated the British way: 15 February 2023."""
    locale = Locale.parse("en_GB") if language == "en" else locale_of(language)
    if locale is None:
        return day.isoformat()
    return unicodedata.normalize("NFC", format_date(day, format="long", locale=locale))


def read_date(text: str, language: str) -> date | None:
    """Read a day whose month is named (15 February 2023, February 15, 2023), or in the form 2023-02-15."""
    text = text.strip().rstrip(".").strip()
    if len(text) > _LONGEST:
        return None
    figures = _ISO.match(text) or _EAST_ASIAN.match(text)
    if figures is not None:
        return _day(int(figures[1]), int(figures[2]), int(figures[3]))
    numbers: list[str] = []
    months: list[int] = []
    names = _month_names(language)
    for token in _TOKEN.findall(text.casefold()):
        if token.isdecimal():
            numbers.append(token)
        elif token in names:
            months.append(names[token])
        elif token not in _SMALL_WORDS and token not in _weekday_names(language):
            return None
    if len(months) != 1 or len(numbers) != 2:
        return None
    years = [number for number in numbers if len(number) == 4]
    days = [number for number in numbers if len(number) <= 2]
    if len(years) != 1 or len(days) != 1:
        return None
    return _day(int(years[0]), months[0], int(days[0]))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=32)
def _month_names(language: str) -> dict[str, int]:
    locale = locale_of(language)
    if locale is None:
        return {}
    found: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[context][width].items():
                found[str(name).casefold().rstrip(".")] = int(number)
    return found


@lru_cache(maxsize=32)
def _weekday_names(language: str) -> frozenset[str]:
    locale = locale_of(language)
    if locale is None:
        return frozenset()
    return frozenset(str(name).casefold() for name in locale.days["format"]["wide"].values())
