"""`frontline seed`: the demo shop, on a database that has none."""

from __future__ import annotations

import asyncio
import json
import secrets
from pathlib import Path

import click

from frontline.demo import DEMO, OWNER, open_demo
from frontline.store import address, home


@click.command()
@click.option("--home", "named", type=click.Path(path_type=Path), help="The data folder.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON.")
def seed(named: Path | None, *, as_json: bool) -> None:
    """Open the demo shop, if this database does not hold it yet."""
    password = secrets.token_urlsafe(9)
    with home.opened(named) as access:
        shop_id = asyncio.run(_opened(access.owner_url, password))
    if as_json:
        click.echo(json.dumps({"opened": shop_id is not None, "shop_id": shop_id}))
    elif shop_id is None:
        click.echo("The demo shop is there already · 演示店铺已存在")
    else:
        click.echo(f"Owner of the demo shop · 演示店铺的店主账号：{OWNER}  {password}")


async def _opened(owner_url: str, password: str) -> int | None:
    connection = await address.connect(owner_url)
    try:
        there = await connection.fetchval("SELECT 1 FROM shop WHERE code = $1", DEMO)
    finally:
        await connection.close()
    return None if there else await open_demo(owner_url, password)
