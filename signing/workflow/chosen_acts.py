"""What is done with several organisations at once that a coordinator ticked, or chose by a filter: remind, invite.

Pressed twice it happens once: whoever was invited, or mailed today, is left out.
"""

from __future__ import annotations

from collections.abc import Collection

from signing.workflow.activity import Act, record
from signing.workflow.inviting import invite_stage
from signing.workflow.letters import locked_letter
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.notices import notice
from signing.workflow.ports import Services
from signing.workflow.reminding import Reminding, check_possible, told_of, turns_of


def invite(services: Services, letter_id: str, organisations: Collection[str]) -> int:
    """Invite those of them that have no invitation yet; how many mails were queued. Raises NotFound, NotAllowed."""
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        mailed = invite_stage(services, uow, letter, None, now, frozenset(organisations))
        uow.commit()
    return mailed


def remind(services: Services, letter_id: str, organisations: Collection[str]) -> Reminding:
    """Mail a reminder to those of them that have not answered the open words. Raises NotFound, NotAllowed."""
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        check_possible(letter, now)
        turns = list(turns_of(services, uow, letter, None, now, frozenset(organisations)))
        uow.outbox.add([
            notice(services, NoticeKind.REMINDER, turn.entry, turn.invitation.id, str(letter.version), now)
            for turn in turns
            if turn.invitation is not None and turn.left_out is None
        ])
        told = told_of(turns)
        if told.mailed:
            subject = next(iter(organisations)) if len(organisations) == 1 else None
            record(services, uow, Act.REMINDED, letter_id, subject, mailed=told.mailed, count=told.mailed)
        uow.commit()
    return told
