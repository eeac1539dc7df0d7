"""What people get by mail: the words, the envelope, and nothing that a name could smuggle in (FAULTS S9)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from hashlib import sha256

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from signing.adapters.mail_headers import NotAnAddress, header_words, new_message, recipient, wire
from signing.adapters.mail_matter import Outdated
from signing.adapters.mail_text import MailTexts, WrittenMail
from signing.adapters.mail_words import folded
from signing.domain.invitation import Code
from signing.domain.letter import LetterState, Version
from signing.evidence.phrase import phrase
from signing.workflow.letters import text_sha256
from signing.workflow.mail_ports import Notice, NoticeKind
from signing.workflow.ports import Services
from tests.adapters.builders import (
    LETTER,
    NOW,
    a_notice,
    a_version,
    an_entry,
    an_invitation,
    lay_out,
)
from tests.adapters.conftest import Clock
from tests.adapters.mail_gallery import HIDDEN, LAPTOP, key_statement, logged, statement
from tests.adapters.mail_rules import read
from tests.web.installation import letter_text

only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
TEXTS = MailTexts("letters@example.org")


def received(mail: WrittenMail) -> EmailMessage:
    """The mail as its reader's program sees it."""
    return read(wire(mail.message, international=False))


def body(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def words(message: EmailMessage) -> str:
    return " ".join(body(message).split())


@pytest.fixture
def invitation_notice(services: Services) -> Notice:
    lay_out(services.unit_of_work)
    return a_notice(1)


def a_code_notice(services: Services) -> Notice:
    with services.unit_of_work(write=True) as uow:
        uow.codes.add(Code("code-1", "invitation-1", b"d" * 32, NOW, NOW + timedelta(minutes=10)))
        uow.commit()
    return replace(a_notice(2, NoticeKind.CODE), subject_id="code-1")


def a_receipt_notice(services: Services, decision: str = "approve", **fields: object) -> Notice:
    with services.unit_of_work() as uow:
        size = uow.log.head(LETTER).size
    index = logged(services, statement(services, size, decision=decision, **fields))
    return replace(a_notice(3, NoticeKind.RECEIPT), subject_id=str(index))


def a_key_notice(services: Services, action: str = "bind", **fields: object) -> Notice:
    """A receipt of a key statement, whose key the service remembers."""
    index = logged(services, key_statement(services, 99, action, **fields))
    return replace(a_notice(4, NoticeKind.RECEIPT), subject_id=str(index))


@only_sqlite
def test_an_invitation_says_who_asks_what_for_and_until_when(services: Services, invitation_notice: Notice) -> None:
    mail = received(TEXTS.write(services, invitation_notice))
    link = f"https://letters.example.org/i/{services.tokens.link('invitation-1', 1)}"
    assert mail["Subject"].startswith("May The Organisation 1 be named under this letter?")
    assert str(mail["To"]) == "Person 1 <person1@org1.example.org>"
    for said in (
        "The Organisation 1",
        "A letter about “rivers” – 河流",
        "Thursday 24 December 2026, 10:30 (Brussels time)",
        "We never ask for a password",
    ):
        assert said in words(mail)
    assert body(mail).count(link) == 1
    assert body(mail, "html").count(link) == 1
    assert max(len(line) for line in body(mail).splitlines() if "://" not in line) <= 76


@only_sqlite
def test_the_envelope_is_that_of_a_machine_that_wants_no_answer(services: Services, invitation_notice: Notice) -> None:
    written = TEXTS.write(services, invitation_notice)
    mail = received(written)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] is None
    assert mail["Message-ID"] == invitation_notice.message_id
    assert mail["References"] == mail["In-Reply-To"] == f"<{LETTER}.org-1@letters.example.org>"
    assert mail["From"].addresses[0].addr_spec == "letters@example.org"
    assert (written.sender, written.to) == ("letters+notice-0001@example.org", "person1@org1.example.org")
    assert mail["Date"].datetime == NOW.replace(microsecond=0)
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


@only_sqlite
def test_nothing_in_a_mail_is_fetched_from_anywhere(services: Services, invitation_notice: Notice) -> None:
    for notice in (invitation_notice, a_code_notice(services), a_receipt_notice(services)):
        html = body(received(TEXTS.write(services, notice)), "html")
        assert not re.search(r"<(img|link|script|iframe|object)|src=|url\(|@import", html)
        assert 'name="color-scheme"' in html


