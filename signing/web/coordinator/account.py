"""One's own account: how one signs in, where one is signed in, what one did; for coordinators and auditors."""

from __future__ import annotations

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user  # type: ignore[import-untyped]

from signing.domain.access import Account
from signing.domain.errors import Faulty, NotFound, Refusal
from signing.evidence.base64_text import from_base64url, to_base64url
from signing.evidence.errors import EvidenceError
from signing.web import passkey_registration
from signing.web.coordinator import act_words
from signing.web.guards import Door, Persona, door
from signing.web.page import _, faults
from signing.web.refusals import answer_to
from signing.web.sign_in import begin_session
from signing.workflow import account_keeping, second_factor
from signing.workflow.ports import Services
from signing.workflow.signing_in import Entry
from signing.workflow.tokens import Tokens

ACTS_SHOWN = 50
FACTORS = {
    "password": lambda: _("password"), "passkey": lambda: _("passkey"), "app": lambda: _("app code"),
    "recovery": lambda: _("recovery code"),
}  # fmt: skip


def blueprint(services: Services) -> Door:
    """The door to the account that is signed in."""
    made = door("account", Persona.ACCOUNT, url_prefix="/coordinator/account")

    @made.get("/")
    def index() -> ResponseReturnValue:
        return _page(services)

    @made.get("/activity")
    def activity() -> ResponseReturnValue:
        acts = account_keeping.acts_of(
            services, _account(), limit=ACTS_SHOWN + 1, before=request.args.get("before", "") or None
        )
        return render_template(
            "coordinator/account_activity.html", acts=acts[:ACTS_SHOWN], more=len(acts) > ACTS_SHOWN,
            sentence=act_words.sentence, days=act_words.by_day(acts[:ACTS_SHOWN], "UTC"),
        )

    _sessions(made, services)
    _password(made, services)
    _app(made, services)
    _passkeys(made, services)
    return made


def _sessions(made: Door, services: Services) -> None:
    @made.post("/sessions/end")
    def end_session() -> ResponseReturnValue:
        account_keeping.end_session(services, _account(), request.form.get("session", ""))
        return redirect(url_for("account.index", _anchor="sessions"), 303)

    @made.post("/sessions/end-others")
    def end_others() -> ResponseReturnValue:
        account_keeping.end_other_sessions(services, _account(), current_user.secret)
        return redirect(url_for("account.index", _anchor="sessions"), 303)


def _password(made: Door, services: Services) -> None:
    @made.get("/password")
    def password() -> ResponseReturnValue:
        return render_template("coordinator/account_password.html", errors={})

    @made.post("/password")
    def change_password() -> ResponseReturnValue:
        present, chosen, again = (request.form.get(name, "") for name in ("present", "password", "again"))
        try:
            secret = account_keeping.change_password(
                services, _account(), current_user.secret, present, chosen, again
            )
        except Refusal as refusal:
            errors = faults(refusal, elsewhere="page")
            return render_template("coordinator/account_password.html", errors=errors), _status(refusal)
        return begin_session(Entry(_account(), secret), url_for("account.index"))


def _app(made: Door, services: Services) -> None:
    @made.get("/app")
    def app() -> ResponseReturnValue:
        return _app_page(services)

    @made.post("/app")
    def add_app() -> ResponseReturnValue:
        form = request.form
        try:
            codes = second_factor.enrol(
                services, _account(), form.get("held", ""), form.get("code", ""), form.get("present", "")
            )
        except Refusal as refusal:
            return _app_page(services, refusal), _status(refusal)
        return render_template("coordinator/account_recovery.html", codes=codes)

    @made.post("/app/end")
    def end_app() -> ResponseReturnValue:
        try:
            second_factor.end(services, _account(), request.form.get("present", ""))
        except Refusal as refusal:
            return _app_page(services, refusal), _status(refusal)
        return redirect(url_for("account.index"), 303)


def _passkeys(made: Door, services: Services) -> None:
    place = services.installation

    @made.post("/passkey-options")
    def passkey_options() -> ResponseReturnValue:
        account = _account()
        keeping = account_keeping.keeping(services, account, current_user.secret)
        # Another handle than that of passkeys that sign letters: an authenticator keeps one passkey for each handle.
        handle = Tokens.digest(f"sign-in/{place.host}/{account.id}")
        return jsonify(passkey_registration.options(
            services, place.host, handle=handle, name=_("%(email)s (sign in)", email=account.email),
            known=[each.credential_id for each in keeping.passkeys],
        ))

    @made.post("/passkeys")
    def add_passkey() -> ResponseReturnValue:
        form = request.form
        try:
            answer = passkey_registration.verified_answer(
                form.get("registration", ""), place.host, [place.base_url]
            )
            if answer is None:
                raise Faulty(_("The passkey was not registered. Please try once more."), field="page", code="passkey")
            account_keeping.add_passkey(
                services, _account(), answer.credential_id, answer.credential_public_key, answer.sign_count,
                form.get("label", ""), form.get("present", ""),
            )
        except Refusal as refusal:
            return _page(services, refusal), _status(refusal)
        return redirect(url_for("account.index", _anchor="passkeys"), 303)

    @made.post("/passkeys/remove")
    def remove_passkey() -> ResponseReturnValue:
        try:
            handle = from_base64url(request.form.get("passkey", ""))
            account_keeping.remove_passkey(services, _account(), handle, request.form.get("present", ""))
        except EvidenceError:
            raise NotFound(_("There is nothing at this address.")) from None
        except NotFound:
            raise
        except Refusal as refusal:
            return _page(services, refusal), _status(refusal)
        return redirect(url_for("account.index", _anchor="passkeys"), 303)


def factor_words(factor: str) -> str:
    """How somebody signed in."""
    known = [FACTORS[each]() for each in factor.split("+") if each in FACTORS]
    words = _(" and ").join(known) or factor
    return words[:1].upper() + words[1:]


def _account() -> Account:
    account: Account = current_user.account
    return account


def _status(refusal: Refusal) -> int:
    return answer_to(refusal).status


def _page(services: Services, refusal: Refusal | None = None) -> str:
    account = _account()
    return render_template(
        "coordinator/account.html", errors=faults(refusal, elsewhere="page"), factor_words=factor_words,
        keeping=account_keeping.keeping(services, account, current_user.secret), to_base64url=to_base64url,
        recovery_left=second_factor.recovery_left(services, account), typed=request.form,
    )


def _app_page(services: Services, refusal: Refusal | None = None) -> str:
    import segno  # only this page draws one

    offer = second_factor.offer(services, _account(), request.form.get("held", ""))
    picture = segno.make(offer.address, error="m", micro=False).svg_inline(scale=5, border=3, light="#fff")
    return render_template(
        "coordinator/account_app.html", errors=faults(refusal, elsewhere="page"), offer=offer, picture=picture,
        on=_account().totp is not None, key=" ".join(offer.key[at : at + 4] for at in range(0, len(offer.key), 4)),
    )
