"""What is to be sent: the oldest first, how late it is, and the papers to send it with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.words import Fen, OrderId, SkuId
from frontline.shop.order.states import State
from frontline.store.database import Transaction
from frontline.web.cursor import EARLIEST, cursor, place

SEND_WITHIN = timedelta(hours=48)  # From when it could be sent; buyers are told no later.
WAITING_MAX = 100  # Counted no further.
LATE_SHOWN_MAX = 5
LATE_READ_MAX = 500


def _of_state(state: State) -> str:
    """Of one state, straight off its index: a list over both would have to be sorted whole."""
    return f"""
        (SELECT id, member_id, state, total, ship_to, note, because_kind AS game, placed_at
         FROM shop_order AS o
         WHERE o.shop_id = :shop_id AND o.state = '{state}'
           AND (o.placed_at, o.id) > (CAST(:at AS timestamptz), CAST(:id AS uuid))
           AND (CAST(:until AS timestamptz) IS NULL OR o.placed_at < CAST(:until AS timestamptz))
           AND (CAST(:sku_ids AS uuid[]) IS NULL OR EXISTS (
                SELECT FROM order_line AS l
                WHERE l.shop_id = o.shop_id AND l.order_id = o.id
                  AND l.quantity > l.returned + l.shipped
                  AND l.sku_id = ANY(CAST(:sku_ids AS uuid[]))))
         ORDER BY o.placed_at, o.id LIMIT CAST(:rows_max AS int))
    """  # noqa: S608 - put together of our own words


_WHOLE, _PART = _of_state(State.TO_SHIP), _of_state(State.PART_SHIPPED)
_TO_SEND = text(f"""
    SELECT * FROM ({_WHOLE} UNION ALL {_PART}) AS waiting
    ORDER BY placed_at, id LIMIT CAST(:rows_max AS int)
""")  # noqa: S608 - put together of pieces that stand above
_PART_SENT = text(_PART)
_CHOSEN = text("""
    SELECT id, member_id, state, total, ship_to, note, because_kind AS game, placed_at
    FROM shop_order
    WHERE shop_id = :shop_id AND id = ANY(CAST(:order_ids AS uuid[]))
      AND state IN ('to_ship', 'part_shipped')
    ORDER BY placed_at, id
""")
_SINCE = text("""
    SELECT order_id, max(at) AS at FROM order_step
    WHERE shop_id = :shop_id AND order_id = ANY(CAST(:order_ids AS uuid[])) AND state = 'to_ship'
    GROUP BY order_id
""")
_UNSENT = text("""
    SELECT l.order_id, l.number, l.sku_id, l.title,
           greatest(l.quantity - l.returned - l.shipped, 0) AS units,
           coalesce(s.code, '') AS code, coalesce(s.barcode, '') AS barcode
    FROM order_line AS l LEFT JOIN sku AS s ON s.shop_id = l.shop_id AND s.id = l.sku_id
    WHERE l.shop_id = :shop_id AND l.order_id = ANY(CAST(:order_ids AS uuid[]))
      AND l.quantity > l.returned + l.shipped
    ORDER BY l.order_id, l.number
""")
_ASKED_BACK = text("""
    SELECT DISTINCT order_id FROM aftersale_count
    WHERE shop_id = :shop_id AND order_id = ANY(CAST(:order_ids AS uuid[])) AND open > 0
""")
_MEMOS = text("""
    SELECT order_id, said FROM order_remark
    WHERE shop_id = :shop_id AND order_id = ANY(CAST(:order_ids AS uuid[]))
      AND about = 'memo' AND said <> ''
    ORDER BY order_id, at, id
""")
_WAITING = text("""
    SELECT count(*) AS count FROM (
        (SELECT FROM shop_order WHERE shop_id = :shop_id AND state = 'to_ship'
         LIMIT CAST(:most AS int))
        UNION ALL
        (SELECT FROM shop_order WHERE shop_id = :shop_id AND state = 'part_shipped' LIMIT :most)
    ) AS waiting
""")
_LATE = text("""
    SELECT o.id, m.nickname AS buyer, o.total, s.at AS since
    FROM ((SELECT id, member_id, total, placed_at FROM shop_order
           WHERE shop_id = :shop_id AND state = 'to_ship'
             AND placed_at < CAST(:before AS timestamptz)
           ORDER BY placed_at, id LIMIT CAST(:read_max AS int))
          UNION ALL
          (SELECT id, member_id, total, placed_at FROM shop_order
           WHERE shop_id = :shop_id AND state = 'part_shipped' AND placed_at < :before
           ORDER BY placed_at, id LIMIT :read_max)) AS o
    JOIN LATERAL (
        SELECT max(at) AS at FROM order_step
        WHERE shop_id = :shop_id AND order_id = o.id AND state = 'to_ship'
    ) AS s ON s.at < :before
    LEFT JOIN member AS m ON m.shop_id = :shop_id AND m.id = o.member_id
    ORDER BY s.at, o.id LIMIT CAST(:rows_max AS int)
