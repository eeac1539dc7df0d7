"""What has lost its use is not kept: sessions that ended, codes long expired, statements that
nobody signed in time, counters whose window is over."""

from __future__ import annotations

from datetime import timedelta

from signing.domain.access import SESSION_LASTS
from signing.workflow.address_book_ports import BROUGHT_LASTS
from signing.workflow.ports import Services
from signing.workflow.waiting_assents import OWN_KEY_LASTS

# A statement that rests on a code may wait as long for its signature, and a code is spent once.
CODES_KEPT = OWN_KEY_LASTS + timedelta(days=1)


def forget(services: Services) -> None:
    """Remove what no use case looks at any more."""
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        uow.accounts.forget_before(now - SESSION_LASTS)
        uow.codes.forget_before(now - CODES_KEPT)
        uow.rates.forget_before(now)
        uow.prepared.forget_before(now)
        uow.brought_rosters.forget_before(now - BROUGHT_LASTS)
        uow.commit()
