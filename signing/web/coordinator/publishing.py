"""What surrounds the publishing of a letter: its hour, whom it is delivered to, late approvals, and the press text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.deadline import shown
from signing.domain.errors import Faulty, NotFound, Refusal
from signing.web.coordinator.press_words import as_plain, press_text
from signing.web.coordinator.rail import rail
from signing.web.download import attachment
from signing.web.guards import Door, Persona, door
from signing.web.page import faults
from signing.web.refusals import answer_to
from signing.workflow import delivering, delivery_words, late_approvals, press, publishing, sealing, tracking
from signing.workflow.delivery_ports import DeliveryAddress
from signing.workflow.ports import Services

LONGEST = 320
# Empty rows for more addresses, below those there are.
SPARE = 3


def blueprint(services: Services) -> Door:
    """The door to a letter's publishing."""
    made = door("publishing", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>")

    @made.get("/publishing")
    def form(letter_id: str) -> ResponseReturnValue:
        return _page(services, letter_id, twice=request.args.get("twice") == "1")

    @made.post("/publishing/hour")
    def hour(letter_id: str) -> ResponseReturnValue:
        try:
            _letter, twice = publishing.choose_hour(services, letter_id, request.form.get("publish_at", "")[:LONGEST])
        except NotFound:
            raise
        except Refusal as refusal:
            return _page(services, letter_id, refusal), answer_to(refusal).status
        return redirect(url_for("publishing.form", letter_id=letter_id, twice="1" if twice else None), 303)

    @made.post("/publishing/late")
    def late(letter_id: str) -> ResponseReturnValue:
        typed = "" if request.form.get("end") else request.form.get("late_until", "")[:LONGEST]
        return _done(services, letter_id, lambda: late_approvals.choose_late(services, letter_id, typed), "late")

    @made.post("/publishing/addresses")
    def addresses(letter_id: str) -> ResponseReturnValue:
        return _done(
            services, letter_id, lambda: delivering.choose_addresses(services, letter_id, _addresses()), "delivery"
        )

    @made.post("/publishing/words/<language>")
    def words(letter_id: str, language: str) -> ResponseReturnValue:
        typed = request.form.get("words", "")
        return _done(services, letter_id, lambda: delivery_words.keep(services, letter_id, language, typed), "delivery")

    @made.post("/publishing/deliver")
    def deliver(letter_id: str) -> ResponseReturnValue:
        return _done(services, letter_id, lambda: delivering.deliver(services, letter_id), "delivery")

    _of_press(made, services)
    return made


def _of_press(made: Door, services: Services) -> None:
    """Put the text for the press behind the door."""

    @made.get("/press")
    def press_form(letter_id: str) -> ResponseReturnValue:
        return _press(services, letter_id, None)

    @made.get("/press/<language>")
    def press_in(letter_id: str, language: str) -> ResponseReturnValue:
        return _press(services, letter_id, language)

    @made.post("/press/<language>")
    def press_words(letter_id: str, language: str) -> ResponseReturnValue:
        matter = press.matter(services, letter_id)
        _known(matter, language)
        typed = "" if request.form.get("ours") else request.form.get("words", "")
        if typed.replace("\r\n", "\n").strip() == press_text(matter, language).strip():
            typed = ""  # Sent as it stood: it goes on following the list.
        try:
            press.keep(services, letter_id, language, typed)
        except Faulty as fault:
            return _press(services, letter_id, language, fault, typed), answer_to(fault).status
        return redirect(url_for("publishing.press_in", letter_id=letter_id, language=language, kept="1"), 303)

    @made.get("/press/<language>.<any(txt, md):ending>")
    def press_file(letter_id: str, language: str, ending: str) -> ResponseReturnValue:
        matter = press.matter(services, letter_id)
        _known(matter, language)
        words = matter.own.get(language) or press_text(matter, language)
        text = words if ending == "md" else as_plain(words)
        kind = "text/markdown" if ending == "md" else "text/plain"
        return attachment(text.encode(), f"{letter_id}-press-{language}.{ending}", f"{kind}; charset=utf-8")


def _done(services: Services, letter_id: str, act: Callable[[], object], place: str) -> ResponseReturnValue:
    try:
        act()
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(services, letter_id, refusal), answer_to(refusal).status
    return redirect(url_for("publishing.form", letter_id=letter_id, _anchor=place), 303)


def _addresses() -> list[DeliveryAddress]:
    """The rows of the form, as they were typed."""
    return [
        DeliveryAddress(
            letter_id="", position=at, name=request.form.get(f"name-{at}", "").strip()[:LONGEST],
            email=request.form.get(f"email-{at}", "").strip()[:LONGEST],
            copy=request.form.get(f"copy-{at}") == "cc",
            language=request.form.get(f"language-{at}") or None,
        )
        for at in range(delivering.MOST + 1)
        if f"email-{at}" in request.form
    ]  # fmt: skip


def _page(services: Services, letter_id: str, refusal: Refusal | None = None, *, twice: bool = False) -> str:
    status = tracking.summary(services, letter_id)
    letter = status.letter
    deliveries = delivering.deliveries(services, letter_id)
    again = _addresses() if refusal is not None and request.endpoint == "publishing.addresses" else None
    sealed = sealing.seal_state(services, letter_id).documents
    while again and again[-1].name == again[-1].email == "":
        again.pop()
    rows = again if again is not None else [each.address for each in deliveries]
    errors = faults(refusal)
    typed: dict[str, Any] = {
        "publish_at": shown(letter.publish_at, letter.zone) if letter.publish_at else "",
        "late_until": shown(letter.late_until, letter.zone) if letter.late_until else "",
    }
    return render_template(
        "coordinator/publishing.html", status=status, rail=rail(status, "close"), errors=errors, twice=twice,
        refusal=None if errors else refusal, typed=typed | (request.form.to_dict() if refusal is not None else {}),
        deliveries=deliveries, rows=rows, spare=range(len(rows), min(len(rows) + SPARE, delivering.MOST)),
        editions=late_approvals.dated_editions(services, letter_id), now=services.clock(),
        words=delivery_words.worded(services, letter_id),
        obstacle=publishing.obstacle_to_publishing(services, letter_id),
        sealed={(each.edition, each.language) for each in sealed if each.sealed},
    )  # fmt: skip


def _known(matter: press.PressMatter, language: str) -> None:
    if language not in matter.texts:
        raise NotFound("The letter has no text in this language.")


def _press(
    services: Services, letter_id: str, language: str | None, fault: Faulty | None = None, typed: str = ""
) -> str | Response:
    status = tracking.summary(services, letter_id)
    matter = press.matter(services, letter_id)
    chosen = language or matter.letter.language
    _known(matter, chosen)
    ours = press_text(matter, chosen)
    words = typed if fault else matter.own.get(chosen) or ours
    return render_template(
        "coordinator/press.html", status=status, rail=rail(status, "close"), matter=matter, language=chosen,
        words=words, plain=as_plain(words), own=chosen in matter.own, kept="kept" in request.args, refusal=fault,
        lines=max(12, words.count("\n") + 4),
    )  # fmt: skip
