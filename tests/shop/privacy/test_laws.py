"""The laws of the house, for forgetting members."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from laws_of import prove, prove_stored
from scenery import JOINED, MEMBERS, UNKNOWN, lay, some, uid
from sqlalchemy import text

from frontline.house import assembled
from frontline.kernel.book import Page
from frontline.kernel.words import Command, MemberId, ShopId
from frontline.shop.privacy import rows
from frontline.shop.privacy.book import (
    Affairs,
    AffairsBook,
    AffairsKeys,
    ErasureBook,
    ErasureKeys,
)
from frontline.shop.privacy.feature import ERASING
from frontline.shop.privacy.messages import EraseMember, Refusal
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import BEGIN, Cast, Part

AFFAIRS = dict(zip(MEMBERS, (Affairs(0, 0), Affairs(2, 1), Affairs(0, 1), Affairs(0, 0))))


def _lay(_: Random) -> World:
    return World({ErasureKeys: ErasureBook(Page({}))})


def _wish(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    return EraseMember(id=id_, member_id=some(chance, MEMBERS, [MemberId(UNKNOWN)]))


async def _fill(sql: Any, shop_id: ShopId, content: Content) -> None:
    await lay(
        sql, "member", "shop_id, id, openid, nickname, locale, joined_at",
        [(shop_id, id_, one.openid, "某人", "zh", BEGIN) for id_, one in JOINED.items()],
    )  # fmt: skip
    states = ["paying", "shipped", "refunding", "received", "done", "cancelled"]
    of = [1, 1, 2, 0, 3, 0]
    await lay(
        sql, "shop_order", "shop_id, id, member_id, state, reason, total, freight, note,"
        " placed_at, pay_until",
        [
            (shop_id, uid(20, n), MEMBERS[who], state, "buyer" if state == "cancelled" else None,
             100, 0, "", BEGIN, BEGIN)
            for n, (who, state) in enumerate(zip(of, states, strict=True))
        ],
    )  # fmt: skip
    await lay(
        sql, "refund", "shop_id, id, order_id, out_trade_no, payment_total, amount, state, reason,"
        " asked_at",
        [
            (shop_id, uid(21, 0), uid(20, 2), "t", 100, 100, "abnormal", "", BEGIN),
            (shop_id, uid(21, 1), uid(20, 3), "t", 100, 100, "done", "", BEGIN),
        ],
    )  # fmt: skip
    await lay(
        sql, "aftersale", "shop_id, id, order_id, member_id, kind, state, units, amount, freight,"
        " reason, note, answer, carrier, tracking, asked_at, overdue",
        [
            (shop_id, uid(22, n), uid(20, n), MEMBERS[who], "refund_only", state, "[]", 1, 0,
             "other", "", "", "", "", BEGIN, False)
            for n, (who, state) in enumerate([(1, "asked"), (0, "withdrawn"), (3, "refunded")])
        ],
    )  # fmt: skip


_ERASURES = text("SELECT member_id, at FROM privacy_erasure WHERE shop_id = :shop_id")


async def _read(transaction: Transaction) -> Content:
    affairs = await rows.load_affairs(transaction, AffairsKeys(MEMBERS))
    assert affairs.affairs.rows() == AFFAIRS
    return {"ErasureBook.erasures": dict(map(tuple, await transaction.read(_ERASURES)))}


PART = Part(
    name="privacy",
    lay=_lay,
    derived={AffairsKeys: lambda _: AffairsBook(Page(AFFAIRS))},
    wishes=((ERASING, _wish),),
    fill=_fill,
    read=_read,
)
CAST = Cast(assembled().library, (PART,))


def test_laws() -> None:
    prove(CAST, [*Refusal])


def test_storing(server_url: str) -> None:
    prove_stored(server_url, CAST)
