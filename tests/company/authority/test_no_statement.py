"""What asks nobody's authority pays nothing for it."""

from __future__ import annotations

import asyncio
from typing import Any

from scenery import MEMBERS, uid

from frontline.company.authority.rows import gate
from frontline.kernel.authority import AuthorityKeys
from frontline.kernel.words import OrderId
from frontline.shop.order.messages import CancelOrder
from frontline.shop.order.rules import gather


class NoDatabase:
    """Every statement asked of it is one too many."""

    async def rows(self, _statement: Any, **columns: Any) -> tuple[()]:
        assert not any(list(column) for column in columns.values())
        return ()

    def write_later(self, _statement: Any, **columns: Any) -> None:
        assert not any(list(column) for column in columns.values())


def test_without_staff_no_statement_is_made() -> None:
    async def go() -> None:
        nothing: Any = NoDatabase()
        book = await gate.load(nothing, AuthorityKeys(()))
        await gate.store(nothing, book)

    asyncio.run(go())


def test_a_buyer_who_cancels_asks_nobody() -> None:
    asked: list[Any] = []

    class Stop(Exception):
        pass

    async def load(keys: Any) -> Any:
        if isinstance(keys, AuthorityKeys):
            asked.append(list(keys.commands))
            raise Stop
        return _Origins()

    def cancel(number: int, *, by_staff: bool) -> CancelOrder:
        return CancelOrder(
            id=uid(80, number), order_id=OrderId(uid(20, 0)), actor_id=MEMBERS[0], by_staff=by_staff
        )

    async def gathered(*batch: CancelOrder) -> None:
        try:
            await gather(batch, load)  # type: ignore[arg-type]
        except Stop:
            return
        raise AssertionError("it never asked")

    asyncio.run(gathered(cancel(1, by_staff=False)))
    asyncio.run(gathered(cancel(1, by_staff=False), cancel(2, by_staff=True)))
    assert asked == [[], [(uid(80, 2), MEMBERS[0])]]


class _Origins:
    def becauses(self) -> tuple[()]:
        return ()

    def claim_ids(self) -> tuple[()]:
        return ()
