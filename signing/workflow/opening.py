"""Opening a version: compose the `letter` statement, have a coordinator's key sign it, freeze the words (EVIDENCE 4.3).

Between composing and signing nothing is held: what is appended must still be what the letter says then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from signing.domain.errors import Faulty, NotFound
from signing.domain.invitation import InvitationStanding, Part
from signing.domain.letter import Letter, LetterAction, Version
from signing.domain.organisation import Answer
from signing.evidence.carry import Change, change_between
from signing.evidence.keyring import PublicKey
from signing.evidence.statement import Head, LetterStatement, RelyingParty, parse, payload_digest
from signing.workflow.activity import Act, record
from signing.workflow.appending import append_sealed, head_of, nonce, subject_of, time_text
from signing.workflow.coordinator_statements import (
    SERVICE,
    ChosenKey,
    check_named,
    chosen_key,
    composed,
    newest_version,
    sealed,
    settled,
)
from signing.workflow.evidence_ports import PreparedStatement
from signing.workflow.letters import carried, letter_of, locked_letter, place_of, print_draft, texts_of
from signing.workflow.mail_ports import Notice, NoticeKind
from signing.workflow.notices import notice
from signing.workflow.ports import Services, UnitOfWork
from signing.workflow.words_ahead import check_not_ahead


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an opening may ask for: None leaves each as it is.

    `coordinators` are the names of all keys that the version is to name; without them the signing key and those of
    the version before. `rekey` opens the words of the version before once more, under a new number.
    `draft_as_is` opens the draft although newer words stand in the editor.
    """

    coordinators: Collection[str] | None = None
    min_level: int | None = None
    binders: Collection[str] | None = None
    rekey: bool = False
    draft_as_is: bool = False


@dataclass(frozen=True, slots=True)
class _Opening:
    """A version about to be frozen: the letter as this opening makes it, and the words."""

    letter: Letter
    words: Version
    previous: Version | None
    prev: str | None


@dataclass(frozen=True, slots=True)
class _Said:
    """What a statement says beside the words; taken from a signed one, it must give the same bytes again."""

    by: str
    head: Head
    time: str
    nonce: str
    coordinators: tuple[PublicKey, ...]


def compose(
    services: Services, letter_id: str, key: str | None, account_id: str | None = None, wishes: Wishes | None = None
) -> PreparedStatement:
    """The `letter` statement of the draft (or of the same words, with `rekey`) as this key is to sign it.

    Raises NotFound, NotAllowed when the letter is closed, Faulty when there is nothing to open or a wish cannot be
    granted, Faulty `editor-ahead` when newer words stand in the editor, Refusal `no-glyph` for words that could never
    be printed, KeyNotNamed and the refusals of `chosen_key`.
    """
    wishes = wishes or Wishes()
    now = services.clock()
    with services.unit_of_work() as uow:
        chosen = chosen_key(services, uow, key, account_id)
        opening = _opening(services, uow, letter_id, wishes.rekey, now)
        if not (wishes.rekey or wishes.draft_as_is):
            check_not_ahead(uow, letter_id, opening.words)
        check_named(uow, letter_id, chosen.public)
        level, binders = opening.letter.policy(wishes.min_level, wishes.binders)
        opening = replace(opening, letter=replace(opening.letter, min_level=level, binders=binders))
        said = _Said(
            chosen.public.key, head_of(uow.log.head(letter_id)), time_text(now), nonce(services),
            _named(services, uow, letter_id, chosen, wishes.coordinators),
        )  # fmt: skip
    # Setting type takes long: no transaction is open here (FLOORS 3).
    for text in texts_of(opening.words).values():
        print_draft(services, text, opening.words.number, opening.letter.paper)
    payload = _statement(services, opening, said)
    return composed(services, opening.letter, "letter", chosen, payload, at=now, context={"rekey": wishes.rekey})


