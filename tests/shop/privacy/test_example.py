"""The worked example of the README, through the doors: all is handed out, then nobody is there."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from shop.aftersale.buying import Bank, bought, pay, receive, ship
from shop.review.writing import product_of, write
from shopping import SHOP, House, add_sku, house, run

from frontline.audit.run import audited
from frontline.engine.engine import new_id
from frontline.kernel.words import MemberId, OrderId
from frontline.web.session import Role

NAME, PHONE, STREET, NICKNAME, NOTE = "李小满", "13800138000", "科技园 1 号", "曲奇控", "别放辣"
TELLING = (NAME, PHONE, STREET, NICKNAME, NOTE, "openid-ann", "SF1234567")


async def _found(at: House) -> set[tuple[str, str]]:
    """Which tables still hold which of the words that tell who it is, whatever the column."""
    tables = await at.sql.fetch(
        "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE n.nspname = 'public' AND relkind = 'r'"
    )
    found = set()
    for (table,) in tables:
        for word in TELLING:
            count = await at.sql.fetchval(
                f"SELECT count(*) FROM {table} AS t WHERE position($1 IN CAST(t AS text)) > 0", word
            )
            if count:
                found.add((table, word))
    return found


async def _broken(at: House) -> set[str]:
    """Audits that find something: the stock of these tests was laid without a movement."""
    findings = await audited(at.opened.database, SHOP, at.clock[0])
    return {one.name for one in findings if one.violations}


async def _erase(at: House, token: str, **form: Any) -> Any:
    form = {"id": str(uuid4()), "confirm": "ERASE", **form}
    return await at.post("/api/me/erase", token, **form)


async def _join(at: House) -> tuple[str, UUID]:
    """Ann comes by WeChat, says what she is called and where she lives."""
    signed = (await at.post("/api/login/wechat", code="ann")).json()
    token = signed["token"]
    await at.post("/api/me/change", token, id=str(uuid4()), nickname=NICKNAME)
    address = {"name": NAME, "phone": PHONE, "detail": STREET, "region_code": "440305"}
    put = await at.post("/api/addresses/put", token, id=str(uuid4()), **address)
    assert put.status_code == 200, put.text
    return token, UUID(signed["member_id"])


async def _order(at: House, token: str, member_id: UUID, sku_id: UUID) -> OrderId:
    """Paid, to be sent to her address."""
    (address,) = (await at.get("/api/addresses", token)).json()["addresses"]
    order_id = OrderId(new_id())
    placed = await at.post(
        "/api/orders/place", token, id=str(order_id), address_id=address["id"], note=NOTE,
        lines=[{"sku_id": str(sku_id), "quantity": 1}],
    )  # fmt: skip
    assert placed.status_code == 200, placed.text
    await pay(at, order_id, MemberId(member_id), placed.json()["total"])
    await at.sql.execute("UPDATE payment SET payer = 'openid-ann' WHERE order_id = $1", order_id)
    return order_id


def test_the_example(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            token, me = await _join(at)
            freight_id = uuid4()
            await at.sql.execute(
                "INSERT INTO freight_template VALUES (1, $1, '快递', 'piece',"
                """ '{"first": 9, "first_fee": 800, "more": 1, "more_fee": 0}', '{}')""",
                freight_id,
            )
            sku_id = await add_sku(at.sql, freight_id=freight_id)
            await at.post("/api/cart/set", token, id=str(uuid4()), sku_id=str(sku_id), quantity=2)
            order_id = await _order(at, token, me, sku_id)

            refused = (await _erase(at, token)).json()
            assert (refused["refusal"], refused["open"]) == ("orders_open", 1)
            assert await at.sql.fetchval("SELECT count(*) FROM cart_line") == 1

            await ship(at, order_id)
            await at.sql.execute("UPDATE order_parcel SET tracking = 'SF1234567'")
            await receive(at, order_id, me)
            assert (await write(at, token, order_id)).status_code == 200

            told = (await at.get("/api/me/export", token)).json()
            held = {one["table"]: one["rows"] for one in told["held"]}
            assert (told["member_id"], told["at"]) == (str(me), "2026-11-11T01:00:00Z")
            assert {"member", "address", "cart_line", "shop_order", "order_line", "order_parcel",
                    "payment", "review", "session"} <= held.keys()  # fmt: skip
            assert held["member"][0]["nickname"] == NICKNAME
            assert held["address"][0]["detail"] == STREET
            assert held["payment"][0]["payer"] == "openid-ann"
            assert NAME in held["shop_order"][0]["ship_to"]
            assert "token_digest" not in held["session"][0]
            assert {table for table, _ in await _found(at)} - {"answer"} <= held.keys()

            broken = await _broken(at)
            assert (await _erase(at, token)).json() == {
                "type": "Erased", "at": "2026-11-11T01:00:00Z",
            }  # fmt: skip
            assert await _found(at) == set()
            order = await at.sql.fetchrow("SELECT * FROM shop_order")
            assert (order["member_id"], order["state"], order["total"]) == (me, "received", 10_800)
            assert await at.sql.fetchval("SELECT sum(amount) FROM ledger_transfer") == 10_800
            assert await _broken(at) == broken
            assert (await at.get("/api/me", token)).status_code == 401
            said = await at.get("/api/reviews/list", product_id=str(await product_of(at, sku_id)))
            assert [one["nickname"] for one in said.json()["items"]] == ["匿名用户"]

            again = (await at.post("/api/login/wechat", code="ann")).json()
            assert again["joined"]
            assert again["member_id"] != str(me)
            assert (await at.get("/api/orders/list", again["token"])).json()["items"] == []

    run(story())


def test_a_phone_and_other_devices(database: str) -> None:
    """By phone: its codes go too. Every session of hers ends at once, nobody else's does."""

    async def story() -> None:
        async with house(database) as at:
            await at.post("/api/login/phone/ask", phone=PHONE)
            code = at.codes.sent[-1][1]
            mine = (await at.post("/api/login/phone", phone=PHONE, code=code)).json()
            other = (await at.post("/api/login/wechat", code="bob")).json()["token"]
            at.later(minutes=2)
            await at.post("/api/login/phone/ask", phone=PHONE)
            code = at.codes.sent[-1][1]
            second = (await at.post("/api/login/phone", phone=PHONE, code=code)).json()
            for token in (mine["token"], second["token"]):
                assert (await at.get("/api/me", token)).status_code == 200
            assert (await _erase(at, mine["token"])).status_code == 200
            for token in (mine["token"], second["token"]):
                assert (await at.get("/api/me", token)).status_code == 401
            assert (await at.get("/api/me", other)).status_code == 200
            assert await _found(at) == set()
            assert await at.sql.fetchval("SELECT count(*) FROM phone_code") == 0

    run(story())


