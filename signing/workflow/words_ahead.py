"""Words that stand in the editor and are not in the draft yet: what is opened must not be older than what was written
without anybody having said so."""

from __future__ import annotations

from signing.domain.errors import Faulty
from signing.domain.letter import Version
from signing.domain.letter_text import LetterText
from signing.domain.letter_words import LetterWords
from signing.workflow.editing_ports import WorkingText
from signing.workflow.letters import letter_of, texts_of
from signing.workflow.ports import Services, UnitOfWork


def words_ahead(services: Services, letter_id: str) -> tuple[WorkingText, ...]:
    """What the editors hold beyond the draft, or beyond the open version where there is no draft; by language. Nothing
    once the letter's words no longer change. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        if letter.state_at(services.clock()).closed:
            return ()
        return ahead_of(uow, letter_id, uow.letters.draft(letter_id) or uow.letters.version(letter_id, letter.version))


def ahead_of(uow: UnitOfWork, letter_id: str, newest: Version | None) -> tuple[WorkingText, ...]:
    """What the editors hold beyond these words."""
    saved = [text for text in uow.working_texts.of_letter(letter_id) if text.ahead]
    if not saved:
        return ()
    texts = texts_of(newest) if newest else {}
    return tuple(text for text in saved if not _says(text, texts.get(text.language)))


def check_not_ahead(uow: UnitOfWork, letter_id: str, newest: Version | None) -> None:
    """Raise Faulty `editor-ahead` where an editor holds words that these words lack."""
    ahead = ahead_of(uow, letter_id, newest)
    if ahead:
        raise Faulty(
            "The editor holds newer words that are not in the draft yet (saved by {name}, language {language}). Save "
            "them as the draft first, or say that you open the draft as it is.",
            field="draft_as_is",
            code="editor-ahead",
            values={"name": ahead[0].saved_by, "language": ", ".join(text.language for text in ahead)},
        )


def _says(saved: WorkingText, text: LetterText | None) -> bool:
    # Who typed something and took it back has saved, and yet there is nothing new.
    return text is not None and LetterWords.of(text).to_file() == saved.words
