"""Two of the staff have one product open: the second to save sees what changed, and keeps both."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from desks import Desk
from playwright.sync_api import expect
from town import Town


def _new(desk: Desk, title: str) -> None:
    t = desk.t
    desk.open("/desk/products/new")
    desk.fill(t("商品名称", "Title"), title)
    desk.fill(t("商品详情", "Description"), "现烤现发。")
    desk.fill(t("规格名 1", "Option 1"), "规格")
    desk.fill(t("规格值 1", "Values 1"), "小盒, 大盒")
    desk.tap(t("更新规格表", "Lay out the table"))
    desk.fill(t("小盒 售价", "小盒 price"), "39.90")
    desk.fill(t("大盒 售价", "大盒 price"), "69")
    desk.tap(t("保存", "Save"))
    desk.see(t("商品已保存", "The product is saved"))


def _open(desk: Desk, title: str) -> None:
    desk.open(f"/desk/products?q={title}")
    desk.tap(title)
    expect(desk.page.get_by_label(desk.t("商品名称", "Title"))).to_have_value(title)


def _saved(town: Town, handle: str) -> tuple[str, str, list[int]]:
    product = town.row("SELECT id, title, vendor FROM product WHERE id = $1", handle)
    prices = town.rows(
        "SELECT price FROM sku WHERE product_id = $1 ORDER BY position", product["id"]
    )
    return product["title"], product["vendor"], [one["price"] for one in prices]


def test_both_edits_are_kept(every_desk: Desk, desks_of: Callable[..., Desk]) -> None:
    mine, town, t = every_desk, every_desk.town, every_desk.t
    width = mine.page.viewport_size
    assert width is not None
    theirs = desks_of(town, width=width["width"], language=mine.language)
    title = f"燕麦曲奇 {uuid4().hex[:6]}"
    mine.sign_in("owner")
    theirs.sign_in("staff", name=f"王芳{title[-6:]}")
    _new(mine, title)
    product_id = town.row("SELECT id FROM product WHERE title = $1", title)["id"]

    _open(mine, title)
    _open(theirs, title)
    mine.fill(t("小盒 售价", "小盒 price"), "45")
    theirs.fill(t("商品名称", "Title"), f"{title} 新")
    theirs.fill(t("品牌或供应商", "Brand or vendor"), "小满")
    theirs.tap(t("保存", "Save"))
    theirs.see(t("商品已保存", "The product is saved"))

    mine.tap(t("保存", "Save"))
    told = mine.page.locator("[data-refused]")
    expect(told).to_contain_text(f"王芳{title[-6:]}")
    expect(told.get_by_role("definition").filter(has_text=f"{title} 新")).to_be_visible()
    assert _saved(town, product_id) == (f"{title} 新", "小满", [3_990, 6_900])
    price = mine.page.get_by_label(t("小盒 售价", "小盒 price"))
    expect(price).to_have_value("45")
    mine.settle()
    assert not mine.wide()
    assert not mine.barriers()

    together = (
        "合并保存：您没改的保留最新内容",
        "Save both: keep what is new where you changed nothing",
    )
    mine.tap(t(*together))
    mine.see(t("商品已保存", "The product is saved"))
    assert _saved(town, product_id) == (f"{title} 新", "小满", [4_500, 6_900])


def test_one_may_insist_or_give_way(desk: Desk, desks_of: Callable[..., Desk]) -> None:
    """And who gives way sees what is there."""
    town, other = desk.town, desks_of(desk.town)
    title = f"核桃酥 {uuid4().hex[:6]}"
    desk.sign_in("owner")
    other.sign_in("owner")
    _new(desk, title)
    product_id = town.row("SELECT id FROM product WHERE title = $1", title)["id"]
    _open(desk, title)
    _open(other, title)
    desk.fill("商品名称", f"{title} 甲")
    other.fill("商品名称", f"{title} 乙")
    desk.tap("保存")
    desk.see("商品已保存")
    other.tap("保存")
    other.tap("全部按我的表单保存")
    other.see("商品已保存")
    assert _saved(town, product_id)[0] == f"{title} 乙"

    desk.fill("商品名称", f"{title} 丙")  # On a page that shows its own edit.
    desk.tap("保存")
    desk.tap("放弃我的修改，查看最新")
    expect(desk.page.get_by_label("商品名称")).to_have_value(f"{title} 乙")
    assert _saved(town, product_id)[0] == f"{title} 乙"
