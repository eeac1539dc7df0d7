"""What mails say of a letter that was closed, published or abandoned; may import `mail_matter` and `mail_words`.

They carry no way in: they tell of what is done, and lead to what everybody may see.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from signing.adapters.mail_matter import Matter
from signing.adapters.mail_words import without_links
from signing.locale.dates import moment
from signing.workflow.closing_notices import ABANDONED
from signing.workflow.mail_ports import Notice


def closing_values(notice: Notice, matter: Matter, shown: Callable[[str | None], str]) -> dict[str, Any]:
    """The values of `closed.jinja` and `published.jinja`; `shown` makes words of people harmless."""
    letter, entry, answer = matter.view.letter, matter.view.entry, matter.answer
    abandoned = notice.subject_id == ABANDONED
    language = matter.language if matter.language in matter.languages else letter.language
    public = f"{letter.base_url}/l/{letter.id}"
    if not letter.mail_links:
        public = without_links(public.partition("://")[2])
    named = answer is not None and not entry.confidential
    return {
        "abandoned": abandoned,
        "confidential": entry.confidential,
        "listed_as": shown(answer.listed_as) if named and answer is not None else "",
        "late": not abandoned and notice.subject_id != "1",
        "public_from": moment(letter.publish_at, letter.zone, matter.language) if letter.publish_at else "",
        "published_at": moment(letter.published_at, letter.zone, matter.language) if letter.published_at else "",
        "pdf": f"{public}/{language}.pdf",
        "evidence": f"{public}/evidence.zip",
    }
