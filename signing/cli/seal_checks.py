"""What `signing doctor` looks at of the seal: the document key, and a trial seal with a time stamp."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from signing.adapters.document_key import fault_of, load_document_key
from signing.bootstrap import build
from signing.cli.finding import Finding, fault_in
from signing.config import Settings
from signing.domain.letter_text import LetterText
from signing.workflow import auditing, sealing
from signing.workflow.ports import Services

UNSTAMPED = (
    "A sealed PDF would have no time stamp, and its report and the letter's page would say so: {trouble}. "
    "See docs/seal.md."
)
TRIAL = LetterText(
    title="A trial", date="2026-01-01", date_line="1 January 2026", language="en", addressees=(("Nobody",),),
    salutation=None, body="A trial of the seal.", closing=None,
)  # fmt: skip


def document_key(settings: Settings) -> Finding:
    """Whether the document key opens, leads to its root, and suits readers."""
    what = f"document key in {settings.keys}"
    told = ""

    def look() -> None:
        nonlocal told
        key = load_document_key(settings.keys, settings.key_passphrase())
        told = fault_of(key, settings.keys, datetime.now(UTC))

    return fault_in(what, look) or Finding(what, "mend" if told else "ok", told)


def trial_seal(settings: Settings) -> Iterator[Finding]:
    """Seal a page as a letter's would be, and judge it as an auditor would; then what letters still lack."""
    found: list[Finding] = []

    def look() -> None:
        services = build(settings)
        found.append(_trial(services))
        for letter in auditing.letters(services):
            if letter.published_at is None:
                continue
            warnings = sealing.seal_state(services, letter.id).warnings
            if warnings:
                remedy = f"{'; '.join(warnings)}. Run: signing seal {letter.id}"
                state = "mend" if settings.tsa_urls else "note"
                found.append(Finding(f"sealed PDFs of letter {letter.id}", state, remedy))

    fault = fault_in("seal", look)
    yield from found
    if fault is not None:
        yield fault


def _trial(services: Services) -> Finding:
    # pyHanko takes a second to load.
    from signing.adapters.seal.opening import open_sealed

    if services.sealer is None:
        return Finding("seal", "mend", "There is no document key. Run: signing keys new")
    page = services.typesetter.letter_pdf(
        TRIAL, listing=None, version=1, text_sha256=TRIAL.sha256, phrase="trial", document_date=date(2026, 1, 1),
        check_url=None,
    )
    sealed = services.sealer.seal(page, b"trial", services.clock(), stamp=True)
    opened = open_sealed(
        sealed.content, [services.document_certificate], list(services.installation.tsa_roots.values())
    )
    wrong = [each.message for each in opened.findings if each.kind != "warning"]
    if wrong:
        return Finding("seal", "mend", f"A trial seal does not verify: {' '.join(wrong)}")
    if sealed.authority is None:
        return Finding("seal", "note", UNSTAMPED.format(trouble=sealed.trouble))
    return Finding(f"seal, with a time stamp by {sealed.authority}", "ok")
