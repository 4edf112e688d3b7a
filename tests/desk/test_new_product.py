"""Journey 5: a new product with a picture and options goes on sale, and is bought."""

from __future__ import annotations

import io
from uuid import uuid4

from desks import Desk
from journeys import stock
from PIL import Image
from playwright.sync_api import expect
from trading import shopper


def _drawing(colour: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(made, "PNG")
    return made.getvalue()


def test_a_product_is_made_and_bought(every_desk: Desk) -> None:
    desk, town, t = every_desk, every_desk.town, every_desk.t
    title = f"燕麦曲奇 {uuid4().hex[:6]}"
    desk.sign_in("staff")
    desk.open("/desk/products")
    desk.tap(t("新建商品", "New product"))
    desk.fill(t("商品名称", "Title"), title)
    desk.fill(t("商品详情", "Description"), "现烤现发，酥脆不腻。")
    pictures = desk.page.locator("input[name=picture]")
    for place, name in enumerate(("orange", "brown")):
        desk.upload(t("添加图片", "Add pictures"), f"{name}.png", _drawing(name), "image/png")
        expect(pictures).to_have_count(place + 1)
    first, second = (one.get_attribute("value") for one in pictures.all())
    desk.page.get_by_label(t("前移", "Forward")).nth(1).click()
    expect(pictures.first).to_have_value(second or "")
    desk.fill(t("规格名 1", "Option 1"), "规格")
    desk.fill(t("规格值 1", "Values 1"), "小盒, 大盒")
    desk.tap(t("更新规格表", "Lay out the table"))
    desk.fill(t("小盒 售价", "小盒 price"), "39.90")
    desk.fill(t("小盒 库存", "小盒 stock"), "12")
    desk.fill(t("大盒 售价", "大盒 price"), "69")
    desk.fill(t("大盒 库存", "大盒 stock"), "8")
    desk.settle()
    assert not desk.wide()
    assert not desk.barriers()
    desk.tap(t("保存", "Save"))
    desk.see(t("商品已保存", "The product is saved"))
    desk.settle()
    assert not desk.wide()
    assert not desk.barriers()

    product = town.row("SELECT id, on_sale, body_html FROM product WHERE title = $1", title)
    assert (product["on_sale"], product["body_html"]) == (True, "现烤现发，酥脆不腻。")
    shown = town.get("/api/products/show", id=str(product["id"]))
    assert [one["price"] for one in shown["skus"]] == [3_990, 6_900]
    kept = town.rows(
        "SELECT src FROM picture WHERE product_id = $1 ORDER BY position", product["id"]
    )
    assert [one["src"] for one in kept] == [second, first]
    small = shown["skus"][0]["id"]
    shopper(desk).bought(small, 2)
    assert stock(town, small) == {"on_hand": 10, "reserved": 0, "sold": 2}
    desk.open(f"/desk/stock?product={product['id']}")
    desk.see(title)
