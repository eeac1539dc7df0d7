"""The words a letter has around its own: head, foot, list and verification block, in the letter's language.

May import `signing.locale`. Where we have no words of a language they are English, and say so (`language`).

Counts have the separators of the language, and Western digits in every one: a reader compares page, version and
count with the address, the digest and the other languages of the letter, which have them too.
"""

from __future__ import annotations

import re
import unicodedata

from signing.locale import document, text_direction

_LEFT_TO_RIGHT_MARK, _RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"


class FixedWords:
    """The fixed words in the nearest language we have to `language`."""

    def __init__(self, language: str) -> None:
        self.language, self._words = document.words(language)

    def number(self, count: int) -> str:
        """A count as the language groups its digits."""
        return document.number(count, self.language)

    @property
    def letterhead(self) -> str:
        return self._words.gettext("Joint public letter")

    @property
    def to(self) -> str:
        # L10n: above the addressees.
        return self._words.gettext("To")

    @property
    def copy_to(self) -> str:
        # L10n: above those who are sent a copy.
        return self._words.gettext("Cc")

    def of_a_copy(self, line: str) -> str | None:
        """What follows "Cc:" where a line of an address block begins so, in English or the letter's language."""
        # L10n: how a line of an address may begin that says it is for a copy, without the colon, divided by |.
        said = {*["Cc", "C.c.", "Copy to", "Copies to"], *self._words.gettext("Cc|C.c.|Copy to|Copies to").split("|")}
        found = re.match(rf"(?:{'|'.join(map(re.escape, sorted(said)))})\s*[:：]\s*", line, re.IGNORECASE)
        return line[found.end() :] if found else None

    def place_and_date(self, place: str, date: str) -> str:
        return self._words.gettext("%(place)s, %(date)s") % {"place": place, "date": date}

    def organisations(self, count: int) -> str:
        if not count:
            return self._words.gettext("no organisations")
        said = self._words.ngettext("%(count)s organisation", "%(count)s organisations", count)
        return said % {"count": self.number(count)}

    def signers(self, count: int) -> str:
        """The count where persons sign beside organisations."""
        # L10n: organisations and persons together.
        said = self._words.ngettext("%(count)s signatory", "%(count)s signatories", count)
        return said % {"count": self.number(count)}

    @property
    def signatories(self) -> str:
        # L10n: the heading of the list of organisations that sign.
        return self._words.gettext("Signatories")

    def withheld(self, count: int, *, after_names: bool) -> str:
        if after_names:
            said = self._words.ngettext(
                "and %(count)s organisation whose name is withheld for its safety",
                "and %(count)s organisations whose names are withheld for their safety",
                count,
            )
        else:
            said = self._words.ngettext(
                "%(count)s organisation whose name is withheld for its safety",
                "%(count)s organisations whose names are withheld for their safety",
                count,
            )
        return said % {"count": self.number(count)}

    @property
    def before_role(self) -> str:
        """What stands between the name of a person and what they are."""
        # L10n: what stands between a person's name and their work: "Jo Example, writer".
        return self._words.gettext("%(person)s, %(role)s") % {"person": "", "role": ""}

    def draft(self, organisation: str, version: int) -> str:
        said = self._words.gettext("draft for %(organisation)s, version %(version)s")
        return said % {"organisation": self._kept_together(organisation), "version": self.number(version)}

    def _kept_together(self, name: str) -> str:
        """A name that runs against the words around it, with a mark after it that draws nothing: the full stop or
        bracket it ends with would else go to its other end (UAX 9, 2.6)."""
        found = {unicodedata.bidirectional(character) for character in name}
        leftwards, rightwards = not found.isdisjoint(("R", "AL")), "L" in found
        if text_direction(self.language) == "rtl":
            return name if leftwards else name + _LEFT_TO_RIGHT_MARK
        return name if rightwards or not leftwards else name + _RIGHT_TO_LEFT_MARK

    def version(self, version: int) -> str:
        return self._words.gettext("Version %(version)s") % {"version": self.number(version)}

    def page(self, page: int, pages: int) -> str:
        said = self._words.gettext("Page %(page)s of %(pages)s")
        return said % {"page": self.number(page), "pages": self.number(pages)}

    @property
    def verify(self) -> str:
        # L10n: a heading.
        return self._words.gettext("Verify this letter")

    @property
    def approvals(self) -> str:
        gettext = self._words.gettext
        return gettext("The approval of each organisation is recorded in the evidence bundle of this letter.")

    @property
    def check(self) -> str:
        # L10n: the address follows on the same line.
        return self._words.gettext("Check this copy at")

    @property
    def digest(self) -> str:
        # L10n: the digits follow on a line of their own.
        return self._words.gettext("SHA-256 of the text:")

    @property
    def phrase(self) -> str:
        # L10n: twelve English words follow on a line of their own.
        return self._words.gettext("Its fingerprint in words, over all languages:")

    def code(self, address: str) -> str:
        # L10n: says what a picture shows to those who cannot see it.
        return self._words.gettext("QR code of the address %(address)s") % {"address": address}

    @property
    def seal(self) -> str:
        # L10n: says what a place in the file is for to those who cannot see it.
        return self._words.gettext("Digital signature that seals this letter")
