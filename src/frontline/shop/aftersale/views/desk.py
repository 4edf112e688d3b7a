"""What the desk sees of after-sale cases: lists over all of them, and one with its order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.words import Fen, MemberId, OrderId
from frontline.shop.aftersale.book import OPEN
from frontline.shop.aftersale.messages import CaseId, Kind, Reason, State, Units
from frontline.shop.aftersale.views import CasePage, show
from frontline.store.database import Transaction
from frontline.web.cursor import EARLIEST, LATEST, cursor, place

WAITING_MAX = 100  # Counted no further.

_COLUMNS = """
    SELECT a.id, a.order_id, a.member_id, m.nickname AS buyer, a.kind, a.state, a.units, a.amount,
           a.reason, a.note, a.asked_at, a.overdue
    FROM aftersale AS a LEFT JOIN member AS m ON m.shop_id = a.shop_id AND m.id = a.member_id
    WHERE a.shop_id = :shop_id"""


_FITS = """
      AND (CAST(:kind AS text) IS NULL OR a.kind = CAST(:kind AS text))
      AND (CAST(:order_ids AS uuid[]) IS NULL OR a.order_id = ANY(CAST(:order_ids AS uuid[])))"""
_ASKED = f"""{_FITS}
      AND (CAST(:state AS text) IS NULL OR a.state = CAST(:state AS text))"""


def _waiting(state: State) -> str:
    return f"""
        ({_COLUMNS} {_FITS} AND a.state = '{state}'
           AND (a.asked_at, a.id) > (CAST(:at AS timestamptz), CAST(:id AS uuid))
         ORDER BY a.asked_at, a.id LIMIT CAST(:rows_max AS int))
    """


_TO_ANSWER = text(f"""
    SELECT * FROM ({_waiting(State.ASKED)} UNION ALL {_waiting(State.SENT_BACK)}) AS waiting
    ORDER BY asked_at, id LIMIT CAST(:rows_max AS int)
