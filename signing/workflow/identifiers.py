"""Random identifiers that may stand in addresses: 80 bits, lower-case base32, no account of anything."""

from __future__ import annotations

import base64

from signing.workflow.ports import Services


def new_id(services: Services) -> str:
    """Sixteen characters that nobody can guess or enumerate."""
    return base64.b32encode(services.random(10)).decode().lower()
