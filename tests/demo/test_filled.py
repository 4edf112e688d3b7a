"""The demo shop once it is filled: what a visitor finds at the doors, and that the books agree."""

from __future__ import annotations

from databases import new_database, owner
from shopping import SHOP, house, run

from frontline.audit.run import audited
from frontline.demo import open_demo
from frontline.demo.goods import CATEGORIES
from frontline.engine.engine import clock
from frontline.web.session import Role


def test_a_visitor_finds_a_shop(server_url: str) -> None:
    async def visit() -> None:
        url = await new_database(server_url)
        assert await open_demo(owner(url), "the owner's password") == SHOP
        async with house(url) as at:
            at.clock[0] = clock()
            front = (await at.get("/api/home")).json()
            assert len(front["banners"]) == 3
            assert [one["name"] for one in front["categories"]] == list(CATEGORIES)
            assert front["popular"][0]["sold"] > 0
            assert front["shop"]["logo"].startswith("/demo/logo.")
            for one in (*front["popular"], *front["newest"], *front["categories"]):
                assert one["picture"].startswith("/demo/")
            for slug in ("trust", "about", "privacy", "terms", "refund"):
                for language in ("zh", "en"):
                    page = await at.http.get(
                        "/api/page", params={"slug": slug}, headers={"accept-language": language}
                    )
                    assert len(page.json()["html"]) > 200
            shop = (await at.get("/api/shop")).json()
            assert shop["demo"]
            campaigns = (await at.get("/api/games/groupbuy/campaigns")).json()["campaigns"]
            assert len(campaigns) == 4
            waiting = await at.sql.fetch("SELECT size - taken AS lacking FROM groupbuy_team")
            assert [one["lacking"] for one in waiting] == [1, 1]
            assert await at.sql.fetchval("SELECT count(*) FROM review") >= 40
            assert await at.sql.fetchval("SELECT count(*) FROM review WHERE reply <> ''") >= 5
            assert await at.sql.fetchval("SELECT count(*) FROM coupon") >= 3
            owner_desk = await at.desk(Role.OWNER)
            said = (await owner_desk.get("/desk/board/place", place="30")).text
            for word in ("曲奇饼", "马卡龙", "凤梨酥"):
                assert f">{word}</a>" in said
            for found in await audited(at.opened.database, SHOP, clock()):
                assert not found.violations, found

    run(visit())
