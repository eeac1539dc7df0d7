"""Settings: what is unknown or unsafe is refused at start, in words that name the setting."""

from __future__ import annotations

from pathlib import Path

import pytest

from signing.cli.checks import returns
from signing.config import SettingsRefused, load
from tests.evidence.builders import WITNESS_KEY


def test_nothing_given_is_a_local_installation_on_sqlite(tmp_path: Path) -> None:
    settings = load({}, tmp_path)
    assert settings.home == tmp_path / "instance"
    assert settings.keys == tmp_path / "keys"
    assert settings.base_url == "http://localhost:8000"
    assert settings.host == "localhost"
    assert settings.embedded
    assert settings.on_loopback
    assert settings.smtp_url is None


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SIGNING_BASE_URL=https://one.example\nSIGNING_MAIL_FROM=a@one.example\n")
    settings = load({"SIGNING_BASE_URL": "https://two.example:8443"}, tmp_path)
    assert settings.base_url == "https://two.example:8443"
    assert settings.host == "two.example"
    assert settings.mail_from == "a@one.example"


def test_an_empty_variable_overrules_the_file_with_the_default(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SIGNING_SMTP_URL=smtps://mail.example\n")
    assert load({}, tmp_path).smtp_url == "smtps://mail.example"
    assert load({"SIGNING_SMTP_URL": ""}, tmp_path).smtp_url is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIGNING_BASE_URI", "https://letters.example"),
        ("SIGNING_TSA_URLS", "tsa.example"),
        ("SIGNING_TSA_URLS", "https://tsa.example ftp://other.example"),
        ("SIGNING_TSA_URLS", "https://user:secret@tsa.example"),
        ("SIGNING_TSA_URLS", "https://tsa.example/tsr#part"),
        ("SIGNING_TSA_URLS", "https://tsa.example:port"),
        ("SIGNING_TSA_URLS", "https://[::1"),
        ("SIGNING_TSA_URLS", "https://tsa_.example"),
        ("SIGNING_TSA_URLS", "https://tsa.example/one http://TSA.example/two"),
        ("SIGNING_BASE_URL", "http://letters.example"),
        ("SIGNING_BASE_URL", "https://letters.example/path"),
        ("SIGNING_BASE_URL", "https://user:secret@letters.example"),
        ("SIGNING_BASE_URL", "letters.example"),
        ("SIGNING_BASE_URL", "https://письма.example"),
        ("SIGNING_BASE_URL", "https://letters.example:port"),
        ("SIGNING_DATABASE_URL", "mysql://host/name"),
        ("SIGNING_DATABASE_URL", "postgresql://host/name"),
        ("SIGNING_BOUNCES", "imap://letters:secret@mail.example"),
        ("SIGNING_BOUNCES", "imaps://mail.example/INBOX"),
        ("SIGNING_BOUNCES", "pop3://letters:secret@mail.example"),
        ("SIGNING_BOUNCES", "imaps://letters:secret@mail.example:port"),
        ("SIGNING_BOUNCES", 'imaps://letters:secret@mail.example/INBOX"%0d%0aA1 DELETE'),
        ("SIGNING_BOUNCES", "imaps://[letters:secret@mail.example"),
        ("SIGNING_SMTP_URL", "mail.example"),
        ("SIGNING_SMTP_URL", "smtp://user:secret@mail.example"),
        ("SIGNING_SMTP_URL", "smtp://mail.example"),
        ("SIGNING_SMTP_URL", "smtp://10.0.0.5:25?nostarttls=1"),
        ("SIGNING_MAIL_FROM", "not an address"),
        ("SIGNING_SECRET_KEY", "too short"),
    ],
)
def test_an_unknown_or_unsafe_setting_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsRefused) as refusal:
        load({name: value}, tmp_path)
    assert name in refusal.value.message
    assert "secret" not in refusal.value.message


def test_a_secret_is_given_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused):
        load({"SIGNING_SECRET_KEY": "x" * 32, "SIGNING_SECRET_KEY_FILE": "secret"}, tmp_path)


