"""The coordinator's own words in mails: plain, without links, with nothing in them that a mail program acts on (S9)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.domain.errors import Faulty
from signing.domain.wording import LONGEST, MailPart, checked, filled

OPENING, SUBJECT = MailPart.OPENING, MailPart.SUBJECT


@pytest.mark.parametrize("words", [
    "Dear {contact}, we met on 3.5.2026 at 10.30.", "The U.S. delegation, e.g. its chair, has read version 2.0.",
    "第一条。第二条：请看。", "عزيزي {contact}،\nنشكركم.", "50 % – “yes” & <no>", "J. Smith, Ph.D.", "",
])  # fmt: skip
def test_words_that_people_write_are_kept_as_they_are(words: str) -> None:
    assert checked(OPENING, words) == words


@pytest.mark.parametrize("words", [
    "see evil.com", "see EVIL.example/x", "https://evil.example", "ftp://x", "www.evil", "mailto:eve",
    "eve@evil.example",
    "eve＠evil.example", "evil．com", "evil。com", "203.0.113.9", "http://203.0.113.9/x", "xn--80ak6aa92e.com",
    "письма.рф",
    "javascript://x", "evil.com.",
])  # fmt: skip
def test_links_and_addresses_are_refused_by_name(words: str) -> None:
    with pytest.raises(Faulty) as refused:
        checked(OPENING, f"Please {words} now")
    assert (refused.value.code, refused.value.field) == ("wording-link", "opening")


@pytest.mark.parametrize(("words", "code"), [
    ("{organization}", "wording-placeholder"), ("{}", "wording-placeholder"), ("{contact", "wording-brace"),
    ("a } b", "wording-brace"), ("x\u202ey", "wording-unseen"), ("x\0y", "wording-unseen"),
    ("x\x1b[2J", "wording-unseen"),
    ("x\u2028Bcc: eve", "wording-unseen"), ("x" * 801, "wording-long"), ("\n\nx" * 13, "wording-lines"),
])  # fmt: skip
def test_what_cannot_be_said_is_refused_with_the_reason(words: str, code: str) -> None:
    with pytest.raises(Faulty) as refused:
        checked(OPENING, words)
    assert refused.value.code == code


def test_a_subject_is_one_line() -> None:
    with pytest.raises(Faulty) as refused:
        checked(SUBJECT, "Hello\r\nBcc: everybody@example.org")
    assert refused.value.code in ("wording-lines", "wording-link")


def test_what_a_mail_does_not_know_is_said_in_our_words() -> None:
    assert filled("By {deadline}, {contact}", {"deadline": "Friday", "contact": "{title}"}) == "By Friday, {title}"
    assert filled("By {deadline}", {"deadline": ""}) is None


@given(st.text(max_size=1000))
def test_whatever_is_typed_is_kept_or_refused_in_words(words: str) -> None:
    try:
        kept = checked(OPENING, words)
    except Faulty as refusal:
        kept = refusal.field or ""
    assert len(kept) <= LONGEST[OPENING]
    assert checked(OPENING, kept) == kept
