"""How the roster will print: under which headings, and sorted by which names."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import Faulty, NotFound, Refusal
from signing.locale import translations
from signing.locale.countries import country_name, territory
from signing.web.coordinator.rail import rail
from signing.web.guards import Door
from signing.web.page import faults
from signing.web.refusals import answer_to
from signing.workflow import roster_groups, roster_views, sort_names
from signing.workflow.ports import Services
from signing.workflow.roster_groups import Naming, Rule


def N_(words: str) -> str:
    """Mark for the translators; said in the language of the letter."""
    return words


HEADINGS = {
    "international": N_("International organisations"),
    "regional": N_("Regional organisations"),
    "national": N_("National organisations"),
    "organisation": N_("Organisations"),
    "individual": N_("Individuals"),
}


def attach(made: Door, services: Services) -> None:
    """Put headings and order behind the roster's door."""

    @made.get("/roster/groups")
    def groups(letter_id: str) -> ResponseReturnValue:
        return _groups_page(services, letter_id, request.args.get("rule", ""))

    @made.post("/roster/groups")
    def set_groups(letter_id: str) -> ResponseReturnValue:
        rule = request.form.get("rule", "")
        headings = {
            name.removeprefix("heading-"): value
            for name, value in request.form.items()
            if name.startswith("heading-")
        }
        try:
            if rule not in list(Rule):
                raise Faulty("Choose a rule first.", field="rule")
            naming = _naming(roster_views.frame(services, letter_id).letter.language)
            roster_groups.apply(services, letter_id, Rule(rule), naming, territory, headings=headings)
        except NotFound:
            raise
        except Refusal as refusal:
            return _groups_page(services, letter_id, rule, refusal, headings), answer_to(refusal).status
        return redirect(url_for("roster.order", letter_id=letter_id), 303)

    @made.get("/roster/order")
    def order(letter_id: str) -> ResponseReturnValue:
        return _order_page(services, letter_id)

    @made.post("/roster/order")
    def put_sort_names(letter_id: str) -> ResponseReturnValue:
        typed = {
            name.removeprefix("sort-"): value for name, value in request.form.items() if name.startswith("sort-")
        }
        try:
            sort_names.put(services, letter_id, typed)
        except NotFound:
            raise
        except Refusal as refusal:
            return _order_page(services, letter_id, refusal, typed), answer_to(refusal).status
        return redirect(url_for("roster.order", letter_id=letter_id, page=request.form.get("page", "1")), 303)


def _naming(language: str) -> Naming:
    def named(rule: Rule, key: str) -> str:
        if rule is Rule.COUNTRY:
            return country_name(key, language)
        return translations(language).gettext(HEADINGS[key])

    return named


def _groups_page(
    services: Services,
    letter_id: str,
    rule: str,
    refusal: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> str:
    frame = roster_views.frame(services, letter_id)
    plan = None
    if rule in list(Rule):
        plan = roster_groups.plan(services, letter_id, Rule(rule), _naming(frame.letter.language), territory)
    errors = faults(refusal)
    return render_template(
        "coordinator/roster_groups.html", status=frame, rail=rail(frame, "roster"), plan=plan, rule=rule,
        typed=typed or {}, errors=errors, refusal=None if errors else refusal,
    )


def _order_page(
    services: Services, letter_id: str, refusal: Refusal | None = None, typed: dict[str, str] | None = None
) -> str:
    asked = (request.args if request.method == "GET" else request.form).get("page", "1")
    page = sort_names.page(services, letter_id, int(asked) if asked.isdecimal() and len(asked) < 7 else 1)
    errors = faults(refusal)
    return render_template(
        "coordinator/roster_order.html", status=page.frame, rail=rail(page.frame, "roster"), page=page,
        typed=typed or {}, errors=errors, refusal=None if errors else refusal, collation=services.collation.version(),
    )
