"""Nothing of one organisation's contacts reaches another's pages, files or mails; and no cookie outlives its link."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from signing.workflow import handing_over, inviting, stepping_aside
from signing.workflow.handing_over import HandOver
from signing.workflow.stepping_aside import Aside
from tests.web.installation import House
from tests.web.lived_in import LOU, SILENT, lived_in_letter, reminded
from tests.web.post_office import PostOffice, post_office
from tests.web.test_contact_handover import contacts_addresses, kept
from tests.web.visitor import Form, Visitor
from tests.workflow.persons import Person

# Of each organisation: what is in its addresses, and in the names of its people.
SLUGS = ("china", "line", "watch", "folk", "fund")
PEOPLE = {slug: [f"@{slug}.example", f"Kim {slug.title()}"] for slug in SLUGS}
PEOPLE["line"].append(LOU.contact)
PEOPLE["watch"].append("Rhea Watch")


@pytest.fixture
def letter_id(house: House) -> str:
    made = lived_in_letter(house)
    with house.services.unit_of_work(write=True) as uow:
        # As much of each other as an installation can let them see.
        uow.letters.set_sharing(made, shares="names", mail_links=True)
        uow.commit()
    return made


@pytest.fixture
def post(house: House, letter_id: str) -> Iterator[PostOffice]:
    with post_office(house) as made:
        reminded(house, letter_id, made)
        yield made


def strangers(slug: str, text: str) -> list[str]:
    """Whose people are named in `text`, which only those of `slug` should be."""
    return [each for other in SLUGS if other != slug for each in PEOPLE[other] if each in text]


def slug_of(address: str) -> str:
    return address.partition("@")[2].removesuffix(".example")


def everything_in(message: EmailMessage) -> str:
    parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
    bodies = [each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in parts]
    return "\n".join([*(f"{name}: {value}" for name, value in message.items()), *bodies])


def test_no_mail_names_the_people_of_another_organisation(post: PostOffice) -> None:
    seen: dict[str, int] = dict.fromkeys(SLUGS, 0)
    for to, message in post.delivered():
        slug = slug_of(to)
        text = everything_in(message)
        assert f"@{slug}.example" in text
        assert strangers(slug, text) == [], message["Subject"]
        seen[slug] += 1
    assert min(seen.values()) >= 2


def test_no_page_or_file_names_the_people_of_another_organisation(
    app: Flask, house: House, letter_id: str, post: PostOffice, visit: Callable[[], Visitor]
) -> None:
    tails = contacts_addresses(app, "GET")
    links = {path: to for path, to in post.paths().items() if path.startswith("/i/")}
    for path, to in links.items():
        visitor, slug = visit().goes_to(path), slug_of(to)
        page = visitor.follows().path.removesuffix("/review")
        looked = [shows(visitor, f"{page}{tail}") for tail in tails]
        for action in {*re.findall(r'action="([^"]+)"', "".join(looked))} - {page}:
            # Wrong in every field: what comes back has all of it in it, and errors.
            wrong: dict[str, Any] = Form("".join(looked), action).fields | {"code": "12345678", "email": "x"}
            visitor.posts(action, **wrong)
            looked.append(visitor.text)
        text = "".join(looked)
        assert any(each in text for each in PEOPLE[slug])
        assert strangers(slug, text) == [], to
    assert len(links) == 6


def shows(visitor: Visitor, path: str) -> str:
    return visitor.goes_to(path).answer.get_data().decode("utf-8", "replace")


def hands_over(house: House, letter_id: str) -> None:
    person = Person(house, letter_id, organisation="org-china")
    handing_over.hand_over(house.services, person.access, HandOver(LOU, None, person.code()))


def never_again(house: House, letter_id: str) -> None:
    person = Person(house, letter_id, organisation="org-china")
    stepping_aside.step_aside(house.services, person.access, Aside(True, "", person.code()))


ENDS: dict[str, Callable[[House, str], object]] = {
    "reissued": lambda house, letter_id: inviting.reissue(house.services, letter_id, "org-china"),
    "revoked": lambda house, letter_id: inviting.revoke(house.services, letter_id, "org-china"),
    "handed over": hands_over,
    "never again": never_again,
    "expired": lambda house, letter_id: house.clock.pass_(days=91),
}


@pytest.mark.parametrize("end", list(ENDS))
def test_a_cookie_opens_and_records_nothing_once_its_link_has_ended(
    app: Flask, house: House, visitor: Visitor, end: str
) -> None:
    """S7: replayed after the link was replaced, revoked, given away or refused."""
    letter_id = house.opened(SILENT)
    visitor.goes_to(f"/i/{house.token(letter_id, SILENT)}").follows()
    page = visitor.path
    # A confirmed one, too.
    house.clock.pass_(seconds=1)
    visitor.goes_to(f"{page}/remark").sends(f"{page}/remark", words="Mine.")
    visitor.sends(f"{page}/remark", code=house.code(letter_id, SILENT))
    assert visitor.status == 303
    typed: dict[str, Any] = Form(visitor.goes_to(page).text, page).fields | {
        "words": "x", "decision": "approve", "authority": "1", "contact": "Eve", "email": "eve@evil.example",
        "role": "x", "agrees": "yes", "public_key": "x", "key": "x", "signature": "x", "code": "12345678",
    }  # fmt: skip
    house.clock.pass_(seconds=1)
    ENDS[end](house, letter_id)
    before = kept(house), len(house.dump(without="rate"))
    for method in ("GET", "POST"):
        for tail in contacts_addresses(app, method):
            address = f"{page}{tail}"
            if method == "GET":
                visitor.goes_to(address)
            else:
                visitor.posts(address, **typed)
            if visitor.status == 303:
                # To another page of the invitation, which is not there either, or to what its holder is told at last.
                assert visitor.answer.headers["Location"].startswith(page), address
            elif tail == "/ended" and visitor.status == 200:
                assert end in ("handed over", "never again")
                assert LOU.email not in visitor.text
            else:
                assert visitor.status == 404, (method, address, visitor.status)
    assert (kept(house), len(house.dump(without="rate"))) == before