""")
_PARCELS = text("""
    SELECT o.id AS order_id, o.state, o.ship_to, p.id AS parcel_id, p.tracking
    FROM shop_order AS o
    LEFT JOIN order_parcel AS p ON p.shop_id = o.shop_id AND p.order_id = o.id
    WHERE o.shop_id = :shop_id AND o.id = ANY(CAST(:order_ids AS uuid[]))
""")

# By how its number begins: two of each are enough to know that it is not the only one.
_BEGINNING = text("""
    SELECT k.number, o.id
    FROM unnest(CAST(:numbers AS text[]), CAST(:lowest AS uuid[]), CAST(:highest AS uuid[]))
         AS k (number, lowest, highest)
    CROSS JOIN LATERAL (
        SELECT id FROM shop_order
        WHERE shop_id = :shop_id AND id BETWEEN k.lowest AND k.highest
        ORDER BY id LIMIT 2) AS o
""")
_USED = text("""
    SELECT p.tracking, p.order_id, o.ship_to
    FROM order_parcel AS p
    JOIN shop_order AS o ON o.shop_id = p.shop_id AND o.id = p.order_id
    WHERE p.shop_id = :shop_id AND p.tracking = ANY(CAST(:trackings AS text[]))
""")

_address = msgspec.json.Decoder(dict[str, str]).decode


class Unsent(msgspec.Struct, frozen=True):
    """Units of one line that are still to be sent."""

    number: int
    sku_id: SkuId
    title: str
    units: int
    code: str  # The merchant's own number; may be "".
    barcode: str


class ToSend(msgspec.Struct, frozen=True, kw_only=True):
    id: OrderId
    state: State
    total: Fen
    note: str
    game: str | None
    placed_at: datetime
    since: datetime  # When it could be sent.
    late: timedelta | None  # Beyond SEND_WITHIN.
    asked_back: bool  # The buyer asks for money back: look before it is sent.
    address: dict[str, str]  # {}: there is none.
    lines: tuple[Unsent, ...]
    memos: tuple[str, ...] = ()  # Of staff, the oldest first.

    @property
    def units(self) -> int:
        return sum(line.units for line in self.lines)

    @property
    def due_at(self) -> datetime:
        return self.since + SEND_WITHIN


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    late: bool = False
    part: bool = False  # Of which something was sent.
    sku_ids: Sequence[UUID] | None = None


async def to_send(
    transaction: Transaction, wish: Wish, *, now: datetime, after: str | None, limit: int
) -> tuple[tuple[ToSend, ...], str | None]:
    """A page of what is to be sent, the oldest order first, and the cursor of what follows."""
    at, id_ = EARLIEST if after is None else place(after)
    rows = await transaction.read(
        _PART_SENT if wish.part else _TO_SEND,
        at=at,
        id=id_,
        until=now - SEND_WITHIN if wish.late else None,
        sku_ids=wish.sku_ids,
        rows_max=limit + 1,
    )
    waiting = await _with_lines(transaction, rows[:limit], now)
    more = len(rows) > limit
    follows = cursor(rows[limit - 1].placed_at, rows[limit - 1].id) if more else None
    shown = tuple(one for one in waiting if one.late is not None) if wish.late else waiting
    return shown, follows


async def chosen(
    transaction: Transaction, order_ids: Iterable[UUID], now: datetime
) -> tuple[ToSend, ...]:
    """Those of these that are still to be sent, the oldest first."""
    rows = await transaction.rows(_CHOSEN, order_ids=order_ids)
    return await _with_lines(transaction, rows, now)


async def waiting(transaction: Transaction) -> int:
    """How many orders are to be sent; no more than WAITING_MAX are counted."""
    rows = await transaction.read(_WAITING, most=WAITING_MAX)
    return min(int(rows[0].count), WAITING_MAX)


async def _with_lines(
    transaction: Transaction, rows: Sequence[Any], now: datetime
) -> tuple[ToSend, ...]:
    ids = [row.id for row in rows]
    lines: defaultdict[UUID, list[Unsent]] = defaultdict(list)
    for order_id, *line in await transaction.rows(_UNSENT, order_ids=ids):
        lines[order_id].append(Unsent(*line))
    since = {row.order_id: row.at for row in await transaction.rows(_SINCE, order_ids=ids)}
    asked = {row.order_id for row in await transaction.rows(_ASKED_BACK, order_ids=ids)}
    memos: defaultdict[UUID, list[str]] = defaultdict(list)
    for order_id, said in await transaction.rows(_MEMOS, order_ids=ids):
        memos[order_id].append(said)
    return tuple(
        msgspec.structs.replace(
            _to_send(row, tuple(lines[row.id]), since.get(row.id, row.placed_at), asked, now),
            memos=tuple(memos[row.id]),
        )
        for row in rows
    )


def _to_send(
    row: Any, lines: tuple[Unsent, ...], since: datetime, asked: set[UUID], now: datetime
) -> ToSend:
    beyond = now - since - SEND_WITHIN
    return ToSend(
        id=row.id,
        state=State(row.state),
        total=row.total,
        note=row.note,
        game=row.game,
        placed_at=row.placed_at,
        since=since,
        late=beyond if beyond > timedelta(0) else None,
        asked_back=row.id in asked,
        address={} if row.ship_to is None else _address(row.ship_to),
        lines=lines,
    )


# -- Picking ------------------------------------------------------------------------------


class Pick(msgspec.Struct, frozen=True):
    """So many of one SKU, for all chosen orders together."""

    sku_id: SkuId
    title: str
    code: str
    barcode: str
    units: int
    orders: int


def picks(orders: Sequence[ToSend]) -> tuple[Pick, ...]:
    """What to take from the shelves, by the merchant's own number, then by title."""
    units: defaultdict[SkuId, int] = defaultdict(int)
    counts: defaultdict[SkuId, int] = defaultdict(int)
    seen: dict[SkuId, Unsent] = {}
    for order in orders:
        for line in order.lines:
            units[line.sku_id] += line.units
            seen.setdefault(line.sku_id, line)
        for sku_id in {line.sku_id for line in order.lines}:
            counts[sku_id] += 1
    found = [
        Pick(sku_id, one.title, one.code, one.barcode, units[sku_id], counts[sku_id])
        for sku_id, one in seen.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.code, one.title)))


