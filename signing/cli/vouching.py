"""The command with which a coordinator vouches for a contact's key."""

from __future__ import annotations

import sys

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
    found = _chosen(services, letter_id, organisation, bound_key)
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


def _chosen(services: Services, letter_id: str, organisation: str, bound_key: str | None) -> BoundKey:
    found = [
        each
        for each in vouching.bound_keys(services, letter_id)
        if organisation in (each.entry.organisation_id, each.entry.organisation)
        and bound_key in (None, each.key.key)
    ]
    chosen = [each for each in found if each.waits] or found
    if not chosen:
        raise NotFound("This organisation has no such key here.", code="key-unknown")
    if len(chosen) > 1:
        names = ", ".join(each.key.key for each in chosen)
        raise Faulty(f"The organisation has several keys. Name one with --bound-key: {names}", code="key-not-chosen")
    return chosen[0]


def _compare(found: BoundKey, phrase: str | None, yes: bool) -> None:
    """Nobody vouches by accident: the words are given, or somebody says that they were compared."""
    if phrase is not None or yes:
        return
    if not sys.stdin.isatty():
        raise Faulty("Give the twelve words as you heard them with --phrase, or --yes once compared.", field="phrase")
    click.echo(f"{found.entry.organisation}, {found.key.key}\n\n    {found.phrase}\n", err=True)
    click.confirm("Did the contact read you exactly these words?", abort=True, err=True)
