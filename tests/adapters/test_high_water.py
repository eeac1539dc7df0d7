"""What was signed once is remembered outside the database, whatever becomes of the database."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.adapters.high_water import HighWaterFiles, Mark
from signing.domain.errors import Refusal

ORIGIN = "letters.example.org/l/abc"


def refused(marks: HighWaterFiles, size: int, root: bytes, origin: str = ORIGIN) -> str | None:
    try:
        marks.check(origin, size, root)
    except Refusal as refusal:
        return refusal.code
    return None


def test_an_older_or_another_log_is_refused_and_the_same_or_a_longer_one_is_not(tmp_path: Path) -> None:
    marks = HighWaterFiles(tmp_path / "heads")
    assert refused(marks, 0, b"e" * 32) is None
    marks.advance(ORIGIN, 5, b"r" * 32)
    assert [refused(marks, size, b"r" * 32) for size in (4, 5, 6)] == ["log-rolled-back", None, None]
    assert refused(marks, 5, b"x" * 32) == "log-rolled-back"
    assert refused(marks, 0, b"e" * 32, "letters.example.org/l/other") is None
    assert refused(HighWaterFiles(tmp_path / "heads"), 4, b"r" * 32) == "log-rolled-back"


def test_a_smaller_head_does_not_lower_the_mark(tmp_path: Path) -> None:
    marks = HighWaterFiles(tmp_path)
    marks.advance(ORIGIN, 5, b"r" * 32)
    marks.advance(ORIGIN, 4, b"q" * 32)
    assert [refused(marks, 4, b"q" * 32), refused(marks, 5, b"r" * 32)] == ["log-rolled-back", None]


def test_of_heads_that_come_at_once_the_largest_stays(tmp_path: Path) -> None:
    marks = HighWaterFiles(tmp_path)
    threads = [threading.Thread(target=marks.advance, args=(ORIGIN, size, bytes([size]) * 32)) for size in range(1, 40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [refused(marks, 38, bytes([38]) * 32), refused(marks, 39, bytes([39]) * 32)] == ["log-rolled-back", None]


def test_a_file_that_was_emptied_by_a_power_cut_is_none_and_a_changed_one_is_refused(tmp_path: Path) -> None:
    marks = HighWaterFiles(tmp_path)
    marks.advance(ORIGIN, 5, b"r" * 32)
    (path,) = tmp_path.glob("*.head")
    whole = path.read_bytes()
    path.write_bytes(b"")
    assert refused(marks, 1, b"r" * 32) is None
    path.write_bytes(whole.replace(b"\n5\n", b"\n+5\n"))
    assert refused(marks, 5, b"r" * 32) == "log-head-unreadable"


def test_a_committed_head_is_never_refused_for_the_files_sake_but_the_next_append_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "heads").touch()
    marks = HighWaterFiles(tmp_path / "heads")
    marks.advance(ORIGIN, 1, b"r" * 32)
    assert "CRITICAL" in caplog.text
    assert refused(marks, 1, b"r" * 32) == "log-head-unreadable"
    (tmp_path / "heads").unlink()
    marks.advance(ORIGIN, 1, b"r" * 32)
    (path,) = (tmp_path / "heads").glob("*.head")
    path.write_bytes(b"what is this")
    caplog.clear()
    marks.advance(ORIGIN, 2, b"s" * 32)
    assert str(path) in caplog.text
    assert path.read_bytes() == b"what is this"


def test_whoever_asks_is_told_plainly_and_only_the_operator_where_the_file_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    marks = HighWaterFiles(tmp_path)
    marks.advance(ORIGIN, 5, b"r" * 32)
    (path,) = tmp_path.glob("*.head")
    path.write_bytes(b"what is this")
    with pytest.raises(Refusal) as refusal:
        marks.check(ORIGIN, 5, b"r" * 32)
    assert refusal.value.code == "log-head-unreadable"
    assert str(tmp_path) not in refusal.value.message
    assert str(path) in caplog.text


def test_another_root_at_the_size_that_was_signed_is_refused_whoever_asks(tmp_path: Path) -> None:
    marks = HighWaterFiles(tmp_path)
    marks.advance(ORIGIN, 5, b"r" * 32)
    for ask in (marks.check, marks.advance):
        with pytest.raises(Refusal) as refusal:
            ask(ORIGIN, 5, b"x" * 32)
        assert refusal.value.code == "log-rolled-back"


@given(st.binary(max_size=80) | st.builds(lambda size: f"o/l/x\n{size}\n{'A' * 43}=\n".encode(), st.text(max_size=5)))
def test_only_what_a_mark_writes_is_read_as_one(data: bytes) -> None:
    mark = Mark.from_bytes(data)
    assert mark is None or mark.to_bytes() == data
