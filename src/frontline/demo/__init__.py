"""A shop to try things in: a small bakery, on the first start of an empty database.

What is sold, said and told of it stands in the `.toml` files beside this one. It goes in through
the commands that staff and shoppers give, at times of the past weeks.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from datetime import datetime, timedelta

from msgspec import UNSET

from frontline.app import Clockwork, open_house
from frontline.demo import front, people
from frontline.demo.goods import drafts
from frontline.demo.people import Demo
from frontline.engine.engine import clock
from frontline.house import assembled
from frontline.kernel.words import ShopId
from frontline.shop.catalog.importing import put_products
from frontline.shop.catalog.messages import ProductDraft
from frontline.shop.staff.cli import make_staff
from frontline.store import address
from frontline.store.shops import open_shop
from frontline.web.session import Role

DEMO = "demo"
OWNER = "owner"
OPEN_FOR = timedelta(days=70)
"""So long the shop has been there."""
NEW_FOR = timedelta(days=45)
_NEW = frozenset({"新品", "圣诞", "春节"})


def ensure(owner_url: str) -> None:
    """Open the demo shop in an empty database, and tell its owner's password, once."""
    password = secrets.token_urlsafe(9)
    asyncio.run(open_demo(owner_url, password))
    print(  # noqa: T201 - told to whoever started it; it is stored nowhere
        f"  Owner of the demo shop · 演示店铺的店主账号：{OWNER}  {password}", file=sys.stderr
    )


async def open_demo(owner_url: str, password: str) -> ShopId:
    """小满曲奇: products, customers and what they said, an owner who may log in."""
    shop_id = await open_shop(
        owner_url,
        code=DEMO,
        name="小满曲奇",
        currency="CNY",
        locale="zh",
        timezone="Asia/Shanghai",
    )
    today = clock()
    told = [today - OPEN_FOR]
    opened = open_house(await address.admit(owner_url), {}, now=lambda: told[0], connections_max=4)
    try:
        staff_id = await make_staff(opened.database, shop_id, OWNER, password, Role.OWNER)
        demo = Demo(opened.engine, shop_id, told, staff_id, {}, [])
        freight = await front.lay_out(demo)
        goods = drafts(shop_id, freight.id)
        await _put_on_shelves(demo, goods, today)
        demo.products = {one.handle: one for one in goods}
        await people.come_in(demo)
        await people.buy_and_tell(demo, today)
        told[0] = today
        await front.speak(demo)
        await front.give_coupons(demo, today)
        await front.buy_together(demo, today)
        await Clockwork(opened, assembled()).turn()
    finally:
        await opened.database.close()
    return shop_id


async def _put_on_shelves(demo: Demo, goods: list[ProductDraft], today: datetime) -> None:
    """What is new came later than the rest."""
    new = [one for one in goods if one.tags is not UNSET and _NEW & set(one.tags)]
    for some, since in (([one for one in goods if one not in new], OPEN_FOR), (new, NEW_FOR)):
        demo.clock[0] = today - since
        put = await put_products(demo.engine, demo.shop_id, some)
        assert not put.refused, put.refused
