"""Zones: only a country whose clocks all agree has a time of its own."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from babel.core import get_global

from signing.locale.zones import zone_of


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("DE", "Europe/Berlin"),
        (" de ", "Europe/Berlin"),
        ("DEU", "Europe/Berlin"),
        ("Deutschland", "Europe/Berlin"),
        ("Allemagne", "Europe/Berlin"),
        ("المانيا", "Europe/Berlin"),
        ("德国", "Europe/Berlin"),
        ("UK", "Europe/London"),
        ("United Kingdom", "Europe/London"),
        ("CN", "Asia/Shanghai"),
        ("IN", "Asia/Kolkata"),
        ("Cote d'Ivoire", "Africa/Abidjan"),
        ("CÔTE D’IVOIRE", "Africa/Abidjan"),
        ("AR", "America/Argentina/Buenos_Aires"),
        ("Ukraine", "Europe/Kyiv"),
        ("Kenia", "Africa/Nairobi"),
        ("Turkey", "Europe/Istanbul"),
    ],
)
def test_a_country_with_one_time_has_its_zone_by_code_or_name(country: str, zone: str) -> None:
    """Rosters hold what their keepers typed: codes, and names in their own language with or without accents."""
    assert zone_of(country) == zone


@pytest.mark.parametrize(
    "country", ["US", "USA", "Russia", "BR", "ES", "MX", None, "", "ZZ", "001", "EU", "Atlantis", "*"]
)
def test_where_clocks_differ_or_are_unknown_no_zone_is_guessed(country: str | None) -> None:
    """A contact who is told a wrong hour misses the deadline."""
    assert zone_of(country) is None


def test_every_zone_can_be_read_and_belongs_to_its_country() -> None:
    """What CLDR names must exist in the tz database, or a page would fail for one country only."""
    found = {code: zone for code in get_global("territory_zones") if (zone := zone_of(code))}
    assert len(found) > 200
    for code, zone in found.items():
        assert ZoneInfo(zone).key in get_global("territory_zones")[code]
