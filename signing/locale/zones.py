"""The time zone that a country keeps, so that a reader sees a deadline by their own clock; may import babel only."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global

from signing.locale import FOLDER, SOURCE

# Where the clocks of a country agree, CLDR does not say which of its zones people know by name.
_KNOWN_BY = {
    "AR": "America/Argentina/Buenos_Aires",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro",
    "MY": "Asia/Kuala_Lumpur",
    "PS": "Asia/Gaza",
    "UZ": "Asia/Tashkent",
}
# One time by law, though the tz database keeps a second one: a custom of Xinjiang, and Crimea's clocks.
_BY_LAW = {"CN": "Asia/Shanghai", "UA": "Europe/Kyiv"}
# Names that people write and CLDR does not have among its own.
_ALSO = {"czechrepublic": "CZ", "greatbritain": "GB", "ivorycoast": "CI", "palestine": "PS", "turkey": "TR"}
# A year behind all changes that the tz database announces one by one: by what rules the clocks of a zone are set now.
_RULED = tuple(datetime(2099, 1, 1, 12, tzinfo=UTC) + timedelta(days=day) for day in range(365))


@lru_cache(maxsize=1024)
def zone_of(country: str | None) -> str | None:
    """The IANA zone of a country, given as a code of ISO 3166 or by its name in a language of ours.

    None where clocks differ within it (United States, Brazil, Spain with its islands): a wrong hour is worse than the
    letter's alone; and for a country that we do not know.
    """
    code = _territory(country or "")
    if code is None:
        return None
    if code in _BY_LAW:
        return _BY_LAW[code]
    zones: list[str] = get_global("territory_zones")[code]
    if len(zones) == 1 or len({_clock(zone) for zone in zones}) == 1:
        return _KNOWN_BY.get(code, zones[0])
    return None


def _territory(country: str) -> str | None:
    """The two letters that CLDR gives a country, if it has zones of its own."""
    written = country.strip().upper()
    for code in (written, *get_global("territory_aliases").get(written, ())):
        if len(code) == 2 and code.isascii() and code.isalpha() and code in get_global("territory_zones"):
            return code if code != "ZZ" else None
    return _names().get(_bare(country))


def _clock(zone: str) -> tuple[timedelta | None, ...]:
    place = ZoneInfo(zone)
    return tuple(moment.astimezone(place).utcoffset() for moment in _RULED)


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    """The code of every country by its bare name; a name that two countries share is left out."""
    codes: dict[str, set[str]] = {}
    for language in (SOURCE, *(path.name for path in FOLDER.iterdir() if (path / "LC_MESSAGES").is_dir())):
        for code, name in Locale.parse(language).territories.items():
            if code in get_global("territory_zones") and code.isalpha() and code != "ZZ":
                codes.setdefault(_bare(name), set()).add(code)
    return MappingProxyType(_ALSO | {name: next(iter(found)) for name, found in codes.items() if len(found) == 1})


def _bare(name: str) -> str:
    """Letters and digits only: accents, apostrophes and case are written in many ways."""
    return "".join(char for char in unicodedata.normalize("NFKD", name.casefold()) if char.isalnum())
