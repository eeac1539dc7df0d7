"""Two persons must agree: a reviewer reads first, and until they agree to the present words nobody approves them.

The rule is the organisation's own and outside the evidence: what is signed is the signatory's. It binds the service,
which refuses an approval under the lock; the signatory can name a reviewer, only the reviewer can go.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from signing.domain.errors import N_, Faulty, NotAllowed, Refusal
from signing.domain.handover import ChangeKind, ContactChange, Review
from signing.domain.invitation import INVITATION_LASTS, Part
from signing.domain.letter import Letter, LetterAction, Version
from signing.domain.letter_text import LetterText
from signing.domain.organisation import Decision, RosterEntry
from signing.domain.redline import Redline, compare
from signing.evidence.phrase import phrase
from signing.workflow import colleagues, confirming, inviting
from signing.workflow.colleagues import Colleague, holder_name, reviewer_name
from signing.workflow.contact_access import (
    Access,
    allowed,
    check_not_abandoned,
    check_words,
    current_version,
    invited,
    used_page,
)
from signing.workflow.handing_over import changed
from signing.workflow.identifiers import new_id
from signing.workflow.letters import text_sha256, texts_of
from signing.workflow.ports import InvitationView, Services, UnitOfWork
from signing.workflow.signatory_form import check_page_key, tidy_words
from signing.workflow.stepping_aside import tell_signatory


class ReviewAwaited(NotAllowed):
    """The reviewer has not agreed to these words; nothing was recorded."""

    code = "review-awaited"


@dataclass(frozen=True, slots=True)
class ReviewForm:
    """What a reviewer says of the words that the page showed; `agrees` is None where nothing was chosen, `words` a
    note to the signatory, `code` empty where the browser is confirmed."""

    version: int
    text_sha256: str
    agrees: bool | None
    words: str
    code: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class ReviewView:
    """What the reviewer's page shows. `entry` speaks as the reviewer, `signatory` is the name of who answers; `last`
    is what the reviewer said last. Where they agreed to other words before, `before` is the number of that version and
    `redlines` has what changed since, by language."""

    letter: Letter
    version: Version
    texts: dict[str, LetterText]
    text_sha256: str
    phrase: str
    entry: RosterEntry
    signatory: str
    last: Review | None
    before: int | None
    redlines: dict[str, Redline]
    confirmed: bool
    code_sent: bool
    why_not: str | None
    asked_until: datetime | None = None

    @property
    def agreed(self) -> bool:
        """Whether the signatory may approve the present words."""
        return self.entry.reviewed_version == self.version.number


def name_reviewer(services: Services, access: Access, colleague: Colleague, code: str) -> ContactChange:
    """Ask for a second person from now on, and mail them a link; pressed twice it happens once.

    An approval that was given before stands. Raises LinkClosed, OtherPart, NotAllowed once the letter is closed,
    Refusal `reviewer-named` when another person is, Faulty with `field` contact, email, role or code,
    ConfirmationNeeded.
    """
    now = services.clock()
    colleague = colleagues.checked(colleague)
    with services.unit_of_work(write=True) as uow:
        uow.log.lock(access.letter_id)
        seen = invited(services, uow, access, now)
        if seen.entry.two_persons:
            return _named_before(uow, seen, colleague)
        seen.letter.after(LetterAction.INVITE, now)
        if seen.invitation.lent:
            raise NotAllowed(
                N_("You stand in for a colleague: a second person can be asked for by them alone."), code="part-lent"
            )
        colleagues.check_another(uow, seen, colleague)
        confirming.admit(services, uow, seen, access, code, now)
        colleagues.check_wanted(services, uow, colleague)
        _invite(services, uow, seen, colleague, now)
        change = changed(services, seen, ChangeKind.REVIEWER_NAMED, now, colleague=colleague)
        uow.contact_changes.add(change)
        uow.commit()
    return change


def view(services: Services, access: Access) -> ReviewView:
    """The reviewer's page; reads only. Raises LinkClosed, OtherPart."""
    now = services.clock()
    with services.unit_of_work() as uow:
        seen = invited(services, uow, access, now, part=Part.REVIEWER)
        check_not_abandoned(seen.letter)
        version = current_version(uow, seen.letter)
        reviews = uow.reviews.of_organisation(seen.letter.id, seen.entry.organisation_id)
        agreed = next((each.version for each in reversed(reviews) if each.agrees), version.number)
        before = uow.letters.version(seen.letter.id, agreed) if agreed != version.number else None
        texts, older = texts_of(version), texts_of(before) if before is not None else {}
        signatory = holder_name(uow, seen.entry, Part.SIGNATORY)
    digest = text_sha256(version)
    return ReviewView(
        letter=seen.letter,
        version=version,
        texts=texts,
        text_sha256=digest,
        phrase=phrase(digest),
        entry=seen.entry,
        signatory=signatory,
        last=reviews[-1] if reviews else None,
        before=before.number if before is not None else None,
        redlines={tag: compare(older[tag], text) for tag, text in texts.items() if tag in older},
        confirmed=confirming.confirmed(seen, now),
        code_sent=seen.code_sent(now),
        why_not=allowed(seen.letter, LetterAction.ANSWER, now)[1],
        asked_until=seen.letter.asked_until(now),
    )


