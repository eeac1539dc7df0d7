"""What a notice is about, read from the database in one go, and whether it is still meant; may import `mail_words`.

The outbox holds ids alone: whatever they have come to mean by the time of sending is what the mail says, or it is
not sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from signing.domain.binding import Binding
from signing.domain.discussion import Remark
from signing.domain.errors import Refusal
from signing.domain.handover import ChangeKind, ContactChange, Review
from signing.domain.invitation import Code, InvitationStanding, Part
from signing.domain.letter import Letter, LetterState, Version
from signing.evidence.phrase import phrase
from signing.evidence.schemes import LEVELS
from signing.evidence.statement import AssentStatement, Commitment, KeyStatement, parse
from signing.locale import spoken
from signing.workflow.appending import payload_of
from signing.workflow.letters import text_sha256, texts_of
from signing.workflow.mail_ports import WORDED, Notice, NoticeKind
from signing.workflow.ports import InvitationView, RecordedAnswer, UnitOfWork
from signing.workflow.reminding import still_asked

# They tell of something that is done, and carry no way in: so they go to addresses that were struck off, too.
_DONE = (NoticeKind.RECEIPT, NoticeKind.HANDED_OVER, NoticeKind.CLOSED, NoticeKind.PUBLISHED)
# They name the link they are about.
_OF_ONE_LINK = (NoticeKind.INVITATION, NoticeKind.FRESH_LINK)


class Outdated(Refusal):
    """The notice has lost its sense before it was sent, and must not be sent any more."""

    code = "notice-outdated"


@dataclass(frozen=True, slots=True)
class Matter:
    """`language` is that of the reader. `fingerprint` are twelve words of the digest of the letter's.

    `said` is the logged statement that a receipt proves, `answer` what the service remembers of it, `bound` the key
    that was bound together with it, `level` how it was signed. `change` is how the contact changed, `review` and
    `remark` what was said (a reviewer may have stepped aside instead); `wished`: the organisation asked for other
    words before it would approve. `languages` are those that a closed letter has PDFs in.
    `own` are the coordinator's own words, by `MailPart`.
    """

    view: InvitationView
    language: str
    title: str
    addressee: str
    fingerprint: str
    code: Code | None = None
    answer: RecordedAnswer | None = None
    said: AssentStatement | KeyStatement | None = None
    bound: Binding | None = None
    level: int = 1
    change: ContactChange | None = None
    review: Review | None = None
    remark: Remark | None = None
    wished: bool = False
    languages: tuple[str, ...] = ()
    own: Mapping[str, str] = field(default_factory=dict)

    def greeted(self, notice: Notice) -> str:
        """The name of whoever the mail goes to; none where it is not the contact's address: it may be a stranger's."""
        if self.change is not None and notice.kind is NoticeKind.HANDED_OVER:
            return self.change.person if notice.to == self.change.email else ""
        return self.view.entry.contact if notice.to == self.view.entry.email else ""

    @property
    def confidential(self) -> bool:
        """Whether the statement stands under a commitment in place of the name."""
        return self.said is not None and isinstance(self.said.signatory, Commitment)


@dataclass(slots=True)
class Matters:
    """Reads matters, and remembers what opened words say: those never change."""

    _words: dict[tuple[str, int, str], tuple[str, str]] = field(default_factory=dict)
    _fingerprints: dict[tuple[str, int], str] = field(default_factory=dict)

    def read(self, uow: UnitOfWork, notice: Notice, now: datetime) -> Matter:
        """What `notice` is about. Raises Outdated."""
        code = uow.codes.get(notice.subject_id) if notice.kind is NoticeKind.CODE else None
        view = uow.invitations.view(notice.invitation, code.browser_sha256 if code else b"")
        if view is None:
            raise Outdated("The invitation is gone.")
        if notice.kind not in _DONE:
            _check_still_meant(notice, view, now)
        language = notice.language or view.entry.language or view.letter.language
        title, addressee = self._words_of(uow, view.letter, language)
        fingerprint = self._fingerprint_of(uow, view.letter, view.letter.version)
        matter = Matter(view, language, title, addressee, fingerprint, code)
        if notice.kind is NoticeKind.RECEIPT:
            return self._logged(uow, notice, matter)
        if notice.kind in WORDED and view.invitation.part is Part.SIGNATORY:
            matter = replace(matter, own=uow.wordings.of_mail(notice.letter_id, notice.kind, spoken(language)))
        return _with_persons(uow, notice, matter)

    def _logged(self, uow: UnitOfWork, notice: Notice, matter: Matter) -> Matter:
        """What a receipt is about: an answer with the key that signed it, or a key statement alone."""
        logged = uow.log.entry(notice.letter_id, int(notice.subject_id))
        said = parse(payload_of(logged.entry)) if logged else None
        if isinstance(said, KeyStatement):
            return replace(matter, said=said)
        answers = uow.answers.of_organisation(notice.letter_id, notice.organisation)
        answer = next((each for each in answers if str(each.index) == notice.subject_id), None)
        if answer is None or not isinstance(said, AssentStatement):
            raise Outdated("There is no such answer.")
        bindings = uow.bindings.of_organisation(notice.letter_id, notice.organisation)
        signer = next((each for each in bindings if each.key == said.by), None)
        bound = next((each for each in bindings if each.index == answer.index - 1 and each.key == said.by), None)
        return replace(
            matter,
            answer=answer,
            said=said,
            bound=bound,
            fingerprint=self._fingerprint_of(uow, matter.view.letter, answer.version),
            level=LEVELS[signer.scheme] if signer else 1,
        )

    def _words_of(self, uow: UnitOfWork, letter: Letter, language: str) -> tuple[str, str]:
        """Title and addressees of the open version, each block of them by its first two lines."""
        key = (letter.id, letter.version, language)
        if key not in self._words:
            version = uow.letters.version(letter.id, letter.version)
            if version is None:
                return letter.title, ""
            self._words[key] = words_of(letter, version, language)
        return self._words[key]

    def _fingerprint_of(self, uow: UnitOfWork, letter: Letter, number: int) -> str:
        """Twelve words of a version's digest, the same in mail, page, PDF and verifier."""
        key = (letter.id, number)
        if key not in self._fingerprints:
            version = uow.letters.version(letter.id, number)
            if version is None:
                return ""
            self._fingerprints[key] = phrase(text_sha256(version))
        return self._fingerprints[key]


