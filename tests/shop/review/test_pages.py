"""Reviews at the desk, between their pages and the rows."""

from __future__ import annotations

from shop.review.writing import reviewed
from shopping import add_sku, house, run

from frontline.web.session import Role


def test_answered_hidden_and_shown_again(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            review_id = await reviewed(at, await add_sku(at.sql, title="蛋卷"), text="碎了一半")
            desk = await at.desk(Role.STAFF)
            assert "碎了一半" in (await desk.get("/desk/reviews")).text
            answer = await desk.post("/desk/reviews/reply", review_id=review_id, text="补发一份")
            assert "补发一份" in answer.json()["html"], answer.text
            assert "碎了一半" not in (await desk.get("/desk/reviews")).text, "it is answered"
            hidden = await desk.post("/desk/reviews/hide", review_id=review_id, reason="有电话号码")
            assert hidden.json()["said"]["undo"] == "/desk/reviews/unhide"
            row = await at.sql.fetchrow("SELECT reply, hidden FROM review")
            assert tuple(row) == ("补发一份", "有电话号码")
            assert "碎了一半" in (await desk.get("/desk/reviews", state="hidden")).text
            again = await desk.post("/desk/reviews/hide", review_id=review_id, reason="x")
            assert again.status_code == 409
            await desk.post("/desk/reviews/unhide", review_id=review_id)
            assert await at.sql.fetchval("SELECT hidden FROM review") == ""
            page = (await desk.get("/desk/reviews/show", id=review_id)).text
            for deed in ("回复: 补发一份", "隐藏: 有电话号码", "恢复显示"):
                assert deed in page
            name = await at.sql.fetchval("SELECT name FROM staff WHERE id = $1", desk.staff_id)
            assert name in page

    run(story())


def test_bad_ones_only_a_page_at_a_time(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            for rating, text in ((5, "很好"), (1, "很差"), (2, "一般")):
                await reviewed(at, sku_id, rating=rating, text=text)
                at.later(minutes=1)
            desk = await at.desk(Role.STAFF)
            first = (await desk.get("/desk/reviews", stars=2, limit=1)).text
            assert "一般" in first and "很差" not in first and "很好" not in first
            after = first.partition("&after=")[2].partition('"')[0]
            rest = (await desk.get("/desk/reviews", stars=2, limit=1, after=after)).text
            assert "很差" in rest and "一般" not in rest

    run(story())
