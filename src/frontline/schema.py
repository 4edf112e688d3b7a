"""`frontline schema`: the OpenAPI document of the JSON doors, for those who write clients."""

from __future__ import annotations

import json

import click

from frontline.house import assembled
from frontline.web.openapi import document


@click.command()
def schema() -> None:
    """Print the OpenAPI document."""
    click.echo(json.dumps(document(assembled().doors), ensure_ascii=False, indent=1))