@only_sqlite
def test_a_code_can_be_read_out_and_is_in_its_mail_only(services: Services, invitation_notice: Notice) -> None:
    notice = a_code_notice(services)
    written = TEXTS.write(services, notice)
    digits = services.tokens.code("code-1")
    mail = received(written)
    assert f"    {digits[:4]} {digits[4:]}\n" in body(mail)
    assert f"{digits[:4]} {digits[4:]}" in body(mail, "html")
    assert "Never forward this code" in words(mail)
    assert digits[:4] not in str(mail["Subject"])
    assert "/i/" not in body(mail)
    assert digits in written.secrets


@only_sqlite
@pytest.mark.parametrize("why", ["expired", "used", "replaced"])
def test_a_code_that_opens_nothing_any_more_is_not_sent(
    services: Services, invitation_notice: Notice, clock: Clock, why: str
) -> None:
    notice = a_code_notice(services)
    with services.unit_of_work(write=True) as uow:
        if why == "used":
            uow.codes.use("code-1", NOW)
        elif why == "replaced":
            uow.codes.add(
                Code("code-2", "invitation-1", b"e" * 32, NOW + timedelta(seconds=1), NOW + timedelta(days=1))
            )
        else:
            clock.advance(minutes=10)
        uow.commit()
    with pytest.raises(Outdated):
        TEXTS.write(services, notice)


@only_sqlite
def test_a_receipt_carries_the_proof_and_says_how_to_check_it(services: Services, invitation_notice: Notice) -> None:
    for index, (decision, said) in enumerate(
        {"approve": "approves", "decline": "your answer", "withdraw": "withdraws"}.items()
    ):
        mail = received(TEXTS.write(services, a_receipt_notice(services, decision)))
        (proof,) = mail.iter_attachments()
        assert proof.get_filename() == f"{LETTER}-{index}.tlog-proof"
        assert proof.get_content().startswith(b"c2sp.org/tlog-proof@v1\n")
        assert said in mail["Subject"]
        assert ("Organisation" in mail["Subject"]) == (decision != "decline")
        assert f"signing verify {LETTER}-{index}.tlog-proof --trust trust.json" in body(mail)
        assert "THIS WAS NOT US?" in body(mail)
        assert "/i/" not in body(mail)


@only_sqlite
def test_only_the_receipt_of_a_decline_carries_the_opening_and_says_whose_it_is(
    services: Services, invitation_notice: Notice
) -> None:
    with services.unit_of_work(write=True) as uow:
        (entry, *_) = uow.roster.entries(LETTER)
        uow.roster.record_answer(replace(entry, opening=b'{"salt":"x"}'))
        uow.commit()
    for index, decision in enumerate(("decline", "approve")):
        mail = received(TEXTS.write(services, a_receipt_notice(services, decision)))
        attached = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
        opening = attached.pop(f"{LETTER}-{index}.opening.json", None)
        assert set(attached) == {f"{LETTER}-{index}.tlog-proof"}
        assert opening == (b'{"salt":"x"}' if decision == "decline" else None)
        for kind in ("plain", "html"):
            assert ("for you alone" in body(mail, kind)) == (decision == "decline")


@only_sqlite
def test_a_confidential_receipt_names_nobody_in_its_subject_and_opens_to_nobody_invited_by_mistake(
    services: Services, invitation_notice: Notice
) -> None:
    with services.unit_of_work(write=True) as uow:
        (entry, *_) = uow.roster.entries(LETTER)
        uow.roster.record_answer(replace(entry, opening=b'{"salt":"x"}', confidential=True))
        uow.commit()
    notice = a_receipt_notice(services, signatory=HIDDEN)
    mail = received(TEXTS.write(services, notice))
    assert mail["Subject"].startswith("Receipt of your answer: ")
    assert "Organisation 1" not in mail["Subject"]
    assert "counted on the list and named nowhere" in words(mail)
    assert len(list(mail.iter_attachments())) == 2
    strange = received(TEXTS.write(services, replace(notice, to="stranger@elsewhere.example")))
    assert [part.get_filename() for part in strange.iter_attachments()] == [f"{LETTER}-0.tlog-proof"]
    assert "for you alone" not in body(strange)


@only_sqlite
def test_a_receipt_says_how_the_answer_was_signed_and_which_key_is_new(
    services: Services, invitation_notice: Notice
) -> None:
    attested = words(received(TEXTS.write(services, a_receipt_notice(services))))
    assert "with the mailed code; this service vouches for it (level 1 of 4)" in attested
    assert "a new key" not in attested
    a_key_notice(services)
    mail = received(TEXTS.write(services, a_receipt_notice(services, by=LAPTOP.key)))
    for kind in ("plain", "html"):
        said = " ".join(body(mail, kind).split())
        assert "with a key in your browser (level 2 of 4)" in said
        assert phrase(sha256(LAPTOP.public_key.encode()).digest()) in said
        assert phrase(text_sha256(a_version())) in said


