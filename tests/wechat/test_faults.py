"""Every fault of the panel does what it says, and the client names what it leaves behind."""

from __future__ import annotations

import asyncio

import pytest

from frontline.kernel.words import Fen
from frontline.wechat.provider import (
    CloseOutcome,
    NoticeRefusal,
    NoticeRefused,
    OutcomeUnknown,
    PaymentState,
    ProviderRefused,
    RefundState,
    Throttled,
)
from frontline.wechat.simulator.faults import FITS, NOTICES, PAY_CALLS, Call, Fault

pytestmark = pytest.mark.anyio

NOT_DONE = {
    "drop": (OutcomeUnknown, "NO_ANSWER"),
    "500": (OutcomeUnknown, "SYSTEM_ERROR"),
    "429": (Throttled, "FREQUENCY_LIMITED"),
}
DONE = {
    "lose_answer": (OutcomeUnknown, "NO_ANSWER"),
    "500_but_done": (OutcomeUnknown, "SYSTEM_ERROR"),
    "forge": (OutcomeUnknown, "UNPROVEN_ANSWER"),
    "signtest": (OutcomeUnknown, "UNPROVEN_ANSWER"),
}


async def fails(asking, expected) -> None:
    kind, code = expected
    with pytest.raises(kind) as fault:
        await asking
    assert (type(fault.value), fault.value.code) == (kind, code)


@pytest.mark.parametrize(("fault", "expected"), NOT_DONE.items())
async def test_faults_that_do_nothing(world, fault, expected):
    provider = world.provider
    await world.arms(fault, "prepay")
    await fails(world.prepared(), expected)
    assert (await provider.query("ORDER-1")).state is PaymentState.UNKNOWN_TO_PROVIDER
    await world.prepared()
    await world.arms(fault, "close")
    await fails(provider.close("ORDER-1"), expected)
    assert (await provider.query("ORDER-1")).state is PaymentState.UNPAID
    await world.pays(out_trade_no="ORDER-1")
    await world.arms(fault, "refund")
    await fails(provider.refund(world.refund()), expected)
    assert (await provider.query_refund("R-1")).state is RefundState.UNKNOWN_TO_PROVIDER


@pytest.mark.parametrize(("fault", "expected"), DONE.items())
async def test_faults_that_do_and_do_not_tell(world, fault, expected):
    provider = world.provider
    await world.arms(fault, "prepay", count=2)
    await fails(world.prepared(), expected)
    assert (await provider.query("ORDER-1")).state is PaymentState.UNPAID
    await fails(world.prepared("ORDER-2"), expected)
    await world.arms(fault, "close")
    await fails(provider.close("ORDER-2"), expected)
    assert (await provider.query("ORDER-2")).state is PaymentState.CLOSED
    await world.pays(out_trade_no="ORDER-1")
    await world.arms(fault, "refund")
    await fails(provider.refund(world.refund()), expected)
    await world.settled()
    assert (await provider.query_refund("R-1")).state is RefundState.REFUNDED
    # Asked again with the same number, nothing more goes back.
    await provider.refund(world.refund())
    assert len(world.simulator.books.refunds) == 1


@pytest.mark.parametrize(("fault", "expected"), (NOT_DONE | DONE).items())
async def test_queries_fail_by_name_too(world, fault, expected):
    await world.paid()
    await world.provider.refund(world.refund())
    await world.arms(fault, "query")
    await fails(world.provider.query("ORDER-1"), expected)
    await world.arms(fault, "query_refund")
    await fails(world.provider.query_refund("R-1"), expected)
    assert (await world.provider.query("ORDER-1")).state is PaymentState.REFUNDED


async def test_a_signed_refusal_that_is_forged_is_not_believed(world):
    await world.prepared()
    await world.arms("forge", "query")
    await fails(world.provider.query("ORDER-9"), (OutcomeUnknown, "UNPROVEN_ANSWER"))


async def test_delay_comes_after_the_deed(world):
    await world.arms("delay", "prepay", seconds=60)
    asking = asyncio.ensure_future(world.prepared())
    async with asyncio.timeout(30):
        while "ORDER-1" not in world.simulator.books.trades:
            await asyncio.sleep(0)
    assert not asking.done()
    asking.cancel()


async def test_counts_run_out(world):
    await world.arms("500", "query", count=2)
    for _ in range(2):
        await fails(world.provider.query("ORDER-1"), (OutcomeUnknown, "SYSTEM_ERROR"))
    await world.provider.query("ORDER-1")
    assert (await world.phone.get("/simulator/faults")).json()["armed"] == []


async def test_without_a_call_any_call_is_hit(world):
    await world.arms("429", count=2)
    await fails(world.provider.query("ORDER-1"), (Throttled, "FREQUENCY_LIMITED"))
    await fails(world.provider.close("ORDER-1"), (Throttled, "FREQUENCY_LIMITED"))
    assert await world.provider.close("ORDER-1") is CloseOutcome.UNKNOWN_TO_PROVIDER


async def test_disarming(world):
    await world.arms("429", count=99)
    await world.phone.delete("/simulator/faults")
    assert await world.provider.close("ORDER-1") is CloseOutcome.UNKNOWN_TO_PROVIDER


