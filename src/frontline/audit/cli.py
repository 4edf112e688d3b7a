"""The command `frontline audit`."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from frontline.audit.run import Finding, audited
from frontline.kernel.words import ShopId
from frontline.store import home
from frontline.store.database import Database


@click.command()
@click.option("--home", "named", type=click.Path(path_type=Path), help="The data folder.")
@click.option("--shop", "code", help="Only the shop of this code.")
@click.option("--json", "as_json", is_flag=True, help="Tell the findings as one line of JSON.")
def audit(named: Path | None, code: str | None, *, as_json: bool) -> None:
    """Prove that money and stock add up, in every shop. Exit code 1 if anything does not.

    It may run while the shop is open: it reads one moment, changes nothing and locks nothing.
    """
    with home.opened(named) as access:
        by_shop = asyncio.run(_audited(access.app_url, code))
    if code is not None and not by_shop:
        message = f"there is no shop {code}"
        raise click.BadParameter(message, param_hint="--shop")
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(by_shop)))
    else:
        for shop, findings in by_shop.items():
            click.echo(f"{shop}")
            for finding in findings:
                click.echo(_line(finding))
    sys.exit(any(one.violations for findings in by_shop.values() for one in findings))


async def _audited(url: str, code: str | None) -> dict[str, list[Finding]]:
    """By the shop's code."""
    database = Database(url, connections_max=1)
    now = datetime.now(UTC)
    try:
        shops = await database.shared("SELECT shop_id, code FROM shop ORDER BY shop_id")
        return {
            shop.code: await audited(database, ShopId(shop.shop_id), now)
            for shop in shops
            if code in {None, shop.code}
        }
    finally:
        await database.close()


def _line(finding: Finding) -> str:
    if not finding.violations:
        return f"  ok      {finding.claim} ({finding.checked} rows)"
    ids = "".join(f"\n            {one}" for one in finding.ids)
    return f"  BROKEN  {finding.claim}: {finding.violations} of {finding.checked} rows{ids}"
