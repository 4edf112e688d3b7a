"""The commands that run and migrate a shop."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from frontline import serve as launcher
from frontline.serve import HOST, PORT, Plan
from frontline.store import home, migration, statements


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    envvar="FRONTLINE_PORT",
    default=PORT,
    show_default=True,
)
@click.option("--host", envvar="FRONTLINE_HOST", default=HOST, show_default=True)
@click.option("--home", "named", type=click.Path(path_type=Path), help="The data folder.")
@click.option("--workers", type=click.IntRange(1), envvar="FRONTLINE_WORKERS", default=1)
@click.option("--no-demo", is_flag=True, help="An empty database stays empty.")
@click.option("--json", "as_json", is_flag=True, help="Tell the addresses as one line of JSON.")
def serve(  # noqa: PLR0913 - one for each option
    port: int, host: str, named: Path | None, workers: int, *, no_demo: bool, as_json: bool
) -> None:
    """Run the shop: database, WeChat simulator and application."""

    def say(en: str, zh: str) -> None:
        click.echo(f"  {en} · {zh}", err=True)

    def ready(addresses: dict[str, str]) -> None:
        if as_json:
            click.echo(json.dumps(addresses))
            return
        click.echo(f"\n  Shop · 商城         {addresses['shop']}/m/")
        click.echo(f"  Desk · 后台         {addresses['shop']}/desk")
        click.echo(f"  Start · 首页        {addresses['shop']}/?stay")
        if "simulator" in addresses:
            click.echo(f"  WeChat · 微信模拟器 {addresses['simulator']}")
        click.echo(f"  Data · 数据         {addresses['home']}")
        click.echo("\n  Ctrl-C stops · 按 Ctrl-C 停止\n")

    plan = Plan(home.folder(named), host, port, demo=not no_demo, workers=workers)
    launcher.serve(plan, say, ready)


@click.command()
@click.option("--home", "named", type=click.Path(path_type=Path), help="The data folder.")
@click.option("--status", "only_status", is_flag=True, help="Only tell what would be done.")
@click.option("--check", is_flag=True, help="Is every statement in step with the tables?")
@click.option("--json", "as_json", is_flag=True, help="Tell it as one line of JSON.")
def migrate(named: Path | None, *, only_status: bool, check: bool, as_json: bool) -> None:
    """Bring the database to this version. Forward only: there is no way back but a backup."""
    if check:
        count, wrong = statements.check_freshly(home.folder(named))
        for each in wrong:
            click.echo(each, err=True)
        click.echo(json.dumps({"statements": count, "wrong": wrong}) if as_json else f"{count} ok")
        sys.exit(1 if wrong else 0)
    with home.opened(named, in_step=False) as access:
        before = migration.status(access.owner_url)
        if not only_status:
            with click.progressbar(
                length=len(before.pending), label="migrating", file=sys.stderr
            ) as bar:
                migration.upgrade(access.owner_url, lambda _: bar.update(1))
        status = migration.status(access.owner_url)
    told = {"applied": status.applied, "pending": status.pending, "unknown": status.unknown}
    click.echo(json.dumps(told) if as_json else "\n".join(map(_line, told.items())))


def _line(entry: tuple[str, tuple[str, ...]]) -> str:
    kind, revisions = entry
    return f"{kind:8} {len(revisions):3}  {' '.join(revisions)}"