@only_sqlite
@pytest.mark.parametrize("action", ["bind", "revoke"])
def test_a_key_that_was_noted_or_revoked_is_told_of_with_the_proof(
    services: Services, invitation_notice: Notice, action: str
) -> None:
    until = {"until": "2026-12-01T12:00:00Z"} if action == "bind" else {}
    mail = received(TEXTS.write(services, a_key_notice(services, action, **until)))
    assert {"bind": "noted", "revoke": "revoked"}[action] in mail["Subject"]
    (proof,) = mail.iter_attachments()
    assert proof.get_content().startswith(b"c2sp.org/tlog-proof@v1\n")
    for kind in ("plain", "html"):
        said = " ".join(body(mail, kind).split())
        assert phrase(sha256(LAPTOP.public_key.encode()).digest()) in said
        assert ("Tuesday 1 December 2026, 13:00 (Brussels time)" in said) == (action == "bind")
    assert "Organisation 1" not in mail["Subject"]
    assert "/i/" not in body(mail)


@only_sqlite
@pytest.mark.parametrize(
    ("kind", "said"),
    [(NoticeKind.CARRIED, "your approval stands"), (NoticeKind.KEY_VOUCHED, "the coordinator has confirmed your key")],
)
def test_a_carried_approval_and_a_confirmed_key_are_told_of_with_the_link(
    services: Services, invitation_notice: Notice, kind: NoticeKind, said: str
) -> None:
    mail = received(TEXTS.write(services, replace(invitation_notice, kind=kind)))
    link = f"https://letters.example.org/i/{services.tokens.link('invitation-1', 1)}"
    for part in ("plain", "html"):
        assert said in " ".join(body(mail, part).split())
        assert body(mail, part).count(link) == 1
    assert "Organisation 1" not in mail["Subject"]
    with services.unit_of_work(write=True) as uow:
        uow.invitations.revoke("invitation-1", NOW)
        uow.commit()
    with pytest.raises(Outdated):
        TEXTS.write(services, replace(invitation_notice, kind=kind))


@only_sqlite
def test_the_fingerprint_of_the_open_words_is_in_every_mail_that_asks_for_something(
    services: Services, invitation_notice: Notice
) -> None:
    text = letter_text().to_bytes()
    with services.unit_of_work(write=True) as uow:
        uow.letters.save_draft(Version(LETTER, 1, {"en": text}, None))
        uow.letters.freeze(LETTER, 1, NOW)
        uow.letters.set_state(LETTER, LetterState.OPEN, version=1)
        uow.commit()
    words_of_it = phrase(text_sha256(Version(LETTER, 1, {"en": text}, None)))
    kinds = (NoticeKind.INVITATION, NoticeKind.NEW_VERSION, NoticeKind.CARRIED, NoticeKind.KEY_VOUCHED)
    for notice in (*(replace(invitation_notice, kind=kind) for kind in kinds), a_code_notice(services)):
        mail = received(MailTexts("letters@example.org").write(services, notice))
        assert words_of_it in words(mail)
        assert words_of_it in body(mail, "html")


@only_sqlite
def test_a_new_version_is_told_of_with_the_same_link(services: Services, invitation_notice: Notice) -> None:
    mail = received(TEXTS.write(services, replace(invitation_notice, kind=NoticeKind.NEW_VERSION)))
    assert services.tokens.link("invitation-1", 1) in body(mail)
    assert "other words" in words(mail)


@only_sqlite
def test_an_invitation_whose_link_was_replaced_or_revoked_is_not_sent(
    services: Services, invitation_notice: Notice
) -> None:
    with services.unit_of_work(write=True) as uow:
        uow.invitations.reissue(an_invitation(1, generation=2))
        uow.commit()
    with pytest.raises(Outdated):
        TEXTS.write(services, invitation_notice)
    newest = replace(invitation_notice, subject_id="2")
    assert services.tokens.link("invitation-1", 2) in body(received(TEXTS.write(services, newest)))
    with services.unit_of_work(write=True) as uow:
        uow.invitations.revoke("invitation-1", NOW)
        uow.commit()
    with pytest.raises(Outdated):
        TEXTS.write(services, newest)


