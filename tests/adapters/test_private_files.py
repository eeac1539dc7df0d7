"""Secrets and keys are written whole, for their owner, and never over another."""

from __future__ import annotations

from pathlib import Path

from signing.adapters.private_files import write_new


def test_a_file_is_whole_for_its_owner_only_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret"
    assert write_new(path, b"words")
    assert path.read_bytes() == b"words"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [each.name for each in path.parent.iterdir()] == ["secret"]


def test_what_is_there_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    assert write_new(path, b"first")
    assert not write_new(path, b"second")
    assert path.read_bytes() == b"first"
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]
