"""Gathers the words that people without an account can meet into `messages.pot` and every catalogue, and those that
stand around a letter into `document.pot` and its own.

Run by `make messages` in a checkout; may import babel and jinja2. What coordinators and auditors alone see is
not gathered: their pages stay English as a whole.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from signing.locale import FOLDER, catalogues, document

ROOT = FOLDER.parents[1]
TEMPLATES = ("base.html", "form_fields.html", "letter_text.html", "contact/*", "mail/*", "public/*")
MARKS: dict[str, Any] = {**DEFAULT_KEYWORDS, "N_": None}
OF_DATABASES = MARKS | dict.fromkeys(("Conflict", "Faulty", "NotFound", "Unavailable"))
# Kinds of refusal that no contact meets; named so that the next kind cannot be forgotten, whoever it is for.
REFUSALS_OF_COORDINATORS = (
    "AddressRefused", "CoordinatorMustSign", "EditionCurrent", "Embargoed", "KeyNotNamed", "MemberMayNot",
    "NamedAfterWithdrawal", "NewerWords", "QuorumNotReached", "ScopeMissing", "TokenRefused", "TooManyTrials",
)
# The first argument of each of these is `Refusal.words`, said in the reader's language where it is shown.
REFUSALS = MARKS | dict.fromkeys((
    "Refusal", "NotFound", "NotAllowed", "Unavailable", "Conflict", "Faulty", "PageUsed", "StaleVersion",
    "LinkClosed", "TooManyAttempts", "NoCookie", "SignedOut", "AlreadyRecorded", "StatementExpired",
    "ConfirmationNeeded", "HeadUnreadable", "KeyKnown", "KeyRevoked", "KeyUnfit", "KeyWaits", "LevelTooLow",
    "OtherPart", "PasskeyUnproved", "ReviewAwaited", "LetterAbandoned", "PasswordLinkClosed", "SecondStepOver",
    "PasskeyUnknown", "CodeWrong", *REFUSALS_OF_COORDINATORS,
))
ROOMS: dict[str, dict[str, Any]] = {
    "signing/adapters/database.py": OF_DATABASES,
    "signing/adapters/high_water.py": REFUSALS,
    "signing/adapters/invitations.py": OF_DATABASES,
    "signing/adapters/log_store.py": OF_DATABASES,
    "signing/adapters/mail_delivery.py": MARKS,
    "signing/adapters/mail_headers.py": MARKS,
    "signing/adapters/mail_receipt.py": MARKS,
    "signing/domain/letter.py": REFUSALS,
    "signing/domain/organisation.py": REFUSALS,
    "signing/locale/dates.py": MARKS,
    # Of coordinators' pages what is said in a language of the letter: to newsrooms, and over a list.
    "signing/web/coordinator/press_words.py": MARKS,
    "signing/web/coordinator/roster_list.py": OF_DATABASES,
}
ABOUT = "# Words of coalition-signing that people without an account can meet. See docs/translating.md."
ABOUT_DOCUMENTS = "# Words of coalition-signing that stand around a letter when it is printed. See docs/translating.md."
DOCUMENT_WORDS = "signing/adapters/typeset/fixed_words.py"
# What every use case and page may say is gathered, but for those that coordinators and auditors alone come to.
USE_CASES = "signing/workflow/*.py"
PAGES = "signing/web/*.py"
OF_ACCOUNTS = frozenset({
    "abandoning", "account_keeping", "address_book", "api_tokens", "auditing", "auditor", "bounces",
    "brought_rosters", "bundling", "closing", "comparing", "coordinator_keys", "coordinator_signing",
    "coordinator_statements", "correcting", "dashboard", "delivering", "delivery_words", "drafting", "editing",
    "entry_words", "forgetting_contacts", "late_approvals", "letter_policy", "memberships", "opening",
    "organisation_page", "press", "publishing", "reminding", "rhythms", "roster_adding", "roster_editing",
    "roster_groups", "roster_plan", "rostering", "sealing", "settling", "sort_names", "staging", "stamps",
    "telling", "tracking", "vouching", "webhooks", "witness_state", "witnessing", "wordings",
    "words_ahead",
})
# Git knows when and by whom; a line that changes with the day would change without a reason.
NOISE = tuple(f'"{name}:'.encode() for name in (
    "POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Report-Msgid-Bugs-To", "Last-Translator",
    "Language-Team", "Project-Id-Version",
))


def template_catalogue(root: Path = ROOT) -> Catalog:
    """Every message of the rooms above, in the order of the files."""
    catalogue = Catalog(header_comment=ABOUT, charset="utf-8", fuzzy=False)
    for name, message, comments in _messages(root):
        catalogue.add(message, None, [(name, 0)], auto_comments=comments)
    return catalogue


def document_catalogue(root: Path = ROOT) -> Catalog:
    """Every word that stands around a letter, in the order of the program."""
    catalogue = Catalog(header_comment=ABOUT_DOCUMENTS, charset="utf-8", fuzzy=False)
    for name, message, comments in _of_file("python", root, root / DOCUMENT_WORDS, MARKS, {}):
        catalogue.add(message, None, [(name, 0)], auto_comments=comments)
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """The catalogue as a file that is the same whenever and wherever it is made from the same words."""
    file = BytesIO()
    write_po(file, catalogue, width=110, ignore_obsolete=True, include_lineno=False)
    return b"".join(line for line in file.getvalue().splitlines(keepends=True) if not line.startswith(NOISE))


def updated(path: Path, language: str, template: Catalog) -> bytes:
    """The catalogue at `path` with today's messages; one that nearly matches is kept, marked fuzzy and unused."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language.replace("-", "_"))
    catalogue.update(template)
    return written(catalogue)


