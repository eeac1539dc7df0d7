"""Signing with a key of one's own, SSH or OpenPGP, without scripts: offer the key, take the file, bring the signature.

What waits for its signature stays for days, so that the person may go to another machine and come back (EVIDENCE 4.1).
"""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import Faulty, NotFound, Refusal
from signing.domain.letter import Letter
from signing.domain.organisation import Decision
from signing.evidence.errors import EvidenceError
from signing.evidence.keyring import PublicKey, own_signature
from signing.evidence.signatory import Signatory
from signing.web import decision_form, decision_page, offered_key
from signing.web.decision_form import Typed
from signing.web.decision_page import PAGE
from signing.web.download import attachment
from signing.web.guards import Door, Persona, door
from signing.web.page import _, said
from signing.web.refusals import answer_to
from signing.workflow import deciding, device_signing
from signing.workflow.contact_access import Access
from signing.workflow.decision_page import DecisionView
from signing.workflow.device_signing import AlreadyRecorded, StatementExpired
from signing.workflow.enrolment import KeyKnown, KeyRevoked, KeyUnfit, KeyWaits
from signing.workflow.key_views import KeyView, key_phrase
from signing.workflow.ports import Services

OWN = f"{PAGE}/own-key"
BY_KEY = [Decision.APPROVE, Decision.WITHDRAW]
LONGEST_FILE = 64_000
OWN_LEVEL = 4
FILE = "assent.pae"
# Where ssh-keygen keeps a key of each kind, unless it was told otherwise.
SSH_FILES = {
    "ssh-ed25519": "id_ed25519", "ecdsa-sha2-nistp256": "id_ecdsa", "sk-ssh-ed25519@openssh.com": "id_ed25519_sk",
    "sk-ecdsa-sha2-nistp256@openssh.com": "id_ecdsa_sk",
}


def blueprint(services: Services) -> Door:
    """The door of whoever signs with a key of their own."""
    made = door("own_key", Persona.CONTACT)
    decision_page.take_back_old_pages(made, services)

    @made.get(OWN)
    def offer(invitation_id: str) -> ResponseReturnValue:
        view = decision_page.viewed(services, g.access)
        return _offer(services, g.access, view, decision_form.blank(services, view))

    @made.post(OWN)
    def offer_filled_in(invitation_id: str) -> ResponseReturnValue:
        # From the decision page: what was typed there comes along.
        view = decision_page.viewed(services, g.access)
        return _offer(services, g.access, view, _typed())

    @made.get(f"{OWN}/code")
    @made.get(f"{OWN}/statement")
    def offer_again(invitation_id: str) -> ResponseReturnValue:
        return redirect(url_for("own_key.offer", invitation_id=invitation_id), 303)

    @made.post(f"{OWN}/code")
    def code(invitation_id: str) -> ResponseReturnValue:
        return _send_code(services, g.access)

    @made.post(f"{OWN}/statement")
    def statement(invitation_id: str) -> ResponseReturnValue:
        return _prepare(services, g.access)

    @made.get(f"{OWN}/<prepared_id>")
    def sign(invitation_id: str, prepared_id: str) -> ResponseReturnValue:
        view = decision_page.viewed(services, g.access)
        return _waiting(services, g.access, view, prepared_id)

    @made.get(f"{OWN}/<prepared_id>/assent.pae")
    def to_sign_file(invitation_id: str, prepared_id: str) -> ResponseReturnValue:
        try:
            composed = device_signing.to_sign(services, g.access, prepared_id)
        except (NotFound, StatementExpired, AlreadyRecorded):
            return redirect(url_for("own_key.sign", invitation_id=invitation_id, prepared_id=prepared_id), 303)
        return attachment(composed.pae, FILE, "application/octet-stream")

    @made.post(f"{OWN}/<prepared_id>")
    def signed(invitation_id: str, prepared_id: str) -> ResponseReturnValue:
        return _record(services, g.access, prepared_id)

    return made


def _typed() -> Typed:
    """What was typed; a key that came as a file is shown like one that was pasted."""
    typed = decision_form.read(request.form)
    file = request.files.get("key_file")
    uploaded = file.read(LONGEST_FILE).decode("utf-8", "replace") if file else ""
    typed.public_key = uploaded.strip() or typed.public_key
    if typed.decision == Decision.DECLINE:
        typed.decision = ""
    return typed


def _offer(
    services: Services, access: Access, view: DecisionView, typed: Typed, *, just_sent: bool = False
) -> str:
    known = _known(view)
    if not typed.public_key and known:
        typed.public_key = known[-1].binding.public_key
    about = decision_page.about(view, typed)
    choices = [each.value for each in decision_form.possible(view) if each in BY_KEY]
    if len(choices) == 1:
        typed.decision = choices[0]
    about["choices"] = choices
    return render_template(
        "contact/own_key.html", waiting=device_signing.waiting(services, access), known=known,
        code_sent=view.code_sent, just_sent=just_sent, **about,
    )