@only_sqlite
@pytest.mark.parametrize("kind", [NoticeKind.INVITATION, NoticeKind.CODE, NoticeKind.NEW_VERSION])
def test_neither_link_nor_code_goes_to_an_address_that_was_struck_off(
    services: Services, invitation_notice: Notice, kind: NoticeKind
) -> None:
    notice = a_code_notice(services) if kind is NoticeKind.CODE else replace(invitation_notice, kind=kind)
    with services.unit_of_work(write=True) as uow:
        uow.roster.save(replace(an_entry(1), email="new@org1.example.org"))
        uow.commit()
    with pytest.raises(Outdated):
        TEXTS.write(services, notice)


@only_sqlite
def test_names_are_words_in_a_mail_whatever_they_contain(services: Services, invitation_notice: Notice) -> None:
    nasty = "<b>Eve</b>\r\nBcc: everybody@example.org\r\n\r\nhello %(x)s {{ 1 }}"
    with services.unit_of_work(write=True) as uow:
        uow.roster.save(replace(an_entry(1), organisation=nasty, listed_as=None, contact=nasty))
        uow.commit()
    mail = received(TEXTS.write(services, invitation_notice))
    assert [address.addr_spec for address in mail["To"].addresses] == ["person1@org1.example.org"]
    assert mail["Bcc"] is None
    assert "<b>Eve" not in body(mail, "html")
    assert "{{ 1 }}" in words(mail)


NAMES = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from('\r\n\0\t \u2028\u2029\u0085\u202e\u2066\u200f\u061c,;:<>@"\\()=?'),
    ),
    max_size=200,
)
HEADERS = ["Subject", "From", "To", "Message-ID", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"]


@given(name=NAMES, subject=NAMES)
@example(name='x" <eve@example.org>, "y', subject="hello\r\nBcc: eve@example.org")
@example(name="=?utf-8?q?=0D=0ABcc:_eve@example.org?=", subject="=?utf-8?b?DQpCY2M6IGV2ZQ==?=")
@example(name="a,b;c:d", subject="\u2028Bcc: eve\u2029")
@example(name="Ann, eve@example.org, " + "c" * 60, subject="a")
@example(name="a" * 30 + " (x) <eve@example.org> " + "b c " * 20, subject="a")
@example(name="=", subject="==?=?utf-8?q?x?=")
def test_whatever_a_name_holds_there_is_one_message_one_recipient_and_the_same_headers(name: str, subject: str) -> None:
    message = new_message()
    message["Subject"] = header_words(subject)
    message["From"] = recipient(name, "letters@example.org")
    message["To"] = recipient(name, "person@example.org")
    message["Message-ID"] = "<1@example.org>"
    message.set_content("The body.\n")
    seen = read(wire(message, international=False))
    assert sorted(seen.keys()) == sorted(HEADERS)
    assert [address.addr_spec for address in seen["To"].addresses] == ["person@example.org"]
    assert [address.addr_spec for address in seen["From"].addresses] == ["letters@example.org"]
    assert not seen["To"].defects
    assert seen.get_content() == "The body.\r\n"
    shown = seen["Subject"] + seen["To"].addresses[0].display_name
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]", shown)


@given(NAMES)
def test_header_words_are_stable_and_short(text: str) -> None:
    once = header_words(text)
    assert header_words(once) == once
    assert len(once) <= 160


@pytest.mark.parametrize(
    "name", ["Zoë Müller", "ئۇيغۇر كۈزىتىش", "नागरिक\u200dमंच", "O’Neill, Ltd. (EU)", 'The "Other" One']
)
def test_honest_names_stay_as_they_are(name: str) -> None:
    message = new_message()
    message["To"] = recipient(name, "person@example.org")
    seen = read(wire(message, international=False))
    assert seen["To"].addresses[0].display_name == name


@pytest.mark.parametrize(
    "address",
    [
        "",
        "person",
        "@example.org",
        "person@",
        "a b@example.org",
        "a@x.org,b@x.org",
        "a@x.org\r\nBcc: b@x.org",
        "<a@x.org>",
        "a@x..org",
    ],
)
def test_what_is_not_one_address_is_refused(address: str) -> None:
    with pytest.raises(NotAnAddress):
        recipient("Person", address)


def test_an_address_of_an_international_domain_is_written_as_mail_servers_know_it() -> None:
    assert recipient("", "person@bücher.example").addr_spec == "person@xn--bcher-kva.example"


def test_text_is_folded_but_links_and_indented_lines_stay_whole() -> None:
    link = "https://letters.example.org/i/" + "x" * 90
    assert folded(f"\n\n{'word ' * 30}\n\n\n{link}\n    1234 5678\n").splitlines() == [
        *(["word " * 14 + "word"] * 2),
        "",
        link,
        "    1234 5678",
    ]
