"""Members at the desk: found, shown, handed their data, forgotten."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from shop.aftersale.buying import bought
from shopping import House, add_sku, house, run

from frontline.web.session import Role


async def joined(at: House, nickname: str, phone: str | None) -> UUID:
    member_id = uuid4()
    await at.sql.execute(
        "INSERT INTO member (shop_id, id, nickname, phone, locale, joined_at) VALUES (1, $1, $2, $3, 'zh', $4)",
        member_id, nickname, phone, at.clock[0],
    )  # fmt: skip
    return member_id


async def lives(at: House, member_id: UUID) -> UUID:
    address_id = uuid4()
    await at.sql.execute(
        "INSERT INTO address (shop_id, id, member_id, name, phone, region_code, region, detail)"
        " VALUES (1, $1, $2, '王收货', '13900139000', '440305', '广东省 深圳市 南山区', '科技园 1 号')",
        address_id, member_id,
    )  # fmt: skip
    return address_id


def test_members_are_found_by_how_a_name_or_phone_begins(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            ann = await joined(at, "李小满", "13800138000")
            at.later(days=1)
            bob = await joined(at, "陈大文", None)
            await lives(at, bob)
            desk = await at.desk(Role.STAFF)

            async def found(**query: Any) -> set[UUID]:
                page = await desk.get("/desk/members", **query)
                assert page.status_code == 200
                return {one for one in (ann, bob) if str(one) in page.text}

            assert await found() == {ann, bob}
            assert await found(words="李") == {ann}
            assert await found(words="138001") == {ann}
            assert await found(words="13900139") == {bob}  # Of an address.
            assert await found(words="王收") == {bob}
            assert await found(words="小满") == set()  # Not how it begins.
            assert await found(first="2026-11-12") == {bob}
            page = await desk.get("/desk/search", words="李小")
            assert f"/desk/members/show?id={ann}" in page.text

    run(story())


def test_a_member_shows_what_they_bought_hold_and_brought(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=3_990, title="曲奇")
            ann = await joined(at, "李小满", "13800138000")
            at.later(minutes=5)
            bob = await joined(at, "陈大文", None)
            await bought(at, [(sku_id, 2)], bob, address_id=await lives(at, bob))
            await at.sql.execute(
                "INSERT INTO share_code VALUES (1, 'AAAAAAAAAAAA', $1, $2, 'page', 'home', 'friend', $3)",
                uuid4(), ann, at.clock[0],
            )  # fmt: skip
            await at.sql.execute(
                "INSERT INTO share_bind VALUES (1, $1, $2, $3, $4, 'AAAAAAAAAAAA', $3, $5)",
                bob, uuid4(), at.clock[0], ann, at.clock[0].replace(year=2025),
            )  # fmt: skip
            desk = await at.desk(Role.STAFF)
            page = (await desk.get("/desk/members/show", id=str(bob))).text
            for said in ("陈大文", "79.80", "曲奇 ×2", "王收货", "李小满"):
                assert said in page, said
            assert "陈大文" in (await desk.get("/desk/members/show", id=str(ann))).text
            assert (await desk.get("/desk/members/show", id=str(uuid4()))).status_code == 404

    run(story())


def test_a_member_takes_their_data_along_and_is_forgotten(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            ann = await joined(at, "李小满", "13800138000")
            sku_id = await add_sku(at.sql)
            order_id = await bought(at, [(sku_id, 1)], ann, address_id=await lives(at, ann))
            staff, owner = await at.desk(Role.STAFF), await at.desk(Role.OWNER)
            export = await owner.get("/desk/members/export_data", member_id=str(ann))
            assert export.headers["content-disposition"].startswith("attachment")
            assert "13800138000" in export.text
            assert "科技园 1 号" in export.text
            assert (
                await owner.get("/desk/members/export_data", member_id=str(uuid4()))
            ).status_code == 404
            assert (
                "/desk/members/erase"
                not in (await staff.get("/desk/members/show", id=str(ann))).text
            )
            assert (await staff.post("/desk/members/erase", member_id=str(ann))).status_code == 403
            busy = await owner.post("/desk/members/erase", member_id=str(ann))
            assert busy.status_code == 422
            assert "未完成的订单" in busy.text
            await owner.post("/desk/orders/cancel", order_id=str(order_id))
            await at.sql.execute("UPDATE refund SET state = 'done', done_at = now()")
            await at.sql.execute("UPDATE shop_order SET state = 'refunded'")
            done = await owner.post("/desk/members/erase", member_id=str(ann))
            assert done.status_code == 200, done.text
            assert await at.sql.fetchval("SELECT phone FROM member WHERE id = $1", ann) is None
            page = (await owner.get("/desk/members/show", id=str(ann))).text
            assert "13800138000" not in page
            assert "已注销" in page

    run(story())
