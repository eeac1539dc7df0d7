"""What waits for a coordinator's own signature: shown in plain words, handed out as bytes, and taken back signed."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import Faulty, NotFound, Refusal
from signing.evidence.base64_text import from_base64, to_base64url
from signing.evidence.errors import EvidenceError
from signing.evidence.phrase import phrase, words_digest
from signing.evidence.schemes import sshsig
from signing.evidence.signatory_list import SignatoryList
from signing.evidence.statement import LIST_FILE, CloseStatement, KeyStatement, LetterStatement
from signing.web import entry_words
from signing.web.coordinator import closing, opening, vouching
from signing.web.coordinator.rail import rail
from signing.web.coordinator.signers import account_id, signers
from signing.web.download import attachment
from signing.web.guards import Door, Persona, door
from signing.web.page import _, said
from signing.web.refusals import answer_to
from signing.workflow import coordinator_signing, drafting, tracking
from signing.workflow.coordinator_signing import ToSignByCoordinator
from signing.workflow.ports import Services

LARGEST_SIGNATURE = 20_000
STEPS = {"letter": "open", "close": "close", "key": "status"}
AFTER = {"letter": "invitations.form", "close": "closing.form", "key": "vouching.form"}
PAGES = {"letter": opening.page, "close": closing.page, "key": vouching.page}
# Schemes whose signatures are made outside the browser, and how the tool calls the file.
BROUGHT = {"sshsig": ".sig", "openpgp": ".asc"}
TYPES = {"pdf": "application/pdf", "json": "application/json", "md": "text/markdown; charset=utf-8"}


def blueprint(services: Services) -> Door:
    """The door to what waits for one's signature; another coordinator's looks like what is not there."""
    made = door("signing", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>/sign/<waiting_id>")

    @made.get("")
    def form(letter_id: str, waiting_id: str) -> ResponseReturnValue:
        return _page(services, _waiting(services, letter_id, waiting_id))

    @made.get("/statement.pae")
    def pae(letter_id: str, waiting_id: str) -> ResponseReturnValue:
        waits = _waiting(services, letter_id, waiting_id)
        return attachment(waits.pae, "statement.pae", "application/octet-stream")

    @made.get("/statement.json")
    def payload(letter_id: str, waiting_id: str) -> ResponseReturnValue:
        waits = _waiting(services, letter_id, waiting_id)
        return attachment(waits.payload, "statement.json", "application/json")

    @made.get("/files/<file_name>")
    def file(letter_id: str, waiting_id: str, file_name: str) -> ResponseReturnValue:
        data = _files(services, _waiting(services, letter_id, waiting_id)).get(file_name)
        if data is None:
            raise NotFound("There is nothing at this address.")
        return attachment(data, file_name, TYPES[file_name.rpartition(".")[2]])

    @made.post("")
    def submit(letter_id: str, waiting_id: str) -> ResponseReturnValue:
        try:
            waits = _waiting(services, letter_id, waiting_id)
        except Refusal as refusal:
            if refusal.code != "signed-already":
                raise
            # Pressed twice: what was signed stands.
            return redirect(url_for("invitations.status", letter_id=letter_id), 303)
        try:
            coordinator_signing.submit(services, waiting_id, _signature(waits), account_id())
        except Faulty as fault:
            return _page(services, waits, fault), answer_to(fault).status
        except Refusal as refusal:
            return PAGES[waits.kind](services, letter_id, refusal), answer_to(refusal).status
        return redirect(url_for(AFTER[waits.kind], letter_id=letter_id), 303)

    return made


def _waiting(services: Services, letter_id: str, waiting_id: str) -> ToSignByCoordinator:
    waits = coordinator_signing.to_sign(services, waiting_id, account_id())
    if waits.letter.id != letter_id:
        raise NotFound("There is nothing at this address.")
    return waits


def _files(services: Services, waits: ToSignByCoordinator) -> dict[str, bytes]:
    """The files the statement is about: of a closing those made for it, of an opening the letter's words."""
    if not isinstance(waits.statement, LetterStatement):
        return waits.files
    view = drafting.read(services, waits.letter.id)
    words = view.draft or view.opened
    files = words.files if words else {}
    return {f"{waits.statement.version}.{language}.md": data for language, data in sorted(files.items())}


def _signature(waits: ToSignByCoordinator) -> bytes:
    """The signature that was sent, by the page's script or as a file. Raises Faulty (field `signature`)."""
    upload, pasted = request.files.get("file"), request.form.get("pasted", "")
    if waits.key.scheme in BROUGHT:
        given = upload.read(LARGEST_SIGNATURE) if upload is not None and upload.filename else pasted.encode()
        if not given.strip():
            name = f"statement.pae{BROUGHT[waits.key.scheme]}"
            raise Faulty(_("Choose the file with the signature: %(name)s", name=name), field="signature",
                         code="no-signature")
        try:
            return sshsig.armour_again(given) if waits.key.scheme == sshsig.NAME else given
        except EvidenceError:
            raise Faulty(
                _("This is not a signature of ssh-keygen. Bring the file that ends in .sig."), field="signature",
                code="signature-unreadable",
            ) from None
    try:
        return from_base64(request.form.get("signature", "")[:LARGEST_SIGNATURE])
    except EvidenceError:
        raise Faulty(_("The signature was damaged on the way. Please sign once more."), field="signature",
                     code="signature-unreadable") from None


def _page(services: Services, waits: ToSignByCoordinator, fault: Faulty | None = None) -> str:
    status = tracking.summary(services, waits.letter.id)
    known = {each.public.key: each for each in signers(services, waits.letter.id)}
    signer = known.get(waits.key.key)
    credential = signer.credential_id if signer else None
    return render_template(
        "coordinator/sign.html", status=status, rail=rail(status, STEPS[waits.kind]), waits=waits, known=known,
        signer=signer, error=said(fault) if fault else "", key_kind=entry_words.key_kind, account_id=account_id(),
        credential=to_base64url(credential) if credential else "", pae_sha256=hashlib.sha256(waits.pae).hexdigest(),
        withheld=entry_words.withheld, brought=BROUGHT, minutes=_minutes_left(services, waits), said=_said(waits),
    )


def _minutes_left(services: Services, waits: ToSignByCoordinator) -> int:
    """Whole minutes until it is too late to sign."""
    return max(0, int((waits.expires_at - services.clock()).total_seconds() // 60))


def _said(waits: ToSignByCoordinator) -> dict[str, Any]:
    """What the page shows beside the statement's own fields."""
    statement = waits.statement
    if isinstance(statement, LetterStatement):
        digests = {each.name.split(".")[1]: each.sha256 for each in statement.subject}
        return {"phrase": phrase(words_digest(digests)), "digests": digests}
    if isinstance(statement, CloseStatement):
        return {"groups": SignatoryList.from_bytes(waits.files[LIST_FILE]).by_group(), "list": LIST_FILE}
    assert isinstance(statement, KeyStatement)
    return {"phrase": phrase(statement.subject[0].sha256), "sha256": statement.subject[0].sha256}
