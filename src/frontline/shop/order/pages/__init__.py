"""Orders and shipping at the desk."""

from __future__ import annotations

from frontline.shop.order.pages import one, orders, shipping, tracking
from frontline.web.listing import pages_of
from frontline.web.pages import Page

PAGES: tuple[Page, ...] = (
    *pages_of(orders.LIST),
    *one.PAGES,
    *pages_of(shipping.LIST),
    *shipping.PAGES,
    *tracking.PAGES,
)
find = orders.find
