"""The commands with which a coordinator vouches for a contact's key, or revokes it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from signing.bootstrap import services_from_environment
from signing.cli.coordinator_signature import Way, obtain, signed_by_coordinator
from signing.cli.printing import AS_JSON, print_data
from signing.domain.binding import Binding
from signing.domain.errors import Faulty, NotFound
from signing.workflow import coordinator_signing, vouching
from signing.workflow.ports import Services
from signing.workflow.vouching import BoundKey


@click.command()
@click.argument("letter_id", metavar="LETTER")
@click.argument("organisation", required=False)
@click.option("--bound-key", help="Name of the organisation's key, where several wait.")
@click.option("--phrase", help="The twelve words as the contact read them to you.")
@click.option("--yes", is_flag=True, help="Say that you have compared the words, and do not ask.")
@signed_by_coordinator
@AS_JSON
def vouch(
    letter_id: str,
    organisation: str | None,
    bound_key: str | None,
    phrase: str | None,
    yes: bool,
    way: Way,
    as_json: bool,
) -> None:
    """Vouch for ORGANISATION's key once its twelve words were compared by telephone; alone it lists what waits."""
    services = services_from_environment()
    if organisation is None:
        _list(services, letter_id, as_json)
        return
    keys = _keys_of(services, letter_id, organisation, bound_key)
    found = _one_of([each for each in keys if each.waits] or keys)
    organisation_id, name = found.entry.organisation_id, found.key.key
    if way.signature is None:
        _compare(found, phrase, yes)
    binding = obtain(
        services,
        letter_id,
        way,
        "key",
        prepare=lambda key: coordinator_signing.prepare_voucher(
            services, letter_id, organisation_id, name, key, phrase=phrase
        ),
        at_once=lambda: vouching.vouch(services, letter_id, organisation_id, name, phrase=phrase),
        again=f"vouch {letter_id} {organisation_id}",
        result=Binding,
    )
    if binding is not None:
        print_data(
            {"letter": letter_id, "organisation": organisation_id, "key": binding.key, "entry": binding.index},
            as_json,
            f"You vouch for {binding.key} of {found.entry.organisation} (entry {binding.index}).",
        )


@click.command("revoke-key")
@click.argument("letter_id", metavar="LETTER")
@click.argument("organisation")
@click.option("--bound-key", help="Name of the organisation's key, where it has several.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%MZ", "%Y-%m-%d"]),
    help="In other hands since then (UTC): approvals signed later are shown as disputed.",
)
@signed_by_coordinator
@AS_JSON
def revoke_key(
    letter_id: str, organisation: str, bound_key: str | None, since: datetime | None, way: Way, as_json: bool
) -> None:
    """Have a key of ORGANISATION sign nothing more in this letter. What it has signed stays in the log."""
    services = services_from_environment()
    found = _one_of(_keys_of(services, letter_id, organisation, bound_key))
    names = (letter_id, found.entry.organisation_id, found.key.key)
    at = since.replace(tzinfo=UTC) if since is not None else None
    binding = obtain(
        services,
        letter_id,
        way,
        "key",
        prepare=lambda key: coordinator_signing.prepare_revocation(services, *names, key, compromised_since=at),
        at_once=lambda: vouching.revoke(services, *names, compromised_since=at),
        again=f"revoke-key {letter_id} {found.entry.organisation_id}",
        result=Binding,
    )
    if binding is not None:
        print_data(
            {"letter": letter_id, "organisation": names[1], "key": binding.key, "entry": binding.revoked_index},
            as_json,
            f"{binding.key} of {found.entry.organisation} signs nothing more here (entry {binding.revoked_index}).",
        )


def _list(services: Services, letter_id: str, as_json: bool) -> None:
    found = vouching.waiting(services, letter_id)
    print_data(
        [
            {
                "id": each.entry.organisation_id,
                "organisation": each.entry.organisation,
                "key": each.key.key,
                "phrase": each.phrase,
            }
            for each in found
        ],
        as_json,
        *(
            f"{each.entry.organisation_id}  {each.entry.organisation}\n    {each.key.key}\n    {each.phrase}"
            for each in found
        ),
        *([] if found else ["No key waits for you."]),
    )


def _keys_of(services: Services, letter_id: str, organisation: str, bound_key: str | None) -> list[BoundKey]:
    return [
        each
        for each in vouching.bound_keys(services, letter_id)
        if organisation in (each.entry.organisation_id, each.entry.organisation)
        and bound_key in (None, each.key.key)
    ]


def _one_of(keys: list[BoundKey]) -> BoundKey:
    if not keys:
        raise NotFound("This organisation has no such key here.", code="key-unknown")
    if len(keys) > 1:
        names = ", ".join(each.key.key for each in keys)
        raise Faulty(f"The organisation has several keys. Name one with --bound-key: {names}", code="key-not-chosen")
    return keys[0]


def _compare(found: BoundKey, phrase: str | None, yes: bool) -> None:
    """Nobody vouches by accident: the words are given, or somebody says that they were compared."""
    if phrase is not None or yes:
        return
    if not sys.stdin.isatty():
        raise Faulty("Give the twelve words as you heard them with --phrase, or --yes once compared.", field="phrase")
    click.echo(f"{found.entry.organisation}, {found.key.key}\n\n    {found.phrase}\n", err=True)
    click.confirm("Did the contact read you exactly these words?", abort=True, err=True)
