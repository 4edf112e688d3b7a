"""Doors: what else one may like."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec

from frontline.kernel.words import ProductId, ShopId
from frontline.shop.catalog.cache import Cache
from frontline.shop.recommend.views import lists
from frontline.shop.recommend.views.ranking import SHOWN_MAX
from frontline.store.database import Database
from frontline.web.door import Opened, Visit, Who, get

FRESH_S = 2.0
KEPT_MAX = 20_000

_Key = tuple[ShopId, ProductId | None, int]
_kept: WeakKeyDictionary[Database, Cache[_Key, bytes]] = WeakKeyDictionary()
"""Answers of this process, by the database they are read from."""


class RecommendForm(msgspec.Struct, frozen=True):
    product_id: UUID | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=SHOWN_MAX)] = 6


async def _recommend(visit: Visit, form: RecommendForm) -> bytes:
    """What was bought together with a product; without one, or if too little was, the popular."""
    cache = _kept.get(visit.opened.database)
    if cache is None:
        cache = _kept[visit.opened.database] = _cache(visit.opened)
    product_id = None if form.product_id is None else ProductId(form.product_id)
    return await cache.get((visit.shop_id, product_id, form.limit))


def _cache(opened: Opened) -> Cache[_Key, bytes]:
    database, now = opened.database, opened.now

    async def read(key: _Key) -> bytes:
        return await lists.recommended(database, *key, now())

    return Cache(read, fresh_s=FRESH_S, size_max=KEPT_MAX)


DOORS = (get("/api/recommend", RecommendForm, _recommend, lists.Recommended, who=Who.ANYONE),)
