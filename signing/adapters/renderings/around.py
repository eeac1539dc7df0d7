"""What stands around a letter's words in every rendering: its head, the list, and how to check the copy.

May import the words and the names of `typeset`, `signing.domain.letter_text` and `signing.evidence`.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from signing.adapters.typeset.fixed_words import FixedWords
from signing.adapters.typeset.names import signs_alone
from signing.adapters.typeset.scripts import likely_language
from signing.domain.letter_text import LetterText
from signing.evidence.signatory import Signatory
from signing.evidence.signatory_list import SignatoryList


@dataclass(frozen=True, slots=True)
class Name:
    """A signatory as listed: `after` is its acronym in brackets or, of a person, their role; `native` the name in its
    own script with the language tag that is likely its own, None where the letters say nothing."""

    listed_as: str
    after: str
    native: str | None
    native_language: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """Names under one heading, None where they have none."""

    heading: str | None
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """How to check a copy; `address` is None where no page is given. `version` is a line, `date` ISO,
    `sha256` hex digits."""

    heading: str
    version: str
    date: str
    before_address: str
    address: str | None
    before_sha256: str
    sha256: str
    before_phrase: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Around:
    """The parts in the letter's language; `language` is the one we have them in, English where there is no nearer.

    `draft` marks the copy of one organisation, which has neither list nor check.
    """

    language: str
    draft: str | None
    date_line: str
    version: str
    heading: str
    groups: tuple[Group, ...] = ()
    withheld: str | None = None
    check: Check | None = None


def around(
    text: LetterText,
    *,
    listing: SignatoryList | None,
    version: int,
    text_sha256: str,
    phrase: str,
    check_url: str | None,
    draft_for: str | None,
    document_date: datetime.date,
) -> Around:
    """Gather the parts; the arguments are those of `typeset.letter_pdf`."""
    words = FixedWords(text.language)
    groups: tuple[Group, ...] = ()
    withheld = None
    if listing is not None and draft_for is None:
        groups = tuple(Group(group, tuple(_name(each.signatory, words) for each in names))
                       for group, names in listing.by_group())
        if listing.confidential:
            withheld = words.withheld(listing.confidential, after_names=bool(groups))
    check = Check(
        words.verify, words.version(version), document_date.isoformat(), words.check, check_url, words.digest,
        text_sha256, words.phrase, phrase,
    )  # fmt: skip
    return Around(
        language=words.language,
        draft=words.draft(draft_for, version) if draft_for is not None else None,
        date_line=words.place_and_date(text.place, text.date_line) if text.place else text.date_line,
        version=f"{words.version(version)} · sha256 {text_sha256[:12]}",
        heading=words.signatories,
        groups=groups,
        withheld=withheld,
        check=check if draft_for is None else None,
    )


def _name(signatory: Signatory, words: FixedWords) -> Name:
    after = ""
    if signatory.acronym:
        after = f" ({signatory.acronym})"
    elif signatory.role and signs_alone(signatory):
        after = words.before_role + signatory.role
    native = signatory.native_name
    return Name(signatory.listed_as, after, native, likely_language(native) if native else None)
