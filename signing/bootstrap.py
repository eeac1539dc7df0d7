"""The one place that chooses implementations: settings in, `Services` out."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from signing import config
from signing.adapters import key_files
from signing.adapters.authority_roots import read_roots
from signing.adapters.database import Database, connect
from signing.adapters.document_key import load_document_key
from signing.config import Settings
from signing.domain.access import Actor
from signing.release import release
from signing.workflow.ports import Installation, Services, Signer, command_line
from signing.workflow.tokens import Tokens
from signing.workflow.witness_state import witness_policy

if TYPE_CHECKING:
    from flask import Flask

    from signing.adapters.clock_keeper import ClockKeeper
    from signing.adapters.log_keeper import Keeper, LogKeeper
    from signing.adapters.stamping import TimeAuthority
    from signing.adapters.transport import Transport
    from signing.adapters.worker import MailWorker

A_MINUTE = timedelta(minutes=1)


def services_from_environment() -> Services:
    """The services of the installation that environment and `.env` describe.

    Raises Refusal in words when something is missing or unsafe.
    """
    return build(config.load())


def build(
    settings: Settings, database: Database | None = None, *, actor: Callable[[], Actor] = command_line
) -> Services:
    """The services of this installation, over `database` when one is given, in the hands of `actor`."""
    from signing.adapters import typeset
    from signing.adapters.collation import IcuCollation
    from signing.adapters.exports import SHEETS
    from signing.adapters.high_water import HighWaterFiles
    from signing.adapters.mail_samples import MailSamples
    from signing.adapters.passwords import Argon2Passwords
    from signing.adapters.renderings import RENDERINGS
    from signing.adapters.sealer import DocumentSealer

    roots = read_roots(settings.keys, list(settings.time_authorities))
    database = database or connect(settings.database_url, settings.home)
    keys = load_keys(settings)
    return Services(
        unit_of_work=database.unit_of_work,
        clock=lambda: datetime.now(UTC),
        random=secrets.token_bytes,
        tokens=Tokens(settings.secret()),
        log_key=keys["log"],
        attestor=keys["attestor"],
        coordinator=keys.get("coordinator"),
        document_certificate=key_files.root_certificate(settings.keys),
        high_water=HighWaterFiles(settings.home / "heads"),
        typesetter=typeset,
        renderings=RENDERINGS,
        collation=IcuCollation(),
        passwords=Argon2Passwords(),
        installation=Installation(
            settings.base_url,
            settings.host,
            release(),
            witness_policy=settings.witness_policy(),
            time_authorities=tuple(settings.time_authorities),
            tsa_roots=roots,
            mail_from=settings.mail_from,
        ),
        sealer=DocumentSealer(
            lambda: load_document_key(settings.keys, settings.key_passphrase()), time_authorities(settings, roots)
        ),
        actor=actor,
        sheets=SHEETS,
        samples=MailSamples(),
        scrub=database.scrub,
    )


def web_application(settings: Settings) -> Flask:
    """The pages, for one process of a WSGI server."""
    from signing.adapters.letter_intake import read_letter
    from signing.adapters.maildir import MaildirTransport
    from signing.adapters.roster_sheets import read_roster
    from signing.web.app import create_app
    from signing.web.intake import Intake
    from signing.web.sign_in import acting

    mailbox = MaildirTransport(settings.home) if settings.smtp_url is None and settings.on_loopback else None
    return create_app(build(settings, actor=acting), intake=Intake(read_letter, read_roster), mailbox=mailbox)


def mail_worker(settings: Settings) -> MailWorker:
    """A worker that sends from the outbox of this installation."""
    from signing.adapters.mail_text import MailTexts
    from signing.adapters.worker import MailWorker

    return MailWorker(build(settings, actor=the_clock), open_transport(settings), MailTexts(settings.mail_from))


def log_keeper(settings: Settings) -> LogKeeper:
    """The clock work on this installation's logs and, when they are stamped and cosigned, on its sealed PDFs."""
    from signing.adapters.log_keeper import LogKeeper
    from signing.adapters.seal_keeper import SealKeeper

    services = build(settings, actor=the_clock)
    keepers: list[Keeper] = [*_outside_keepers(settings, services), SealKeeper(services)]
    if settings.bounces is not None:
        from signing.adapters.bounce_keeper import BounceKeeper
        from signing.adapters.return_mailbox import open_returns

        keepers.append(BounceKeeper(services, open_returns(settings.bounces)))
    return LogKeeper(services.clock, keepers)


