"""Invitations: issued, reissued, revoked by the coordinator; opened by whoever holds the link."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from signing.domain.errors import N_, Faulty, NotFound, Refusal
from signing.domain.invitation import INVITATION_LASTS, Invitation, InvitationStanding, Part
from signing.domain.letter import Letter, LetterAction
from signing.domain.organisation import RosterEntry
from signing.workflow.activity import Act, record
from signing.workflow.allowances import (
    ALL_SHORT_CODES,
    ANYWHERE,
    SHORT_CODES,
    TooManyAttempts,
    check,
    hit,
    take_back,
)
from signing.workflow.identifiers import new_id
from signing.workflow.letters import locked_letter
from signing.workflow.mail_ports import Notice, NoticeKind
from signing.workflow.notices import notice
from signing.workflow.ports import OpenUnitOfWork, Services, UnitOfWork
from signing.workflow.tokens import SHORT_ALPHABET, SHORT_LENGTH, Tokens

# What people read for what it is not; the alphabet of short codes has none of these three.
MISREAD = str.maketrans("OIL", "011")


class LinkClosed(NotFound):
    """A link or short code that opens nothing: never issued, cut short, too old, replaced or withdrawn.

    Which of these it was is told to nobody: whoever holds an old link learns nothing from it (FAULTS S5).
    """

    code = "link-closed"

    def __init__(self) -> None:
        super().__init__(
            N_("Perhaps it was cut in two on its way, is too old, or a newer one has taken its place; or the "
               "invitation was withdrawn.")
        )


class AddressRefused(Refusal):
    """Whoever reads this address asked never to be invited again."""

    code = "address-refused"

    def __init__(self) -> None:
        super().__init__(
            "Whoever reads this address asked never to be invited again, so nothing was mailed. Please bring the "
            "roster with another contact for this organisation."
        )


@dataclass(frozen=True, slots=True)
class OpenedLink:
    letter_id: str
    invitation_id: str
    generation: int


def invite(services: Services, letter_id: str, *, stage: int | None = None) -> int:
    """Invite every organisation (of `stage`) that has no invitation yet; returns how many mails were queued.

    Run again it invites only those who were added meanwhile. An address that asked never to be invited is not mailed:
    its invitation is made revoked, and the status says that another contact is needed. Raises NotFound, NotAllowed.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        mailed = invite_stage(services, uow, letter, stage, now)
        uow.commit()
    return mailed


def invite_stage(
    services: Services,
    uow: UnitOfWork,
    letter: Letter,
    stage: int | None,
    now: datetime,
    only: Collection[str] | None = None,
) -> int:
    """Invite those of `stage` (of the organisations `only`) who have no invitation yet, inside the caller's unit of
    work and under the letter's lock, in as many statements for five thousand as for one. Raises NotAllowed."""
    letter.after(LetterAction.INVITE, now)
    asked = [
        each
        for each in uow.roster.invited(letter.id)
        if stage in (None, each[0].stage) and (only is None or each[0].organisation_id in only)
    ]
    waiting = [entry for entry, invitation in asked if invitation is None]
    unwanted = refused(services, uow, (entry.email for entry in waiting))
    made = [(entry, first(services, entry, now)) for entry in waiting]
    uow.invitations.add_all([
        replace(invitation, revoked_at=now) if entry.email in unwanted else invitation for entry, invitation in made
    ])
    notices = [
        invitation_notice(services, entry, invitation, now) for entry, invitation in made if entry.email not in unwanted
    ]
    uow.outbox.add(notices)
    opened = uow.stages.opened(letter.id, {entry.stage for entry, _ in asked}, now) if asked else set()
    if waiting or opened:
        stages = opened | {entry.stage for entry in waiting}
        record(services, uow, Act.INVITED, letter.id, stages=_listed(stages), mailed=len(notices))
    return len(notices)


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(each) for each in sorted(numbers))


def refused(services: Services, uow: UnitOfWork, addresses: Iterable[str]) -> set[str]:
    """Those of `addresses` that asked never to be invited again."""
    digests = {address: services.tokens.address_digest(address) for address in addresses}
    unwanted = uow.refused_addresses.among(digests.values())
    return {address for address, digest in digests.items() if digest in unwanted}


def reissue(services: Services, letter_id: str, organisation_id: str, part: Part = Part.SIGNATORY) -> None:
    """Send whoever holds this part of an organisation a new link; every older link of it is dead from now on.

    Raises NotFound, NotAllowed, AddressRefused.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.REISSUE, now)
        entry, old = _invited(uow, letter_id, organisation_id, part)
        renew(services, uow, entry, old, now)
        record(services, uow, Act.LINK_REISSUED, letter_id, organisation_id, part=part.value)
        uow.commit()


def renew(services: Services, uow: UnitOfWork, entry: RosterEntry, old: Invitation, now: datetime) -> None:
    """Issue the next link of an invitation, inside the caller's unit of work, to whoever holds it: a reviewer, a
    colleague until the end of their authority, and else the contact of `entry`, which is the roster's own.

    Raises AddressRefused.
    """
    if old.lent and now >= old.expires_at:
        old = old.given_back()
    pass_on(services, uow, entry, old if old.lent else replace(old, expires_at=now + INVITATION_LASTS), now)


def pass_on(services: Services, uow: UnitOfWork, entry: RosterEntry, held: Invitation, now: datetime) -> None:
    """Issue the next link of `held` to the holder that it names, good until it expires; every older one is dead.

    Raises AddressRefused.
    """
    to = held.spoken_for(entry)
    if refused(services, uow, [to.email]):
        raise AddressRefused
    fresh = _linked(services.tokens, replace(held, generation=held.generation + 1, issued_at=now, revoked_at=None))
    uow.invitations.reissue(fresh)
    uow.outbox.add([invitation_notice(services, to, fresh, now)])


def revoke(services: Services, letter_id: str, organisation_id: str) -> None:
    """End an organisation's link without sending another. Raises NotFound."""
    with services.unit_of_work(write=True) as uow:
        locked_letter(uow, letter_id)
        _, invitation = _invited(uow, letter_id, organisation_id, Part.SIGNATORY)
        uow.invitations.revoke(invitation.id, services.clock())
        record(services, uow, Act.LINK_REVOKED, letter_id, organisation_id)
        uow.commit()


