"""The first screen, the shop's facts and its pages, through the doors."""

from __future__ import annotations

from datetime import timedelta
from threading import get_ident
from typing import Any
from uuid import uuid4

import pytest
from shopping import NINE, House, add_sku, house, run

from frontline.kernel.words import MemberId
from frontline.shop.page.messages import Facts, PutShop
from frontline.store.database import Transaction

PICTURE = "/pictures/1/0123.webp"


async def _banner(at: House, place: int, **told: Any) -> Any:
    form = {"id": str(uuid4()), "title": {"zh": "新品"}, "picture": PICTURE, "place": place, **told}
    return await at.post("/api/staff/page/banner", await at.token(), **form)


async def _write(at: House, path: str, **form: Any) -> Any:
    return await at.post(f"/api/staff/page/{path}", await at.token(), id=str(uuid4()), **form)


async def _home(database: str, at: House, language: str = "zh") -> dict[str, Any]:
    """As a process sees it that has kept nothing."""
    async with house(database) as fresh:
        fresh.clock[0] = at.clock[0]
        answer = await fresh.http.get("/api/home", headers={"accept-language": language})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


def test_an_empty_shop_has_a_first_screen(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            told = await _home(database, at)
            assert told.pop("now") == "2026-11-11T01:00:00Z"
            assert told == {
                "shop": {"name": "Demo", "logo": None, "notice": None},
                "banners": [], "categories": [], "popular": [], "newest": [],
            }  # fmt: skip

    run(story())


def test_the_first_screen(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            top, below, empty = uuid4(), uuid4(), uuid4()
            for id_, parent, name in (
                (top, None, "曲奇"),
                (below, top, "黄油"),
                (empty, None, "空"),
            ):
                await at.sql.execute(
                    "INSERT INTO category VALUES (1, $1, $2, $3, 0)", id_, parent, name
                )
            sku_id = await add_sku(at.sql, title="黄油曲奇", price=3990, category_id=below)
            await add_sku(at.sql, title="下架了", on_sale=False, category_id=empty)
            product_id = await at.sql.fetchval("SELECT product_id FROM sku WHERE id = $1", sku_id)
            await at.sql.execute(
                "INSERT INTO picture VALUES (1, $1, 0, '/pictures/a.webp', '')", product_id
            )
            assert (await _banner(at, 2, title={"zh": "二"})).status_code == 200
            assert (await _banner(at, 1, title={"zh": "一", "en": "One"})).status_code == 200
            facts = {"notice": {"zh": "国庆照常发货"}, "logo": "/pictures/logo.webp"}
            assert (await _write(at, "shop", **facts)).status_code == 200

            told = await _home(database, at)
            assert told["shop"] == {
                "name": "Demo", "logo": "/pictures/logo.webp", "notice": "国庆照常发货",
            }  # fmt: skip
            assert [one["title"] for one in told["banners"]] == ["一", "二"]
            assert [one["title"] for one in (await _home(database, at, "en"))["banners"]] == [
                "One", "二",
            ]  # fmt: skip
            assert told["categories"] == [
                {"id": str(top), "name": "曲奇", "picture": "/pictures/a.webp"}
            ]
            (card,) = told["popular"]
            assert told["newest"] == [card]
            assert card == {
                "id": str(product_id), "title": "黄油曲奇", "picture": "/pictures/a.webp",
                "price": 3990, "compare_at": None, "sold": 0, "in_stock": True, "tags": [],
                "rating_x100": None, "reviews": 0, "sku_id": str(sku_id), "options": False,
            }  # fmt: skip

    run(story())


def test_the_first_screen_is_read_once_a_second_and_its_time_is_exact(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with house(database) as at:
            first = (await at.get("/api/home")).json()
            seen: list[Any] = []
            say = Transaction._said
            here = get_ident()  # A town of other tests may live in another thread.

            def said(self: Transaction, statement: Any, values: dict[str, Any]) -> Any:
                if get_ident() == here:
                    seen.append(statement)
                return say(self, statement, values)

            monkeypatch.setattr(Transaction, "_said", said)
            at.later(seconds=5)
            again = (await at.get("/api/home")).json()
            assert seen == []
            assert (first.pop("now"), again.pop("now")) == (
                "2026-11-11T01:00:00Z", "2026-11-11T01:00:05Z",
            )  # fmt: skip
            assert first == again

    run(story())


def test_a_card_is_of_the_cheapest_variant_and_sells_the_first_that_is_there(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            out = await add_sku(at.sql, price=5000, on_hand=0)
            product_id = await at.sql.fetchval("SELECT product_id FROM sku WHERE id = $1", out)
            for place, (price, there) in enumerate(((9000, 3), (8000, 3), (1000, 3)), start=2):
                await at.sql.execute(
                    "INSERT INTO sku SELECT shop_id, $1, product_id, $2, code, $3, CAST($4 AS bigint), $4 + 100,"
                    " cost, per_member_max, weight_g, barcode, needs_shipping, picture_src, extra,"
                    " $5 FROM sku WHERE id = $6",
                    made := uuid4(), place, [str(place)], price, price == 1000, out,
                )  # fmt: skip
                await at.sql.execute("INSERT INTO stock VALUES (1, $1, $2, 0, 0)", made, there)
            await at.sql.execute(
                "INSERT INTO review_summary VALUES (1, $1, 0, 0, 1, 0, 2, 0)", product_id
            )
            (card,) = (await _home(database, at))["newest"]
            assert (card["price"], card["compare_at"]) == (5000, None)
            assert card["in_stock"]
            assert card["options"]
            assert card["sku_id"] != str(out)
            sold = await at.sql.fetchval("SELECT price FROM sku WHERE id = $1", card["sku_id"])
            assert sold == 9000
            assert (card["rating_x100"], card["reviews"]) == (433, 3)

    run(story())


def test_banners_come_and_go(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            later = (NINE + timedelta(hours=1)).isoformat()
            await _banner(at, 1, shown_from=later)
            await _banner(at, 2, shown_until=later)
            one = (await _home(database, at))["banners"]
            at.later(hours=1)
            two = (await _home(database, at))["banners"]
            assert [len(one), len(two)] == [1, 1]
            assert one != two
            assert (await _write(at, "banner/remove", place=1)).json() == {
                "type": "BannerRemoved", "place": 1,
            }  # fmt: skip
            assert (await _home(database, at))["banners"] == []
            answer = await _write(at, "banner/remove", place=1)
            assert (answer.status_code, answer.json()["refusal"]) == (404, "banner_unknown")

    run(story())


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        (
            {"shown_from": NINE.isoformat(), "shown_until": NINE.isoformat()},
            "banner_window_invalid",
        ),
        ({"picture": "https://elsewhere.test/a.png"}, "malformed"),
        ({"picture": "//elsewhere.test/a.png"}, "malformed"),
        ({"link": "//elsewhere.test"}, "malformed"),
        ({"link": "javascript:x()"}, "malformed"),
        ({"place": 13}, "malformed"),
        ({"shown_from": "2026-11-11T09:00:00"}, "malformed"),
    ],
)
def test_what_is_no_banner(database: str, told: dict[str, Any], refusal: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            answer = await _banner(at, **{"place": 1, **told})
            assert (answer.status_code, answer.json()["refusal"]) == (400, refusal)
            assert await at.sql.fetchval("SELECT count(*) FROM page_banner") == 0

    run(story())


def test_pages_in_the_readers_language(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            told = (await at.get("/api/page", slug="terms")).json()
            assert told == {
                "slug": "terms", "title": "用户协议", "html": "", "updated_at": None, "trust": None,
            }  # fmt: skip
            answer = await _write(
                at, "page", slug="terms", title={"zh": "协议", "en": "Terms"},
                html={"zh": "<p>一</p><script>x()</script>"},
            )  # fmt: skip
            assert answer.json()["html"] == {"zh": "<p>一</p>", "en": ""}
            english = {"accept-language": "en"}
            told = (await at.http.get("/api/page?slug=terms", headers=english)).json()
            assert (told["title"], told["html"]) == ("Terms", "<p>一</p>")
            assert told["updated_at"] == "2026-11-11T01:00:00Z"
            answer = await _write(at, "page", slug="about", title={"zh": "x"}, html={"zh": "<b>"})
            assert (answer.status_code, answer.json()["refusal"]) == (400, "page_empty")
            assert (await at.get("/api/page", slug="elsewhere")).status_code == 400

    run(story())


def test_only_a_command_of_ours_makes_it_a_demo(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            assert not (await at.get("/api/shop")).json()["demo"]
            wish = PutShop(id=uuid4(), facts=Facts(), staff_id=MemberId(uuid4()), demo=True)
            await at.submit(wish)
            assert (await at.get("/api/shop")).json()["demo"]
            answer = await _write(at, "shop", phone="400-800-1234", demo=False)
            assert answer.status_code == 200
            told = (await at.get("/api/shop")).json()
            assert (told["demo"], told["phone"]) == (True, "400-800-1234")

    run(story())


def test_staff_see_all_of_it(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            await _banner(at, 3, link="/pages/product?id=1")
            await _write(at, "shop", wechat_id="xiaoman_01", address={"zh": "深圳"})
            told = (await at.get("/api/staff/page", await at.token())).json()
            assert told["facts"]["wechat_id"] == "xiaoman_01"
            assert told["facts"]["address"] == {"zh": "深圳", "en": ""}
            assert [one["place"] for one in told["banners"]] == [3]
            assert {one["slug"] for one in told["pages"]} == {
                "trust", "about", "privacy", "terms", "refund",
            }  # fmt: skip

    run(story())
