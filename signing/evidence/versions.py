"""Judges `letter` statements in their order: who may sign a version, and whether its files fit (EVIDENCE 4.9, step 7).

May import the rooms here.
"""

from collections.abc import Collection
from hashlib import sha256

from .carry import Change, change_between
from .entries import Guess, ReadEntry, place_of
from .errors import EvidenceError, Rejected
from .letter_file import check_text
from .letter_state import Version, Walk
from .schemes import ed25519
from .statement import LetterStatement, Subject


def take_letter(walk: Walk, entry: ReadEntry, letter: LetterStatement, guess: Guess | None) -> None:
    """Take a version of the letter.

    Raises:
        Rejected: `COORDINATOR_UNKNOWN`, `SIGNATURE_BAD`, `WEBAUTHN_*`, `KEY_MISMATCH`, `KEY_NAME`, `KEY_TYPE`,
            `KEY_WEAK`, `PREV_BROKEN`.
    """
    before, place = walk.newest, place_of(letter)
    named = before.statement.coordinators if before else letter.coordinators
    key = next((each for each in named if each.key == letter.by), None)
    if key is None or not _is_trusted(walk, letter, before):
        raise Rejected("COORDINATOR_UNKNOWN", f"The version is signed by an unknown key, {letter.by!a}.")
    key.open()
    # A new version may move the letter to another site; its signer stood where the version before it belongs.
    if not walk.signatures.is_checked(entry, guess, key, before.place if before else place, [*named, letter.attestor]):
        walk.ledger.unchecked.append(entry.index)
    for each in (*letter.coordinators, letter.attestor):
        each.open()
    if letter.attestor.scheme != ed25519.NAME:
        raise Rejected("KEY_TYPE", "The attestor's key is not an Ed25519 key.")
    _check_succession(walk, letter, before)
    _check_files(walk, entry.index, letter)
    change = _change(walk, before.statement, letter) if before else Change.NOTHING
    walk.ledger.versions.append(Version(entry.index, letter, entry.digest.hex(), change, place))


def _is_trusted(walk: Walk, letter: LetterStatement, before: Version | None) -> bool:
    trusted: Collection[str] | None = walk.given.coordinators
    return before is not None or trusted is None or letter.by in trusted


def _check_succession(walk: Walk, letter: LetterStatement, before: Version | None) -> None:
    number, digest = (before.statement.version, before.digest) if before else (0, None)
    if letter.version != number + 1 or letter.prev != digest:
        raise Rejected("PREV_BROKEN", "The version does not follow on the one before it.")
    if walk.ledger.closings:
        raise Rejected("PREV_BROKEN", "After closing there is no new version.")
    if before and not set(before.statement.binders) <= set(letter.binders):
        raise Rejected("PREV_BROKEN", "The version asks for fewer binders than the one before it.")
    if before and letter.min_level < before.statement.min_level:
        raise Rejected("PREV_BROKEN", "The version lowers the level that is asked for.")


def _check_files(walk: Walk, index: int, letter: LetterStatement) -> None:
    # The words may be damaged while the signed statement about them is sound: the version stands, so that
    # one bad file is reported once and not once for every assent to it.
    if walk.given.files is None:
        return
    titles: list[str] = []
    for language, file in letter.languages().items():
        try:
            data = _letter_file(walk, file)
            if data is None:
                raise Rejected("TEXT_FILE_MISMATCH", f"The file {file.name} is not the one signed.")
            header = check_text(data)
            titles.append(header["title"])
            if header["language"] != language:
                raise Rejected("TEXT_UNSAFE", f"The file {file.name} says it is in another language.")
        except EvidenceError as error:
            walk.fail(error, index)
    if len(titles) == len(letter.subject) and letter.title not in titles:
        message = "The title of the letter statement is in none of the letter's files."
        walk.fail(Rejected("TEXT_FILE_MISMATCH", message), index)


def _letter_file(walk: Walk, file: Subject) -> bytes | None:
    data = walk.given.files.get(f"letter/{file.name}") if walk.given.files is not None else None
    return data if data is not None and sha256(data).hexdigest() == file.sha256 else None


def _change(walk: Walk, before: LetterStatement, after: LetterStatement) -> Change:
    older, newer = before.languages(), after.languages()
    if {name: file.sha256 for name, file in older.items()} == {name: file.sha256 for name, file in newer.items()}:
        return Change.NOTHING
    return change_between(
        {name: _letter_file(walk, file) for name, file in older.items()},
        {name: _letter_file(walk, file) for name, file in newer.items()},
    )
