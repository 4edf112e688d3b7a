"""The search at the top of every page: each feature looks among its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Annotated

import msgspec

from frontline.engine.feature import Feature
from frontline.kernel.text import Words
from frontline.store.database import Fault
from frontline.web.pages import DeskVisit, Hit, Page, View, page
from frontline.web.session import EVERYWHERE

CHARACTERS_MAX = 60
EACH_MAX = 5
SEARCH_S_MAX = 3.0
_AT_ONCE_MAX = 2

_log = logging.getLogger(__name__)


class SearchForm(msgspec.Struct, frozen=True):
    words: Annotated[str, msgspec.Meta(max_length=CHARACTERS_MAX)] = ""


def search_of(features: Iterable[Feature]) -> tuple[Page, ...]:
    """The page of the search, and its results while somebody types."""
    finding = [feature for feature in features if feature.find is not None]

    async def found(visit: DeskVisit, form: SearchForm) -> dict[str, object]:
        words = form.words.strip()
        those = [one for one in finding if visit.known.may(one.name, act=False)]
        room = asyncio.Semaphore(_AT_ONCE_MAX)
        hits = await asyncio.gather(*(_asked(one, visit, words, room) for one in those if words))
        return {"words": words, "hits": [hit for some in hits for hit in some]}

    async def show(visit: DeskVisit, form: SearchForm) -> View:
        return View("desk/search.html", Words("搜索", "Search"), await found(visit, form))

    async def hits(visit: DeskVisit, form: SearchForm) -> View:
        title = Words("搜索", "Search")
        return View("desk/hits.html", title, await found(visit, form), bare=True)

    return (
        page("/desk/search", SearchForm, show, area=EVERYWHERE),
        page("/desk/search/hits", SearchForm, hits, area=EVERYWHERE),
    )


async def _asked(
    feature: Feature, visit: DeskVisit, words: str, room: asyncio.Semaphore
) -> Sequence[Hit]:
    """What one feature has; nothing if it fails or takes too long."""
    assert feature.find is not None
    async with room:
        try:
            async with asyncio.timeout(SEARCH_S_MAX):
                hits: Sequence[Hit] = await feature.find(visit, words)
                return hits[:EACH_MAX]
        except Fault:
            raise
        except Exception:  # noqa: BLE001 - the others have something to show
            _log.exception("%s does not search", feature.name)
            return ()
