"""Every governed command, at every door and page it has, by somebody who may nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest
from catalog_samples import sell
from shop.aftersale.buying import Bank, bought
from shopping import NINE, SHOP, House, add_sku, house, run

from frontline.engine.engine import new_id
from frontline.house import assembled
from frontline.kernel.authority import Held
from frontline.kernel.words import Fen, MemberId
from frontline.shop.aftersale.messages import AskRefund, Kind
from frontline.web.openapi import document
from frontline.web.session import Role

Deed = Callable[[House], Awaitable[tuple[str, dict[str, Any]]]]
"""Prepares what it is about; the door, and what is posted to it."""


async def _case(at: House, kind: Kind) -> UUID:
    me, sku_id = MemberId(uuid4()), await add_sku(at.sql)
    order_id = await bought(at, [(sku_id, 1)], me)
    if kind is Kind.RETURN_REFUND:
        await at.sql.execute("UPDATE order_line SET shipped = quantity")
        await at.sql.execute("UPDATE shop_order SET state = 'shipped'")
    case = AskRefund(id=new_id(), order_id=order_id, member_id=me, kind=kind)
    await at.submit(case)
    return case.id


async def refund_only(at: House) -> tuple[str, dict[str, Any]]:
    return "/api/staff/aftersale/approve", {"case_id": await _case(at, Kind.REFUND_ONLY)}


async def goods_back(at: House) -> tuple[str, dict[str, Any]]:
    case_id = await _case(at, Kind.RETURN_REFUND)
    await at.sql.execute("UPDATE aftersale SET state = 'approved'")
    return "/api/staff/aftersale/receive", {"case_id": case_id}


async def cancel(at: House) -> tuple[str, dict[str, Any]]:
    order_id = await bought(at, [(await add_sku(at.sql), 1)], uuid4())
    return "/api/staff/orders/cancel", {"order_id": order_id}


async def stock_down(at: House) -> tuple[str, dict[str, Any]]:
    sku_id = await sell(at.opened.database, SHOP, stock=10)
    return "/api/staff/stock/adjust", {"sku_id": sku_id, "change": -1, "reason": "报损"}


async def price(at: House) -> tuple[str, dict[str, Any]]:
    draft = {"handle": "tea", "title": "茶", "option_names": []}
    boss = await at.token(Role.OWNER)
    made = await at.post(
        "/api/staff/products/put", boss, id=str(new_id()), variants=[{"price": 1_000}], **draft
    )
    assert made.status_code == 200, made.text
    return "/api/staff/products/put", {"variants": [{"price": 999}], **draft}


def _coupon() -> dict[str, Any]:
    times = {name: NINE.isoformat() for name in ("claim_from", "usable_from")}
    later = (NINE + timedelta(days=1)).isoformat()
    times |= {"claim_until": later, "usable_until": later}
    return {"name": "券", "kind": "amount", "value": 100, "issued_max": 1, **times}


async def coupon(at: House) -> tuple[str, dict[str, Any]]:
    return "/api/staff/coupons/create", _coupon()


async def grant(at: House) -> tuple[str, dict[str, Any]]:
    boss = await at.token(Role.OWNER)
    made = await at.post("/api/staff/coupons/create", boss, id=str(new_id()), **_coupon())
    member = await at.post("/api/login/wechat", code="ann")
    body = {"coupon_id": made.json()["coupon_id"], "member_id": member.json()["member_id"]}
    return "/api/staff/coupons/grant", body


async def campaign(at: House) -> tuple[str, dict[str, Any]]:
    boss, sku_id = await at.token(Role.OWNER), await add_sku(at.sql, price=1_000)
    terms = {
        "name": "团", "rule_text": "规则", "share_title": "团", "size": 2, "life_hours": 1,
        "starts_at": NINE.isoformat(), "ends_at": (NINE + timedelta(days=1)).isoformat(),
    }  # fmt: skip
    made = await at.post(
        "/api/staff/games/groupbuy/campaigns/create", boss, id=str(new_id()), terms=terms,
        items=[{"sku_id": str(sku_id), "price": 900, "quota": 5}],
    )  # fmt: skip
    campaign_id = made.json()["campaign_id"]
    await at.post(
        "/api/staff/games/groupbuy/campaigns/check", boss, id=str(new_id()), campaign_id=campaign_id
    )
    return "/api/staff/games/groupbuy/campaigns/approve", {"campaign_id": campaign_id}


DEEDS = [refund_only, goods_back, cancel, stock_down, price, coupon, grant, campaign]
MEANT = {
    "refund_only": 10_000, "goods_back": 10_000, "cancel": 10_000, "stock_down": 1, "price": 10,
    "coupon": 100, "grant": 100, "campaign": 500,
}  # fmt: skip
BESIDE = {"outbox", "answer", "session", "staff", "timer", "audit", "authority_waiting"}


async def _rows(at: House) -> dict[str, list[str]]:
    """Every row of every table, but of those that tell of the attempt."""
    tables = await at.sql.fetch(
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    )
    return {
        row["name"]: sorted(
            str(one[0]) for one in await at.sql.fetch(f"SELECT t::text FROM {row['name']} AS t")
        )
        for row in tables
        if row["name"] not in BESIDE
    }


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_who_may_nothing_changes_nothing(database: str, deed: Deed) -> None:
    """Held: no row of the shop is another. The same by an owner is done."""

    async def story() -> None:
        async with house(database, services=Bank().services()) as at:
            path, body = await deed(at)
            body = {name: str(one) if isinstance(one, UUID) else one for name, one in body.items()}
            staff, boss = await at.token(Role.STAFF), await at.token(Role.OWNER)
            before = await _rows(at)
            answer = await at.post(path, staff, id=str(new_id()), **body)
            assert answer.status_code == 202, answer.text
            assert answer.json()["amount"] == MEANT[deed.__name__]
            assert await _rows(at) == before
            # Once more, as from a page that was opened anew: the same proposal, and nothing else.
            again = await at.post(path, staff, id=str(new_id()), **body)
            assert (again.status_code, again.json()["held"]) == (202, answer.json()["held"])
            told = await at.sql.fetch("SELECT events FROM outbox WHERE events LIKE '%ActionHeld%'")
            assert len(told) == 1
            assert await _rows(at) == before
            done = await at.post(path, boss, id=str(new_id()), **body)
            assert done.status_code == 200, done.text
            assert await _rows(at) != before

    run(story())


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_a_limit_lets_exactly_so_much_pass(database: str, deed: Deed) -> None:
    async def story() -> None:
        async with house(database, services=Bank().services()) as at:
            path, body = await deed(at)
            body = {name: str(one) if isinstance(one, UUID) else one for name, one in body.items()}
            amount, who = MEANT[deed.__name__], await at.hire(Role.STAFF)
            staff = await at.token(Role.STAFF, who)
            held = await at.post(path, staff, id=str(new_id()), **body)
            await at.allow(who, **{held.json()["action"]: amount - 1})
            held = await at.post(path, staff, id=str(new_id()), **body)
            assert (held.status_code, held.json()["limit"]) == (202, amount - 1 or None)
            await at.sql.execute("UPDATE authority_limit SET alone_max = $1", amount)
            done = await at.post(path, staff, id=str(new_id()), **body)
            assert done.status_code == 200, done.text
            assert await at.sql.fetchval("SELECT day_used FROM authority_allowance") == amount

    run(story())


def test_whatever_may_be_held_says_so_at_its_door() -> None:
    """In the document, and nowhere else than for staff."""
    held = {door.path for door in assembled().doors if Held in get_args(door.answers)}
    paths = document(assembled().doors)["paths"]
    told = {
        path
        for path, methods in paths.items()
        for method in methods.values()
        if "202" in method["responses"]
    }
    assert held == told
    assert all(path.startswith("/api/staff/") for path in held)
    governed = {
        "/api/staff/aftersale/approve", "/api/staff/aftersale/receive", "/api/staff/orders/cancel",
        "/api/staff/stock/adjust", "/api/staff/products/put", "/api/staff/coupons/create",
        "/api/staff/coupons/grant", "/api/staff/games/groupbuy/campaigns/approve",
        "/api/staff/games/groupbuy/campaigns/change", "/api/staff/games/groupbuy/campaigns/publish",
    }  # fmt: skip
    assert governed <= held, governed - held


def test_the_unbounded_is_for_owners(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            who = await at.hire(Role.STAFF)
            await at.allow(who, discount=10**12)
            token = await at.token(Role.STAFF, who)
            wish = {**_coupon(), "issued_max": None, "id": str(new_id())}
            answer = await at.post("/api/staff/coupons/create", token, **wish)
            assert (answer.status_code, answer.json()["amount"]) == (202, None)
            wish = {**wish, "id": str(new_id()), "kind": "percent", "value": 500, "issued_max": 5}
            answer = await at.post("/api/staff/coupons/create", token, **wish)
            assert (answer.status_code, answer.json()["amount"]) == (202, None)
            wish |= {"id": str(new_id()), "cap": Fen(700)}
            answer = await at.post("/api/staff/coupons/create", token, **wish)
            assert answer.status_code == 200
            assert await at.sql.fetchval("SELECT amount FROM authority_use") == 3_500

    run(story())
