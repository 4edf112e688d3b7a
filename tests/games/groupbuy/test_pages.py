"""Group-buys at the desk, between their pages and the rows."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

from shopping import AtDesk, add_sku, house, run

from frontline.games.groupbuy.pages.listing import find
from frontline.house import assembled
from frontline.web.session import Role


def campaign(*sku_ids: UUID, **more: Any) -> dict[str, Any]:
    """Three buy together within a day, 21 yuan cheaper, ten of each."""
    return {
        "name": "三人团",
        "rule_text": "付款后开团，人满发货。",
        "starts_at": "2026-11-11T08:00",
        "ends_at": "2026-11-18T08:00",
        "size": "3",
        "life_hours": "24",
        "order_max": "2",
        "budget_cap": "500",
        "sku_id": sku_ids,
        "price": ["79"] * len(sku_ids),
        "leader_price": [""] * len(sku_ids),
        "quota": ["10"] * len(sku_ids),
        **more,
    }


async def drafted(desk: AtDesk, *sku_ids: UUID, **more: Any) -> UUID:
    answer = await desk.post("/desk/groupbuy/save", **campaign(*sku_ids, **more))
    assert answer.status_code == 200, answer.text
    return UUID(answer.json()["go"].partition("id=")[2])


def test_from_a_draft_to_live_to_paused_to_closed(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=10_000, title="蛋卷")
            owner = await at.desk(Role.OWNER)
            id_ = await drafted(owner, sku_id)
            states = []
            for verb in ("check", "approve", "publish", "pause", "resume", "close"):
                answer = await owner.post(f"/desk/groupbuy/{verb}", campaign_id=id_)
                assert answer.json() == {"go": f"/desk/groupbuy/show?id={id_}"}, answer.text
                states.append(await at.sql.fetchval("SELECT state FROM groupbuy_campaign"))
            assert states == ["checked", "approved", "live", "paused", "live", "closed"]
            page = (await owner.get("/desk/groupbuy/show", id=id_)).text
            assert "¥210.00" in page and "¥500.00" in page and "已关闭" in page
            staff = await at.desk(Role.STAFF)
            assert (await staff.post("/desk/groupbuy/close", campaign_id=id_)).status_code == 403
            assert (await staff.get("/desk/groupbuy/show", id=uuid4())).status_code == 404
            assert find in {one.find for one in assembled().features}

    run(story())


def test_approved_within_the_limit_else_it_waits(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=10_000)
            desk = await at.desk(Role.STAFF)
            await at.allow(desk.staff_id, campaign=21_000)
            small = await drafted(desk, sku_id)
            large = await drafted(desk, sku_id, quota=["11"])
            for id_, status in ((small, 200), (large, 202)):
                assert (await desk.post("/desk/groupbuy/check", campaign_id=id_)).status_code == 200
                answer = await desk.post("/desk/groupbuy/approve", campaign_id=id_)
                assert answer.status_code == status, answer.text
            state = "SELECT state FROM groupbuy_campaign WHERE id = $1"
            assert await at.sql.fetchval(state, small) == "approved"
            assert await at.sql.fetchval(state, large) == "checked"

    run(story())


def test_what_the_check_finds_is_told_of_which_product(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=10_000, on_hand=5, title="蛋卷")
            desk = await at.desk(Role.OWNER)
            short = await drafted(desk, sku_id)
            told = await desk.post("/desk/groupbuy/check", campaign_id=short)
            assert told.status_code == 422
            assert "“蛋卷”：名额超过可售库存" in told.json()["text"]
            dear = await drafted(desk, sku_id, quota=["5"], budget_cap="100")
            over = await desk.post("/desk/groupbuy/check", campaign_id=dear)
            assert over.status_code == 409 and "超过预算" in over.json()["text"]

    run(story())


def test_what_is_wrong_is_told_at_its_field(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=10_000, title="蛋卷")
            desk = await at.desk(Role.OWNER)

            async def errors(**more: Any) -> dict[str, str]:
                answer = await desk.post("/desk/groupbuy/save", **campaign(sku_id, **more))
                assert answer.status_code == 422, answer.text
                found: dict[str, str] = answer.json()["errors"]
                return found

            assert "“蛋卷”的拼团价" in (await errors(price=["便宜"]))["items"]
            assert "“蛋卷”：团长价" in (await errors(leader_price=["80"]))["items"]
            assert "至少选择一款" in (await errors(sku_id=[], price=[], quota=[]))["items"]
            assert set(await errors(ends_at="2026-11-10T08:00")) == {"ends_at"}
            assert set(await errors(order_min="3")) == {"order_max"}
            assert set(await errors(size="1")) == {"size"}

    run(story())


def test_items_are_found_added_and_taken_out_with_the_worst_case(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            first = await add_sku(at.sql, price=10_000, title="蛋卷")
            second = await add_sku(at.sql, price=5_000, title="曲奇")
            desk = await at.desk(Role.STAFF)

            async def rows(*sku_ids: UUID, **more: Any) -> str:
                form = {**campaign(*sku_ids), **more}
                answer = await desk.post("/desk/groupbuy/items", by="htmx", **form)
                assert answer.status_code == 200, answer.text
                return answer.text

            two = await rows(first, do=f"add {second}")
            assert re.findall(r'name="sku_id" value="([^"]+)"', two) == [str(first), str(second)]
            assert re.findall(r'name="price" value="([^"]*)"', two) == ["79", ""]
            one = await rows(first, second, do=f"drop {first}")
            assert "蛋卷" not in one and "曲奇" in one
            assert "¥310.00" in await rows(first, leader_price=["69"])
            assert "先填好" in await rows(first, quota=[""])

    run(story())


def test_a_published_one_changes_little(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=10_000)
            desk = await at.desk(Role.OWNER)
            id_ = await drafted(desk, sku_id)
            for verb in ("check", "approve", "publish"):
                await desk.post(f"/desk/groupbuy/{verb}", campaign_id=id_)
            page = (await desk.get("/desk/groupbuy/edit", id=id_)).text
            assert "活动已发布" in page and 'value="79.00"' in page
            fixed = campaign(sku_id, campaign_id=id_, price=["70"], share_title="三人团")
            refused = await desk.post("/desk/groupbuy/save", **fixed)
            assert refused.status_code == 422 and "发布后只能修改" in refused.json()["text"]
            longer = campaign(sku_id, campaign_id=id_, quota=["20"], share_title="三人团")
            assert (await desk.post("/desk/groupbuy/save", **longer)).status_code == 200
            assert await at.sql.fetchval("SELECT quota FROM groupbuy_item") == 20
            for phase, there in (("running", True), ("making", False), ("over", False)):
                found = (await desk.get("/desk/groupbuy", phase=phase)).text
                assert ("三人团" in found) is there

    run(story())
