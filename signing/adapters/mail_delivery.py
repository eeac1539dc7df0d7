"""The mail that brings a published letter to whom it is addressed; may import the mail rooms beside it.

Its words are the coordinator's own where there are any (`wording` of the kind `delivery`), else ours, in the reader's
language. What must be there stands below them, whatever they say: the letter itself and how to check it.
"""

from __future__ import annotations

from datetime import datetime

from signing.adapters.mail_closing import public_address
from signing.adapters.mail_matter import Outdated
from signing.adapters.mail_sheet import AttachedFile, Sheet
from signing.adapters.mail_values import Shown, common
from signing.adapters.mail_words import without_links
from signing.domain.letter import Letter
from signing.locale import spoken, translations
from signing.workflow.delivering import edition_of
from signing.workflow.delivery_ports import DeliveryAddress
from signing.workflow.letters import texts_of
from signing.workflow.mail_ports import Notice, NoticeKind
from signing.workflow.ports import Edition, Services, UnitOfWork

LONGEST_LIST = 600


def delivery_sheet(services: Services, uow: UnitOfWork, notice: Notice, letter: Letter, now: datetime) -> Sheet:
    """The letter for one of those whom it is delivered to. Raises Outdated when they were struck off meanwhile."""
    addresses = uow.delivery_addresses.of_letter(letter.id)
    reader = next((each for each in addresses if each.email == notice.to), None)
    edition = next((each for each in uow.editions.all(letter.id) if each.number == edition_of(notice)), None)
    if reader is None or edition is None or letter.published_at is None:
        raise Outdated("The letter is delivered to this address no more.")
    asked = reader.language or letter.language
    language = asked if f"{asked}.pdf" in edition.files else letter.language
    version = uow.letters.version(letter.id, edition.version)
    text = texts_of(version).get(language) if version else None
    shown = Shown(language)
    own = uow.wordings.of_mail(letter.id, NoticeKind.DELIVERY.value, language).get("words", "")
    return Sheet(
        template="delivery",
        language=spoken(language),
        name=reader.name,
        words=common(services, text.title if text else letter.title, language, linked=letter.mail_links)
        | {
            "words": [line for line in shown.lines(own) if line.strip()] or _our_words(reader, edition, language),
            "readers": shown("; ".join(each.name for each in addresses if not each.copy), LONGEST_LIST),
            "copies": shown("; ".join(each.name for each in addresses if each.copy), LONGEST_LIST),
            "signatories": signatories(edition.listed, edition.confidential, language),
            "edition": edition.number,
            "filename": without_links(_filename(letter, language)),
            "pdf": public_address(letter, f"editions/{edition.number}/{language}.pdf"),
            "evidence": public_address(letter, "evidence.zip"),
        },
        files=(AttachedFile(_filename(letter, language), _pdf(uow, letter, edition, language), "application/pdf"),),
    )  # fmt: skip


def default_words(language: str, *, copy: bool = False, listed: int, withheld: int = 0) -> str:
    """What the mail says where the coordinator says nothing else, in this language."""
    gettext = translations(language).gettext
    opening = (
        gettext("here is, for your information, a joint letter by %(signatories)s.")
        if copy
        else gettext("please find attached a joint letter to you by %(signatories)s.")
    ) % {"signatories": signatories(listed, withheld, language)}
    asks = gettext("We ask you to consider it, and would be grateful for an answer.")
    return "\n\n".join((gettext("Dear Sir or Madam,"), opening, *([] if copy else [asks])))


def signatories(listed: int, withheld: int, language: str) -> str:
    """How many stand under the letter, in words."""
    ngettext = translations(language).ngettext
    total = listed + withheld
    return ngettext("%(num)s organisation", "%(num)s organisations", total) % {"num": total}


def _our_words(reader: DeliveryAddress, edition: Edition, language: str) -> list[str]:
    said = default_words(language, copy=reader.copy, listed=edition.listed, withheld=edition.confidential)
    return said.split("\n\n")


def _filename(letter: Letter, language: str) -> str:
    return f"{letter.id}-{language}.pdf"


def _pdf(uow: UnitOfWork, letter: Letter, edition: Edition, language: str) -> bytes:
    """The sealed one, which proves itself, or the edition's own until there is one."""
    for each in uow.sealed_documents.of_letter(letter.id):
        if (each.edition, each.language) == (edition.number, language):
            return uow.sealed_documents.content(each)
    return edition.files[f"{language}.pdf"]
