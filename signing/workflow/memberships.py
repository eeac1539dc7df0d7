"""Who has a part in a letter: whoever makes it leads it, and leads say who else does what with it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from email_validator import EmailNotValidError, validate_email

from signing.domain.access import (
    AT_FIRST,
    Account,
    Member,
    MemberRole,
    Permission,
    Role,
    account_role,
    may_on_letter,
)
from signing.domain.activity import Activity
from signing.domain.errors import Conflict, Faulty, NotAllowed, NotFound
from signing.domain.letter import Letter
from signing.workflow.activity import Act, record
from signing.workflow.identifiers import new_id
from signing.workflow.letters import letter_of
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.notices import letter_notice
from signing.workflow.password_check import without_password
from signing.workflow.ports import Services, UnitOfWork
from signing.workflow.webhooks import stop_those_of

ADDED_WINDOW = 60 * 60
ADDED_MOST = 30


def begin(services: Services, uow: UnitOfWork, letter_id: str, leads: Collection[str] = ()) -> None:
    """Give a letter that is made in this unit of work its first members.

    Whoever makes it in the web leads it, alone. On the command line `leads` names the accounts that lead it; without
    any, every account has a part in it: coordinators lead, auditors read the evidence. Raises NotFound.
    """
    maker = services.actor().account_id
    if leads:
        chosen = {_coordinator(uow, email).id: MemberRole.LEAD for email in leads}
    elif maker is not None:
        chosen = {maker: MemberRole.LEAD}
    else:
        chosen = {each.id: AT_FIRST[each.role] for each in uow.accounts.all() if each.disabled_at is None}
    now = services.clock()
    for account_id, role in chosen.items():
        uow.members.add(Member(letter_id, account_id, role, now, maker))


def adopt(services: Services, account_id: str, letters: Collection[str] = ()) -> list[str]:
    """Give an account that was just made on the command line its part in these letters, and, to a coordinator, in every
    letter that nobody leads: somebody has to. Returns which they are. Raises NotFound."""
    with services.unit_of_work(write=True) as uow:
        account = uow.accounts.get(account_id)
        if account is None:
            raise _nobody()
        chosen = {letter_of(uow, each).id for each in letters}
        if account.role is Role.COORDINATOR:
            chosen |= {each.id for each in uow.letters.all()} - uow.members.led()
        for letter_id in sorted(chosen - set(uow.members.of_account(account_id))):
            role = AT_FIRST[account.role]
            uow.members.add(Member(letter_id, account_id, role, services.clock()))
            record(services, uow, Act.MEMBER_ADDED, letter_id, account_id, person=account.email, role=role.value)
        uow.commit()
    return sorted(chosen)


@dataclass(frozen=True, slots=True)
class AccountOverview:
    """An account, how many passkeys sign it in, and what it is on each of its letters."""

    account: Account
    passkeys: int
    roles: dict[str, MemberRole]


def overview(services: Services) -> list[AccountOverview]:
    """Every account of this installation, by address."""
    with services.unit_of_work() as uow:
        return [
            AccountOverview(each, len(uow.sign_in_passkeys.of_account(each.id)), uow.members.of_account(each.id))
            for each in uow.accounts.all()
        ]


def letters_of(services: Services, account_id: str, permission: Permission) -> list[Letter]:
    """The letters with which this account may do this, newest first."""
    with services.unit_of_work() as uow:
        roles = uow.members.of_account(account_id)
        found = [each for each in uow.letters.all() if may_on_letter(roles.get(each.id), permission)]
    return sorted(found, key=lambda letter: letter.created_at, reverse=True)


def people(services: Services, letter_id: str) -> list[tuple[Member, Account]]:
    """Everybody on the letter, leads first. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter_of(uow, letter_id)
        found = uow.members.of_letter(letter_id)
    order = list(MemberRole)
    return sorted(found, key=lambda pair: order.index(pair[0].role))


@dataclass(frozen=True, slots=True)
class LetterActivity:
    """Acts on a letter, the newest first, and everybody who did something with it. `named` are the organisations of
    its roster that an act is about, by id; `more` acts are older than these."""

    acts: list[Activity]
    actors: list[str]
    named: dict[str, str]
    more: bool


