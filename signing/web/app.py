"""The web application, made from `Services`: what it answers to, which doors it has, how it says no."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]

from signing.resources import templates_folder
from signing.web import (
    api,
    api_access,
    auditor,
    contact,
    contact_discussion,
    contact_handover,
    contact_keys,
    contact_line,
    contact_review,
    contact_signing,
    coordinator,
    fresh_links,
    genuine,
    headers,
    link,
    log,
    new_password,
    own_key,
    page,
    public,
    published,
    refusals,
    reminders,
    renderings,
    sign_in,
    sources,
)
from signing.web import (
    mailbox as mailbox_pages,
)
from signing.web.fault_trace import without_values
from signing.web.guards import Door, Persona
from signing.web.intake import Intake
from signing.workflow.ports import Services


class Pages(Flask):
    """Flask, without the values that it would log of an error."""

    def log_exception(self, exc_info: Any) -> None:
        """Log where an error came from that even an error page has met."""
        self.logger.error("%s: %s", request.endpoint, without_values(exc_info[1]))


def create_app(services: Services, *, intake: Intake, mailbox: mailbox_pages.Mailbox | None = None) -> Flask:
    """Build the application; every link it makes is under `services.installation.base_url`."""
    base_url = services.installation.base_url
    https = base_url.startswith("https://")
    app = Pages("signing.web", static_folder=None, template_folder=str(templates_folder()))
    app.secret_key = services.tokens.cookie_key()
    app.url_map.strict_slashes = False
    app.config.update(
        BASE_URL=base_url,
        IMPORT_ENDPOINTS=coordinator.IMPORT_ENDPOINTS | api.LARGE,
        MAX_CONTENT_LENGTH=headers.BODY,
        MAX_FORM_MEMORY_SIZE=headers.BODY,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_NAME="__Host-session" if https else "session",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        SESSION_REFRESH_EACH_REQUEST=False,
        STATIC_FILES=page.static_files(),
        # Our pages send no referrer, and are held to Origin and Sec-Fetch-Site instead (`headers`).
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    headers.guard_requests(app, base_url)
    headers.set_headers(app, https=https)
    sources.prepare(app, services)
    csrf = CSRFProtect(app)
    sign_in.prepare(app, services)
    api_access.prepare(app, services)
    page.prepare(app)
    refusals.register(app)
    for each in _doors(services, intake, mailbox):
        app.register_blueprint(each)
        if each.persona is Persona.API:
            # No cookie opens these doors, so there is nothing that a foreign page could make use of.
            csrf.exempt(each)
    return app


def _doors(services: Services, intake: Intake, mailbox: mailbox_pages.Mailbox | None) -> list[Door]:
    """All doors of the application; the mailbox of a trial has one where there is such a mailbox."""
    doors = [
        public.blueprint(services, mailbox=mailbox is not None),
        sign_in.blueprint(services),
        new_password.blueprint(services),
        genuine.blueprint(services),
        link.blueprint(services),
        reminders.blueprint(services),
        fresh_links.blueprint(services),
        contact.blueprint(services),
        contact_discussion.blueprint(services),
        contact_handover.blueprint(services),
        contact_review.blueprint(services),
        contact_signing.blueprint(services),
        contact_line.blueprint(services),
        own_key.blueprint(services),
        contact_keys.blueprint(services),
        renderings.for_contacts(services),
        renderings.for_everybody(services),
        log.blueprint(services),
        published.blueprint(services),
        auditor.blueprint(services),
        *api.blueprints(services, intake),
        *coordinator.blueprints(services, intake),
    ]
    if mailbox is not None:
        doors.append(mailbox_pages.blueprint(mailbox))
    return doors
