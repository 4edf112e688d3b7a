"""Two people edit one product or category: nobody's edit is lost without a word."""

from __future__ import annotations

import asyncio
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from forms import form_of
from shopping import AtDesk, House, house, run

from frontline.web.session import Role

SAVE = "/desk/products/save"
NEW = {
    "title": "黄油曲奇",
    "body_html": "<p>脆</p>",
    "tags": "甜",
    "on_sale": "on",
    "option_name": ["规格", "口味"],
    "option_values": ["小盒, 大盒", "原味, 抹茶"],
    "values": ['["小盒", "原味"]', '["小盒", "抹茶"]', '["大盒", "原味"]', '["大盒", "抹茶"]'],
    "price": ["39.90", "42", "1099", "120.5"],
    "stock": ["10", "", "5", "0"],
}


async def begun(at: House) -> tuple[AtDesk, AtDesk, UUID]:
    """Two at the desk, and a product of four SKUs."""
    one, other = await at.desk(Role.OWNER), await at.desk(Role.OWNER)
    answer = await one.post(SAVE, **NEW)
    return one, other, UUID(answer.json()["go"].partition("id=")[2])


async def form(desk: AtDesk, product_id: UUID) -> dict[str, Any]:
    return form_of((await desk.get("/desk/products/show", id=product_id)).text, SAVE)


async def titles(at: House) -> tuple[str, list[int]]:
    title = await at.sql.fetchval("SELECT title FROM product")
    rows = await at.sql.fetch("SELECT price FROM sku WHERE NOT removed ORDER BY position")
    return title, [row["price"] for row in rows]


