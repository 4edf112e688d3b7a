"""Several processes at one allowance and one approval: no more is done than may be.

And the tests of the tests: without the lock of the person, more is.
"""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import msgspec
import pytest
from company.authority.story import CLERK, LIMITS, OWNER
from databases import connect, owner
from races.crowds import broken_claims as broken_anywhere
from races.crowds import crowd, race, shop, told, troubles, value
from races.process import NAP_S, SHOP, Without
from scenery import PIECE, PLAIN, uid

from frontline.company.authority.audit import AUDITS
from frontline.company.authority.book import executing, proposal_id_of
from frontline.company.authority.messages import PutPerson
from frontline.kernel.authority import Action, Held
from frontline.kernel.words import Command, SkuId, StaffId, wish_of
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


# -- The same wish, several times at once --------------------------------------------------------

NEW_HERE = StaffId(uid(3, 95))  # Without a position: nothing of theirs is locked.
READ_BEFORE = Without(
    "company.authority.rows.gate:_WAITING_FOR",
    "WHERE shop_id",  # Asked by itself, so that it naps also where no row is.
    f"WHERE (SELECT pg_sleep({NAP_S}) IS NOT NULL) AND shop_id",
)


def _wish(process: int, number: int, amount: int = 50, by: StaffId = CLERK) -> AdjustStock:
    return msgspec.structs.replace(take(process, number, amount), staff_id=by)


def _tapping(url: str, by: StaffId, *removed: Any) -> tuple[set[UUID], int]:
    """Everybody wants the same at once: the proposals they are told of, and what went wrong."""
    waves = [[[_wish(p, n, by=by) for n in range(2)]] for p in range(PROCESSES)]
    heard = race(url, waves, *removed)
    outcomes = [one for each in heard for one in each.outcomes]
    assert {type(one) for one in outcomes} == {Held}
    assert len(outcomes) == 2 * PROCESSES
    return {one.proposal_id for one in outcomes}, troubles(heard)


def _do(url: str, sql: str, *arguments: Any) -> None:
    async def go() -> None:
        connection = await connect(owner(url))
        await connection.execute(sql, *arguments)
        await connection.close()

    asyncio.run(go())


def _with_new_here(server_url: str) -> str:
    url = _begun(server_url)
    _do(
        url,
        "INSERT INTO staff (shop_id, id, name, password_hash, role, active)"
        " VALUES ($1, $2, 'new here', '-', 'staff', true)",
        SHOP, NEW_HERE,
    )  # fmt: skip
    return url


def _told_of(url: str) -> int:
    """How many proposals are to be opened."""
    return int(
        value(url, "SELECT sum(array_length(string_to_array(events, '\"ActionHeld\"'), 1) - 1)"
                   " FROM outbox")
    )  # fmt: skip


@pytest.mark.parametrize("by", [CLERK, NEW_HERE], ids=["locked", "without a row"])
def test_the_same_wish_at_once_makes_one_proposal(server_url: str, by: StaffId) -> None:
    url = _with_new_here(server_url)
    proposals, wrong = _tapping(url, by, READ_BEFORE)
    assert (len(proposals), wrong) == (1, 0)
    assert _told_of(url) == 1
    # One that time has run out for is no longer waited for: of those who come then, one is heard.
    _do(url, "UPDATE authority_waiting SET until = $1", BEGIN)
    again = msgspec.structs.replace
    waves: list[list[list[Command[Any]]]] = [
        [[again(_wish(p, n, by=by), id=uid(80 + p, n)) for n in range(2)]] for p in range(PROCESSES)
    ]
    heard = race(url, waves, READ_BEFORE)
    later = {one.proposal_id for each in heard for one in each.outcomes}
    assert (len(later), troubles(heard)) == (1, 0)
    assert not later & proposals
    assert _told_of(url) == 2
    assert broken_claims(url) == {}


def test_without_its_guard_the_same_wish_makes_several(server_url: str) -> None:
    url = _with_new_here(server_url)
    guard = Without("company.authority.rows.gate:_WAIT", "WHERE w.proposal_id IS NULL", "")
    proposals, _ = _tapping(url, NEW_HERE, READ_BEFORE, guard)
    assert len(proposals) > 1


def test_another_amount_and_another_person_make_proposals_of_their_own(server_url: str) -> None:
    url = _with_new_here(server_url)
    wishes = [(50, CLERK), (60, CLERK), (50, NEW_HERE)]
    waves = [
        [[_wish(p, n, amount, by) for n, (amount, by) in enumerate(wishes)]]
        for p in range(PROCESSES)
    ]
    heard = race(url, waves)  # type: ignore[arg-type]
    by_wish = list(zip(*(one.outcomes for one in heard), strict=True))
    assert [len({one.proposal_id for one in those}) for those in by_wish] == [1, 1, 1]
    assert _told_of(url) == 3
    assert value(url, "SELECT count(DISTINCT proposal_id) FROM authority_waiting") == 3
