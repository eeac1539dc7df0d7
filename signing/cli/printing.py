"""Either one JSON document or lines for people, never a mixture."""

from __future__ import annotations

import json
from typing import Any

import click

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def print_data(data: Any, as_json: bool, *lines: str) -> None:
    """Print `data` as JSON when asked for it, else the lines."""
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
    else:
        for line in lines:
            click.echo(line)
