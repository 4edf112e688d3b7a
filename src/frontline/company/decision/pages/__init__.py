"""Pages of decisions."""

from frontline.company.decision.pages import answering, latency, lists, new, show
from frontline.company.decision.pages.beside import beside
from frontline.company.decision.pages.tiles import TILES

__all__ = ["PAGES", "TILES", "beside", "find"]

find = lists.find

PAGES = (*lists.PAGES, *show.PAGES, *answering.PAGES, *new.PAGES, *latency.PAGES)
