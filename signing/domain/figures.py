"""The figures in a text, as values that can be compared between languages.

May import the standard library. `1,000`, `1.000`, `1 000` and `١٬٠٠٠` are one thousand each in its own language;
a month in figures, a small number and a Chinese numeral may as well be a word in another language, and are marked so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

# Languages whose decimals stand behind a point; the others write a comma. Arabic has signs of its own beside both.
_POINT: Final = frozenset(
    ("en", "zh", "ja", "ko", "he", "th", "hi", "bn", "ta", "ur", "ms", "sw", "my", "km", "ne", "si", "am", "ar")
)
_SPACES: Final = "\u00a0\u2009\u202f"
_RUN: Final = re.compile(rf"\d{{1,3}}(?: \d{{3}})+(?!\d)(?:[.,٫]\d+)?|\d+(?:[.,'’٫٬{_SPACES}]\d+)*")
_DATE: Final = re.compile(
    r"(?<![\d./-])(?:(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{1,2})([-/.])(\d{1,2})\6(\d{4}))(?![\d])"
)
_HAN_DIGITS: Final = {sign: at % 10 for at, sign in enumerate("〇一二三四五六七八九零")} | {"两": 2, "兩": 2}
_HAN_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_HAN: Final = re.compile(f"[{''.join(_HAN_DIGITS)}{''.join(_HAN_UNITS)}]{{1,12}}")
_MONTH: Final = re.compile(r"\s?[月월]")
_LONGEST: Final = 30
_SMALL: Final = 12  # what letters spell out as words

_BILLION: Final = re.compile(r"\s?billions?\b", re.IGNORECASE)
_SCALES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), Decimal(10) ** power)
    for pattern, power in (
        (r"\s?(?:亿|億|억)", 8),
        (r"\s?(?:万|萬|만)", 4),
        (r"\s?mil mill(?:ones|ón)\b", 9),
        (r"\s?(?:milliard|miliard|bilhões|bilhão|مليار|миллиард)\w*", 9),
        (r"\s?(?:billion|billón|billones)\w*", 12),
        (r"\s?(?:milli|milh|mili?on|mill[oó]n|مليون|ملايين|миллион)\w*", 6),
        (r"\s?(?:thousand|mille?\b|tausend|mil\b|ألف|آلاف|тысяч)\w*", 3),
    )
)


@dataclass(frozen=True, slots=True)
class Figure:
    """`written` as it stands in the text; `spoken`: another language may say it in words, or not at all."""

    written: str
    value: Decimal
    spoken: bool = False


def figures(text: str, language: str) -> list[Figure]:
    """Read the figures of a text, in the order they stand there but for dates in figures, which come first."""
    found: list[Figure] = []

    def take_date(match: re.Match[str]) -> str:
        year, first, second = (match[1], match[3], match[4]) if match[1] else (match[8], match[5], match[7])
        # Which of the two is the month is told by words in other languages, and here by custom only.
        found.append(_whole(year))
        found.extend(_whole(part, spoken=True) for part in (first, second))
        return " " * len(match[0])

    rest = _DATE.sub(take_date, text)
    for match in _RUN.finditer(rest):
        found += _read(match, rest, language)
    if language.partition("-")[0] in ("zh", "ja"):
        found += [
            Figure(match[0], value, True) for match in _HAN.finditer(rest) if (value := _han(match[0])) is not None
        ]
    return found


def _whole(digits: str, *, spoken: bool = False) -> Figure:
    value = Decimal(int(digits))
    return Figure(digits, value, spoken or value <= _SMALL)


def _read(match: re.Match[str], text: str, language: str) -> Iterator[Figure]:
    written = match[0]
    if len(written) > _LONGEST:
        # No count and no year: a number of an account or a file, the same in every language.
        yield Figure(written, Decimal(int("".join(char for char in written if char.isdecimal())[:_LONGEST])))
        return
    value = _value(written, language)
    if value is None:
        yield from (_whole(digits) for digits in re.findall(r"\d+", written))
        return
    scaled = _scale(text, match.end(), language)
    month = scaled == 1 and _MONTH.match(text, match.end()) is not None
    yield Figure(written, value * scaled, month or (scaled == 1 and value <= _SMALL and value == int(value)))


def _value(written: str, language: str) -> Decimal | None:
    """Read one figure by the custom of its language; None where it is several, such as 2.3.1."""
    point, group = (".", ",") if language.partition("-")[0] in _POINT else (",", ".")
    grouped = rf"\d{{1,3}}([{re.escape(group)}'’٬ {_SPACES}])\d{{3}}(?:\2\d{{3}})*"
    for decimal in (point, "٫"):
        match = re.fullmatch(rf"({grouped}|\d+)(?:{re.escape(decimal)}(\d+))?", written)
        if match is not None:
            whole = "".join(char for char in match[1] if char.isdecimal())
            return Decimal(f"{int(whole)}.{_ascii(match[3])}") if match[3] else Decimal(int(whole))
    return None


def _ascii(digits: str) -> str:
    return "".join(str(int(digit)) for digit in digits)


def _scale(text: str, end: int, language: str) -> Decimal:
    if language.partition("-")[0] == "en" and _BILLION.match(text, end):
        return Decimal(10) ** 9
    return next((factor for pattern, factor in _SCALES if pattern.match(text, end)), Decimal(1))


def _han(written: str) -> Decimal | None:
    """Read 十五 as 15 and 二〇二三 as 2023; a single sign is as often part of a word."""
    if len(written) == 1 and written not in _HAN_UNITS:
        return Decimal(_HAN_DIGITS[written])
    if not any(sign in _HAN_UNITS for sign in written):
        return Decimal(int("".join(str(_HAN_DIGITS[sign]) for sign in written)))
    total = digit = 0
    for sign in written:
        if sign in _HAN_DIGITS:
            digit = _HAN_DIGITS[sign]
        else:
            total += (digit or 1) * _HAN_UNITS[sign]
            digit = 0
    return Decimal(total + digit)
