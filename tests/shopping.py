"""A shop for tests of its doors: one process with everything in it, and a clock that is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from databases import connect, owner
from sqlalchemy import text

from frontline.app import Clockwork, open_house
from frontline.engine.engine import Engine
from frontline.house import assembled
from frontline.kernel.words import Command, ShopId
from frontline.shop.member.codes import CodeSender
from frontline.web.door import Front, Opened
from frontline.web.session import Role
from frontline.wechat.miniprogram import MiniProgram, Session

SHOP = ShopId(1)
NINE = datetime(2026, 11, 11, 1, 0, tzinfo=UTC)  # Nine o'clock in Shanghai.


_A_WHILE = text("SELECT pg_sleep(0.02) WHERE CAST(:shop_id AS bigint) IS NOT NULL")


class WeChatStub:
    """Knows who is behind a code: whoever it is named after."""

    async def code2session(self, code: str) -> Session:
        return Session(f"openid-{code}", None, "key")


@dataclass
class Codes:
    sent: list[tuple[str, str]] = field(default_factory=list)
    shows_codes: bool = False

    async def send(self, shop_id: ShopId, phone: str, code: str, language: str) -> None:
        self.sent.append((phone, code))


@dataclass
class House:
    """What a test holds in its hands."""

    opened: Opened
    http: httpx.AsyncClient
    sql: Any  # asyncpg, as the owner.
    codes: Codes
    clock: list[datetime]

    @property
    def engine(self) -> Engine:
        return self.opened.engine

    async def submit(self, command: Command[Any]) -> Any:
        return await self.engine.submit(SHOP, command)

    def later(self, **by: float) -> None:
        self.clock[0] += timedelta(**by)

    async def token(self, role: Role = Role.STAFF, actor_id: UUID | None = None) -> str:
        return await self.opened.sessions.open(SHOP, actor_id or uuid4(), role)

    async def get(self, path: str, token: str = "", **query: Any) -> httpx.Response:
        return await self.http.get(path, params=query, headers=_headers(token))

    async def post(self, path: str, token: str = "", **body: Any) -> httpx.Response:
        return await self.http.post(path, json=body, headers=_headers(token))

    async def turn(self) -> None:
        """Reactions and timers that are due."""
        while await Clockwork(self.opened, assembled()).turn():
            pass

    def halvings(self) -> int:
        return sum(one.counts.halvings for one in self.engine.combiners.values())


def _headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


@asynccontextmanager
async def house(
    url: str, *, services: Mapping[type, Any] | None = None, connections_max: int = 4
) -> AsyncIterator[House]:
    clock = [NINE]
    codes = Codes()
    given = {MiniProgram: WeChatStub(), CodeSender: codes, **(services or {})}
    opened = open_house(url, given, now=lambda: clock[0], connections_max=connections_max)
    sql = await connect(owner(url))
    await sql.execute("SET app.shop_id = '1'")
    await sql.execute(
        "INSERT INTO shop VALUES (1, 'demo', 'Demo', 'CNY', 'zh', 'Asia/Shanghai', now())"
        " ON CONFLICT DO NOTHING"
    )
    await asyncio.gather(*(_connect(opened) for _ in range(connections_max)))
    front = Front(assembled().doors, _nothing_behind, lambda: opened)
    transport = httpx.ASGITransport(front)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as http:
        try:
            yield House(opened, http, sql, codes, clock)
        finally:
            await sql.close()
            await opened.database.close()


async def _connect(opened: Opened) -> None:
    """A connection takes longer than a batch: races are run by processes that have theirs."""
    async with opened.database.transaction(SHOP) as transaction:
        await transaction.read(_A_WHILE)


async def _nothing_behind(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError(scope["path"])


def run(coroutine: Any) -> Any:
    return asyncio.run(coroutine)


async def add_sku(  # noqa: PLR0913
    sql: Any,
    *,
    price: int = 10_000,
    on_hand: int = 100,
    title: str = "曲奇",
    freight_id: UUID | None = None,
    on_sale: bool = True,
    category_id: UUID | None = None,
    product_id: UUID | None = None,
) -> UUID:
    """A product with one SKU of it, in stock; the id of the SKU."""
    sku_id, product_id = uuid4(), product_id or uuid4()
    await sql.execute(
        "INSERT INTO product (shop_id, id, handle, title, body_html, vendor, category_id, tags,"
        " on_sale, option_names, freight_id, price_min, search, extra, created_at, updated_at)"
        " VALUES (1, $1, $2, $3, '', '', $4, '{}', $5, '{}', $6, $7, '', '', now(), now())",
        product_id, product_id.hex, title, category_id, on_sale, freight_id, price,
    )  # fmt: skip
    await sql.execute(
        "INSERT INTO sku (shop_id, id, product_id, position, code, option_values, price,"
        " weight_g, barcode, needs_shipping, picture_src, extra, removed)"
        " VALUES (1, $1, $2, 1, '', '{}', $3, 500, '', $4, '', '', false)",
        sku_id, product_id, price, freight_id is not None,
    )  # fmt: skip
    await sql.execute("INSERT INTO stock VALUES (1, $1, $2, 0, 0)", sku_id, on_hand)
    return sku_id
