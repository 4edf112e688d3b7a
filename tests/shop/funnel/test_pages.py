"""The funnel at the desk."""

from __future__ import annotations

from uuid import uuid4

from shopping import add_sku, house, run

from frontline.web.session import Role


def test_how_many_came_how_far(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            product_id = await at.sql.fetchval(
                "SELECT product_id FROM sku WHERE id = $1", await add_sku(at.sql, title="蛋卷")
            )
            visitors = [uuid4() for _ in range(4)]
            for visitor in visitors:
                await at.post("/api/funnel/seen", visitor=str(visitor), step="open")
            for visitor in visitors[:3]:
                await at.post(
                    "/api/funnel/seen",
                    visitor=str(visitor), step="product", product_id=str(product_id),
                )  # fmt: skip
            desk = await at.desk(Role.STAFF)
            words = " ".join((await desk.get("/desk/funnel")).text.split())
            assert '<td>打开店铺</td><td class="num">4</td>' in words
            assert '<td>看过商品</td><td class="num">3</td>' in words and "75%" in words
            of_one = (await desk.get("/desk/funnel", product=product_id)).text
            assert "蛋卷" in of_one and "打开店铺" not in of_one
            past = await desk.get("/desk/funnel", first="2026-01-01", last="2026-01-31")
            assert "还没有访客" in past.text
            wrong = await desk.get("/desk/funnel", first="2026-11-11", last="2026-01-31")
            assert wrong.status_code == 400
            assert (await desk.get("/desk/funnel", product=uuid4())).status_code == 404

    run(story())
