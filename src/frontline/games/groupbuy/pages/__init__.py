"""Group-buys at the desk: the list, one campaign, its making."""

from frontline.games.groupbuy.pages.campaign import PAGES as _CAMPAIGN
from frontline.games.groupbuy.pages.form import PAGES as _FORM
from frontline.games.groupbuy.pages.listing import PAGES as _LIST
from frontline.games.groupbuy.pages.listing import find

PAGES = (*_LIST, *_FORM, *_CAMPAIGN)

__all__ = ["PAGES", "find"]
