"""A shop to try things in: a small bakery, on the first start of an empty database.

What is sold, said and told of it stands in the `.toml` files beside this one. It goes in through
the commands that staff and shoppers give, at times of the past weeks.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import UNSET

from frontline.app import Clockwork, open_house
from frontline.demo import company, front, matters, people, week
from frontline.demo.goods import drafts
from frontline.demo.people import Demo
from frontline.demo.story import tell
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
    """Open the demo shop in an empty database, and tell the passwords of its people, once."""
    password, staff = secrets.token_urlsafe(9), company.passwords()
    asyncio.run(open_demo(owner_url, password, staff=staff))
    for line in accounts(password, staff):
        print(line, file=sys.stderr)  # noqa: T201 - told to whoever started it; stored nowhere


def accounts(password: str, staff: Mapping[str, str]) -> Iterator[str]:
    """Who may log in, and with what."""
    yield f"  Owner of the demo shop · 演示店铺的店主账号：{OWNER}  {password}"
    yield "  Staff of the demo shop · 演示店铺的员工账号："
    for name, position in company.positions().items():
        yield f"    {name}（{position}）  {staff[name]}"


async def open_demo(
    owner_url: str,
    password: str,
    *,
    staff: Mapping[str, str] | None = None,
    open_for: timedelta = OPEN_FOR,
) -> ShopId:
    """小满曲奇: products, customers and what they said, and the people who run it.

    `staff`: passwords by name, as `company.passwords` makes them.
    """
    shop_id = await open_shop(
        owner_url,
        code=DEMO,
        name="小满曲奇",
        currency="CNY",
        locale="zh",
        timezone="Asia/Shanghai",
    )
    today = clock()
    told = [today - open_for]
    opened = open_house(await address.admit(owner_url), {}, now=lambda: told[0], connections_max=4)
    try:
        staff_id = await make_staff(opened.database, shop_id, OWNER, password, Role.OWNER)
        demo = Demo(opened.engine, shop_id, told, staff_id, {}, [])
        clockwork = Clockwork(opened, assembled())
        hired = await company.hire(opened.database, demo, staff or company.passwords())
        departments = await company.arrange(demo, hired)
        freight = await front.lay_out(demo)
        goods = drafts(shop_id, freight.id)
        await _put_on_shelves(demo, goods, today, open_for)
        demo.products = {one.handle: one for one in goods}
        await people.come_in(demo)
        await people.buy_and_tell(demo, today)
        deeds = matters.Company(demo, hired, departments, today).deeds()
        await tell(demo, clockwork, [*deeds, *week.deeds(demo, today)])
        told[0] = today
        await front.speak(demo)
        await front.give_coupons(demo, today)
        await front.buy_together(demo, today)
        await clockwork.turn()
    finally:
        await opened.database.close()
    return shop_id


async def _put_on_shelves(
    demo: Demo, goods: list[ProductDraft], today: datetime, open_for: timedelta
) -> None:
    """What is new came later than the rest."""
    new = [one for one in goods if one.tags is not UNSET and _NEW & set(one.tags)]
    for some, since in (([one for one in goods if one not in new], open_for), (new, NEW_FOR)):
        demo.clock[0] = today - since
        put = await put_products(demo.engine, demo.shop_id, some)
        assert not put.refused, put.refused
