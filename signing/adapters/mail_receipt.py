"""What a receipt says of the statement it proves, in the reader's words; may import `mail_matter` and `mail_words`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from signing.adapters.mail_matter import Matter
from signing.adapters.mail_sheet import AttachedFile
from signing.domain.organisation import Decision
from signing.evidence.statement import KeyStatement
from signing.locale import translations
from signing.locale.dates import moment
from signing.workflow.auditing import receipt_bytes
from signing.workflow.key_views import key_phrase
from signing.workflow.mail_ports import Notice
from signing.workflow.ports import Services


def receipt_values(notice: Notice, matter: Matter, shown: Callable[[str | None], str]) -> dict[str, Any]:
    """The values of the receipt's template; `shown` makes words of people harmless."""
    letter, entry, said, index = matter.view.letter, matter.view.entry, matter.said, int(notice.subject_id)
    values: dict[str, Any] = {
        "index": index,
        "filename": f"{letter.id}-{index}.tlog-proof",
        "check_command": f"signing verify {letter.id}-{index}.tlog-proof --trust trust.json",
        "confidential": matter.confidential,
        "new_key": key_phrase(matter.bound.public) if matter.bound else "",
        "opening": "",
        # An address that was the contact's before, or a reviewer's.
        "elsewhere": notice.to != entry.email,
    }
    # The opening tells whose the commitment is: it goes to nobody who was invited by mistake.
    if matter.confidential and entry.opening is not None and notice.to == entry.email:
        values["opening"] = f"{letter.id}-{index}.opening.json"
    if isinstance(said, KeyStatement):
        until = datetime.fromisoformat(said.until) if said.until is not None else None
        return values | {
            "action": said.action,
            "key": key_phrase(said.bound),
            "until": moment(until, letter.zone, matter.language) if until is not None else "",
        }
    answer = matter.answer
    assert answer is not None, "an answer's receipt is about an answer"
    return values | {
        "decision": answer.decision,
        "outcome": _outcome(Decision(answer.decision), matter.confidential, matter.language),
        "how": _how(matter.level, matter.language),
        "version": answer.version,
        "person": shown(answer.person),
        "role": shown(answer.role),
        "listed_as": shown(answer.listed_as),
        "at": moment(answer.at, letter.zone, matter.language),
    }


def receipt_files(
    services: Services, notice: Notice, matter: Matter, words: dict[str, Any]
) -> tuple[AttachedFile, ...]:
    """A receipt brings its proof, and the opening of a commitment to whom it may open."""
    files = [AttachedFile(words["filename"], receipt_bytes(services, notice.letter_id, int(notice.subject_id)))]
    opening = matter.view.entry.opening
    if words["opening"] and opening is not None:
        files.append(AttachedFile(words["opening"], opening, "application/json"))
    return tuple(files)


def _outcome(decision: Decision, confidential: bool, language: str) -> str:
    gettext = translations(language).gettext
    if decision is Decision.DECLINE:
        return gettext("it is recorded that you decline. Your organisation is named nowhere.")
    if decision is Decision.WITHDRAW:
        return gettext("your approval is withdrawn, and this is recorded.")
    if confidential:
        return gettext(
            "your approval is recorded. Your organisation is counted on the list and named nowhere. Thank you."
        )
    return gettext("your approval is recorded. Thank you.")


def _how(level: int, language: str) -> str:
    """The level of an answer in plain words (EVIDENCE 4.1)."""
    gettext = translations(language).gettext
    words = {
        1: gettext("with the mailed code; this service vouches for it (level 1 of 4)"),
        2: gettext("with a key in your browser (level 2 of 4)"),
        3: gettext("with your passkey (level 3 of 4)"),
        4: gettext("with a key of your own (level 4 of 4)"),
    }
    return words[level]