async def test_the_panel_refuses_what_cannot_be(world):
    for wrong in (
        {"fault": "duplicate", "call": "query"},
        {"fault": "not_enough", "call": "prepay"},
        {"fault": "earthquake"},
        {"fault": "drop", "count": 0},
        {"fault": "drop", "colour": "red"},
    ):
        assert (await world.phone.post("/simulator/faults", json=wrong)).status_code == 400
    assert set(FITS) == set(Fault)
    assert frozenset().union(*FITS.values()) == set(Call)
    assert not PAY_CALLS & NOTICES


# -- Refunds ------------------------------------------------------------------------------


async def test_not_enough(world):
    await world.paid()
    await world.arms("not_enough")
    await fails(world.provider.refund(world.refund()), (ProviderRefused, "NOT_ENOUGH"))
    assert world.simulator.books.refunds == {}


async def test_abnormal_refund(world):
    await world.paid()
    await world.arms("abnormal_refund")
    assert (await world.provider.refund(world.refund())).state is RefundState.PROCESSING
    await world.settled()
    assert (await world.heard()).status.state is RefundState.ABNORMAL
    assert (await world.provider.query_refund("R-1")).state is RefundState.ABNORMAL
    assert (await world.provider.refund(world.refund())).state is RefundState.ABNORMAL


async def test_a_closed_refund_goes_on_under_its_own_number(world):
    await world.paid()
    await world.arms("closed_refund")
    await world.provider.refund(world.refund(amount=Fen(1000)))
    await world.settled()
    assert (await world.heard()).status.state is RefundState.CLOSED
    assert (await world.provider.refund(world.refund(amount=Fen(1000)))).state is (
        RefundState.PROCESSING
    )
    await world.settled()
    assert (await world.heard()).status.state is RefundState.REFUNDED


# -- Notices ------------------------------------------------------------------------------


async def until(world, arrived: int) -> None:
    async with asyncio.timeout(30):
        while len(world.inbox.arrived) < arrived:
            await asyncio.sleep(0)
    await world.settled()


async def test_a_dropped_notice_comes_with_the_next_attempt(world):
    await world.arms("drop", "payment_notice", count=3)
    await world.paid()
    await until(world, 1)
    (notice,) = world.simulator.books.notices.values()
    assert (notice.attempts, notice.delivered, len(world.inbox.arrived)) == (4, True, 1)


async def test_after_the_last_attempt_wechat_is_silent(world):
    await world.arms("drop", "payment_notice", count=99)
    await world.paid()
    (number,) = world.simulator.books.notices
    async with asyncio.timeout(30):
        while world.simulator.books.notices[number].attempts < 16:
            await asyncio.sleep(0)
    await world.settled()
    for _ in range(50):
        await asyncio.sleep(0)
    assert world.simulator.books.notices[number].attempts == 16
    assert world.inbox.arrived == []


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("forge", NoticeRefusal.BAD_SIGNATURE), ("signtest", NoticeRefusal.SIGNTEST)],
)
async def test_a_lie_comes_before_the_truth(world, fault, reason):
    await world.arms(fault, "payment_notice")
    await world.paid()
    with pytest.raises(NoticeRefused) as refused:
        await world.heard(0)
    assert refused.value.reason is reason
    assert (await world.heard(1)).status.state is PaymentState.PAID
    assert len(world.inbox.arrived) == 2


async def test_a_delayed_notice(world):
    await world.arms("delay", "payment_notice", seconds=0.01)
    await world.prepared()
    await world.pays(out_trade_no="ORDER-1")
    assert world.inbox.arrived == []
    await until(world, 1)
    assert (await world.heard()).status.state is PaymentState.PAID


async def test_reordered_notices(world):
    await world.arms("reorder", "payment_notice", count=2)
    for number in ("ORDER-1", "ORDER-2", "ORDER-3"):
        await world.paid(number)
    await until(world, 3)
    told = [(await world.heard(index)).status.out_trade_no for index in range(3)]
    assert told[0] == "ORDER-3"
    assert sorted(told) == ["ORDER-1", "ORDER-2", "ORDER-3"]


async def test_never_notify_leaves_a_trace_in_the_books(world):
    await world.arms("never_notify", "refund_notice")
    await world.paid()
    await world.provider.refund(world.refund())
    await world.settled()
    assert len(world.inbox.arrived) == 1
    notices = (await world.phone.get("/simulator/books")).json()["notices"]
    assert [notice["silenced"] for notice in notices] == [False, True]


async def test_the_books_add_up(world):
    await world.paid()
    await world.paid("ORDER-2", amount=Fen(250))
    await world.prepared("ORDER-3")
    await world.provider.refund(world.refund())
    await world.settled()
    books = (await world.phone.get("/simulator/books")).json()
    assert books["totals"] == {"received": 1250, "refunded": 400}
    assert [trade["state"] for trade in books["trades"]] == ["REFUND", "SUCCESS", "NOTPAY"]
    assert [refund["status"] for refund in books["refunds"]] == ["SUCCESS"]
    assert len(books["notices"]) == 3
