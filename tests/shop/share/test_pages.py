"""Sharing at the desk."""

from __future__ import annotations

from uuid import uuid4

from shop.share.friends import Friend
from shopping import add_sku, house, run

from frontline.web.session import Role


def test_what_sharing_brought_and_who_brought_whom(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            product_id = await at.sql.fetchval("SELECT product_id FROM sku WHERE id = $1", sku_id)
            ann, bob = Friend(at, "ann"), Friend(at, "bob")
            await ann.joins()
            await ann.buys(sku_id)
            at.later(minutes=1)
            await bob.opens(await ann.shares(product_id, channel="poster"))
            await bob.joins()
            await bob.buys(sku_id)
            await at.sql.execute("UPDATE member SET nickname = '安' WHERE id = $1", ann.id)
            await at.sql.execute("UPDATE member SET nickname = '波' WHERE id = $1", bob.id)
            desk = await at.desk(Role.STAFF)
            words = " ".join((await desk.get("/desk/share")).text.split())
            assert "0.50" in words, "two joined and paid, one of them was brought"
            assert '<td>海报</td><td class="num">1</td><td class="num">1</td>' in words
            assert f"/desk/share/tree?id={ann.id}" in words
            tree = (await desk.get("/desk/share/tree", id=ann.id)).text
            assert "波" in tree and "海报" in tree and "已付款" in tree
            below = (await desk.get("/desk/share/tree", id=bob.id)).text
            assert f"/desk/share/tree?id={ann.id}" in below
            assert (await desk.get("/desk/share/tree", id=uuid4())).status_code == 404
            past = await desk.get("/desk/share", first="2026-01-01", last="2026-01-31")
            assert "还没有人带来新客" in past.text

    run(story())
