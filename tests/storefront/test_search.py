"""Journey 8: searching: hints while typing, what was searched before, and help when nothing fits."""

from __future__ import annotations

import re

from journeys import goods
from phones import Phone
from playwright.sync_api import expect
from town import Town


def type_(phone: Phone, words: str) -> None:
    phone.fill("搜索商品", words)


def enter(phone: Phone) -> None:
    phone.page.get_by_label("搜索商品").locator("visible=true").locator("input").press("Enter")


def test_hints_lead_to_the_product(phone: Phone, town: Town) -> None:
    phone.open()
    phone.page.get_by_role("link", name="搜索商品").locator("visible=true").click()
    phone.see("大家都在买")
    type_(phone, "抹茶")
    phone.page.get_by_role("link", name="宇治抹茶曲奇").locator("visible=true").click()
    phone.page.wait_for_url(f"**/pages/product/product?id={goods(town, 'matcha-cookie')['id']}")
    phone.see("立即购买")


def test_found_sorted_and_remembered(phone: Phone, town: Town) -> None:
    phone.open("pages/search/search")
    type_(phone, "蛋糕")
    enter(phone)
    found = town.get("/api/products/list", q="蛋糕", limit=20)["items"]
    assert len(found) >= 3
    cards = phone.page.locator(".goods").locator("visible=true")
    expect(cards).to_have_count(len(found))
    for one in found:
        phone.see(one["title"])
    phone.page.get_by_text("价格", exact=True).locator("visible=true").first.click()
    cheapest = min(found, key=lambda one: one["price_min"])
    expect(cards.first).to_contain_text(cheapest["title"])

    type_(phone, "曲奇")
    enter(phone)
    phone.see("黄油曲奇")
    phone.open("pages/search/search")  # Come back later: the latest first.
    phone.see("搜索历史")
    expect(phone.page.locator(".search-word")).to_have_text(["曲奇", "蛋糕"])
    phone.tap("蛋糕")
    expect(cards).to_have_count(len(found))
    phone.open("pages/search/search")
    expect(phone.page.locator(".search-word")).to_have_text(["蛋糕", "曲奇"])
    phone.tap("清空搜索历史")
    phone.see("清空全部搜索历史？")
    phone.page.locator(".uni-modal").get_by_text("清空", exact=True).click()
    phone.unseen("搜索历史")
    phone.open("pages/search/search")
    phone.see("大家都在买")
    phone.unseen("搜索历史")


def test_nothing_found_is_helped(phone: Phone, town: Town) -> None:
    words = "榴莲千岛酱螺蛳粉"
    assert town.get("/api/products/list", q=words)["items"] == []
    phone.open("pages/search/search")
    type_(phone, words)
    enter(phone)
    phone.see(f"没有找到“{words}”")
    phone.see("换个更短的词")
    phone.see("大家都在买")
    expect(phone.page.locator(".goods").locator("visible=true").first).to_be_visible()
    phone.tap("按分类找")
    phone.page.wait_for_url(re.compile("pages/category/category"))
    phone.see("饼干")


def test_a_slip_of_the_pen_is_forgiven(phone: Phone, town: Town) -> None:
    """What comes close is shown, and said to be only close."""
    words = "宇治抹茶曲齐"
    answer = town.get("/api/products/list", q=words)
    assert answer["near"]
    phone.open("pages/search/search")
    type_(phone, words)
    enter(phone)
    phone.see(f"没有找到“{words}”，看看这些相近的")
    phone.see("宇治抹茶曲奇")
