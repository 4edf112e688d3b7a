"""The front-line log: one tap, what is counted by itself, and who has not spoken for long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from company.firm import again
from shopping import NINE, House, house, run

from frontline.company.contact import views
from frontline.kernel.words import ShopId, StaffId
from frontline.web.session import Role

SHOP = ShopId(1)


async def member(at: House, phone: str) -> UUID:
    member_id = uuid4()
    await at.sql.execute(
        "INSERT INTO member (shop_id, id, phone, nickname, locale, joined_at)"
        " VALUES (1, $1, $2, '小满', 'zh', now())",
        member_id, phone,
    )  # fmt: skip
    return member_id


@pytest.mark.parametrize("language", ["zh", "en"])
def test_just_spoke_with_a_customer(database: str, language: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER, language=language)
            assert (await desk.get("/desk/contacts")).status_code == 200
            bare = await desk.post("/desk/contacts/log", how="chat")
            assert bare.status_code == 200, bare.text
            member_id = await member(at, "13800001111")
            at.later(hours=1)
            await desk.post(
                "/desk/contacts/log",
                how="phone",
                said="盒子太大，想要小包装",
                phone="138 0000 1111",
            )
            row = await at.sql.fetchrow(
                "SELECT staff_id, how, said, member_id, at FROM customer_contact WHERE how = 'phone'"
            )
            assert tuple(row) == (
                desk.staff_id, "phone", "盒子太大，想要小包装", member_id, NINE + timedelta(hours=1),
            )  # fmt: skip
            for path in ("/desk/contacts", "/desk/contacts/all"):
                page = await desk.get(path)
                assert page.status_code == 200, page.text
                assert "想要小包装" in page.text
                assert "小满" in page.text
                assert "13800001111" not in page.text

    run(story())


def test_what_cannot_be_logged(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk()
            unknown = await desk.post("/desk/contacts/log", how="chat", phone="13900000000")
            assert "phone" in unknown.json()["errors"]
            by_itself = await desk.post("/desk/contacts/log", how="review")
            assert "how" in by_itself.json()["errors"]
            future = await desk.post("/desk/contacts/log", how="chat", at="2026-11-11T09:01")
            assert future.json()["refusal"] == "contact_in_future"
            assert await at.sql.fetchval("SELECT count(*) FROM customer_contact") == 0

    run(story())


async def _answers(at: House, staff_id: Any) -> None:
    """A review answered a day ago and a case an hour ago; and what is none of hers, or none."""
    reply = "INSERT INTO review_step (shop_id, review_id, deed, said, staff_id, at) VALUES (1, $1, $2, 'x', $3, $4)"
    day = timedelta(days=1)
    await at.sql.execute(reply, uuid4(), "reply", staff_id, NINE - day)
    await at.sql.execute(reply, uuid4(), "hide", staff_id, NINE)
    await at.sql.execute(reply, uuid4(), "reply", uuid4(), NINE)
    case = "INSERT INTO aftersale_step (shop_id, case_id, state, at, who, actor_id) VALUES (1, $1, $2, $3, $4, $5)"
    await at.sql.execute(case, uuid4(), "refused", NINE - day / 24, "staff", staff_id)
    await at.sql.execute(case, uuid4(), "received", NINE, "staff", staff_id)
    await at.sql.execute(case, uuid4(), "asked", NINE, "buyer", staff_id)


def test_answers_are_counted_by_themselves(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            me = StaffId(desk.staff_id)
            async with at.opened.database.transaction(SHOP) as transaction:
                assert await views.last_contact(transaction, me) is None
                assert await views.contacts_since(transaction, me, NINE - timedelta(days=9)) == 0
            await _answers(at, me)
            async with at.opened.database.transaction(SHOP) as transaction:
                assert await views.last_contact(transaction, me) == NINE - timedelta(hours=1)
                week = NINE - timedelta(days=7)
                assert await views.contacts_since(transaction, me, week) == 2
                assert await views.contacts_since(transaction, me, NINE - timedelta(hours=2)) == 1
                (one,) = [it for it in await views.people(transaction, week) if it.id == me]
                assert (one.count.spoken, one.count.reviews, one.count.cases) == (0, 1, 1)

    run(story())


def test_the_owner_reads_how_long_it_has_been(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            assert "还没有" in (await desk.get("/desk/board/place", place=80)).text
            await desk.post("/desk/contacts/log", how="visit")
            assert "今天" in (await desk.get("/desk/board/place", place=80)).text
            at.later(days=9)
            await again(at, desk, Role.OWNER)
            assert "9 天前" in (await desk.get("/desk/board/place", place=80)).text

    run(story())