def clock_keeper(settings: Settings) -> ClockKeeper:
    """The clock work on this installation's letters; each line is one thing that happens by itself."""
    from signing.adapters.clock_keeper import ClockKeeper, Duty
    from signing.workflow import digests, forgetting_contacts, publishing, rhythms, staging

    duties: list[Duty] = [
        Duty("stages", staging.due, staging.open_due),
        Duty("reminders by rhythm", rhythms.due, rhythms.remind_due),
        Duty("publishing by the clock", publishing.due, publishing.publish_due),
        Duty("daily mails", digests.due, digests.send, every=A_MINUTE),
        Duty("forgetting contacts", forgetting_contacts.due, forgetting_contacts.forget_due, every=A_MINUTE),
        Duty("leaving no deleted bytes", forgetting_contacts.scrub_due, forgetting_contacts.forget_due, every=A_MINUTE),
    ]
    return ClockKeeper(build(settings, actor=the_clock), duties)


def webhook_keeper(settings: Settings) -> LogKeeper:
    """What programs are told, apart from all else: whoever is slow to listen keeps nothing waiting."""
    from signing.adapters.log_keeper import LogKeeper
    from signing.adapters.webhook_keeper import WebhookKeeper

    services = build(settings, actor=the_clock)
    return LogKeeper(services.clock, [WebhookKeeper(services, home=settings.on_loopback)])


def outside_keepers(settings: Settings, services: Services) -> LogKeeper:
    """Only what is asked of others about the logs: stamps and cosignatures."""
    from signing.adapters.log_keeper import LogKeeper

    return LogKeeper(services.clock, _outside_keepers(settings, services))


def _outside_keepers(settings: Settings, services: Services) -> list[Keeper]:
    from signing.adapters.stamp_keeper import StampKeeper
    from signing.adapters.witnesses import WitnessKeeper

    keepers: list[Keeper] = []
    if settings.tsa_urls:
        keepers.append(StampKeeper(services, time_authorities(settings, services.installation.tsa_roots)))
    if (policy := witness_policy(services)) is not None:
        keepers.append(WitnessKeeper(services, policy))
    return keepers


def time_authorities(settings: Settings, roots: Mapping[str, str]) -> list[TimeAuthority]:
    """The authorities of the settings, each with the root its stamps must lead to."""
    from signing.adapters.stamping import TimeAuthority

    return [TimeAuthority(name, url, roots[name]) for name, url in settings.time_authorities.items()]


def the_clock() -> Actor:
    """What happens by itself."""
    return Actor("clock")


def open_transport(settings: Settings) -> Transport:
    """The mail server of the settings, or the local mailbox where there is none."""
    from signing.adapters.maildir import MaildirTransport
    from signing.adapters.smtp import SmtpTransport

    return SmtpTransport(settings.smtp_url) if settings.smtp_url else MaildirTransport(settings.home)


def load_keys(settings: Settings) -> dict[str, Signer]:
    """The signing keys by purpose; without `coordinator` once it was released to the coordinator.

    Raises Refusal when one is missing or does not open.
    """
    passphrase = settings.key_passphrase()
    gone = {key_files.COORDINATOR} if key_files.released(settings.keys) else set()
    held = [name for name in key_files.SIGNING_KEYS if name not in gone]
    return {name: key_files.load_signer(settings.keys, name, passphrase) for name in held}
