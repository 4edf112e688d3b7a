"""The owner's screen: its cards, what is said where there is nothing, and what fails alone."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from uuid import uuid4

import httpx
import pytest
from shop.aftersale.buying import bought
from shop.review.writing import reviewed
from shopping import AtDesk, House, add_sku, house, run
from sqlalchemy import text

from frontline.desk.desk import Desk
from frontline.desk.owner import board
from frontline.desk.owner.places import PLACES
from frontline.engine.feature import Feature
from frontline.house import assembled
from frontline.kernel.text import Words
from frontline.web.pages import DeskVisit, Tile, View
from frontline.web.session import Role


_SLEEP = text("SELECT pg_sleep(5) WHERE CAST(:shop_id AS bigint) IS NOT NULL")


def card(html: str, number: int) -> str:
    """The words of one card."""
    found = re.search(rf'<section[^>]*id="place-{number}".*?</section>', html, re.S)
    assert found is not None, number
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def test_on_a_quiet_day_every_card_says_so_calmly(database: str) -> None:
    async def look() -> None:
        async with house(database) as at:
            for language in ("zh", "en"):
                desk = await at.desk(Role.OWNER, language=language)
                page = await desk.get("/desk")
                assert page.status_code == 200, page.text
                for place in PLACES:
                    words = card(page.text, place.number)
                    assert place.title.in_(language) in words
                    if place.number not in {40, 80}:  # There is always a sum, and a day.
                        assert place.empty.in_(language) in words, words

    run(look())


def test_the_numbers_stand_in_their_cards(database: str) -> None:
    async def look() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=12_300, title="手工蛋卷")
            await bought(at, [(sku_id, 2)], uuid4())
            at.later(days=3)
            await bought(at, [(sku_id, 1)], uuid4())
            await reviewed(at, sku_id, rating=2, text="碎了一半")
            page = await (await at.desk(Role.OWNER)).get("/desk")
            promises, voices, money, frozen = (card(page.text, it) for it in (20, 30, 40, 50))
            assert "1 单 ，其中昨天以来新增 1" in promises
            assert "手工蛋卷" in promises and "¥246.00" in promises
            assert "2 星 手工蛋卷" in voices and "碎了一半" in voices
            assert money.startswith("今天的钱 ¥246.00 2 笔收款")
            assert "已付，还没发 2 单 ¥369.00" in frozen and "合计 ¥369.00" in frozen

    run(look())


def test_a_broken_tile_leaves_the_others(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_: DeskVisit) -> View:
        raise RuntimeError("on purpose")

    async def unwritable(_: DeskVisit) -> View:
        return View("owner/tile_money.html", Words("x", "x"), {}, bare=True)  # Lacks its values.

    async def slow(visit: DeskVisit) -> View | None:
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            await transaction.read(_SLEEP)
        return None

    async def look() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=5_000, title="黄油曲奇")
            await bought(at, [(sku_id, 1)], uuid4())
            await reviewed(at, sku_id, rating=1, text="难吃")
            for act in (broken, unwritable, slow):
                features = [
                    replace(it, tiles=(*it.tiles, Tile(place=30, act=act)))
                    if it.name == "review"
                    else it
                    for it in assembled().features
                ]
                desk = await at.desk(Role.OWNER)
                page = await _page_with(at, desk, features)
                assert "这里有一部分暂时没读到" in card(page, 30)
                assert "难吃" in card(page, 30)  # Also of the same card.
                assert "¥50.00" in card(page, 50)
                assert page.count("这里有一部分暂时没读到") == 1

    monkeypatch.setattr(board, "TILE_S_MAX", 0.3)
    run(look())


async def _page_with(at: House, desk: AtDesk, features: list[Feature]) -> str:
    """The owner's screen of a house with these features."""
    other = Desk(features, assembled().pages, _nothing_behind, lambda: at.opened)
    transport = httpx.ASGITransport(other)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as http:
        page = await replace(desk, http=http).get("/desk")
    assert page.status_code == 200
    return page.text


async def _nothing_behind(scope: object, receive: object, send: object) -> None:
    raise AssertionError


def test_one_card_is_read_anew_alone_and_only_by_owners(database: str) -> None:
    async def look() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=5_000)
            owner, staff = await at.desk(Role.OWNER), await at.desk(Role.STAFF)
            assert "¥0.00" in card((await owner.get("/desk/board/place", place=40)).text, 40)
            await bought(at, [(sku_id, 1)], uuid4())
            again = (await owner.get("/desk/board/place", place=40)).text
            assert "¥50.00" in card(again, 40)
            assert again.count("<section") == 1
            assert (await owner.get("/desk/board/place", place=41)).status_code == 404
            assert (await staff.get("/desk/board/place", place=40)).status_code == 403

    run(look())


def test_staff_begin_with_what_waits_for_them(database: str) -> None:
    async def look() -> None:
        async with house(database) as at:
            everywhere = await at.desk(Role.STAFF)
            page = (await everywhere.get("/desk")).text
            assert "今天没有等您的事" in page
            assert "今天的钱" not in page
            sku_id = await add_sku(at.sql, price=5_000)
            await bought(at, [(sku_id, 1)], uuid4())
            await bought(at, [(sku_id, 1)], uuid4())
            words = " ".join(re.sub(r"<[^>]+>", " ", (await everywhere.get("/desk")).text).split())
            assert "等着发货的订单 2 件" in words
            elsewhere = await at.desk(Role.STAFF, areas=["review"])
            assert "等着发货的订单" not in (await elsewhere.get("/desk")).text

    run(look())
