"""The first paint comes with the document: see src/frontline/storefront/first.py."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import httpx
from phones import Phone
from town import Town

from frontline.shop.catalog.messages import product_id_of

HOSTILE = '</script><script>document.title="taken"</script><b>曲奇'


def _document(town: Town, path: str, language: str = "zh-CN") -> str:
    headers = {"accept-language": language}
    answer = town.http.get(f"{town.url}/m/{path}", headers=headers)
    assert answer.status_code == httpx.codes.OK
    return answer.text


def _laid(document: str) -> dict:
    found = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', document, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def _product(town: Town) -> dict:
    return town.get("/api/products/list", limit=1)["items"][0]


def test_what_is_laid_in_is_what_the_door_answers(town: Town) -> None:
    product = _product(town)
    document = _document(town, f"pages/product/product?id={product['id']}")
    assert _laid(document) == town.get("/api/products/show", id=product["id"])
    assert f"<title>{product['title']} - 小满曲奇</title>" in document
    home = _laid(_document(town, ""))
    asked = town.get("/api/home")
    assert {**home, "now": None} == {**asked, "now": None}


def test_it_speaks_the_language_of_the_phone(town: Town) -> None:
    zh, en = (_laid(_document(town, "", each))["shop"]["notice"] for each in ("zh-CN", "en-US"))
    assert "包邮" in zh
    assert "Free delivery" in en


def test_other_pages_and_unknown_products_have_none(town: Town) -> None:
    for path in ("pages/cart/cart", f"pages/product/product?id={uuid4()}", "pages/product/product"):
        assert "application/json" not in _document(town, path)


def test_the_page_asks_for_nothing_that_it_has(phone: Phone, town: Town) -> None:
    product = _product(town)
    asked: list[str] = []
    phone.page.on("request", lambda request: asked.append(request.url))
    phone.open(f"pages/product/product?id={product['id']}")
    phone.see("加入购物车")
    phone.see(product["title"])
    phone.settle()
    assert not [url for url in asked if "/api/products/show" in url]
    assert phone.page.locator("#shell").count() == 0, "the shell stayed in front of the page"


def test_with_the_other_language_chosen_it_asks_anew(phone: Phone) -> None:
    phone.speak("en")
    phone.open()
    phone.see("Popular now")
    phone.see(re.compile("Free delivery"))


def test_no_text_of_the_shop_becomes_script(phone: Phone, town: Town) -> None:
    handle = f"hostile-{uuid4().hex[:8]}"
    town.post(
        "/api/staff/products/put",
        town.staff(),
        id=str(uuid4()),
        handle=handle,
        title=HOSTILE,
        variants=[{"price": 100, "stock": 5}],
        body_html=HOSTILE,
        on_sale=True,
    )
    product_id = product_id_of(town.shop_id, handle)
    document = _document(town, f"pages/product/product?id={product_id}")
    assert _laid(document)["title"] == HOSTILE
    assert "<script>document" not in document
    phone.open(f"pages/product/product?id={product_id}")
    phone.see("</script>")
    assert phone.page.title() != "taken"
