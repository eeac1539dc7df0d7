"""Where a request came from: what is one source, whom we believe about it, and that no address is kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from signing.web.sources import address_of
from tests.web.installation import BASE_URL, House
from tests.web.visitor import Visitor


@pytest.mark.parametrize(("peer", "forwarded", "source"), [
    ("203.0.113.9", "", "203.0.113.9"),
    # Nobody but a proxy on this machine may name somebody else.
    ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
    ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
    ("::1", "198.51.100.1", "198.51.100.1"),
    ("127.0.0.1", "", "127.0.0.1"),
    # What came before the proxy's own entry, anybody may have written.
    ("127.0.0.1", "8.8.8.8, 198.51.100.1", "198.51.100.1"),
    ("127.0.0.1", "8.8.8.8,,198.51.100.1", "198.51.100.1"),
    # A household has as many IPv6 addresses as it likes, all in one /64.
    ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
    ("2001:db8:1:2:ffff::1", "", "2001:db8:1:2::/64"),
    ("2001:db8:1:3::1", "", "2001:db8:1:3::/64"),
    ("fe80::1%eth0", "", "fe80::/64"),
    ("::ffff:203.0.113.9", "", "203.0.113.9"),
    ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
    # A socket in the file system has no peer.
    ("", "198.51.100.1", "198.51.100.1"),
    (None, "", "127.0.0.1"),
    ("127.0.0.1", "unknown", "unknown"),
    ("127.0.0.1", "198.51.100.1, ", "unknown"),
    ("nonsense", "198.51.100.1", "unknown"),
])
def test_a_source_is_who_is_connected_or_whom_our_own_proxy_names(
    peer: str | None, forwarded: str, source: str
) -> None:
    assert address_of(peer, forwarded) == source


def test_what_is_counted_holds_no_address_and_is_another_one_the_next_day(
    house: House, visit: Callable[[], Visitor]
) -> None:
    def guesses(peer: str, forwarded: str | None = None) -> set[str]:
        visitor = visit().goes_to("/enter")
        visitor.client.post(
            "/enter", base_url=BASE_URL, environ_base={"REMOTE_ADDR": peer},
            headers={"X-Forwarded-For": forwarded} if forwarded else None,
            data={"csrf_token": visitor.token_shown, "code": "0000-0000-0000"},
        )
        return kept()

    def kept() -> set[str]:
        with house.services.unit_of_work() as uow:
            return {digest.hex() for digest in keys if uow.rates.count("short-codes-wrong", digest, window=900,
                                                                       now=house.clock.now)}

    today, tomorrow = "2026-03-02", "2026-03-03"
    keys = [house.services.tokens.source_digest("203.0.113.9", day) for day in (today, tomorrow)]
    assert guesses("203.0.113.9") == {keys[0].hex()}
    assert guesses("127.0.0.1", "1.2.3.4, 203.0.113.9") == {keys[0].hex()}
    assert "203.0.113" not in house.dump()
    house.clock.pass_(days=1)
    assert guesses("203.0.113.9") == {keys[1].hex()}
