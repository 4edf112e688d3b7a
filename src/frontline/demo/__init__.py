"""A shop to try things in: a small bakery, on the first start of an empty database."""

from __future__ import annotations

import asyncio
import secrets
import sys
from importlib.resources import files

from frontline.app import open_house
from frontline.kernel.words import ShopId
from frontline.shop.catalog import shopify
from frontline.shop.catalog.importing import put_products
from frontline.shop.staff.cli import make_staff
from frontline.store import address
from frontline.store.shops import open_shop
from frontline.web.session import Role

DEMO = "demo"
OWNER = "owner"


def ensure(owner_url: str) -> None:
    """Open the demo shop in an empty database, and tell its owner's password, once."""
    password = secrets.token_urlsafe(9)
    asyncio.run(open_demo(owner_url, password))
    print(  # noqa: T201 - told to whoever started it; it is stored nowhere
        f"  Owner of the demo shop · 演示店铺的店主账号：{OWNER}  {password}", file=sys.stderr
    )


async def open_demo(owner_url: str, password: str) -> ShopId:
    """小满曲奇: products, stock, and an owner who may log in."""
    shop_id = await open_shop(
        owner_url,
        code=DEMO,
        name="小满曲奇",
        currency="CNY",
        locale="zh",
        timezone="Asia/Shanghai",
    )
    opened = open_house(await address.admit(owner_url), {}, connections_max=2)
    try:
        await make_staff(opened.database, shop_id, OWNER, password, Role.OWNER)
        reading = shopify.read(
            files("frontline.demo").joinpath("products.csv").read_bytes(), shop_id, "CNY"
        )
        assert not reading.bad_rows, reading.bad_rows
        put = await put_products(opened.engine, shop_id, reading.drafts)
        assert not put.refused, put.refused
    finally:
        await opened.database.close()
    return shop_id
