"""The doors to sharing: what is refused, what staff see, and what is drawn."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx
import pytest
import segno
from PIL import Image
from shop.aftersale.buying import bought
from shop.share.friends import Friend, product_of
from shopping import House, add_sku, house, run

from frontline.app import application
from frontline.wechat.miniprogram import MiniProgram
from frontline.wechat.provider import OutcomeUnknown
from frontline.web.session import Role

# -- Making -------------------------------------------------------------------------------


def test_what_can_be_shared(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            ann, bob = Friend(at, "ann"), Friend(at, "bob")
            await ann.joins()
            sku_id = await add_sku(at.sql, title="曲奇")
            cookie, order_id = await product_of(at, sku_id), await ann.buys(sku_id)
            good = [("product", cookie), ("team", uuid4()), ("page", "home"), ("order", order_id)]
            made = [await ann.shares(target, kind) for kind, target in good]
            assert len(set(made)) == len(made)
            landed = [await bob.opens(code) for code in made]
            assert [(it["kind"], it["target"]) for it in landed] == [
                (kind, str(target)) for kind, target in good
            ]
            shown = [it["product_id"] and it["title"] for it in landed]
            assert shown == ["曲奇", None, None, "曲奇"]
            others = await bought(at, [(sku_id, 1)], uuid4())
            bad = [("product", uuid4()), ("product", "home"), ("team", "x"), ("order", others)]
            bad += [("product", str(cookie).upper()), ("product", cookie.hex), ("order", cookie)]
            for kind, target in bad:
                answer = await _make(at, ann.token, kind, str(target))
                assert (answer.status_code, answer.json()["refusal"]) == (
                    404,
                    "share_target_unknown",
                ), (kind, target)
            stranger = await _make(at, "", "order", str(order_id))
            assert stranger.json()["refusal"] == "share_target_unknown"

    run(go())


async def _make(at: House, token: str, kind: str, target: str) -> httpx.Response:
    wish = {"visitor": str(uuid4()), "kind": kind, "target": target, "channel": "link"}
    return await at.post("/api/share/make", token, **wish)


def test_where_a_share_leads(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            made = (await _make(at, "", "page", "home")).json()
            assert made["path"] == f"pages/share/land?scene={made['code']}"
            assert made["url"] == f"/m/s/{made['code']}"
            assert len(made["code"]) <= 32

    run(go())


# -- Forged, withdrawn, of another shop ---------------------------------------------------


def test_no_code_but_ours_opens(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            ann, bob = Friend(at, "ann"), Friend(at, "bob")
            code = await ann.shares("home", "page")
            await at.sql.execute("SET app.shop_id = '2'")
            await at.sql.execute(
                "INSERT INTO shop VALUES (2, 'two', 'Two', 'CNY', 'zh', 'Asia/Shanghai', now())"
            )
            for forged in (
                "x",
                code[:-1],
                code + "A",
                code[:-1] + ("A" if code[-1] != "A" else "B"),
            ):
                await _refused(at, bob, forged)
            elsewhere = await at.http.post(
                "/api/share/open",
                json={"visitor": bob.visitor, "code": code},
                headers={"frontline-shop": "2"},
            )
            assert elsewhere.json()["refusal"] == "share_code_invalid"
            assert await at.sql.fetchval("SELECT count(*) FROM share_touch") == 0

    run(go())


async def _refused(at: House, who: Friend, code: str) -> None:
    answer = await at.post("/api/share/open", visitor=who.visitor, code=code)
    assert (answer.status_code, answer.json()["refusal"]) == (404, "share_code_invalid")


def test_a_new_key_signs_and_the_old_ones_prove_until_withdrawn(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            owner, ann, bob = await at.token(Role.OWNER), Friend(at, "ann"), Friend(at, "bob")
            first = await ann.shares("home", "page")
            turn = {"id": str(uuid4())}
            rotated = [await at.post("/api/staff/share/rotate", owner, **turn) for _ in range(2)]
            assert [it.json()["key_id"] for it in rotated] == [1, 1]  # The same wish, once.
            second = await ann.shares("home", "page")
            assert first[2:14] == second[2:14]  # One share,
            assert first != second  # signed anew.
            assert not (await bob.opens(first))["opened_before"]
            assert (await bob.opens(second))["opened_before"]
            await at.post("/api/staff/share/rotate", owner, id=str(uuid4()), withdraw=True)
            await _refused(at, bob, first)
            await _refused(at, bob, second)
            assert (await bob.opens(await ann.shares("home", "page")))["opened_before"]
            staff = await at.post("/api/staff/share/rotate", await at.token(), id=str(uuid4()))
            assert staff.status_code == 403

    run(go())


# -- Seeing what came of it ---------------------------------------------------------------


def test_mine_page_by_page(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            ann = Friend(at, "ann")
            await ann.joins()
            code = await ann.shares("home", "page")
            for number in range(5):
                at.later(minutes=1)
                friend = Friend(at, f"friend {number}")
                await friend.opens(code)
                await friend.joins()
            assert (await ann.mine())["after"] is None
            times, after = [], None
            while True:
                page = await ann.mine(limit=2, **({"after": after} if after else {}))
                assert (page["brought"], page["paid_orders"]) == (5, 0)
                times += [it["at"] for it in page["items"]]
                if (after := page["after"]) is None:
                    break
            assert len(times) == 5
            assert times == sorted(times, reverse=True)

    run(go())


@pytest.mark.parametrize(
    "days",
    [
        {"from": "2026-11-12", "to": "2026-11-11"},
        {"from": "2025-11-10", "to": "2026-11-11"},
        {"to": "0001-01-01"},
        {"from": "9999-12-31", "to": "9999-12-31"},
    ],
)
@pytest.mark.parametrize("path", ["/api/staff/share/report", "/api/staff/funnel"])
def test_a_period_is_a_year_at_most(database: str, path: str, days: dict[str, str]) -> None:
    async def go() -> None:
        async with house(database) as at:
            answer = await at.get(path, await at.token(), **days)
            assert (answer.status_code, answer.json()["refusal"]) == (400, "period_invalid")
            good = await at.get(
                path, await at.token(), **{"from": "2025-11-11", "to": "2026-11-11"}
            )
            assert good.status_code == 200

    run(go())


def test_days_are_the_days_of_the_shop(database: str) -> None:
    """A touch at half past midnight in Shanghai belongs to that day, not to the one in London."""

    async def go() -> None:
        async with house(database) as at:
            ann, bob = Friend(at, "ann"), Friend(at, "bob")
            code = await ann.shares("home", "page")
            at.later(hours=15, minutes=30)  # 2026-11-12 00:30 in Shanghai, 16:30 UTC of the 11th.
            await bob.opens(code)
            for day, touches in (("2026-11-11", 0), ("2026-11-12", 1), ("2026-11-13", 0)):
                token = await at.token()
                query = {"from": day, "to": day}
                answer = await at.get("/api/staff/share/report", token, **query)
                assert answer.json()["total"]["touches"] == touches, day

    run(go())


def test_the_tree_of_nobody(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            answer = await at.get("/api/staff/share/tree", await at.token(), member_id=uuid4())
            assert (answer.status_code, answer.json()["refusal"]) == (404, "member_unknown")

    run(go())


# -- Drawing ------------------------------------------------------------------------------


class Painter:
    """WeChat, drawing codes, or away."""

    def __init__(self, picture: bytes) -> None:
        self.picture = picture
        self.asked: list[tuple[str, str]] = []
        self.away = False

    async def code_picture(self, scene: str, page: str) -> bytes:
        self.asked.append((scene, page))
        if self.away:
            raise OutcomeUnknown("-1")
        return self.picture


async def _draw(at: House, **query: Any) -> httpx.Response:
    whole = application(lambda: at.opened, clockwork=False)
    whole._behind._behind.state.opened = at.opened  # type: ignore[attr-defined]
    transport = httpx.ASGITransport(whole)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test:8000") as http:
        return await http.get("/api/share/qr", params=query)


def test_a_link_is_drawn(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            codes = [await Friend(at, "ann").shares("home", "page") for _ in range(2)]
            drawn = [await _draw(at, code=code) for code in codes]
            for answer in drawn:
                assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
                with Image.open(BytesIO(answer.content)) as picture:
                    assert picture.width == picture.height > 200
            expected = BytesIO()
            address = f"http://shop.test:8000/m/s/{codes[0]}"
            segno.make_qr(address, error="m").save(expected, kind="png", scale=10, border=3)
            assert drawn[0].content == expected.getvalue() != drawn[1].content

    run(go())


def test_a_code_of_the_mini_program_is_drawn_once(database: str) -> None:
    async def go() -> None:
        jpeg = b"\xff\xd8\xff and so on"
        painter = Painter(jpeg)
        async with house(database, services={MiniProgram: painter}) as at:
            code = await Friend(at, "ann").shares("home", "page")
            painter.away = True
            for _ in range(2):  # What failed is asked for again.
                answer = await _draw(at, code=code, form="miniprogram")
                assert (answer.status_code, answer.json()["refusal"]) == (503, "share_picture_away")
            painter.away = False
            for _ in range(3):
                answer = await _draw(at, code=code, form="miniprogram")
                assert (answer.content, answer.headers["content-type"]) == (jpeg, "image/jpeg")
            assert painter.asked == [(code, "pages/share/land")] * 3

    run(go())


def test_what_is_not_drawn(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            code = await Friend(at, "ann").shares("home", "page")
            for query, status, refusal in (
                ({}, 404, "share_code_invalid"),
                ({"code": "A" * 26}, 404, "share_code_invalid"),
                ({"code": "小满" * 13}, 404, "share_code_invalid"),
                ({"code": code, "form": "svg"}, 400, "malformed"),
            ):
                answer = await _draw(at, **query)
                assert (answer.status_code, answer.json()["refusal"]) == (status, refusal)

    run(go())
