"""The first paint: what the page is about stands in its document already.

A phone on a poor network sees the banner or the product with the first answer, while the scripts
still come; and the page finds the answer of its first question in the document, one round trip
earlier. The same lines tell chats and search engines what a link leads to.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from frontline.kernel.words import ProductId
from frontline.shop.catalog import http as catalog
from frontline.shop.catalog.views.pages import ProductPage
from frontline.shop.page import http as page
from frontline.shop.page.views.home import Home
from frontline.web.door import Opened
from frontline.web.shell import environment
from frontline.web.shops import Shop

HOMES = frozenset({"", "pages/home/home"})
PRODUCT = "pages/product/product"
_PLACE = b'<div id="app">'
_TITLE = re.compile(rb"<title>.*?</title>\s*")
_SHEET = re.compile(rb'<link rel="stylesheet"[^>]*? href="/m/([^"]+)">')
_GZIP_LEVEL = 5

_templates = environment("frontline.storefront")
_home = msgspec.json.Decoder(Home).decode
_product = msgspec.json.Decoder(ProductPage).decode


@dataclass(frozen=True, slots=True)
class First:
    head: bytes
    """Title and what chats show of the link."""
    body: bytes
    """What is seen until the scripts take over, and the answer they would ask for."""

    def within(self, document: bytes) -> bytes:
        """The document of the build, with all this in it."""
        titled = _TITLE.sub(b"", document).replace(b"<head>", b"<head>" + self.head, 1)
        return titled.replace(_PLACE, self.body + _PLACE, 1)


async def first(
    opened: Opened, shop: Shop, path: str, query: Mapping[str, str], language: str
) -> First | None:
    """For the home page and for products on sale; None for all else."""
    if path in HOMES:
        answer = await page.first_screen(opened, shop.id, language)
        asked = "/api/home"
        values: dict[str, Any] = {"home": _home(answer), "product": None}
    elif path == PRODUCT and (product_id := _uuid(query.get("id", ""))) is not None:
        found = await catalog.shown(opened.database, shop.id, ProductId(product_id))
        if found is None:
            return None
        answer, asked = found, f"/api/products/show?id={product_id}"
        values = {"home": None, "product": _product(found)}
    else:
        return None
    values |= {"shop": shop, "asked": asked, "language": language}
    # A data block ends at the first `</script`, wherever it stands.
    data = answer.replace(b"<", b"\\u003c")
    head = _templates.get_template("head.html").render(values).encode()
    body = _templates.get_template("first.html").render(values).encode()
    return First(head, body.replace(b"@DATA@", data, 1))


def _uuid(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None


def styled(document: bytes, sheets: Mapping[str, bytes]) -> bytes:
    """With its style sheets written out: to fetch them takes a round trip before anything shows."""

    def written(link: re.Match[bytes]) -> bytes:
        sheet = sheets.get(link[1].decode())
        return link[0] if sheet is None else b"<style>" + sheet + b"</style>"

    return _SHEET.sub(written, document)


def packed(document: bytes) -> bytes:
    return gzip.compress(document, _GZIP_LEVEL, mtime=0)
