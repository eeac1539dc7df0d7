"""What `signing doctor` looks at and `signing serve` refuses to start without."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from signing.adapters.database import connect
from signing.adapters.transport import Deferred
from signing.bootstrap import open_transport
from signing.config import Settings
from signing.domain.errors import Refusal

DEMO_ACCOUNTS = "demo-accounts.json"
DEMONSTRATION = (
    "This folder holds the demonstration, with its known accounts. Give your installation a folder of its own: "
    "SIGNING_HOME=./coalition, for example (or remove the demonstration's folder)."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """`state` is ok, note (fine for trying out, not for the world) or mend."""

    what: str
    state: str
    remedy: str = ""

    @property
    def fault(self) -> bool:
        return self.state == "mend"


def demonstrates(settings: Settings) -> bool:
    """Whether the home folder is that of `signing demo`."""
    return (settings.home / DEMO_ACCOUNTS).exists()


def examine(settings: Settings) -> list[Finding]:
    """Every check in turn; one that fails does not hide the next."""
    return [*_addresses(settings), *_secrets(settings), _keys(settings), _database(settings), _mail(settings)]


def _addresses(settings: Settings) -> Iterator[Finding]:
    if settings.on_loopback:
        yield Finding(
            f"base URL {settings.base_url}",
            "note",
            "Only this machine can open it. Set SIGNING_BASE_URL=https://… for the world.",
        )
    else:
        yield Finding(f"base URL {settings.base_url}", "ok")


def _secrets(settings: Settings) -> Iterator[Finding]:
    for name, given, file, read in (
        ("secret key", settings.secret_key, settings.secret_key_file, settings.secret),
        ("key passphrase", settings.passphrase, settings.passphrase_file, settings.key_passphrase),
    ):
        finding = _refused(name, read)
        if finding is None and given is None and _readable_by_others(file):
            finding = Finding(f"{name} {file}", "mend", f"Others can read it. Run: chmod 600 {file}")
        yield finding or Finding(name, "ok")
    if settings.passphrase is None and settings.passphrase_file.parent == settings.home:
        yield Finding(
            "place of the key passphrase",
            "note",
            "It lies on the same disk as the keys: who steals the disk has both. Give it as "
            "SIGNING_KEY_PASSPHRASE_FILE from a secret store.",
        )


def _keys(settings: Settings) -> Finding:
    from signing.bootstrap import load_keys

    refused = _refused("signing keys", lambda: load_keys(settings))
    if refused is not None:
        return refused
    what = f"signing keys in {settings.keys}"
    if "coordinator" not in load_keys(settings):
        return Finding(what, "ok", "No coordinator's key is held by the service: it can close no letter alone.")
    return Finding(
        what,
        "note",
        "A coordinator's key is held by the service: reports of letters that name it say so. See "
        "`signing keys release-coordinator`.",
    )


def _database(settings: Settings) -> Finding:
    told = ""

    def look() -> None:
        nonlocal told
        told = connect(settings.database_url, settings.home).check()

    return _refused("database", look) or Finding(f"database: {told}", "ok")


def _mail(settings: Settings) -> Finding:
    if settings.smtp_url is None:
        if settings.on_loopback:
            return Finding(
                "mail", "note", "No SIGNING_SMTP_URL: mails stay in the local mailbox at /mailbox."
            )
        return Finding(
            "mail", "mend", "Set SIGNING_SMTP_URL: without it no contact would ever get an invitation."
        )
    transport = open_transport(settings)
    try:
        transport.check()
    except Deferred as error:
        return Finding(
            "mail server",
            "note",
            f"It does not take mails now: {error.reply} They wait in the outbox. Check SIGNING_SMTP_URL.",
        )
    finally:
        transport.close()
    local, _, domain = settings.mail_from.partition("@")
    return Finding(
        "mail server",
        "ok",
        f"Remember SPF, DKIM and DMARC for {domain}, and that bounces come to {local}+…@{domain}.",
    )


def _refused(what: str, look: Callable[[], object]) -> Finding | None:
    try:
        look()
    except Refusal as refusal:
        return Finding(what, "mend", refusal.message)
    return None


def _readable_by_others(file: Path) -> bool:
    return bool(stat.S_IMODE(file.stat().st_mode) & 0o077)
