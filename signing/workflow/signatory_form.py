"""What a contact types on the decision page, and the checks that send the form back filled in."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from signing.domain.errors import N_, Faulty
from signing.domain.organisation import Decision
from signing.evidence.letter_file import is_unsafe_character

LONGEST_NAME = 300
LONGEST_REASON = 4000
_CODE = re.compile(r"[0-9]{8}")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """The fields of DESIGN 9, as typed; `checked` makes them fit to sign."""

    decision: Decision
    person: str
    role: str
    listed_as: str
    acronym: str | None
    native_name: str | None
    sort_name: str | None
    authority: bool
    reason: str | None
    code: str
    version: int
    text_sha256: str
    head: str
    idempotency_key: str


def checked(form: DecisionForm, listed_name: str) -> DecisionForm:
    """The form with names tidied (NFC, single spaces, empty means none).

    Whoever does not approve is not asked how to be listed: `listed_name` stands in.
    Raises Faulty with the `field` that needs another look.
    """
    if not form.authority:
        raise Faulty("Please tick the sentence that you may speak for your organisation.", field="authority")
    if not _KEY.fullmatch(form.idempotency_key):
        raise Faulty(
            "This page is incomplete. Please open the link from the mail again.", field="idempotency_key"
        )
    listed_as = form.listed_as
    if form.decision is not Decision.APPROVE and not listed_as.strip():
        listed_as = listed_name
    code = re.sub(r"[\s\u00a0-]", "", form.code)
    tidy = replace(
        form,
        person=_required(form.person, "person", N_("Please type your name.")),
        role=_required(form.role, "role", N_("Please type your role in the organisation.")),
        listed_as=_required(listed_as, "listed_as", N_("Please type the name as it should be printed.")),
        acronym=_optional(form.acronym, "acronym"),
        native_name=_optional(form.native_name, "native_name"),
        sort_name=_optional(form.sort_name, "sort_name"),
        reason=_reason(form.reason),
        code=code,
    )
    if not _CODE.fullmatch(code):
        raise Faulty(
            "Please type the eight digits of the code we mailed you.", field="code", code="code-missing"
        )
    return tidy


def _required(value: str, field: str, missing: str) -> str:
    tidy = _optional(value, field)
    if tidy is None:
        raise Faulty(missing, field=field)
    return tidy


def _optional(value: str | None, field: str) -> str | None:
    tidy = " ".join(unicodedata.normalize("NFC", value or "").split())
    if len(tidy) > LONGEST_NAME:
        raise Faulty("Please keep this under {longest} characters.", values={"longest": LONGEST_NAME}, field=field)
    unsafe = next((character for character in tidy if is_unsafe_character(character)), None)
    if unsafe is not None:
        raise Faulty(
            "There is an invisible character (U+{code_point}) in this field. Please type it anew.",
            values={"code_point": f"{ord(unsafe):04X}"},
            field=field,
        )
    return tidy or None


def _reason(value: str | None) -> str | None:
    reason = unicodedata.normalize("NFC", value or "").strip()
    if len(reason) > LONGEST_REASON:
        raise Faulty(
            "Please keep the reason under {longest} characters.", values={"longest": LONGEST_REASON}, field="reason"
        )
    return reason or None
