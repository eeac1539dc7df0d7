"""Names of countries, out of whatever a sheet calls them into the language of a letter; may import babel only."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from babel import Locale, UnknownLocaleError

# What people write that CLDR does not call them.
_ALSO = {
    "uk": "GB", "great britain": "GB", "england": "GB", "usa": "US", "us": "US", "united states of america": "US",
    "drc": "CD", "dr congo": "CD", "uae": "AE", "ivory coast": "CI", "czech republic": "CZ", "macedonia": "MK",
    "burma": "MM", "turkey": "TR", "palestine": "PS", "hong kong": "HK", "macau": "MO", "holland": "NL",
    "south korea": "KR", "north korea": "KP", "russia": "RU", "syria": "SY", "cape verde": "CV", "swaziland": "SZ",
}  # fmt: skip
_READ = ("en", "fr", "es", "pt", "de", "it", "nl", "ar", "zh", "zh_Hant", "ru", "tr", "sw", "id", "fa", "uk", "pl")


def territory(text: str) -> str:
    """The two letters of the country that `text` names in any of many languages; what is none comes back as it is."""
    plain = _plain(text)
    if len(plain) == 2 and plain.upper() in _names("en"):
        return plain.upper()
    return _codes().get(plain) or _codes().get(plain.removeprefix("the ")) or " ".join(text.split())


def country_name(code: str, language: str) -> str:
    """What the country of these two letters is called; what is no such country comes back as it is."""
    return _names(language).get(code) or _names("en").get(code, code)


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for language in _READ:
        for code, name in _names(language).items():
            codes.setdefault(_plain(name), code)
    return codes | _ALSO


@lru_cache(maxsize=32)
def _names(language: str) -> dict[str, str]:
    try:
        found = Locale.parse(language.replace("-", "_")).territories
    except (ValueError, UnknownLocaleError):
        return {}
    return {code: str(name) for code, name in found.items() if len(code) == 2 and code not in ("ZZ", "XA", "XB", "QO")}


def _plain(text: str) -> str:
    spelt = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(char for char in spelt if not unicodedata.combining(char)).replace(".", "").split())
