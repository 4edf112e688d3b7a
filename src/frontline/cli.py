"""The command `frontline`: its commands are loaded when asked for, so that help comes at once."""

from __future__ import annotations

import errno
import importlib
import json
import sys
from typing import Any

import click

from frontline.store.faults import CannotStart, DiskFull, sqlstate

_DISK_FULL = "53100"  # PostgreSQL's code for it.


class Lazy(click.Group):
    """A group whose commands are named here and live with their features."""

    def __init__(self, *, lazy: dict[str, tuple[str, str]], **settings: Any) -> None:
        super().__init__(**settings)
        self._lazy = lazy
        """By name: `module:attribute`, and one line of help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *self._lazy])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._lazy:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = self._lazy[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lines = []
        for name in self.list_commands(ctx):
            group = self.commands.get(name)
            lines.append((name, group.get_short_help_str() if group else self._lazy[name][1]))
        with formatter.section("Commands"):
            formatter.write_dl(lines)


cli = Lazy(
    name="frontline",
    help="Frontline, a mall for WeChat. The database is the embedded one of FRONTLINE_HOME, "
    "or the one named in DATABASE_URL.",
    lazy={
        "serve": ("frontline.commands:serve", "Run the shop."),
        "migrate": ("frontline.commands:migrate", "Bring the database to this version."),
        "replay": ("frontline.replay.cli:replay", "Sell a real year again, and compare."),
        "audit": ("frontline.audit.cli:audit", "Prove that money and stock add up."),
        "seed": ("frontline.demo.cli:seed", "Open the demo shop."),
        "schema": ("frontline.schema:schema", "Print the OpenAPI document."),
    },
)
cli.add_command(
    Lazy(
        name="import",
        help="Bring data in from files.",
        lazy={"products": ("frontline.products:import_products", "Products from a CSV file.")},
    )
)
cli.add_command(
    Lazy(
        name="export",
        help="Take data out into files.",
        lazy={"products": ("frontline.products:export_products", "Products to a CSV file.")},
    )
)


def main() -> None:
    try:
        cli()
    except Exception as error:
        fault = _fault(error)
        if fault is None:
            raise
        if "--json" in sys.argv:
            told = {"fault": type(fault).__name__, "en": fault.en, "zh": fault.zh}
            click.echo(json.dumps(told, ensure_ascii=False), err=True)
        else:
            click.echo(f"{fault.en}\n{fault.zh}", err=True)
        sys.exit(1)


def _fault(error: BaseException | None) -> CannotStart | None:
    """What kept us from starting, if it is one of the things that happen to everybody."""
    while error is not None:
        if isinstance(error, CannotStart):
            return error
        if getattr(error, "errno", None) == errno.ENOSPC or sqlstate(error) == _DISK_FULL:
            return DiskFull()
        error = error.__cause__
    return None
