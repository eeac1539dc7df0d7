"""What one version of a letter changed against another, for those who write it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from signing.domain.errors import NotFound
from signing.domain.letter import Letter, Version
from signing.domain.organisation import Answer
from signing.domain.redline import Redline, compare
from signing.workflow.activity import Act
from signing.workflow.letters import letter_of, texts_of
from signing.workflow.ports import Services

# Far more than what is done to a letter between two openings; an older opening is then told without its name.
_ACTS = 2_000


@dataclass(frozen=True, slots=True)
class ComparedVersions:
    """`redlines` are by language tag, the letter's own first; a language that only `newer` has is all added.

    `numbers` are of all versions, `draft` of the one that is not open yet, if there is one. `dropped` are the tags
    of languages that only `older` has.
    """

    letter: Letter
    numbers: tuple[int, ...]
    draft: int | None
    older: int
    newer: int
    redlines: dict[str, Redline]
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VersionHistory:
    """A version of a letter and what became of it; `opened_by` is None where the record of activity does not say.

    `approvals` counts the organisations whose answer of now is an approval of this version.
    """

    version: Version
    titles: dict[str, str]
    opened_by: str | None
    approvals: int


def history(services: Services, letter_id: str) -> list[VersionHistory]:
    """Every version, the newest first, a draft before all others. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter_of(uow, letter_id)
        versions = uow.letters.versions(letter_id)
        acts = uow.activity.of_letter(letter_id, limit=_ACTS)
        approved = Counter(
            entry.answer_version for entry in uow.roster.entries(letter_id) if entry.answer is Answer.APPROVED
        )
    opened_by = {act.detail.get("version"): act.actor for act in acts if act.act == Act.VERSION_OPENED.value}
    return [
        VersionHistory(
            version,
            {tag: text.title for tag, text in texts_of(version).items()},
            opened_by.get(str(version.number)),
            approved[version.number],
        )
        for version in sorted(versions, key=lambda each: -each.number)
    ]


def compare_versions(
    services: Services, letter_id: str, older: int | None = None, newer: int | None = None
) -> ComparedVersions:
    """Compare two versions, by default the newest with the one before it, if there is one (else with itself).

    Raises NotFound for an unknown letter or version.
    """
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        versions = {version.number: version for version in uow.letters.versions(letter_id)}
    numbers = tuple(sorted(versions))
    if not numbers:
        raise NotFound("This letter has no version yet.", code="version-unknown")
    newer = numbers[-1] if newer is None else newer
    older = max((each for each in numbers if each < newer), default=newer) if older is None else older
    if not {older, newer} <= versions.keys():
        raise NotFound("This letter has no such version.", code="version-unknown")
    before, after = texts_of(versions[older]), texts_of(versions[newer])
    tags = sorted(after, key=lambda tag: (tag != letter.language, tag))
    return ComparedVersions(
        letter,
        numbers,
        next((number for number in numbers if versions[number].opened_at is None), None),
        older,
        newer,
        {tag: compare(before.get(tag), after[tag]) for tag in tags},
        tuple(sorted(before.keys() - after.keys())),
    )
