"""A coordinator's own signing keys: made in the browser, a passkey, or an SSH key that was pasted."""

from __future__ import annotations

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user  # type: ignore[import-untyped]

from signing.domain.errors import Faulty, NotFound, Refusal
from signing.evidence.errors import EvidenceError
from signing.evidence.keyring import PublicKey, public_key_from_spki
from signing.evidence.schemes import open_key
from signing.web import entry_words, passkey_registration
from signing.web.guards import Door, Persona, door
from signing.web.page import _, said
from signing.web.refusals import answer_to
from signing.workflow import coordinator_keys
from signing.workflow.ports import Services

FIELDS = ("browser", "passkey", "ssh")


def blueprint(services: Services) -> Door:
    """The door to the keys of the account that is signed in."""
    made = door("keys", Persona.COORDINATOR, url_prefix="/coordinator/keys")

    @made.get("/")
    def index() -> ResponseReturnValue:
        return _page(services)

    @made.post("/")
    def register() -> ResponseReturnValue:
        way = request.form.get("way", "")
        try:
            public, credential_id = _offered(services, way)
            coordinator_keys.register(
                services, current_user.account.id, public, _label(way), credential_id=credential_id
            )
        except Refusal as refusal:
            field = way if way in FIELDS else "page"
            return _page(services, {field: said(refusal)}), answer_to(refusal).status
        return redirect(url_for("keys.index"), 303)

    @made.post("/passkey-options")
    def passkey_options() -> ResponseReturnValue:
        account = current_user.account
        return jsonify(passkey_registration.options(
            services, services.installation.host, handle=account.id.encode(), name=account.email,
            known=_known(services),
        ))

    @made.post("/retire")
    def retire() -> ResponseReturnValue:
        try:
            coordinator_keys.retire(services, current_user.account.id, request.form.get("key", ""))
        except NotFound:
            raise
        except Refusal as refusal:
            return _page(services, {"page": said(refusal)}), answer_to(refusal).status
        return redirect(url_for("keys.index"), 303)

    return made


def _offered(services: Services, way: str) -> tuple[PublicKey, bytes | None]:
    """The public key that was brought, and a passkey's handle. Raises Faulty."""
    if way == "passkey":
        return _passkey(services)
    scheme, text = request.form.get("scheme", ""), request.form.get("public_key", "")
    if way == "ssh":
        scheme = "sshsig"
    if not text.strip() or (way == "browser" and scheme not in ("ed25519", "p256")) or way not in FIELDS:
        raise Faulty(_("There is no key in this. Please make one, or paste one."), field=way, code="key-missing")
    try:
        opened = open_key(scheme, text)
    except EvidenceError as error:
        raise Faulty(error.message, field=way, code="key-unfit") from None
    return PublicKey(opened.name, scheme, opened.text), None


def _passkey(services: Services) -> tuple[PublicKey, bytes]:
    place = services.installation
    made = passkey_registration.answered(request.form.get("registration", ""), place.host, [place.base_url])
    if made is None:
        raise Faulty(_("The passkey was not registered. Please try once more."), field="passkey", code="passkey")
    try:
        return public_key_from_spki(made[0], "webauthn"), made[1]
    except EvidenceError as error:
        raise Faulty(error.message, field="passkey", code="key-unfit") from None


def _label(way: str) -> str:
    by_default = {"browser": _("Browser"), "passkey": _("Passkey"), "ssh": _("SSH key")}
    return request.form.get("label", "").strip() or by_default[way]


def _known(services: Services) -> list[bytes]:
    return [
        view.key.credential_id for view in coordinator_keys.keys(services)
        if view.key.account_id == current_user.account.id and view.key.credential_id and not view.key.retired_at
    ]


def _page(services: Services, errors: dict[str, str] | None = None) -> str:
    views, mine = coordinator_keys.keys(services), current_user.account.id
    held = services.coordinator.public if services.coordinator else None
    return render_template(
        "coordinator/keys.html", errors=errors or {}, account_id=mine, host=services.installation.host,
        own=[view for view in views if view.key.account_id == mine],
        others=[view for view in views if view.key.account_id != mine and not view.key.retired_at],
        letters=coordinator_keys.letters_naming(services), key_kind=entry_words.key_kind,
        held=held, held_phrase=coordinator_keys.key_phrase(held) if held else "",
        typed={name: request.form.get(name, "") for name in ("label", "public_key", "way")},
    )
