"""A shop for tests of its doors: one process with everything in it, and a clock that is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from databases import connect, owner
from sqlalchemy import text

from frontline.app import Clockwork, open_house
from frontline.desk.asked import LANGUAGE, SESSION, csrf_of
from frontline.desk.desk import Desk
from frontline.engine.engine import Engine
from frontline.house import assembled
from frontline.kernel.words import Command, ShopId, StaffId
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
    hiring: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def engine(self) -> Engine:
        return self.opened.engine

    async def submit(self, command: Command[Any]) -> Any:
        return await self.engine.submit(SHOP, command)

    def later(self, **by: float) -> None:
        self.clock[0] += timedelta(**by)

    async def token(self, role: Role = Role.STAFF, actor_id: UUID | None = None) -> str:
        """Of a member or, once hired, of somebody who works here."""
        actor_id = actor_id or uuid4()
        if role is not Role.MEMBER:
            await self.hire(role, actor_id)
        return await self.opened.sessions.open(SHOP, actor_id, role)

    async def hire(self, role: Role = Role.OWNER, staff_id: UUID | None = None) -> StaffId:
        """Somebody works here: an owner, who may do everything, or staff, who need limits."""
        hired = StaffId(staff_id or uuid4())
        async with self.hiring:  # Crowds come in at once, and `sql` is one connection.
            await self.sql.execute(
                "INSERT INTO staff (shop_id, id, name, password_hash, role, active)"
                " VALUES (1, $1, $2, '-', $3, true)"
                " ON CONFLICT (shop_id, id) DO UPDATE SET role = EXCLUDED.role",
                hired, f"{role}-{hired.hex}", role,
            )  # fmt: skip
        return hired

    async def allow(self, staff_id: UUID, **limits: int | tuple[int | None, ...]) -> None:
        """Limits of somebody by action: at once, or (at once, by the day, by the month)."""
        department_id, position_id = uuid4(), uuid4()
        await self.sql.execute(
            "INSERT INTO authority_department VALUES (1, $1, $2, 'service')",
            department_id, department_id.hex,
        )  # fmt: skip
        await self.sql.execute(
            "INSERT INTO authority_position VALUES (1, $1, $2, '客服')", position_id, department_id
        )
        await self.sql.execute(
            "INSERT INTO authority_person VALUES (1, $1, $2)"
            " ON CONFLICT (shop_id, staff_id) DO UPDATE SET position_id = EXCLUDED.position_id",
            staff_id, position_id,
        )  # fmt: skip
        for action, limit in limits.items():
            one = (limit,) if isinstance(limit, int) else limit
            await self.sql.execute(
                "INSERT INTO authority_limit VALUES (1, $1, $2, $3, $4, $5)",
                position_id, action, *(*one, None, None)[:3],
            )  # fmt: skip

    async def desk(
        self, role: Role = Role.STAFF, *, areas: Sequence[str] | None = None, language: str = "zh"
    ) -> AtDesk:
        """Somebody who works here, signed in at the desk. `areas` None: let in everywhere."""
        staff_id = uuid4()
        await self.sql.execute(
            "INSERT INTO staff (shop_id, id, name, password_hash, role, active, areas)"
            " VALUES (1, $1, $2, '-', $3, true, $4)",
            staff_id, f"{role}-{staff_id.hex[:6]}", role, areas,
        )  # fmt: skip
        token = await self.opened.sessions.open(SHOP, staff_id, role, areas=areas)
        return AtDesk(self.http, token, staff_id, language)

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


@dataclass
class AtDesk:
    """A member of staff with the desk open."""

    http: httpx.AsyncClient
    token: str
    staff_id: UUID
    language: str = "zh"

    async def get(self, path: str, **query: Any) -> httpx.Response:
        """A page; form fields in the query: `await desk.get("/desk/orders", state="paid")`."""
        return await self.http.get(path, params=query or None, headers=self._headers())

    async def post(
        self, path: str, *, files: Any = None, by: str = "form", **fields: Any
    ) -> httpx.Response:
        """An action, as desk.js sends it (`by="page"`: as a browser without script, `by="htmx"`).

        What the form holds beside (`csrf`, and an `id` if none is given) is sent for you.
        """
        data = {"csrf": csrf_of(self.token.encode()), "id": str(uuid4())} | {
            name: [str(each) for each in value] if isinstance(value, list | tuple) else str(value)
            for name, value in fields.items()
            if value is not None
        }
        headers = self._headers() | {"origin": str(self.http.base_url).rstrip("/")}
        headers |= {"form": {"frontline-desk": "form"}, "htmx": {"hx-request": "true"}}.get(by, {})
        return await self.http.post(path, data=data, files=files, headers=headers)

    def _headers(self) -> dict[str, str]:
        return {
            "cookie": f"{SESSION}={self.token}; {LANGUAGE}={self.language}",
            "accept-language": self.language,
        }


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
    built = assembled()
    desk = Desk(built.features, built.pages, _nothing_behind, lambda: opened)
    front = Front(built.doors, desk, lambda: opened)
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
