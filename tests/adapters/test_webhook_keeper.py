"""Webhooks: told once of what happened, signed, tried again, and never sent into our own network."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signing.adapters.database import Database
from signing.adapters.webhook_keeper import WebhookKeeper, _Pinned
from signing.domain.access import Role
from signing.domain.errors import Faulty
from signing.domain.organisation import Decision
from signing.workflow import closing, publishing, webhooks
from signing.workflow.api_ports import WebhookMessage
from signing.workflow.ports import Services
from tests import databases
from tests.web.installation import Clock, House, services_over
from tests.workflow.desk import Desk

ONE, TWO, THREE = "Rivers China", "Valley Watch", "Delta Trust"


class Receiver:
    """Somebody's server: keeps what it was told, and answers `status`."""

    def __init__(self) -> None:
        self.told: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.told.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.status)
                self.send_header("Location", "http://localhost/elsewhere")
                self.end_headers()

            def log_message(self, *words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self.server.server_port}/hook?of=ours"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()


@pytest.fixture
def house(sqlite_template: Path, tmp_path: Path) -> Iterator[House]:
    database = databases.fresh_sqlite(sqlite_template, tmp_path / "home")
    made = House(services_over(database, clock := Clock()), clock, database)
    made.account("coordinator@example.org", Role.COORDINATOR)
    yield made
    database.dispose()


def keeper(services: Services, **fields: object) -> WebhookKeeper:
    known = {"home": True, "resolve": lambda host, port: ["127.0.0.1"]} | fields
    return WebhookKeeper(services, **known)  # type: ignore[arg-type]


def hears(house: House, letter_id: str, receiver: Receiver, *events: str) -> str:
    return webhooks.add(house.services, letter_id, "a-1", receiver.url, events).id


def messages(house: House, letter_id: str) -> list[WebhookMessage]:
    return [each for _, told in webhooks.of_letter(house.services, letter_id) for each in told]


def test_a_letters_way_is_told_in_its_order_signed_and_without_withheld_names(
    house: House, receiver: Receiver
) -> None:
    letter_id = house.letter()
    house.roster(letter_id, ONE, TWO, THREE)
    hears(house, letter_id, receiver)
    house.open(letter_id)
    house.invite(letter_id)
    house.approve(letter_id, ONE)
    house.approve(letter_id, TWO, confidential=True, listed_as=TWO)
    Desk(house, letter_id, THREE).answers(Decision.DECLINE, "key-of-the-decline")
    closing.close(house.services, letter_id)
    publishing.publish(house.services, letter_id)
    for _twice in range(2):
        keeper(house.services).run(house.clock.now)
    told = [json.loads(body) for _, body in receiver.told]
    answers = [each["data"] for each in told if each["type"] == "organisation.answered"]
    assert [(each.get("organisation"), each["answer"]) for each in answers] == [
        ("org-china", "approve"), (None, "approve"), (None, "decline"),
    ]  # fmt: skip
    assert [each["type"] for each in told] == [
        "version.opened", *(["organisation.answered"] * 3), "edition.closed", "letter.state",
    ]  # fmt: skip
    assert told[-1]["data"] == {"letter": letter_id, "state": "published", "before": "draft"}
    assert "org-watch" not in str(receiver.told)
    key = Ed25519PublicKey.from_public_bytes(
        base64.b64decode(webhooks.public_key(house.services).removeprefix("whpk_"))
    )
    for headers, body in receiver.told:
        scheme, _, signature = headers["webhook-signature"].partition(",")
        said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        assert scheme == "v1a"
        key.verify(base64.b64decode(signature), said)
        with pytest.raises(InvalidSignature):
            key.verify(base64.b64decode(signature), said + b" ")


def test_a_withheld_name_stays_withheld_when_it_answered_again_before_anybody_was_told(
    house: House, receiver: Receiver
) -> None:
    letter_id = house.opened(ONE)
    hears(house, letter_id, receiver)
    house.approve(letter_id, ONE, confidential=True, listed_as=ONE)
    house.clock.pass_(minutes=2)
    house.approve(letter_id, ONE, confidential=True, listed_as=ONE, idempotency_key="fedcba9876543210")
    keeper(house.services).run(house.clock.now)
    assert len(receiver.told) == 2
    assert "org-china" not in str(receiver.told)


def test_only_what_was_asked_for_is_told_and_nothing_after_it_was_stopped(house: House, receiver: Receiver) -> None:
    letter_id = house.opened(ONE, TWO)
    hook = hears(house, letter_id, receiver, "organisation.answered")
    house.approve(letter_id, ONE)
    keeper(house.services).run(house.clock.now)
    assert len(receiver.told) == 1
    house.approve(letter_id, TWO)
    webhooks.tell(house.services, hook)
    webhooks.stop(house.services, letter_id, hook)
    keeper(house.services).run(house.clock.now)
    assert len(receiver.told) == 1


