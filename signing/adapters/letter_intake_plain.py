"""A `.txt` letter, laid out as people type it: addressees, date, salutation, title in capitals, text, names.

May import `signing.domain` and the parts of the letter intake. The body itself is Markdown, as in a `.md` letter.
The names at the end are left out of the words and reported: who signs is for the roster and the log.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from signing.domain.errors import Faulty
from signing.domain.letter_text import Heading, Paragraph
from signing.domain.letter_text_reader import Remark, fault_at, read_body

from .letter_intake_dates import date_line_for, read_date
from .letter_intake_lines import Line, Opening, skip_blank

_SALUTATIONS: Final = {
    "en": r"dear\b|your excellenc|excellenc(?:y|ies)|to whom it may|honou?rable",
    "fr": r"chères?\b|chers?\b|madame|monsieur|mesdames|messieurs|excellence",
    "de": "sehr geehrte|liebe|lieber|verehrte",
    "es": "estimad|querid|excelentísim|señor",
    "it": "gentil|egregi|car[oaie] |spettabile|onorevole",
    "pt": "prezad|caríssim|exm|excelentíssim|senhor",
    "nl": "geachte|beste",
}
_OPENER = re.compile(
    r"(?:to the attn\.?(?: of)?|(?:for )?(?:to )?the attention of|attn\.?|attention|to|cc|à l['’]attention de|"
    r"a la atención de|alla cortese attenzione di|à atenção de|ter attentie van|z\. ?hd\.?(?: von)?|an)\s*:\s*",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?:mr|mrs|ms|mx|dr|prof|professor|h\.e|his excellency|her excellency|m|mme|herr|frau)\.?\s", re.IGNORECASE
)
_TITLE_MARK = re.compile(r"(?:subject|re|object|objet|betreff|asunto|oggetto|assunto|betreft)\s*:\s*", re.IGNORECASE)
_REFERENCE = re.compile(r"(?:reference|ref|our ref|référence|réf|aktenzeichen|referencia)\.?\s*:\s*", re.IGNORECASE)
_CLOSING = re.compile(
    r"(?:yours (?:sincerely|faithfully|truly)|(?:most )?sincerely(?: yours)?|(?:with )?(?:kind|best|warm)(?:est)? "
    r"(?:regards|wishes)|respectfully(?: yours| submitted)?|with (?:kind |best )?regards|in solidarity|"
    r"mit freundlichen grüßen|hochachtungsvoll|cordialement|respectueusement|atentamente|cordialmente|"
    r"cordiali saluti|distinti saluti|atenciosamente|hoogachtend|met vriendelijke groet|此致[，,\s]*敬礼|此致|"
    r"(?:nous vous prions|je vous prie|veuillez) .{0,160}(?:considération|respects?|salutations|sentiments)\b.{0,60}|"
    r"(?:وتفضلوا بقبول|مع (?:فائق|خالص)) .{0,80})[,.！。]?",
    re.IGNORECASE,
)
_NAMES_HEADING = re.compile(
    r"(?:#{1,6} )?\**(?:signatories|signed(?: by)?|signator(?:y|ies) organi[sz]ations|(?:the )?undersigned"
    r"(?: organi[sz]ations)?|list of signatories|signataires|firmantes|unterzeichne(?:r|nde)|firmatari|signatários|"
    r"ondertekenaars)\**\s*[:,]?\**",
    re.IGNORECASE,
)
_MARK = re.compile(r"\s*(?:[-+*•]|\d{1,4}[.)])\s+")
# Legal forms that end in a full stop without ending a sentence: Inc., z.s., e.V.
_ABBREVIATION = re.compile(r"(?:\b(?:Inc|Ltd|Co|Corp|Org|Assoc|Intl)|\.\w{1,3})\.\Z")
_LONGEST_NAME: Final = 120
_LONGEST_REFERENCE: Final = 40
_OPENING_LINES: Final = 60


def read_plain_letter(
    lines: Sequence[Line], language: str | None, known: Mapping[str, str]
) -> tuple[Opening, list[Line], list[Remark]]:
    """Part a `.txt` letter into its opening and its body, without the names at the end.

    Raises:
        Faulty: by line, when the title or the date is not found, or the language is not clear.
    """
    filled = skip_blank(lines)
    tag = language or guess_language(filled)
    reading = OpeningReading(tag, known)
    body_at = reading.read(filled)
    end = filled[min(body_at, len(filled) - 1)].number
    fields = reading.fields(end)
    body, closing, remarks = part_names(filled[body_at:])
    if closing:
        fields["closing"] = closing
    return Opening(fields, end), body, remarks


def guess_language(lines: Sequence[Line]) -> str:
    """Guess the language of a letter by how it greets. Raises Faulty `missing-language` when that is not clear."""
    for line in [line for line in lines if line.text.strip()][:_OPENING_LINES]:
        for language in _SALUTATIONS:
            if is_salutation(line.text, language):
                return language
    message = "the language of the letter is not clear. Say it, such as --language en."
    raise fault_at(lines[0].number, "missing-language", message)


def is_salutation(text: str, language: str | None = None) -> bool:
    """Whether a line greets whom the letter is for, in this language or in any."""
    pattern = _SALUTATIONS[language] if language in _SALUTATIONS else "|".join(_SALUTATIONS.values())
    text = text.strip()
    return len(text) <= _LONGEST_NAME and text[-1:] in tuple(",:!，：") and bool(re.match(pattern, text, re.I))


def _is_capitals(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return len(letters) >= 8 and text == text.upper() and text != text.lower()


class OpeningReading:
    """The lines before the body, taken one by one until one is none of the things that open a letter."""

    def __init__(self, language: str, known: Mapping[str, str]) -> None:
        """`known` holds `title` and `date` (as 2023-02-15) where the coordinator said them beside the file."""
        self._language = language
        self._addressees: list[list[str]] = []
        self._new_block = True
        self._addressed = False
        self._date: date | None = None
        self._date_words = ""
        self._dated_after_address = False
        self._place: str | None = None
        self._reference: str | None = None
        self._salutation: str | None = None
        self._title: str | None = None
        self._known = known

    @property
    def greeted(self) -> bool:
        """Whether the salutation has been read."""
        return self._salutation is not None

    def read(self, lines: Sequence[Line]) -> int:
        """Take the opening lines; the answer is where the body begins."""
        at = 0
        while at < len(lines):
            text = lines[at].text.strip()
            if text and not self.take(text):
                break
            if text and self._title is not None and _is_capitals(text):
                # A title in capitals may run over several lines.
                while at + 1 < len(lines) and _is_capitals(lines[at + 1].text) and self._title.endswith(text):
                    at += 1
                    text = lines[at].text.strip()
                    self._title += " " + text
            at += 1
        return at

    def fields(self, line: int) -> dict[str, Any]:
        self._title = self._title or self._known.get("title") or None
        if self._date is None and self._known.get("date"):
            self._date = read_date(self._known["date"], self._language)
            if self._date is None:
                raise Faulty("Write the date as 2023-02-15.", code="bad-date", field="date")
            self._date_words = date_line_for(self._date, self._language)
        if self._title is None:
            message = "no title was found before this line. Write it in capitals, or begin it with # and a space."
            raise fault_at(line, "missing-title", message)
        if self._date is None:
            message = "no date was found before this line. Write it alone on a line, with the month as a word."
            raise fault_at(line, "missing-date", message)
        fields = {
            "title": self._title,
            "date": self._date.isoformat(),
            "date_line": self._date_words,
            "language": self._language,
            "addressees": tuple(tuple(block) for block in self._addressees),
        }
        extra = {"place": self._place, "reference": self._reference, "salutation": self._salutation}
        return fields | {name: words for name, words in extra.items() if words}

    def take(self, text: str) -> bool:
        """Take a line that belongs to the opening; False where the body begins."""
        if self._salutation is None and is_salutation(text):
            self._salutation = text
            return True
        return self._take_date(text) or self._take_title(text) or self._take_address(text)

    def take_title(self, words: str) -> bool:
        """Take words that are laid out as a title, unless there is one."""
        if self._title is not None:
            return False
        self._title = words
        return True

    def begin_block(self) -> None:
        """The next line of an address begins another addressee."""
        self._new_block = True

    def _take_date(self, text: str) -> bool:
        if self._date is not None:
            return False
        place, _, rest = text.partition(",")
        for before, words in ((None, text), (place.strip(), rest.strip())):
            day = read_date(words, self._language) if words else None
            if day is not None:
                self._date, self._date_words, self._place = day, words, before
                self._dated_after_address = bool(self._addressees)
                return True
        return False

    def _take_title(self, text: str) -> bool:
        if self._title is not None:
            return False
        marked = re.match(r"#{1,6} ", text) or _TITLE_MARK.match(text)
        many = len(text.split()) >= 4
        if marked is None and not (_is_capitals(text) and (self._salutation is not None or many)):
            return False
        self._title = _plain(text[marked.end() :] if marked else text)
        return True

    def _take_address(self, text: str) -> bool:
        if self._salutation is not None or (self._title is not None and not self._addressed):
            return False
        if self._reference is None and (_REFERENCE.match(text) or self._is_bare_reference(text)):
            self._reference = text
            return True
        opener = _OPENER.match(text)
        if opener is not None:
            self._addressed = self._new_block = True
            text = text[opener.end() :].strip()
            if not text:
                return True
        if len(text) > 2 * _LONGEST_NAME:
            return False
        if self._new_block or _PERSON.match(text):
            self._addressees.append([])
            self._new_block = False
        self._addressees[-1].append(text)
        return True

    def _is_bare_reference(self, text: str) -> bool:
        """A short line with a figure behind the date, where all addresses stood before it."""
        return self._dated_after_address and len(text) <= _LONGEST_REFERENCE and any(map(str.isdecimal, text))


def _plain(text: str) -> str:
    """The words of one line of Markdown."""
    try:
        blocks = read_body(text).blocks
    except Faulty:
        return text.strip()
    if len(blocks) == 1 and isinstance(blocks[0], Paragraph | Heading):
        return "".join(run.text for run in blocks[0].runs) or text.strip()
    return text.strip()


def part_names(lines: Sequence[Line]) -> tuple[list[Line], str | None, list[Remark]]:
    """Part the names of those who sign, and the closing before them, from the end of the body."""
    body = skip_blank(lines)
    begin = len(body)
    headed = False
    names: list[str] = []
    for at in range(len(body) - 1, -1, -1):
        text = body[at].text.strip()
        if not text:
            continue
        if _NAMES_HEADING.fullmatch(text):
            begin, headed = at, True
            break
        if _CLOSING.fullmatch(text):
            headed = True
            break
        if not _is_name(body[at].text):
            break
        begin = at
    names_at = range(begin, len(body))
    names = [_MARK.sub("", body[at].text.strip()) for at in names_at if body[at].text.strip()]
    if headed and names and _NAMES_HEADING.fullmatch(names[0]):
        names = names[1:]
    stands_alone = begin == 0 or begin == len(body) or headed or not body[begin - 1].text.strip()
    if not headed and (len(names) < 2 or not stands_alone or any(_MARK.match(body[at].text) for at in names_at)):
        begin, names = len(body), []
    remarks: list[Remark] = []
    if names:
        count = "One name" if len(names) == 1 else f"{len(names)} names"
        message = f"{count} at the end left out of the words; who signs belongs in the roster: {'; '.join(names)}."
        remarks.append(Remark(body[begin].number, "signatories", message))
    rest = skip_blank(body[:begin])
    closing = None
    if rest and _CLOSING.fullmatch(rest[-1].text.strip()):
        closing = rest[-1].text.strip()
        rest = skip_blank(rest[:-1])
    return rest, closing, remarks


def _is_name(line: str) -> bool:
    text = _MARK.sub("", line.strip())
    if not text or len(text) > _LONGEST_NAME or len(text.split()) > 16 or text[0] in "#>`|[":
        return False
    if text[-1] in "!?:;,…。！？" or text.count("**") or "](" in text:
        return False
    return text[-1] != "." or _ABBREVIATION.search(text) is not None