def test_a_refund_under_way_stands_in_the_way(database: str) -> None:
    async def story() -> None:
        bank = Bank()
        bank.pays = False
        async with house(database, services=bank.services()) as at:
            token, me = await _join(at)
            order_id = await bought(at, [(await add_sku(at.sql), 1)], me)
            await ship(at, order_id)
            await receive(at, order_id, me)
            asked = await at.post(
                "/api/aftersale/ask", token, id=str(uuid4()), order_id=str(order_id),
                kind="refund_only", note=NOTE,
            )  # fmt: skip
            assert asked.status_code == 200, asked.text
            refused = await _erase(at, token)
            assert (refused.status_code, refused.json()["refusal"]) == (409, "refunds_open")
            await at.post(
                "/api/aftersale/withdraw", token, id=str(uuid4()), case_id=asked.json()["case_id"]
            )
            assert (await _erase(at, token)).status_code == 200
            assert await _found(at) == set()

    run(story())


def test_only_the_word_erases(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            token, _ = await _join(at)
            for said in ("erase", "", "YES"):
                assert (await _erase(at, token, confirm=said)).status_code == 400
            assert (await at.get("/api/me", token)).json()["nickname"] == NICKNAME
            stranger = await at.token(Role.MEMBER)
            refused = await _erase(at, stranger)
            assert (refused.status_code, refused.json()["refusal"]) == (404, "member_unknown")

    run(story())


def test_nothing_of_others_is_handed_out_or_erased(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            token, _ = await _join(at)
            bob = (await at.post("/api/login/wechat", code="bob")).json()["token"]
            told = (await at.get("/api/me/export", bob)).json()
            assert {one["table"] for one in told["held"]} == {"member", "session"}
            assert "ann" not in str(told)
            before = await _found(at)
            assert (await _erase(at, bob)).status_code == 200
            assert await _found(at) == before
            assert (await at.get("/api/me", token)).json()["nickname"] == NICKNAME
            english = {"authorization": f"Bearer {token}", "accept-language": "en"}
            told = (await at.http.get("/api/me/export", headers=english)).json()
            assert {"Your addresses", "Who you are"} <= {one["what"] for one in told["held"]}

    run(story())
