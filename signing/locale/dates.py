"""Dates in words, in the reader's language and the letter's time zone; may import babel only."""

from __future__ import annotations

from datetime import date, datetime

from babel import Locale
from babel.dates import format_date, format_datetime, get_timezone, get_timezone_location

from signing.locale import translations


def moment(when: datetime, zone: str, language: str) -> str:
    """A moment in words, in the letter's zone, the zone named."""
    gettext, locale, place = translations(language).gettext, _locale(language), get_timezone(zone)
    # L10n: a date pattern of CLDR: EEEE is the day of the week, d the day, MMMM the month, y the year.
    words = format_datetime(when, gettext("EEEE d MMMM y, HH:mm"), tzinfo=place, locale=locale)
    if zone.upper() in ("UTC", "ETC/UTC"):
        return gettext("%(words)s (UTC)") % {"words": words}
    city = get_timezone_location(place, locale=locale, return_city=True)
    return gettext("%(words)s (%(city)s time)") % {"words": words, "city": city}


def day(when: datetime | date, zone: str, language: str) -> str:
    """A day in words, as it is in the letter's zone."""
    if isinstance(when, datetime):
        when = when.astimezone(get_timezone(zone)).date()
    # L10n: a date pattern of CLDR: d is the day, MMMM the month, y the year.
    return format_date(when, translations(language).gettext("d MMMM y"), locale=_locale(language))


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, LookupError):
        return Locale("en")
