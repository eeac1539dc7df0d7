"""The `signing` command: one file per noun, loaded only when its command is called, so that `verify` needs
neither database nor web framework."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

COMMANDS = {
    "abandon": "abandoning:abandon",
    "close": "closing:close",
    "demo": "demo:demo",
    "doctor": "service:doctor",
    "export": "audit:export",
    "init": "service:init",
    "invite": "letter:invite",
    "keys": "keys:keys",
    "letter": "letter:letter",
    "publish": "publishing:publish",
    "remind": "letter:remind",
    "revoke-key": "vouching:revoke_key",
    "roster": "roster:roster",
    "seal": "sealing:seal",
    "serve": "service:serve",
    "stages": "routing:stages",
    "status": "letter:status",
    "user": "people:user",
    "verify": "verify:verify",
    "vouch": "vouching:vouch",
    "witness": "witness:witness",
    "worker": "service:worker",
}


class Commands(click.Group):
    """Imports the file of a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        command: click.Command = getattr(importlib.import_module(f"signing.cli.{module}"), name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="coalition-signing", message="%(version)s")
def signing() -> None:
    """Joint letters of coalitions: every approval a signed assent, every list provable offline."""


def main(arguments: list[str] | None = None) -> Any:
    """Run the command; a refusal is one plain line on standard error and exit code 2."""
    from signing.domain.errors import Refusal
    from signing.evidence.errors import EvidenceError

    try:
        return signing.main(args=arguments, prog_name="signing", standalone_mode=True)
    except (Refusal, EvidenceError) as refusal:
        click.echo(f"signing: {refusal.message}", err=True)
        sys.exit(2)
    except OSError as error:
        if error.filename is None:
            raise
        click.echo(f"signing: {error.filename} cannot be used: {error.strerror}.", err=True)
        sys.exit(2)
