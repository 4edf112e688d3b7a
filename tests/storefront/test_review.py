"""Journey 7: sent, received, reviewed with a picture; shown with a masked name and the shop's answer."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from uuid import uuid4

import httpx
from journeys import goods, known, state_of
from phones import Phone
from PIL import Image
from playwright.sync_api import expect
from town import Town

SAID = "酥得掉渣，海苔味很香，盒子也好看。"
REPLY = "谢谢喜欢！下次试试原味配热牛奶。"


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.effect_mandelbrot((900, 600), (-2, -1, 1, 1), 60).convert("RGB").save(drawn, "JPEG")
    return drawn.getvalue()


def test_from_the_parcel_to_the_answer(phones_of: Callable[..., Phone], town: Town) -> None:
    buyer = known(phones_of(town), "13617000001")
    other = phones_of(town)
    phone, staff = buyer.phone, town.staff()
    named = {"id": str(uuid4()), "nickname": "陈小鹿妈妈", "locale": "zh"}
    town.post("/api/me/change", buyer.token, **named)
    product = goods(town, "egg-roll")
    (seaweed,) = [one for one in product["skus"] if one["values"] == ["海苔"]]
    order_id = buyer.bought(seaweed["id"])
    parcel = {"carrier": "顺丰速运", "tracking": "SF1357924680"}
    town.post("/api/staff/orders/ship", staff, id=str(uuid4()), order_id=str(order_id), **parcel)

    phone.open(f"pages/order/order?id={order_id}")
    phone.see("SF1357924680")
    phone.tap("确认收货")
    phone.see("请确认已收到全部商品")
    phone.page.locator(".uni-modal").get_by_text("确认收货", exact=True).click()
    town.until(lambda: state_of(town, order_id) == "received")
    phone.tap("去评价")
    phone.page.get_by_role("radio", name="5 星").click()
    phone.fill("评价内容", SAID)
    with phone.page.expect_file_chooser() as chooser:
        phone.tap("添加图片")
    upload = {"name": "egg-roll.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    chooser.value.set_files([upload])
    expect(phone.page.get_by_label("删除第 1 张图片").locator("visible=true")).to_have_count(1)
    phone.unseen("上传中")
    phone.tap("发布评价")
    phone.see("已评价")

    review = town.row("SELECT * FROM review WHERE order_id = $1", order_id)
    assert (review["rating"], review["text"], review["member_id"]) == (5, SAID, buyer.id)
    assert (str(review["product_id"]), review["variant"]) == (product["id"], "海苔")
    assert len(review["pictures"]) == 1
    answered = {"id": str(uuid4()), "review_id": str(review["id"]), "text": REPLY}
    town.post("/api/staff/reviews/reply", staff, **answered)

    other.open(f"pages/product/product?id={product['id']}")  # A stranger looks at it.
    other.see(SAID)
    other.see("陈**妈")
    other.unseen("陈小鹿妈妈")
    other.tap("查看全部评价")
    other.tap(re.compile("^有图"))
    other.see(SAID)
    other.see(REPLY)
    shown = other.page.get_by_role("button", name="查看第 1 张图片").locator("visible=true").first
    src = shown.locator("img").get_attribute("src")
    answer = httpx.get(town.url + str(src), trust_env=False)
    assert answer.headers["content-type"] == "image/webp"
    assert "immutable" in answer.headers["cache-control"]
    with Image.open(io.BytesIO(answer.content)) as seen:
        assert max(seen.size) <= 900

    phone.open(f"pages/review/write?order={order_id}&line=1")
    phone.see("这件商品您已经评价过了")
    phone.open("pages/review/mine?tab=written")
    phone.see(REPLY)


def test_a_picture_that_did_not_arrive(phone: Phone, town: Town) -> None:
    """It is not left out in silence: it is tried again, or taken out, before the review goes."""
    buyer = known(phone, "13617000002")
    order_id = buyer.bought(goods(town, "nut-crisp")["skus"][0]["id"])
    parcel = {"carrier": "顺丰速运", "tracking": "SF1357924681"}
    sent = {"id": str(uuid4()), "order_id": str(order_id)}
    town.post("/api/staff/orders/ship", town.staff(), **sent, **parcel)
    town.post("/api/orders/receive", buyer.token, id=str(uuid4()), order_id=str(order_id))
    phone.foresee("request failed: POST .*/api/pictures/put")
    phone.open(f"pages/review/write?order={order_id}&line=1")
    phone.page.get_by_role("radio", name="5 星").click()
    phone.fill("评价内容", SAID)
    phone.page.route("**/api/pictures/put", lambda route: route.abort())
    with phone.page.expect_file_chooser() as chooser:
        phone.tap("添加图片")
    upload = {"name": "egg-roll.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    chooser.value.set_files([upload])
    phone.see("上传失败，点击重试")
    phone.tap("发布评价")
    phone.see("有图片没有上传成功")
    sql = "SELECT pictures FROM review WHERE order_id = $1"
    assert town.rows(sql, order_id) == []
    phone.page.unroute("**/api/pictures/put")
    phone.tap("上传失败，点击重试")
    phone.unseen("上传失败，点击重试")
    phone.unseen("上传中")
    phone.tap("发布评价")
    phone.see("已评价")
    assert len(town.row(sql, order_id)["pictures"]) == 1
