"""The worked example of the README."""

from __future__ import annotations

from shop.picture.drawing import coloured, upload
from shop.review.writing import (
    listed,
    member,
    product_of,
    received,
    reviewed,
    staff_does,
    summary,
    write,
)
from shopping import add_sku, house, run

from frontline.web.session import Role


def test_the_example_of_the_readme(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            product_id = await product_of(at, sku_id)
            none = {
                "count": 0,
                "average_x100": 0,
                "stars": [0] * 5,
                "with_pictures": 0,
                "good_bp": 0,
            }
            assert await summary(at, product_id) == none
            reviews = {}
            for rating, pictured in ((5, True), (5, False), (4, True), (3, False), (1, False)):
                me, token = await member(at, "小满")
                pictures = []
                if pictured:
                    pictures = [(await upload(at, token, coloured(rating))).json()["picture_id"]]
                order_id = await received(at, me, sku_id)
                answer = await write(at, token, order_id, rating=rating, pictures=pictures)
                reviews[rating] = answer.json()["review_id"]
            all_five = {
                "count": 5, "average_x100": 360, "stars": [1, 0, 1, 1, 2], "with_pictures": 2,
                "good_bp": 6000,
            }  # fmt: skip
            assert await summary(at, product_id) == all_five
            assert (await staff_does(at, "hide", reviews[1], reason="含手机号")).status_code == 200
            assert await summary(at, product_id) == {
                "count": 4, "average_x100": 425, "stars": [0, 0, 1, 1, 2], "with_pictures": 2,
                "good_bp": 7500,
            }  # fmt: skip
            assert len(await listed(at, product_id)) == 4
            assert (await staff_does(at, "show", reviews[1])).status_code == 200
            assert await summary(at, product_id) == all_five
            assert len(await listed(at, product_id)) == 5

    run(story())


def test_it_may_be_reviewed_until_the_ninth_of_february(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            me, token = await member(at, "小满")
            order_id = await received(at, me, sku_id, sku_id)
            at.later(days=90, seconds=-1)
            token = await at.token(Role.MEMBER, me)
            assert f"{at.clock[0]:%m-%d}" == "02-09"
            waiting = (await at.get("/api/reviews/to_write", token)).json()["items"]
            assert [one["line_number"] for one in waiting] == [1, 2]
            assert (await write(at, token, order_id, line_number=1)).status_code == 200
            at.later(seconds=1)
            no = await write(at, token, order_id, line_number=2)
            assert (no.status_code, no.json()["refusal"]) == (409, "review_too_late")
            assert (await at.get("/api/reviews/to_write", token)).json()["items"] == []

    run(story())


def test_the_sizes_of_an_order_are_reviewed_each_for_itself(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, title="曲奇")
            await at.sql.execute("UPDATE sku SET option_values = '{大盒,320g}'")
            await at.sql.execute("UPDATE product SET option_names = '{规格,重量}'")
            me, token = await member(at, "小满")
            order_id = await received(at, me, sku_id)
            (waiting,) = (await at.get("/api/reviews/to_write", token)).json()["items"]
            assert (waiting["title"], waiting["variant"]) == ("曲奇 · 大盒 320g", "大盒 320g")
            assert waiting["order_id"] == str(order_id)
            assert waiting["product_id"] == str(await product_of(at, sku_id))
            await write(at, token, order_id)
            await at.sql.execute("UPDATE sku SET option_values = '{小盒,100g}'")
            (shown,) = await listed(at, await product_of(at, sku_id))
            assert shown["variant"] == "大盒 320g"

    run(story())