def open_link(services: Services, token: str) -> OpenedLink:
    """What a mailed link opens; writes nothing, so that no scanner can use a link up.

    The link is looked up by its digest: there is no comparison whose time could tell anything (S6).
    Raises LinkClosed.
    """
    with services.unit_of_work() as uow:
        found = uow.invitations.by_token(services.tokens.digest(token), services.clock())
    if found is None:
        raise LinkClosed
    return OpenedLink(found.letter_id, found.id, found.generation)


def open_short(services: Services, typed: str, source: bytes) -> OpenedLink:
    """What a short code opens that was typed at our own address, by somebody at `source` (`allowances`).

    Nothing is written but the counters of wrong ones; a wrong, an old and a revoked code look and cost the same.
    Raises Faulty `code-length` for what cannot be one, TooManyAttempts, LinkClosed.
    """
    code = tidy_short_code(typed)
    now = services.clock()
    with services.unit_of_work() as uow:
        # Whoever only guesses on is to keep nobody from writing.
        check(uow, SHORT_CODES, source, now)
        check(uow, ALL_SHORT_CODES, ANYWHERE, now)
    with services.unit_of_work(write=True) as uow:
        # Counted before it is judged, so that guesses that come at once are all counted.
        if not (hit(uow, SHORT_CODES, source, now) and hit(uow, ALL_SHORT_CODES, ANYWHERE, now)):
            raise TooManyAttempts
        found = uow.invitations.by_short(services.tokens.short_digest(code), now)
        if found is not None:
            take_back(uow, SHORT_CODES, source, now)
            take_back(uow, ALL_SHORT_CODES, ANYWHERE, now)
        uow.commit()
    if found is None:
        raise LinkClosed
    return OpenedLink(found.letter_id, found.id, found.generation)


def give_short_codes(unit_of_work: OpenUnitOfWork, tokens: Tokens, now: datetime) -> None:
    """Let the short codes that mails carry open the invitations, too, that were issued before there were any."""
    with unit_of_work(write=True) as uow:
        for invitation, _entry in uow.invitations.live(now):
            if invitation.short_sha256 is None and (digest := _linked(tokens, invitation).short_sha256):
                uow.invitations.remember_short(invitation.id, digest)
        uow.commit()


def tidy_short_code(typed: str) -> str:
    """The twelve characters that were meant: O is read as 0, I and L as 1, and whatever sets them apart is left out;
    figures may be those of any script.

    Raises Faulty `code-length`.
    """
    said = [each for each in unicodedata.normalize("NFKC", typed).upper() if each.isalnum()]
    code = "".join(str(unicodedata.digit(each, each)) for each in said).translate(MISREAD)
    if len(code) != SHORT_LENGTH or not set(code) <= set(SHORT_ALPHABET):
        raise Faulty(
            N_("A short code has twelve letters and figures. Please copy it from the mail once more."),
            code="code-length", field="code",
        )
    return code


def link_of(services: Services, letter_id: str, organisation_id: str) -> str:
    """The token of an organisation's newest link, for the demonstration's own front page only.

    Coordinators never see links: whoever holds one can ask for codes in the contact's name. Raises NotFound.
    """
    with services.unit_of_work() as uow:
        _, invitation = _invited(uow, letter_id, organisation_id, Part.SIGNATORY)
    return services.tokens.link(invitation.id, invitation.generation)


def check_standing(invitation: Invitation, generation: int, now: datetime) -> None:
    """Refuse an invitation that is no longer live for a link of this generation. Raises LinkClosed."""
    if invitation.standing(generation, now) is not InvitationStanding.LIVE:
        raise LinkClosed


def _invited(uow: UnitOfWork, letter_id: str, organisation_id: str, part: Part) -> tuple[RosterEntry, Invitation]:
    entry = uow.roster.entry(letter_id, organisation_id)
    invitation = uow.invitations.of_part(letter_id, organisation_id, part)
    if entry is None or invitation is None:
        raise NotFound("This organisation has no such invitation to this letter.")
    return entry, invitation


def invitation_notice(services: Services, to: RosterEntry, invitation: Invitation, now: datetime) -> Notice:
    """The mail with the newest link of an invitation; `to` is the entry as it speaks."""
    # It names the link it is about: once a newer one is issued, this mail must not carry that one anywhere.
    return notice(services, NoticeKind.INVITATION, to, invitation.id, str(invitation.generation), now)


def first(services: Services, entry: RosterEntry, now: datetime) -> Invitation:
    """A new invitation of the organisation, for the roster's contact to answer."""
    new = Invitation(
        id=new_id(services),
        letter_id=entry.letter_id,
        organisation_id=entry.organisation_id,
        generation=1,
        token_sha256=b"",
        issued_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    return _linked(services.tokens, new)


def _linked(tokens: Tokens, invitation: Invitation) -> Invitation:
    """The invitation with the digests of its link and of its short code."""
    name, generation = invitation.id, invitation.generation
    return replace(
        invitation,
        token_sha256=tokens.digest(tokens.link(name, generation)),
        short_sha256=tokens.short_digest(tokens.short_code(name, generation)),
    )
