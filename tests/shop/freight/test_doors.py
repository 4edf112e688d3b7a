"""Keeping freight templates through the doors, on PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from shopping import House, add_sku, house, run

from frontline.shop.freight.messages import Measure, PutFreight
from frontline.web.session import Role

RATE = {"first": 1, "first_fee": 800, "more": 1, "more_fee": 200}


async def _put(at: House, token: str, **told: Any) -> Any:
    form = {"id": str(uuid4()), "name": "快递", "measure": "piece", "elsewhere": RATE, **told}
    return await at.post("/api/staff/freight/put", token, **form)


async def _attach(at: House, token: str, template_id: str | None, *product_ids: UUID) -> Any:
    return await at.post(
        "/api/staff/freight/attach",
        token,
        id=str(uuid4()),
        template_id=template_id,
        product_ids=[str(id_) for id_ in product_ids],
    )


async def _remove(at: House, token: str, template_id: str) -> Any:
    return await at.post(
        "/api/staff/freight/remove", token, id=str(uuid4()), template_id=template_id
    )


def test_put_change_attach_remove(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            staff, product_id = await at.token(), uuid4()
            await add_sku(at.sql, product_id=product_id)
            regions = {"65": None, "4403": RATE, "440305": {**RATE, "free_from": 9900}}
            template_id = (await _put(at, staff, regions=regions)).json()["template_id"]
            changed = await _put(at, staff, template_id=template_id, name=" 顺丰 ", regions=regions)
            assert changed.json()["template_id"] == template_id
            assert (await _attach(at, staff, template_id, product_id)).status_code == 200
            (listed,) = (await at.get("/api/staff/freight", staff)).json()["templates"]
            assert (listed["name"], listed["products"]) == ("顺丰", 1)
            assert listed["regions"]["65"] is None
            assert listed["regions"]["440305"]["free_from"] == 9900
            assert (await _remove(at, staff, template_id)).json()["refusal"] == "freight_in_use"
            assert (await _attach(at, staff, None, product_id)).status_code == 200
            assert (await _remove(at, staff, template_id)).status_code == 200
            assert (await at.get("/api/staff/freight", staff)).json()["templates"] == []
            assert (await _remove(at, staff, template_id)).json()["refusal"] == "freight_unknown"

    run(story())


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"regions": {"99": RATE}}, "freight_region_unknown"),
        ({"regions": {"440300": RATE}}, "freight_region_unknown"),
        ({"regions": {"": RATE}}, "freight_region_unknown"),
        ({"elsewhere": {**RATE, "first": 0}}, "malformed"),
        ({"elsewhere": {**RATE, "more": 0}}, "malformed"),
        ({"elsewhere": {**RATE, "first_fee": -1}}, "malformed"),
        ({"measure": "volume"}, "malformed"),
        ({"name": "\n"}, "malformed"),
        ({"template_id": str(uuid4())}, "freight_unknown"),
    ],
)
def test_what_cannot_be_put(database: str, told: dict[str, Any], refusal: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            answer = await _put(at, await at.token(), **told)
            assert answer.json()["refusal"] == refusal
            assert await at.sql.fetchval("SELECT count(*) FROM freight_template") == 0

    run(story())


def test_names_differ_also_in_two_processes(database: str) -> None:
    async def story() -> None:
        async with house(database) as one, house(database) as two:
            outcomes = await asyncio.gather(
                *(
                    at.submit(
                        PutFreight(
                            id=uuid4(), template_id=None, name=f"快递 {number}",
                            measure=Measure.PIECE, elsewhere=None, regions={},
                        )
                    )
                    for at in (one, two)
                    for number in range(8)
                )
            )  # fmt: skip
            refused = [getattr(outcome, "refusal", None) for outcome in outcomes]
            for first, second in zip(refused[:8], refused[8:], strict=True):
                assert {first, second} == {None, "freight_name_taken"}
            assert one.halvings() == two.halvings() == 0

    run(story())


def test_a_template_is_not_removed_from_under_a_product(database: str) -> None:
    """One process removes while the other attaches: one of the two is refused."""

    async def story() -> None:
        async with house(database) as one, house(database) as two:
            staff = await one.token()
            for number in range(10):
                product_id = uuid4()
                await add_sku(one.sql, product_id=product_id)
                put = await _put(one, staff, name=f"快递 {number}")
                template_id = put.json()["template_id"]
                answers = await asyncio.gather(
                    _attach(one, staff, template_id, product_id), _remove(two, staff, template_id)
                )
                refusals = {answer.json().get("refusal") for answer in answers}
                assert refusals in ({None, "freight_in_use"}, {None, "freight_unknown"})

    run(story())


def test_an_unknown_product_is_refused_and_nothing_attached(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            staff, product_id = await at.token(Role.OWNER), uuid4()
            await add_sku(at.sql, product_id=product_id)
            template_id = (await _put(at, staff)).json()["template_id"]
            answer = await _attach(at, staff, template_id, product_id, uuid4())
            assert answer.json()["refusal"] == "product_unknown"
            assert await at.sql.fetchval("SELECT freight_id FROM product") is None

    run(story())
