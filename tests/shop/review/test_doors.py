"""Reviews through the doors: who may write what, and who sees what of it."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from databases import new_database
from shop.aftersale.buying import Bank, bought, ship
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
from shopping import House, add_sku, house, run

from frontline.engine.engine import new_id
from frontline.shop.review.views import _summary, masked
from frontline.web.session import Role


def tell(url: str, story: Any) -> None:
    async def told() -> None:
        async with house(url, services=Bank().services()) as at:
            await story(at, await add_sku(at.sql))

    run(told())


# -- Writing ------------------------------------------------------------------------------


def test_only_whoever_has_received_it_may_review_it_and_once(database: str) -> None:
    async def story(at: House, sku_id: Any) -> None:
        me, mine = await member(at, "小满")
        _, other = await member(at, "别人")
        order_id = await bought(at, [(sku_id, 1)], me)
        for sent in (False, True):
            if sent:
                await ship(at, order_id)
            no = await write(at, mine, order_id)
            assert (no.status_code, no.json()["refusal"]) == (409, "not_received_yet")
            assert (await at.get("/api/reviews/to_write", mine)).json()["items"] == []
        order_id = await received(at, me, sku_id)
        no = await write(at, other, order_id)
        assert (no.status_code, no.json()["refusal"]) == (404, "order_unknown")
        assert (await write(at, mine, uuid4())).json()["refusal"] == "order_unknown"
        assert (await write(at, mine, order_id, line_number=2)).json()["refusal"] == "line_unknown"
        assert (await at.get("/api/reviews/to_write", other)).json()["items"] == []
        id_ = str(new_id())
        first = await write(at, mine, order_id, id=id_)
        assert first.json()["review_id"] == id_
        assert (await write(at, mine, order_id, id=id_)).json() == first.json()
        again = await write(at, mine, order_id)
        assert (again.status_code, again.json()["refusal"]) == (409, "reviewed_already")
        assert (await at.get("/api/reviews/to_write", mine)).json()["items"] == []

    tell(database, story)


def test_what_was_refunded_is_not_reviewed_what_was_reviewed_stays(database: str) -> None:
    async def story(at: House, sku_id: Any) -> None:
        me, token = await member(at, "小满")
        order_id = await received(at, me, sku_id, sku_id, sku_id, units=2)
        await write(at, token, order_id, line_number=1)
        lines = [
            {"number": 1, "quantity": 2},
            {"number": 2, "quantity": 2},
            {"number": 3, "quantity": 1},
        ]
        asked = await at.post(
            "/api/aftersale/ask", token, id=str(new_id()), order_id=str(order_id),
            kind="refund_only", lines=lines,
        )  # fmt: skip
        assert asked.status_code == 200, asked.text
        approved = await at.post(
            "/api/staff/aftersale/approve", await at.token(Role.OWNER), id=str(new_id()),
            case_id=asked.json()["case_id"],
        )  # fmt: skip
        assert approved.status_code == 200, approved.text
        waiting = (await at.get("/api/reviews/to_write", token)).json()["items"]
        assert [one["line_number"] for one in waiting] == [3]
        no = await write(at, token, order_id, line_number=2)
        assert (no.status_code, no.json()["refusal"]) == (409, "line_given_back")
        assert (await write(at, token, order_id, line_number=3)).status_code == 200
        assert len(await listed(at, await product_of(at, sku_id))) == 2

    tell(database, story)


def test_only_one_s_own_pictures(database: str) -> None:
    async def story(at: House, sku_id: Any) -> None:
        me, mine = await member(at, "小满")
        _, other = await member(at, "别人")
        order_id = await received(at, me, sku_id)
        own = [(await upload(at, mine, coloured(number))).json() for number in range(2)]
        theirs = (await upload(at, other, coloured(5))).json()
        for picture_id in (theirs["picture_id"], str(uuid4())):
            no = await write(at, mine, order_id, pictures=[own[0]["picture_id"], picture_id])
            assert (no.status_code, no.json()["refusal"]) == (404, "picture_unknown")
        twice = [own[1]["picture_id"], own[0]["picture_id"], own[1]["picture_id"]]
        assert (await write(at, mine, order_id, pictures=twice)).status_code == 200
        product_id = await product_of(at, sku_id)
        (shown,) = await listed(at, product_id)
        assert shown["pictures"] == [own[1]["src"], own[0]["src"]]
        assert (await summary(at, product_id))["with_pictures"] == 1

    tell(database, story)


@pytest.mark.parametrize(
    "form",
    [{"rating": 0}, {"rating": 6}, {"text": ""}, {"text": "  \n"}, {"text": "长" * 501},
     {"line_number": 0}, {"pictures": [str(uuid4())] * 10}, {"pictures": ["x"]}],
)  # fmt: skip
def test_what_makes_no_sense_is_told_so(database: str, form: Any) -> None:
    async def story(at: House, sku_id: Any) -> None:
        me, token = await member(at, "小满")
        answer = await write(at, token, await received(at, me, sku_id), **form)
        assert (answer.status_code, answer.json()["refusal"]) == (400, "malformed")

    tell(database, story)


def test_of_many_at_once_one_is_written(server_url: str) -> None:
    """By two processes, each of which has found none."""

    async def story() -> None:
        url = await new_database(server_url)
        async with house(url) as one, house(url) as two:
            sku_id = await add_sku(one.sql)
            me, token = await member(one, "小满")
            order_id = await received(one, me, sku_id)
            answers = await asyncio.gather(
                *(
                    write(at, token, order_id, rating=n % 5 + 1)
                    for n, at in enumerate([one, two] * 8)
                )
            )
            told = [answer.json() for answer in answers]
            assert sum("review_id" in one for one in told) == 1
            assert [one["refusal"] for one in told if "refusal" in one] == ["reviewed_already"] * 15
            found = await summary(one, await product_of(one, sku_id))
            assert (found["count"], sum(found["stars"])) == (1, 1)

    run(story())


def test_many_write_of_one_product_at_once_and_all_are_counted(server_url: str) -> None:
    async def story() -> None:
        url = await new_database(server_url)
        async with house(url) as one, house(url) as two:
            sku_id = await add_sku(one.sql)
            written = []
            for number in range(16):
                me, token = await member(one, "小满")
                written.append((await received(one, me, sku_id), token, number % 5 + 1))
            answers = await asyncio.gather(
                *(
                    write(at, token, order_id, rating=rating)
                    for at, (order_id, token, rating) in zip([one, two] * 8, written, strict=True)
                )
            )
            assert {answer.status_code for answer in answers} == {200}
            found = await summary(one, await product_of(one, sku_id))
            assert found["stars"] == [4, 3, 3, 3, 3]

    run(story())


def test_of_many_who_hide_it_at_once_one_does(server_url: str) -> None:
    async def story() -> None:
        url = await new_database(server_url)
        async with house(url) as one, house(url) as two:
            sku_id = await add_sku(one.sql)
            review_id = await reviewed(one, sku_id)
            await reviewed(one, sku_id)
            answers = await asyncio.gather(
                *(staff_does(at, "hide", review_id, reason="广告") for at in [one, two] * 8)
            )
            assert sorted(answer.status_code for answer in answers) == [200] + [409] * 15
            assert (await summary(one, await product_of(one, sku_id)))["count"] == 1

    run(story())


def test_added_to_once_by_its_writer(database: str) -> None:
    async def story(at: House, sku_id: Any) -> None:
        me, mine = await member(at, "小满")
        _, other = await member(at, "别人")
        review_id = (await write(at, mine, await received(at, me, sku_id))).json()["review_id"]
        at.later(days=30)
        form = {"review_id": review_id, "text": "放了一个月还是脆的"}
        no = await at.post("/api/reviews/add", other, id=str(new_id()), **form)
        assert (no.status_code, no.json()["refusal"]) == (404, "review_unknown")
        assert (
            await at.post("/api/reviews/add", mine, id=str(new_id()), **form)
        ).status_code == 200
        no = await at.post("/api/reviews/add", mine, id=str(new_id()), **form)
        assert (no.status_code, no.json()["refusal"]) == (409, "added_already")
        (shown,) = await listed(at, await product_of(at, sku_id))
        assert shown["added"]["text"] == form["text"]
        assert shown["added"]["at"] > shown["at"]

    tell(database, story)


# -- Reading ------------------------------------------------------------------------------


def test_kinds_and_pages(database: str) -> None:
    async def story(at: House, sku_id: Any) -> None:
        product_id = await product_of(at, sku_id)
        written = []
        for rating in (5, 3, 1, 4, 2, 5):
            written.append((await reviewed(at, sku_id, rating=rating), rating))
            at.later(minutes=1)
        newest = written[::-1]
        for kind, ratings in (
            ("all", {1, 2, 3, 4, 5}), ("good", {4, 5}), ("middling", {3}), ("bad", {1, 2}),
        ):  # fmt: skip
            found = [one["id"] for one in await listed(at, product_id, kind=kind, limit=2)]
            assert found == [id_ for id_, rating in newest if rating in ratings]
        assert await listed(at, product_id, kind="pictures") == []
        assert await listed(at, uuid4()) == []
        other = await add_sku(at.sql)
        await reviewed(at, other)
        assert len(await listed(at, product_id)) == len(written)

    tell(database, story)


def test_names_are_masked_and_some_have_none(database: str) -> None:
    async def story(at: House, sku_id: Any) -> None:
        await reviewed(at, sku_id, "小满满满")
        at.later(seconds=1)
        await reviewed(at, sku_id, "安", anonymous=True)
        product_id = await product_of(at, sku_id)
        names = [one["nickname"] for one in await listed(at, product_id)]
        assert names == ["匿名用户", "小**满"]
        english = await at.http.get(
            "/api/reviews/list",
            params={"product_id": str(product_id)},
            headers={"accept-language": "en"},
        )
        assert [one["nickname"] for one in english.json()["items"]] == ["Anonymous", "小**满"]
        assert "member_id" not in english.text
        staff = (await at.get("/api/staff/reviews/list", await at.token())).json()["items"]
        assert [(one["nickname"], one["anonymous"]) for one in staff] == [
            ("安", True), ("小满满满", False),
        ]  # fmt: skip
        await at.sql.execute("UPDATE member SET nickname = '新名字'")
        assert (await listed(at, product_id))[1]["nickname"] == "新**字"

    tell(database, story)


@pytest.mark.parametrize(
    ("nickname", "shown"),
    [
        ("小满满满", "小**满"),
        ("小满", "小**满"),
        ("满", "满**"),
        ("", "匿名用户"),
        (" ", "匿名用户"),
    ],
)
def test_masked(nickname: str, shown: str) -> None:
    assert masked(nickname, "zh") == shown


@pytest.mark.parametrize(
    ("stars", "average_x100", "good_bp"),
    [((0, 0, 0, 3, 5), 463, 10_000), ((0, 0, 2, 0, 1), 367, 3333), ((1, 0, 0, 0, 0), 100, 0)],
)
def test_the_average_is_rounded_and_the_good_part_cut(
    stars: tuple[int, ...], average_x100: int, good_bp: int
) -> None:
    """4.625 is 4.63, and 11 / 3 is 3.67; a third is 33.33 %."""
    found = _summary(stars, 0)
    assert (found.average_x100, found.good_bp) == (average_x100, good_bp)


def test_to_write_comes_by_whole_orders_what_came_last_first(database: str) -> None:
    async def story(at: House, sku_id: Any) -> None:
        me, token = await member(at, "小满")
        orders = []
        for _ in range(12):
            orders.append(str(await received(at, me, sku_id, sku_id)))
            at.later(minutes=1)
        done = orders.pop(5)
        await write(at, token, done, line_number=1)
        await write(at, token, done, line_number=2)
        page = (await at.get("/api/reviews/to_write", token)).json()
        rest = (await at.get("/api/reviews/to_write", token, after=page["after"])).json()
        assert rest["after"] is None
        found = [(one["order_id"], one["line_number"]) for one in page["items"] + rest["items"]]
        assert found == [(order_id, number) for order_id in orders[::-1] for number in (1, 2)]
        assert len(page["items"]) == 20

    tell(database, story)


# -- Staff --------------------------------------------------------------------------------


def test_the_shop_replies_and_may_put_it_again(database: str) -> None:
    async def story(at: House, sku_id: Any) -> None:
        review_id = await reviewed(at, sku_id, rating=2)
        product_id = await product_of(at, sku_id)
        waiting = {"state": "waiting"}
        staff = await at.token()
        found = (await at.get("/api/staff/reviews/list", staff, **waiting)).json()["items"]
        assert [one["id"] for one in found] == [review_id]
        for said in ("谢谢您的评介", "谢谢您的评价"):
            at.later(minutes=1)
            assert (await staff_does(at, "reply", review_id, text=said)).status_code == 200
        (shown,) = await listed(at, product_id)
        assert shown["reply"]["text"] == "谢谢您的评价"
        assert shown["reply"]["at"] > shown["at"]
        assert (await at.get("/api/staff/reviews/list", staff, **waiting)).json()["items"] == []
        history = await at.sql.fetch("SELECT deed, said FROM review_step ORDER BY id")
        assert [tuple(one) for one in history] == [
            ("reply", "谢谢您的评介"),
            ("reply", "谢谢您的评价"),
        ]
        no = await staff_does(at, "reply", str(uuid4()), text="?")
        assert (no.status_code, no.json()["refusal"]) == (404, "review_unknown")

    tell(database, story)


def test_what_is_hidden_is_seen_by_its_writer_with_why(database: str) -> None:
    async def story(at: House, sku_id: Any) -> None:
        me, token = await member(at, "小满")
        review_id = (await write(at, token, await received(at, me, sku_id))).json()["review_id"]
        staff = await at.token()
        no = await staff_does(at, "show", review_id)
        assert (no.status_code, no.json()["refusal"]) == (409, "review_not_hidden")
        assert (await staff_does(at, "hide", review_id, reason=" ")).status_code == 400
        assert (await staff_does(at, "hide", review_id, reason="含手机号")).status_code == 200
        no = await staff_does(at, "hide", review_id, reason="含手机号")
        assert (no.status_code, no.json()["refusal"]) == (409, "review_hidden")
        product_id = await product_of(at, sku_id)
        assert await listed(at, product_id) == []
        assert (await summary(at, product_id))["count"] == 0
        (mine,) = (await at.get("/api/reviews/mine", token)).json()["items"]
        assert (mine["id"], mine["hidden"], mine["title"]) == (review_id, "含手机号", "曲奇")
        for state, ids in (("hidden", [review_id]), ("waiting", []), ("all", [review_id])):
            found = (await at.get("/api/staff/reviews/list", staff, state=state)).json()["items"]
            assert [one["id"] for one in found] == ids

    tell(database, story)


def test_staff_see_the_worst_alone(database: str) -> None:
    async def story(at: House, sku_id: Any) -> None:
        ids = []
        for rating in (5, 2, 3, 1):
            ids.append(await reviewed(at, sku_id, rating=rating))
            at.later(minutes=1)
        staff = await at.token()
        query: dict[str, Any] = {"rating_max": 2, "limit": 1}
        page = (await at.get("/api/staff/reviews/list", staff, **query)).json()
        rest = (await at.get("/api/staff/reviews/list", staff, after=page["after"], **query)).json()
        assert [one["id"] for one in page["items"] + rest["items"]] == [ids[3], ids[1]]
        assert rest["after"] is None

    tell(database, story)


def test_nobody_sees_or_moves_what_is_not_theirs(database: str) -> None:
    async def story(at: House, sku_id: Any) -> None:
        me, mine = await member(at, "小满")
        _, other = await member(at, "别人")
        review_id = (await write(at, mine, await received(at, me, sku_id))).json()["review_id"]
        assert (await at.get("/api/reviews/mine", other)).json()["items"] == []
        assert len((await at.get("/api/reviews/mine", mine)).json()["items"]) == 1
        for deed, form in (("reply", {"text": "?"}), ("hide", {"reason": "?"}), ("show", {})):
            path = f"/api/staff/reviews/{deed}"
            wish = {"id": str(new_id()), "review_id": review_id, **form}
            assert (await at.post(path, mine, **wish)).status_code == 403
            assert (await at.post(path, **wish)).status_code == 401
        staff = await at.token(Role.STAFF)
        assert (await write(at, staff, uuid4())).status_code == 403

    tell(database, story)
