"""The commands that bring products in and take them out."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from frontline.engine.engine import Engine
from frontline.house import assembled
from frontline.shop.catalog import importing
from frontline.shop.catalog.importing import Put
from frontline.shop.catalog.messages import TEXTS, Refused
from frontline.shop.catalog.shopify import reading
from frontline.shop.catalog.shopify.columns import column_of
from frontline.shop.catalog.shopify.csv_rows import BadRow, Unreadable, said
from frontline.store import home
from frontline.store.database import Database
from frontline.web.shops import Shop, Shops

CONNECTIONS_MAX = 2

ResultT = TypeVar("ResultT")

_home = click.option("--home", "named", type=click.Path(path_type=Path), help="The data folder.")
_shop = click.option("--shop", "code", help="The shop's code; without it, the first shop.")
_json = click.option("--json", "as_json", is_flag=True, help="End with one object of JSON.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--strict", is_flag=True, help="Nothing goes in unless every row is good.")
@_shop
@_home
@_json
def import_products(
    file: Path, code: str | None, named: Path | None, *, strict: bool, as_json: bool
) -> None:
    """Products from Shopify's product CSV. Good rows go in; the bad ones are told, with why."""
    data = file.read_bytes()

    async def run(database: Database, shop: Shop) -> tuple[Put, list[BadRow]]:
        try:
            drafts, bad_rows = reading.read(data, shop.id, shop.currency)
        except Unreadable as unreadable:
            return Put(), [unreadable.bad]
        if strict and bad_rows:
            return Put(), bad_rows
        house = assembled()
        engine = Engine(database, house.library, house.command_sets)
        with _bar(len(drafts), "importing") as bar:
            put = await importing.put_products(engine, shop.id, drafts, progress=bar.update)
        return put, bad_rows

    put, bad_rows = _in_shop(named, code, run)
    errors = [_bad_row(one) for one in bad_rows] + [_refused(one) for one in put.refused]
    if as_json:
        counts = {
            "products": put.products,
            "variants": put.variants,
            "unchanged": put.unchanged,
            "errors": errors,
        }
        click.echo(json.dumps(counts, ensure_ascii=False))
    else:
        for error in errors:
            place = f"{file.name}:{error['line']}: {error['column']}".rstrip(": ")
            click.echo(f"{place}: {error['en']} · {error['zh']}", err=True)
        click.echo(
            f"{put.products} products ({put.variants} variants) written, "
            f"{put.unchanged} unchanged, {len(errors)} errors · "
            f"写入商品 {put.products} 件（规格 {put.variants} 个），"
            f"未变 {put.unchanged} 件，错误 {len(errors)} 处"
        )
    sys.exit(1 if errors else 0)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_shop
@_home
@_json
def export_products(file: Path, code: str | None, named: Path | None, *, as_json: bool) -> None:
    """All products as Shopify's product CSV, to FILE."""

    async def run(database: Database, shop: Shop) -> int:
        products = 0

        def count(more: int) -> None:
            nonlocal products
            products += more

        draft = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            with draft.open("x", encoding="utf-8", newline="") as output:
                async for text in importing.export(database, shop.id, shop.currency, count):
                    output.write(text)
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
        return products

    products = _in_shop(named, code, run)
    told = f"{products} products written · 已导出商品 {products} 件"
    click.echo(json.dumps({"products": products, "file": str(file)}) if as_json else told)


def _in_shop(
    named: Path | None, code: str | None, run: Callable[[Database, Shop], Awaitable[ResultT]]
) -> ResultT:
    async def opened(url: str) -> ResultT:
        database = Database(url, connections_max=CONNECTIONS_MAX)
        try:
            shops = await Shops(database).all()
            for shop in shops.values():
                if code in (None, shop.code):
                    return await run(database, shop)
        finally:
            await database.close()
        there = ", ".join(shop.code for shop in shops.values()) or "-"
        message = f"there is no shop {code or ''} · 没有这家店铺 ({there})"
        raise click.ClickException(message)

    with home.opened(named) as access:
        return asyncio.run(opened(access.app_url))


def _bar(length: int, label: str) -> Any:
    return click.progressbar(length=length, label=label, file=sys.stderr)


def _bad_row(bad: BadRow) -> dict[str, Any]:
    text = said(bad.reason)
    detail = {} if bad.detail is None else {"detail": bad.detail}
    return {
        "line": bad.line,
        "column": bad.column,
        "reason": str(bad.reason),
        "en": text.en,
        "zh": text.zh,
        **detail,
    }


def _refused(refused: Refused) -> dict[str, Any]:
    text = TEXTS[refused.refusal]
    return {
        "line": 0,
        "column": column_of(refused.field),
        "reason": str(refused.refusal),
        "en": text.en,
        "zh": text.zh,
        "detail": refused.handle,
    }
