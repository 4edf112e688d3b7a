"""A quote is what the order then costs, and asking for it holds nothing."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from shop.quote.story import ask
from shopping import add_sku, house, run
from stories import CAST

from frontline.engine.engine import new_id
from frontline.kernel.words import Moment
from frontline.shop.order.feature import PLACING
from frontline.shop.order.messages import Placed, PlaceOrder, Refused
from frontline.shop.quote.feature import QUOTING
from frontline.shop.quote.messages import Quoted, QuoteOrder
from frontline.testing.story import BEGIN
from frontline.web.session import Role


@given(st.integers(0, 2**32))
def test_what_is_quoted_is_charged(seed: int) -> None:
    """In a world where anything may have happened: the same total, or the same refusal."""
    chance = Random(seed)
    story = CAST.tell(chance, chapters_max=12)
    moment = Moment(story.chapters[-1].moment.now if story.chapters else BEGIN, 0)
    question = ask(chance, story.end, moment.now, uuid4())
    assert isinstance(question, QuoteOrder)
    wish = PlaceOrder(
        id=question.id,
        member_id=question.member_id,
        wanted=question.wanted,
        address_id=question.address_id,
        claim_id=question.claim_id,
    )
    (quoted,) = CAST.simulator.run(QUOTING, story.end, [question], moment)[0].outcomes
    decision, after = CAST.simulator.run(PLACING, story.end, [wish], moment)
    (placed,) = decision.outcomes
    if isinstance(quoted, Quoted):
        assert isinstance(placed, Placed)
        assert placed.total == quoted.total
        assert quoted.goods - quoted.discount + quoted.freight == quoted.total
        lines = after.content()["OrderBook.orders"][wish.id].lines
        assert [line.paid for line in lines] == [line.paid for line in quoted.lines]
    else:
        assert isinstance(quoted, Refused)
        assert placed == quoted


def test_at_the_door(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            me, sku_id = uuid4(), await add_sku(at.sql, price=1250, on_hand=3)
            token, path = await at.token(Role.MEMBER, me), "/api/orders/quote"

            async def quote(units: int) -> Any:
                return await at.post(
                    path, token, lines=[{"sku_id": str(sku_id), "quantity": units}]
                )

            line = {
                "number": 1, "sku_id": str(sku_id), "title": "曲奇", "quantity": 2, "price": 1250,
                "paid": 2500,
            }  # fmt: skip
            assert (await quote(2)).json() == {
                "type": "Quoted", "lines": [line], "goods": 2500, "discount": 0, "freight": 0,
                "total": 2500,
            }  # fmt: skip
            assert (await quote(4)).json()["refusal"] == "sold_out"
            assert (await at.post(path, token, lines=[])).status_code == 400
            assert (await at.post(path, await at.token(), lines=[])).status_code == 403
            for table in ("answer", "shop_order", "timer", "outbox"):
                assert await at.sql.fetchval(f"SELECT count(*) FROM {table}") == 0
            assert await at.sql.fetchval("SELECT reserved FROM stock") == 0

    run(story())


def test_what_others_took_is_not_counted_against_me(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            await at.sql.execute("UPDATE sku SET per_member_max = 1")
            form = {"lines": [{"sku_id": str(sku_id), "quantity": 1}]}
            one, two = await at.token(Role.MEMBER), await at.token(Role.MEMBER)
            assert (
                await at.post("/api/orders/place", one, id=str(new_id()), **form)
            ).status_code == 200
            again = await at.post("/api/orders/quote", one, **form)
            assert again.json()["refusal"] == "limit_reached"
            assert (await at.post("/api/orders/quote", two, **form)).status_code == 200

    run(story())


def test_it_waits_for_nobody_who_buys(database: str) -> None:
    """Somebody holds the stock locked and does not let go; the quote is answered all the same."""

    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            token = await at.token(Role.MEMBER)
            held = at.sql.transaction()
            await held.start()
            await at.sql.execute("SELECT 1 FROM stock FOR UPDATE")
            form = {"lines": [{"sku_id": str(sku_id), "quantity": 1}]}
            assert (await at.post("/api/orders/quote", token, **form)).status_code == 200
            await held.rollback()

    run(story())


def test_the_same_question_may_have_another_answer(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=100)
            wanted = ({"sku_id": str(sku_id), "quantity": 1},)
            token = await at.token(Role.MEMBER)
            form = {"id": str(new_id()), "lines": wanted}
            first = await at.post("/api/orders/quote", token, **form)
            await at.sql.execute("UPDATE sku SET price = 90")
            second = await at.post("/api/orders/quote", token, **form)
            assert (first.json()["total"], second.json()["total"]) == (100, 90)

    run(story())