def test_a_missing_or_empty_secret_file_says_what_to_run(tmp_path: Path) -> None:
    settings = load({}, tmp_path)
    with pytest.raises(SettingsRefused, match="signing init"):
        settings.secret()
    settings.home.mkdir()
    settings.secret_key_file.write_text("\n")
    with pytest.raises(SettingsRefused, match="signing init"):
        settings.secret()


def test_a_secret_too_short_to_be_safe_is_refused_in_words(tmp_path: Path) -> None:
    settings = load({}, tmp_path)
    settings.home.mkdir()
    settings.secret_key_file.write_text("x" * 31 + "\n")
    with pytest.raises(SettingsRefused, match="at least 32 characters"):
        settings.secret()
    settings.secret_key_file.write_text("x" * 32 + "\n")
    assert settings.secret() == b"x" * 32


@pytest.mark.parametrize(
    "url", ["smtp://127.0.0.1:1025", "smtp://localhost", "smtp://mail.example:587?starttls=1", "smtps://mail.example"]
)
def test_mails_travel_encrypted_or_not_at_all(tmp_path: Path, url: str) -> None:
    assert load({"SIGNING_SMTP_URL": url}, tmp_path).smtp_url == url


def test_time_authorities_are_named_after_their_hosts(tmp_path: Path) -> None:
    given = "https://tsa.example/tsr, http://Time.Other.example:8080/?key=1\nhttp://[::1]/tsr"
    assert load({"SIGNING_TSA_URLS": given}, tmp_path).time_authorities == {
        "tsa-example": "https://tsa.example/tsr",
        "time-other-example": "http://Time.Other.example:8080/?key=1",
        "--1": "http://[::1]/tsr",
    }
    assert load({}, tmp_path).time_authorities == load({"SIGNING_TSA_URLS": " , "}, tmp_path).time_authorities == {}


def test_witnesses_are_a_policy_file_with_addresses_or_are_refused_in_words(tmp_path: Path) -> None:
    assert load({}, tmp_path).witness_policy() == ""
    settings = load({"SIGNING_WITNESSES": "witnesses.policy"}, tmp_path)
    with pytest.raises(SettingsRefused, match=r"witnesses\.policy.*cannot be used"):
        settings.witness_policy()
    line = f"witness w1 {WITNESS_KEY.vkey}"
    for text in (
        "quorum w1\n", f"{line}\nquorum w1\n", f"{line} witness.example\nquorum w1\n",
        f"{line} http://witness.example\nquorum w1\n", f"{line} file:///etc\nquorum w1\n",
        f"{line} https://witness.example:port\nquorum w1\n",
    ):  # fmt: skip
        (tmp_path / "witnesses.policy").write_text(text)
        with pytest.raises(SettingsRefused, match="SIGNING_WITNESSES"):
            settings.witness_policy()
    for where in ("https://witness.example/w1", "http://localhost:8100", "http://127.0.0.1:8100/"):
        (tmp_path / "witnesses.policy").write_text(f"{line} {where}\nquorum w1\n")
        assert settings.witness_policy() == f"{line} {where}\nquorum w1\n"


def test_mails_come_back_to_a_maildir_in_our_folder_or_to_an_account(tmp_path: Path) -> None:
    assert load({}, tmp_path).bounces is None
    assert load({"SIGNING_BOUNCES": "returns"}, tmp_path).bounces == str(tmp_path / "returns")
    assert load({"SIGNING_BOUNCES": "/var/mail/returns"}, tmp_path).bounces == "/var/mail/returns"
    for url in ("imaps://letters%40example.org:secret@mail.example/Returns", "imap://letters:secret@127.0.0.1:1143"):
        assert load({"SIGNING_BOUNCES": url}, tmp_path).bounces == url


def test_doctor_says_whether_anybody_hears_of_mails_that_come_back(tmp_path: Path) -> None:
    (tmp_path / "good" / "new").mkdir(parents=True)
    assert "No SIGNING_BOUNCES" in returns(load({}, tmp_path)).remedy
    assert returns(load({"SIGNING_BOUNCES": "good"}, tmp_path)).state == "ok"
    nowhere = returns(load({"SIGNING_BOUNCES": "nowhere"}, tmp_path))
    assert (nowhere.state, "No such file" in nowhere.remedy) == ("mend", True)
