"""Asking time-stamping authorities over HTTP: what is taken, and everything that is not, in words."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import tsp

from signing.adapters.authority_roots import RootRefused, read_roots
from signing.adapters.stamping import NoStamp
from signing.evidence.stamp import MAX_TOKEN_BYTES, stamp_time
from tests.adapters.time_authority_server import REPLY, Answer, OpensslAuthority, Server, listening
from tests.evidence.time_authority import TimeAuthority

AT = datetime(2026, 11, 24, 10, 0, 7, tzinfo=UTC)
DATA = b"letters.example.org/l/1\n5\nroot\n"
AUTHORITY = TimeAuthority()


@pytest.fixture
def server() -> Iterator[Server]:
    sound = Server(lambda question: Answer(AUTHORITY.answer(question, AT)), AUTHORITY.root_pem)
    with listening(sound):
        yield sound


def reason(server: Server, timeout: float = 20.0) -> str:
    with pytest.raises(NoStamp) as failure:
        server.authority(timeout=timeout).stamp(DATA)
    assert "tsr" not in failure.value.reason, "an address may hold the customer's key"
    return failure.value.reason


def test_a_stamp_by_openssl_is_taken(tmp_path: Path) -> None:
    judge = OpensslAuthority(tmp_path)
    with listening(Server(lambda question: Answer(judge.answer(question)), judge.root_pem)) as server:
        began = datetime.now(UTC).replace(microsecond=0)
        token, at = server.authority().stamp(DATA)
    assert began <= at <= datetime.now(UTC)
    assert stamp_time(token, DATA, [judge.root_pem]) == at


def test_the_question_has_a_digest_a_new_nonce_and_asks_for_the_certificate(server: Server) -> None:
    assert [server.authority().stamp(DATA)[1] for _ in range(2)] == [AT, AT]
    first, second = (tsp.TimeStampReq.load(question, strict=True).native for question in server.questions)
    assert first["cert_req"] is second["cert_req"] is True
    assert first["nonce"] != second["nonce"]
    assert first["message_imprint"] == second["message_imprint"]
    assert DATA not in server.questions[0]


def test_the_answer_to_another_question_is_not_taken(server: Server) -> None:
    server.answer = lambda question: Answer(AUTHORITY.stamp(DATA, AT, nonce=7))
    assert "not signed by a certificate" in reason(server)
    server.answer = lambda question: Answer(AUTHORITY.stamp(DATA, AT))
    assert reason(server)


def test_a_stamp_over_other_bytes_is_not_taken(server: Server) -> None:
    server.answer = lambda question: Answer(AUTHORITY.stamp(b"something else", AT))
    assert "other bytes" in reason(server)


def test_a_stamp_under_another_root_is_not_taken(server: Server) -> None:
    server.root = TimeAuthority("another").root_pem
    assert "trusted root" in reason(server)


@pytest.mark.parametrize("body", [b"", b"garbage", b"<html>", AUTHORITY.stamp(DATA, AT, defect="refused")])
def test_an_answer_that_is_no_stamp_is_not_taken(server: Server, body: bytes) -> None:
    server.answer = lambda question: Answer(body)
    assert "cannot be read" in reason(server)


def test_a_web_page_is_not_taken_for_a_stamp(server: Server) -> None:
    server.answer = lambda question: Answer(b"<h1>Sign in</h1>", kind="text/html; charset=utf-8")
    assert "something else" in reason(server)
    server.answer = lambda question: Answer(AUTHORITY.answer(question, AT), kind=f"{REPLY}; charset=binary")
    assert server.authority().stamp(DATA)[1] == AT


def test_a_huge_answer_is_cut_off(server: Server) -> None:
    server.answer = lambda question: Answer(b"\0" * (MAX_TOKEN_BYTES + 1))
    assert "too large" in reason(server)


def test_a_redirect_is_not_followed(server: Server) -> None:
    with listening(Server(lambda question: Answer(AUTHORITY.answer(question, AT)), "")) as elsewhere:
        there = f"http://127.0.0.1:{elsewhere.port}/tsr"
        for status in (301, 302, 307, 308):
            server.answer = lambda question, status=status: Answer(b"", status, location=there)
            assert f"status {status}" in reason(server)
        assert elsewhere.questions == []


def test_a_refusal_by_http_is_told_with_its_number(server: Server) -> None:
    server.answer = lambda question: Answer(b"busy", 503)
    assert "status 503" in reason(server)


def test_a_slow_authority_is_not_waited_for_longer_than_the_timeout(server: Server) -> None:
    release = threading.Event()
    server.answer = lambda question: Answer(AUTHORITY.answer(question, AT), hold=release)
    try:
        assert "within" in reason(server, timeout=0.2)
    finally:
        release.set()


def test_an_authority_that_is_down_is_told_in_words(server: Server) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        down = replace(server.authority(), url=f"http://127.0.0.1:{unused.getsockname()[1]}/tsr")
        with pytest.raises(NoStamp) as failure:
            down.stamp(DATA)
    assert "cannot be reached" in failure.value.reason
    for url in ("http://no-such-host.invalid/tsr", "http://[::1/tsr"):
        with pytest.raises(NoStamp):
            replace(down, url=url).stamp(DATA)


def test_roots_are_read_by_name_and_those_of_earlier_authorities_too(tmp_path: Path) -> None:
    folder = tmp_path / "tsa"
    folder.mkdir()
    for name in ("one-example", "earlier-example"):
        (folder / f"{name}.pem").write_text(TimeAuthority(name).root_pem)
    (folder / "README.md").write_text("not a root")
    roots = read_roots(tmp_path, ["one-example"])
    assert roots == {name: TimeAuthority(name).root_pem for name in ("earlier-example", "one-example")}


def test_a_missing_or_unreadable_root_is_refused_in_words(tmp_path: Path) -> None:
    assert read_roots(tmp_path, []) == {}
    with pytest.raises(RootRefused) as refused:
        read_roots(tmp_path, ["one-example"])
    assert str(tmp_path / "tsa" / "one-example.pem") in refused.value.message
    (tmp_path / "tsa").mkdir()
    for content in (b"no root", b"\xff\xfe", b"x" * 70_000):
        (tmp_path / "tsa" / "one-example.pem").write_bytes(content)
        with pytest.raises(RootRefused, match="PEM"):
            read_roots(tmp_path, ["one-example"])


def test_a_stamp_of_the_future_is_judged_at_its_own_time(server: Server) -> None:
    """Whether a time is believable is for whoever asked to say: only they know what time it is."""
    server.answer = lambda question: Answer(AUTHORITY.answer(question, AT + timedelta(days=365)))
    assert server.authority().stamp(DATA)[1] == AT + timedelta(days=365)
