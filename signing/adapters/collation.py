"""The order of names on a list (DESIGN 5); may import icu. Fulfils `printing_ports.Collation`.

A sort name is taken as it is and wins over everything; else the listed name is, as written, unless the letter
says that a leading article does not count. Ties go by code point, so that the order is total.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import icu  # type: ignore[import-untyped]

from signing.evidence.statement import Signatory

# Written apart with a space, or joined by an apostrophe; lower case.
ARTICLES: dict[str, tuple[str, ...]] = {
    "ca": ("el ", "la ", "els ", "les ", "l'", "l’"),
    "da": ("den ", "det ", "de ", "en ", "et "),
    "de": ("der ", "die ", "das ", "ein ", "eine "),
    "en": ("the ", "a ", "an "),
    "es": ("el ", "la ", "los ", "las ", "un ", "una "),
    "fr": ("le ", "la ", "les ", "un ", "une ", "l'", "l’"),
    "hu": ("a ", "az ", "egy "),
    "it": ("il ", "lo ", "la ", "i ", "gli ", "le ", "un ", "una ", "l'", "l’"),
    "nl": ("de ", "het ", "een "),
    "pt": ("o ", "a ", "os ", "as ", "um ", "uma "),
    "sv": ("den ", "det ", "de ", "en ", "ett "),
}


class IcuCollation:
    """Order as dictionaries of the letter's language have it; spaces and punctuation do not count (DOCUMENT 8)."""

    def version(self) -> str:
        """What made the order: it may differ between versions, so it goes into the evidence."""
        return f"ICU {icu.ICU_VERSION}/Unicode {icu.UNICODE_VERSION}"

    def sort_key(self, language: str, *, ignore_article: bool) -> Callable[[Signatory], Any]:
        """A key function for names in a letter of this language."""
        collator = icu.Collator.createInstance(icu.Locale.forLanguageTag(language))
        collator.setAttribute(icu.UCollAttribute.ALTERNATE_HANDLING, icu.UCollAttributeValue.SHIFTED)
        articles = ARTICLES.get(language.partition("-")[0].lower(), ()) if ignore_article else ()

        def key(signatory: Signatory) -> tuple[bytes, str, str]:
            name = signatory.sort_name or without_article(signatory.listed_as, articles)
            return collator.getSortKey(name), signatory.listed_as, signatory.org

        return key


def without_article(name: str, articles: tuple[str, ...]) -> str:
    """`name` without the article it begins with, if something is left then."""
    for article in articles:
        if name.lower().startswith(article) and (rest := name[len(article) :].strip()):
            return rest
    return name
