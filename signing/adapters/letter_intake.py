"""A letter's file, as a person brings it, made into a draft (DESIGN 8).

May import `signing.domain` and its own parts `letter_intake_*`. Nothing is changed in silence: what is repaired,
left out or cannot be shown is a warning with its line; what would lose words is refused.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias

from signing.domain.errors import Faulty
from signing.domain.letter_blocks import Block, Footnotes, ItemList, Quotation
from signing.domain.letter_text import LetterText, blocks_to_markdown
from signing.domain.letter_text_reader import Body, Remark, fault_at, read_body

from .letter_intake_dates import date_line_for, locale_of
from .letter_intake_front_matter import read_front_matter
from .letter_intake_lines import Line, Opening, decode, first_words, skip_blank, to_lines
from .letter_intake_mending import EVERYTHING, Mended, Proposal, choice, mend
from .letter_intake_plain import read_plain_letter
from .letter_intake_word import read_word_letter
from .packed_files import MAX_FILE_BYTES as MAX_PACKED_BYTES
from .packed_files import WORD, packed_again, unpack

__all__ = ["EVERYTHING", "IntakeWarning", "LetterDraft", "Proposal", "date_line_for", "read_letter"]

MAX_FILE_BYTES: Final = 1_000_000
IntakeWarning: TypeAlias = Remark

_OF_WORD: Final = {
    "missing-title": "no title was found before this paragraph. Give it the style Title, or say it beside the file.",
    "missing-date": "no date was found before this paragraph. Write it alone in a paragraph, with the month as a word, "
    "or say it beside the file.",
    "missing-language": "the language of the letter is not clear. Say it beside the file, such as en.",
}
_FOOTNOTE_MARK = re.compile(r"(?<!\\)\[\^[^\]\s]+\](?!:)")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-{3,}:?\s*(\|\s*:?-{3,}:?\s*)+\|?\s*\Z")


@dataclass(frozen=True, slots=True)
class LetterDraft:
    """What a file gave: the words, an optional deadline in UTC, and what the coordinator should look at.

    `proposals` are typographic repairs, `made` the ids of those that are in `text` already. `counts` says what the
    lines of warnings and proposals are: `line`, or `paragraph` of a Word document. `kept` is as much of the file as
    reading it again takes: a document without its pictures.
    """

    text: LetterText
    deadline: datetime | None
    warnings: tuple[IntakeWarning, ...]
    proposals: tuple[Proposal, ...] = ()
    made: frozenset[str] = frozenset()
    counts: str = "line"
    kept: bytes = b""


def read_letter(
    data: bytes,
    filename: str,
    *,
    language: str | None = None,
    mend: bool | Container[str] = True,
    title: str | None = None,
    date: str | None = None,
) -> LetterDraft:
    """Read a `.md`, `.txt` or `.docx` letter into a draft.

    `language`, `title` and `date` speak where the file does not. `mend` names the proposals that are made by their
    ids (`EVERYTHING`: all); True makes those that are sure in a file that was copied out of pages: paragraphs of a
    `.txt` or `.docx` that a page break cut in two. False makes none.

    Raises:
        Faulty: with the line and the remedy, when the file cannot be taken as it is.
    """
    ending = filename.lower().rpartition(".")[2]
    if ending not in ("md", "txt", "docx"):
        message = "Bring the letter as a Word document (.docx), as Markdown (.md) or as plain text (.txt)."
        raise _refused("old-word" if ending == "doc" else "file-kind", message)
    if len(data) > (MAX_PACKED_BYTES if ending == "docx" else MAX_FILE_BYTES):
        most = (MAX_PACKED_BYTES if ending == "docx" else MAX_FILE_BYTES) // 1_000_000
        raise _refused(
            "too-large", f"The file is larger than {most} MB. A letter is text only: is this the right file?"
        )
    if not data:
        raise _refused("empty-file", "The file is empty. Is this the right file?")
    if language is not None and locale_of(language) is None:
        message = f'"{first_words(language)}" is not a language tag. Give one like en, fr, zh-Hant or pt-BR.'
        raise Faulty(message, code="bad-language", field="language")
    known = {name: value for name, value in (("title", title), ("date", date)) if value}
    if ending == "docx":
        return _read_word(data, language, mend, known)
    lines = to_lines(decode(data))
    if not any(line.text.strip() for line in lines):
        raise _refused("empty-file", "The file is empty. Is this the right file?")
    if ending == "md":
        opening, body, remarks = read_front_matter(lines, language)
        # A Markdown file was written as one; only text copied out of pages has cuts that are worth mending unasked.
        mend = False if mend is True else mend
    else:
        opening, body, remarks = read_plain_letter(lines, language, known)
    body = skip_blank(body)
    words, seen = _read_words(body, opening.end)
    places = [_number(body, place) for place in words.places]
    return replace(_draft(opening, words, places, mend, [*remarks, *seen]), kept=data)


def _read_word(data: bytes, language: str | None, mend: bool | Container[str], known: dict[str, str]) -> LetterDraft:
    parts = unpack(data, WORD)
    try:
        opening, words, remarks = read_word_letter(parts, language, known)
        draft = _draft(opening, words, words.places, mend, remarks)
        return replace(draft, counts="paragraph", kept=packed_again(parts).getvalue())
    except Faulty as refusal:
        if refusal.line is None:
            raise
        _, _, message = refusal.message.partition(": ")
        message = _OF_WORD.get(refusal.code, message)
        raise Faulty(f"Paragraph {refusal.line}: {message}", code=refusal.code, line=refusal.line) from None


def _draft(
    opening: Opening, words: Body, places: Sequence[int], mending: bool | Container[str], remarks: Sequence[Remark]
) -> LetterDraft:
    """Mend the words as far as that is wished, and make the letter of them."""
    chosen = choice(mending)
    mended = mend(words.blocks, words.footnotes, places, opening.fields["language"], chosen)
    text = LetterText(body=blocks_to_markdown(mended.blocks, mended.footnotes), **opening.fields)
    # The file that will be signed is written and read once here, so that opening cannot fail on it later.
    _check_whole(text, mended)
    made = frozenset(each.id for each in mended.proposals if chosen(each))
    joins = [_told(each, each.id in made) for each in mended.proposals if each.code == "join"]
    warnings = sorted([*remarks, *joins], key=lambda warning: warning.line)
    return LetterDraft(text, opening.deadline, tuple(warnings), mended.proposals, made)


def _check_whole(text: LetterText, mended: Mended) -> None:
    try:
        LetterText.from_bytes(text.to_bytes())
    except Faulty as refusal:
        if refusal.line is None:
            raise
        # The line is one of the text as this program writes it, which the person does not see.
        _, _, message = refusal.message.partition(": ")
        raise Faulty(f"The text cannot be taken: {message}", code=refusal.code, field="file") from None


def _told(join: Proposal, made: bool) -> Remark:
    end, _, begin = join.before.partition(" ¶ ")
    cut = f'"{end}" and "{begin}"'
    if made:
        message = f"{cut} were two paragraphs and are joined. If that is wrong, import the file as it is (--as-is)."
        return Remark(join.line, "joined", message)
    message = f"{cut} look like one paragraph cut in two. If so, join them in the file."
    return Remark(join.line, "cut-paragraph", message)


def _read_words(lines: Sequence[Line], opening_end: int) -> tuple[Body, list[Remark]]:
    """Read the body, with the line numbers of the file."""
    source = "\n".join(line.text for line in lines)
    if not source.strip():
        raise fault_at(opening_end, "empty-body", "the letter has no words after its opening. Write its text here.")
    try:
        words = read_body(source)
    except Faulty as refusal:
        if refusal.line is None:
            raise
        number = _number(lines, refusal.line)
        _, _, message = refusal.message.partition(": ")
        raise fault_at(number, refusal.code, message) from None
    if not words.blocks:
        raise fault_at(_number(lines, 1), "empty-body", "there are no words that a letter can show here.")
    remarks = [Remark(_number(lines, found.line), found.code, found.message) for found in words.remarks]
    return words, [*remarks, *_look_alikes(lines, words.footnotes), *_stray_stars(lines, words.blocks)]


def _number(lines: Sequence[Line], at: int) -> int:
    return lines[min(at, len(lines)) - 1].number


def _look_alikes(lines: Sequence[Line], footnotes: Footnotes) -> list[Remark]:
    """Report what looks like something a letter has or Markdown knows, and is plain words here."""
    remarks: list[Remark] = []
    defined = {match[1] for line in lines if (match := re.match(r"\s*(\[\^[^\]\s]+\]):", line.text))}
    for line in lines:
        for mark in _FOOTNOTE_MARK.findall(line.text):
            if mark not in defined:
                message = f"{mark} points to no footnote and is kept as plain words. Write {mark}: and the note."
                remarks.append(Remark(line.number, "footnote-missing", message))
        if _TABLE_RULE.match(line.text):
            remarks.append(Remark(line.number, "table", "A letter has no tables; the rows are kept as plain words."))
        if "\ufffd" in line.text:
            message = "The character U+FFFD stands where another was lost. Compare with the original."
            remarks.append(Remark(line.number, "replacement-character", message))
    return remarks


def _stray_stars(lines: Sequence[Line], blocks: Sequence[Block]) -> list[Remark]:
    """Report stars that were meant as bold and did not become it."""
    remarks: list[Remark] = []
    for block in blocks:
        if isinstance(block, ItemList):
            remarks += _stray_stars(lines, [inner for item in block.items for inner in item])
        elif isinstance(block, Quotation):
            remarks += _stray_stars(lines, block.blocks)
        else:
            for run in block.runs:
                at = run.text.find("**")
                if at >= 0:
                    piece = run.text[max(0, at - 6) : at + 2].rpartition("\n")[2]
                    number = next((line.number for line in lines if piece in line.text), lines[0].number)
                    message = f'The stars at "{piece}" did not become bold and are kept as stars.'
                    remarks.append(Remark(number, "stray-stars", message))
    return remarks


def _refused(code: str, message: str) -> Faulty:
    return Faulty(message, code=code, field="file")