# -- What is late -------------------------------------------------------------------------


class LateOrder(msgspec.Struct, frozen=True):
    id: OrderId
    buyer: str
    total: Fen
    since: datetime  # When it could be sent.


class Late(msgspec.Struct, frozen=True):
    """Orders that were to be sent within SEND_WITHIN and were not."""

    count: int  # No more than WAITING_MAX are counted.
    oldest: tuple[LateOrder, ...]


async def late_shipments(transaction: Transaction, now: datetime) -> Late:
    rows = await transaction.read(
        _LATE, before=now - SEND_WITHIN, read_max=LATE_READ_MAX, rows_max=WAITING_MAX
    )
    shown = tuple(
        LateOrder(row.id, row.buyer or "", row.total, row.since) for row in rows[:LATE_SHOWN_MAX]
    )
    return Late(len(rows), shown)


# -- What a file of tracking numbers finds ------------------------------------------------


class Standing(msgspec.Struct, frozen=True):
    state: State
    ship_to: str | None  # JSON of the address.
    parcels: Mapping[UUID, str]  # Tracking numbers, by parcel.


async def begun(
    transaction: Transaction, numbers: Mapping[str, tuple[UUID, UUID]]
) -> dict[str, list[UUID]]:
    """The orders whose numbers begin so, at most two of each; by the lowest and highest id."""
    rows = await transaction.rows(
        _BEGINNING,
        numbers=list(numbers),
        lowest=[lowest for lowest, _ in numbers.values()],
        highest=[highest for _, highest in numbers.values()],
    )
    found: defaultdict[str, list[UUID]] = defaultdict(list)
    for row in rows:
        found[row.number].append(row.id)
    return found


class Use(msgspec.Struct, frozen=True):
    """A tracking number, and where the parcel that has it goes."""

    order_id: UUID
    ship_to: str | None


async def used(transaction: Transaction, trackings: Iterable[str]) -> dict[str, list[Use]]:
    uses: defaultdict[str, list[Use]] = defaultdict(list)
    for row in await transaction.rows(_USED, trackings=trackings):
        uses[row.tracking].append(Use(row.order_id, row.ship_to))
    return uses


async def standing(transaction: Transaction, order_ids: Iterable[UUID]) -> dict[UUID, Standing]:
    found: dict[UUID, Standing] = {}
    parcels: defaultdict[UUID, dict[UUID, str]] = defaultdict(dict)
    for row in await transaction.rows(_PARCELS, order_ids=order_ids):
        if row.parcel_id is not None:
            parcels[row.order_id][row.parcel_id] = row.tracking
        found[row.order_id] = Standing(State(row.state), row.ship_to, parcels[row.order_id])
    return found
