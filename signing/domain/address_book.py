"""Organisations and their people as they are known across letters; plain dataclasses, no rules of any letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from signing.domain.organisation import Answer


class OrganisationKind(StrEnum):
    ORGANISATION = "organisation"
    INDIVIDUAL = "individual"


class Scope(StrEnum):
    """How far it reaches."""

    REGIONAL = "regional"
    NATIONAL = "national"
    INTERNATIONAL = "international"


@dataclass(frozen=True, slots=True)
class BookOrganisation:
    """What the address book knows of an organisation; each roster may say it in its own way.

    `changed_at` is None for one that nobody has put right since it was first on a roster.
    """

    id: str
    name: str
    acronym: str | None = None
    listed_as: str | None = None
    native_name: str | None = None
    sort_name: str | None = None
    country: str | None = None
    kind: OrganisationKind | None = None
    scope: Scope | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BookContact:
    """Somebody who can be asked at an organisation; `authority` says in words for what they may speak."""

    id: str
    organisation_id: str
    name: str
    email: str
    role: str | None = None
    language: str | None = None
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A letter that an organisation was asked about, and what it answered."""

    letter_id: str
    title: str
    created_at: datetime
    contact: str
    email: str
    answer: Answer
    answered_at: datetime | None
    confidential: bool


@dataclass(frozen=True, slots=True)
class BoundKeyOfBook:
    """A key that was bound to an organisation, in whichever letter."""

    letter_id: str
    title: str
    key: str
    scheme: str
    at: datetime
    revoked: bool
