"""Coupons through the doors, on PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from shopping import NINE, House, add_sku, house, run

from frontline.kernel.words import MemberId, OrderId, SkuId
from frontline.shop.order.messages import CancelOrder, Cancelled, Placed, PlaceOrder, Wanted
from frontline.web.session import Role


def _form(**told: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "name": "满100减20",
        "kind": "amount",
        "value": 2000,
        "threshold": 10_000,
        "claim_from": NINE.isoformat(),
        "claim_until": (NINE + timedelta(hours=1)).isoformat(),
        "usable_from": NINE.isoformat(),
        "usable_until": (NINE + timedelta(days=1)).isoformat(),
        **told,
    }


async def _create(at: House, **told: Any) -> str:
    answer = await at.post("/api/staff/coupons/create", await at.token(Role.OWNER), **_form(**told))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["coupon_id"])


async def _member(at: House, name: str = "ann") -> dict[str, Any]:
    said: dict[str, Any] = (await at.post("/api/login/wechat", code=name)).json()
    return said


async def _claim(at: House, token: str, coupon_id: str) -> Any:
    return await at.post("/api/coupons/claim", token, id=str(uuid4()), coupon_id=coupon_id)


async def _consistent(at: House) -> None:
    """What was issued is claimed or granted, and what was taken was claimed."""
    for row in await at.sql.fetch(
        "SELECT c.issued, (SELECT count(*) FROM coupon_claim m WHERE m.coupon_id = c.id) AS claims"
        " FROM coupon c"
    ):
        assert row["issued"] == row["claims"]


def test_claim_use_and_return(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            coupon_id = await _create(at, issued_max=10)
            ann = await _member(at)
            token, me = ann["token"], MemberId(UUID(ann["member_id"]))
            (offered,) = (await at.get("/api/coupons", token)).json()["coupons"]
            assert (offered["id"], offered["remaining"], offered["for_me"]) == (coupon_id, 10, 1)
            claim_id = (await _claim(at, token, coupon_id)).json()["claim_id"]
            assert (await at.get("/api/coupons", token)).json()["coupons"] == []
            (held,) = (await at.get("/api/coupons/mine", token)).json()["coupons"]
            assert (held["claim_id"], held["off"], held["order_id"]) == (claim_id, 0, None)

            sku_id = SkuId(await add_sku(at.sql, price=10_970))
            order = PlaceOrder(
                id=uuid4(), member_id=me, wanted=(Wanted(sku_id, 1),), claim_id=UUID(claim_id)
            )
            placed = await at.submit(order)
            assert isinstance(placed, Placed)
            assert placed.total == 8970
            (used,) = (await at.get("/api/coupons/mine", token, state="used")).json()["coupons"]
            assert (used["off"], used["order_id"]) == (2000, str(order.id))
            staff = await at.token(Role.OWNER)
            (told,) = (await at.get("/api/staff/coupons", staff)).json()["coupons"]
            assert (told["issued"], told["used"], told["off"]) == (1, 1, 2000)

            cancel = CancelOrder(
                id=uuid4(), order_id=OrderId(order.id), actor_id=me, by_staff=False
            )
            assert isinstance(await at.submit(cancel), Cancelled)
            (held,) = (await at.get("/api/coupons/mine", token)).json()["coupons"]
            assert (held["claim_id"], held["off"]) == (claim_id, 0)
            (told,) = (await at.get("/api/staff/coupons", staff)).json()["coupons"]
            assert (told["issued"], told["used"], told["off"]) == (1, 0, 0)
            at.later(days=1)
            assert (await at.get("/api/coupons/mine", token)).json()["coupons"] == []
            expired = await at.get("/api/coupons/mine", token, state="expired")
            assert len(expired.json()["coupons"]) == 1
            await _consistent(at)

    run(story())


def test_when_it_cannot_be_claimed(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            token = (await _member(at))["token"]
            later = (NINE + timedelta(minutes=30)).isoformat()
            early = await _create(at, claim_from=later)
            assert (await _claim(at, token, early)).json()["refusal"] == "claim_not_yet"
            assert (await at.get("/api/coupons", token)).json()["coupons"] == []
            last = await _create(at, issued_max=1)
            assert (await _claim(at, token, last)).status_code == 200
            assert (await _claim(at, token, last)).json()["refusal"] == "claim_limit_reached"
            other = (await _member(at, "bob"))["token"]
            assert (await _claim(at, other, last)).json()["refusal"] == "coupons_gone"
            stopped = await _create(at)
            answer = await at.post(
                "/api/staff/coupons/stop",
                await at.token(Role.OWNER),
                id=str(uuid4()),
                coupon_id=stopped,
            )
            assert answer.status_code == 200
            assert (await _claim(at, token, stopped)).json()["refusal"] == "coupon_stopped"
            at.later(hours=1)
            assert (await _claim(at, other, last)).json()["refusal"] == "claim_ended"
            assert (await _claim(at, token, str(uuid4()))).json()["refusal"] == "coupon_unknown"

    run(story())


def test_the_same_claim_twice_is_one(database: str) -> None:
    async def story() -> None:
        async with house(database) as one, house(database) as two:
            coupon_id = await _create(one, per_member_max=5)
            token, id_ = (await _member(one))["token"], str(uuid4())
            answers = [
                await at.post("/api/coupons/claim", token, id=id_, coupon_id=coupon_id)
                for at in (one, two, one)
            ]
            assert len({answer.content for answer in answers}) == 1
            assert await one.sql.fetchval("SELECT count(*) FROM coupon_claim") == 1

    run(story())


def test_granting(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            coupon_id = await _create(at, issued_max=2)
            staff, ann = await at.token(Role.OWNER), await _member(at)

            async def grant(member_id: str) -> Any:
                return await at.post(
                    "/api/staff/coupons/grant",
                    staff, id=str(uuid4()), coupon_id=coupon_id, member_id=member_id,
                )  # fmt: skip

            assert (await grant(str(uuid4()))).json()["refusal"] == "member_unknown"
            assert (await grant(ann["member_id"])).status_code == 200
            assert (await _claim(at, ann["token"], coupon_id)).status_code == 200
            assert (await grant(ann["member_id"])).json()["refusal"] == "coupons_gone"
            mine = (await at.get("/api/coupons/mine", ann["token"])).json()["coupons"]
            assert len(mine) == 2
            await _consistent(at)

    run(story())


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"value": 10_001}, "coupon_worth_invalid"),
        ({"cap": 100}, "coupon_worth_invalid"),
        ({"kind": "percent", "value": 10_001}, "coupon_worth_invalid"),
        ({"scope": "products"}, "coupon_scope_invalid"),
        ({"scope_ids": [str(uuid4())]}, "coupon_scope_invalid"),
        ({"claim_until": NINE.isoformat()}, "coupon_window_invalid"),
        ({"usable_until": NINE.isoformat()}, "coupon_window_invalid"),
        ({"claim_until": (NINE + timedelta(days=2)).isoformat()}, "coupon_window_invalid"),
        ({"usable_from": (NINE + timedelta(days=2)).isoformat()}, "coupon_window_invalid"),
        ({"value": 0}, "malformed"),
        ({"name": "  "}, "malformed"),
        ({"name": "a\u0000"}, "malformed"),
        ({"issued_max": 0}, "malformed"),
        ({"claim_from": "2026-11-11T09:00:00"}, "malformed"),
    ],
)
def test_what_cannot_be_created(database: str, told: dict[str, Any], refusal: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            answer = await at.post(
                "/api/staff/coupons/create", await at.token(Role.OWNER), **_form(**told)
            )
            assert answer.json()["refusal"] == refusal
            assert answer.status_code == 400
            assert await at.sql.fetchval("SELECT count(*) FROM coupon") == 0

    run(story())


def test_pages(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            for _ in range(60):
                await _create(at)
            token, staff = (await _member(at))["token"], await at.token(Role.OWNER)
            for path, who in (("/api/coupons", token), ("/api/staff/coupons", staff)):
                first = (await at.get(path, who)).json()
                rest = (await at.get(path, who, before=first["next_before"])).json()
                ids = [one["id"] for one in first["coupons"] + rest["coupons"]]
                assert (len(first["coupons"]), len(ids), len(set(ids))) == (50, 60, 60)
                assert ids == sorted(ids, reverse=True)
                assert rest["next_before"] is None

    run(story())


def test_two_processes_hand_out_the_last_ones(database: str) -> None:
    async def story() -> None:
        async with house(database) as one, house(database) as two:
            coupon_id = await _create(one, issued_max=7)
            tokens = [await one.token(Role.MEMBER) for _ in range(40)]
            answers = await asyncio.gather(
                *(
                    _claim(at, token, coupon_id)
                    for place, token in enumerate(tokens)
                    for at in ((one, two) if place % 2 else (two, one))
                )
            )
            refusals = [answer.json().get("refusal") for answer in answers]
            assert refusals.count(None) == 7
            assert set(refusals) <= {None, "coupons_gone", "claim_limit_reached"}
            assert await one.sql.fetchval("SELECT issued FROM coupon") == 7
            assert await one.sql.fetchval("SELECT max(count) FROM coupon_taken") == 1
            await _consistent(one)
            assert one.halvings() == two.halvings() == 0

    run(story())


def test_two_processes_keep_the_limit_of_one_member(database: str) -> None:
    async def story() -> None:
        async with house(database) as one, house(database) as two:
            coupon_id = await _create(one, per_member_max=3)
            token = (await _member(one))["token"]
            answers = await asyncio.gather(
                *(_claim(at, token, coupon_id) for _ in range(20) for at in (one, two))
            )
            assert [answer.status_code for answer in answers].count(200) == 3
            assert await one.sql.fetchval("SELECT count FROM coupon_taken") == 3
            await _consistent(one)
            assert one.halvings() == two.halvings() == 0

    run(story())


def test_one_claim_lowers_the_price_of_one_order(database: str) -> None:
    async def story() -> None:
        async with house(database) as one, house(database) as two:
            coupon_id = await _create(one)
            ann = await _member(one)
            claim_id = (await _claim(one, ann["token"], coupon_id)).json()["claim_id"]
            sku_id = SkuId(await add_sku(one.sql, price=10_000))
            outcomes = await asyncio.gather(
                *(
                    at.submit(
                        PlaceOrder(
                            id=uuid4(),
                            member_id=MemberId(UUID(ann["member_id"])),
                            wanted=(Wanted(sku_id, 1),),
                            claim_id=UUID(claim_id),
                        )
                    )
                    for _ in range(10)
                    for at in (one, two)
                )
            )
            placed = [outcome for outcome in outcomes if isinstance(outcome, Placed)]
            assert [outcome.total for outcome in placed] == [8000]
            refusals = {getattr(outcome, "refusal", None) for outcome in outcomes}
            assert refusals == {None, "coupon_used"}
            assert await one.sql.fetchval("SELECT order_id FROM coupon_claim") == placed[0].order_id
            assert one.halvings() == two.halvings() == 0

    run(story())
