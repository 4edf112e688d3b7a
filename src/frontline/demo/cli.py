"""`frontline seed`: the demo shop, on a database that has none; with a year of orders, if asked."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from frontline.demo import DEMO, accounts, company, open_demo, year
from frontline.engine.engine import clock
from frontline.kernel.words import ShopId
from frontline.store import address, home, migration, server
from frontline.store.home import Access

ORDERS_MAX = 5_000_000
_OPEN_FOR = timedelta(days=366)
_SAID_EVERY_S = 2.0


@click.command()
@click.option("--home", "named", type=click.Path(path_type=Path), help="The data folder.")
@click.option(
    "--orders",
    type=click.IntRange(1, ORDERS_MAX),
    help="Fill it with so many made-up orders of the past year; the folder may be empty.",
)
@click.option("--seed", "chance", default=year.SEED, help="The same number, the same year.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON.")
def seed(named: Path | None, orders: int | None, chance: int, *, as_json: bool) -> None:
    """Open the demo shop, if this database does not hold it yet."""
    password, staff = secrets.token_urlsafe(9), company.passwords()
    if orders is None:
        with home.opened(named) as access:
            shop_id = asyncio.run(_opened(access.owner_url, password, staff))
        told: dict[str, Any] = {"opened": shop_id is not None, "shop_id": shop_id}
    else:
        with _made(named) as access:
            told = asyncio.run(_filled(access.owner_url, password, staff, orders, chance))
    if as_json:
        click.echo(json.dumps(told | ({"password": password} if orders else {})))
    elif not told["opened"]:
        click.echo("The demo shop is there already · 演示店铺已存在")
    else:
        click.echo("\n".join(accounts(password, staff)))


async def _opened(owner_url: str, password: str, staff: Mapping[str, str]) -> ShopId | None:
    return None if await _shop(owner_url) else await open_demo(owner_url, password, staff=staff)


async def _shop(owner_url: str) -> ShopId | None:
    connection = await address.connect(owner_url)
    try:
        found: ShopId | None = await connection.fetchval(
            "SELECT shop_id FROM shop WHERE code = $1", DEMO
        )
        return found
    finally:
        await connection.close()


# -- A year -------------------------------------------------------------------------------


@contextmanager
def _made(named: Path | None) -> Iterator[Access]:
    """The database as ever; one that is not there yet is made and migrated."""
    folder = home.folder(named)
    if "DATABASE_URL" in os.environ or server.exists(folder / "postgres"):
        with home.opened(named) as access:
            yield access
        return
    with home.locked(folder), home.serving(folder) as access:
        migration.upgrade(access.owner_url)
        yield home.admitted(access)


async def _filled(
    owner_url: str, password: str, staff: Mapping[str, str], orders: int, chance: int
) -> dict[str, Any]:
    shop_id = await _shop(owner_url)
    if shop_id is not None and await year.has_orders(owner_url, shop_id):
        message = (
            "The demo shop has orders already; a year is made in an empty data folder "
            "(--home).\n演示店铺已有订单；请用 --home 指定一个空的数据目录再生成。"
        )
        raise click.ClickException(message)
    opened = shop_id is None
    if shop_id is None:
        shop_id = await open_demo(owner_url, password, staff=staff, open_for=_OPEN_FOR)
    begun = time.monotonic()
    rows = await year.fill(owner_url, shop_id, orders, clock(), _Teller(orders), seed=chance)
    took = time.monotonic() - begun
    click.echo(
        f"  {orders:,} orders in {took:,.0f} s, {rows:,} rows, {rows / took:,.0f} a second\n"
        f"  {orders:,} 单，用时 {took:,.0f} 秒，共 {rows:,} 行，每秒 {rows / took:,.0f} 行",
        err=True,
    )
    return {"opened": opened, "shop_id": shop_id, "orders": orders, "rows": rows, "seconds": took}


class _Teller:
    """Says every few seconds how far it is."""

    def __init__(self, orders: int) -> None:
        self._orders = orders
        self._begun = self._said = time.monotonic()

    def __call__(self, orders: int, rows: int) -> None:
        now = time.monotonic()
        if now - self._said < _SAID_EVERY_S and orders < self._orders:
            return
        self._said = now
        click.echo(
            f"  {orders:>10,} / {self._orders:,} 单 orders   {rows:>12,} 行 rows   "
            f"{rows / (now - self._begun):>9,.0f} /s",
            err=True,
        )
        sys.stderr.flush()
