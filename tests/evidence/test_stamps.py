"""Time stamps over checkpoints: which are taken, which refused, and what bounds they set; `openssl ts` judges along."""

from __future__ import annotations

import builtins
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.evidence.errors import EvidenceError, Malformed, Rejected
from signing.evidence.stamp import Bounds, check_stamps, stamp_time
from tests.evidence.builders import closed_letter
from tests.evidence.time_authority import DEFECTS, EXPIRED_AT, Defect, TimeAuthority

AT = datetime(2026, 11, 24, 10, 0, 7, tzinfo=UTC)
NOTE = closed_letter(approvals=2).checkpoint()
AUTHORITY = TimeAuthority("first")
OTHER = TimeAuthority("second")
SOUND = AUTHORITY.stamp(NOTE, AT, nonce=77)


def openssl_takes(token: bytes, data: bytes, root_pem: str, at: datetime, folder: Path) -> bool:
    for name, content in (("data", data), ("answer.tsr", token), ("ca.pem", root_pem.encode())):
        (folder / name).write_bytes(content)
    command = ["openssl", "ts", "-verify", "-data", "data", "-in", "answer.tsr", "-CAfile", "ca.pem"]
    done = subprocess.run([*command, "-attime", str(int(at.timestamp()))], cwd=folder, capture_output=True, check=False)
    return done.returncode == 0


def code_of(token: bytes, imprinted: bytes = NOTE, roots: tuple[str, ...] = (AUTHORITY.root_pem,)) -> str:
    try:
        stamp_time(token, imprinted, roots)
    except EvidenceError as error:
        return error.code
    return ""


def test_a_sound_stamp_gives_the_authoritys_time_and_openssl_agrees(tmp_path: Path) -> None:
    assert stamp_time(SOUND, NOTE, [AUTHORITY.root_pem]) == AT
    assert stamp_time(SOUND, NOTE, [OTHER.root_pem, AUTHORITY.root_pem]) == AT
    assert openssl_takes(SOUND, NOTE, AUTHORITY.root_pem, AT, tmp_path)


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defective_stamp_is_refused_by_us_and_by_openssl(defect: Defect, tmp_path: Path) -> None:
    token = AUTHORITY.stamp(NOTE, AT, defect=defect)
    assert code_of(token) == "TIMESTAMP_BAD"
    # openssl takes another hash function than EVIDENCE 2.11 names.
    assert openssl_takes(token, NOTE, AUTHORITY.root_pem, AT, tmp_path) is (defect == "other-hash")


def test_a_stamp_over_other_bytes_is_refused(tmp_path: Path) -> None:
    other = NOTE.replace(b"\n5\n", b"\n6\n")
    assert code_of(AUTHORITY.stamp(other, AT)) == code_of(SOUND, other) == "TIMESTAMP_BAD"
    assert not openssl_takes(SOUND, other, AUTHORITY.root_pem, AT, tmp_path)
    # The checkpoint as first emitted: with a witness's line behind it, it is another file.
    assert code_of(SOUND, NOTE + "— witness.example/w1 AAAA\n".encode()) == "TIMESTAMP_BAD"


def test_a_stamp_of_an_authority_nobody_trusts_is_refused() -> None:
    assert code_of(OTHER.stamp(NOTE, AT)) == "TIMESTAMP_BAD"
    assert code_of(SOUND, roots=()) == "TIMESTAMP_BAD"


def test_the_chain_is_judged_at_the_stamps_own_time_not_today(tmp_path: Path) -> None:
    """The certificate has long expired; what it stamped before that stays proved."""
    early = EXPIRED_AT - timedelta(days=1)
    token = AUTHORITY.stamp(NOTE, early, defect="expired")
    assert stamp_time(token, NOTE, [AUTHORITY.root_pem]) == early
    assert openssl_takes(token, NOTE, AUTHORITY.root_pem, early, tmp_path)
    assert not openssl_takes(token, NOTE, AUTHORITY.root_pem, AT, tmp_path)
    assert code_of(AUTHORITY.stamp(NOTE, EXPIRED_AT + timedelta(seconds=1), defect="expired")) == "TIMESTAMP_BAD"


def test_the_answer_to_another_question_is_refused() -> None:
    assert stamp_time(SOUND, NOTE, [AUTHORITY.root_pem], nonce=77) == AT
    for token in (AUTHORITY.stamp(NOTE, AT, nonce=78), AUTHORITY.stamp(NOTE, AT)):
        with pytest.raises(Rejected) as refused:
            stamp_time(token, NOTE, [AUTHORITY.root_pem], nonce=77)
        assert refused.value.code == "TIMESTAMP_BAD"


