"""Settings from the environment and `.env` (DESIGN 7), checked once, refused in words."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from dotenv import dotenv_values
from email_validator import EmailNotValidError, validate_email

from signing.domain.errors import Refusal
from signing.evidence.errors import EvidenceError
from signing.evidence.policy import Policy

KNOWN = {
    "SIGNING_HOME": "folder of database, mailbox and secrets of this installation (./instance)",
    "SIGNING_KEYS": "folder of the signing keys (./keys)",
    "SIGNING_BASE_URL": "the address people use, e.g. https://letters.example (http://localhost:8000)",
    "SIGNING_DATABASE_URL": "postgresql+psycopg://… ; empty is SQLite in SIGNING_HOME",
    "SIGNING_SMTP_URL": "smtp://user:password@host:587?starttls=1 or smtps://… ; empty is a local mailbox",
    "SIGNING_MAIL_FROM": "sender of every mail (letters@<host of the base URL>)",
    "SIGNING_SECRET_KEY": "at least 32 characters; links and codes are derived from it",
    "SIGNING_SECRET_KEY_FILE": "file that holds it instead (SIGNING_HOME/secret-key)",
    "SIGNING_KEY_PASSPHRASE": "opens the private keys",
    "SIGNING_KEY_PASSPHRASE_FILE": "file that holds it instead (SIGNING_HOME/key-passphrase)",
    "SIGNING_TSA_URLS": "RFC 3161 time-stamping authorities, separated by spaces; roots in SIGNING_KEYS/tsa (none)",
    "SIGNING_WITNESSES": "C2SP tlog-policy file: the witnesses of our logs, their addresses, and the quorum (none)",
    "SIGNING_BOUNCES": "where mails come back to: a Maildir, or imaps://user:password@host/INBOX (none)",
}
SECRET_SHORTEST = 32
LATER = {"SIGNING_REDIS_URL"}


class SettingsRefused(Refusal):
    """A setting is unknown, unreadable or unsafe."""

    code = "settings"


@dataclass(frozen=True, slots=True)
class Settings:
    home: Path
    keys: Path
    base_url: str
    database_url: str
    smtp_url: str | None
    mail_from: str
    secret_key: bytes | None
    secret_key_file: Path
    passphrase: bytes | None
    passphrase_file: Path
    witnesses: Path | None = None
    tsa_urls: tuple[str, ...] = ()
    bounces: str | None = None

    @property
    def host(self) -> str:
        """The base URL's host without port: it names origin, types and namespace."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def on_loopback(self) -> bool:
        return is_loopback(self.host)

    @property
    def embedded(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def time_authorities(self) -> dict[str, str]:
        """The address of each time-stamping authority by its name: the host with dots as hyphens."""
        return {_authority_name(url): url for url in self.tsa_urls}

    def secret(self) -> bytes:
        """The secret key. Raises SettingsRefused when there is none yet, or one that is too short to be safe."""
        value = self._value(self.secret_key, self.secret_key_file, "secret key")
        if len(value) < SECRET_SHORTEST:
            raise SettingsRefused(
                f"The secret key in {self.secret_key_file} must have at least {SECRET_SHORTEST} characters. Restore "
                "the right one; only if this installation was never used, remove the file and run `signing init`."
            )
        return value

    def key_passphrase(self) -> bytes:
        """The passphrase of the private keys. Raises SettingsRefused when there is none yet."""
        return self._value(self.passphrase, self.passphrase_file, "key passphrase")

    def witness_policy(self) -> str:
        """The witnesses' C2SP tlog-policy, empty when there is none.

        Raises SettingsRefused when the file cannot be read or used.
        """
        if self.witnesses is None:
            return ""
        try:
            text = self.witnesses.read_text("utf-8")
            policy = Policy.from_text(text)
        except (OSError, UnicodeDecodeError, EvidenceError) as error:
            reason = error.message if isinstance(error, EvidenceError) else "It cannot be read as a text file."
            raise SettingsRefused(f"The file {self.witnesses} of SIGNING_WITNESSES cannot be used. {reason}") from None
        for name in policy.witnesses:
            _witness_url(name, policy.urls.get(name, ""))
        return text

    def _value(self, given: bytes | None, file: Path, what: str) -> bytes:
        if given is not None:
            return given
        try:
            value = file.read_bytes().strip()
        except OSError:
            raise SettingsRefused(
                f"There is no {what} yet. Run `signing init` first, or point to it (see `signing doctor`)."
            ) from None
        if not value:
            raise SettingsRefused(f"The {what} file {file} is empty. Remove it and run `signing init`.")
        return value


def is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def load(environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Read the settings; the environment wins over `.env` in `folder` (the current one).

    Raises SettingsRefused, naming the setting and the remedy.
    """
    folder = folder or Path.cwd()
    values = {name: value for name, value in dotenv_values(folder / ".env").items() if value is not None}
    values.update(os.environ if environment is None else environment)
    given = {
        name: value.strip() for name, value in values.items() if name.startswith("SIGNING_") and value.strip()
    }
    for name in sorted(given):
        if name in LATER:
            raise SettingsRefused(f"{name} is not supported by this release. Remove it.")
        if name not in KNOWN:
            raise SettingsRefused(f"{name} is not a setting. The settings are: {', '.join(KNOWN)}.")
    for name in ("SIGNING_SECRET_KEY", "SIGNING_KEY_PASSPHRASE"):
        if name in given and f"{name}_FILE" in given:
            raise SettingsRefused(f"Give {name} or {name}_FILE, not both.")
    home = folder / given.get("SIGNING_HOME", "instance")
    base_url = _base_url(given.get("SIGNING_BASE_URL", "http://localhost:8000"))
    host = urlsplit(base_url).hostname or ""
    return Settings(
        home=home,
        keys=folder / given.get("SIGNING_KEYS", "keys"),
        base_url=base_url,
        database_url=_database_url(given.get("SIGNING_DATABASE_URL"), home),
        smtp_url=_smtp_url(given.get("SIGNING_SMTP_URL")),
        mail_from=_mail_from(given.get("SIGNING_MAIL_FROM"), host),
        secret_key=_secret_key(given.get("SIGNING_SECRET_KEY")),
        secret_key_file=folder / given.get("SIGNING_SECRET_KEY_FILE", str(home / "secret-key")),
        passphrase=(given["SIGNING_KEY_PASSPHRASE"].encode() if "SIGNING_KEY_PASSPHRASE" in given else None),
        passphrase_file=folder / given.get("SIGNING_KEY_PASSPHRASE_FILE", str(home / "key-passphrase")),
        witnesses=folder / given["SIGNING_WITNESSES"] if "SIGNING_WITNESSES" in given else None,
        tsa_urls=_tsa_urls(given.get("SIGNING_TSA_URLS", "")),
        bounces=_bounces(given.get("SIGNING_BOUNCES"), folder),
    )


def _base_url(value: str) -> str:
    parts = urlsplit(value.rstrip("/"))
    more = parts.path or parts.query or parts.fragment or not _port_is_sound(parts)
    if parts.scheme not in ("http", "https") or not parts.hostname or more:
        raise SettingsRefused("SIGNING_BASE_URL must be scheme and host only, e.g. https://letters.example.")
    if not parts.netloc.isascii():
        # It is frozen into statements and printed as a link, and a URI is ASCII (RFC 3986).
        raise SettingsRefused("SIGNING_BASE_URL must be in ASCII: write a host of other letters in its form xn--….")
    if parts.username or parts.password:
        raise SettingsRefused("SIGNING_BASE_URL must not hold a user name or password.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise SettingsRefused(
            "SIGNING_BASE_URL must be https:// (http is for localhost only): links and codes travel on it."
        )
    return f"{parts.scheme}://{parts.netloc}"


def _port_is_sound(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def _database_url(value: str | None, home: Path) -> str:
    if value is None:
        return f"sqlite:///{home / 'signing.sqlite3'}"
    if value.startswith(("postgresql+psycopg://", "sqlite:///")):
        return value
    raise SettingsRefused(
        "SIGNING_DATABASE_URL must begin with postgresql+psycopg:// or sqlite:/// (empty is SQLite in SIGNING_HOME)."
    )


def _smtp_url(value: str | None) -> str | None:
    if value is None:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise SettingsRefused(
            "SIGNING_SMTP_URL must look like smtp://user:password@host:587?starttls=1 or smtps://host."
        )
    encrypted = parts.scheme == "smtps" or parse_qs(parts.query).get("starttls") == ["1"]
    if not encrypted and not is_loopback(parts.hostname):
        raise SettingsRefused(
            "SIGNING_SMTP_URL would send links, codes and its password unencrypted. Use smtps:// or add ?starttls=1."
        )
    return value


def _bounces(value: str | None, folder: Path) -> str | None:
    """An IMAP address as it is, a Maildir from the root of the disk."""
    if value is None or "://" not in value:
        return str(folder / value) if value else None
    try:
        parts = urlsplit(value)
        sound = bool(parts.hostname and parts.username and parts.password) and _port_is_sound(parts)
    except ValueError:
        sound = False
    if not sound or parts.scheme not in ("imap", "imaps") or re.search(r'["\\\s\x00-\x1f]', unquote(parts.path)):
        raise SettingsRefused(
            "SIGNING_BOUNCES must be the folder of a Maildir, or look like imaps://user:password@host/INBOX "
            "(write @ in the user's name as %40)."
        )
    if parts.scheme == "imap" and not is_loopback(parts.hostname or ""):
        raise SettingsRefused("SIGNING_BOUNCES would send its password unencrypted. Use imaps://.")
    return value


def _mail_from(value: str | None, host: str) -> str:
    address = value or f"letters@{host}"
    if value is not None:
        try:
            validate_email(value, check_deliverability=False)
        except EmailNotValidError:
            raise SettingsRefused(
                "SIGNING_MAIL_FROM must be a plain address, e.g. letters@letters.example."
            ) from None
    return address


def _tsa_urls(value: str) -> tuple[str, ...]:
    urls = tuple(re.split(r"[\s,]+", value.strip(" ,"))) if value.strip(" ,") else ()
    for url in urls:
        parts = urlsplit("")
        try:
            parts = urlsplit(url)
            name, sound = _authority_name(url), _port_is_sound(parts) and not (parts.username or parts.fragment)
        except ValueError:
            name, sound = "", False
        # The name stands in the file names of a bundle.
        if parts.scheme not in ("http", "https") or not sound or not re.fullmatch(r"[a-z0-9-]+", name, re.ASCII):
            raise SettingsRefused(
                "SIGNING_TSA_URLS must hold addresses of time-stamping authorities, such as "
                "https://freetsa.org/tsr, separated by spaces, without user name or password."
            )
    if len({_authority_name(url) for url in urls}) != len(urls):
        raise SettingsRefused("SIGNING_TSA_URLS names one host twice: two authorities must be two parties.")
    return urls


def _authority_name(url: str) -> str:
    return (urlsplit(url).hostname or "").replace(".", "-").replace(":", "-")


def _witness_url(name: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        sound = bool(parts.hostname) and _port_is_sound(parts) and not (parts.query or parts.fragment)
    except ValueError:
        sound = False
    if not sound or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))):
        raise SettingsRefused(
            f"The witness {name} in the file of SIGNING_WITNESSES needs an address at the end of its line, "
            "such as https://witness.example/w1 (http is for localhost only)."
        )


def _secret_key(value: str | None) -> bytes | None:
    if value is not None and len(value) < SECRET_SHORTEST:
        raise SettingsRefused(
            f"SIGNING_SECRET_KEY must have at least {SECRET_SHORTEST} characters. `signing init` makes a good one."
        )
    return value.encode() if value is not None else None
