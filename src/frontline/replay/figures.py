"""What the replay must come to, computed from the file alone.

Deliberately not made from the plan: a second way to the same figures, with one counter per
buyer and ware in place of orders and their lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from frontline.replay.file import Line, Skip, unfit


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Money in minor units."""

    orders: int
    lines: int
    units_sold: int
    units_returned: int
    money_in: int
    refunded: int

    @property
    def kept(self) -> int:
        return self.money_in - self.refunded


def expected(lines: Iterable[Line | Skip]) -> Figures:
    invoices: set[str] = set()
    balance: Counter[tuple[str, str, int]] = Counter()
    count = sold = returned = money_in = refunded = 0
    for line in lines:
        if isinstance(line, Skip) or unfit(line) is not None:
            continue
        key = line.customer or line.invoice, line.code, line.pence
        if line.cancels:
            back = min(-line.quantity, balance[key])
            balance[key] -= back
            returned += back
            refunded += back * line.pence
        else:
            invoices.add(line.invoice)
            balance[key] += line.quantity
            count += 1
            sold += line.quantity
            money_in += line.quantity * line.pence
    return Figures(
        orders=len(invoices),
        lines=count,
        units_sold=sold,
        units_returned=returned,
        money_in=money_in,
        refunded=refunded,
    )
