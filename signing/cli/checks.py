"""What `signing doctor` looks at and `signing serve` refuses to start without."""

from __future__ import annotations

import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from signing.adapters.authority_roots import read_roots
from signing.adapters.database import connect
from signing.adapters.return_mailbox import Unreadable, open_returns
from signing.adapters.stamping import NoStamp, TimeAuthority
from signing.adapters.transport import Deferred
from signing.bootstrap import build, open_transport, time_authorities
from signing.cli import seal_checks
from signing.cli.finding import Finding, fault_in
from signing.config import Settings
from signing.workflow import auditing
from signing.workflow.stamps import stamp_state
from signing.workflow.witness_state import witness_state

DEMO_ACCOUNTS = "demo-accounts.json"
STAMPS_MISSED = "Does `signing serve` or `signing worker` run, and can it reach the authority? Its log says why not."
DEMONSTRATION = (
    "This folder holds the demonstration, with its known accounts. Give your installation a folder of its own: "
    "SIGNING_HOME=./coalition, for example (or remove the demonstration's folder)."
)


def demonstrates(settings: Settings) -> bool:
    """Whether the home folder is that of `signing demo`."""
    return (settings.home / DEMO_ACCOUNTS).exists()


def examine(settings: Settings) -> list[Finding]:
    """Every check in turn; one that fails does not hide the next."""
    return [
        *_addresses(settings), *_secrets(settings), _keys(settings), _database(settings), _mail(settings),
        *_witnesses(settings), _time_authorities(settings),
    ]


def look_around(settings: Settings) -> Iterator[Finding]:
    """What `signing doctor` looks at besides: nothing that should keep `signing serve` from starting."""
    authorities: list[TimeAuthority] = []
    letters: list[Finding] = []

    def look() -> None:
        services = build(settings)
        authorities.extend(time_authorities(settings, services.installation.tsa_roots))
        warnings = {letter.id: stamp_state(services, letter.id).warning for letter in auditing.letters(services)}
        letters.extend(
            Finding(f"time stamps of letter {letter_id}", "mend", f"Missed: {warning}. {STAMPS_MISSED}")
            for letter_id, warning in warnings.items()
            if warning
        )

    # What keeps the keys, the roots or the database from being used is told in lines of their own.
    if settings.tsa_urls and fault_in("time stamps", look) is None:
        yield from map(_answering, authorities)
        yield from letters
    yield returns(settings)
    yield from _attestor(settings)
    yield seal_checks.document_key(settings)
    yield from seal_checks.trial_seal(settings)


def _attestor(settings: Settings) -> Iterator[Finding]:
    """Letters that name another key for the service than the one it has: it can vouch for nothing there."""
    named: list[str] = []

    def look() -> None:
        services = build(settings)
        own = services.attestor.public.key
        named.extend(
            each.id for each in auditing.letters(services)
            if not each.state.closed and each.attestor not in (None, own)
        )  # fmt: skip

    if fault_in("attestor", look) is None:
        for letter_id in named:
            yield Finding(
                f"attestor's key of letter {letter_id}",
                "mend",
                "The letter names another key than this installation has, so codes count for nothing there. Put the "
                f"right key file back, or name the new one: signing letter open {letter_id} --rekey",
            )


def returns(settings: Settings) -> Finding:
    """Whether anybody hears of mails that come back."""
    if settings.bounces is None:
        return Finding(
            "mails that come back", "note",
            "No SIGNING_BOUNCES: a mail that is sent back later looks like one that arrived. Give the mailbox of "
            f"{settings.mail_from}: a Maildir, or imaps://user:password@host/INBOX.",
        )
    try:
        open_returns(settings.bounces).check()
    except Unreadable as unreadable:
        return Finding(
            "mails that come back", "mend", f"SIGNING_BOUNCES cannot be read: {unreadable.reason}. Check the setting."
        )
    return Finding("mails that come back", "ok")


def _answering(authority: TimeAuthority) -> Finding:
    try:
        authority.stamp(secrets.token_bytes(32))
    except NoStamp as failure:
        return Finding(f"time-stamping authority {authority.name}", "note", f"It does not stamp now: {failure.reason}")
    return Finding(f"time-stamping authority {authority.name}", "ok")


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
        finding = fault_in(name, read)
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

    refused = fault_in("signing keys", lambda: load_keys(settings))
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

    return fault_in("database", look) or Finding(f"database: {told}", "ok")


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
        f"Remember SPF, DKIM (let it sign List-Unsubscribe, too) and DMARC for {domain}, and that bounces "
        f"come to {local}+…@{domain}.",
    )


def _witnesses(settings: Settings) -> Iterator[Finding]:
    if settings.witnesses is None:
        yield Finding(
            "witnesses", "note",
            "No SIGNING_WITNESSES: that everybody is shown the same log rests on the receipts people keep.",
        )
        return
    refused = fault_in("witnesses", settings.witness_policy)
    if refused is not None:
        yield refused
        return
    late: list[str] = []

    def look() -> None:
        services = build(settings)
        for letter in auditing.letters(services):
            state = witness_state(services, letter.id)
            if state is not None and state.late:
                late.append(
                    f"Letter {letter.id} waits since {state.waiting_since:%Y-%m-%d %H:%M} UTC for "
                    f"{', '.join(state.missing)}; {state.covered} of {state.size} entries are cosigned by a quorum."
                )

    # What keeps the database or the keys from being used is told in a line of its own.
    if fault_in("witnesses", look) is None:
        words = " ".join([*late, "Are they reachable, and does `signing worker` run?"]) if late else ""
        yield Finding(f"witnesses in {settings.witnesses}", "note" if late else "ok", words)


def _time_authorities(settings: Settings) -> Finding:
    names = list(settings.time_authorities)
    if not names:
        return Finding(
            "time stamps",
            "note",
            "No SIGNING_TSA_URLS: every time in a bundle is then the word of whoever signed. See docs/stamps.md.",
        )
    refused = fault_in("time stamps", lambda: read_roots(settings.keys, names))
    if refused is None and len(names) == 1:
        return Finding(
            f"time stamps by {names[0]}",
            "note",
            "Add a second authority, in another country: one alone could lie about the time unseen.",
        )
    return refused or Finding(f"time stamps by {', '.join(names)}", "ok")


def _readable_by_others(file: Path) -> bool:
    return bool(stat.S_IMODE(file.stat().st_mode) & 0o077)