def test_a_receiver_that_refuses_is_told_again_later_and_redirects_are_not_followed(
    house: House, receiver: Receiver
) -> None:
    letter_id = house.opened(ONE)
    hears(house, letter_id, receiver)
    house.approve(letter_id, ONE)
    for status, reply in ((500, "answered 500"), (302, "answered 302"), (204, "answered 204")):
        receiver.status = status
        keeper(house.services).run(house.clock.now)
        (message,) = messages(house, letter_id)
        assert message.last_reply == reply
        house.clock.now += timedelta(hours=4)
    assert (message.status.value, message.attempts, len(receiver.told)) == ("sent", 3, 3)
    assert len({headers["webhook-id"] for headers, _ in receiver.told}) == 1
    keeper(house.services).run(house.clock.now)
    assert len(receiver.told) == 3


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.0.0.7", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1",
    "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.7", "64:ff9b:1::a00:7", "64:ff9b::a00:7", "2002:a00:7::1", "::10.0.0.7",
])  # fmt: skip
def test_nothing_is_sent_into_a_network_that_is_not_the_internet(
    house: House, receiver: Receiver, address: str
) -> None:
    letter_id = house.opened(ONE)
    hears(house, letter_id, receiver)
    house.approve(letter_id, ONE)
    # One good address among bad ones changes nothing: the next connection could take the other.
    keeper(house.services, home=False, resolve=lambda host, port: ["93.184.216.34", address]).run(house.clock.now)
    (message,) = messages(house, letter_id)
    assert (message.status.value, message.last_reply) == ("queued", "the address is not one of the public Internet")
    assert receiver.told == []


def test_a_receiver_whose_time_is_over_before_it_has_even_connected_is_told_nothing(receiver: Receiver) -> None:
    late = _Pinned("localhost", receiver.server.server_port, "127.0.0.1", secure=False)
    late.break_off()
    with pytest.raises(TimeoutError):
        late.request("POST", "/", b"{}")
    late.close()
    assert receiver.told == []


def test_many_keepers_tell_of_each_answer_once(house: House, receiver: Receiver) -> None:
    letter_id = house.opened(ONE, TWO, THREE)
    hears(house, letter_id, receiver)
    for organisation in (ONE, TWO, THREE):
        house.approve(letter_id, organisation)
    many = [threading.Thread(target=keeper(house.services).run, args=(house.clock.now,)) for _ in range(6)]
    for each in many:
        each.start()
    for each in many:
        each.join()
    keeper(house.services).run(house.clock.now)
    assert len(receiver.told) == 3
    assert len({headers["webhook-id"] for headers, _ in receiver.told}) == 3


@pytest.mark.parametrize(("url", "code"), [
    ("ftp://example.org", "url-not-https"), ("https://", "url-malformed"), ("https://a:b@example.org", "url-malformed"),
    ("https://example.org/#part", "url-malformed"), ("javascript:alert(1)", "url-malformed"),
    ("https://exämple.org", "url-malformed"), ("https://example.org:99999", "url-malformed"),
])  # fmt: skip
def test_addresses_that_cannot_be_told_are_refused_at_once(house: House, url: str, code: str) -> None:
    letter_id = house.opened(ONE)
    with pytest.raises(Faulty) as refusal:
        webhooks.add(house.services, letter_id, "a-1", url)
    assert refusal.value.code == code


def test_what_changed_is_read_and_claimed_alike_on_both_databases(database: Database) -> None:
    house = House(services_over(database, clock := Clock()), clock, database)
    house.account("coordinator@example.org", Role.COORDINATOR)
    letter_id = house.opened(ONE, TWO)
    hook = webhooks.add(house.services, letter_id, "a-1", "http://localhost/")
    house.approve(letter_id, ONE)
    assert webhooks.behind(house.services) == [hook.id]
    assert [webhooks.tell(house.services, hook.id) for _ in range(2)] == [1, 0]
    with house.services.unit_of_work(write=True) as uow:
        claimed = uow.webhooks.claim("me", clock.now, limit=5, lease_until=clock.now + timedelta(minutes=1))
        again = uow.webhooks.claim("you", clock.now, limit=5, lease_until=clock.now + timedelta(minutes=1))
        assert ([json.loads(each.body)["data"]["organisation"] for each in claimed], again) == (["org-china"], [])
        uow.webhooks.mark_failed(claimed[0].id, "no")
        uow.webhooks.mark_sent(claimed[0].id, clock.now, "late")
        assert [each.status.value for each in uow.webhooks.messages(hook.id, 5)] == ["failed"]
        uow.webhooks.forget_before(clock.now + timedelta(days=1))
        assert uow.webhooks.messages(hook.id, 5) == []
