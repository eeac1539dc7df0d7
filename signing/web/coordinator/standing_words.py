"""Where an organisation stands, for coordinators: one short word each, and what it means."""

from __future__ import annotations

from signing.domain.errors import N_
from signing.web.page import _

WORDS: dict[str, tuple[str, str]] = {
    "not-invited": (N_("Not invited"), N_("Nobody has been asked yet.")),
    "invited": (N_("Mail on its way"), N_("The invitation waits to be sent.")),
    "delivered": (N_("Delivered"), N_("The mail was delivered; nobody has opened it yet.")),
    "bounced": (N_("Mail came back"), N_("The newest mail could not be delivered. Correct the address.")),
    "opened": (N_("Opened"), N_("A person typed a mailed code, and has not answered yet.")),
    "asked": (N_("Asks you"), N_("A remark or a question waits for you.")),
    "told": (N_("Told, not signed"), N_("Approval was told on paper or by telephone. It is no assent.")),
    "silent": (N_("Silent"), N_("Nobody opened the mail within a week, or before the deadline.")),
    "mail-failed": (N_("Mail failed"), N_("The newest mail could not be delivered. Correct the address.")),
    "approved": (N_("Approved"), N_("The organisation stands under the present words.")),
    "carried": (N_("Approved, carried"), N_("It approved earlier words, and the change does not need it again.")),
    "confidential": (N_("Approved, name withheld"), N_("It approved, and its name stays off the list.")),
    "lapsed": (N_("Lapsed, asked again"), N_("It approved earlier words, and has not approved these.")),
    "declined": (N_("Declined"), N_("The organisation said no.")),
    "withdrawn": (N_("Withdrawn"), N_("The organisation took its approval back.")),
    "unanswered": (N_("Has not answered"), N_("It was asked for these words and has not answered.")),
    "needs-contact": (N_("Needs another contact"), N_("Nobody is left whom the service may ask.")),
    "yes-if": (N_("Says “yes, if”"), N_("It would approve if the words changed.")),
}


def standing_word(standing: str) -> str:
    """An organisation's standing in a word or three."""
    return _(WORDS[standing][0])


def standing_means(standing: str) -> str:
    """What that word means."""
    return _(WORDS[standing][1])
