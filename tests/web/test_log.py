"""A published letter's log, as monitors and auditors fetch it without asking anybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from signing.evidence.checkpoint import Checkpoint
from signing.evidence.keyring import raw_from_pem
from signing.evidence.merkle import leaf_hash, root
from signing.evidence.note import ALG_ED25519, NoteKey
from signing.evidence.tiles import Tile, leaves_from_tiles, tiles
from signing.workflow import closing, publishing
from signing.workflow.evidence_ports import Cosignature
from tests.web.installation import BASE_URL, House
from tests.web.visitor import Visitor

ORGANISATION = "Human Rights in China"
FOREVER = "public, max-age=31536000, immutable"


@pytest.fixture
def letter_id(house: House) -> str:
    made = house.opened(ORGANISATION)
    house.approve(made, ORGANISATION)
    closing.close(house.services, made)
    return made


@pytest.fixture
def published(house: House, letter_id: str) -> str:
    publishing.publish(house.services, letter_id)
    return letter_id


def leaves(house: House, letter_id: str) -> list[bytes]:
    with house.services.unit_of_work() as uow:
        return [leaf_hash(logged.entry) for logged in uow.log.entries(letter_id)]


def grow(house: House, letter_id: str, size: int) -> list[bytes]:
    """Let the log have `size` entries; what they say is nothing to a tree of hashes."""
    with house.services.unit_of_work(write=True) as uow:
        head = uow.log.lock(letter_id)
        for number in range(head.size, size):
            uow.log.append(uow.log.head(letter_id), "assent", b"entry %d" % number, house.clock.now)
        uow.commit()
    return leaves(house, letter_id)


def test_the_checkpoint_is_signed_by_the_log_over_all_its_entries(
    house: House, published: str, visitor: Visitor
) -> None:
    visitor.goes_to(f"/l/{published}/log/checkpoint")
    assert visitor.status == 200
    assert visitor.answer.content_type == "text/plain; charset=utf-8"
    assert visitor.answer.headers["Cache-Control"] == "public, max-age=5"
    checkpoint, note = Checkpoint.from_note(visitor.answer.data)
    raw = raw_from_pem(house.services.log_key.public.public_key)
    checkpoint.verify(note, [NoteKey(f"localhost/l/{published}", ALG_ED25519, raw)])
    assert (checkpoint.size, checkpoint.root) == (3, root(leaves(house, published)))


def test_cosignatures_over_the_newest_size_stand_below_the_logs_own(
    house: House, published: str, visitor: Visitor
) -> None:
    plain = visitor.goes_to(f"/l/{published}/log/checkpoint").answer.data
    tag = visitor.answer.headers["ETag"]
    with house.services.unit_of_work(write=True) as uow:
        for size, name in ((2, "old"), (3, "b"), (3, "a")):
            line = f"— {name} AAAAAAAA\n".encode()
            uow.cosignatures.add(Cosignature(published, size, name, line, house.clock.now))
        uow.commit()
    visitor.goes_to(f"/l/{published}/log/checkpoint")
    assert visitor.answer.data == plain + "— a AAAAAAAA\n— b AAAAAAAA\n".encode()
    assert visitor.answer.headers["ETag"] != tag


@pytest.mark.parametrize("size", [3, 255, 256, 257, 600])
def test_the_tiles_are_those_of_the_tree_and_the_checkpoints_root_comes_out_of_them(
    house: House, published: str, visitor: Visitor, size: int
) -> None:
    hashes = grow(house, published, size)
    expected = tiles(hashes)
    served = {}
    for path in expected:
        served[path] = visitor.goes_to(f"/l/{published}/log/{path}").answer.data
        assert visitor.status == 200, path
        assert visitor.answer.content_type == "application/octet-stream"
        assert visitor.answer.headers["Cache-Control"] == FOREVER
    assert served == expected
    checkpoint, _ = Checkpoint.from_note(visitor.goes_to(f"/l/{published}/log/checkpoint").answer.data)
    assert checkpoint.root == root(leaves_from_tiles(served, size))


def test_partial_tiles_of_every_size_there_was_are_served_and_none_of_a_larger_log(
    house: House, published: str, visitor: Visitor
) -> None:
    hashes = grow(house, published, 258)
    for width in (1, 2, 255, 256):
        path = Tile(0, 0, width).path
        assert visitor.goes_to(f"/l/{published}/log/{path}").answer.data == b"".join(hashes[:width])
    later = [Tile(0, 1, 3), Tile(0, 1), Tile(0, 2, 1), Tile(1, 0, 2), Tile(1, 0), Tile(2, 0, 1), Tile(6, 999_999, 1)]
    for tile in later:
        assert visitor.goes_to(f"/l/{published}/log/{tile.path}").status == 404, tile


@pytest.mark.parametrize(
    "tail",
    [
        "tile/entries/000.p/3", "tile/entries/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/0", "tile/x",
        "tile/0/000.p/03", "tile/64/000.p/1", "tile/-1/000", "tile/0/000.p/3/", "tile/8/0/000.p/3", "",
    ],
)  # fmt: skip
def test_entries_are_never_served_and_nothing_but_tiles_is(published: str, visitor: Visitor, tail: str) -> None:
    assert visitor.goes_to(f"/l/{published}/log/{tail}").status == 404


def test_before_it_is_published_a_log_looks_like_one_that_does_not_exist(
    letter_id: str, coordinator: Visitor, visitor: Visitor
) -> None:
    for who in (visitor, coordinator):
        for tail in ("checkpoint", "tile/0/000.p/3", "tile/0/000.p/9", "tile/entries/000.p/3"):
            here = who.goes_to(f"/l/{letter_id}/log/{tail}").text
            headers = dict(who.answer.headers)
            assert who.status == 404
            assert who.goes_to(f"/l/aaaaaaaaaaaaaaaa/log/{tail}").text == here
            assert (who.status, dict(who.answer.headers)) == (404, headers)


def test_whoever_has_the_newest_bytes_is_told_so(house: House, published: str, visit: Callable[[], Visitor]) -> None:
    client = visit().client
    for tail in ("checkpoint", "tile/0/000.p/3"):
        address = f"/l/{published}/log/{tail}"
        first = client.get(address, base_url=BASE_URL)
        again = client.get(address, base_url=BASE_URL, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        head = client.head(address, base_url=BASE_URL)
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", first.headers["ETag"])
    grow(house, published, 4)
    stale = client.get(f"/l/{published}/log/checkpoint", base_url=BASE_URL, headers={"If-None-Match": '"old"'})
    assert stale.status_code == 200


def test_a_reader_of_the_log_is_given_no_cookie(published: str, visitor: Visitor) -> None:
    for tail in ("checkpoint", "tile/0/000.p/3"):
        visitor.goes_to(f"/l/{published}/log/{tail}")
        assert "Set-Cookie" not in visitor.answer.headers