def finish(services: Services, prepared: PreparedStatement, signature: bytes) -> Letter:
    """Judge the signature, append the statement, freeze the words and tell those whose approvals it touches.

    Raises Faulty `signature` when it does not fit, Faulty `draft-changed` when the letter is no longer what
    the statement says, and the refusals of `compose`. Nothing is changed then.
    """
    now = services.clock()
    rekey = bool(prepared.context.get("rekey"))
    with services.unit_of_work(write=True) as uow:
        letter, head = locked_letter(uow, prepared.letter_id)
        if letter.version and not rekey and uow.letters.draft(letter.id) is None:
            raise _overtaken()
        opening = _opening(services, uow, letter.id, rekey, now)
        _check_unchanged(services, uow, opening, prepared)
        entry = sealed(services, uow, prepared, signature, opening.letter)
        state = letter.after(LetterAction.OPEN_VERSION, now)
        statement = _letter_statement_of(prepared)
        letter, words, previous = opening.letter, opening.words, opening.previous
        describe(uow, letter)
        uow.letters.set_policy(letter.id, min_level=statement.min_level, binders=statement.binders)
        if rekey:
            uow.letters.save_draft(words)
        change = change_between(previous.files, words.files) if previous else None
        uow.letters.freeze(letter.id, words.number, now, change.value if change else None)
        uow.letters.set_state(letter.id, state, version=words.number, opened_at=letter.opened_at or now,
                              attestor=statement.attestor.key)
        logged = append_sealed(services, uow, letter.origin, head, "letter", entry, now)
        if previous is not None and change is not None:
            uow.outbox.add(_notices(services, uow, letter, previous.number, change, now))
            uow.outbox.add(_tell_reviewers(services, uow, letter, change, now))
        settled(uow, prepared, logged.index)
        record(services, uow, Act.VERSION_OPENED, letter.id, version=words.number)
        uow.commit()
    services.high_water.advance(letter.origin, logged.index + 1, logged.root)
    with services.unit_of_work() as uow:
        return letter_of(uow, letter.id)


def describe(uow: UnitOfWork, letter: Letter) -> None:
    """Store what may still change before opening."""
    uow.letters.describe(
        letter.id,
        title=letter.title,
        language=letter.language,
        origin=letter.origin,
        base_url=letter.base_url,
        hard_deadline=letter.hard_deadline,
    )


def main_title(letter: Letter, draft: Version) -> tuple[str, str]:
    """Title and language of the text in the letter's own language, or of the first there is."""
    texts = texts_of(draft)
    main = texts.get(letter.language) or next(iter(texts.values()))
    return main.title, main.language


def origin_of(services: Services, letter_id: str) -> str:
    """The name of a letter's log."""
    return f"{services.installation.host}/l/{letter_id}"


def _opening(services: Services, uow: UnitOfWork, letter_id: str, rekey: bool, now: datetime) -> _Opening:
    letter = letter_of(uow, letter_id)
    draft = uow.letters.draft(letter_id)
    previous = uow.letters.version(letter_id, letter.version)
    letter.after(LetterAction.OPEN_VERSION, now)
    if rekey:
        words = _same_words(letter, previous, draft)
    elif draft is None:
        raise Faulty(
            "There is no draft yet: save the words in the editor as the draft first, or bring a file.", code="no-draft"
        )
    else:
        words = draft
        if previous is not None and previous.files == draft.files:
            raise Faulty("The draft says the same words as the version that is open.", code="same-words")
    if letter.past_deadline(now) and not rekey:
        raise Faulty("The deadline of this letter has passed. Set a later one, then open.", code="deadline-past")
    newest = newest_version(uow, letter_id)
    letter = _frozen(services, letter, words, first=previous is None)
    return _Opening(letter, words, previous, payload_digest(newest[0]) if newest else None)


def _same_words(letter: Letter, previous: Version | None, draft: Version | None) -> Version:
    if previous is None:
        raise Faulty("This letter was never opened: open it with the keys you want.", code="no-version")
    if draft is not None and draft.files != previous.files:
        raise Faulty(
            "There is a draft with other words. Open it: the new version can name other keys too.", code="draft-waits"
        )
    return Version(letter.id, letter.version + 1, dict(previous.files), None)


def _frozen(services: Services, letter: Letter, draft: Version, *, first: bool) -> Letter:
    """The letter as this opening makes it: titled as its words are; the first opening fixes its address too."""
    title, language = main_title(letter, draft)
    if not first:
        return replace(letter, title=title)
    return replace(
        letter,
        title=title,
        language=language,
        base_url=services.installation.base_url,
        origin=origin_of(services, letter.id),
    )


def _named(
    services: Services, uow: UnitOfWork, letter_id: str, chosen: ChosenKey, wished: Iterable[str] | None
) -> tuple[PublicKey, ...]:
    """The coordinators' keys of the version. Another's signature never names the key that the service holds."""
    newest = newest_version(uow, letter_id)
    held = services.coordinator.public.key if services.coordinator else None
    if wished is None:
        before = newest[1].coordinators if newest else ()
        usable = {each.key for each in uow.coordinator_keys.all() if each.retired_at is None}
        if chosen.owner == SERVICE:
            usable.add(chosen.public.key)
        kept = [key for key in before if key.key in usable and key != chosen.public]
        return (chosen.public, *kept)
    names = list(dict.fromkeys(wished))
    if not names:
        raise Faulty("A letter names at least one coordinator's key.", field="coordinators", code="no-coordinator")
    if newest is None and chosen.public.key not in names:
        raise Faulty("The key that opens the letter must be among those it names.", field="coordinators",
                     code="signer-not-named")  # fmt: skip
    if held in names and chosen.owner != SERVICE:
        raise Faulty(
            "A letter signed with a coordinator's own key does not name the key that the service holds: with it the "
            "service alone could close the letter.",
            field="coordinators",
            code="service-key-named",
        )
    return tuple(chosen_key(services, uow, name).public for name in names)


