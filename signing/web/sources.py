"""Where a request came from, good for counting attempts and for nothing else.

What is counted is a keyed digest that changes every day: no address is stored, and none can be worked out from what
is. A whole IPv6 /64 is one source, because one household has as many addresses as it likes. Only a proxy on this
machine is believed when it names somebody else (`X-Forwarded-For`, the entry it added itself, which is the last); no
other header is looked at, so that nobody chooses where they come from.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from flask import Flask, g, request

from signing.workflow.ports import Services


def prepare(app: Flask, services: Services) -> None:
    """Note of every request that may change something where it came from."""

    @app.before_request
    def came_from() -> None:
        if request.method == "POST":
            day = services.clock().date().isoformat()
            g.source = services.tokens.source_digest(address_of(request.remote_addr, _forwarded()), day)


def source() -> bytes:
    """The keyed digest of where the present request came from; empty where nothing is counted."""
    found: bytes = g.get("source", b"")
    return found


def address_of(peer: str | None, forwarded: str) -> str:
    """The address or network behind a request; `forwarded` is the whole `X-Forwarded-For`.

    Over a socket of the file system, which has no peer address, only this machine can speak to us.
    """
    try:
        address = _read(peer or "127.0.0.1")
        if address.is_loopback and forwarded:
            address = _read(forwarded.rpartition(",")[2].strip())
    except ValueError:
        return "unknown"
    return str(ip_network((int(address), 64), strict=False)) if address.version == 6 else str(address)


def _read(text: str) -> IPv4Address | IPv6Address:
    address = ip_address(text)
    # How an IPv4 peer looks to a server that listens on both.
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def _forwarded() -> str:
    return ",".join(request.headers.getlist("X-Forwarded-For"))
