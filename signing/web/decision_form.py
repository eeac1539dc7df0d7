"""The decision form as a browser sends it: what was typed, what is missing, and the workflow's form made of it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from signing.domain.organisation import TRANSITIONS, Decision
from signing.web.page import _
from signing.workflow.decision_page import DecisionView
from signing.workflow.listing_preview import TypedNames
from signing.workflow.ports import Services
from signing.workflow.signatory_form import DecisionForm

TYPED = ("person", "role", "listed_as", "acronym", "native_name", "sort_name", "reason", "code")


@dataclass
class Typed:
    """One filling-in of the form; `errors` is field → words, in the order of the page.

    `way` is how the answer is to be signed, for the page's script: device, passkey or service.
    """

    values: dict[str, str]
    decision: str
    authority: bool
    idempotency_key: str
    accepts: bool = False
    confidential: bool = False
    way: str = ""
    public_key: str = ""
    errors: dict[str, str] = field(default_factory=dict)


def possible(view: DecisionView) -> list[Decision]:
    """The answers that may follow on the present one, now."""
    open_doors = {
        Decision.APPROVE: view.can_answer,
        Decision.DECLINE: view.can_answer,
        Decision.WITHDRAW: view.can_withdraw,
    }
    return [each for each in Decision if open_doors[each] and (view.entry.answer, each) in TRANSITIONS]


def blank(services: Services, view: DecisionView) -> Typed:
    """The form before anything is typed: the answer given before if there is one, the names as they were signed
    last, else the roster's words."""
    choices = possible(view)
    person, role = _who(view)
    names = view.named or view.entry
    values = {
        "person": person,
        "role": role,
        "listed_as": names.listed_as or view.entry.listed_name,
        "acronym": names.acronym or "",
        "native_name": names.native_name or "",
        "sort_name": names.sort_name or "",
        "reason": "",
        "code": "",
    }
    return Typed(
        values, choices[0].value if len(choices) == 1 else "", False, new_key(services),
        accepts=view.accepts, confidential=view.confidential,
    )


def _who(view: DecisionView) -> tuple[str, str]:
    """The person at the page: who answered through this very link, else whom it was sent to."""
    entry, latest, named = view.entry, view.latest, view.named
    if latest is not None and latest.at >= view.invited_at:
        return latest.person, latest.role
    role = entry.role or (named.role if named is not None and named.person == entry.contact else None)
    return entry.contact, role or ""


def at_once(view: DecisionView) -> dict[str, str] | None:
    """What one button can say for whoever has signed before: their fields of the form, None where one is missing."""
    person, role = _who(view)
    names = view.named
    if not view.can_sign_at_once or names is None or not (person and role and names.listed_as):
        return None
    said = {
        "person": person, "role": role, "listed_as": names.listed_as, "acronym": names.acronym,
        "native_name": names.native_name, "sort_name": names.sort_name,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def names_of(typed: Typed) -> TypedNames:
    """What was typed of how the organisation is listed."""
    values = typed.values
    return TypedNames(
        listed_as=values["listed_as"], acronym=values["acronym"], native_name=values["native_name"],
        sort_name=values["sort_name"], person=values["person"], role=values["role"],
        confidential=typed.confidential,
    )


def new_key(services: Services) -> str:
    """The name of one filling-in of the form: sent twice, it is recorded once."""
    return base64.urlsafe_b64encode(services.random(18)).decode()


def read(posted: Mapping[str, str]) -> Typed:
    """What came in, untouched, so that it can go back untouched."""
    return Typed(
        {name: posted.get(name, "") for name in TYPED},
        posted.get("decision", ""),
        bool(posted.get("authority")),
        posted.get("idempotency_key", ""),
        accepts=bool(posted.get("accepts")),
        confidential=bool(posted.get("confidential")),
        way=posted.get("way", ""),
        public_key=posted.get("public_key", ""),
    )


def find_missing(typed: Typed, choices: list[Decision], *, code: bool) -> None:
    """Note everything that is missing at once, so that nobody is sent back five times."""
    if typed.decision not in {each.value for each in choices}:
        typed.errors["decision"] = _("Choose your answer.")
    required = {"person": _("Type your name."), "role": _("Type your role in the organisation.")}
    if typed.decision == Decision.APPROVE:
        required["listed_as"] = _("Type the name as it should be printed.")
    for name, words in required.items():
        if not typed.values[name].strip():
            typed.errors[name] = words
    if not typed.authority:
        typed.errors["authority"] = _("Tick the sentence that you may speak for your organisation.")
    if code and not typed.values["code"].strip():
        typed.errors["code"] = _("Type the eight digits of the code we mailed you.")


def for_workflow(typed: Typed, posted: Mapping[str, str]) -> DecisionForm:
    """The form that `deciding.decide` takes; checks of content are its own."""
    values = typed.values
    return DecisionForm(
        decision=Decision(typed.decision),
        person=values["person"], role=values["role"], listed_as=values["listed_as"],
        acronym=values["acronym"] or None, native_name=values["native_name"] or None,
        sort_name=values["sort_name"] or None, authority=typed.authority,
        reason=values["reason"] or None if typed.decision == Decision.DECLINE else None,
        code=values["code"],
        version=version_of(posted.get("version", "")),
        text_sha256=posted.get("text_sha256", ""), head=posted.get("head", ""),
        idempotency_key=typed.idempotency_key,
        accepts=typed.accepts and typed.decision == Decision.APPROVE,
        confidential=typed.confidential and typed.decision == Decision.APPROVE,
    )


def version_of(text: str) -> int:
    """The number of a version as a form or an address carries it, 0 when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