def test_a_root_that_is_no_certificate_is_the_auditors_fault() -> None:
    with pytest.raises(Malformed) as refused:
        stamp_time(SOUND, NOTE, ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    assert refused.value.code == "TRUST_MALFORMED"
    with pytest.raises(Malformed):
        check_stamps({}, ["no root"])


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_refusal(token: bytes) -> None:
    assert code_of(token) == "TIMESTAMP_BAD"


@given(st.integers(0, len(SOUND) - 1), st.integers(1, 255), st.sampled_from(["flip", "cut", "double"]))
def test_no_damaged_stamp_raises_anything_but_a_refusal_or_moves_the_time(place: int, bits: int, how: str) -> None:
    flipped = SOUND[:place] + bytes([SOUND[place] ^ bits]) + SOUND[place + 1 :]
    token = {"flip": flipped, "cut": SOUND[:place], "double": SOUND[:place] + SOUND}[how]
    try:
        # Bytes that nobody signed (the status text, an unused parameter) may change: the time may not.
        assert stamp_time(token, NOTE, [AUTHORITY.root_pem]) == AT
    except EvidenceError as error:
        assert error.code == "TIMESTAMP_BAD"  # noqa: PT017


def minutes(count: int) -> datetime:
    return AT + timedelta(minutes=count)


def test_bounds_come_from_the_nearest_stamped_checkpoints() -> None:
    bounds = Bounds([(1, minutes(0)), (5, minutes(60)), (9, minutes(120))])
    # An entry signed over the head of size 6 at place 7.
    assert (bounds.not_before(6), bounds.not_after(7)) == (minutes(60), minutes(120))
    assert bounds.not_after(4) == minutes(60)
    assert bounds.not_after(5) == minutes(120)
    assert bounds.not_after(9) is None
    assert bounds.not_before(0) is None
    assert Bounds([]).not_before(3) is Bounds([]).not_after(0) is None


def test_who_signs_over_a_quiet_log_before_it_is_stamped_is_not_called_a_liar() -> None:
    """The log has five entries from minute 10 on, somebody signs at minute 20, the stamp comes at minute 60."""
    bounds = Bounds([(1, minutes(0)), (5, minutes(60))])
    assert bounds.not_before(5) == minutes(0)


def test_one_lying_authority_can_neither_backdate_an_entry_nor_move_an_honest_one_out_of_its_bounds() -> None:
    truth = [(1, minutes(0)), (5, minutes(60))]
    for lie in (-1000, 1000):
        bounds = Bounds([*truth, *((size, moment + timedelta(minutes=lie)) for size, moment in truth)])
        before, after = bounds.not_before(2), bounds.not_after(3)
        assert before is not None
        assert after is not None
        assert before <= minutes(0)
        assert after >= minutes(60)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 1000)), max_size=20), st.integers(0, 31), st.integers(0, 31)
)
def test_bounds_are_what_their_definition_says(stamps: list[tuple[int, int]], head: int, index: int) -> None:
    bounds = Bounds([(size, minutes(count)) for size, count in stamps])
    below = [size for size, _ in stamps if size < head]
    above = [size for size, _ in stamps if size > index]
    before = min((count for size, count in stamps if below and size == max(below)), default=None)
    after = max((count for size, count in stamps if above and size == min(above)), default=None)
    assert bounds.not_before(head) == (None if before is None else minutes(before))
    assert bounds.not_after(index) == (None if after is None else minutes(after))


def stamped_files() -> dict[str, bytes]:
    letter = closed_letter(approvals=2)
    files = {f"checkpoints/{size}": note for size, note in letter.checkpoints.items()}
    for size, note in letter.checkpoints.items():
        files[f"checkpoints/{size}.first-example.tsr"] = AUTHORITY.stamp(note, minutes(size))
    files["checkpoints/1.second-example.tsr"] = OTHER.stamp(files["checkpoints/1"], minutes(2))
    return files


ROOTS = [AUTHORITY.root_pem, OTHER.root_pem]


def test_the_stamps_of_a_bundle_are_judged_and_counted() -> None:
    stamps = check_stamps(stamped_files(), ROOTS)
    assert stamps.failures == ()
    assert stamps.authorities == {"first-example": 2, "second-example": 1}
    assert stamps.unjudged == ""
    assert [size for size in range(6) if stamps.covers(size)] == [1, 4]
    assert (stamps.bounds.not_before(2), stamps.bounds.not_after(0)) == (minutes(1), minutes(2))


def test_a_bad_stamp_is_a_failure_and_bounds_nothing() -> None:
    files = stamped_files()
    files["checkpoints/4.first-example.tsr"] = AUTHORITY.stamp(files["checkpoints/1"], minutes(4))
    files["checkpoints/3.first-example.tsr"] = AUTHORITY.stamp(b"a checkpoint that was left out", minutes(3))
    stamps = check_stamps(files, ROOTS)
    assert [failure.code for failure in stamps.failures] == ["TIMESTAMP_BAD", "TIMESTAMP_BAD"]
    assert "checkpoints/3.first-example.tsr" in stamps.failures[0].message
    assert not stamps.covers(4)
    assert stamps.bounds.not_after(1) is None


def test_without_roots_nothing_is_judged_and_nothing_bounded() -> None:
    stamps = check_stamps({"checkpoints/1.x.tsr": b"nonsense"}, [])
    assert (stamps.failures, stamps.bounds.not_after(0)) == ((), None)
    assert "claims" in stamps.unjudged


def test_a_machine_without_the_judge_says_so_and_does_not_break(monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def without_judge(name: str, *arguments: object) -> object:
        if name == "rfc3161_client":
            raise ImportError(name)
        return found(name, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without_judge)
    stamps = check_stamps(stamped_files(), ROOTS)
    assert "rfc3161-client" in stamps.unjudged
    assert (stamps.failures, stamps.covers(1)) == ((), False)
    assert check_stamps({}, ROOTS).unjudged == ""


def test_openssl_is_here_to_judge() -> None:
    assert shutil.which("openssl"), "these tests need openssl"