def _known(view: DecisionView) -> list[KeyView]:
    """Own keys that need no code."""
    return [each for each in view.keys_without_code if each.level == OWN_LEVEL]


def _refused(services: Services, access: Access, typed: Typed, refusal: Refusal) -> ResponseReturnValue:
    if isinstance(refusal, KeyWaits):
        return decision_page.waiting_for_coordinator(services, access, refusal)
    view = decision_page.viewed(services, access)
    if isinstance(refusal, KeyUnfit | KeyKnown | KeyRevoked):
        refusal = Faulty(refusal.words, values=refusal.values, field="public_key", code=refusal.code)
    decision_page.note(typed, refusal)
    return _offer(services, access, view, typed), answer_to(refusal).status


def _send_code(services: Services, access: Access) -> ResponseReturnValue:
    view, typed = decision_page.viewed(services, access), _typed()
    decision_form.find_missing(typed, BY_KEY, code=False)
    try:
        offered_key.own(typed.public_key)
    except KeyUnfit:
        typed.errors["public_key"] = _not_a_key()
    if typed.errors:
        return _offer(services, access, view, typed), 422
    form = decision_form.for_workflow(typed, request.form)
    try:
        deciding.request_code(services, access, form.version, form.text_sha256)
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(services, access, typed, refusal)
    typed.values["code"] = ""
    return _offer(services, access, decision_page.viewed(services, access), typed, just_sent=True)


def _prepare(services: Services, access: Access) -> ResponseReturnValue:
    view, typed = decision_page.viewed(services, access), _typed()
    decision_form.find_missing(typed, BY_KEY, code=False)
    if not typed.public_key.strip():
        typed.errors["public_key"] = _not_a_key()
    if typed.errors:
        return _offer(services, access, view, typed), 422
    try:
        offered = offered_key.own(typed.public_key)
        form = decision_form.for_workflow(typed, request.form)
        composed = device_signing.prepare(services, access, form, offered)
    except AlreadyRecorded:
        return decision_page.to_receipt(access)
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(services, access, typed, refusal)
    address = url_for("own_key.sign", invitation_id=access.invitation_id, prepared_id=composed.prepared_id)
    return redirect(address, 303)


def _waiting(
    services: Services, access: Access, view: DecisionView, prepared_id: str, error: str = ""
) -> ResponseReturnValue:
    """The page of what waits for its signature; what is signed leads to its receipt, what is gone to a new start."""
    try:
        composed = device_signing.to_sign(services, access, prepared_id)
    except AlreadyRecorded:
        return decision_page.to_receipt(access)
    except (NotFound, StatementExpired):
        return redirect(url_for("own_key.offer", invitation_id=access.invitation_id), 303)
    statement = composed.statement
    who = statement.signatory if isinstance(statement.signatory, Signatory) else None
    page = render_template(
        "contact/own_key_sign.html", composed=composed, statement=statement, who=who, view=view, entry=view.entry,
        letter=view.letter, invitation_id=access.invitation_id, phrase=key_phrase(composed.key),
        command=command(composed.key, composed.letter, FILE), error=error,
    )
    return page, 422 if error else 200


def command(key: PublicKey, letter: Letter, name: str) -> str:
    """What the holder of an own key runs on the file `name`."""
    if key.scheme == "openpgp":
        return f"gpg --armor --detach-sign {name}"
    kind = key.public_key.split(" ", 1)[0]
    namespace = device_signing.place_of(letter).ssh_namespace
    return f"ssh-keygen -Y sign -f ~/.ssh/{SSH_FILES.get(kind, 'id_ed25519')} -n {namespace} {name}"


def _record(services: Services, access: Access, prepared_id: str) -> ResponseReturnValue:
    view = decision_page.viewed(services, access)
    try:
        composed = device_signing.to_sign(services, access, prepared_id)
        device_signing.submit(services, access, prepared_id, uploaded_signature(composed.key.scheme, FILE))
    except (NotFound, AlreadyRecorded, StatementExpired):
        return _waiting(services, access, view, prepared_id)
    except KeyWaits as refusal:
        return decision_page.waiting_for_coordinator(services, access, refusal)
    except Refusal as refusal:
        return _waiting(services, access, view, prepared_id, said(refusal))
    return decision_page.to_receipt(access)


def uploaded_signature(scheme: str, name: str) -> bytes:
    """What was uploaded, else what was pasted, of the signature over the file `name`. Raises Faulty."""
    file = request.files.get("signature_file")
    upload = (file.read(LONGEST_FILE) if file else b"") or request.form.get("signature", "").encode()
    if not upload.strip():
        raise Faulty("Choose the signature's file, or paste what it holds.", field="signature")
    try:
        return own_signature(scheme, upload)
    except EvidenceError:
        raise Faulty(
            "This is not a signature of that kind. It is the file that the command has written: {name}.sig or "
            "{name}.asc.", values={"name": name}, field="signature",
        ) from None


def _not_a_key() -> str:
    return _("Paste your public key, or choose its file: one line of SSH, or an armoured OpenPGP certificate.")