def review(services: Services, access: Access, form: ReviewForm) -> Review:
    """Record whether the reviewer agrees, and tell the signatory; pressed twice it is recorded once.

    Raises LinkClosed, OtherPart, PageUsed, StaleVersion, NotAllowed when the doors are shut, Faulty with `field`
    agrees, words or code, ConfirmationNeeded.
    """
    now = services.clock()
    check_page_key(form.idempotency_key)
    words = tidy_words(form.words, "words")
    if form.agrees is None:
        raise Faulty(N_("Please choose one of the two."), field="agrees")
    with services.unit_of_work(write=True) as uow:
        uow.log.lock(access.letter_id)
        seen = invited(services, uow, access, now, part=Part.REVIEWER)
        said = uow.reviews.of_organisation(seen.letter.id, seen.entry.organisation_id)
        if known := next((each for each in said if each.idempotency_key == form.idempotency_key), None):
            if (known.agrees, known.words) != (form.agrees, words):
                raise used_page()
            return known
        check_words(current_version(uow, seen.letter), form.version, form.text_sha256)
        seen.letter.after(LetterAction.ANSWER, now)
        confirming.admit(services, uow, seen, access, form.code, now)
        new = _said(services, seen, form, form.agrees, words, now)
        uow.reviews.add(new)
        uow.roster.set_review(
            new.letter_id, new.organisation_id, two_persons=True, reviewed_version=new.version if new.agrees else None
        )
        tell_signatory(services, uow, new.letter_id, new.organisation_id, new.id, now)
        uow.commit()
    return new


def check_agreed(uow: UnitOfWork, seen: InvitationView, decision: Decision) -> None:
    """Refuse an approval that the organisation's reviewer has not agreed to. Declining and withdrawing need nobody.

    Raises ReviewAwaited.
    """
    entry = seen.entry
    if decision is not Decision.APPROVE or not entry.two_persons or entry.reviewed_version == seen.letter.version:
        return
    raise ReviewAwaited(
        N_("In your organisation two persons must agree. {reviewer} has not agreed to these words yet. We mail you as "
           "soon as that is done; nothing was recorded now."),
        values={"reviewer": reviewer_name(uow, entry)},
    )  # fmt: skip


def _named_before(uow: UnitOfWork, seen: InvitationView, colleague: Colleague) -> ContactChange:
    """What this very button did before. Raises Refusal `reviewer-named`."""
    for change in reversed(uow.contact_changes.of_link(seen.invitation.id, seen.invitation.generation)):
        if change.kind is ChangeKind.REVIEWER_NAMED and change.to_email == colleague.email:
            return change
    raise Refusal(
        N_("In your organisation {reviewer} has to agree first. Only they can hand that over, or end it."),
        values={"reviewer": reviewer_name(uow, seen.entry)},
        code="reviewer-named",
    )


def _invite(
    services: Services, uow: UnitOfWork, seen: InvitationView, colleague: Colleague, now: datetime
) -> None:
    """Give the reviewer an invitation of their own; one that an earlier reviewer had is issued anew."""
    letter_id, organisation_id = seen.letter.id, seen.entry.organisation_id
    own = uow.roster.entry(letter_id, organisation_id)
    assert own is not None, "an invitation is one of the roster"
    old = uow.invitations.of_part(letter_id, organisation_id, Part.REVIEWER)
    held = replace(
        old or inviting.first(services, own, now),
        part=Part.REVIEWER,
        contact=colleague.contact,
        email=colleague.email,
        role=colleague.role,
        expires_at=now + INVITATION_LASTS,
        reminders_stopped_at=None,
        opened_at=None,
    )
    if old is not None:
        inviting.pass_on(services, uow, own, held, now)
    else:
        uow.invitations.add(held)
        uow.outbox.add([inviting.invitation_notice(services, held.spoken_for(own), held, now)])
    uow.roster.set_review(letter_id, organisation_id, two_persons=True, reviewed_version=None)


def _said(
    services: Services, seen: InvitationView, form: ReviewForm, agrees: bool, words: str | None, now: datetime
) -> Review:
    return Review(
        id=new_id(services),
        letter_id=seen.letter.id,
        organisation_id=seen.entry.organisation_id,
        invitation_id=seen.invitation.id,
        version=form.version,
        agrees=agrees,
        person=seen.entry.contact,
        role=seen.entry.role or "",
        at=now,
        idempotency_key=form.idempotency_key,
        words=words,
    )