def _statement(services: Services, opening: _Opening, said: _Said) -> bytes:
    letter = opening.letter
    place = place_of(letter)
    return LetterStatement(
        by=said.by,
        letter=letter.origin,
        head=said.head,
        time=said.time,
        nonce=said.nonce,
        subject=subject_of(opening.words),
        version=opening.words.number,
        title=letter.title,
        prev=opening.prev,
        coordinators=said.coordinators,
        attestor=services.attestor.public,
        binders=letter.binders,
        min_level=letter.min_level,
        rp=RelyingParty(place.rp_id, place.origins),
        ssh_namespace=place.ssh_namespace,
    ).to_bytes(letter.host)


def _check_unchanged(services: Services, uow: UnitOfWork, opening: _Opening, prepared: PreparedStatement) -> None:
    """Raise Faulty `draft-changed` unless composing the statement again gives the very bytes that were signed."""
    said = _letter_statement_of(prepared)
    level, binders = opening.letter.policy(said.min_level, said.binders)
    now = replace(opening, letter=replace(opening.letter, min_level=level, binders=binders))
    again = _Said(said.by, said.head, said.time, said.nonce, said.coordinators)
    if _statement(services, now, again) != prepared.payload:
        raise _overtaken()
    check_named(uow, opening.letter.id, chosen_key(services, uow, prepared.key).public)
    for key in said.coordinators:
        chosen_key(services, uow, key.key)


def _overtaken() -> Faulty:
    return Faulty("Somebody changed the draft just now. Look at it again, then open.", code="draft-changed")


def _letter_statement_of(prepared: PreparedStatement) -> LetterStatement:
    statement = parse(prepared.payload)
    if not isinstance(statement, LetterStatement):
        raise NotFound("There is no opening of this name to be signed.", code="prepared-unknown")
    return statement


def _notices(
    services: Services, uow: UnitOfWork, letter: Letter, before: int, change: Change, now: datetime
) -> list[Notice]:
    """Approvals that reach the new version are told so, those that lapse with it are asked again, and so is whoever
    wished for other words before approving."""
    invitations = {
        invitation.organisation_id: invitation for invitation in uow.invitations.of_letter(letter.id)
    }
    versions = uow.letters.versions(letter.id)
    wishing = {each.organisation_id for each in uow.remarks.of_letter(letter.id) if each.condition}
    told = []
    for entry in uow.roster.entries(letter.id):
        invitation = invitations.get(entry.organisation_id)
        if invitation is None or invitation.revoked_at:
            continue
        stood = entry.answer is Answer.APPROVED and (
            entry.answer_version == before or carried(versions, entry, before)
        )
        # An approval that had lapsed before was told so then.
        open_wish = entry.organisation_id in wishing and entry.answer in (Answer.INVITED, Answer.APPROVED)
        if not stood and not (open_wish and change is not Change.NOTHING):
            continue
        kind = NoticeKind.CARRIED if stood and carried(versions, entry, before + 1) else NoticeKind.NEW_VERSION
        told.append(notice(services, kind, invitation.spoken_for(entry), invitation.id, invitation.id, now))
    return told


def _tell_reviewers(
    services: Services, uow: UnitOfWork, letter: Letter, change: Change, now: datetime
) -> list[Notice]:
    """Reviewers are asked anew where their organisation may approve; of the very same words, what they said holds."""
    number = letter.version + 1
    versions = uow.letters.versions(letter.id)
    told = []
    for invitation in uow.invitations.of_letter(letter.id, Part.REVIEWER):
        entry = uow.roster.entry(letter.id, invitation.organisation_id)
        if entry is None or not entry.two_persons:
            continue
        if change is Change.NOTHING:
            if entry.reviewed_version == letter.version:
                uow.roster.set_review(letter.id, entry.organisation_id, two_persons=True, reviewed_version=number)
        elif (
            invitation.standing(invitation.generation, now) is InvitationStanding.LIVE
            and entry.answer in (Answer.INVITED, Answer.APPROVED)
            and not carried(versions, entry, number)
        ):
            reviewer = invitation.spoken_for(entry)
            told.append(notice(services, NoticeKind.NEW_VERSION, reviewer, invitation.id, invitation.id, now))
    return told
