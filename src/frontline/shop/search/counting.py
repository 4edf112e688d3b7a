"""Searches counted in the memory of a process, and told to the shop every few seconds.

A search only adds to what is counted; it waits for nothing. What was not told yet is told when the
process is ended, and lost when it is killed: at most the searches of TOLD_AFTER_S.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from weakref import WeakKeyDictionary

from frontline.engine.combiner import Overloaded
from frontline.engine.engine import Engine, new_id
from frontline.kernel.words import ShopId
from frontline.shop.search.book import WORDS_A_DAY_MAX
from frontline.shop.search.messages import Asked, RecordSearches
from frontline.shop.search.wording import is_kept, normal
from frontline.store.database import Fault
from frontline.web.door import Visit

TOLD_AFTER_S = 5.0
SEARCHERS_MAX = 1_000
"""Of one word within that time: more make no difference to how many it was."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Word:
    searches: int = 0
    without: int = 0
    searchers: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Day:
    searches: int = 0
    without: int = 0
    words: dict[str, _Word] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """What this process was asked since it last told."""

    days: defaultdict[tuple[ShopId, date], _Day] = field(default_factory=lambda: defaultdict(_Day))
    telling: asyncio.Task[None] | None = None

    def add(self, shop_id: ShopId, day: date, said: str, searcher: str, *, found: bool) -> None:
        word = normal(said)
        if not word:
            return
        whole = self.days[shop_id, day]
        whole.searches += 1
        whole.without += not found
        if not is_kept(word) or (word not in whole.words and len(whole.words) >= WORDS_A_DAY_MAX):
            return
        one = whole.words.setdefault(word, _Word())
        one.searches += 1
        one.without += not found
        if len(one.searchers) < SEARCHERS_MAX:
            one.searchers.add(searcher)

    def taken(self) -> Iterator[tuple[ShopId, RecordSearches]]:
        """All of it; from here on it is counted anew."""
        days = dict(self.days)
        self.days.clear()
        for (shop_id, day), whole in days.items():
            words = tuple(
                Asked(word, one.searches, one.without, tuple(sorted(one.searchers)))
                for word, one in whole.words.items()
            )
            wish = RecordSearches(
                id=new_id(), day=day, searches=whole.searches, without=whole.without, words=words
            )
            yield shop_id, wish


_tallies: WeakKeyDictionary[Engine, Tally] = WeakKeyDictionary()
"""Of this process, by the engine they are told to."""


async def count(visit: Visit, said: str, *, found: bool) -> None:
    """A shopper searched for it, and found something or not."""
    opened, caller = visit.opened, visit.caller
    tally = _tallies.setdefault(opened.engine, Tally())
    shop = (await opened.shops.all())[visit.shop_id]
    searcher = visit.client_ip if caller is None else str(caller.actor_id)
    tally.add(visit.shop_id, shop.day(opened.now()), said, searcher, found=found)
    if tally.telling is None:
        tally.telling = asyncio.create_task(_tell_later(opened.engine, tally))


async def tell(engine: Engine) -> None:
    """Write down what is counted so far."""
    for shop_id, wish in _tallies.get(engine, Tally()).taken():
        try:
            await engine.submit(shop_id, wish)
        except (Overloaded, Fault) as fault:
            _log.warning("%d searches were not counted: %r", wish.searches, fault)
        except Exception:  # noqa: BLE001 - nobody waits for it, and the next ones shall be counted
            _log.exception("a bug in counting %d searches", wish.searches)


async def _tell_later(engine: Engine, tally: Tally) -> None:
    await asyncio.sleep(TOLD_AFTER_S)
    tally.telling = None
    await tell(engine)
