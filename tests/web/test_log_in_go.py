"""A published log fetched from the web application, as a monitor keeps it, judged by Go's own log library."""

from __future__ import annotations

from pathlib import Path

import pytest

from signing.evidence.checkpoint import Checkpoint
from signing.evidence.keyring import raw_from_pem
from signing.evidence.note import ALG_ED25519, NoteKey
from signing.evidence.tiles import WIDTH, Tile
from signing.workflow import closing, publishing
from tests.go_judge import judge, needs_go
from tests.web.installation import House
from tests.web.test_log import grow
from tests.web.visitor import Visitor

pytestmark = needs_go

ORGANISATION = "Human Rights in China"


@pytest.fixture
def published(house: House) -> str:
    letter_id = house.opened(ORGANISATION)
    house.approve(letter_id, ORGANISATION)
    closing.close(house.services, letter_id)
    publishing.publish(house.services, letter_id)
    return letter_id


def fetch(visitor: Visitor, letter_id: str, folder: Path) -> int:
    """The checkpoint and exactly those tiles that a log of its size has; earlier checkpoints are kept."""
    checkpoint = visitor.goes_to(f"/l/{letter_id}/log/checkpoint").answer.data
    size = Checkpoint.from_note(checkpoint)[0].size
    for place in ("log/checkpoint", f"checkpoints/{size}"):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes(checkpoint)
    level, count = 0, size
    while count:
        full, rest = divmod(count, WIDTH)
        for tile in [*(Tile(level, index) for index in range(full)), *([Tile(level, full, rest)] if rest else [])]:
            (folder / "log" / tile.path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "log" / tile.path).write_bytes(visitor.goes_to(f"/l/{letter_id}/log/{tile.path}").answer.data)
            assert visitor.status == 200
        level, count = level + 1, full
    return size


def test_go_accepts_the_served_log_at_every_size_and_that_each_continues_the_last(
    house: House, published: str, visitor: Visitor, tmp_path: Path
) -> None:
    vkey = NoteKey(f"localhost/l/{published}", ALG_ED25519, raw_from_pem(house.services.log_key.public.public_key)).vkey
    for earlier, size in enumerate((3, 4, 256, 257, 700), 1):
        grow(house, published, size)
        assert fetch(visitor, published, tmp_path) == size
        judged = judge(vkey, tmp_path)
        assert judged.returncode == 0, judged.stderr
        assert judged.stdout == f"size {size}, entries 0, earlier checkpoints {earlier}, cosignatures 0\n"
    with house.services.unit_of_work() as uow:
        entries = [logged.entry for logged in uow.log.entries(published)]
    (tmp_path / "entries").mkdir()
    for index, entry in enumerate(entries):
        (tmp_path / "entries" / f"{index:06d}.dsse.json").write_bytes(entry)
    assert "size 700, entries 700," in judge(vkey, tmp_path).stdout
