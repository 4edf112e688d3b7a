"""What a checkout chooses and quotes is what placing the order then takes."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from catalog_samples import sell
from hypothesis import given
from hypothesis import strategies as st
from shop.checkout.story import ask
from shopping import NINE, SHOP, House, add_sku, house, run
from stories import CAST

from frontline.kernel.words import Moment
from frontline.shop.checkout.feature import CHECKING_OUT
from frontline.shop.checkout.messages import Checkout, CheckOut
from frontline.shop.coupon.book import ClaimState
from frontline.shop.order.feature import PLACING
from frontline.shop.order.messages import Placed, PlaceOrder
from frontline.testing.story import BEGIN

PATH = "/api/orders/checkout"


@given(st.integers(0, 2**32))
def test_what_is_quoted_is_charged(seed: int) -> None:
    """In a world where anything may have happened: with the address and coupon it chose."""
    chance = Random(seed)
    story = CAST.tell(chance, chapters_max=12)
    moment = Moment(story.chapters[-1].moment.now if story.chapters else BEGIN, 0)
    question = ask(chance, story.end, moment.now, uuid4())
    assert isinstance(question, CheckOut)
    decision, untouched = CAST.simulator.run(CHECKING_OUT, story.end, [question], moment)
    (told,) = decision.outcomes
    assert isinstance(told, Checkout)
    assert untouched.content() == story.end.content()
    assert told.quote is not None or told.problems
    if told.quote is None:
        return

    def placed(claim_id: UUID | None) -> Any:
        assert told.quote is not None
        wish = PlaceOrder(
            id=question.id,
            member_id=question.member_id,
            wanted=question.wanted,
            address_id=None if told.address is None else told.address.id,
            claim_id=claim_id,
            expected_total=told.quote.total if claim_id == told.claim_id else None,
        )
        return CAST.simulator.run(PLACING, story.end, [wish], moment)

    decision, after = placed(told.claim_id)
    assert isinstance(decision.outcomes[0], Placed), (told, decision.outcomes)
    lines = after.content()["OrderBook.orders"][question.id].lines
    assert [line.paid for line in lines] == [line.paid for line in told.quote.lines]
    assert told.quote.goods - told.quote.discount + told.quote.freight == told.quote.total
    bare = placed(None)[0].outcomes[0].total
    saves = {one.claim_id: one.saves for one in told.coupons.usable}
    assert [*saves.values()] == sorted(saves.values(), reverse=True)
    assert told.coupons.best == next((one for one, saved in saves.items() if saved), None)
    # Each coupon does what is said of it, and none is left out that would do something.
    for claim in story.end.content()["CouponBook.claims"].values():
        if (claim.member_id, claim.state) != (question.member_id, ClaimState.HELD):
            continue
        outcome = placed(claim.id)[0].outcomes[0]
        if claim.id in saves:
            assert outcome.total == bare - saves[claim.id]
        else:
            assert outcome.refusal.startswith("coupon_")


# -- At the door ----------------------------------------------------------------------------


async def coupon(
    at: House, member_id: UUID, name: str, value: int, threshold: int = 0, **told: Any
) -> str:
    """Held by the member; `until` and `since` in hours from nine."""
    coupon_id, claim_id = uuid4(), uuid4()
    await at.sql.execute(
        "INSERT INTO coupon (shop_id, id, name, kind, value, threshold, scope, scope_ids,"
        " per_member_max, claim_from, claim_until, usable_from, usable_until, stopped, issued)"
        " VALUES (1, $1, $2, 'amount', $3, $4, 'all', '{}', 1, $5, $6, $5, $6, false, 1)",
        coupon_id, name, value, threshold,
        NINE + timedelta(hours=told.get("since", -24)), NINE + timedelta(hours=told.get("until", 24)),
    )  # fmt: skip
    await at.sql.execute(
        "INSERT INTO coupon_claim (shop_id, id, coupon_id, member_id, state, claimed_at, off)"
        " VALUES (1, $1, $2, $3, 'held', $4, 0)",
        claim_id, coupon_id, member_id, NINE,
    )  # fmt: skip
    return str(claim_id)


async def member(at: House) -> tuple[str, UUID]:
    signed = (await at.post("/api/login/wechat", code="小满")).json()
    return signed["token"], UUID(signed["member_id"])


async def address(at: House, token: str, code: str = "440305") -> str:
    id_ = str(uuid4())
    told = {"name": "李小满", "phone": "13800138000", "detail": "科技园1号"}
    answer = await at.post("/api/addresses/put", token, id=id_, region_code=code, **told)
    assert answer.status_code == 200, answer.text
    return id_


async def freight(at: House) -> UUID:
    template_id = uuid4()
    await at.sql.execute(
        "INSERT INTO freight_template (shop_id, id, name, measure, elsewhere, regions)"
        """ VALUES (1, $1, '快递', 'piece',
            '{"first": 1, "first_fee": 800, "more": 1, "more_fee": 200}', '{"65": null}')""",
        template_id,
    )
    return template_id


def lines(*wanted: tuple[UUID, int]) -> list[dict[str, Any]]:
    return [{"sku_id": str(sku_id), "quantity": units} for sku_id, units in wanted]


def test_the_example(database: str) -> None:
    """The worked example of the README."""

    async def story() -> None:
        async with house(database) as at:
            token, me = await member(at)
            cookies = await sell(
                at.opened.database, SHOP, price=3990, title="曲奇", freight_id=await freight(at),
                needs_shipping=True,
            )  # fmt: skip
            five = await coupon(at, me, "无门槛 5 元", 500)
            ten = await coupon(at, me, "满 79 减 10", 1000, 7900)
            big = await coupon(at, me, "满 200 减 50", 5000, 20000)
            await coupon(at, me, "去年的", 3000, until=-1)
            wanted = lines((cookies, 2))

            first = (await at.post(PATH, token, lines=wanted)).json()
            assert (first["address"], first["quote"]) == (None, None)
            assert first["problems"] == [
                {"sku_id": None, "refusal": "address_needed", "text": "请先选择收货地址"}
            ]
            assert [line["paid"] for line in first["lines"]] == [7980]

            home = await address(at, token)
            told = (await at.post(PATH, token, lines=wanted)).json()
            assert told["now"] == "2026-11-11T01:00:00Z"
            assert (told["needs_address"], told["address"]["id"]) == (True, home)
            assert told["problems"] == []
            assert told["claim_id"] == told["coupons"]["best"] == ten
            assert [(one["claim_id"], one["saves"]) for one in told["coupons"]["usable"]] == [
                (ten, 1000),
                (five, 500),
            ]
            (unusable,) = told["coupons"]["unusable"]
            assert (unusable["claim_id"], unusable["refusal"]) == (big, "coupon_below_threshold")
            assert unusable["why"] == "未达到优惠券的使用门槛"
            quote = told["quote"]
            assert (quote["goods"], quote["discount"], quote["freight"], quote["total"]) == (
                *(7980, 1000, 1000),
                7980,
            )
            (line,) = quote["lines"]
            assert (line["title"], line["quantity"], line["price"], line["paid"]) == (
                *("曲奇", 2, 3990),
                6980,
            )

            other = (await at.post(PATH, token, lines=wanted, claim_id=five)).json()
            assert (other["claim_id"], other["quote"]["total"]) == (five, 8480)
            none = (await at.post(PATH, token, lines=wanted, no_coupon=True)).json()
            assert (none["claim_id"], none["coupons"]["best"]) == (None, ten)
            assert none["quote"]["total"] == 8980

            placed = await at.post(
                "/api/orders/place", token, id=str(uuid4()), lines=wanted, address_id=home,
                claim_id=ten, expected_total=7980,
            )  # fmt: skip
            assert placed.json()["total"] == 7980

    run(story())


def test_all_that_is_in_the_way_is_told_at_once(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            token, me = await member(at)
            await coupon(at, me, "满 100 减 10", 1000, 10_000)
            off = await add_sku(at.sql, title="旧款", on_sale=False)
            few = await add_sku(at.sql, title="少货", on_hand=1)
            good = await add_sku(at.sql, title="有货", price=9_000)
            wanted = lines((off, 1), (few, 2), (good, 1), (uuid4(), 1))
            told = await at.http.post(
                PATH,
                json={"lines": wanted},
                headers={"authorization": f"Bearer {token}", "accept-language": "en"},
            )
            said = told.json()
            assert said["quote"] is None
            refused = [(one["sku_id"], one["refusal"]) for one in said["problems"]]
            assert refused == [
                (str(off), "off_sale"),
                (wanted[3]["sku_id"], "sku_unknown"),
                (str(few), "sold_out"),
            ]
            assert all(one["text"].isascii() for one in said["problems"])
            assert [line["title"] for line in said["lines"]] == ["旧款", "少货", "有货"]
            # Coupons are held against what can be had.
            (unusable,) = said["coupons"]["unusable"]
            assert unusable["refusal"] == "coupon_below_threshold"

    run(story())


def test_what_was_told_and_is_not_mine(database: str) -> None:
    """Neither another's address nor another's coupon; and nothing is told of them."""

    async def story() -> None:
        async with house(database) as at:
            token, me = await member(at)
            other = (await at.post("/api/login/wechat", code="别人")).json()
            theirs = await coupon(at, UUID(other["member_id"]), "别人的", 100)
            street = await address(at, other["token"])
            mine = await address(at, token)
            sku_id = await sell(
                at.opened.database, SHOP, price=3990, freight_id=await freight(at),
                needs_shipping=True,
            )  # fmt: skip
            wanted = lines((sku_id, 1))
            said = (await at.post(PATH, token, lines=wanted, claim_id=theirs)).json()
            assert [one["refusal"] for one in said["problems"]] == ["coupon_unknown"]
            assert (said["claim_id"], said["coupons"]["unusable"]) == (None, [])
            assert said["quote"]["total"] == 3990 + 800
            said = (await at.post(PATH, token, lines=wanted, address_id=street)).json()
            assert [one["refusal"] for one in said["problems"]] == ["address_unknown"]
            assert (said["address"], said["quote"]) == (None, None)
            far = await address(at, token, "650102")
            said = (await at.post(PATH, token, lines=wanted, address_id=far)).json()
            assert [one["refusal"] for one in said["problems"]] == ["not_sent_there"]
            await at.post("/api/addresses/prefer", token, id=str(uuid4()), address_id=far)
            assert (await at.post(PATH, token, lines=wanted)).json()["address"]["id"] == far
            await at.post("/api/addresses/remove", token, id=str(uuid4()), address_id=far)
            assert (await at.post(PATH, token, lines=wanted)).json()["address"]["id"] == mine
            assert me

    run(story())


def test_it_holds_nothing_and_waits_for_nobody(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            token, me = await member(at)
            claim_id = await coupon(at, me, "5 元", 500)
            sku_id = await add_sku(at.sql)
            held = at.sql.transaction()
            await held.start()
            await at.sql.execute("SELECT 1 FROM stock, coupon_claim, member FOR UPDATE")
            said = (await at.post(PATH, token, lines=lines((sku_id, 1)))).json()
            await held.rollback()
            assert (said["claim_id"], said["quote"]["total"]) == (claim_id, 9_500)
            assert (said["needs_address"], said["address"]) == (False, None)
            for table in ("shop_order", "timer"):
                assert await at.sql.fetchval(f"SELECT count(*) FROM {table}") == 0
            assert await at.sql.fetchval("SELECT reserved FROM stock") == 0
            assert await at.sql.fetchval("SELECT state FROM coupon_claim") == "held"

    run(story())
