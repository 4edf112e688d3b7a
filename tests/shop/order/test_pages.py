"""Orders and shipping at the desk, between their pages and the rows."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import zipfile
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import openpyxl
import pytest
from shop.aftersale.buying import bought, state_of
from shopping import SHOP, House, add_sku, house, run

from frontline.kernel.words import MemberId, OrderId
from frontline.shop.aftersale.messages import AskRefund, Kind
from frontline.shop.catalog.text import searchable
from frontline.shop.order.messages import PlaceOrder, Wanted
from frontline.shop.order.pages import sheets
from frontline.shop.order.pages.sheets import ToFill
from frontline.shop.order.views import shipping, show
from frontline.shop.order.words import short
from frontline.web import tables
from frontline.web.session import Role
from frontline.web.tables import Unreadable


async def customer(
    at: House, nickname: str = "李小满", phone: str = "13800138000"
) -> tuple[UUID, UUID]:
    """A member with an address, and its id."""
    member_id, address_id = uuid4(), uuid4()
    await at.sql.execute(
        "INSERT INTO member (shop_id, id, nickname, phone, locale, joined_at)"
        " VALUES (1, $1, $2, $3, 'zh', $4)",
        member_id, nickname, phone, at.clock[0],
    )  # fmt: skip
    await at.sql.execute(
        "INSERT INTO address (shop_id, id, member_id, name, phone, region_code, region, detail)"
        " VALUES (1, $1, $2, '王收货', '13900139000', '440305', '广东省 深圳市 南山区', '科技园 1 号')",
        address_id, member_id,
    )  # fmt: skip
    return member_id, address_id


async def order(at: House, *wanted: tuple[UUID, int], **of: Any) -> OrderId:
    member_id, address_id = await customer(at, **of)
    return await bought(at, list(wanted), member_id, address_id=address_id)


def test_orders_are_found_by_whatever_is_known_of_them(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            cookies = await add_sku(at.sql, price=3_990, title="黄油曲奇")
            tin = await add_sku(at.sql, price=12_800, title="礼盒")
            for title in ("黄油曲奇", "礼盒"):
                await at.sql.execute(
                    "UPDATE product SET search = $2 WHERE title = $1", title, searchable([title])
                )
            first = await order(at, (cookies, 2))
            at.later(days=2)
            second = await order(at, (tin, 1), nickname="陈大文", phone="13700137000")
            desk = await at.desk(Role.STAFF)

            async def found(**asked: Any) -> set[OrderId]:
                page = await desk.get("/desk/orders", **asked)
                assert page.status_code == 200, page.text
                return {one for one in (first, second) if one.hex[:12] in page.text}

            assert await found() == {first, second}
            assert await found(state="to_ship") == {first, second}
            assert await found(state="done") == set()
            assert await found(buyer="137") == {second}
            assert await found(buyer="陈") == {second}
            assert await found(buyer="139001") == {first, second}  # The addresses' phone.
            assert await found(buyer="nobody") == set()
            assert await found(number=first.hex[:20]) == {first}
            assert await found(number="zz") == set()
            assert await found(product="曲奇") == {first}
            assert await found(total_min="100") == {second}
            assert await found(total_max="100") == {first}
            assert await found(first="2026-11-12") == {second}
            assert await found(last="2026-11-11") == {first}
            member_id = await at.sql.fetchval(
                "SELECT member_id FROM shop_order WHERE id = $1", first
            )
            assert await found(member_id=str(member_id)) == {first}

    run(story())


def test_the_list_turns_its_pages(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            member_id, address_id = await customer(at)
            orders = []
            for _ in range(5):
                at.later(minutes=1)
                orders.append(await bought(at, [(sku_id, 1)], member_id, address_id=address_id))
            desk = await at.desk(Role.STAFF)
            page = await desk.get("/desk/orders", limit=2)
            shown = [one for one in orders if one.hex[:12] in page.text]
            assert shown == orders[3:]
            assert "after=" in page.text

    run(story())


def test_an_order_shows_all_its_papers(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=3_990, title="黄油曲奇")
            order_id = await order(at, (sku_id, 2))
            desk = await at.desk(Role.STAFF)
            page = await desk.get("/desk/orders/show", id=str(order_id))
            assert page.status_code == 200
            for said in (
                "黄油曲奇",
                "王收货",
                "13900139000",
                "科技园 1 号",
                "79.80",
                "李小满",
                "支付成功",
            ):
                assert said in page.text, said
            english = await (await at.desk(Role.STAFF, language="en")).get(
                "/desk/orders/show", id=str(order_id)
            )
            assert "Where it goes" in english.text
            assert (await desk.get("/desk/orders/show", id=str(uuid4()))).status_code == 404

    run(story())


def test_an_order_is_sent_in_parcels(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            cookies = await add_sku(at.sql, title="曲奇")
            tin = await add_sku(at.sql, title="礼盒")
            order_id = await order(at, (cookies, 2), (tin, 1))
            desk = await at.desk(Role.STAFF)
            sent = {"order_id": str(order_id), "carrier": "顺丰速运"}
            nothing = await desk.post(
                "/desk/orders/ship", **sent, tracking="SF1", numbers=[1, 2], units=["0", ""]
            )
            assert nothing.status_code == 422
            assert await state_of(at, order_id) == "to_ship"
            part = await desk.post(
                "/desk/orders/ship", **sent, tracking="SF1", numbers=[1, 2], units=["1", "0"]
            )
            assert part.status_code == 200, part.text
            assert await state_of(at, order_id) == "part_shipped"
            too_many = await desk.post(
                "/desk/orders/ship", **sent, tracking="SF2", numbers=[1, 2], units=["2", "1"]
            )
            assert too_many.status_code == 400
            rest = await desk.post("/desk/orders/ship", **sent, tracking="SF2")
            assert rest.status_code == 200
            assert await state_of(at, order_id) == "shipped"
            page = await desk.get("/desk/orders/show", id=str(order_id))
            assert "SF1" in page.text
            assert "SF2" in page.text
            steps = await at.sql.fetch("SELECT actor_id FROM order_step WHERE state = 'shipped'")
            assert [row["actor_id"] for row in steps] == [desk.staff_id]

    run(story())


def test_a_wrong_parcel_is_corrected_and_taken_back(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            order_id, other = await order(at, (sku_id, 1)), await order(at, (sku_id, 1), phone="2")
            desk = await at.desk(Role.STAFF)
            of: dict[str, Any] = {"order_id": order_id, "carrier": "顺丰速运", "tracking": "SF1"}
            await desk.post("/desk/orders/ship", **of)
            parcel_id = await at.sql.fetchval("SELECT id FROM order_parcel")
            of |= {"parcel_id": parcel_id, "was_carrier": "顺丰速运", "was_tracking": "SF1"}

            async def correct(**new: Any) -> Any:
                return (await desk.post("/desk/orders/correct", **(of | new))).json()

            async def written() -> tuple[str, str]:
                return tuple(await at.sql.fetchrow("SELECT carrier, tracking FROM order_parcel"))

            await correct(carrier="中通快递", tracking="ZT 2")
            assert await written() == ("中通快递", "ZT2")
            assert await state_of(at, order_id) == "shipped"
            page = (await desk.get("/desk/orders/show", id=str(order_id))).text
            assert "顺丰速运 SF1 → 中通快递 ZT2" in page
            buyer = await at.sql.fetchval("SELECT member_id FROM shop_order WHERE id=$1", order_id)
            async with at.opened.database.transaction(SHOP) as transaction:
                told = await show(transaction, order_id, member_id=buyer, now=at.clock[0])
            assert told is not None
            assert [one.tracking for one in told.parcels] == ["ZT2"]  # What the buyer follows.
            await correct(was_carrier="", was_tracking="")  # As the undo does.
            assert await written() == ("顺丰速运", "SF1")
            assert "运单号只能是" in str(await correct(tracking="2026-11-23"))
            assert "没有这个包裹" in str(await correct(order_id=other, tracking="ZT3"))
            assert "没有这个包裹" in str(await correct(parcel_id=uuid4(), tracking="ZT3"))
            await at.sql.execute("UPDATE shop_order SET state = 'done' WHERE id = $1", order_id)
            assert "不能再改" in str(await correct(tracking="ZT3"))
            assert await written() == ("顺丰速运", "SF1")

    run(story())


def test_a_memo_is_for_staff_and_stands_on_the_pick_list(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            order_id = await order(at, (sku_id, 1))
            desk = await at.desk(Role.STAFF)
            for said in ("客户要放冰袋", "已电话确认"):
                at.later(minutes=1)
                answer = await desk.post("/desk/orders/remark", order_id=order_id, said=f" {said} ")
                assert answer.status_code == 200, answer.text
            page = (await desk.get("/desk/orders/show", id=str(order_id))).text
            assert page.index("客户要放冰袋") < page.index("已电话确认")
            assert "客户要放冰袋 / 已电话确认" in (await desk.get("/desk/shipping")).text
            papers = await desk.post("/desk/shipping/picklist", ids=[order_id], by="page")
            assert "客户要放冰袋" in papers.text
            for said in ("", "  ", "长" * 501):
                refused = await desk.post("/desk/orders/remark", order_id=order_id, said=said)
                assert refused.status_code in {400, 422}, said
            assert await at.sql.fetchval("SELECT count(*) FROM order_remark") == 2
            unknown = await desk.post("/desk/orders/remark", order_id=uuid4(), said="好")
            assert unknown.status_code == 404

    run(story())


def test_an_order_is_cancelled_and_its_money_goes_back(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=3_990)
            order_id = await order(at, (sku_id, 1))
            desk = await at.desk(Role.OWNER)
            assert "取消订单" in (await desk.get("/desk/orders/show", id=str(order_id))).text
            done = await desk.post("/desk/orders/cancel", order_id=str(order_id))
            assert done.status_code == 200, done.text
            assert await state_of(at, order_id) == "refunding"
            again = await desk.post("/desk/orders/cancel", order_id=str(order_id))
            assert again.status_code == 409

    run(story())


def test_staff_beyond_their_limit_cancel_nothing(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=3_990)
            order_id = await order(at, (sku_id, 1))
            desk = await at.desk(Role.STAFF)  # Stands in no matrix of authority.
            held = await desk.post("/desk/orders/cancel", order_id=str(order_id))
            assert held.status_code == 202
            assert "/desk/decisions/show" in held.text
            assert await state_of(at, order_id) == "to_ship"

    run(story())


# -- What is to be sent -------------------------------------------------------------------


def test_what_waits_is_told_with_how_late_it_is(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, title="曲奇")
            old = await order(at, (sku_id, 1))
            at.later(hours=50)
            new = await order(at, (sku_id, 2), nickname="新", phone="1")
            desk = await at.desk(Role.STAFF)
            page = await desk.get("/desk/shipping")
            assert page.text.index(old.hex[:12]) < page.text.index(new.hex[:12])
            assert "已超 2 小时" in page.text
            assert "还剩 2 天" in page.text
            late = await desk.get("/desk/shipping", which="late")
            assert old.hex[:12] in late.text
            assert new.hex[:12] not in late.text
            async with at.opened.database.transaction(SHOP) as transaction:
                told = await shipping.late_shipments(transaction, at.clock[0])
                assert await shipping.waiting(transaction) == 2
            assert told.count == 1
            assert [one.id for one in told.oldest] == [old]
            assert told.oldest[0].since == at.clock[0] - timedelta(hours=50)

    run(story())


def test_who_asks_for_money_back_is_not_sent_to_unseen(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            order_id = await order(at, (sku_id, 1))
            member_id = await at.sql.fetchval("SELECT member_id FROM shop_order")
            await at.submit(
                AskRefund(id=uuid4(), order_id=order_id, member_id=member_id, kind=Kind.REFUND_ONLY)
            )
            desk = await at.desk(Role.STAFF)
            assert "申请退款中" in (await desk.get("/desk/shipping")).text
            assert (
                "发货前请先处理售后" in (await desk.get("/desk/orders/show", id=str(order_id))).text
            )

    run(story())


def test_papers_are_printed_of_what_is_chosen(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            cookies = await add_sku(at.sql, title="黄油曲奇")
            tin = await add_sku(at.sql, title="礼盒")
            first = await order(at, (cookies, 2), (tin, 1))
            second = await order(at, (cookies, 3), nickname="乙", phone="2")
            desk = await at.desk(Role.STAFF)
            ids = [str(first), str(second)]
            page = await desk.post("/desk/shipping/picklist", ids=ids, by="page")
            assert page.status_code == 200, page.text
            assert "黄油曲奇" in page.text
            async with at.opened.database.transaction(SHOP) as transaction:
                chosen = await shipping.chosen(transaction, [first, second], at.clock[0])
            assert {(pick.title, pick.units, pick.orders) for pick in shipping.picks(chosen)} == {
                ("黄油曲奇", 5, 2),
                ("礼盒", 1, 1),
            }
            labels = await desk.post("/desk/shipping/labels", ids=ids, by="page")
            assert labels.headers["content-type"].startswith("application/pdf")
            assert labels.content.startswith(b"%PDF")
            assert labels.content.count(b"/Type /Page\n") == 2  # One an order.
            assert b"283.4646 425.1969" in labels.content  # 100 x 150 mm, in points.
            listed = await desk.post("/desk/shipping/picklist/pdf", ids=ids, by="page")
            assert listed.content.startswith(b"%PDF")
            none = await desk.post("/desk/shipping/labels", ids=[str(uuid4())])
            assert none.status_code == 422

    run(story())


# -- Tracking numbers in a file -------------------------------------------------------------


def made(rows: list[list[Any]], *, xlsx: bool) -> tuple[str, bytes]:
    heads = ["订单编号", "快递公司", "运单号"]
    if not xlsx:
        out = io.StringIO()
        csv.writer(out).writerows([heads, *rows])
        return "numbers.csv", out.getvalue().encode("gb18030")
    book = openpyxl.Workbook()
    for row in [heads, *rows]:
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return "numbers.xlsx", packed.getvalue()


@pytest.mark.parametrize("xlsx", [False, True])
def test_a_file_sends_its_right_rows_once_and_tells_the_wrong_ones(
    database: str, xlsx: bool
) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            member_id, address_id = await customer(at)
            orders = [
                await bought(at, [(sku_id, 1)], member_id, address_id=address_id) for _ in range(3)
            ]
            unpaid = OrderId(uuid4())
            await at.submit(
                PlaceOrder(
                    id=unpaid,
                    member_id=MemberId(member_id),
                    wanted=(Wanted(sku_id, 1),),
                    address_id=address_id,
                )
            )
            desk = await at.desk(Role.STAFF)
            name, content = made(
                [
                    [orders[0].hex, "顺丰速运", "SF1000000001"],
                    [str(orders[1]), "中通快递", "ZT2"],
                    [orders[0].hex, "顺丰速运", "SF9"],
                    [uuid4().hex, "顺丰速运", "SF3"],
                    [unpaid.hex, "顺丰速运", "SF4"],
                    [orders[2].hex, "顺丰速运", ""],
                    [orders[2].hex, "", "SF5"],
                    [orders[2].hex, "顺丰速运", "7.89012E+14"],
                    ["订单", "顺丰速运", "SF6"],
                ],
                xlsx=xlsx,
            )

            async def upload(by: Any) -> str:
                answer = await by.post(
                    "/desk/shipping/tracking/upload", files={"file": (name, content)}
                )
                assert answer.status_code == 200, answer.text
                return answer.json()["html"]

            told = await upload(desk)
            assert [await state_of(at, one) for one in orders] == ["shipped", "shipped", "to_ship"]
            for number, why in (
                (4, "和第 2 行是同一个订单"),
                (5, "没有这个订单"),
                (6, "订单待付款"),
                (7, "缺少运单号"),
                (8, "缺少快递公司"),
                (9, "科学计数"),
                (10, "没有这个订单"),
            ):
                row = told[told.index(f'<td class="num">{number}</td>') :]
                assert why in row[: row.index("</tr>")], number
            parcels = "SELECT count(*) FROM order_parcel"
            assert await at.sql.fetchval(parcels) == 2
            counts = re.compile(r"order-number[^>]*>(\d+)<")
            assert counts.findall(told) == ["2", "0", "7"]
            again = await upload(await at.desk(Role.OWNER))  # Whoever uploads it.
            assert counts.findall(again) == ["0", "2", "7"]
            assert await at.sql.fetchval(parcels) == 2
            assert at.halvings() == 0

    run(story())


def test_two_who_upload_the_same_file_at_the_same_moment_send_it_once(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        both, standing = asyncio.Barrier(2), shipping.standing

        async def looked_up(*of: Any) -> Any:
            found = await standing(*of)
            await both.wait()  # Neither sends anything before both have looked.
            return found

        monkeypatch.setattr(shipping, "standing", looked_up)
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            member_id, address_id = await customer(at)
            orders = [
                await bought(at, [(sku_id, 1)], member_id, address_id=address_id) for _ in range(3)
            ]
            file = made([[one.hex, "顺丰速运", f"SF{one.hex[-6:]}"] for one in orders], xlsx=False)
            desks = [await at.desk(Role.STAFF), await at.desk(Role.STAFF)]
            answers = await asyncio.gather(
                *(one.post("/desk/shipping/tracking/upload", files={"file": file}) for one in desks)
            )
            for answer in answers:  # Either has sent it or is told that it was: nothing is wrong.
                *_, wrong = re.findall(r"order-number[^>]*>(\d+)<", answer.json()["html"])
                assert wrong == "0", answer.text
            assert await at.sql.fetchval("SELECT count(*) FROM order_parcel") == 3

    run(story())


def test_a_file_is_read_as_people_write_it_and_what_no_carrier_gave_is_not_sent(
    database: str,
) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            member_id, address_id = await customer(at)
            mine = [
                await bought(at, [(sku_id, 1)], member_id, address_id=address_id) for _ in range(4)
            ]
            other = await order(at, (sku_id, 1), nickname="别人", phone="13600136000")
            await at.sql.execute(
                "UPDATE shop_order SET ship_to = replace(ship_to, '王收货', '赵别人') WHERE id = $1",
                other,
            )
            desk = await at.desk(Role.STAFF)

            async def told(*rows: list[Any]) -> list[str]:
                answer = await desk.post(
                    "/desk/shipping/tracking/upload", files={"file": made(list(rows), xlsx=True)}
                )
                assert answer.status_code == 200, answer.text
                return re.findall(r'<td class="text-red">([^<]+)', answer.json()["html"])

            odd: list[Any] = [datetime(2026, 11, 23), True, 0.5, "2026-11-23", "7.89012e14", "待补"]
            assert await told(*([mine[0].hex, "顺丰速运", one] for one in odd)) == [
                "运单号只能是字母、数字和短横线，请核对"
            ] * len(odd)
            assert await state_of(at, mine[0]) == "to_ship"
            # As lists and labels show an order's number; with spaces, of double width.
            assert await told([short(mine[0]), "顺丰速运", "ＳＦ1000 0000 01"]) == []
            sent = "SELECT tracking FROM order_parcel WHERE order_id = $1"
            assert await at.sql.fetchval(sent, mine[0]) == "SF1000000001"
            assert await told([mine[1].hex[:8], "顺丰速运", "SF2"]) == [
                "没有这个订单，请核对订单编号"
            ]
            # One receiver's orders share a parcel; somebody else's do not, in this file or later.
            shared = "SF1000000001"
            assert await told(
                [mine[1].hex, "顺丰速运", shared], [other.hex, "顺丰速运", shared]
            ) == [f"这个运单号已用于订单 {short(mine[0])}，收货人不同，请核对"]
            assert await told([mine[2].hex, "顺丰速运", "SF7"], [other.hex, "顺丰速运", "SF7"]) == [
                f"这个运单号已用于订单 {short(mine[2])}，收货人不同，请核对"
            ]
            assert await state_of(at, other) == "to_ship"

    run(story())


def test_an_order_number_that_could_be_two_is_not_guessed(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            member_id, address_id = await customer(at)
            twins = [OrderId(UUID(f"01a1fbcbcd407951{n:016x}")) for n in (1, 2)]
            for one in twins:
                await bought(at, [(sku_id, 1)], member_id, address_id=address_id, order_id=one)
            desk = await at.desk(Role.STAFF)
            file = made([[short(twins[0]), "顺丰速运", "SF1"]], xlsx=False)
            answer = await desk.post("/desk/shipping/tracking/upload", files={"file": file})
            assert "请填完整的订单编号" in answer.json()["html"]
            assert [await state_of(at, one) for one in twins] == ["to_ship", "to_ship"]

    run(story())


def test_a_file_of_orders_says_where_they_go(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            order_id = await order(at, (sku_id, 1))
            desk = await at.desk(Role.STAFF)
            for path in ("/desk/orders/export", "/desk/shipping/export"):
                file = await desk.get(path, format="csv")
                heads, row = csv.reader(io.StringIO(file.content.decode("utf-8-sig")))
                said = dict(zip(heads, row, strict=True))
                assert said["完整订单编号"].strip() == order_id.hex
                assert said["收货电话"] == "13900139000"
                assert said["收货地址"] == "广东省 深圳市 南山区 科技园 1 号"
            assert "科技园" not in (await desk.get("/desk/orders")).text
            await desk.post(
                "/desk/orders/ship", order_id=order_id, carrier="顺丰速运", tracking="SF1"
            )
            file = await desk.get("/desk/orders/export", format="csv")
            assert "顺丰速运,SF1" in file.content.decode()

    run(story())


def test_what_is_no_table_is_told(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF)
            for name, content, why in (
                ("a.xls", b"\xd0\xcf\x11\xe0", "不是 XLSX"),
                ("a.xlsx", b"PK\x03\x04broken", "看不懂"),
                ("a.csv", b"a,b\n1,2\n", "没有找到表头"),
                ("a.csv", "订单编号,快递公司,运单号\n".encode(), "没有可用的行"),
                ("a.csv", "订单编号;快递公司;运单号\n".encode(), "没有可用的行"),
            ):
                answer = await desk.post(
                    "/desk/shipping/tracking/upload", files={"file": (name, content)}
                )
                assert answer.status_code == 422
                assert why in answer.text, answer.text
            nothing = await desk.post("/desk/shipping/tracking/upload")
            assert nothing.status_code == 422

    run(story())


def test_the_template_comes_back_filled_in(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, title="曲奇")
            order_id = await order(at, (sku_id, 2))
            desk = await at.desk(Role.STAFF)
            for kind in ("csv", "xlsx"):
                answer = await desk.get("/desk/shipping/tracking/template", format=kind)
                assert answer.status_code == 200
                assert answer.headers["content-disposition"].startswith("attachment")
                with pytest.raises(Unreadable):  # Nothing is filled in yet.
                    sheets.read(f"a.{kind}", answer.content)
            book = openpyxl.load_workbook(io.BytesIO(answer.content))
            sheet = book.active
            assert [cell.value for cell in sheet[2]] == [
                order_id.hex,
                None,
                None,
                "王收货",
                "曲奇 ×2",
            ]
            sheet["B2"], sheet["C2"] = "顺丰速运", 1234567890123
            out = io.BytesIO()
            book.save(out)
            (row,) = sheets.read("a.xlsx", out.getvalue())
            assert (row.number, row.order, row.tracking, row.rounded) == (
                2,
                order_id.hex,
                "1234567890123",
                False,
            )

    run(story())


def test_files_too_large_are_not_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * (tables.UNPACKED_BYTES_MAX + 1))
    with pytest.raises(Unreadable) as told:
        sheets.read("a.xlsx", out.getvalue())
    assert "太大" in told.value.said.zh
    _, content = made([["1", "2", "3"]] * (tables.ROWS_MAX + 1), xlsx=False)
    with pytest.raises(Unreadable) as told:
        sheets.read("a.csv", content)
    assert str(tables.ROWS_MAX) in told.value.said.zh


def test_headings_of_other_systems_are_understood_in_any_order() -> None:
    content = "物流单号\t订单号\t备注\t物流公司\n'0012\tabc\t\u3000\t 顺丰\u3000速运 \n\n".encode()
    (row,) = sheets.read("a.txt", content)
    assert (row.number, row.order, row.carrier, row.tracking) == (2, "abc", "顺丰 速运", "0012")


def test_a_template_runs_nothing() -> None:
    rows = [ToFill("ab", '=HYPERLINK("x")', "@SUM(A1)")]
    assert b"'=HYPERLINK" in sheets.template_csv(rows, "zh")
    assert b"'@SUM" in sheets.template_csv(rows, "zh")


def test_the_desk_finds_orders(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, title="曲奇")
            order_id = await order(at, (sku_id, 1))
            desk = await at.desk(Role.STAFF)
            await desk.post(
                "/desk/orders/ship", order_id=str(order_id), carrier="顺丰", tracking="SF777"
            )
            for words in (
                order_id.hex,
                str(order_id).upper(),
                order_id.hex[:16],
                "SF777",
                "13800138000",
                "13900139",
            ):
                found = await desk.get("/desk/search", words=words)
                assert found.status_code == 200
                assert f"/desk/orders/show?id={order_id}" in found.text, words
            assert "/desk/orders/show" not in (await desk.get("/desk/search", words="没有")).text

    run(story())
