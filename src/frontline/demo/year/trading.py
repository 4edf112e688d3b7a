"""What the year is told of, read from the shop; and the coupons and campaigns that it adds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random

import asyncpg
import msgspec

from frontline.demo.year.seasons import Span
from frontline.demo.year.sheets import aware
from frontline.demo.year.trade import Game, Goods, Trade, Voucher, new_id
from frontline.kernel.words import ShopId
from frontline.shop.freight.book import Template
from frontline.shop.freight.messages import Measure, Rate

_GOODS = """
    SELECT s.id, s.product_id, p.title, array_to_string(s.option_values, ' ') AS variant,
           s.price, s.weight_g, CASE WHEN s.needs_shipping THEN p.freight_id END AS freight_id
    FROM sku AS s
    JOIN product AS p ON p.shop_id = s.shop_id AND p.id = s.product_id
    JOIN stock AS t ON t.shop_id = s.shop_id AND t.sku_id = s.id
    WHERE s.shop_id = $1 AND NOT s.removed AND p.on_sale AND s.price >= 500
    ORDER BY p.handle, s.position
"""
_TEMPLATES = "SELECT id, measure, elsewhere, regions FROM freight_template WHERE shop_id = $1"
_STAFF = "SELECT id FROM staff WHERE shop_id = $1 AND active ORDER BY role, name"
_ADD_COUPON = """
    INSERT INTO coupon (shop_id, id, name, kind, value, threshold, scope, scope_ids,
                        per_member_max, claim_from, claim_until, usable_from, usable_until,
                        stopped, issued)
    VALUES ($1, $2, $3, 'amount', $4, $5, 'all', '{}', $6, $7, $8, $7, $9, false, 0)
"""

_OFFERS = ((1_000, 9_900), (2_000, 16_800))  # Taken off, from.
_MONTHS = "一二三四五六七八九十"
PER_MEMBER_MAX = 3


async def trade_of(
    connection: asyncpg.Connection, shop_id: ShopId, seed: int, now: datetime
) -> Trade:
    """Raises ValueError if there is nothing to sell."""
    shop = await connection.fetchrow(
        "SELECT currency, timezone FROM shop WHERE shop_id = $1", shop_id
    )
    span = Span.until(now, shop["timezone"])
    random = Random(seed)  # noqa: S311 - made-up people
    goods = tuple(
        Goods(
            row["id"].hex,
            row["product_id"].hex,
            f"{row['title']} · {row['variant']}" if row["variant"] else row["title"],
            row["variant"],
            row["price"],
            row["weight_g"],
            row["freight_id"],
        )
        for row in await connection.fetch(_GOODS, shop_id)
    )
    if not goods:
        raise ValueError("the shop sells nothing")
    liked = list(range(len(goods)))
    random.shuffle(liked)
    months = list(_months(span))
    return Trade(
        seed=seed,
        shop_id=shop_id,
        currency=shop["currency"],
        span=span,
        goods=goods,
        cum_weights=tuple(accumulate(1 / (place + 3) ** 0.8 for place in liked)),
        templates={
            row["id"]: _template(row) for row in await connection.fetch(_TEMPLATES, shop_id)
        },
        staff=tuple(row["id"].hex for row in await connection.fetch(_STAFF, shop_id)),
        vouchers=tuple(
            _voucher(random, month, begin_s, end_s, *offer)
            for month, begin_s, end_s in months
            for offer in _OFFERS
        ),
        games=tuple(
            _game(random, goods, month, begin_s, end_s, size)
            for month, begin_s, end_s in months
            for size in (2, 3)
        ),
    )


def _months(span: Span) -> Iterator[tuple[int, int, int]]:
    """Each with the seconds of its first moment and of the next one's."""
    first = span.day(0).replace(day=1)
    while first <= span.last:
        after = (first + timedelta(days=31)).replace(day=1)
        yield first.month, _second(first, span), _second(after, span)
        first = after


def _second(day: date, span: Span) -> int:
    return span.midnight_s((day - span.day(0)).days)


def _named(month: int) -> str:
    return _MONTHS[month - 1] if month <= 10 else f"十{_MONTHS[month - 11]}"  # noqa: PLR2004


def _template(row: asyncpg.Record) -> Template:
    return Template(
        row["id"],
        Measure(row["measure"]),
        msgspec.json.decode(row["elsewhere"], type=Rate | None),
        msgspec.json.decode(row["regions"], type=dict[str, Rate | None]),
    )


def _voucher(  # noqa: PLR0913, PLR0917 - a coupon has this many sides
    random: Random, month: int, begin_s: int, end_s: int, value: int, threshold: int
) -> Voucher:
    name = f"{_named(month)}月满 {threshold // 100} 减 {value // 100}"
    id_ = f"{new_id(begin_s, random.getrandbits(84)):032x}"
    return Voucher(id_, name, value, threshold, PER_MEMBER_MAX, begin_s, end_s)


def _game(  # noqa: PLR0913, PLR0917 - a campaign has this many sides
    random: Random,
    goods: tuple[Goods, ...],
    month: int,
    begin_s: int,
    end_s: int,
    size: int,
) -> Game:
    chosen = tuple(random.sample(range(len(goods)), min(2, len(goods))))
    title = goods[chosen[0]].title.partition(" · ")[0]
    return Game(
        id=f"{new_id(begin_s, random.getrandbits(84)):032x}",
        name=f"{_named(month)}月{title} {size} 人拼",
        goods=chosen,
        prices=tuple(goods[place].price * 85 // 1000 * 10 for place in chosen),
        size=size,
        life_h=24 if size == 2 else 72,  # noqa: PLR2004
        ships=size == 3,  # noqa: PLR2004
        from_s=begin_s,
        until_s=end_s,
    )


async def laid_out(connection: asyncpg.Connection, trade: Trade) -> None:
    """Coupons stand before anybody claims one. How many were issued is written at the end."""
    await connection.executemany(
        _ADD_COUPON,
        [
            (
                trade.shop_id,
                one.id,
                one.name,
                one.value,
                one.threshold,
                one.per_member_max,
                aware(one.from_s),
                aware(one.until_s),
                aware(one.until_s + 15 * 86_400),
            )
            for one in trade.vouchers
        ],
    )
