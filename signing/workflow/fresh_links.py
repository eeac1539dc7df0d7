"""A fresh link for whoever asks with the address that the roster has; a stranger learns nothing by asking.

The page keeps the address as a keyed digest and answers everybody alike. The mail worker finds out whether the digest
is that of anybody who was invited, and mails them, at that address and no other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from signing.domain.errors import N_, Faulty, NotAllowed
from signing.domain.invitation import Invitation, InvitationStanding, Part
from signing.domain.letter import LetterAction
from signing.domain.organisation import RosterEntry
from signing.workflow import inviting
from signing.workflow.allowances import (
    ALL_LINK_REQUESTS,
    ANYWHERE,
    LINK_REQUESTS,
    Allowance,
    TooManyAttempts,
    check,
    hit,
)
from signing.workflow.contact_ports import LinkRequest
from signing.workflow.identifiers import new_id
from signing.workflow.letters import locked_letter
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.notices import notice
from signing.workflow.ports import Services, UnitOfWork

LONGEST_ADDRESS = 254
# A request that nobody answered for so long is forgotten: its mail would come out of the blue.
REQUESTS_LAST = timedelta(hours=1)
# An invitation that ended longer ago is the coordinator's to renew.
RENEWABLE_FOR = timedelta(days=365)
AT_ONCE = 200
MAILS_AN_HOUR = Allowance("fresh-link-mails", 3, 60 * 60)


def ask(services: Services, address: str, source: bytes, language: str) -> None:
    """Note that somebody at `source` asks for a fresh link to `address`; known or not, it is the same work.

    Raises Faulty for what cannot be a mail address, TooManyAttempts.
    """
    address = address.strip()
    name, _at, host = address.rpartition("@")
    if not name or not host or len(address) > LONGEST_ADDRESS or any(character.isspace() for character in address):
        raise Faulty(N_("Please type a mail address, such as name@organisation.org."), field="email")
    now = services.clock()
    with services.unit_of_work() as uow:
        # Whoever only asks on is to keep nobody from writing.
        check(uow, LINK_REQUESTS, source, now)
        check(uow, ALL_LINK_REQUESTS, ANYWHERE, now)
    request = LinkRequest(new_id(services), services.tokens.address_digest(address), now, language)
    with services.unit_of_work(write=True) as uow:
        if not (hit(uow, LINK_REQUESTS, source, now) and hit(uow, ALL_LINK_REQUESTS, ANYWHERE, now)):
            raise TooManyAttempts
        uow.link_requests.add(request)
        uow.commit()


def answer_requests(services: Services) -> int:
    """Mail those who asked and were invited, and forget every request that was looked at; gives how many mails.

    An invitation that was revoked, by whomever, gets nothing, and neither does an address that asked never to be
    invited again.
    """
    now = services.clock()
    with services.unit_of_work() as uow:
        requests = uow.link_requests.waiting(AT_ONCE)
        if not requests:
            return 0
        by_address: dict[bytes, list[LinkRequest]] = defaultdict(list)
        for request in requests:
            by_address[request.address_sha256].append(request)
        wanted = _invited(services, uow, set(by_address) - uow.refused_addresses.among(by_address.keys()), now)
    return sum(_answer(services, asked, wanted.get(digest, []), now) for digest, asked in by_address.items())


def _invited(
    services: Services, uow: UnitOfWork, asked: set[bytes], now: datetime
) -> dict[bytes, list[Invitation]]:
    """The invitations of every letter that one of these addresses may have to do with."""
    found: dict[bytes, list[Invitation]] = defaultdict(list)
    if asked:
        for invitation, entry in uow.invitations.live(now - RENEWABLE_FOR):
            for address in {entry.email, *entry.former_emails}:
                if (digest := services.tokens.address_digest(address)) in asked:
                    found[digest].append(invitation)
    return found


def _answer(
    services: Services, asked: Sequence[LinkRequest], invitations: Sequence[Invitation], now: datetime
) -> int:
    """All requests of one address, in one unit of work: two workers never answer the same one."""
    mails = 0
    with services.unit_of_work(write=True) as uow:
        removed = [request for request in asked if uow.link_requests.remove(request.id)]
        fresh = [request for request in removed if now - request.at < REQUESTS_LAST]
        if fresh and invitations and hit(uow, MAILS_AN_HOUR, fresh[-1].address_sha256, now):
            # Always in this order, so that nobody waits for somebody who waits for them.
            for invitation in sorted(invitations, key=lambda each: (each.letter_id, each.id)):
                mails += _mail(services, uow, invitation.id, fresh[-1], now)
        uow.commit()
    return mails


def _mail(services: Services, uow: UnitOfWork, invitation_id: str, asked: LinkRequest, now: datetime) -> int:
    """Queue the mail for one invitation, if it is that of the address; gives 1 if so."""
    seen = uow.invitations.view(invitation_id, b"")
    if seen is None or seen.invitation.revoked_at is not None:
        return 0
    invitation = seen.invitation
    if invitation.standing(invitation.generation, now) is InvitationStanding.LIVE:
        if services.tokens.address_digest(seen.entry.email) != asked.address_sha256:
            return 0
        about = str(invitation.generation)
        uow.outbox.add([
            notice(services, NoticeKind.FRESH_LINK, seen.entry, invitation.id, about, now, language=asked.language)
        ])
        return 1
    letter, _head = locked_letter(uow, invitation.letter_id)
    # Somebody may have ended or renewed it while the letter was waited for.
    if (seen := uow.invitations.view(invitation_id, b"")) is None or seen.invitation != invitation:
        return 0
    entry = uow.roster.entry(invitation.letter_id, invitation.organisation_id)
    if entry is None or services.tokens.address_digest(_renewed_to(invitation, entry)) != asked.address_sha256:
        return 0
    try:
        letter.after(LetterAction.REISSUE, now)
        inviting.renew(services, uow, entry, invitation, now)
    except (NotAllowed, inviting.AddressRefused):
        return 0
    return 1


def _renewed_to(invitation: Invitation, entry: RosterEntry) -> str:
    """Whose invitation it is once it is renewed: the authority of a colleague ended with it, a reviewer's did not."""
    reviewer = invitation.email if invitation.part is Part.REVIEWER else None
    return reviewer or entry.email
