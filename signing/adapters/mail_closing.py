"""What mails say of a letter that was closed, published or abandoned; may import `mail_matter` and `mail_words`.

They carry no way in: they tell of what is done, and lead to what everybody may see.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from signing.adapters.mail_matter import Matter
from signing.adapters.mail_words import without_links
from signing.domain.letter import Letter
from signing.locale.dates import moment
from signing.workflow.closing_notices import ABANDONED
from signing.workflow.mail_ports import Notice


def closing_values(notice: Notice, matter: Matter, shown: Callable[[str | None], str]) -> dict[str, Any]:
    """The values of `closed.jinja` and `published.jinja`; `shown` makes words of people harmless."""
    letter, entry, answer = matter.view.letter, matter.view.entry, matter.answer
    abandoned = notice.subject_id == ABANDONED
    language = matter.language if matter.language in matter.languages else letter.language
    named = answer is not None and not entry.confidential
    return {
        "abandoned": abandoned,
        "confidential": entry.confidential,
        "listed_as": shown(answer.listed_as) if named and answer is not None else "",
        "late": not abandoned and notice.subject_id != "1",
        "public_from": moment(letter.publish_at, letter.zone, matter.language) if letter.publish_at else "",
        "published_at": moment(letter.published_at, letter.zone, matter.language) if letter.published_at else "",
        "pdf": public_address(letter, f"{language}.pdf"),
        "evidence": public_address(letter, "evidence.zip"),
    }


def public_address(letter: Letter, file: str) -> str:
    """Where anybody finds a file of the published letter; to be typed, where its mails carry no links."""
    public = f"{letter.base_url}/l/{letter.id}/{file}"
    return public if letter.mail_links else without_links(public.partition("://")[2])
