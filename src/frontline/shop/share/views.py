"""Who shared what, who came by it, and who bought. No locks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.money import BASIS_POINTS
from frontline.kernel.words import MemberId, ShopId
from frontline.shop.share.codes import proved
from frontline.shop.share.messages import Channel, CodeId, Kind
from frontline.store.database import Database, Transaction
from frontline.web.cursor import LATEST, cursor, place

TREE_MAX = 500
DEPTH_MAX = 12
BEST_MAX = 20

# What is paid and not given back, and did cost money.
_PAYING = """o.total > 0
        AND o.state IN ('paid', 'to_ship', 'part_shipped', 'shipped', 'received', 'done')"""

_KEYS = text("SELECT id, secret FROM share_key WHERE shop_id = :shop_id AND NOT withdrawn")
_SHOWN = text("""
    SELECT m.nickname AS sharer, p.id AS product_id, p.title
    FROM (SELECT CAST(:shop_id AS bigint) AS shop_id) AS s
    LEFT JOIN member AS m ON m.shop_id = s.shop_id AND m.id = CAST(:sharer_id AS uuid)
    LEFT JOIN product AS p ON p.shop_id = s.shop_id AND p.id = CASE CAST(:kind AS text)
        WHEN 'product' THEN CAST(:target_id AS uuid)
        WHEN 'order' THEN (
            SELECT k.product_id FROM order_line AS l
            JOIN sku AS k ON k.shop_id = l.shop_id AND k.id = l.sku_id
            WHERE l.shop_id = :shop_id AND l.order_id = CAST(:target_id AS uuid)
            ORDER BY l.number LIMIT 1) END
