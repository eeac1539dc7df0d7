"""The address book: organisations and their people across letters, filled by rosters, put right by coordinators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from email_validator import EmailNotValidError, validate_email

from signing.domain.access import Permission, may_on_letter
from signing.domain.address_book import Asked, BookContact, BookOrganisation, BoundKeyOfBook
from signing.domain.errors import Faulty, NotAllowed, NotFound
from signing.domain.letter import Letter
from signing.domain.letter_text import is_language_tag
from signing.domain.organisation import RosterEntry
from signing.domain.roster import cell_fault, name_key
from signing.workflow.activity import Act, record
from signing.workflow.address_book_ports import BookRow
from signing.workflow.identifiers import new_id
from signing.workflow.ports import Services, UnitOfWork
from signing.workflow.roster_plan import PlannedRow

PAGE = 50


@dataclass(frozen=True, slots=True)
class BookPage:
    """One page of the address book; `number` counts from 1."""

    rows: list[BookRow]
    total: int
    number: int
    words: str = ""

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class BookView:
    """All that is known of one organisation: of letters that whoever looks has no part in, only how many there are
    (`elsewhere`). `spoken`: its name stands in a log, and stays."""

    organisation: BookOrganisation
    contacts: list[BookContact]
    asked: list[Asked]
    bound: list[BoundKeyOfBook]
    elsewhere: int
    spoken: bool


def page(services: Services, words: str = "", number: int = 1) -> BookPage:
    """Organisations by name; a page that is not there is the last one."""
    with services.unit_of_work() as uow:
        found = BookPage([], uow.address_book.count(words), 1, words)
        found = replace(found, number=min(max(1, number), found.last))
        rows = uow.address_book.page(words, limit=PAGE, skip=PAGE * (found.number - 1))
    return replace(found, rows=rows)


def view(services: Services, organisation_id: str) -> BookView:
    """One organisation. Raises NotFound."""
    with services.unit_of_work() as uow:
        book = uow.address_book
        known = _organisation(uow, organisation_id)
        own = {each.id for each in readable(services, uow)}
        asked = book.asked(organisation_id)
        seen = [each for each in asked if each.letter_id in own]
        return BookView(
            known,
            book.contacts([organisation_id]),
            seen,
            [each for each in book.bound(organisation_id) if each.letter_id in own],
            len(asked) - len(seen),
            book.has_spoken(organisation_id),
        )


def readable(services: Services, uow: UnitOfWork) -> list[Letter]:
    """The letters that whoever acts may read: the address book is everybody's, what was answered is not."""
    account_id = services.actor().account_id
    if account_id is None:
        return uow.letters.all()
    roles = uow.members.of_account(account_id)
    return [each for each in uow.letters.all() if may_on_letter(roles.get(each.id), Permission.LETTER_READ)]


def add(services: Services, organisation: BookOrganisation) -> BookOrganisation:
    """Write down an organisation that no roster has brought; its id is made here. Raises Faulty."""
    made = replace(_checked(organisation), id=f"org-{new_id(services)}", changed_at=services.clock())
    with services.unit_of_work(write=True) as uow:
        key = name_key(made.name)
        if uow.address_book.named([key]):
            raise Faulty("An organisation of this name is in the address book already.", field="name")
        uow.address_book.put(key, made)
        record(services, uow, Act.BOOK_CHANGED, None, made.id, organisation=made.name)
        uow.commit()
    return made


def change(services: Services, organisation: BookOrganisation) -> None:
    """Put right what is known of an organisation. Raises NotFound, Faulty."""
    new = replace(_checked(organisation), changed_at=services.clock())
    with services.unit_of_work(write=True) as uow:
        known = _organisation(uow, new.id)
        key = name_key(new.name)
        if key != name_key(known.name):
            if uow.address_book.has_spoken(new.id):
                # Whoever is known by this name gets its id, and with it its bound keys.
                raise Faulty(
                    "It has answered a letter under this name, so it stays. To have another printed, use “listed as”.",
                    field="name", code="name-spoken",
                )  # fmt: skip
            if uow.address_book.named([key]).get(key, new.id) != new.id:
                raise Faulty("Another organisation of the address book has this name.", field="name")
        uow.address_book.put(key, new)
        record(services, uow, Act.BOOK_CHANGED, None, new.id, organisation=new.name)
        uow.commit()


def remove(services: Services, organisation_id: str) -> None:
    """Take an organisation out of the address book that is on no roster. Raises NotFound, NotAllowed."""
    with services.unit_of_work(write=True) as uow:
        known = _organisation(uow, organisation_id)
        if uow.address_book.asked(organisation_id):
            raise NotAllowed(
                "It is on the roster of a letter. Take it off there first; what it has answered is evidence and stays.",
                code="on-a-roster",
            )
        uow.address_book.remove(organisation_id)
        record(services, uow, Act.BOOK_CHANGED, None, organisation_id, removed=known.name)
        uow.commit()


