"""Several processes at one allowance and one approval: no more is done than may be.

And the tests of the tests: without the lock of the person, more is.
"""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from company.authority.story import CLERK, LIMITS, OWNER
from databases import connect, owner
from races.crowds import broken_claims as broken_anywhere
from races.crowds import crowd, race, shop, told, troubles, value
from races.process import NAP_S, SHOP, Without
from scenery import PIECE, PLAIN, uid

from frontline.company.authority.audit import AUDITS
from frontline.company.authority.book import executing, proposal_id_of
from frontline.company.authority.messages import PutPerson
from frontline.kernel.authority import Action
from frontline.kernel.words import Command, SkuId, wish_of
from frontline.shop.stock.messages import AdjustStock
from frontline.testing.story import BEGIN

PROCESSES, EACH = 3, 8
LIMIT = LIMITS[Action.STOCK_CLAIM]
LOCK = ("company.authority.rows.gate:_LOCK", "ORDER BY staff_id FOR NO KEY UPDATE")
READ_OLD = Without(
    "company.authority.rows.gate:_ALLOWANCES",
    "WHERE shop_id",
    f"WHERE pg_sleep({NAP_S}) IS NOT NULL AND shop_id",
)


def take(process: int, number: int, amount: int = 1, sku_id: SkuId = PLAIN) -> AdjustStock:
    return AdjustStock(
        id=uid(70 + process, number), sku_id=sku_id, change=-amount, reason="报损", staff_id=CLERK
    )


def broken_claims(url: str) -> dict[str, int]:
    """Of authority: the approvals here were laid down without a proposal."""
    return {name: one for name, one in broken_anywhere(url).items() if name in AUDITS}


def _begun(server_url: str) -> str:
    """One is taken already, so that the row that counts is there. No caps lie about."""
    url = shop(server_url, {PLAIN: 100, PIECE: 100})

    async def without_caps() -> None:
        sql = await connect(owner(url))
        await sql.execute("DELETE FROM authority_warrant")
        await sql.close()

    asyncio.run(without_caps())
    assert told([crowd(url, [[take(9, 0)]])]) == {"StockAdjusted": 1}
    return url


def _rush(url: str, *removed: Any) -> Any:
    """Each process takes of a SKU of its own: nothing but the allowance is between them."""
    skus = (PLAIN, PIECE, PLAIN)
    waves = [[[take(p, n, sku_id=skus[p])] for n in range(EACH)] for p in range(PROCESSES)]
    return race(url, waves, *removed)


def _used(url: str) -> int:
    return int(value(url, "SELECT day_used FROM authority_allowance WHERE action = 'stock_claim'"))


def test_a_crowd_does_no_more_than_the_day_allows(server_url: str) -> None:
    assert LIMIT.day_max is not None
    url = _begun(server_url)
    heard = _rush(url)
    left = LIMIT.day_max - 1
    assert told(heard) == {"StockAdjusted": left, "Held": PROCESSES * EACH - left}
    assert troubles(heard) == 0
    assert _used(url) == LIMIT.day_max
    assert value(url, "SELECT sum(amount) FROM authority_use WHERE how = 'limit'") == LIMIT.day_max
    assert broken_claims(url) == {}


def test_without_the_lock_more_is_done_than_the_day_allows(server_url: str) -> None:
    assert LIMIT.day_max is not None
    url = _begun(server_url)
    _rush(url, Without(*LOCK), READ_OLD)
    assert _used(url) > LIMIT.day_max


def test_an_approval_is_used_once(server_url: str) -> None:
    """The command that was approved, by every process; and others under its id."""
    url = _begun(server_url)
    held = take(8, 0, amount=50)
    assert told([crowd(url, [[held]])]) == {"Held": 1}
    proposal_id = proposal_id_of(held.id)
    again: Command[Any] = executing(held, proposal_id)
    _approve(url, again, proposal_id, amount_max=50)
    other = AdjustStock(id=again.id, sku_id=PLAIN, change=-60, reason="报损", staff_id=CLERK)
    heard = race(url, [[[again]], [[again]], [[again, other]]])
    answers = told(heard)
    assert answers["StockAdjusted"] == 3
    assert value(url, "SELECT count(*) FROM stock_movement WHERE quantity = -50") == 1
    assert value(url, "SELECT count(*) FROM stock_movement WHERE quantity = -60") == 0
    assert value(url, "SELECT count(*) FROM authority_use WHERE how = 'approved'") == 1
    assert broken_claims(url) == {}


def test_a_cap_is_used_once(server_url: str) -> None:
    url = _begun(server_url)
    _approve(url, None, uid(77, 0), amount_max=30)
    heard = race(url, [[[take(process, 0, amount=20)]] for process in range(PROCESSES)])
    assert told(heard) == {"StockAdjusted": 1, "Held": PROCESSES - 1}
    assert troubles(heard) == 0
    assert broken_claims(url) == {}


def test_whoever_loses_the_position_meanwhile_does_no_more(server_url: str) -> None:
    """Every deed was allowed by the matrix as it stood: none after the edit was answered."""
    url = _begun(server_url)
    demoted: Command[Any] = PutPerson(
        id=uid(66, 0), person_id=CLERK, position_id=None, deputy_id=None, staff_id=OWNER
    )
    takes: list[list[Command[Any]]] = [[take(1, n, sku_id=PIECE)] for n in range(EACH)]
    heard = race(url, [[[demoted]], takes])
    assert told(heard)["Arranged"] == 1
    assert troubles(heard) == 0
    after = told([crowd(url, [[take(2, 0)]])])
    assert after == {"Held": 1}
    assert broken_claims(url) == {}


def _approve(url: str, command: Any, proposal_id: UUID, amount_max: int) -> None:
    """An approval, as it stands once somebody has said yes."""

    async def go() -> None:
        sql = await connect(owner(url))
        await sql.execute(
            "INSERT INTO authority_warrant (shop_id, id, proposal_id, wish, action, amount_max,"
            " staff_id, expires_at) VALUES ($1, $2, $3, $4, 'stock_claim', $5, $6, $7)",
            SHOP, proposal_id if command is None else command.id, proposal_id,
            None if command is None else wish_of(command), amount_max, CLERK,
            BEGIN.replace(year=BEGIN.year + 1),
        )  # fmt: skip
        await sql.close()

    asyncio.run(go())
