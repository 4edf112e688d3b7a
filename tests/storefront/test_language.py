"""Journey 10: from Chinese to English and back; in neither is a word of the other left.

What the shop itself wrote (names, descriptions, regions) stays as it is: every answer of the shop is
listened to, and what stands in it is no text of the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from journeys import furnished, goods, known, walk
from phones import Phone
from town import Town

HAN = re.compile(r"[\u3400-\u9fff]+")
LATIN = re.compile(r"[A-Za-z_][A-Za-z_.]+")
OURS = {"English", "中文", "ERASE", "MB"}
"""The name of the other language, what has to be typed, and a unit."""
SAID = """() => {
  const said = [document.title]
  const all = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT)
  for (let one = all.nextNode(); one; one = all.nextNode()) {
    if (one.nodeType === Node.TEXT_NODE) {
      const {parentElement} = one
      if (!parentElement.closest('script, style, noscript') && parentElement.checkVisibility()) said.push(one.data)
    } else {
      for (const name of ['aria-label', 'placeholder', 'alt', 'title']) said.push(one.getAttribute(name) ?? '')
    }
  }
  return said.filter((one) => one.trim())
}"""


LISTEN = """
const parse = JSON.parse
window.heard = []
JSON.parse = (said, ...more) => {
  const it = parse(said, ...more)
  heard.push(it)
  return it
}
"""
"""Whatever the shop answered on this page, by its doors or laid into the document: it is data."""


def listening(phone: Phone) -> Phone:
    phone.page.add_init_script(LISTEN)
    return phone


SERVERS_OWN = {"text", "why"}
"""Fields in which the server speaks itself, in the language that it is asked in."""
KEY = re.compile(r"[a-z]+(_[a-z]+)*")
MISTAKES = re.compile(r"undefined|NaN|\[object|\bnull\b|\{\{|\b[a-z]+(?:_[a-z]+)+\b")
"""What no reader should ever see: values that are none, and names of keys."""


def _strings(answer: Any) -> Iterator[str]:
    """All words of an answer, but for keys and what the server says itself."""
    if isinstance(answer, str):
        if not KEY.fullmatch(answer):
            yield answer
    elif isinstance(answer, list):
        for one in answer:
            yield from _strings(one)
    elif isinstance(answer, dict):
        speaks = "refusal" in answer or "why" in answer
        for name, one in answer.items():
            if not (speaks and name in SERVERS_OWN):
                yield from _strings(one)


def foreign(phone: Phone, wanted: re.Pattern[str]) -> set[str]:
    """Words of the other language on this page that are no data; and what is no language at all."""
    data = list(_strings(phone.page.evaluate("heard")))
    whole = "\n".join(data)
    known_words = {word for one in data for word in LATIN.findall(one)}
    found = set()
    for text in phone.page.evaluate(SAID):
        found |= set(MISTAKES.findall(text))
        for word in wanted.findall(text):
            is_data = word in known_words if wanted is LATIN else word in whole
            if not is_data and word not in OURS:
                found.add(word)
    return found


def strangers(phone: Phone, pages: dict[str, str], wanted: re.Pattern[str]) -> str:
    found = {}
    for name in walk(phone, pages):
        if words := foreign(phone, wanted):
            found[name] = words
    return "\n".join(f"{name}: {words}" for name, words in found.items())


NUMBER = "13624000001"


@pytest.fixture(scope="module")
def pages(town: Town) -> dict[str, str]:
    return furnished(town, NUMBER)


def test_in_english_nothing_is_left_in_chinese(
    phones_of: Callable[..., Phone], town: Town, pages: dict[str, str]
) -> None:
    phone = listening(phones_of(town, locale="en-GB"))
    phone.sign_in(NUMBER)
    assert strangers(phone, pages, HAN) == ""


def test_in_chinese_nothing_is_left_in_english(
    phone: Phone, town: Town, pages: dict[str, str]
) -> None:
    listening(phone).sign_in(NUMBER)
    assert strangers(phone, pages, LATIN) == ""


def test_switched_in_the_middle(phone: Phone, town: Town) -> None:
    """Chosen on one's own page; all pages follow, and the next visit still knows."""
    shopper = known(phone, "13624000020")
    product = goods(town, "nut-crisp")
    listening(phone)
    phone.open("pages/mine/mine")
    phone.tap("语言")
    phone.see("My orders")
    for tab in ("Home", "Categories", "Cart", "Me"):
        phone.see(tab)
    assert foreign(phone, HAN) == set()
    assert phone.page.evaluate("document.documentElement.lang") == "en"
    phone.open(f"pages/product/product?id={product['id']}")
    phone.tap("Buy now")
    phone.tap(re.compile("^Place order"))
    phone.tap("Pay now")  # WeChat's sheet speaks it too.
    phone.see("Payment received")
    assert shopper.order()["state"] == "to_ship"
    phone.open("pages/mine/mine")
    phone.tap("Language")
    phone.see("我的订单")
    assert foreign(phone, LATIN) == set()
    assert phone.page.evaluate("document.documentElement.lang") == "zh-CN"


def test_what_uni_app_says_itself(phone: Phone, town: Town) -> None:
    """Its pickers and questions, and the server's refusals, in the language that was chosen."""
    known(phone, "13624000021")
    phone.speak("en")
    listening(phone)
    phone.open("pages/address/edit")
    phone.tap("Region")
    phone.page.locator("uni-picker-view-column").first.wait_for()
    assert foreign(phone, HAN) == set()
    phone.page.locator(".uni-picker-action-cancel").locator("visible=true").click()
    phone.tap("Save")
    phone.see("Please fill in the name")
    assert foreign(phone, HAN) == set()
    phone.open("pages/order/order?id=00000000-0000-0000-0000-000000000000")
    phone.see("Try again")
    assert foreign(phone, HAN) == set()
