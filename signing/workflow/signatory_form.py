"""What a contact types on the decision page, and the checks that send the form back filled in."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace

from signing.domain.errors import N_, Faulty
from signing.domain.organisation import Decision
from signing.evidence.canonical import to_bytes
from signing.evidence.letter_file import is_unsafe_character

LONGEST_NAME = 300
LONGEST_REASON = 4000
LONGEST_CODE = 40
SAID = ("person", "role", "listed_as", "acronym", "native_name", "sort_name", "reason", "version")
_CODE = re.compile(r"[0-9]{8}")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """The fields of DESIGN 9, as typed; `checked` makes them fit to sign.

    `accepts` lets an approval carry over a change of typography only; `confidential` asks for a commitment in
    place of the name (EVIDENCE 4.3).
    """

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
    accepts: bool = False
    confidential: bool = False

    def sha256(self) -> str:
        """What the form says, leaving out code, head and key: two presses of one button say the same."""
        said = {name: getattr(self, name) for name in SAID} | {"decision": self.decision.value}
        said |= {name: True for name in ("accepts", "confidential") if getattr(self, name)}
        return hashlib.sha256(to_bytes(said)).hexdigest()


def checked(form: DecisionForm, *, needs_code: bool = True) -> DecisionForm:
    """The form with names tidied (NFC, single spaces, empty means none).

    Whoever does not approve is not asked how to be listed: `listed_as` may then be empty. Whether a code is
    needed where a key signs depends on the key; `check_code_typed` asks for it then.
    Raises Faulty with the `field` that needs another look.
    """
    if not form.authority:
        raise Faulty("Please tick the sentence that you may speak for your organisation.", field="authority")
    check_page_key(form.idempotency_key)
    listed_as = tidy_name(form.listed_as, "listed_as") or ""
    if form.decision is Decision.APPROVE and not listed_as:
        raise Faulty("Please type the name as it should be printed.", field="listed_as")
    tidy = replace(
        form,
        person=needed_name(form.person, "person", N_("Please type your name.")),
        role=needed_name(form.role, "role", N_("Please type your role in the organisation.")),
        listed_as=listed_as,
        acronym=tidy_name(form.acronym, "acronym"),
        native_name=tidy_name(form.native_name, "native_name"),
        sort_name=tidy_name(form.sort_name, "sort_name"),
        reason=_reason(form.reason),
        code=tidy_code(form.code),
    )
    if needs_code:
        check_code_typed(tidy.code)
    return tidy


def check_page_key(key: str) -> None:
    """Refuse a form without the name of its filling-in. Raises Faulty."""
    if not _KEY.fullmatch(key):
        raise Faulty(
            "This page is incomplete. Please open the link from the mail again.", field="idempotency_key"
        )


def tidy_code(typed: str) -> str:
    """The digits of a code without the spaces and dashes between them."""
    return re.sub(r"[\s\u00a0-]", "", typed[:LONGEST_CODE])


def check_code_typed(code: str) -> None:
    """Refuse what cannot be a code, before it counts as a try. Raises Faulty `code-missing`."""
    if not _CODE.fullmatch(code):
        raise Faulty(
            "Please type the eight digits of the code we mailed you.", field="code", code="code-missing"
        )


def needed_name(value: str, field: str, missing: str) -> str:
    """The same as `tidy_name` for a field that must not stay empty: then Faulty says what is `missing`."""
    tidy = tidy_name(value, field)
    if tidy is None:
        raise Faulty(missing, field=field)
    return tidy


def tidy_name(value: str | None, field: str) -> str | None:
    """One line of text as it is signed: NFC, single spaces, None where nothing is left.

    Raises Faulty for what is too long or holds an invisible character.
    """
    tidy = _composed(value, LONGEST_NAME, field, N_("Please keep this under {longest} characters."))
    tidy = " ".join(tidy.split())
    unsafe = next((character for character in tidy if is_unsafe_character(character)), None)
    if unsafe is not None:
        raise Faulty(
            "There is an invisible character (U+{code_point}) in this field. Please type it anew.",
            values={"code_point": f"{ord(unsafe):04X}"},
            field=field,
        )
    return tidy or None


def tidy_words(value: str, field: str, longest: int = LONGEST_REASON) -> str | None:
    """Words of several lines for people to read: NFC, plain line ends, None where nothing is left.

    Raises Faulty for what is too long or holds an invisible character.
    """
    text = _composed(value, longest, field, N_("Please keep this under {longest} characters."))
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    unsafe = next((each for each in text if each != "\n" and is_unsafe_character(each)), None)
    if unsafe is not None:
        raise Faulty(
            "There is an invisible character (U+{code_point}) in this field. Please type it anew.",
            values={"code_point": f"{ord(unsafe):04X}"},
            field=field,
        )
    return text or None


def _reason(value: str | None) -> str | None:
    words = N_("Please keep the reason under {longest} characters.")
    return _composed(value, LONGEST_REASON, "reason", words).strip() or None


def _composed(value: str | None, longest: int, field: str, words: str) -> str:
    """The text in NFC. Its length is looked at first: composing marks takes time that grows with their square."""
    if len(value or "") > longest:
        raise Faulty(words, values={"longest": longest}, field=field)
    return unicodedata.normalize("NFC", value or "")
