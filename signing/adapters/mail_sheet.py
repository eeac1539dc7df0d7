"""What a mail is set from, whoever it goes to; may import the standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """`type` is its media type, such as `application/pdf`."""

    name: str
    content: bytes
    type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One mail before it is set: `templates/mail/TEMPLATE.jinja` with `words`, in the language spoken to its reader.

    `name` is that of whoever it goes to, empty where the address may be a stranger's. `secrets` are those of the words
    that must appear nowhere else; `stop` is the address that ends the reminders, empty where there are none to end;
    `mark` stands before the subject of what is only tried out.
    """

    template: str
    language: str
    name: str
    words: dict[str, Any]
    secrets: tuple[str, ...] = ()
    stop: str = ""
    files: tuple[AttachedFile, ...] = ()
    mark: str = ""