def chosen(html: str, name: str) -> str:
    """What the button of this name sends."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, html
    return found[1].replace("&#34;", '"').replace("&amp;", "&")


def test_the_second_of_two_is_told_what_changed_and_nothing_is_written(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            one, other, product_id = await begun(at)
            mine, theirs = await form(one, product_id), await form(other, product_id)
            at.later(minutes=3)
            done = await other.post(SAVE, **theirs | {"title": ["抹茶曲奇"]})
            assert done.status_code == 200, done.text
            at.later(minutes=5)
            late = mine | {"price": ["45.00", *mine["price"][1:]]}
            answer = await one.post(SAVE, **late)
            assert (answer.status_code, answer.json()["refusal"]) == (409, "changed_since")
            told = answer.json()["html"]
            name = await at.sql.fetchval("SELECT name FROM staff WHERE id = $1", other.staff_id)
            assert f"{name} 改过这项内容" in told
            assert "2026-11-11 09:03" in told or "09:03" in told
            assert "抹茶曲奇" in told and "黄油曲奇" in told
            shown = re.sub(r"<[^>]*>", "", told)
            assert "商品详情" not in shown and "小盒" not in shown  # They are as they were.
            assert await titles(at) == ("抹茶曲奇", [3990, 4200, 109900, 12050])

    run(story())


def test_mine_is_saved_anyway_only_over_what_was_shown(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            one, other, product_id = await begun(at)
            mine = await form(one, product_id) | {"vendor": ["小满"]}
            await other.post(SAVE, **await form(other, product_id) | {"title": ["甲"]})
            over = chosen((await one.post(SAVE, **mine)).json()["html"], "over")
            await other.post(SAVE, **await form(other, product_id) | {"title": ["乙"]})
            again = await one.post(SAVE, **mine, over=over)
            assert again.status_code == 409
            assert "乙" in again.json()["html"]
            over = chosen(again.json()["html"], "over")
            assert (await one.post(SAVE, **mine, over=over)).status_code == 200
            kept = await at.sql.fetchrow("SELECT title, vendor FROM product")
            assert tuple(kept) == ("黄油曲奇", "小满")

    run(story())


def test_both_are_kept_where_they_changed_different_things(database: str) -> None:
    """Texts, variants, a SKU that is new and one that is gone."""

    async def story() -> None:
        async with house(database) as at:
            one, other, product_id = await begun(at)
            mine = await form(one, product_id)
            mine |= {"price": ["45.00", *mine["price"][1:]], "tags": ["甜, 新品"]}
            theirs = await form(other, product_id)
            theirs |= {
                "title": ["抹茶曲奇"],
                "body_html": ["<p>更脆</p>"],
                "option_values": ["小盒, 大盒", "原味, 抹茶, 可可"],
                "values": [*theirs["values"], '["小盒", "可可"]'],
                "price": [*theirs["price"][:3], "99.00", "41.00"],
                "stock": [*theirs["stock"], "6"],
                "struck": [theirs["values"][1]],
            }
            for column in ("compare_at", "cost", "weight_g", "code", "per_member_max"):
                theirs[column] = [*theirs[column], ""]
            assert (await other.post(SAVE, **theirs)).status_code == 200
            told = (await one.post(SAVE, **mine)).json()["html"]
            answer = await one.post(SAVE, **mine, both=chosen(told, "both"))
            assert answer.status_code == 200, answer.text
            kept = await at.sql.fetchrow("SELECT title, body_html, tags FROM product")
            assert tuple(kept) == ("抹茶曲奇", "<p>更脆</p>", ["甜", "新品"])
            rows = await at.sql.fetch(
                "SELECT option_values, price, coalesce(on_hand, 0) FROM sku"
                " LEFT JOIN stock ON sku_id = id"
                " WHERE NOT removed ORDER BY position"
            )
            assert [tuple(row) for row in rows] == [
                (["小盒", "原味"], 4500, 10),
                (["大盒", "原味"], 109900, 5),
                (["大盒", "抹茶"], 9900, 0),
                (["小盒", "可可"], 4100, 6),
            ]

    run(story())


def test_what_both_changed_is_a_choice_and_is_marked(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            one, other, product_id = await begun(at)
            mine = await form(one, product_id) | {"title": ["我的"]}
            await other.post(SAVE, **await form(other, product_id) | {"title": ["他的"]})
            told = (await one.post(SAVE, **mine)).json()["html"]
            assert "他的" in told and "我的" in told
            assert 'name="both"' not in told  # There is nothing else to keep.

    run(story())


def test_a_tap_in_the_list_counts_as_a_change_and_needs_no_version(database: str) -> None:
    """Taken off sale meanwhile, a product is not put on sale again by an old form."""

    async def story() -> None:
        async with house(database) as at:
            one, other, product_id = await begun(at)
            mine = await form(one, product_id)
            assert (await other.post("/desk/products/off", ids=[product_id])).status_code == 200
            answer = await one.post(SAVE, **mine | {"vendor": ["小满"]})
            assert answer.status_code == 409
            assert "上架销售" in answer.json()["html"]
            assert not await at.sql.fetchval("SELECT on_sale FROM product")

    run(story())


def test_what_is_sold_meanwhile_is_no_edit(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            one, _, product_id = await begun(at)
            mine = await form(one, product_id)
            await at.sql.execute("UPDATE stock SET on_hand = on_hand - 1 WHERE on_hand > 0")
            assert (await one.post(SAVE, **mine | {"title": ["新名"]})).status_code == 200

    run(story())


@pytest.mark.parametrize("houses", [1, 2])
def test_of_two_saves_at_once_one_is_done_and_one_refused(database: str, houses: int) -> None:
    """In one process and between two, each time anew."""

    async def story() -> None:
        async with house(database) as at, house(database) as elsewhere:
            one, _, product_id = await begun(at)
            other = await (at if houses == 1 else elsewhere).desk(Role.OWNER)
            for turn in range(8):
                mine, theirs = await form(one, product_id), await form(other, product_id)
                answers = await asyncio.gather(
                    one.post(SAVE, **mine | {"title": [f"甲 {turn}"]}),
                    other.post(SAVE, **theirs | {"title": [f"乙 {turn}"]}),
                )
                assert sorted(one.status_code for one in answers) == [200, 409]
                title, _ = await titles(at)
                assert title == ("甲" if answers[0].status_code == 200 else "乙") + f" {turn}"
            assert at.halvings() == elsewhere.halvings() == 0

    run(story())


def test_the_same_save_sent_twice_is_done_once(database: str) -> None:
    """Its own effect is nobody else's edit."""

    async def story() -> None:
        async with house(database) as at:
            one, _, product_id = await begun(at)
            mine = await form(one, product_id) | {"title": ["新名"], "id": [str(uuid4())]}
            for _ in range(2):
                assert (await one.post(SAVE, **mine)).status_code == 200

    run(story())


