"""Journey 2: from a shared card to a paid order in three taps, for a customer the shop knows.

What is waited for is measured by the page itself: from a tap (or the opening of the card) to the
moment when the next thing to tap is there. It is printed, `pytest -s`; taps are what is asserted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from journeys import assert_paid_once, goods, known, variant
from phones import Phone
from town import Town

_WATCH = """
(() => {
  if (window.top !== window || !location.protocol.startsWith('http')) return
  const kept = () => JSON.parse(sessionStorage.getItem('watched') || '{"since":0,"taps":[],"seen":[]}')
  const keep = (it) => sessionStorage.setItem('watched', JSON.stringify(it))
  addEventListener('click', (event) => {
    if (!event.isTrusted) return
    const it = kept()
    it.taps.push(Date.now())
    it.since = Date.now()
    keep(it)
  }, true)
  const there = (said) => [...document.querySelectorAll('uni-button, button, .title')].some((one) => {
    if (!one.innerText.includes(said) || one.hasAttribute('disabled')) return false
    const {left, top, width, height} = one.getBoundingClientRect()
    const above = document.elementFromPoint(left + width / 2, top + height / 2)
    return width > 0 && above !== null && (one.contains(above) || above.contains(one))
  })
  const look = () => {
    const it = kept()
    const wanted = NEXT[it.seen.length]
    if (wanted && it.seen.length === it.taps.length && there(wanted)) {
      it.seen.push(Date.now() - (it.since || performance.timeOrigin))
      keep(it)
    }
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})()
"""


_SEEN = "n => JSON.parse(sessionStorage.getItem('watched') || '{}').seen?.length === n"


def watched(phone: Phone, *steps: str) -> None:
    """From the next page on, note when each of these is there to be tapped."""
    phone.page.add_init_script(_WATCH.replace("NEXT", json.dumps(steps)))


def noted(phone: Phone) -> dict[str, Any]:
    return dict(json.loads(phone.page.evaluate("sessionStorage.getItem('watched')")))


def card_of(town: Town, product: dict[str, Any]) -> str:
    """A friend shares the product: the path of the link."""
    friend = town.member("13612000009")
    wish = {"kind": "product", "target": product["id"], "channel": "friend"}
    return str(town.post("/api/share/make", friend, visitor=str(uuid4()), **wish)["url"])


def go_through(phone: Phone, card: str, *steps: str) -> dict[str, Any]:
    """Open the card, then tap one after the other, each as soon as it is there."""
    watched(phone, *steps, "支付成功")
    phone.page.goto(phone.town.url + card)
    for place, step in enumerate(steps, 1):
        phone.page.wait_for_function(_SEEN, arg=place)
        phone.page.get_by_role("button", name=step).locator("visible=true").last.click()
    phone.page.wait_for_function(_SEEN, arg=len(steps) + 1)
    return noted(phone)


def told(what: str, card: dict[str, Any]) -> None:
    opening, *waits = card["seen"]
    each = " + ".join(f"{one:.0f}" for one in waits)
    print(
        f"\n{what}: {len(card['taps'])} taps; waiting {sum(waits):.0f} ms ({each})"
        f" after the card, which took {opening:.0f} ms to open"
    )


def test_three_taps_for_a_known_customer(phone: Phone, town: Town) -> None:
    shopper = known(phone, "13612000001")
    product = goods(town, "nut-crisp")
    phone.open()  # Has been here before: what the shop is made of lies on the phone.
    phone.settle()
    done = go_through(phone, card_of(town, product), "立即购买", "提交订单", "立即支付")
    told("one variant", done)
    assert len(done["taps"]) == 3
    order = shopper.order()
    assert order["state"] == "to_ship"
    assert_paid_once(town, order["id"])


def test_one_more_tap_to_choose(phone: Phone, town: Town) -> None:
    """Where there are options, the sheet with them is one tap more."""
    shopper = known(phone, "13612000002")
    product = goods(town, "butter-cookie")
    done = go_through(phone, card_of(town, product), "立即购买", "立即购买", "提交订单", "立即支付")
    told("with options, first visit", done)
    assert len(done["taps"]) == 4
    assert_paid_once(town, shopper.order()["id"])


def test_the_best_coupon_is_used_without_a_tap(phones_of: Callable[..., Phone], town: Town) -> None:
    shopper = known(phones_of(town), "13612000003")
    product = goods(town, "four-flavour-tin")
    coupons = town.get("/api/coupons", shopper.token)["coupons"]
    (best,) = [one["id"] for one in coupons if one["name"] == "满 128 减 20"]
    town.post("/api/coupons/claim", shopper.token, id=str(uuid4()), coupon_id=best)
    cheapest = min(product["skus"], key=lambda one: one["price"])
    phone = shopper.phone
    phone.open(f"pages/product/product?id={product['id']}&sku={cheapest['id']}")
    phone.tap("立即购买")
    phone.page.get_by_role("dialog").get_by_role("button", name="立即购买").click()
    phone.see("-¥20.00")
    shopper.pay()
    assert shopper.order()["total"] == variant(product, *cheapest["values"])["price"] - 2000
