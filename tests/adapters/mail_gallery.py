"""One notice of every kind of mail there is, about one organisation that has been through everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from signing.domain.access import Account, Member, MemberRole, Role
from signing.domain.address_book import BookOrganisation
from signing.domain.binding import Binding
from signing.domain.discussion import Remark, RemarkKind
from signing.domain.handover import ChangeKind, ContactChange, Review
from signing.domain.invitation import Code, Invitation, Part
from signing.domain.letter import LetterState, Version
from signing.domain.wording import MailPart, Wording
from signing.evidence.envelope import seal
from signing.evidence.statement import (
    AssentStatement,
    Commitment,
    Head,
    KeyStatement,
    Signatory,
    Subject,
    nonce_text,
)
from signing.locale import spoken
from signing.workflow.closing_notices import ABANDONED
from signing.workflow.delivery_ports import DeliveryAddress
from signing.workflow.mail_ports import WORDED, Notice, NoticeKind
from signing.workflow.ports import Edition, Services, UnitOfWork
from tests.adapters.builders import LETTER, NOW, a_letter, a_notice, an_answer, an_entry, an_invitation
from tests.evidence import signers
from tests.web.installation import letter_text

NAMED = Signatory(None, "The Organisation 1", None, "org-1", "Person", "director", None)
HIDDEN = Commitment("sha256:" + "c" * 64)
LAPTOP = signers.browser_key("laptop").public
COORDINATOR = "ada@coalition.example.org"
COLLEAGUE, REVIEWER = "Noor Colleague", "Rafa Reviewer"
ADDRESSEE, NEWSROOM = "office@council.example.org", "news@press.example.org"
OFFICE, REVIEWERS, FORMER = "office@org1.example.org", "rafa@org1.example.org", "person1@org1.example.org"


def lay_out_gallery(
    services: Services,
    language: str = "en",
    *,
    mail_links: bool = True,
    said: str = "Please say: the valley.",
    name: str | None = None,
) -> dict[str, Notice]:
    """The notices by what they are about. `said` are everybody's remarks, `name` what everybody and everything is
    called, if not as usual."""
    text = letter_text().to_bytes()
    colleague, reviewer = name or COLLEAGUE, name or REVIEWER
    with services.unit_of_work(write=True) as uow:
        uow.letters.add(replace(a_letter(), title=letter_text().title))
        uow.letters.set_sharing(LETTER, shares="nobody", mail_links=mail_links)
        for number, words in ((1, text), (2, text.replace(b"three", b"four"))):
            uow.letters.save_draft(Version(LETTER, number, {"en": words}, None))
            uow.letters.freeze(LETTER, number, NOW, "words" if number > 1 else None)
        uow.letters.set_state(LETTER, LetterState.OPEN, version=2)
        uow.log.create(LETTER)
        for number in (1, 2, 3):
            entry = replace(an_entry(number), language=language, native_name=None, country="KE")
            if name is not None:
                entry = replace(entry, organisation=name, listed_as=None, contact=name, role=name)
            uow.address_book.remember([(f"key {number}", BookOrganisation(entry.organisation_id, entry.organisation))])
            uow.roster.save(entry)
        # 1 has handed over and lets a reviewer agree first, 2 has a short way, 3 only asks.
        reviewers = replace(
            an_invitation(1), id="invitation-r", part=Part.REVIEWER, contact=reviewer, email=REVIEWERS, role="chair"
        )
        colleagues = replace(an_invitation(1), contact=colleague, email=OFFICE, role="office")
        for each in (colleagues, reviewers, an_invitation(2), an_invitation(3)):
            uow.invitations.add(_opened_by_its_link(services, each))
        uow.codes.add(Code("code-1", "invitation-1", b"d" * 32, NOW, NOW + timedelta(minutes=10)))
        for change in (
            _change("handed", ChangeKind.HANDED_OVER, colleague, OFFICE),
            _change("named", ChangeKind.REVIEWER_NAMED, reviewer, REVIEWERS),
            replace(_change("aside", ChangeKind.REVIEWER_STEPPED_ASIDE, "", ""), person=reviewer),
        ):
            uow.contact_changes.add(change if name is None else replace(change, person=name))
        for verdict, agrees in (("agrees", True), ("objects", False)):
            uow.reviews.add(
                Review(verdict, LETTER, "org-1", "invitation-r", 2, agrees, reviewer, "chair", NOW, verdict, said)
            )
        uow.remarks.add(a_remark("remark", "org-1", said))
        uow.remarks.add(a_remark("wish", "org-3", said, condition=True))
        _coordinate(uow, name)
        if name is not None:
            # What no form of ours would take.
            for kind in WORDED:
                for part, words in zip(MailPart, (name, said, said), strict=True):
                    # Lines of their own are the coordinator's to make.
                    uow.wordings.save(Wording(LETTER, kind, spoken(language), part, " ".join(words.split())), NOW)
        uow.commit()
    return _notices(services, name or "Person", language)


def _coordinate(uow: UnitOfWork, name: str | None) -> None:
    """Somebody who coordinates the letter and wants to hear of it each day."""
    uow.accounts.add(Account("account-1", COORDINATOR, Role.COORDINATOR, "", NOW, name=name or "Ada Example"))
    uow.members.add(Member(LETTER, "account-1", MemberRole.LEAD, NOW, digest=True))


def _opened_by_its_link(services: Services, made: Invitation) -> Invitation:
    tokens = services.tokens
    return replace(
        made,
        token_sha256=tokens.digest(tokens.link(made.id, made.generation)),
        short_sha256=tokens.short_digest(tokens.short_code(made.id, made.generation)),
    )


def _change(name: str, kind: ChangeKind, contact: str, email: str) -> ContactChange:
    until = NOW + timedelta(days=9) if kind is ChangeKind.HANDED_OVER else None
    return ContactChange(
        name, LETTER, "org-1", "invitation-1", 1, kind, NOW, "Person 1", FORMER, contact or None, email or None, None,
        until,
    )  # fmt: skip


def a_remark(name: str, organisation: str, said: str, **fields: Any) -> Remark:
    """A suggestion on the first paragraph, which the coordinator has answered."""
    remark = Remark(
        id=name, letter_id=LETTER, organisation_id=organisation, invitation_id="invitation-1", version=1,
        kind=RemarkKind.SUGGESTION, words=said, person="Person 1", at=NOW, idempotency_key=name, language="en",
        block=0, quote="We write about three rivers.", wording=said, answer=said, answered_at=NOW,
    )  # fmt: skip
    return replace(remark, **fields)


def _notices(services: Services, person: str, language: str) -> dict[str, Notice]:
    mine = replace(a_notice(1), to=OFFICE)
    second = replace(a_notice(2), organisation_id="org-2", invitation_id="invitation-2", to=an_entry(2).email)
    third = replace(a_notice(3), organisation_id="org-3", invitation_id="invitation-3", to=an_entry(3).email)
    reviewers = replace(mine, invitation_id="invitation-r", to=REVIEWERS)
    answers = {
        decision: logged(services, statement(services, number, decision=decision), person)
        for number, decision in enumerate(("approve", "decline", "withdraw"))
    }
    hidden = logged(services, statement(services, 3, signatory=HIDDEN), person)
    bound, revoked = (logged(services, key_statement(services, number, each)) for number, each in
                      enumerate(("bind", "revoke"), start=4))  # fmt: skip
    kinds = NoticeKind
    _publish(services, bound, person)
    delivered = replace(third, kind=kinds.DELIVERY, organisation_id=None, invitation_id=None)
    made = {
        "invitation": replace(second, kind=kinds.INVITATION),
        "invitation of a colleague": replace(mine, kind=kinds.INVITATION),
        "invitation of a reviewer": replace(reviewers, kind=kinds.INVITATION),
        "code": replace(mine, kind=kinds.CODE, subject_id="code-1"),
        "new version": replace(second, kind=kinds.NEW_VERSION),
        "new version, yes if": replace(third, kind=kinds.NEW_VERSION),
        "new version for a reviewer": replace(reviewers, kind=kinds.NEW_VERSION),
        "carried": replace(mine, kind=kinds.CARRIED),
        "key vouched": replace(mine, kind=kinds.KEY_VOUCHED),
        "reminder": replace(second, kind=kinds.REMINDER, subject_id="2"),
        "deadline": replace(second, kind=kinds.DEADLINE, subject_id="2"),
        "fresh link": replace(second, kind=kinds.FRESH_LINK),
        "handed over": replace(mine, kind=kinds.HANDED_OVER, subject_id="handed", to=FORMER),
        "reviewer agrees": replace(mine, kind=kinds.REVIEWED, subject_id="agrees"),
        "reviewer objects": replace(mine, kind=kinds.REVIEWED, subject_id="objects"),
        "reviewer stepped aside": replace(mine, kind=kinds.REVIEWED, subject_id="aside"),
        "remark answered": replace(mine, kind=kinds.REMARK_ANSWERED, subject_id="remark"),
        **{f"receipt of {each}": replace(mine, kind=kinds.RECEIPT, subject_id=str(index))
           for each, index in answers.items()},
        "receipt without a name": replace(mine, kind=kinds.RECEIPT, subject_id=str(hidden)),
        "receipt at a former address": replace(
            mine, kind=kinds.RECEIPT, subject_id=str(answers["approve"]), to=FORMER
        ),
        "key noted": replace(mine, kind=kinds.RECEIPT, subject_id=str(bound)),
        "key revoked": replace(mine, kind=kinds.RECEIPT, subject_id=str(revoked)),
        "closed": replace(mine, kind=kinds.CLOSED, subject_id="1"),
        "abandoned": replace(second, kind=kinds.CLOSED, subject_id=ABANDONED),
        "published": replace(mine, kind=kinds.PUBLISHED, subject_id="1"),
        "new edition": replace(mine, kind=kinds.PUBLISHED, subject_id="2"),
        "digest": replace(
            delivered, kind=kinds.DIGEST, to=COORDINATOR,
            subject_id=f"account-1 {(NOW - timedelta(days=1)).isoformat()} {NOW.isoformat()}",
        ),
        "member": replace(delivered, kind=kinds.MEMBER, to=COORDINATOR, subject_id="account-1"),
        **{f"trial of {each.value}": replace(delivered, kind=kinds.TRIAL, to=COORDINATOR,
                                             subject_id=f"account-1 {each.value}",
                                             language=language)
           for each in (kinds.INVITATION, kinds.REMINDER)},
        "delivery": replace(delivered, subject_id="1:0", to=ADDRESSEE),
        "delivery of a copy": replace(delivered, subject_id="1:1", to=NEWSROOM),
    }  # fmt: skip
    return {
        name: replace(each, id=f"notice-{number:04d}", message_id=f"<{number}@letters.example.org>")
        for number, (name, each) in enumerate(made.items())
    }


def _publish(services: Services, index: int, person: str) -> None:
    """An edition of the letter, and two whom it is delivered to."""
    with services.unit_of_work(write=True) as uow:
        uow.editions.add(Edition(LETTER, 1, 2, index, 3, 1, NOW, {"en.pdf": b"%PDF-1.7 an edition"}))
        uow.letters.set_state(LETTER, LetterState.OPEN, published_at=NOW)
        uow.delivery_addresses.replace(LETTER, [
            DeliveryAddress(LETTER, 0, person, ADDRESSEE),
            DeliveryAddress(LETTER, 1, person, NEWSROOM, copy=True),
        ])
        uow.commit()


def statement(services: Services, index: int, **fields: object) -> AssentStatement:
    """An answer of organisation 1; a decline stands under a commitment."""
    who = HIDDEN if fields.get("decision") == "decline" else NAMED
    return AssentStatement(
        **(
            {
                "by": services.attestor.public.key, "letter": a_letter().origin, "head": Head(0, b"r" * 32),
                "time": "2026-11-24T09:30:00Z", "nonce": nonce_text(bytes([index]) * 16),
                "subject": (Subject.of("1.en.md", b"words"),), "version": 1, "decision": "approve", "signatory": who,
                "prev": None,
            }
            | fields
        )
    )  # fmt: skip


def key_statement(services: Services, index: int, action: str = "bind", **fields: object) -> KeyStatement:
    """A key of organisation 1, noted or revoked."""
    said = statement(services, index)
    common = {name: getattr(said, name) for name in ("by", "letter", "head", "time", "nonce", "signatory")}
    more = {"basis": "code"} if action == "bind" else {}
    subject = (Subject.of("key", LAPTOP.public_key.encode()),)
    return KeyStatement(**(common | {"subject": subject, "action": action, "bound": LAPTOP} | more | fields))


def logged(services: Services, said: AssentStatement | KeyStatement, person: str = "Person") -> int:
    """Append a statement with what the service remembers of it; gives its index."""
    with services.unit_of_work(write=True) as uow:
        entry = seal(said.to_bytes("letters.example.org"), services.attestor.public.key, services.attestor.sign)
        index = uow.log.append(uow.log.lock(LETTER), said.KIND, entry, NOW).index
        if isinstance(said, AssentStatement):
            answer = replace(an_answer(index, f"key {index}"), decision=said.decision, person=person)
            named = said.decision == "approve" and said.signatory == NAMED
            uow.answers.add(replace(answer, listed_as="The Organisation 1") if named else answer)
        elif said.action == "bind":
            uow.bindings.add(
                Binding(
                    LETTER, index, "org-1", LAPTOP.key, LAPTOP.scheme, LAPTOP.public_key, "attestor", "code", None, NOW
                )
            )
        uow.commit()
    return index