def words_of(letter: Letter, version: Version | None, language: str) -> tuple[str, str]:
    """Title and addressees of a version, each block of them by its first two lines."""
    texts = texts_of(version) if version else {}
    text = texts.get(language) or texts.get(letter.language)
    if text is None:
        return letter.title, ""
    return text.title, "; ".join(", ".join(block[:2]) for block in text.addressees[:3])


def _check_still_meant(notice: Notice, view: InvitationView, now: datetime) -> None:
    """Links and codes go only to the address of now, and a link only as long as it is the newest."""
    invitation = view.invitation
    if view.letter.state is LetterState.ABANDONED:
        raise Outdated("The letter was abandoned before the mail could be sent.")
    if invitation.standing(invitation.generation, now) is not InvitationStanding.LIVE:
        raise Outdated("The invitation was revoked or expired before the mail could be sent.")
    if notice.to != view.entry.email:
        raise Outdated("The address of the organisation was changed before the mail could be sent.")
    if notice.kind in _OF_ONE_LINK and notice.subject_id != str(invitation.generation):
        raise Outdated("A newer link was issued before this one could be sent.")


def _with_persons(uow: UnitOfWork, notice: Notice, matter: Matter) -> Matter:
    """What people said or did that the mail tells of, or that brought the letter to its reader."""
    if notice.kind in (NoticeKind.REMINDER, NoticeKind.DEADLINE) and not still_asked(uow, matter.view):
        raise Outdated("The organisation answered before the reminder could be sent.")
    if notice.kind is NoticeKind.REMARK_ANSWERED:
        return _answered(uow, notice, matter)
    if notice.kind is NoticeKind.REVIEWED:
        reviews = uow.reviews.of_organisation(notice.letter_id, notice.organisation)
        review = next((each for each in reviews if each.id == notice.subject_id), None)
        return replace(matter, review=review) if review else _changed(uow, notice, matter)
    if notice.kind is NoticeKind.HANDED_OVER:
        return _changed(uow, notice, matter)
    if notice.kind in (NoticeKind.CLOSED, NoticeKind.PUBLISHED):
        answers = uow.answers.of_organisation(notice.letter_id, notice.organisation)
        version = uow.letters.version(notice.letter_id, matter.view.letter.version)
        languages = tuple(version.files) if version else ()
        return replace(matter, answer=answers[-1] if answers else None, languages=languages)
    if notice.kind is NoticeKind.NEW_VERSION:
        remarks = uow.remarks.of_organisation(notice.letter_id, notice.organisation)
        wished = any(each.condition and each.version < matter.view.letter.version for each in remarks)
        return replace(matter, wished=wished)
    return replace(matter, change=_brought(uow, matter.view)) if notice.kind is not NoticeKind.CODE else matter


def _changed(uow: UnitOfWork, notice: Notice, matter: Matter) -> Matter:
    """The change that the mail tells of: the letter was handed over, or a reviewer stepped aside."""
    changes = uow.contact_changes.of_organisation(notice.letter_id, notice.organisation)
    change = next((each for each in changes if each.id == notice.subject_id), None)
    if change is None:
        raise Outdated("There is no such change.")
    return replace(matter, change=change)


def _answered(uow: UnitOfWork, notice: Notice, matter: Matter) -> Matter:
    remark = uow.remarks.get(notice.subject_id)
    place = (notice.letter_id, notice.organisation)
    theirs = remark is not None and (remark.letter_id, remark.organisation_id) == place
    if remark is None or not theirs or remark.answer is None or remark.taken_back_at is not None:
        raise Outdated("The remark was taken back before the mail could be sent.")
    return replace(matter, remark=remark)


def _brought(uow: UnitOfWork, view: InvitationView) -> ContactChange | None:
    """The change by which a colleague or a reviewer came to the letter; None for a contact whom the roster named."""
    if view.invitation.email is None and not view.entry.former_emails:
        return None
    kinds = {ChangeKind.HANDED_OVER}
    if view.invitation.part is Part.REVIEWER:
        kinds.add(ChangeKind.REVIEWER_NAMED)
    changes = uow.contact_changes.of_organisation(view.letter.id, view.entry.organisation_id)
    return next((each for each in reversed(changes) if each.kind in kinds and each.to_email == view.entry.email), None)
