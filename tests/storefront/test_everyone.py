"""For everyone: no page keeps out who reads by ear, works by keyboard or sees little (axe: none serious)."""

from __future__ import annotations

from collections.abc import Callable

from journeys import furnished, goods, known, walk
from phones import Phone
from town import Town


def walked(phone: Phone, pages: dict[str, str]) -> list[str]:
    """What axe finds on these pages."""
    return [f"{name}: {one}" for name in walk(phone, pages) for one in phone.barriers()]


def test_every_page(phone: Phone, town: Town) -> None:
    pages = furnished(town, "13623000001")
    phone.sign_in("13623000001")
    found = walked(phone, pages)
    assert not found, "\n".join(found)


def test_sheets_and_what_stands_above_a_page(phones_of: Callable[..., Phone], town: Town) -> None:
    shopper = known(phones_of(town), "13623000002")
    phone = shopper.phone
    tin = goods(town, "four-flavour-tin")
    found: list[str] = []

    def look(name: str) -> None:
        phone.page.wait_for_timeout(300)  # A sheet comes up.
        found.extend(f"{name}: {one}" for one in phone.barriers())

    phone.open(f"pages/product/product?id={tin['id']}")
    phone.tap("加入购物车")
    phone.see("选择规格")
    look("options")
    phone.tap("关闭")
    phone.tap("分享")
    phone.see("复制链接")
    look("share")
    phone.open(f"pages/checkout/checkout?sku={tin['skus'][0]['id']}")
    phone.tap("优惠券")
    phone.see("不使用优惠券")
    look("coupons")
    phone.open("pages/address/edit")
    phone.tap("所在地区")
    phone.page.locator("uni-picker-view-column").first.wait_for()
    look("regions")
    phone.open("pages/search/search")
    phone.fill("搜索商品", "曲奇")
    phone.page.get_by_role("link", name="黄油曲奇").locator("visible=true").wait_for()
    look("hints")
    phone.page.get_by_label("搜索商品").locator("visible=true").locator("input").press("Enter")
    phone.page.locator(".goods").first.wait_for()
    look("found")
    phone.open("pages/search/search")
    phone.tap("清空搜索历史")
    phone.see("清空全部搜索历史？")
    look("question")
    phone.open("pages/login/login")
    phone.tap("获取验证码")
    phone.see("请填写正确的手机号")
    look("toast")
    assert not found, "\n".join(found)


def test_as_a_visitor(phone: Phone, town: Town) -> None:
    tin = goods(town, "four-flavour-tin")
    gone = next(
        one for one in town.get("/api/products/list", limit=40)["items"] if not one["in_stock"]
    )
    pages = {
        "home": "",
        "product": f"pages/product/product?id={tin['id']}",
        "sold out": f"pages/product/product?id={gone['id']}",
        "cart": "pages/cart/cart",
        "mine": "pages/mine/mine",
        "not there": "pages/product/product?id=00000000-0000-0000-0000-000000000000",
        "login": "pages/login/login",
    }
    found = walked(phone, pages)
    assert not found, "\n".join(found)
