"""Windows of platforms at the desk."""

from __future__ import annotations

from frontline.company.window.pages import deciding, importing, lists
from frontline.web.listing import pages_of
from frontline.web.pages import Page

PAGES: tuple[Page, ...] = (
    *lists.PAGES,
    *pages_of(lists.LIST),
    *deciding.PAGES,
    *importing.PAGES,
)
find = lists.find