def test_a_version_that_nobody_here_wrote_is_none(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            one, _, product_id = await begun(at)
            mine = await form(one, product_id)
            for seen in ("1", "{}", '{"title": 3}', "[" * 200):
                answer = await one.post(SAVE, **mine | {"seen": [seen], "title": ["新名"]})
                assert answer.status_code == 409, seen

    run(story())


def test_programs_may_say_what_they_have_seen(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            token = await at.token(Role.OWNER)
            wish = {"handle": "tin", "title": "铁盒", "variants": [{"price": 990}]}
            put = "/api/staff/products/put"
            first = await at.post(put, token, id=str(uuid4()), **wish)
            assert first.status_code == 200, first.text
            product_id = await at.sql.fetchval("SELECT id FROM product")
            shown = (await at.get("/api/staff/products/show", token, id=product_id)).json()
            for title, status in (("铁盒二", 200), ("铁盒三", 409)):
                wish |= {"title": title, "seen": shown["seen"]}
                answer = await at.post(put, token, id=str(uuid4()), **wish)
                assert answer.status_code == status, answer.text
            assert answer.json()["refusal"] == "changed_since"
            assert answer.json()["fields"] == ["title"]
            unsaid = {**wish, "seen": ""}
            assert (await at.post(put, token, id=str(uuid4()), **unsaid)).status_code == 200

    run(story())


def test_what_waits_for_a_decision_does_not_undo_what_was_saved_meanwhile(database: str) -> None:
    """A price beyond one's authority is put as it was asked for, or not at all."""

    async def story() -> None:
        async with house(database) as at:
            _, other, product_id = await begun(at)
            clerk = await at.desk(Role.STAFF)
            asked = await form(clerk, product_id)
            held = await clerk.post(SAVE, **asked | {"price": ["19.90", *asked["price"][1:]]})
            assert held.status_code == 202, held.text
            await other.post(SAVE, **await form(other, product_id) | {"title": ["抹茶曲奇"]})
            await at.turn()
            url = held.json()["held"]
            wish = {"proposal_id": url.partition("id=")[2], "part": "decide", "answer": "yes"}
            yes = await other.post("/desk/decisions/answer", **wish)
            assert yes.status_code == 200, yes.text
            await at.turn()
            assert await titles(at) == ("抹茶曲奇", [3990, 4200, 109900, 12050])
            page = (await clerk.get(url)).text
            assert "执行失败" in page
            assert "内容已被修改，本次没有保存" in page

    run(story())


def test_a_product_of_many_skus_keeps_them_all(database: str) -> None:
    """More came in by a file than are laid out at once: saved as shown, none is taken out."""
    many = 320

    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            variants = [{"price": 990, "option_values": [f"{size} 码"]} for size in range(many)]
            wish = {"handle": "shoe", "title": "鞋", "option_names": ["尺码"], "variants": variants}
            token = await at.token(Role.OWNER)
            put = await at.post("/api/staff/products/put", token, id=str(uuid4()), **wish)
            assert put.status_code == 200, put.text
            product_id = await at.sql.fetchval("SELECT id FROM product")
            shown = await form(desk, product_id)
            laid = await desk.post("/desk/products/lay", by="htmx", **shown)
            assert laid.text.count('name="price"') == many
            assert (await desk.post(SAVE, **shown | {"title": ["布鞋"]})).status_code == 200
            assert await at.sql.fetchval("SELECT count(*) FROM sku WHERE NOT removed") == many

    run(story())


def test_a_category_is_renamed_by_one_and_moved_by_another(database: str) -> None:
    change = "/desk/categories/change"

    async def story() -> None:
        async with house(database) as at:
            one, other = await at.desk(Role.OWNER), await at.desk(Role.OWNER)
            ids = []
            for name in ("居家", "被枕"):
                ids.append(uuid4())
                await one.post("/desk/categories/add", id=ids[-1], name=name)

            async def form(desk: AtDesk) -> dict[str, Any]:
                page = await desk.get("/desk/categories/show", id=ids[1])
                return form_of(page.text, change)

            mine, theirs = await form(one), await form(other)
            assert (
                await other.post(change, **theirs | {"parent": [str(ids[0])]})
            ).status_code == 200
            late = await one.post(change, **mine | {"name": ["被子"]})
            assert late.status_code == 409
            told = late.json()["html"]
            assert "上级分类" in told and "居家" in told and "顶级分类" in told
            mine |= {"name": ["被子"], "both": [chosen(told, "both")]}
            assert (await one.post(change, **mine)).status_code == 200
            kept = await at.sql.fetchrow(
                "SELECT name, parent_id FROM category WHERE id = $1", ids[1]
            )
            assert tuple(kept) == ("被子", ids[0])

    run(story())
