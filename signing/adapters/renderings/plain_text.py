"""The letter as plain text: one paragraph on one line, so that it can be pasted anywhere.

May import its siblings, `signing.domain.letter_text` and `signing.evidence.signatory_list`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from signing.adapters.renderings.around import Around, Check, Name, around
from signing.domain.letter_text import LetterText
from signing.evidence.signatory_list import SignatoryList


def letter_txt(
    text: LetterText,
    *,
    listing: SignatoryList | None,
    version: int,
    text_sha256: str,
    phrase: str,
    document_date: datetime.date,
    check_url: str | None,
    draft_for: str | None = None,
    paper: str = "a4",
) -> bytes:
    """The letter in UTF-8, its list and how to check it below; the arguments are those of `typeset.letter_pdf`."""
    parts = around(
        text, listing=listing, version=version, text_sha256=text_sha256, phrase=phrase, check_url=check_url,
        draft_for=draft_for, document_date=document_date,
    )  # fmt: skip
    above = f"[{parts.draft}]\n\n" if parts.draft else ""
    return (above + text.to_plain_text() + "".join(f"\n{block}\n" for block in _below(parts))).encode()


def _below(parts: Around) -> Iterator[str]:
    if parts.groups or parts.withheld:
        yield parts.heading
    for group in parts.groups:
        names = "\n".join(map(_line, group.names))
        yield f"{group.heading}\n{names}" if group.heading else names
    if parts.withheld:
        yield parts.withheld
    if parts.check:
        yield "\n".join(_checked(parts.check))


def _line(name: Name) -> str:
    return f"{name.listed_as}{name.after}" + (f" · {name.native}" if name.native else "")


def _checked(check: Check) -> Iterator[str]:
    yield check.heading
    yield check.version
    yield check.date
    if check.address:
        yield f"{check.before_address} {check.address}"
    yield f"{check.before_sha256} {check.sha256}"
    yield f"{check.before_phrase} {check.phrase}"
