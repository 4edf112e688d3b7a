"""Setting the stage, playing the story, and counting what the shop has at the end."""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import httpx
from sqlalchemy import text

from frontline.app import open_house
from frontline.kernel.words import Fen, ShopId
from frontline.replay.actors import Buyer, DoorShut, World
from frontline.replay.figures import Figures
from frontline.replay.house import Addresses
from frontline.replay.plan import Plan, Sale, Ware
from frontline.shop.catalog.importing import put_products
from frontline.shop.catalog.messages import (
    ProductDraft,
    VariantDraft,
    product_id_of,
    sku_id_of,
)
from frontline.shop.staff.cli import make_staff
from frontline.store.database import Database
from frontline.store.home import Access
from frontline.store.shops import open_shop
from frontline.web.door import Opened
from frontline.web.session import Role

BUYERS_AT_ONCE = 16
REFUNDED_S_MAX = 120.0
STAFF = "replay"

_FIGURES = text("""
    SELECT
        (SELECT count(*) FROM shop_order WHERE shop_id = :shop_id) AS orders,
        (SELECT count(*) FROM order_line WHERE shop_id = :shop_id) AS lines,
        (SELECT coalesce(sum(-quantity), 0) FROM stock_movement
         WHERE shop_id = :shop_id AND kind = 'sale') AS units_sold,
        (SELECT coalesce(sum(quantity), 0) FROM stock_movement
         WHERE shop_id = :shop_id AND kind = 'restock') AS units_returned,
        (SELECT coalesce(sum(debited), 0) FROM ledger_account
         WHERE shop_id = :shop_id AND account = 'provider') AS money_in,
        (SELECT coalesce(sum(credited), 0) FROM ledger_account
         WHERE shop_id = :shop_id AND account = 'provider') AS refunded
""")
_REFUNDS_OPEN = text("""
    SELECT count(*) AS open FROM refund WHERE shop_id = :shop_id AND state = 'asked'
""")

Progress = Callable[[str, int, int], None]
"""What is being done, how much of it is done, how much there is."""


@dataclass(frozen=True, slots=True)
class Stage:
    shop_id: ShopId
    code: str
    password: str
    skus: dict[Ware, UUID]


async def set_stage(access: Access, plan: Plan, code: str, progress: Progress) -> Stage:
    """A shop in pounds that sells every ware of the plan, and has as many as will be sold."""
    shop_id = await open_shop(
        access.owner_url,
        code=code,
        name="Online Retail",
        currency="GBP",
        locale="en",
        timezone="Europe/London",
    )
    opened = open_house(access.app_url, {}, connections_max=2)
    try:
        password = secrets.token_urlsafe(24)
        await make_staff(opened.database, shop_id, STAFF, password, Role.OWNER)
        skus = await _stock_up(opened, shop_id, plan, progress)
    finally:
        await opened.database.close()
    return Stage(shop_id, code, password, skus)


async def _stock_up(
    opened: Opened, shop_id: ShopId, plan: Plan, progress: Progress
) -> dict[Ware, UUID]:
    prices: defaultdict[str, list[int]] = defaultdict(list)
    for code, pence in plan.wares:
        prices[code].append(pence)
    drafts = [
        ProductDraft(
            id=product_id_of(shop_id, code),
            handle=code,
            title=plan.titles.get(code, code),
            option_names=("Price",),
            on_sale=True,
            variants=tuple(
                VariantDraft(
                    id=sku_id_of(shop_id, code, (_pounds(pence),)),
                    option_values=(_pounds(pence),),
                    price=Fen(pence),
                    code=code,
                    stock=plan.wares[code, pence],
                )
                for pence in pences
            ),
        )
        for code, pences in prices.items()
    ]
    done = 0

    def more(count: int) -> None:
        nonlocal done
        done += count
        progress("catalogue", done, len(drafts))

    put = await put_products(opened.engine, shop_id, drafts, progress=more)
    if put.refused:
        raise DoorShut(f"the catalogue: {put.refused[0]}")
    return {
        (code, pence): sku_id_of(shop_id, code, (_pounds(pence),)) for code, pence in plan.wares
    }


def _pounds(pence: int) -> str:
    return f"£{pence // 100}.{pence % 100:02}"


async def play(addresses: Addresses, stage: Stage, plan: Plan, progress: Progress) -> None:
    """Every buyer does what he did, in his order; many buyers at once. Raises DoorShut."""
    limits = httpx.Limits(max_connections=BUYERS_AT_ONCE * 2)
    async with (
        httpx.AsyncClient(base_url=addresses.shop, timeout=60, limits=limits) as shop,
        httpx.AsyncClient(base_url=addresses.simulator, timeout=60, limits=limits) as simulator,
    ):
        meant = {"frontline-shop": str(stage.shop_id)}
        world = World(shop, simulator, stage.code, meant, stage.skus)
        login = {"name": STAFF, "password": stage.password}
        signed = await world.ask("/api/staff/login", login, meant)
        world.staff = meant | {"authorization": f"Bearer {signed['token']}"}
        waiting = iter(plan.buyers.items())
        orders = len(plan.sales)

        async def serve_buyers() -> None:
            for name, deeds in waiting:
                buyer = Buyer(world, name)
                first = next(deed for deed in deeds if isinstance(deed, Sale))
                await buyer.come_in(first.country)
                for deed in deeds:
                    if isinstance(deed, Sale):
                        await buyer.buy(deed)
                        progress("orders", world.done["orders"], orders)
                    else:
                        await buyer.send_back(deed)

        async with asyncio.TaskGroup() as group:
            for _ in range(BUYERS_AT_ONCE):
                group.create_task(serve_buyers())


async def counted(database: Database, shop_id: ShopId, progress: Progress) -> Figures:
    """What the shop has in its books, once the provider has confirmed all refunds."""
    await _until_refunded(database, shop_id, progress)
    async with database.transaction(shop_id) as transaction:
        (row,) = await transaction.read(_FIGURES)
    return Figures(**{name: int(value) for name, value in row._mapping.items()})


async def _until_refunded(database: Database, shop_id: ShopId, progress: Progress) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + REFUNDED_S_MAX
    while True:
        async with database.transaction(shop_id) as transaction:
            (row,) = await transaction.read(_REFUNDS_OPEN)
        progress("refunds to be confirmed", row.open, row.open)
        if row.open == 0 or loop.time() > deadline:
            return
        await asyncio.sleep(0.5)
