"""After-sale at the desk."""

from __future__ import annotations

from frontline.shop.aftersale.pages import asked, cases
from frontline.web.pages import Page

PAGES: tuple[Page, ...] = (*cases.PAGES, *asked.PAGES)
