"""Words of the coordinator's own in the mails to organisations: which parts may be theirs, and what may stand in them.

Who asks whom for what, the way in, the deadline, the fingerprint, how to tell a genuine mail and how to stop are ours
in every mail: nobody can leave them out. The parts that may be worded stand around them and are plain text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from signing.domain.errors import Faulty


class MailPart(StrEnum):
    """What may be worded: the subject, a paragraph after the greeting, and one (with a signature) below the way in."""

    SUBJECT = "subject"
    OPENING = "opening"
    CLOSING = "closing"


PARTS = tuple(MailPart)
LONGEST = {MailPart.SUBJECT: 120, MailPart.OPENING: 800, MailPart.CLOSING: 600}
MOST_LINES = {MailPart.SUBJECT: 1, MailPart.OPENING: 12, MailPart.CLOSING: 12}
# What the words may name; each mail fills them in.
PLACEHOLDERS = ("organisation", "contact", "title", "deadline")
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
# What a mail program would make a link of, or a person follow.
_LINK = re.compile(
    r"[a-z][a-z0-9+.-]*://\S*|\bwww\.\S+|\bmailto:\S*|\S+[@＠]\S+|[^\s.@]+(?:\.[^\W\d_][\w-]+)+(?:[/:]\S*)?"
    # Browsers take the Chinese full stop for a dot; between Chinese words it is only that.
    r"|[\w-]+(?:[.。][a-z][a-z0-9-]+)+\S*"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b\S*",
    re.IGNORECASE,
)
# Joiners that scripts need to be written right.
_UNSEEN_KEPT = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Wording:
    """One part of one kind of mail of a letter, in one language, in the coordinator's words."""

    letter_id: str
    kind: str
    language: str
    part: str
    words: str


def checked(part: MailPart, typed: str) -> str:
    """The words as they are kept; empty where nothing was typed, which is our own.

    Raises Faulty with `field` and a code for what is too long, unseen, a link, or a placeholder that there is not.
    """
    words = _tidy(typed)
    unseen = next((each for each in words if each != "\n" and _is_unseen(each)), None)
    if unseen is not None:
        raise _faulty(part, "wording-unseen", f"There is a character that nobody can see: U+{ord(unseen):04X}. Please "
                                              "type that place again.")  # fmt: skip
    if len(words) > LONGEST[part]:
        raise _faulty(part, "wording-long", f"This is {len(words)} characters long; {LONGEST[part]} fit here.")
    if words.count("\n") >= MOST_LINES[part]:
        more = "The subject is one line." if part is MailPart.SUBJECT else f"At most {MOST_LINES[part]} lines fit here."
        raise _faulty(part, "wording-lines", more)
    for name in _PLACEHOLDER.findall(words):
        if name not in PLACEHOLDERS:
            known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
            raise _faulty(part, "wording-placeholder", f"“{{{name}}}” cannot be filled in. These can: {known}.")
    bare = _PLACEHOLDER.sub(" ", words)
    if "{" in bare or "}" in bare:
        raise _faulty(part, "wording-brace", "There is a brace without its other half. Please write no { or } but for "
                                             "what is filled in, such as {organisation}.")  # fmt: skip
    if (link := _LINK.search(unicodedata.normalize("NFKC", bare))) is not None:
        said = (
            f"“{link[0][:60]}” looks like a link or an address. The mail has one way in, and it is ours: readers learn "
            "to trust no other. Please leave it out, or put a blank after the full stop."
        )
        raise _faulty(part, "wording-link", said)
    return words


def filled(words: str, values: Mapping[str, str]) -> str | None:
    """The words with what they name filled in; None where a value is not known: then ours are said instead."""
    names = _PLACEHOLDER.findall(words)
    if not all(values.get(name) for name in names):
        return None
    return _PLACEHOLDER.sub(lambda found: values[found[1]], words)


def _tidy(typed: str) -> str:
    text = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n"))
    lines = [re.sub(r"[ \t\u00a0]+", " ", line).strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _is_unseen(character: str) -> bool:
    kind = unicodedata.category(character)
    return character not in _UNSEEN_KEPT and (kind.startswith("C") or kind in ("Zl", "Zp"))


def _faulty(part: MailPart, code: str, words: str) -> Faulty:
    # The words may quote braces that were typed: they are a value, and not filled in themselves.
    return Faulty("{fault}", values={"fault": words}, field=part.value, code=code)
