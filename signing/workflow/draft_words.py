"""Putting words into the draft of the next version, from whichever side they come: a file, the editor, a remark."""

from __future__ import annotations

from dataclasses import replace

from signing.domain.letter import Letter, LetterAction, LetterState, Version
from signing.domain.letter_text import LetterText
from signing.domain.letter_words import LetterWords
from signing.workflow.editing_ports import WorkingText
from signing.workflow.opening import main_title
from signing.workflow.ports import Services, UnitOfWork


def put_text(
    services: Services, uow: UnitOfWork, letter: Letter, text: LetterText, *, typed: bool = False
) -> tuple[Letter, int]:
    """Make `text` its language's words in the draft; the letter, which a draft's words may have renamed, and the
    draft's number. The letter is locked, and stays to be `describe`d.

    Whoever has this language in the editor is told by their next saving that it has changed (`follow`), unless these
    words come from there: what was `typed` stays as it was typed.
    Raises NotAllowed when the letter's words no longer change.
    """
    letter.after(LetterAction.DRAFT_VERSION, services.clock())
    number = letter.version + 1
    base = uow.letters.draft(letter.id) or uow.letters.version(letter.id, letter.version)
    files = {**(base.files if base else {}), text.language: text.to_bytes()}
    draft = Version(letter.id, number, files, None)
    uow.letters.save_draft(draft)
    if letter.state is LetterState.DRAFT:
        title, language = main_title(letter, draft)
        letter = replace(letter, title=title, language=language)
    if not typed:
        follow(services, uow, letter.id, text)
    return letter, number


def follow(services: Services, uow: UnitOfWork, letter_id: str, text: LetterText) -> None:
    """Let the editor of this language, if it was ever used, show the words that are in the draft now."""
    standing = uow.working_texts.get(letter_id, text.language)
    if standing is None:
        return
    words = LetterWords.of(text).to_file()
    if words != standing.words:
        uow.working_texts.save(replace(
            standing, words=words, revision=standing.revision + 1, saved_at=services.clock(),
            saved_by=services.actor().name, ahead=False,
        ))
    elif standing.ahead:
        uow.working_texts.settle(letter_id, text.language)


def working(services: Services, letter_id: str, words: LetterWords, revision: int) -> WorkingText:
    """What is to be stored over `revision` of a language's editor."""
    return WorkingText(
        letter_id, words.language, words.to_file(), revision + 1, services.clock(), services.actor().name
    )