def main() -> None:
    """Write `messages.pot` and `document.pot`, bring every catalogue up to date; say what is left to translate."""
    _write(template_catalogue(), FOLDER / "messages.pot", catalogues())
    _write(document_catalogue(), FOLDER / f"{document.DOMAIN}.pot", document.catalogues())


def _write(template: Catalog, template_path: Path, paths: Mapping[str, Path]) -> None:
    template_path.write_bytes(written(template))
    for language, path in paths.items():
        path.write_bytes(updated(path, language, template))
        with path.open("rb") as file:
            waiting = [each for each in read_po(file) if each.id and (each.fuzzy or not _said(each.string))]
        sys.stdout.write(f"{language}, {template_path.stem}: {len(waiting)} of {len(template)} messages to translate\n")


def _said(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def _messages(root: Path) -> Iterator[tuple[str, str | tuple[str, ...], list[str]]]:
    templates = sorted({path for pattern in TEMPLATES for path in (root / "templates").glob(pattern)})
    options = {"extensions": "jinja2.ext.i18n", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    for path in templates:
        yield from _of_file(babel_extract, root, path, MARKS, options)
    spoken = {path.relative_to(root).as_posix(): REFUSALS for rooms in (USE_CASES, PAGES) for path in root.glob(rooms)
              if path.stem not in OF_ACCOUNTS}
    for name, keywords in sorted((ROOMS | spoken).items()):
        # Sorted, so that moving code about is no change of words.
        yield from sorted(_of_file("python", root, root / name, keywords, {}), key=str)


def _of_file(
    method: str | Callable[..., Any], root: Path, path: Path, keywords: Mapping[str, Any], options: dict[str, str]
) -> Iterator[tuple[str, str | tuple[str, ...], list[str]]]:
    name = path.relative_to(root).as_posix()
    found = extract_from_file(method, path, keywords, ("L10n:",), options, strip_comment_tags=True)
    for _line, message, comments, _context in found:
        yield name, message, comments


if __name__ == "__main__":
    main()
