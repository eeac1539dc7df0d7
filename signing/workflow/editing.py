"""Writing a letter in the page: what stands in the editor is kept, whether it can be read or not, and nobody writes
over what somebody else has written meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from signing.domain.errors import Faulty, NotAllowed
from signing.domain.letter import Letter, LetterAction, Version
from signing.domain.letter_text import LetterText, is_language_tag
from signing.domain.letter_words import LetterWords
from signing.workflow import memberships
from signing.workflow.activity import Act, record
from signing.workflow.draft_words import put_text, working
from signing.workflow.drafting import new_letter
from signing.workflow.editing_ports import Editing, WorkingText
from signing.workflow.letters import letter_of, locked_letter, texts_of
from signing.workflow.opening import describe
from signing.workflow.ports import Services, UnitOfWork

FRESH = timedelta(seconds=60)
_KEPT_PICTURES = 8


class NewerWords(NotAllowed):
    """Somebody has saved other words meanwhile; `theirs` are what stands in the editor now."""

    code = "newer-words"

    def __init__(self, theirs: WorkingText) -> None:
        super().__init__(
            "{name} has saved other words meanwhile. Nothing of yours is lost: press “Save and preview” to see both.",
            values={"name": theirs.saved_by},
        )
        self.theirs = theirs


@dataclass(frozen=True, slots=True)
class Desk:
    """One language in the editor. `standing` is what was saved there last, None when it was never used; `drafted` the
    text of the draft, or of the open version where there is none; `others` who has an editor of this letter open too.

    `texts` are those of the draft or the open version, `unfinished` the languages that stand only in the editor.
    """

    letter: Letter
    language: str
    words: LetterWords
    standing: WorkingText | None
    drafted: LetterText | None
    draft: Version | None
    texts: dict[str, LetterText]
    unfinished: tuple[str, ...]
    others: tuple[Editing, ...]

    @property
    def revision(self) -> int:
        """What a saving has to name."""
        return self.standing.revision if self.standing else 0

    @property
    def number(self) -> int:
        """The version that is being written."""
        return self.letter.version + 1

    @property
    def languages(self) -> list[str]:
        """Every language there is, the letter's own first."""
        found = {*self.texts, *self.unfinished, self.language}
        return sorted(found, key=lambda tag: (tag != self.letter.language, tag))


def begin(services: Services, title: str, language: str) -> str:
    """Start a letter from nothing but its title; the new letter's id. Raises Faulty."""
    title = " ".join(LetterWords(title=title).cleaned().title.split())
    if not title:
        raise Faulty("Give the letter a title. You can change it at any time.", field="title", code="missing-field")
    _check_language(language)
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter = new_letter(services, title, language, None, now)
        uow.letters.add(letter)
        uow.log.create(letter.id)
        memberships.begin(services, uow, letter.id)
        words = LetterWords(title=title, language=language, date=now.date().isoformat())
        uow.working_texts.save(working(services, letter.id, words, 0))
        record(services, uow, Act.LETTER_BEGUN, letter.id)
        uow.commit()
    return letter.id


def desk(services: Services, letter_id: str, language: str | None = None) -> Desk:
    """The editor of a language, by default the letter's own; one that is new begins with the addressees, date and place
    of the letter. Raises NotFound, NotAllowed when the letter's words no longer change, Faulty `bad-language`."""
    now = services.clock()
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        letter.after(LetterAction.DRAFT_VERSION, now)
        language = language or letter.language
        draft = uow.letters.draft(letter_id)
        newest = draft or uow.letters.version(letter_id, letter.version)
        standing = {text.language: text for text in uow.working_texts.of_letter(letter_id)}
        others = _others(services, uow, letter_id)
    texts = texts_of(newest) if newest else {}
    if language not in texts and language not in standing:
        _check_language(language)
    here = standing.get(language)
    own = standing.get(letter.language)
    first = LetterWords.from_file(own.words) if own else _words_of(texts.get(letter.language))
    return Desk(
        letter=letter,
        language=language,
        words=_words_here(language, here, texts.get(language), first),
        standing=here,
        drafted=texts.get(language),
        draft=draft,
        texts=texts,
        unfinished=tuple(tag for tag in standing if tag not in texts),
        others=others,
    )