def activity_of(
    services: Services, letter_id: str, *, limit: int, by: str | None = None, before: str | None = None
) -> LetterActivity:
    """What was done with the letter, those acts of one actor alone where one is given. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter_of(uow, letter_id)
        found = uow.activity.of_letter(letter_id, limit=limit + 1, by=by, before=before)
        acts = found[:limit]
        subjects = {each.subject for each in acts if each.subject}
        named = {each.organisation_id: each.organisation for each in uow.roster_desk.entries(letter_id, subjects)}
        return LetterActivity(acts, uow.activity.actors(letter_id), named, len(found) > limit)


def add(services: Services, letter_id: str, email: str, role: MemberRole) -> Member:
    """Let the account of this address, made here where there is none, take part in the letter; it is mailed.

    Whether there was an account shows nowhere but in that mail. Raises Faulty, Conflict `member-already`, NotAllowed
    `too-many-added`, NotFound for an unknown letter and for whoever leads it no more.
    """
    try:
        address = validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise Faulty("This is not a mail address: please look at it once more.", field="email") from None
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        actor = _lead(services, uow, letter_id)
        _slowly(services, uow, actor)
        account = uow.accounts.by_email(address)
        if account is None:
            account = Account(new_id(services), address, account_role(role), without_password(services), now)
            uow.accounts.add(account)
        elif uow.members.get(letter_id, account.id) is not None:
            raise Conflict("This person is on the letter already.", code="member-already")
        elif account.role is Role.AUDITOR and account_role(role) is Role.COORDINATOR:
            uow.accounts.set_role(account.id, Role.COORDINATOR)
        member = Member(letter_id, account.id, role, now, actor)
        uow.members.add(member)
        if account.disabled_at is None:
            notice = letter_notice(services, NoticeKind.MEMBER, letter_id, account.id, account.email, now)
            uow.outbox.add([notice])
        record(services, uow, Act.MEMBER_ADDED, letter_id, account.id, person=account.email, role=role.value)
        uow.commit()
    return member


def change(services: Services, letter_id: str, account_id: str, role: MemberRole) -> None:
    """Give somebody on the letter another role, which counts from their next page on.

    Raises NotFound for whoever is not on it, NotAllowed `last-lead`, Faulty for an auditor's account.
    """
    with services.unit_of_work(write=True) as uow:
        _lead(services, uow, letter_id)
        member, account = _member(uow, letter_id, account_id)
        if member.role is role:
            return
        if account.role is Role.AUDITOR and account_role(role) is Role.COORDINATOR:
            uow.accounts.set_role(account_id, Role.COORDINATOR)
        _keep_a_lead(uow, member, role)
        uow.members.change(replace(member, role=role, digest=member.digest and role is not MemberRole.AUDITOR))
        record(
            services, uow, Act.MEMBER_CHANGED, letter_id, account_id,
            person=account.email, role=role.value, before=member.role.value,
        )  # fmt: skip
        if not may_on_letter(role, Permission.LETTER_READ):
            stop_those_of(services, uow, letter_id, account_id)
        uow.commit()


def remove(services: Services, letter_id: str, account_id: str) -> None:
    """Take somebody off the letter, by a lead or by themselves, and tell the webhooks no more that they set up.

    Raises NotFound, NotAllowed `last-lead`.
    """
    with services.unit_of_work(write=True) as uow:
        uow.log.lock(letter_id)
        if services.actor().account_id != account_id:
            _lead(services, uow, letter_id)
        member, account = _member(uow, letter_id, account_id)
        _keep_a_lead(uow, member, None)
        uow.members.remove(letter_id, account_id)
        record(
            services, uow, Act.MEMBER_REMOVED, letter_id, account_id, person=account.email, role=member.role.value
        )
        stop_those_of(services, uow, letter_id, account_id)
        uow.commit()


def wish_for_digest(services: Services, letter_id: str, wished: bool) -> None:
    """Whether the daily mail about the letter comes to whoever acts. Raises NotFound for whoever is not on it."""
    with services.unit_of_work(write=True) as uow:
        member, account = _member(uow, letter_id, services.actor().account_id or "")
        if not may_on_letter(member.role, Permission.LETTER_READ):
            raise _nobody()
        if member.digest is not wished:
            # From now on: whoever asks at noon does not want all that ever was.
            began = services.clock() if wished else member.digested_at
            uow.members.change(replace(member, digest=wished, digested_at=began))
            act = Act.DIGEST_WISHED if wished else Act.DIGEST_ENDED
            record(services, uow, act, letter_id, account.id)
            uow.commit()


def _lead(services: Services, uow: UnitOfWork, letter_id: str) -> str | None:
    """Who acts, while the letter is held: still one of its leads, or somebody with a shell. Raises NotFound.

    Of two leads who remove each other, the second finds here that they are none any more.
    """
    letter_of(uow, letter_id)
    uow.log.lock(letter_id)
    actor = services.actor().account_id
    if actor is not None:
        own = uow.members.get(letter_id, actor)
        if not may_on_letter(own.role if own else None, Permission.LETTER_LEAD):
            raise _nobody()
    return actor


def _member(uow: UnitOfWork, letter_id: str, account_id: str) -> tuple[Member, Account]:
    member, account = uow.members.get(letter_id, account_id), uow.accounts.get(account_id)
    if member is None or account is None:
        raise _nobody()
    return member, account


def _keep_a_lead(uow: UnitOfWork, member: Member, after: MemberRole | None) -> None:
    if member.role is not MemberRole.LEAD or after is MemberRole.LEAD:
        return
    others = [
        each
        for each, account in uow.members.of_letter(member.letter_id)
        if each.role is MemberRole.LEAD and each.account_id != member.account_id and account.disabled_at is None
    ]
    if not others:
        raise NotAllowed(
            "A letter needs somebody who leads it. Make another person its lead first.", code="last-lead"
        )


def _slowly(services: Services, uow: UnitOfWork, actor: str | None) -> None:
    """Each addition mails a stranger: so many an hour, and no more."""
    if actor is None:
        return
    key = services.tokens.address_digest(actor)
    if uow.rates.hit("members-added", key, window=ADDED_WINDOW, now=services.clock()) > ADDED_MOST:
        raise NotAllowed("You have added many people. Please wait an hour before the next.", code="too-many-added")


def _coordinator(uow: UnitOfWork, email: str) -> Account:
    account = uow.accounts.by_email(email)
    if account is None or account.role is not Role.COORDINATOR:
        raise NotFound(
            "No coordinator has the address {address}. See `signing user add`.",
            values={"address": email},
            code="account-unknown",
        )
    return account


def _nobody() -> NotFound:
    return NotFound("There is nothing at this address.")
