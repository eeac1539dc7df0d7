"""What somebody did, as a sentence: one for each act, and words that fit any act that has none yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from zoneinfo import ZoneInfo

from signing.domain.access import MemberRole
from signing.domain.activity import Activity
from signing.domain.errors import N_
from signing.web.page import _, day

# By `workflow.activity.Act`. `%(organisation)s` is the name of what it was done to, else what the act says of it.
SENTENCES: dict[str, str] = {
    "letter-begun": N_("began the letter"),
    "letter-imported": N_("brought words for version %(version)s"),
    "draft-saved": N_("saved the draft of version %(version)s"),
    "paper-chosen": N_("chose the paper"),
    "sharing-changed": N_("chose what organisations see of each other, and what mails carry"),
    "policy-changed": N_("changed the letter's rules"),
    "deadline-changed": N_("changed the deadline"),
    "stage-arranged": N_("arranged the stages"),
    "second-person-asked": N_("asked %(organisation)s to answer with two persons"),
    "version-opened": N_("opened version %(version)s"),
    "roster-imported": N_("brought organisations for the roster: %(added)s new, %(changed)s changed"),
    "entry-changed": N_("changed the entry of %(organisation)s"),
    "entry-removed": N_("took %(organisation)s off the roster"),
    "staged": N_("moved organisations to stage %(stage)s"),
    "grouped": N_("put organisations into groups"),
    "sorted": N_("set sort names"),
    "book-changed": N_("changed the address book"),
    "invited": N_("invited organisations: %(mailed)s mails"),
    "link-reissued": N_("had a new link mailed to %(organisation)s"),
    "link-revoked": N_("ended the link of %(organisation)s"),
    "reminded": N_("reminded organisations: %(mailed)s mails"),
    "mail-worded": N_("worded a mail: %(mail)s, %(language)s (%(parts)s)"),
    "mail-tried": N_("mailed themselves a test: %(mail)s, %(language)s"),
    "address-corrected": N_("put the contact of %(organisation)s right"),
    "remark-answered": N_("answered a remark of %(organisation)s"),
    "remark-accepted": N_("took words of %(organisation)s into the draft"),
    "remark-declined": N_("left a remark of %(organisation)s out"),
    "remark-reopened": N_("opened a remark of %(organisation)s again"),
    "told-written-down": N_("wrote down what %(organisation)s said outside of the service"),
    "told-struck-out": N_("struck out what %(organisation)s had said outside of the service"),
    "key-vouched": N_("vouched for a key of %(organisation)s"),
    "key-revoked": N_("revoked a key of %(organisation)s"),
    "statement-prepared": N_("began what waits for a coordinator's signature"),
    "token-made": N_("made a token for programs: %(label)s"),
    "token-revoked": N_("ended a token for programs"),
    "webhook-added": N_("had changes told to %(host)s"),
    "webhook-stopped": N_("stopped telling changes to %(host)s"),
    "closed": N_("closed the letter as edition %(edition)s, %(listed)s organisations listed"),
    "closing-called-off": N_("called the closing off"),
    "published": N_("published the letter"),
    "sealed": N_("sealed the PDFs"),
    "embargo-chosen": N_("chose when to publish: %(at)s"),
    "late-chosen": N_("chose until when late approvals count"),
    "delivery-changed": N_("changed to whom the letter is delivered"),
    "delivered": N_("had the letter delivered"),
    "press-changed": N_("changed the text for the press"),
    "abandoned": N_("abandoned the letter"),
    "archived": N_("put the letter away"),
    "unarchived": N_("took the letter out again"),
    "keeping-chosen": N_("chose how long contacts are kept"),
    "contacts-forgotten": N_("had contacts, drafts and remarks deleted"),
    "member-added": N_("added %(person)s: %(role)s"),
    "member-changed": N_("changed what %(person)s may do: %(role)s"),
    "member-removed": N_("took %(person)s off the letter"),
    "digest-wished": N_("asked for the daily mail"),
    "digest-ended": N_("ended the daily mail"),
    "signed-in": N_("signed in"),
    "password-changed": N_("changed the password"),
    "password-set": N_("set a password"),
    "app-added": N_("added an app for the second step"),
    "app-removed": N_("removed the app for the second step"),
    "recovery-code-used": N_("used a recovery code"),
    "passkey-added": N_("added a passkey for signing in: %(label)s"),
    "passkey-removed": N_("removed a passkey for signing in"),
    "session-ended": N_("ended a session"),
    "other-sessions-ended": N_("ended all other sessions"),
    "account-added": N_("made an account for %(person)s"),
    "account-reset": N_("reset the account of %(person)s"),
    "account-disabled": N_("shut the account of %(person)s"),
    "account-enabled": N_("opened the account of %(person)s again"),
    "key-registered": N_("registered a signing key"),
    "key-retired": N_("retired a signing key"),
}
ROLES = {
    MemberRole.LEAD: N_("Lead"), MemberRole.EDITOR: N_("Editor"), MemberRole.VIEWER: N_("Viewer"),
    MemberRole.AUDITOR: N_("Auditor"),
}  # fmt: skip


def role_word(role: str) -> str:
    """A role on a letter, for people."""
    return _(ROLES[MemberRole(role)]) if role in set(MemberRole) else role


def sentence(act: Activity, named: Mapping[str, str] | None = None) -> str:
    """What was done, after the name of whoever did it; `named` are the organisations by id."""
    values: defaultdict[str, str] = defaultdict(lambda: "…", act.detail)
    if act.subject and named and act.subject in named:
        values["organisation"] = named[act.subject]
    if "role" in values:
        values["role"] = role_word(values["role"])
    words = SENTENCES.get(act.act)
    if words is not None:
        return _(words) % values
    told = ", ".join(f"{name}: {value}" for name, value in sorted(act.detail.items()) if value)
    return act.act.replace("-", " ") + (f" ({told})" if told else "")


def by_day(acts: Iterable[Activity], zone: str) -> list[tuple[str, list[tuple[str, Activity]]]]:
    """The acts as they come, each with the time of its day, under the days of the zone."""
    place = ZoneInfo(zone)
    days = groupby(acts, key=lambda act: act.at.astimezone(place).date())
    return [(day(date), [(f"{act.at.astimezone(place):%H:%M}", act) for act in of_day]) for date, of_day in days]
