"""The shop's own words at the desk, between their pages and the rows."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from shopping import AtDesk, house, run

from frontline.shop.picture import uploading
from frontline.shop.picture.uploading import PicturePut
from frontline.web.session import Role

PICTURE = f"/pictures/1/{'a' * 32}.webp"


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is uploaded is this picture."""

    async def put(_visit: Any, id_: UUID, _data: bytes) -> PicturePut:
        return PicturePut(id_, PICTURE, 8, 8)

    monkeypatch.setattr(uploading, "put", put)


@pytest.mark.usefixtures("drawn")
def test_facts_of_the_shop(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF)
            files = {"logo_file": ("logo.png", b"x", "image/png")}
            said = {"notice_zh": "放假三天", "notice_en": "Closed", "phone": "400-000-0000"}
            saved = await desk.post("/desk/shop/put", files=files, **said)
            assert saved.json() == {"go": "/desk/shop"}, saved.text
            facts = json.loads(await at.sql.fetchval("SELECT facts FROM page_shop"))
            assert facts["logo"] == PICTURE
            assert facts["notice"] == {"zh": "放假三天", "en": "Closed"}
            assert 'value="放假三天"' in (await desk.get("/desk/shop")).text
            half = await desk.post("/desk/shop/put", licence_name="小满")
            assert set(half.json()["errors"]) == {"licence_number"}

    run(story())


def test_a_page_is_kept_without_what_is_not_safe(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF)
            html = "<p onclick='x()'>七天<script>x()</script>无理由</p>"
            wish = {"slug": "refund", "title_zh": "退换货", "html_zh": html}
            saved = await desk.post("/desk/shop/page/put", **wish)
            assert saved.json() == {"go": "/desk/shop/page?slug=refund"}, saved.text
            assert await at.sql.fetchval("SELECT html_zh FROM page_text") == "<p>七天无理由</p>"
            page = (await desk.get("/desk/shop/page", slug="refund")).text
            assert "&lt;p&gt;七天无理由&lt;/p&gt;" in page
            empty = await desk.post(
                "/desk/shop/page/put", **{**wish, "html_zh": "<script>1</script>"}
            )
            assert set(empty.json()["errors"]) == {"html_zh"}

    run(story())


async def put(desk: AtDesk, title: str, **more: Any) -> Any:
    wish = {"place": 1, "title_zh": title, "picture": PICTURE, "link": "/pages/cart/cart", **more}
    return await desk.post("/desk/shop/banner/put", **wish)


def test_banners_in_their_order(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF)
            for place, title in ((1, "甲"), (2, "乙"), (5, "丙")):
                assert (await put(desk, title, place=place)).status_code == 200

            async def order() -> list[tuple[int, str]]:
                rows = await at.sql.fetch("SELECT place, title_zh FROM page_banner ORDER BY place")
                return [tuple(row) for row in rows]

            await desk.post("/desk/shop/banner/move", place=5, to=2)
            assert await order() == [(1, "甲"), (2, "丙"), (5, "乙")]
            await desk.post("/desk/shop/banner/move", place=5, to=7)
            await desk.post("/desk/shop/banner/remove", place=1)
            assert await order() == [(2, "丙"), (7, "乙")]
            gone = await desk.post("/desk/shop/banner/move", place=1, to=2)
            assert gone.status_code == 404
            assert 'name="place" value="1"' in (await desk.get("/desk/shop/banner")).text

    run(story())


def test_a_banner_has_a_picture_and_a_time(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF)
            assert set((await put(desk, "甲", picture="")).json()["errors"]) == {"file"}
            times = {"shown_from": "2026-11-12T09:00", "shown_until": "2026-11-11T09:00"}
            assert set((await put(desk, "甲", **times)).json()["errors"]) == {"shown_until"}
            away = await put(desk, "甲", link="https://example.com")
            assert set(away.json()["errors"]) == {"link"}
            await put(desk, "甲", shown_from="2026-11-12T09:00")
            page = (await desk.get("/desk/shop/banners")).text
            assert "未开始" in page and "2026-11-12 09:00" in page

    run(story())