""")  # noqa: S608 - put together of our own words
_OLDEST = text(f"""{_COLUMNS} {_ASKED}
      AND (a.asked_at, a.id) > (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY a.asked_at, a.id LIMIT CAST(:rows_max AS int)
""")
_NEWEST = text(f"""{_COLUMNS} {_ASKED}
      AND (a.asked_at, a.id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY a.asked_at DESC, a.id DESC LIMIT CAST(:rows_max AS int)
""")
_TITLES = text("""
    SELECT order_id, number, title FROM order_line
    WHERE shop_id = :shop_id AND order_id = ANY(CAST(:order_ids AS uuid[]))
""")
_COUNT = text("""
    SELECT count(*) AS count FROM (
        (SELECT FROM aftersale WHERE shop_id = :shop_id AND state = 'asked'
         LIMIT CAST(:most AS int))
        UNION ALL
        (SELECT FROM aftersale WHERE shop_id = :shop_id AND state = 'sent_back' LIMIT :most)
    ) AS waiting
""")

_units = msgspec.json.Decoder(Units).decode


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for; None is any."""

    to_answer: bool = False  # Whatever waits for staff: an answer, or goods to be received.
    state: State | None = None
    kind: Kind | None = None
    order_ids: Sequence[UUID] | None = None


class CaseRow(msgspec.Struct, frozen=True, kw_only=True):
    id: CaseId
    order_id: OrderId
    member_id: MemberId
    buyer: str
    kind: Kind
    state: State
    amount: Fen
    reason: Reason
    note: str
    asked_at: datetime
    overdue: bool
    goods: tuple[tuple[str, int], ...]  # Title, units.


async def search(
    transaction: Transaction, wish: Wish, *, after: str | None, limit: int
) -> tuple[tuple[CaseRow, ...], str | None]:
    """Of what is open whoever waits longest first, else the newest; and the cursor."""
    oldest = wish.to_answer or wish.state in OPEN
    at, id_ = (EARLIEST if oldest else LATEST) if after is None else place(after)
    asked = {
        "kind": wish.kind,
        "order_ids": wish.order_ids,
        "at": at,
        "id": id_,
        "rows_max": limit + 1,
    }
    if wish.to_answer:
        rows = await transaction.read(_TO_ANSWER, **asked)
    else:
        statement = _OLDEST if oldest else _NEWEST
        rows = await transaction.read(statement, **asked, state=wish.state)
    cases = await _cases(transaction, rows[:limit])
    more = len(rows) > limit
    return cases, cursor(cases[-1].asked_at, cases[-1].id) if more else None


async def waiting(transaction: Transaction) -> int:
    """How many wait for staff; no more than WAITING_MAX are counted."""
    rows = await transaction.read(_COUNT, most=WAITING_MAX)
    return min(int(rows[0].count), WAITING_MAX)


async def _cases(transaction: Transaction, rows: Sequence[Any]) -> tuple[CaseRow, ...]:
    titles = {
        (line.order_id, line.number): line.title
        for line in await transaction.rows(_TITLES, order_ids={row.order_id for row in rows})
    }
    return tuple(
        CaseRow(
            id=row.id,
            order_id=row.order_id,
            member_id=row.member_id,
            buyer=row.buyer or "",
            kind=Kind(row.kind),
            state=State(row.state),
            amount=row.amount,
            reason=Reason(row.reason),
            note=row.note,
            asked_at=row.asked_at,
            overdue=row.overdue,
            goods=tuple(
                (titles.get((row.order_id, number), ""), units)
                for number, units in _units(row.units)
            ),
        )
        for row in rows
    )


# -- One case ---------------------------------------------------------------------------

_ORDER = text("""
    SELECT o.state, o.total, o.placed_at, o.note, m.nickname AS buyer, m.phone
    FROM shop_order AS o LEFT JOIN member AS m ON m.shop_id = o.shop_id AND m.id = o.member_id
    WHERE o.shop_id = :shop_id AND o.id = CAST(:order_id AS uuid)
""")
_BOUGHT = text("""
    SELECT l.number, l.title, l.quantity, l.price, l.paid, l.shipped, l.returned,
           coalesce(nullif(s.picture_src, ''),
                    (SELECT p.src FROM picture AS p
                     WHERE p.shop_id = s.shop_id AND p.product_id = s.product_id
                     ORDER BY p.position LIMIT 1)) AS picture
    FROM order_line AS l LEFT JOIN sku AS s ON s.shop_id = l.shop_id AND s.id = l.sku_id
    WHERE l.shop_id = :shop_id AND l.order_id = CAST(:order_id AS uuid)
    ORDER BY l.number
""")
_NAMES = text("""
    SELECT id, name FROM staff WHERE shop_id = :shop_id AND id = ANY(CAST(:actor_ids AS uuid[]))
""")
_REFUND = text("""
    SELECT state FROM refund WHERE shop_id = :shop_id AND id = CAST(:case_id AS uuid)
""")
_HELD = text("""
    SELECT count(*) AS count FROM aftersale
    WHERE shop_id = :shop_id AND member_id = CAST(:member_id AS uuid)
""")


class Bought(msgspec.Struct, frozen=True):
    """A line of the order that the case is of."""

    number: int
    title: str
    quantity: int
    price: Fen
    paid: Fen
    shipped: int
    returned: int
    picture: str | None


class CasePapers(msgspec.Struct, frozen=True, kw_only=True):
    page: CasePage
    order_state: str
    total: Fen
    placed_at: datetime
    buyer: str
    phone: str | None
    lines: tuple[Bought, ...]
    names: dict[UUID, str]  # Of the staff who moved it.
    refund: str | None  # How the money stands.
    cases: int  # Of this member, with this one.


async def papers(transaction: Transaction, case_id: UUID) -> CasePapers | None:
    page = await show(transaction, case_id, member_id=None)
    if page is None:
        return None
    case = page.case
    order = (await transaction.read(_ORDER, order_id=case.order_id))[0]
    lines = await transaction.read(_BOUGHT, order_id=case.order_id)
    actors = {step.actor_id for step in page.history if step.actor_id is not None}
    names = await transaction.rows(_NAMES, actor_ids=actors)
    refund = await transaction.read(_REFUND, case_id=case_id)
    held = await transaction.read(_HELD, member_id=case.member_id)
    return CasePapers(
        page=page,
        order_state=order.state,
        total=order.total,
        placed_at=order.placed_at,
        buyer=order.buyer or "",
        phone=order.phone,
        lines=tuple(Bought(*row) for row in lines),
        names={row.id: row.name for row in names},
        refund=refund[0].state if refund else None,
        cases=held[0].count,
    )
