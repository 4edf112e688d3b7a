"""Journey 9: a link of Ann's brings Bob, who signs in, buys, and is told to be hers."""

from __future__ import annotations

import re
from collections.abc import Callable

from journeys import Shopper, assert_paid_once, copied_link, goods, known, pick_region
from phones import Phone
from town import Town


def sign_in_by_page(phone: Phone, number: str) -> None:
    """The login page: the demo shows the message with the code, a tap fills it in."""
    phone.fill("手机号", number)
    phone.tap("获取验证码")
    phone.see(re.compile(r"【小满曲奇】您的验证码是 \d{6}"))
    phone.page.locator(".message").locator("visible=true").click()
    phone.page.get_by_role("button", name="登录", exact=True).locator("visible=true").click()


def test_who_was_brought_by_whom(phones_of: Callable[..., Phone], own_town: Town) -> None:
    town = own_town
    ann = known(phones_of(town), "13619000001")
    phone = phones_of(town)
    product = goods(town, "nut-crisp")
    ann.phone.open(f"pages/product/product?id={product['id']}")
    ann.phone.tap("分享")
    link = copied_link(ann.phone)
    assert re.fullmatch(rf"{town.url}/m/s/[\w.~!-]{{1,32}}", link)

    phone.page.goto(link)
    phone.see(product["title"])
    visitor = phone.page.evaluate("localStorage.getItem('visitor')")
    code = town.row(
        "SELECT c.kind, c.channel, c.target, c.member_id FROM share_touch t JOIN share_code c"
        " ON (c.shop_id, c.id) = (t.shop_id, t.code_id) WHERE t.visitor = $1::text::uuid",
        visitor,
    )
    assert code == {
        "kind": "product",
        "channel": "link",
        "target": product["id"],
        "member_id": ann.id,
    }
    phone.tap("立即购买")
    sign_in_by_page(phone, "13619000002")
    bob = Shopper(phone, "13619000002")
    phone.tap("添加收货地址")
    phone.fill("收货人", "周博")
    phone.fill("手机号", "13912345678")
    pick_region(phone, "上海市", "上海市", "徐汇区")
    phone.fill("详细地址", "衡山路 8 号")
    phone.tap("保存")
    phone.see("徐汇区 衡山路 8 号")
    bob.pay()
    assert_paid_once(town, bob.order()["id"])

    bind = town.row("SELECT sharer_id, visitor FROM share_bind WHERE member_id = $1", bob.id)
    assert (bind["sharer_id"], str(bind["visitor"])) == (ann.id, visitor)
    ann.phone.open("pages/mine/brought")
    ann.phone.see("已下单")
    sums = ann.phone.page.locator(".sum-n")
    assert sums.all_inner_texts() == ["1", "1"]
    tree = town.get("/api/staff/share/tree", town.staff(), member_id=str(ann.id))
    assert str(bob.id) in str(tree)

    # A second card, of somebody else, changes nothing: the first bind stays.
    eve = known(phones_of(town), "13619000003")
    eve.phone.open(f"pages/product/product?id={product['id']}")
    eve.phone.tap("分享")
    phone.page.goto(copied_link(eve.phone))
    phone.see(product["title"])
    again = town.row("SELECT sharer_id FROM share_bind WHERE member_id = $1", bob.id)
    assert again["sharer_id"] == ann.id
    town.later(minutes=3)  # Orders are counted when the rush is over.
    sql = "SELECT DISTINCT step FROM funnel_mark WHERE visitor = $1::text::uuid"
    steps = {"open", "product", "checkout", "placed", "paid"}
    town.until(lambda: {one["step"] for one in town.rows(sql, visitor)} == steps)
    marks = town.rows("SELECT shared FROM funnel_mark WHERE visitor = $1::text::uuid", visitor)
    assert all(mark["shared"] for mark in marks), "every step of a visitor who came by a card"


def test_a_link_that_was_tampered_with(phone: Phone, town: Town) -> None:
    """The shop opens all the same; nobody is credited."""
    phone.page.goto(f"{town.url}/m/s/k1AAAAAAAAAAAAAAAAAAAAAAAA")
    phone.see("大家都在买")
    visitor = phone.page.evaluate("localStorage.getItem('visitor')")
    sql = "SELECT 1 FROM share_touch WHERE visitor = $1::text::uuid"
    assert town.rows(sql, visitor) == []
