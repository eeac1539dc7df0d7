"""The coordinator's pages, one file per noun."""

from __future__ import annotations

from signing.web.coordinator import (
    account,
    activity,
    address_book,
    closing,
    correcting,
    editor,
    ending,
    invitations,
    keys,
    letters,
    mails,
    opening,
    people,
    policy,
    publishing,
    remarks,
    reminders,
    renderings,
    roster,
    routing,
    signing,
    tokens,
    told,
    vouching,
    webhooks,
    words,
)
from signing.web.guards import Door
from signing.web.intake import Intake
from signing.workflow.ports import Services

# Where files are brought: these may be larger than a page (headers.IMPORT_BODY).
IMPORT_ENDPOINTS = frozenset({"letters.bring", "words.bring", "roster.bring"})


def blueprints(services: Services, intake: Intake) -> list[Door]:
    """All of the coordinator's doors."""
    return [
        letters.blueprint(services, intake),
        words.blueprint(services, intake),
        editor.blueprint(services, intake),
        roster.blueprint(services, intake),
        address_book.blueprint(services),
        invitations.blueprint(services),
        closing.blueprint(services),
        publishing.blueprint(services),
        ending.blueprint(services),
        keys.blueprint(services),
        opening.blueprint(services),
        policy.blueprint(services),
        routing.blueprint(services),
        remarks.blueprint(services),
        reminders.blueprint(services),
        mails.blueprint(services),
        correcting.blueprint(services),
        renderings.blueprint(services),
        signing.blueprint(services),
        told.blueprint(services),
        tokens.blueprint(services),
        webhooks.blueprint(services),
        vouching.blueprint(services),
        people.blueprint(services),
        activity.blueprint(services),
        account.blueprint(services),
    ]
