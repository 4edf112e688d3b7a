"""What buyers and staff see of after-sale cases: reads, without locks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.words import Fen, MemberId, OrderId, SkuId
from frontline.shop.aftersale.book import ASKED_MAX, OPEN
from frontline.shop.aftersale.messages import CaseId, Kind, Reason, State, Units
from frontline.store.database import Transaction
from frontline.web.cursor import EARLIEST, LATEST, cursor, place

OF_ORDER_MAX = 10 * ASKED_MAX


class CaseLine(msgspec.Struct, frozen=True):
    number: int  # In the order.
    quantity: int  # Units of this case.
    sku_id: SkuId
    title: str
    price: Fen  # Of one, before the discount.


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    id: CaseId
    order_id: OrderId
    member_id: MemberId
    kind: Kind
    state: State
    amount: Fen  # Fixed when the money is asked back; until then what it would have been.
    freight: Fen  # Part of the amount.
    reason: Reason
    note: str
    answer: str  # What staff said when they refused.
    carrier: str
    tracking: str
    asked_at: datetime
    overdue: bool
    lines: tuple[CaseLine, ...]


class CaseList(msgspec.Struct, frozen=True):
    items: tuple[CaseView, ...]
    after: str | None  # To ask for what follows; None: that was all.


class CaseStep(msgspec.Struct, frozen=True, omit_defaults=True):
    state: State
    at: datetime
    who: str  # "buyer", "staff", "money".
    actor_id: UUID | None = None  # Shown to staff.


class CasePage(msgspec.Struct, frozen=True):
    case: CaseView
    history: tuple[CaseStep, ...]


_CASES = """
    SELECT id, order_id, member_id, kind, state, units, amount, freight, reason, note, answer,
           carrier, tracking, asked_at, overdue
    FROM aftersale WHERE shop_id = :shop_id"""
_MINE = text(f"""{_CASES}
      AND member_id = CAST(:member_id AS uuid)
      AND (CAST(:order_id AS uuid) IS NULL OR order_id = CAST(:order_id AS uuid))
      AND (asked_at, id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY asked_at DESC, id DESC LIMIT CAST(:rows_max AS int)
""")
_OLDEST = text(f"""{_CASES}
      AND state = CAST(:state AS text)
      AND (asked_at, id) > (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY asked_at, id LIMIT CAST(:rows_max AS int)
""")
_NEWEST = text(f"""{_CASES}
      AND state = CAST(:state AS text)
      AND (asked_at, id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY asked_at DESC, id DESC LIMIT CAST(:rows_max AS int)
""")
_OF_ORDER = text(f"""{_CASES}
      AND order_id = CAST(:order_id AS uuid)
    ORDER BY asked_at DESC, id DESC LIMIT CAST(:rows_max AS int)
""")
_ONE = text(f"{_CASES} AND id = CAST(:case_id AS uuid)")
_LINES = text("""
    SELECT order_id, number, sku_id, title, price FROM order_line
    WHERE shop_id = :shop_id AND order_id = ANY(CAST(:order_ids AS uuid[]))
""")
_ASKED_BY = text("""
    SELECT asked_by FROM aftersale WHERE shop_id = :shop_id AND id = CAST(:case_id AS uuid)
""")
_STEPS = text("""
    SELECT state, at, who, actor_id FROM aftersale_step
    WHERE shop_id = :shop_id AND case_id = CAST(:case_id AS uuid) ORDER BY id
""")

_units = msgspec.json.Decoder(Units).decode


async def mine(
    transaction: Transaction,
    member_id: MemberId,
    *,
    order_id: UUID | None,
    after: str | None,
    limit: int,
) -> CaseList:
    """The member's cases, of one order or all, the newest first."""
    at, id_ = LATEST if after is None else place(after)
    rows = await transaction.read(
        _MINE, member_id=member_id, order_id=order_id, at=at, id=id_, rows_max=limit + 1
    )
    return await _list(transaction, rows, limit)


async def by_state(
    transaction: Transaction, state: State, *, after: str | None, limit: int
) -> CaseList:
    """Whoever waits longest comes first; of what is settled, the newest."""
    waiting = state in OPEN
    at, id_ = (EARLIEST if waiting else LATEST) if after is None else place(after)
    rows = await transaction.read(
        _OLDEST if waiting else _NEWEST, state=state, at=at, id=id_, rows_max=limit + 1
    )
    return await _list(transaction, rows, limit)


async def of_order(transaction: Transaction, order_id: UUID) -> CaseList:
    """All cases of one order, the newest first."""
    rows = await transaction.read(_OF_ORDER, order_id=order_id, rows_max=OF_ORDER_MAX)
    return await _list(transaction, rows, OF_ORDER_MAX)


async def show(
    transaction: Transaction, case_id: UUID, *, member_id: MemberId | None
) -> CasePage | None:
    """One case; None also when it is somebody else's. `member_id` None: staff ask."""
    rows = await transaction.read(_ONE, case_id=case_id)
    if not rows or member_id not in {None, rows[0].member_id}:
        return None
    (case,) = await _cases(transaction, rows)
    steps = [
        CaseStep(State(step.state), step.at, step.who, step.actor_id if member_id is None else None)
        for step in await transaction.read(_STEPS, case_id=case_id)
    ]
    by = (await transaction.read(_ASKED_BY, case_id=case_id))[0].asked_by
    actor_id = (by or case.member_id) if member_id is None else None
    asked = CaseStep(State.ASKED, case.asked_at, "buyer" if by is None else "staff", actor_id)
    return CasePage(case, (asked, *steps))


async def _list(transaction: Transaction, rows: Sequence[Any], limit: int) -> CaseList:
    cases = await _cases(transaction, rows[:limit])
    more = len(rows) > limit
    return CaseList(cases, cursor(cases[-1].asked_at, cases[-1].id) if more else None)


async def _cases(transaction: Transaction, rows: Sequence[Any]) -> tuple[CaseView, ...]:
    lines = {
        (line.order_id, line.number): line
        for line in await transaction.rows(_LINES, order_ids={row.order_id for row in rows})
    }
    return tuple(
        CaseView(
            **{
                **{name: value for name, value in row._mapping.items() if name != "units"},
                "kind": Kind(row.kind),
                "state": State(row.state),
                "reason": Reason(row.reason),
                "lines": tuple(
                    CaseLine(number, units, *lines[row.order_id, number][2:])
                    for number, units in _units(row.units)
                ),
            }
        )
        for row in rows
    )