def save_contact(services: Services, contact: BookContact) -> BookContact:
    """Write down a contact of an organisation, or put a known one right; rosters keep what they have.

    Raises NotFound, Faulty.
    """
    now = services.clock()
    contact = checked_contact(contact)
    with services.unit_of_work(write=True) as uow:
        organisation = _organisation(uow, contact.organisation_id)
        others = uow.address_book.contacts([organisation.id])
        if contact.id and contact.id not in {each.id for each in others}:
            raise NotFound("There is no such contact here.", code="contact-unknown")
        if any(each.email.casefold() == contact.email.casefold() and each.id != contact.id for each in others):
            raise Faulty("This address is known here already.", field="email")
        contact = replace(contact, id=contact.id or new_id(services))
        uow.address_book.put_contacts([contact], now)
        record(services, uow, Act.BOOK_CHANGED, None, organisation.id, organisation=organisation.name)
        uow.commit()
    return contact


def remove_contact(services: Services, organisation_id: str, contact_id: str) -> None:
    """Forget a contact; rosters keep what they have. Raises NotFound."""
    with services.unit_of_work(write=True) as uow:
        known = uow.address_book.contact(contact_id)
        if known is None or known.organisation_id != organisation_id:
            raise NotFound("There is no such contact here.", code="contact-unknown")
        uow.address_book.remove_contact(contact_id)
        record(services, uow, Act.BOOK_CHANGED, None, organisation_id)
        uow.commit()


def remember(services: Services, uow: UnitOfWork, rows: Sequence[PlannedRow]) -> None:
    """Let the address book learn from rows of a roster, inside the caller's unit of work: an organisation keeps what is
    known of it and gets what was not; a contact is called what the newest sheet calls them."""
    uow.address_book.remember([(name_key(each.entry.organisation), _learnt(each)) for each in rows])
    ids = {each.entry.organisation_id for each in rows}
    known = {(each.organisation_id, each.email.casefold()): each for each in uow.address_book.contacts(ids)}
    contacts = []
    for each in rows:
        entry = each.entry
        before = known.get((entry.organisation_id, entry.email.casefold()))
        contact = BookContact(
            id=before.id if before else new_id(services),
            organisation_id=entry.organisation_id,
            name=entry.contact,
            email=entry.email,
            role=entry.role or (before.role if before else None),
            language=entry.language or (before.language if before else None),
            authority=before.authority if before else None,
        )
        if contact != before:
            contacts.append(contact)
    uow.address_book.put_contacts(contacts, services.clock())


def contact_corrected(services: Services, uow: UnitOfWork, known: RosterEntry, entry: RosterEntry) -> None:
    """Let the book know of another contact on a roster, inside the caller's unit of work. The same person at another
    address: the one before was wrong, and is not offered again."""
    found = {each.email.casefold(): each for each in uow.address_book.contacts([entry.organisation_id])}
    before = found.get(known.email.casefold())
    if before is not None and known.email != entry.email and before.name == entry.contact:
        uow.address_book.remove_contact(before.id)
    if entry.email.casefold() not in found and uow.address_book.get(entry.organisation_id) is not None:
        contact = BookContact(
            new_id(services), entry.organisation_id, entry.contact, entry.email, entry.role, entry.language
        )
        uow.address_book.put_contacts([contact], services.clock())


def checked_contact(contact: BookContact) -> BookContact:
    """The contact as it can be stored. Raises Faulty with the field."""
    found = replace(
        contact,
        name=_needed(contact.name, "name", "Please write the contact's name."),
        email=checked_address(contact.email),
        role=_cell(contact.role, "role"),
        language=_cell(contact.language, "language"),
        authority=_cell(contact.authority, "authority"),
    )
    if found.language and not is_language_tag(found.language):
        raise Faulty("A language is a tag like en, fr, zh-Hant or pt-BR.", field="language")
    return found


def checked_address(address: str) -> str:
    """A mail address as rosters keep it. Raises Faulty `email`."""
    try:
        found = validate_email(address.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise Faulty("This is not a mail address. {error}", values={"error": error}, field="email") from None
    return found.ascii_email or found.normalized


def _checked(organisation: BookOrganisation) -> BookOrganisation:
    return replace(
        organisation,
        name=_needed(organisation.name, "name", "Please write the organisation's name."),
        acronym=_cell(organisation.acronym, "acronym"),
        listed_as=_cell(organisation.listed_as, "listed_as"),
        native_name=_cell(organisation.native_name, "native_name"),
        sort_name=_cell(organisation.sort_name, "sort_name"),
        country=_cell(organisation.country, "country"),
    )


def _needed(text: str, field: str, missing: str) -> str:
    found = _cell(text, field)
    if found is None:
        raise Faulty(missing, field=field)
    return found


def _cell(text: str | None, field: str) -> str | None:
    tidy = (text or "").strip()
    fault = cell_fault(tidy, field.replace("_", " ").capitalize()) if tidy else None
    if fault is not None:
        raise Faulty("{fault}", values={"fault": fault}, field=field)
    return tidy or None


def _learnt(each: PlannedRow) -> BookOrganisation:
    entry = each.entry
    return BookOrganisation(
        id=entry.organisation_id,
        name=entry.organisation,
        acronym=entry.acronym,
        listed_as=entry.listed_as,
        native_name=entry.native_name,
        sort_name=entry.sort_name,
        country=entry.country,
        kind=each.row.kind,
        scope=each.row.scope,
    )


def _organisation(uow: UnitOfWork, organisation_id: str) -> BookOrganisation:
    known = uow.address_book.get(organisation_id)
    if known is None:
        raise NotFound("There is no such organisation in the address book.", code="organisation-unknown")
    return known