def keep(services: Services, letter_id: str, words: LetterWords, revision: int) -> int:
    """Store what stands in the editor, whatever it is, over the `revision` it was begun from; the new revision.

    Raises NotFound, NotAllowed when the letter's words no longer change, NewerWords.
    """
    with services.unit_of_work(write=True) as uow:
        letter_of(uow, letter_id).after(LetterAction.DRAFT_VERSION, services.clock())
        kept = _keep(services, uow, letter_id, words.cleaned(), revision)
        _seen(services, uow, letter_id, words.language)
        uow.commit()
    return kept


def save(services: Services, letter_id: str, words: LetterWords, text: LetterText, revision: int) -> bool:
    """Store the words and make their `text` the draft; whether the draft is another now.

    Raises as `keep` does.
    """
    words = words.cleaned()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.DRAFT_VERSION, services.clock())
        _keep(services, uow, letter_id, words, revision)
        newest = uow.letters.draft(letter_id) or uow.letters.version(letter_id, letter.version)
        text = dated_as_before(text, texts_of(newest).get(text.language) if newest else None)
        changed = newest is None or newest.files.get(text.language) != text.to_bytes()
        if changed:
            letter, number = put_text(services, uow, letter, text, typed=True)
            describe(uow, letter)
            record(services, uow, Act.DRAFT_SAVED, letter_id, language=text.language, version=number)
        uow.working_texts.settle(letter_id, text.language)
        account_id = services.actor().account_id
        if account_id is not None:
            uow.working_texts.leave(letter_id, account_id)
        uow.commit()
    return changed


def here(services: Services, letter_id: str, language: str) -> tuple[Editing, ...]:
    """Note that whoever acts has this editor open; who else has. Raises NotFound."""
    with services.unit_of_work(write=True) as uow:
        letter_of(uow, letter_id)
        _seen(services, uow, letter_id, language)
        others = _others(services, uow, letter_id)
        uow.commit()
    return others


def dated_as_before(text: LetterText, before: LetterText | None) -> LetterText:
    """A date that was not changed is printed as it was: a file may have had it in other words than ours."""
    if before is not None and before.date == text.date:
        return replace(text, date_line=before.date_line)
    return text


def page_pictures(services: Services, desk: Desk, text: LetterText) -> tuple[str, ...]:
    """The pages of the PDF as SVG files. Raises Refusal `no-glyph`."""
    return _pictures(services.typesetter.page_pictures, text, desk.number, desk.letter.paper)


@lru_cache(maxsize=_KEPT_PICTURES)
def _pictures(
    drawn: Callable[..., tuple[str, ...]], text: LetterText, number: int, paper: str
) -> tuple[str, ...]:
    # The page asks for each of its pictures by itself.
    return drawn(text, version=number, text_sha256=text.sha256, draft_for="the coordinators", paper=paper)


def _keep(services: Services, uow: UnitOfWork, letter_id: str, words: LetterWords, revision: int) -> int:
    standing = uow.working_texts.get(letter_id, words.language)
    if standing is not None and standing.words == words.to_file():
        return standing.revision
    if not uow.working_texts.save(working(services, letter_id, words, revision)):
        theirs = uow.working_texts.get(letter_id, words.language)
        if theirs is not None:
            raise NewerWords(theirs)
        # There is nothing here that could be written over: the page was of another letter.
        return _keep(services, uow, letter_id, words, 0)
    return revision + 1


def _seen(services: Services, uow: UnitOfWork, letter_id: str, language: str) -> None:
    account_id = services.actor().account_id
    if account_id is not None:
        uow.working_texts.see(letter_id, language, account_id, services.clock())


def _others(services: Services, uow: UnitOfWork, letter_id: str) -> tuple[Editing, ...]:
    mine = services.actor().account_id
    found = uow.working_texts.editing(letter_id, services.clock() - FRESH)
    return tuple(each for each in found if each.account_id != mine)


def _words_of(text: LetterText | None) -> LetterWords:
    return LetterWords.of(text) if text else LetterWords()


def _words_here(
    language: str, standing: WorkingText | None, drafted: LetterText | None, first: LetterWords
) -> LetterWords:
    if standing is not None:
        return replace(LetterWords.from_file(standing.words), language=language)
    if drafted is not None:
        return LetterWords.of(drafted)
    return LetterWords(
        language=language, date=first.date, place=first.place, addressees=first.addressees, copies=first.copies
    )


def _check_language(language: str) -> None:
    if not is_language_tag(language):
        raise Faulty(
            'Write the language as a tag like "en", "fr", "pt-BR" or "zh-Hant".', field="language", code="bad-language"
        )
