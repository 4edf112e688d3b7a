"""What the desk sees of members: lists, and one with what they bought, hold and brought."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.words import Fen, MemberId
from frontline.shop.member.sought import begin_with
from frontline.store.database import Transaction
from frontline.web.cursor import LATEST, cursor, place

ORDERS_SHOWN = 10
BROUGHT_SHOWN = 10
COUPONS_SHOWN = 50

_MEMBERS = text("""
    SELECT id, nickname, phone, openid IS NOT NULL AS wechat, joined_at
    FROM member
    WHERE shop_id = :shop_id
      AND (CAST(:ids AS uuid[]) IS NULL OR id = ANY(CAST(:ids AS uuid[])))
      AND (CAST(:first AS timestamptz) IS NULL OR joined_at >= CAST(:first AS timestamptz))
      AND (CAST(:until AS timestamptz) IS NULL OR joined_at < CAST(:until AS timestamptz))
      AND (joined_at, id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY joined_at DESC, id DESC LIMIT CAST(:rows_max AS int)
""")
_BOUGHT = text("""
    SELECT member_id, count(*) AS orders, max(placed_at) AS last_at FROM shop_order
    WHERE shop_id = :shop_id AND member_id = ANY(CAST(:ids AS uuid[])) GROUP BY member_id
""")
_ONE = text("""
    SELECT m.id, m.nickname, m.phone, m.openid IS NOT NULL AS wechat, m.locale, m.joined_at,
           (SELECT max(created_at) FROM session
            WHERE shop_id = :shop_id AND actor_id = m.id) AS seen_at,
           (SELECT at FROM privacy_erasure
            WHERE shop_id = :shop_id AND member_id = m.id) AS erased_at
    FROM member AS m WHERE m.shop_id = :shop_id AND m.id = CAST(:member_id AS uuid)
""")
_SPENT = text("""
    SELECT count(*) AS orders, count(p.order_id) AS paid_orders, max(o.placed_at) AS last_at,
           coalesce(sum(p.asked), 0) AS paid, coalesce(sum(p.refunded), 0) AS refunded
    FROM shop_order AS o
    LEFT JOIN payment AS p ON p.shop_id = o.shop_id AND p.order_id = o.id AND p.state = 'paid'
    WHERE o.shop_id = :shop_id AND o.member_id = CAST(:member_id AS uuid)
""")
_ORDERS = text("""
    SELECT o.id, o.state, o.total, o.placed_at,
           (SELECT string_agg(l.title || ' ×' || l.quantity, '，' ORDER BY l.number)
            FROM order_line AS l
            WHERE l.shop_id = o.shop_id AND l.order_id = o.id) AS goods
    FROM shop_order AS o
    WHERE o.shop_id = :shop_id AND o.member_id = CAST(:member_id AS uuid)
    ORDER BY o.placed_at DESC, o.id DESC LIMIT CAST(:rows_max AS int)
""")
_COUPONS = text("""
    SELECT c.id, c.name, k.state, k.claimed_at, c.usable_until, k.off, k.order_id
    FROM coupon_claim AS k JOIN coupon AS c ON c.shop_id = k.shop_id AND c.id = k.coupon_id
    WHERE k.shop_id = :shop_id AND k.member_id = CAST(:member_id AS uuid)
    ORDER BY k.id DESC LIMIT CAST(:rows_max AS int)
""")
_ADDRESSES = text("""
    SELECT a.name, a.phone, a.region, a.detail,
           a.id IS NOT DISTINCT FROM m.default_address_id AS preferred
    FROM address AS a JOIN member AS m ON m.shop_id = a.shop_id AND m.id = a.member_id
    WHERE a.shop_id = :shop_id AND a.member_id = CAST(:member_id AS uuid)
    ORDER BY preferred DESC, a.id DESC
""")
_CASES = text("""
    SELECT id, order_id, kind, state, amount, asked_at FROM aftersale
    WHERE shop_id = :shop_id AND member_id = CAST(:member_id AS uuid)
    ORDER BY asked_at DESC, id DESC LIMIT CAST(:rows_max AS int)
""")
_BROUGHT_BY = text("""
    SELECT m.id, m.nickname FROM share_bind AS b
    JOIN member AS m ON m.shop_id = b.shop_id AND m.id = b.sharer_id
    WHERE b.shop_id = :shop_id AND b.member_id = CAST(:member_id AS uuid)
""")
_BROUGHT = text("""
    SELECT m.id, m.nickname, b.at FROM share_bind AS b
    JOIN member AS m ON m.shop_id = b.shop_id AND m.id = b.member_id
    WHERE b.shop_id = :shop_id AND b.sharer_id = CAST(:member_id AS uuid)
    ORDER BY b.at DESC, b.member_id DESC LIMIT CAST(:rows_max AS int)
""")
_BROUGHT_COUNT = text("""
    SELECT count(*) AS count FROM share_bind
    WHERE shop_id = :shop_id AND sharer_id = CAST(:member_id AS uuid)
""")


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for; None and "" are any."""

    words: str = ""  # How a nickname, a name or a phone begins.
    first: datetime | None = None  # Joined.
    until: datetime | None = None  # Not itself.


class MemberRow(msgspec.Struct, frozen=True, kw_only=True):
    id: MemberId
    nickname: str
    phone: str | None
    wechat: bool
    joined_at: datetime
    orders: int
    last_at: datetime | None  # Of the last order.


class Who(msgspec.Struct, frozen=True):
    id: MemberId
    nickname: str
    phone: str | None
    wechat: bool
    locale: str
    joined_at: datetime
    seen_at: datetime | None  # When they last signed in.
    erased_at: datetime | None


class Spent(msgspec.Struct, frozen=True):
    orders: int
    paid_orders: int
    last_at: datetime | None
    paid: Fen
    refunded: Fen


class Bought(msgspec.Struct, frozen=True):
    id: UUID
    state: str
    total: Fen
    placed_at: datetime
    goods: str | None


class Coupon(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    state: str
    claimed_at: datetime
    usable_until: datetime
    off: Fen
    order_id: UUID | None


class Place(msgspec.Struct, frozen=True):
    name: str
    phone: str
    region: str
    detail: str
    preferred: bool


class Case(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    kind: str
    state: str
    amount: Fen
    asked_at: datetime


class Friend(msgspec.Struct, frozen=True):
    id: MemberId
    nickname: str
    at: datetime | None = None


class MemberPapers(msgspec.Struct, frozen=True, kw_only=True):
    who: Who
    spent: Spent
    orders: tuple[Bought, ...]
    coupons: tuple[Coupon, ...]
    addresses: tuple[Place, ...]
    cases: tuple[Case, ...]
    brought_by: Friend | None
    brought: tuple[Friend, ...]  # The last ones.
    brought_count: int


async def search(
    transaction: Transaction, wish: Wish, *, after: str | None, limit: int
) -> tuple[tuple[MemberRow, ...], str | None]:
    """Who fits, the newest first, and the cursor of what follows."""
    at, id_ = LATEST if after is None else place(after)
    ids = await begin_with(transaction, wish.words) if wish.words else None
    rows = await transaction.read(
        _MEMBERS, ids=ids, first=wish.first, until=wish.until, at=at, id=id_, rows_max=limit + 1
    )
    shown = rows[:limit]
    bought = {
        row.member_id: row for row in await transaction.rows(_BOUGHT, ids=[row.id for row in shown])
    }
    found = tuple(
        MemberRow(
            id=row.id,
            nickname=row.nickname,
            phone=row.phone,
            wechat=row.wechat,
            joined_at=row.joined_at,
            orders=bought[row.id].orders if row.id in bought else 0,
            last_at=bought[row.id].last_at if row.id in bought else None,
        )
        for row in shown
    )
    more = len(rows) > limit
    return found, cursor(found[-1].joined_at, found[-1].id) if more else None


async def papers(transaction: Transaction, member_id: UUID) -> MemberPapers | None:
    of = {"member_id": member_id}
    rows = await transaction.read(_ONE, **of)
    if not rows:
        return None
    spent = (await transaction.read(_SPENT, **of))[0]
    orders = await transaction.read(_ORDERS, **of, rows_max=ORDERS_SHOWN)
    coupons = await transaction.read(_COUPONS, **of, rows_max=COUPONS_SHOWN)
    addresses = await transaction.read(_ADDRESSES, **of)
    cases = await transaction.read(_CASES, **of, rows_max=ORDERS_SHOWN)
    brought_by = await transaction.read(_BROUGHT_BY, **of)
    brought = await transaction.read(_BROUGHT, **of, rows_max=BROUGHT_SHOWN)
    count = (await transaction.read(_BROUGHT_COUNT, **of))[0].count
    return MemberPapers(
        who=Who(*rows[0]),
        spent=Spent(
            spent.orders,
            spent.paid_orders,
            spent.last_at,
            Fen(int(spent.paid)),
            Fen(int(spent.refunded)),
        ),
        orders=tuple(Bought(*row) for row in orders),
        coupons=tuple(Coupon(*row) for row in coupons),
        addresses=tuple(Place(*row) for row in addresses),
        cases=tuple(Case(*row) for row in cases),
        brought_by=Friend(*brought_by[0]) if brought_by else None,
        brought=tuple(Friend(*row) for row in brought),
        brought_count=count,
    )