""")
_BROUGHT = text(f"""
    SELECT b.member_id, b.at, m.nickname, EXISTS (
        SELECT FROM shop_order AS o
        WHERE o.shop_id = b.shop_id AND o.member_id = b.member_id AND {_PAYING}) AS paid
    FROM share_bind AS b
    JOIN member AS m ON m.shop_id = b.shop_id AND m.id = b.member_id
    WHERE b.shop_id = :shop_id AND b.sharer_id = CAST(:member_id AS uuid)
      AND (b.at, b.member_id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY b.at DESC, b.member_id DESC LIMIT CAST(:page_max AS int)
""")  # noqa: S608 - a constant
_ALTOGETHER = text(f"""
    SELECT count(DISTINCT b.member_id) AS brought, count(o.id) AS paid_orders
    FROM share_bind AS b
    LEFT JOIN shop_order AS o
      ON o.shop_id = b.shop_id AND o.member_id = b.member_id AND {_PAYING}
    WHERE b.shop_id = :shop_id AND b.sharer_id = CAST(:member_id AS uuid)
""")  # noqa: S608 - a constant
_TOUCHES = text("""
    SELECT c.kind, c.channel, count(*) AS touches, count(DISTINCT t.visitor) AS visitors
    FROM share_touch AS t
    JOIN share_code AS c ON c.shop_id = t.shop_id AND c.id = t.code_id
    WHERE t.shop_id = :shop_id AND t.first_at >= CAST(:begin AS timestamptz)
      AND t.first_at < CAST(:until AS timestamptz)
    GROUP BY GROUPING SETS ((), (c.kind), (c.channel))
""")
_BINDS = text(f"""
    SELECT c.kind, c.channel, count(*) AS binds, count(*) FILTER (WHERE EXISTS (
        SELECT FROM shop_order AS o
        WHERE o.shop_id = b.shop_id AND o.member_id = b.member_id AND {_PAYING})) AS paying
    FROM share_bind AS b
    JOIN share_code AS c ON c.shop_id = b.shop_id AND c.id = b.code_id
    WHERE b.shop_id = :shop_id AND b.sharer_id IS NOT NULL
      AND b.at >= CAST(:begin AS timestamptz) AND b.at < CAST(:until AS timestamptz)
    GROUP BY GROUPING SETS ((), (c.kind), (c.channel))
""")  # noqa: S608 - a constant
_K = text(f"""
    WITH parent AS (
        SELECT m.id FROM member AS m
        WHERE m.shop_id = :shop_id AND m.joined_at >= CAST(:begin AS timestamptz)
          AND m.joined_at < CAST(:until AS timestamptz) AND EXISTS (
            SELECT FROM shop_order AS o
            WHERE o.shop_id = m.shop_id AND o.member_id = m.id AND {_PAYING}))
    SELECT (SELECT count(*) FROM parent) AS customers, count(*) AS brought
    FROM share_bind AS b
    WHERE b.shop_id = :shop_id AND b.sharer_id IN (SELECT id FROM parent)
      -- Whoever was brought came after whoever brought them.
      AND b.at >= CAST(:begin AS timestamptz) AND EXISTS (
        SELECT FROM shop_order AS o
        WHERE o.shop_id = b.shop_id AND o.member_id = b.member_id AND {_PAYING})
""")  # noqa: S608 - a constant
_ABOVE = text("""
    WITH RECURSIVE above AS (
        SELECT b.sharer_id AS id, 1 AS depth FROM share_bind AS b
        WHERE b.shop_id = :shop_id AND b.member_id = CAST(:member_id AS uuid)
          AND b.sharer_id IS NOT NULL
        UNION ALL
        SELECT b.sharer_id, a.depth + 1 FROM above AS a
        JOIN share_bind AS b ON b.shop_id = :shop_id AND b.member_id = a.id
        WHERE b.sharer_id IS NOT NULL AND a.depth < CAST(:depth_max AS int))
    SELECT m.id, m.nickname FROM above AS a
    JOIN member AS m ON m.shop_id = :shop_id AND m.id = a.id ORDER BY a.depth
""")
_BELOW = text(f"""
    WITH RECURSIVE below AS (
        SELECT b.member_id, b.sharer_id, b.code_id, b.at, 1 AS depth FROM share_bind AS b
        WHERE b.shop_id = :shop_id AND b.sharer_id = CAST(:member_id AS uuid)
        UNION ALL
        SELECT b.member_id, b.sharer_id, b.code_id, b.at, a.depth + 1 FROM below AS a
        JOIN share_bind AS b ON b.shop_id = :shop_id AND b.sharer_id = a.member_id
        WHERE a.depth < CAST(:depth_max AS int))
    SELECT a.member_id, a.sharer_id, a.depth, a.at, m.nickname, c.kind, c.channel, EXISTS (
        SELECT FROM shop_order AS o
        WHERE o.shop_id = :shop_id AND o.member_id = a.member_id AND {_PAYING}) AS paid
    FROM (SELECT * FROM below ORDER BY depth, at, member_id LIMIT CAST(:tree_max AS int)) AS a
    JOIN member AS m ON m.shop_id = :shop_id AND m.id = a.member_id
    JOIN share_code AS c ON c.shop_id = :shop_id AND c.id = a.code_id
    ORDER BY a.depth, a.at, a.member_id
""")  # noqa: S608 - a constant
_NAMED = text("""
    SELECT nickname FROM member WHERE shop_id = :shop_id AND id = CAST(:member_id AS uuid)
""")

_BEST = text(f"""
    SELECT b.sharer_id AS member_id, m.nickname, b.brought, b.paying
    FROM (SELECT b.sharer_id, count(*) AS brought, count(*) FILTER (WHERE EXISTS (
              SELECT FROM shop_order AS o
              WHERE o.shop_id = b.shop_id AND o.member_id = b.member_id AND {_PAYING})) AS paying
          FROM share_bind AS b
          WHERE b.shop_id = :shop_id AND b.sharer_id IS NOT NULL
            AND b.at >= CAST(:begin AS timestamptz) AND b.at < CAST(:until AS timestamptz)
          GROUP BY b.sharer_id
          ORDER BY paying DESC, brought DESC, b.sharer_id LIMIT CAST(:rows_max AS int)) AS b
    JOIN member AS m ON m.shop_id = :shop_id AND m.id = b.sharer_id
    ORDER BY b.paying DESC, b.brought DESC, b.sharer_id
""")  # noqa: S608 - a constant

# -- For who opens a share ------------------------------------------------------------------


class Sharer(msgspec.Struct, frozen=True):
    nickname: str
    avatar: str | None  # No pictures of members are kept: None.


class Shown(msgspec.Struct, frozen=True):
    sharer: Sharer | None
    product_id: UUID | None  # The product shared, or the first one of the order shared.
    title: str | None  # Of that product.


async def proved_code(database: Database, shop_id: ShopId, code: str) -> CodeId | None:
    """The share that a code names, if this shop signed it."""
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(_KEYS)
    return proved(code, {row.id: bytes(row.secret) for row in rows})


async def shown(
    database: Database, shop_id: ShopId, sharer_id: MemberId | None, kind: Kind, target: str
) -> Shown:
    target_id = target if kind in {Kind.PRODUCT, Kind.ORDER} else None
    async with database.transaction(shop_id) as transaction:
        (row,) = await transaction.read(
            _SHOWN,
            sharer_id=sharer_id,
            kind=kind.value,
            target_id=None if target_id is None else UUID(target_id),
        )
    sharer = None if row.sharer is None else Sharer(row.sharer, None)
    return Shown(sharer, row.product_id, row.title)


# -- For who shares -------------------------------------------------------------------------


class Friend(msgspec.Struct, frozen=True):
    nickname: str  # Masked: it is not theirs to show.
    at: datetime  # When they came.
    paid: bool  # Has paid for something and not had all of it back.


class Brought(msgspec.Struct, frozen=True):
    brought: int  # Members, altogether.
    paid_orders: int  # Theirs that are paid and not given back.
    items: tuple[Friend, ...]  # The newest first.
    after: str | None  # To ask for what follows; None: that was all.


async def mine(
    database: Database, shop_id: ShopId, member_id: MemberId, after: str | None, limit: int
) -> Brought:
    at, id_ = LATEST if after is None else place(after)
    async with database.snapshot(shop_id) as transaction:
        (altogether,) = await transaction.read(_ALTOGETHER, member_id=member_id)
        rows = await transaction.read(
            _BROUGHT, member_id=member_id, at=at, id=id_, page_max=limit + 1
        )
    shown_rows = rows[:limit]
    return Brought(
        altogether.brought,
        altogether.paid_orders,
        tuple(Friend(_masked(row.nickname), row.at, row.paid) for row in shown_rows),
        cursor(shown_rows[-1].at, shown_rows[-1].member_id) if len(rows) > limit else None,
    )


def _masked(nickname: str) -> str:
    return f"{nickname[:1]}**"


# -- For staff ------------------------------------------------------------------------------


class ShareCounts(msgspec.Struct, frozen=True):
    touches: int = 0  # A visitor opening a share for the first time.
    visitors: int = 0
    binds: int = 0  # New members brought by a share.
    paying: int = 0  # Of those, by now.


class ShareReport(msgspec.Struct, frozen=True):
    begin: datetime
    until: datetime  # Not included.
    total: ShareCounts
    by_kind: dict[Kind, ShareCounts]
    by_channel: dict[Channel, ShareCounts]
    customers: int  # Joined in this time and paid by now.
    brought_by_them: int  # Paying customers whom these have brought by now.
    k_bp: int | None  # brought_by_them / customers, basis points; None: no customers.


async def report(
    database: Database, shop_id: ShopId, begin: datetime, until: datetime
) -> ShareReport:
    async with database.snapshot(shop_id) as transaction:
        touches = await transaction.read(_TOUCHES, begin=begin, until=until)
        binds = await transaction.read(_BINDS, begin=begin, until=until)
        (k,) = await transaction.read(_K, begin=begin, until=until)
    counted: dict[tuple[str | None, str | None], ShareCounts] = {}
    for row in touches:
        counted[row.kind, row.channel] = ShareCounts(row.touches, row.visitors)
    for row in binds:
        before = counted.get((row.kind, row.channel), ShareCounts())
        counted[row.kind, row.channel] = msgspec.structs.replace(
            before, binds=row.binds, paying=row.paying
        )
    return ShareReport(
        begin,
        until,
        counted.get((None, None), ShareCounts()),
        {kind: counted.get((kind.value, None), ShareCounts()) for kind in Kind},
        {channel: counted.get((None, channel.value), ShareCounts()) for channel in Channel},
        k.customers,
        k.brought,
        k.brought * BASIS_POINTS // k.customers if k.customers else None,
    )


class Sharing(msgspec.Struct, frozen=True):
    """Somebody who brought others."""

    member_id: UUID
    nickname: str
    brought: int  # In this time.
    paying: int  # Of those, by now.


async def best_sharers(
    transaction: Transaction, begin: datetime, until: datetime
) -> tuple[Sharing, ...]:
    """Who brought most paying customers in this time."""
    rows = await transaction.read(_BEST, begin=begin, until=until, rows_max=BEST_MAX)
    return tuple(Sharing(*row) for row in rows)


class Person(msgspec.Struct, frozen=True):
    member_id: UUID
    nickname: str


class Descendant(msgspec.Struct, frozen=True, kw_only=True):
    member_id: UUID
    nickname: str
    brought_by: UUID
    depth: int  # 1: by the member asked about.
    at: datetime
    kind: Kind
    channel: Channel
    paid: bool


class ShareTree(msgspec.Struct, frozen=True):
    member: Person
    above: tuple[Person, ...]  # Who brought the member, who brought them, and so on.
    below: tuple[Descendant, ...]  # The nearest generations first.
    more: bool  # There are more below than are shown.


async def tree(database: Database, shop_id: ShopId, member_id: MemberId) -> ShareTree | None:
    """None: no such member."""
    async with database.snapshot(shop_id) as transaction:
        named = await transaction.read(_NAMED, member_id=member_id)
        if not named:
            return None
        above, below = await _around(transaction, member_id)
    return ShareTree(
        Person(member_id, named[0].nickname),
        tuple(Person(row.id, row.nickname) for row in above),
        tuple(
            Descendant(
                member_id=row.member_id,
                nickname=row.nickname,
                brought_by=row.sharer_id,
                depth=row.depth,
                at=row.at,
                kind=Kind(row.kind),
                channel=Channel(row.channel),
                paid=row.paid,
            )
            for row in below[:TREE_MAX]
        ),
        len(below) > TREE_MAX,
    )


async def _around(transaction: Transaction, member_id: MemberId) -> tuple[Any, Any]:
    above = await transaction.read(_ABOVE, member_id=member_id, depth_max=DEPTH_MAX)
    below = await transaction.read(
        _BELOW, member_id=member_id, depth_max=DEPTH_MAX, tree_max=TREE_MAX + 1
    )
    return above, below
